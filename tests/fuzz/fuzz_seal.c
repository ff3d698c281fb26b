/*
 * Any bytes at all as an object of an envelope: refused with a reason, or in the format; opened
 * only if sealed with the key. The first byte of the input chooses what the rest is:
 *
 *     0  an object, to be parsed and opened with keys that the seeds were sealed with
 *     1  a content, to be sealed and opened again
 *     2  a padded plaintext that someone with the DEK encrypted: opened only if padded as we do
 *     3  a list of objects, as wraps are stored: what is taken and what is left are the input
 */
#include <stdlib.h>

#include "core/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of docs/sealing.md's worked example, which the seeds are. */
static const uint8_t dek[SEAL_KEY_BYTES] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                            11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                            22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
static const char narrative[] = "narrative", name[] = "name";

static uint8_t sealed[SEAL_SEALED_CONTENT_BYTES_MAX], opened[SEAL_SEALED_CONTENT_BYTES_MAX];

static void need(bool ok)
{
    if (!ok)
        abort();
}

static struct seal_place place(void)
{
    return (struct seal_place){
        SPAN("register.example/log"),
        {0x6f, 0x1d, 0x2c, 0x3b, 0x4a, 0x59, 0x4e, 0x68, 0x8f, 0x77, 0x0a, 0x1b, 0x2c, 0x3d, 0x4e,
         0x5f},
        SPAN("body"),
    };
}

static bool equals(struct span bytes, const void *expected, size_t len)
{
    return bytes.len == len && memcmp(bytes.data, expected, len) == 0;
}

static void open_content(const struct seal_object *object, struct span bytes)
{
    struct span content;

    if (seal_open_content(&object->place, dek, bytes, opened, &content) == SEAL_OK)
        need(equals(content, narrative, strlen(narrative)) || equals(content, name, strlen(name)));
}

static void open_chunk(const struct seal_object *object, struct span bytes)
{
    struct span chunk;
    bool last;

    if (seal_open_chunk(&object->place, dek, object->counter, bytes, opened, &chunk, &last) ==
        SEAL_OK)
        need(equals(chunk, narrative, strlen(narrative)) && last);
}

/* The route's key, 32 bytes aa; what it opens is the DEK and nothing else. */
static void open_wrap(const struct seal_object *object, struct span bytes)
{
    static struct suite_key *key;
    uint8_t private_key[SEAL_KEY_BYTES], secret[SEAL_KEY_BYTES];

    memset(private_key, 0xaa, sizeof private_key);
    if (!key)
        key = suite_key_new(private_key);
    if (seal_open_wrap(key, &object->place, bytes, secret) == SEAL_OK)
        need(memcmp(secret, dek, sizeof dek) == 0);
}

static void open_pair(const struct seal_object *object, struct span bytes)
{
    struct seal_share one = {.number = object->first}, other = {.number = object->second};
    uint8_t secret[SEAL_KEY_BYTES];

    for (uint8_t i = 0; i < SEAL_KEY_BYTES; i++) { /* shares 1 and 2 of the example */
        one.secret[i] = (uint8_t)(0x80 + i);
        other.secret[i] = (uint8_t)(0xa0 + i);
    }
    if (seal_open_pair(&object->place, &other, &one, bytes, secret) == SEAL_OK)
        need(memcmp(secret, dek, sizeof dek) == 0);
}

static void take_object(struct span bytes)
{
    struct seal_object object = {.counter = 42};
    const enum seal_fault fault = seal_parse(bytes, &object);

    if (fault != SEAL_OK) {
        need(fault <= SEAL_MALFORMED && object.counter == 42);
        return;
    }
    need(seal_place_valid(&object.place));
    switch (object.kind) {
    case SEAL_CONTENT:
        open_content(&object, bytes);
        break;
    case SEAL_CHUNK:
        open_chunk(&object, bytes);
        break;
    case SEAL_WRAP:
        open_wrap(&object, bytes);
        break;
    case SEAL_PAIR:
        open_pair(&object, bytes);
        break;
    }
}

static void go_round(struct span content)
{
    const struct seal_place body = place();
    struct span object, back;

    const enum seal_fault fault = seal_content(&body, dek, content, sealed, &object);
    need((fault == SEAL_OK) == (content.len <= SEAL_CONTENT_BYTES_MAX));
    if (fault != SEAL_OK)
        return;
    need(object.len == seal_content_bytes(&body, content.len));
    need(seal_open_content(&body, dek, object, opened, &back) == SEAL_OK);
    need(span_eq(back, content));
}

/* The plaintext, filled up with zeros to a class, in place of what seal_content() would pad. */
static void take_padded(struct span plaintext)
{
    static const uint8_t nonce[SUITE_NONCE_BYTES];
    static const char aad[] = "\x01\x00\x0bgrievd/seal\x00\x14register.example/log"
                              "\x6f\x1d\x2c\x3b\x4a\x59\x4e\x68\x8f\x77\x0a\x1b\x2c\x3d\x4e\x5f"
                              "\x00\x04"
                              "body";
    const struct seal_place body = place();
    const size_t padded = plaintext.len <= 512 ? 512 : 1024;
    struct span object, content, again;

    if (plaintext.len > padded)
        return;
    need(seal_content(&body, dek, span_of_bytes(opened, padded - 4), sealed, &object) == SEAL_OK);
    uint8_t *at = sealed + object.len - SUITE_TAG_BYTES - padded;
    memset(at, 0, padded);
    if (plaintext.len > 0)
        memcpy(at, plaintext.data, plaintext.len);
    suite_seal(at, dek, nonce, span_of_bytes(aad, sizeof aad - 1), span_of_bytes(at, padded));

    const enum seal_fault fault = seal_open_content(&body, dek, object, opened, &content);
    need(fault == SEAL_OK || fault == SEAL_MALFORMED);
    if (fault == SEAL_OK) {
        static uint8_t buffer[SEAL_SEALED_CONTENT_BYTES_MAX];
        need(seal_content(&body, dek, content, buffer, &again) == SEAL_OK);
        need(span_eq(again, object));
    }
}

static void take_list(struct span bytes)
{
    struct span list = bytes, object;
    uint8_t *at = sealed;

    if (bytes.len > sizeof sealed)
        return;
    while (seal_list_take(&list, &object))
        at = seal_list_put(at, object);
    const size_t taken = (size_t)(at - sealed);
    need(taken + list.len == bytes.len && list.data == bytes.data + taken);
    need(taken == 0 || memcmp(sealed, bytes.data, taken) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const modes[])(struct span) = {take_object, go_round, take_padded, take_list};

    if (size > 0 && data[0] < sizeof modes / sizeof modes[0])
        modes[data[0]](span_of_bytes(data + 1, size - 1));
    return 0;
}
