#include "arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CAP_BYTES_MAX (SIZE_MAX / 2) /* no sum of sizes below overflows */

enum {
    BLOCK_BYTES = 4096, /* most requests fit in one with their head and answer */
    ALIGNMENT = _Alignof(max_align_t),
};

struct block {
    struct block *next;
    size_t size; /* bytes in data */
    size_t used;
    _Alignas(max_align_t) char data[];
};

struct arena {
    size_t cap;
    size_t used;
    struct block *newest;
};

/*
 * A new block with room for at least size bytes. An oversized one is full at once
 * and goes behind the newest, so that the room left there is not given up.
 */
static struct block *block_add(struct arena *arena, size_t size)
{
    const bool oversized = size > BLOCK_BYTES;
    const size_t block_size = oversized ? size : BLOCK_BYTES;
    struct block **link = oversized && arena->newest ? &arena->newest->next : &arena->newest;
    struct block *block = malloc(sizeof *block + block_size);

    if (!block)
        return NULL;
    *block = (struct block){.next = *link, .size = block_size};
    *link = block;
    return block;
}

struct arena *arena_new(size_t cap_bytes)
{
    struct arena *arena = malloc(sizeof *arena);

    assert(cap_bytes <= CAP_BYTES_MAX);
    if (arena)
        *arena = (struct arena){.cap = cap_bytes};
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->newest; block;) {
        struct block *next = block->next;
        explicit_bzero(block->data, block->used);
        free(block);
        block = next;
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
    if (size_bytes > arena->cap)
        return NULL;
    const size_t size = (size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > arena->cap - arena->used)
        return NULL;

    struct block *block = arena->newest;
    if (!block || block->size - block->used < size) {
        block = block_add(arena, size);
        if (!block)
            return NULL;
    }
    void *memory = block->data + block->used;
    block->used += size;
    arena->used += size;
    return memory;
}

struct span arena_copy(struct arena *arena, struct span span)
{
    char *copy = arena_alloc(arena, span.len + 1);

    if (!copy)
        return (struct span){0};
    if (span.len > 0)
        memcpy(copy, span.data, span.len);
    copy[span.len] = '\0';
    return (struct span){copy, span.len};
}

struct span arena_joined(struct arena *arena, struct span head, struct span tail)
{
    char *bytes = arena_alloc(arena, head.len + tail.len);

    if (!bytes)
        return (struct span){0};
    if (head.len > 0)
        memcpy(bytes, head.data, head.len);
    if (tail.len > 0)
        memcpy(bytes + head.len, tail.data, tail.len);
    return (struct span){bytes, head.len + tail.len};
}

struct span arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);

    char *text = arena_alloc(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text ? (struct span){text, (size_t)length} : (struct span){0};
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
