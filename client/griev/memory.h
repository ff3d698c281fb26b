/*
 * memory - allocation that cannot fail
 *
 * The client is one short command: when memory is out it says so and ends with
 * exit code 8, and no caller has to think of it.
 */
#ifndef GRIEVD_CLIENT_MEMORY_H
#define GRIEVD_CLIENT_MEMORY_H

#include <stddef.h>

#include "core/span.h"

/* Zeroed; free() frees it. */
void *memory_new(size_t size_bytes);

/* Like realloc(). */
void *memory_resize(void *memory, size_t size_bytes);

/* printf into memory of its own, to be freed. */
char *memory_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A copy with a NUL behind it; its .data is to be freed with memory_free_span(). */
struct span memory_copy(struct span span);

/* Wipe and free what an owned span points to, and empty it. */
void memory_free_span(struct span *span);

#endif
