/*
 * csv - a CSV file as a list of objects
 *
 * RFC 4180 as spreadsheets write it: a first line of names, fields separated by
 * commas, those in quotes may hold commas, line ends and doubled quotes. A byte
 * order mark before the first line is passed over.
 *
 *     code,level          [{"": 2, "code": "1.1", "level": "5"},
 *     1.1,5        ─▶      {"": 3, "code": "3.2", "level": "4"}]
 *     3.2,4
 *
 * Every field is a text; an empty one is left out. The member with the empty
 * name is the line on which the row begins. Empty lines are no rows.
 *
 * Pure.
 */
#ifndef GRIEVD_CLIENT_CSV_H
#define GRIEVD_CLIENT_CSV_H

#include <jansson.h>

#include "core/span.h"

enum { CSV_COLUMNS_MAX = 64 };

/* X(NAME, clause) */
#define CSV_FAULTS(X)                                                                   \
    X(CSV_OK, "the file is usable")                                                     \
    X(CSV_EMPTY, "the file has no first line of names")                                 \
    X(CSV_QUOTE, "a quote is not closed, or text stands beside a quoted field")         \
    X(CSV_COLUMNS, "the line has more fields than the first one, or that has too many") \
    X(CSV_NAME, "the first line has an empty name, or one twice")                       \
    X(CSV_NOT_UTF8, "the line is not UTF-8 text")

#define X(name, clause) name,
enum csv_fault { CSV_FAULTS(X) };
#undef X

/*
 * The rows, the caller's to json_decref(). NULL with what is wrong and on which
 * line, from 1.
 */
json_t *csv_read(struct span text, enum csv_fault *ret_fault, size_t *ret_line);

/* One clause for people; static storage. */
const char *csv_fault_text(enum csv_fault fault);

#endif
