/* What the binary arrays promise: the bytes PostgreSQL's array_send() makes of the same values. */
#include <criterion/criterion.h>
#include <signal.h>

#include "pgbinary.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static void expect_bytes(const struct pgbinary *buffer, const char *promise, struct span wanted)
{
    cr_expect_eq(buffer->len, wanted.len, "%s: %zu bytes, not %zu", promise, buffer->len,
                 wanted.len);
    cr_expect(buffer->len == wanted.len && memcmp(buffer->data, wanted.data, wanted.len) == 0, "%s",
              promise);
}

/* The wanted bytes are what the server printed for encode(array_send('{…}'), 'hex'). */
Test(pgbinary_array, is_what_the_server_makes)
{
    struct pgbinary buffer = {0};

    pgbinary_array(&buffer, PGBINARY_TEXT, 3);
    pgbinary_put(&buffer, SPAN("ab"));
    pgbinary_put(&buffer, (struct span){NULL, 0});
    pgbinary_put(&buffer, SPAN(""));
    expect_bytes(&buffer, "text with NULL and empty",
                 SPAN("\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1"
                      "\0\0\0\2ab\xff\xff\xff\xff\0\0\0\0"));

    pgbinary_reset(&buffer, SIZE_MAX);
    pgbinary_array(&buffer, PGBINARY_INT2, 2);
    pgbinary_put_int2(&buffer, 258);
    pgbinary_put_int2(&buffer, -2);
    expect_bytes(&buffer, "int2",
                 SPAN("\0\0\0\1\0\0\0\0\0\0\0\x15\0\0\0\2\0\0\0\1\0\0\0\2\1\2\0\0\0\2\xff\xfe"));

    pgbinary_reset(&buffer, SIZE_MAX);
    pgbinary_array(&buffer, PGBINARY_DATE, 2);
    pgbinary_put_date(&buffer, (struct thai_date){2026, 11, 23});
    pgbinary_put_date(&buffer, (struct thai_date){1999, 12, 31});
    expect_bytes(&buffer, "date",
                 SPAN("\0\0\0\1\0\0\0\0\0\0\4\x3a\0\0\0\2\0\0\0\1"
                      "\0\0\0\4\0\0\x26\x5f\0\0\0\4\xff\xff\xff\xff"));

    pgbinary_reset(&buffer, SIZE_MAX);
    pgbinary_array(&buffer, PGBINARY_UUID, 0);
    expect_bytes(&buffer, "an empty array has no dimension", SPAN("\0\0\0\0\0\0\0\0\0\0\x0b\x86"));
    pgbinary_free(&buffer);
}

Test(pgbinary_array, follow_one_another)
{
    struct pgbinary buffer = {0};
    const size_t first = pgbinary_array(&buffer, PGBINARY_TEXT, 1);

    pgbinary_put(&buffer, (struct span){NULL, 0});
    const size_t second = pgbinary_array(&buffer, PGBINARY_BYTEA, 1);
    cr_expect_not(pgbinary_complete(&buffer));
    pgbinary_put(&buffer, SPAN("\0\xff"));
    cr_expect(pgbinary_complete(&buffer));

    cr_expect_eq(first, 0);
    cr_expect_eq(second, 24);
    cr_expect_eq(buffer.data[7], 1, "the first has NULLs");
    cr_expect_eq(buffer.data[second + 7], 0, "the second has none");
    pgbinary_free(&buffer);
}

Test(pgbinary_array, grows_past_any_guess)
{
    struct pgbinary buffer = {0};
    static char large[240 * 1024];

    memset(large, 'x', sizeof large);
    pgbinary_array(&buffer, PGBINARY_BYTEA, 100);
    for (int i = 0; i < 100; i++)
        pgbinary_put(&buffer, (struct span){large, sizeof large});
    cr_expect_eq(buffer.len, 20 + 100 * (4 + sizeof large));
    pgbinary_reset(&buffer, 1024 * 1024);
    cr_expect_null(buffer.data, "more memory than asked for was kept");
    pgbinary_free(&buffer);
}

Test(pgbinary_array, aborts_when_the_one_before_is_incomplete, .signal = SIGABRT)
{
    struct pgbinary buffer = {0};

    pgbinary_array(&buffer, PGBINARY_TEXT, 2);
    pgbinary_put(&buffer, SPAN("one"));
    pgbinary_array(&buffer, PGBINARY_TEXT, 1);
}

/* Wanted: SELECT date 'YYYY-MM-DD' - date '2000-01-01'. */
Test(pgbinary_days, counts_from_the_year_2000)
{
    static const struct {
        struct thai_date date;
        int32_t days;
    } rows[] = {
        {{2000, 1, 1}, 0},      {{2000, 2, 29}, 59},    {{2000, 3, 1}, 60},
        {{1999, 12, 31}, -1},   {{1900, 1, 1}, -36524}, {{1900, 3, 1}, -36465},
        {{2024, 2, 29}, 8825},  {{2024, 12, 31}, 9131}, {{2026, 11, 23}, 9823},
        {{2100, 2, 28}, 36583}, {{2100, 3, 1}, 36584},  {{2199, 12, 31}, 73048},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const int32_t days = pgbinary_days(rows[i].date);

        cr_expect_eq(days, rows[i].days, "%d-%d-%d: %d", rows[i].date.year, rows[i].date.month,
                     rows[i].date.day, days);
    }
}
