/*
 * arena - memory that lives as long as one request
 *
 * Allocation moves a pointer; nothing is freed singly, so error paths free
 * nothing and a request is forgotten in one call. An arena never grows past its
 * cap, padding included: arena_alloc() then returns NULL, as it does when memory
 * is out, and callers turn that into 413 or 503.
 *
 *     struct arena *arena = arena_new(1024 * 1024);
 *     const char *copy = arena_copy(arena, span).data;
 *     ...
 *     arena_free(arena);   // every byte of it, wiped first
 */
#ifndef GRIEVD_ARENA_H
#define GRIEVD_ARENA_H

#include "span.h"

struct arena;

/* An empty arena of at most cap_bytes. NULL if memory is out. */
struct arena *arena_new(size_t cap_bytes);

/* Free the arena with all it holds, zeroed first (it held narratives). NULL is allowed. */
void arena_free(struct arena *arena);

/* Uninitialised bytes aligned for any type, owned by the arena; NULL past the cap. */
void *arena_alloc(struct arena *arena, size_t size_bytes);

/* A copy of the span with a NUL behind it; .data is NULL past the cap. */
struct span arena_copy(struct arena *arena, struct span span);

/* One span and the other behind it, in one piece; .data is NULL past the cap. */
struct span arena_joined(struct arena *arena, struct span head, struct span tail);

/* printf into the arena; .data is NULL past the cap. */
struct span arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes handed out so far, padding included. */
size_t arena_used(const struct arena *arena);

#endif
