#include "audit.h"

#include <assert.h>
#include <stdlib.h>

enum {
    YEAR_MIN = 1900, /* as in core/leaf */
    YEARS = 300,
    MONTHS = YEARS * 12,
    BUDDHIST_YEARS = 543,
    LEAVES_FIRST = 4096, /* room at the start; doubled as it fills */
};

/*
 * What is remembered of an acceptance: month since January of YEAR_MIN in twelve bits,
 * class in three, whether it is erased. Any other leaf is 0, which no acceptance is.
 */
enum { CLASS_SHIFT = 12, CLASS_MASK = 7 << CLASS_SHIFT, MONTH_MASK = 0xfff, ERASED = 1 << 15 };
static_assert((int)MONTHS <= (int)MONTH_MASK && (int)LEAF_CLASS_END <= 8,
              "an acceptance fits in 16 bits");

struct audit {
    struct merkle_frontier tree;
    uint16_t *kept; /* one for each leaf */
    size_t room;
    uint64_t finding_count;
    struct audit_finding findings[AUDIT_FINDINGS_MAX];
    struct audit_count months[MONTHS];
};

const char *audit_fault_text(enum audit_fault fault)
{
#define X(NAME, text) [NAME] = text,
    static const char *const texts[] = {AUDIT_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}

struct audit *audit_new(void)
{
    return calloc(1, sizeof(struct audit));
}

void audit_free(struct audit *audit)
{
    if (!audit)
        return;
    free(audit->kept);
    free(audit);
}

static size_t month_of(uint32_t period)
{
    return (period / 100 - YEAR_MIN) * 12 + period % 100 - 1;
}

static void find(struct audit *audit, uint64_t index, enum audit_fault fault, enum leaf_fault leaf)
{
    if (audit->finding_count < AUDIT_FINDINGS_MAX)
        audit->findings[audit->finding_count] = (struct audit_finding){index, fault, leaf};
    audit->finding_count++;
}

/* The acceptance that a leaf is about; NULL, and a finding, if there is none or not such. */
static uint16_t *about(struct audit *audit, uint64_t index, const struct leaf *leaf)
{
    enum audit_fault fault;

    if (leaf->about >= index)
        fault = AUDIT_ABOUT_LATER;
    else if (audit->kept[leaf->about] == 0)
        fault = AUDIT_ABOUT_OTHER;
    else if ((audit->kept[leaf->about] & MONTH_MASK) != month_of(leaf->period))
        fault = AUDIT_OTHER_MONTH;
    else
        return &audit->kept[leaf->about];
    find(audit, index, fault, LEAF_OK);
    return NULL;
}

static void take_acceptance(struct audit *audit, uint64_t index, const struct leaf *leaf)
{
    const size_t month = month_of(leaf->period);

    audit->kept[index] = (uint16_t)((size_t)leaf->reason << CLASS_SHIFT | month);
    audit->months[month].received++;
    audit->months[month].classes[leaf->reason]++;
}

static void change_class(struct audit *audit, uint64_t index, const struct leaf *leaf)
{
    uint16_t *kept = about(audit, index, leaf);

    if (!kept)
        return;
    if ((*kept & CLASS_MASK) >> CLASS_SHIFT != (int)leaf_from(leaf)) {
        find(audit, index, AUDIT_NOT_CURRENT, LEAF_OK);
        return;
    }
    struct audit_count *count = &audit->months[month_of(leaf->period)];
    count->classes[leaf_from(leaf)]--;
    count->classes[leaf_to(leaf)]++;
    count->class_changes++;
    *kept = (uint16_t)((*kept & (MONTH_MASK | ERASED)) | (int)leaf_to(leaf) << CLASS_SHIFT);
}

static void erase(struct audit *audit, uint64_t index, const struct leaf *leaf)
{
    uint16_t *kept = about(audit, index, leaf);

    if (!kept)
        return;
    if (*kept & ERASED) {
        find(audit, index, AUDIT_ERASED_TWICE, LEAF_OK);
        return;
    }
    *kept |= ERASED;
    audit->months[month_of(leaf->period)].erased++;
}

static void take_leaf(struct audit *audit, uint64_t index, struct span bytes)
{
    struct leaf leaf;
    const enum leaf_fault fault = leaf_decode(bytes, &leaf);

    audit->kept[index] = 0;
    if (fault != LEAF_OK) {
        find(audit, index, AUDIT_MALFORMED, fault);
        return;
    }
    switch (leaf.type) {
    case LEAF_ACCEPTED:
        take_acceptance(audit, index, &leaf);
        break;
    case LEAF_CLASS_CHANGED:
        change_class(audit, index, &leaf);
        break;
    case LEAF_ERASED:
        erase(audit, index, &leaf);
        break;
    case LEAF_RETURN:
        audit->months[month_of(leaf.period)].returns++;
        break;
    case LEAF_REPORT_ISSUED:
        audit->months[month_of(leaf.period)].reports_issued++;
        break;
    case LEAF_REPORT_SUBMITTED:
        audit->months[month_of(leaf.period)].reports_submitted++;
        break;
    default:
        break; /* nothing that is counted */
    }
}

static bool make_room(struct audit *audit, uint64_t size)
{
    size_t room = audit->room > 0 ? audit->room : LEAVES_FIRST;

    while (room < size)
        room *= 2;
    if (room == audit->room)
        return true;
    uint16_t *kept = realloc(audit->kept, room * sizeof *kept);
    if (!kept)
        return false;
    audit->kept = kept;
    audit->room = room;
    return true;
}

bool audit_leaves(struct audit *audit, const uint8_t *leaves, size_t count)
{
    enum { CHUNK = 256 };
    struct merkle_hash hashes[CHUNK];

    if (!make_room(audit, audit->tree.size + count))
        return false;
    for (size_t i = 0; i < count; i++)
        take_leaf(audit, audit->tree.size + i, span_of_bytes(leaves + i * LEAF_BYTES, LEAF_BYTES));
    for (size_t done = 0; done < count;) {
        const size_t part = count - done < CHUNK ? count - done : CHUNK;

        merkle_leaf_hashes(hashes, leaves + done * LEAF_BYTES, LEAF_BYTES, part);
        merkle_append(&audit->tree, hashes, part);
        done += part;
    }
    return true;
}

uint64_t audit_size(const struct audit *audit)
{
    return audit->tree.size;
}

void audit_root(const struct audit *audit, struct merkle_hash *ret_root)
{
    merkle_root(&audit->tree, ret_root);
}

uint64_t audit_findings(const struct audit *audit, const struct audit_finding **ret_findings)
{
    *ret_findings = audit->findings;
    return audit->finding_count;
}

enum leaf_class audit_class(const struct audit *audit, uint64_t index)
{
    assert(index < audit->tree.size);
    return (enum leaf_class)((audit->kept[index] & CLASS_MASK) >> CLASS_SHIFT);
}

bool audit_is_erased(const struct audit *audit, uint64_t index)
{
    assert(index < audit->tree.size);
    return (audit->kept[index] & ERASED) != 0;
}

void audit_month(const struct audit *audit, uint32_t period, struct audit_count *ret_count)
{
    assert(period / 100 >= YEAR_MIN && period / 100 < YEAR_MIN + YEARS);
    assert(period % 100 >= 1 && period % 100 <= 12);
    *ret_count = audit->months[month_of(period)];
}

static void add(struct audit_count *sum, const struct audit_count *month)
{
    sum->received += month->received;
    for (size_t i = 0; i < LEAF_CLASS_END; i++)
        sum->classes[i] += month->classes[i];
    sum->class_changes += month->class_changes;
    sum->erased += month->erased;
    sum->returns += month->returns;
    sum->reports_issued += month->reports_issued;
    sum->reports_submitted += month->reports_submitted;
}

void audit_year(const struct audit *audit, unsigned fiscal_year, struct audit_count *ret_count)
{
    const unsigned year = fiscal_year - BUDDHIST_YEARS; /* it ends in */

    assert(year > YEAR_MIN && year < YEAR_MIN + YEARS);
    const size_t october = month_of((year - 1) * 100 + 10);
    *ret_count = (struct audit_count){0};
    for (size_t i = 0; i < 12; i++)
        add(ret_count, &audit->months[october + i]);
}

uint64_t audit_kpi1(const struct audit_count *count)
{
    return count->classes[LEAF_CLASS_C1] + count->classes[LEAF_CLASS_C2] +
           count->classes[LEAF_CLASS_CX];
}

unsigned audit_kpi1_level(const struct audit_count *count)
{
    const uint64_t corrupt = audit_kpi1(count);

    return corrupt < 4 ? 5 - (unsigned)corrupt : 1;
}
