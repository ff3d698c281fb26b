/*
 * pgbinary - arrays as PostgreSQL's binary protocol wants them
 *
 * A buffer takes one array after another; each begins with its element type and
 * count, and its elements follow in order:
 *
 *     i32 dimensions = 1 │ i32 has NULLs │ u32 element type │ i32 count │ i32 first index = 1
 *     then for each element: i32 length, or -1 for NULL │ its bytes
 *
 * All big-endian. An empty array has no dimension and no count. This is what
 * array_send() of the server makes and array_recv() reads; the types' own forms
 * are those of text, bytea (the bytes), uuid (16 bytes), int2, and date (days
 * since 2000-01-01, i32).
 *
 * Memory running out aborts. No I/O.
 */
#ifndef GRIEVD_PGBINARY_H
#define GRIEVD_PGBINARY_H

#include <stdint.h>

#include "core/span.h"
#include "core/thai.h"

/* Element types, by the numbers of pg_type. */
enum pgbinary_type {
    PGBINARY_BYTEA = 17,
    PGBINARY_INT2 = 21,
    PGBINARY_TEXT = 25,
    PGBINARY_DATE = 1082,
    PGBINARY_UUID = 2950,
};

/* Starts as {0}; owns data, which moves as it grows. */
struct pgbinary {
    uint8_t *data;
    size_t len, capacity; /* bytes */
    size_t has_nulls_at;  /* where the open array says whether it holds NULLs */
    size_t missing;       /* elements the open array still waits for */
};

/* Forget the content, keep up to keep_bytes of the memory for the next. */
void pgbinary_reset(struct pgbinary *buffer, size_t keep_bytes);
void pgbinary_free(struct pgbinary *buffer);

/* Begin an array of count elements; the one before it must be complete. Returns its offset. */
size_t pgbinary_array(struct pgbinary *buffer, enum pgbinary_type type, size_t count);

/* An element of text, bytea or uuid; .data NULL is NULL. */
void pgbinary_put(struct pgbinary *buffer, struct span bytes);

void pgbinary_put_int2(struct pgbinary *buffer, int16_t value);
void pgbinary_put_date(struct pgbinary *buffer, struct thai_date date);

/* True if every array begun has all its elements. */
bool pgbinary_complete(const struct pgbinary *buffer);

/* Days from 2000-01-01 to a Gregorian date. */
int32_t pgbinary_days(struct thai_date date);

#endif
