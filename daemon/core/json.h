/*
 * json - JSON texts, read without mercy
 *
 * jansson parses; this module sets the rules around it: an object at the top,
 * no duplicate keys, at most LIMIT_JSON_DEPTH levels, valid UTF-8, no lone
 * surrogates and no U+0000 in any string. Nothing is repaired.
 *
 * Also here: the scanner that finds where one member's value lies in the bytes
 * as they were sent, which the commitment needs (B is the request with the
 * value of "complainant" cut out), and the list of faults in a content, each
 * with the JSON pointer (RFC 6901) of the place.
 *
 * Pure.
 */
#ifndef GRIEVD_JSON_H
#define GRIEVD_JSON_H

#include <jansson.h>

#include "err.h"
#include "limits.h"
#include "span.h"

/* X(NAME, slug, Thai, text): what can be wrong at one place of a content. */
#define FAULT_TABLE(X)                                                                           \
    X(FAULT_MISSING, "missing", "ต้องระบุ", "is required")                                         \
    X(FAULT_UNKNOWN_KEY, "unknown-key", "ไม่ใช่ช่องข้อมูลที่รู้จัก", "is not a known member")              \
    X(FAULT_TYPE, "type", "ชนิดข้อมูลไม่ถูกต้อง", "has the wrong type")                                \
    X(FAULT_FORMAT, "format", "รูปแบบไม่ถูกต้อง", "is not in the required format")                   \
    X(FAULT_LENGTH, "length", "ว่างหรือยาวเกินไป", "is empty or too long")                          \
    X(FAULT_CONTROL, "control-character", "มีอักขระควบคุม", "holds a control character")            \
    X(FAULT_UNKNOWN_CODE, "unknown-code", "ไม่ใช่รหัสที่รู้จัก", "is not a known code")                  \
    X(FAULT_MISMATCH, "mismatch", "ขัดกับส่วนอื่นของคำขอ", "contradicts another part of the request") \
    X(FAULT_FUTURE, "future", "เป็นวันในอนาคต", "lies in the future")                              \
    X(FAULT_NO_YEAR, "no-fiscal-year", "อยู่ในปีงบประมาณที่ทะเบียนยังไม่มี",                              \
      "falls in a fiscal year the register does not have")                                       \
    X(FAULT_RANGE, "range", "อยู่นอกช่วงที่กำหนด", "is outside the allowed range")

#define X(name, slug, text_th, text) name,
enum fault_kind { FAULT_TABLE(X) };
#undef X

/* The faults of one content, all of them up to LIMIT_FAULTS; never holds submitted values. */
struct faults {
    size_t count;
    bool more; /* there were more than are listed */
    struct fault {
        enum fault_kind kind;
        char pointer[96]; /* JSON pointer, "" for the whole */
    } list[LIMIT_FAULTS];
};

const char *fault_slug(enum fault_kind kind);
const char *fault_text(enum fault_kind kind);
const char *fault_text_th(enum fault_kind kind);

/*
 * printf a pointer and add a fault; past LIMIT_FAULTS only `more` is set. Keys in
 * the pointer come escaped. One too long to hold names the container instead.
 */
void fault_add(struct faults *faults, enum fault_kind kind, const char *pointer_format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Parse one JSON object. On success the caller owns *ret_object (json_decref).
 * On failure: false, and *ret_line and *ret_column (from 1; both 0 if unknown)
 * and *ret_reason (static storage) say where and why.
 */
struct json_trouble {
    int line, column;
    const char *reason;
};
bool json_read_object(struct span text, json_t **ret_object, struct json_trouble *ret_trouble);

/*
 * Where the value of one top-level member lies in a text that json_read_object()
 * accepted: from its first byte to its last, without blanks around it. The key
 * may be written with escapes. False if there is no such member.
 */
bool json_find_member(struct span text, struct span key, struct span *ret_value);

#endif
