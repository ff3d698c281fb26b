/*
 * leaf - what the register's log holds: one public fact in 48 bytes
 *
 *     u8 version = 1 | u8 type | u16 reason | u32 period | u64 about | commit[32]
 *
 * big-endian. With the prefix of its hash that is 49 bytes, one block of SHA-256. A leaf
 * says a type, a month and a class, and never a day, an office, a person or a
 * text: those are bound by `commit`, which opens only for who holds the salts.
 *
 *     type            reason            period            about
 *     accepted        class in effect   month counted     none
 *     class_changed   from << 8 | to    month counted     index of its accepted leaf
 *     erased          0                 month counted     index of its accepted leaf
 *     return          0                 month confirmed   none
 *     report_…        0                 September of FY   none
 *     all others      0                 0                 none
 *
 * period is YYYYMM, Gregorian, Bangkok; none is all ones. Every leaf has exactly this
 * form: leaf_decode() refuses any other, so that nothing can be smuggled into
 * the log, and whoever counts leaves counts them as everyone does.
 *
 * Pure.
 */
#ifndef GRIEVD_LEAF_H
#define GRIEVD_LEAF_H

#include "commit.h"

enum { LEAF_BYTES = 48, LEAF_VERSION = 1 };

#define LEAF_ABOUT_NONE UINT64_MAX

/* X(NAME, number, name): the types, as they are written and as people and SQL call them. */
#define LEAF_TYPES(X)                               \
    X(LEAF_ACCEPTED, 1, "accepted")                 \
    X(LEAF_CLASS_CHANGED, 2, "class_changed")       \
    X(LEAF_ERASED, 3, "erased")                     \
    X(LEAF_RETURN, 4, "return")                     \
    X(LEAF_REPORT_ISSUED, 5, "report_issued")       \
    X(LEAF_REPORT_SUBMITTED, 6, "report_submitted") \
    X(LEAF_KEY_CHANGE, 7, "key_change")             \
    X(LEAF_HEARTBEAT, 8, "heartbeat")               \
    X(LEAF_EVENT, 9, "event")

#define X(NAME, number, name) NAME = number,
enum leaf_type { LEAF_TYPES(X) LEAF_TYPE_END };
#undef X

/* X(NAME, number, code): legal classes. Only the first three may be accepted. */
#define LEAF_CLASSES(X)       \
    X(LEAF_CLASS_C1, 1, "C1") \
    X(LEAF_CLASS_C2, 2, "C2") \
    X(LEAF_CLASS_CX, 3, "CX") \
    X(LEAF_CLASS_C0, 4, "C0") \
    X(LEAF_CLASS_CT, 5, "CT") \
    X(LEAF_CLASS_CI, 6, "CI") \
    X(LEAF_CLASS_CV, 7, "CV")

#define X(NAME, number, code) NAME = number,
enum leaf_class { LEAF_CLASSES(X) LEAF_CLASS_END };
#undef X

/* X(NAME, text): what can be wrong with 48 bytes. */
#define LEAF_FAULTS(X)                                             \
    X(LEAF_OK, "the leaf is well-formed")                          \
    X(LEAF_BAD_LENGTH, "a leaf has 48 bytes")                      \
    X(LEAF_BAD_VERSION, "the leaf's version is not 1")             \
    X(LEAF_BAD_TYPE, "there is no such type of leaf")              \
    X(LEAF_BAD_REASON, "the reason is not one of the leaf's type") \
    X(LEAF_BAD_PERIOD, "the period is not one of the leaf's type") \
    X(LEAF_BAD_ABOUT, "the leaf refers to another, or to none, wrongly")

#define X(NAME, text) NAME,
enum leaf_fault { LEAF_FAULTS(X) };
#undef X

struct leaf {
    enum leaf_type type;
    uint16_t reason;
    uint32_t period; /* YYYYMM or 0 */
    uint64_t about;  /* an index, or LEAF_ABOUT_NONE */
    uint8_t commit[COMMIT_BYTES];
};

/* LEAF_OK if the leaf has the form of its type. */
enum leaf_fault leaf_check(const struct leaf *leaf);

/* A leaf that leaf_check() would not pass is a caller's bug. */
void leaf_encode(const struct leaf *leaf, uint8_t ret_bytes[static LEAF_BYTES]);

/* On a fault, *ret_leaf is left as it was. */
enum leaf_fault leaf_decode(struct span bytes, struct leaf *ret_leaf);

const char *leaf_fault_text(enum leaf_fault fault); /* static */
const char *leaf_type_name(enum leaf_type type);
const char *leaf_class_code(enum leaf_class class);

/* The number of a class code; 0 if there is none such. */
enum leaf_class leaf_class_of(struct span code);

/* What a class_changed leaf says. */
static inline enum leaf_class leaf_from(const struct leaf *leaf)
{
    return (enum leaf_class)(leaf->reason >> 8);
}
static inline enum leaf_class leaf_to(const struct leaf *leaf)
{
    return (enum leaf_class)(leaf->reason & 0xff);
}

/* The Buddhist fiscal year that holds a period, which is not 0: October opens the next. */
unsigned leaf_fiscal_year(uint32_t period);

#endif
