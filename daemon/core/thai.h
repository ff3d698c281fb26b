/*
 * thai - dates, digits and columns as a Thai reader expects them
 *
 * The agency's day is Asia/Bangkok's (UTC+7, no daylight saving). A fiscal year
 * runs from 1 October to 30 September and bears the Buddhist year it ends in:
 * 2024-10-01 opens 2568. Storage and the API use ISO dates; Buddhist years and
 * Thai digits are for print.
 *
 * Pure: the time is passed in.
 */
#ifndef GRIEVD_THAI_H
#define GRIEVD_THAI_H

#include <stdint.h>

#include "span.h"

struct thai_date {
    int year; /* Gregorian */
    int month, day;
};

/* The Bangkok day of a Unix time in seconds, years 1 to 9999. */
struct thai_date thai_day_of(int64_t unix_seconds);

/* A real day written YYYY-MM-DD, years 1900 to 2199. False for anything else. */
bool thai_date_parse(struct span text, struct thai_date *ret_date);

/*
 * A real day as people write it, blanks around it or not: 15/10/2567, 15-10-2567, ๑๕ ต.ค. ๒๕๖๗,
 * 15 ตุลาคม พ.ศ. 2567, 2024-10-15. Four digits a year, Buddhist from 2400 on. False for anything
 * else.
 */
bool thai_date_read(struct span text, struct thai_date *ret_date);

/* Negative, zero or positive as a lies before, on or after b. */
int thai_date_compare(struct thai_date a, struct thai_date b);

/* The Buddhist fiscal year that holds the day. */
int thai_fiscal_year(struct thai_date date);

/* "23 พฤศจิกายน 2569" into buffer (64 bytes are always enough). */
void thai_date_print(struct thai_date date, char *buffer, size_t buffer_size);

/*
 * Replace 0-9 by ๐-๙ in UTF-8 text, NUL-terminated, but in words that begin with a Latin letter,
 * which are codes or addresses. A digit takes 3 bytes: a buffer of three times the text and one is
 * always enough, and one too small is the caller's bug.
 */
void thai_digits(struct span text, char *buffer, size_t buffer_size);

/*
 * The reverse: ๐-๙ of a short text replaced by 0-9, NUL-terminated. False, and an empty text, if it
 * does not fit or holds a NUL.
 */
bool thai_plain_digits(struct span text, char *buffer, size_t buffer_size);

/*
 * How many terminal columns the text takes: vowels and tone marks above and
 * below take none, SARA AM one, East Asian wide and emoji two. Invalid UTF-8
 * counts one column a byte; control characters none.
 */
size_t thai_columns(struct span text);

/* True if the span is valid UTF-8 (RFC 3629): no surrogates, no overlong forms. */
bool utf8_valid(struct span text);

/*
 * Decode the code point at text's start: its length in bytes (1 to 4), or 0 if
 * the bytes there are not one. text.len is at least 1.
 */
size_t utf8_next(struct span text, uint32_t *ret_code_point);

#endif
