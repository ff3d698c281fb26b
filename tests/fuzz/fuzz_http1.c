/*
 * The HTTP/1.1 reader on anything: it must not misbehave, and the same bytes must
 * mean the same whole, byte by byte and cut at random. A difference between cuts
 * is request smuggling of our own making.
 */
#include <stdint.h>

#include "../http1_transcript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_BYTES_MAX = 4096 };

/* The cuts follow from the bytes (FNV-1a), so that every finding can be replayed. */
static uint32_t seed_of(struct span bytes)
{
    uint32_t hash = 2166136261U;

    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.data[i]) * 16777619U;
    return hash | 1;
}

static void expect_same(const struct transcript *whole, struct span bytes, size_t cut,
                        uint32_t seed)
{
    struct transcript other = transcribe(bytes, BODY_BYTES_MAX, cut, seed);

    if (!span_eq((struct span){whole->text, whole->len}, (struct span){other.text, other.len})) {
        fprintf(stderr, "whole:\n%s\ncut by %zu, seed %u:\n%s\n", whole->text, cut, seed,
                other.text);
        abort();
    }
    free(other.text);
}

/* Decoding stays within its buffer, and never makes a NUL. */
static void decode(struct span bytes)
{
    const size_t size = bytes.len / 2 + 1;
    char *buffer = malloc(size);
    struct span decoded;

    assert(buffer);
    if (http1_decode(bytes, buffer, size, &decoded)) {
        assert(decoded.data == buffer && decoded.len <= size && decoded.len <= bytes.len);
        assert(decoded.len == 0 || !memchr(decoded.data, '\0', decoded.len));
    }
    free(buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span bytes = {(const char *)data, size};
    const uint32_t seed = seed_of(bytes);
    struct transcript whole = transcribe(bytes, BODY_BYTES_MAX, SIZE_MAX, 1);

    expect_same(&whole, bytes, 1, 1);
    expect_same(&whole, bytes, 0, seed);
    expect_same(&whole, bytes, 0, seed * 2654435761U);
    free(whole.text);
    decode(bytes);
    return 0;
}
