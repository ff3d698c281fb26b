/*
 * audit - count the register again from nothing but its log
 *
 * Leaves go in one by one, from the first; out come the root, to be compared with a
 * signed checkpoint, and for every month what was received, in which class it is now,
 * and who confirmed. So the agency's figures can be checked by anyone who
 * has the tiles.
 *
 * An acceptance counts once, in its month, whatever becomes of it. A change of class
 * moves it to another line and must come from the class it is in; an erasure leaves it
 * where it is. A leaf that breaks a rule is a finding, counts nothing and changes
 * nothing; it is part of the root all the same.
 *
 *     struct audit *audit = audit_new();
 *     while (…)
 *         audit_leaves(audit, leaves, count);
 *     audit_root(audit, &root);
 *     audit_year(audit, 2570, &year);
 *     audit_free(audit);
 *
 * Takes two bytes a leaf and 400 KiB. Pure: no I/O.
 */
#ifndef GRIEVD_AUDIT_H
#define GRIEVD_AUDIT_H

#include "leaf.h"
#include "merkle.h"

enum { AUDIT_FINDINGS_MAX = 100 }; /* kept; all are counted */

/* X(NAME, text) */
#define AUDIT_FAULTS(X)                                                                       \
    X(AUDIT_MALFORMED, "the leaf is not one that a register writes")                          \
    X(AUDIT_ABOUT_LATER, "the leaf is about one that does not come before it")                \
    X(AUDIT_ABOUT_OTHER, "the leaf is about one that accepts no complaint")                   \
    X(AUDIT_OTHER_MONTH, "the leaf names another month than the acceptance that it is about") \
    X(AUDIT_NOT_CURRENT, "the class is changed from one that the complaint is not in")        \
    X(AUDIT_ERASED_TWICE, "the complaint is erased a second time")

#define X(NAME, text) NAME,
enum audit_fault { AUDIT_FAULTS(X) };
#undef X

const char *audit_fault_text(enum audit_fault fault); /* static */

struct audit_finding {
    uint64_t index;
    enum audit_fault fault;
    enum leaf_fault leaf; /* of AUDIT_MALFORMED, else LEAF_OK */
};

/* What the leaves say of a month, or of a fiscal year. */
struct audit_count {
    uint64_t received;                /* acceptances: the sum of classes */
    uint64_t classes[LEAF_CLASS_END]; /* by class in the end; [0] is unused */
    uint64_t class_changes, erased;   /* leaves */
    uint64_t returns;                 /* confirmations of the month, of all units */
    uint64_t reports_issued, reports_submitted;
};

struct audit;
struct audit *audit_new(void);        /* NULL if memory is out */
void audit_free(struct audit *audit); /* NULL is allowed */

/* The next leaves, LEAF_BYTES each. False if memory is out, and the audit is of no use then. */
bool audit_leaves(struct audit *audit, const uint8_t *leaves, size_t count);

uint64_t audit_size(const struct audit *audit);
void audit_root(const struct audit *audit, struct merkle_hash *ret_root);

/* The findings so far; *ret_findings has at most AUDIT_FINDINGS_MAX of them, the first ones. */
uint64_t audit_findings(const struct audit *audit, const struct audit_finding **ret_findings);

/* The class that the complaint of an acceptance is in now; 0 for any other leaf. */
enum leaf_class audit_class(const struct audit *audit, uint64_t index);

/* True if that complaint was erased. */
bool audit_is_erased(const struct audit *audit, uint64_t index);

/* Of the month YYYYMM, 190001 to 219912. */
void audit_month(const struct audit *audit, uint32_t period, struct audit_count *ret_count);

/* Of the Buddhist fiscal year, October to September, 2444 to 2742. */
void audit_year(const struct audit *audit, unsigned fiscal_year, struct audit_count *ret_count);

/* KPI 1: what counts as corruption (C1, C2 and what is not classified yet), and its level. */
uint64_t audit_kpi1(const struct audit_count *count);
unsigned audit_kpi1_level(const struct audit_count *count);

#endif
