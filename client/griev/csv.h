/*
 * csv - a CSV file as a list of objects
 *
 * RFC 4180 as spreadsheets write it: a first line of names, fields separated by
 * commas, or by whichever of comma, semicolon and tab that line holds most of; those
 * in quotes may hold separators, line ends and doubled quotes. A byte order mark
 * before the first line is passed over.
 *
 *     code,level          [{"": 2, "code": "1.1", "level": "5"},
 *     1.1,5        ─▶      {"": 3, "code": "3.2", "level": "4"}]
 *     3.2,4
 *
 * Every field is a text; the blanks around it are no part of it, and an empty one is
 * left out. The member with the empty name is the line on which the row begins. Lines
 * that say nothing are no rows, and columns that do need no name.
 *
 * Pure.
 */
#ifndef GRIEVD_CLIENT_CSV_H
#define GRIEVD_CLIENT_CSV_H

#include <jansson.h>

#include "core/span.h"
#include "print.h"

enum { CSV_COLUMNS_MAX = 64 };

/* X(NAME, Thai, English) */
#define CSV_FAULTS(X)                                                                  \
    X(CSV_OK, "ใช้ได้", "the file is usable")                                            \
    X(CSV_EMPTY, "บรรทัดแรกต้องเป็นหัวคอลัมน์", "the file has no first line of names")       \
    X(CSV_QUOTE, "เครื่องหมายคำพูดไม่ปิด หรือมีข้อความต่อท้าย",                                  \
      "a quote is not closed, or text stands beside a quoted field")                   \
    X(CSV_COLUMNS, "มีช่องมากกว่าหัวคอลัมน์ หรือหัวคอลัมน์มากเกินไป",                             \
      "the line has more fields than the first one, or that has too many")             \
    X(CSV_NAME, "ช่องนี้อยู่ใต้คอลัมน์ที่ไม่มีหัว", "a field stands under a column without a name") \
    X(CSV_TWICE, "หัวคอลัมน์ซ้ำ", "the first line has one name twice")                     \
    X(CSV_NOT_UTF8, "ไม่ใช่ UTF-8: ให้บันทึกเป็น \"CSV UTF-8\" แล้วสั่งใหม่",                    \
      "the line is not UTF-8 text: save the file as \"CSV UTF-8\"")

#define X(name, th, en) name,
enum csv_fault { CSV_FAULTS(X) };
#undef X

/*
 * The rows, and the names of the first line as a list, both the caller's to json_decref().
 * NULL, and no names, with what is wrong and on which line, from 1.
 */
json_t *csv_read(struct span text, json_t **ret_names, enum csv_fault *ret_fault, size_t *ret_line);

/* One clause for people. */
struct text csv_fault_text(enum csv_fault fault);

#endif
