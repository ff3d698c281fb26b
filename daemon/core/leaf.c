#include "leaf.h"

#include <assert.h>

enum {
    YEAR_MIN = 1900, /* what core/thai reads as a date */
    YEAR_MAX = 2199,
    BUDDHIST_YEARS = 543,
};

static bool is_class(unsigned number)
{
    return number >= LEAF_CLASS_C1 && number < LEAF_CLASS_END;
}

static bool is_month(uint32_t period)
{
    const uint32_t year = period / 100, month = period % 100;

    return year >= YEAR_MIN && year <= YEAR_MAX && month >= 1 && month <= 12;
}

static bool reason_good(const struct leaf *leaf)
{
    switch (leaf->type) {
    case LEAF_ACCEPTED:
        return leaf->reason >= LEAF_CLASS_C1 && leaf->reason <= LEAF_CLASS_CX;
    case LEAF_CLASS_CHANGED:
        return is_class(leaf_from(leaf)) && is_class(leaf_to(leaf)) &&
               leaf_from(leaf) != leaf_to(leaf);
    default:
        return leaf->reason == 0;
    }
}

static bool period_good(const struct leaf *leaf)
{
    switch (leaf->type) {
    case LEAF_ACCEPTED:
    case LEAF_CLASS_CHANGED:
    case LEAF_ERASED:
    case LEAF_RETURN:
        return is_month(leaf->period);
    case LEAF_REPORT_ISSUED:
    case LEAF_REPORT_SUBMITTED:
        return is_month(leaf->period) && leaf->period % 100 == 9;
    default:
        return leaf->period == 0;
    }
}

static bool about_good(const struct leaf *leaf)
{
    if (leaf->type == LEAF_CLASS_CHANGED || leaf->type == LEAF_ERASED)
        return leaf->about < LEAF_ABOUT_NONE;
    return leaf->about == LEAF_ABOUT_NONE;
}

enum leaf_fault leaf_check(const struct leaf *leaf)
{
    if (leaf->type < LEAF_ACCEPTED || leaf->type >= LEAF_TYPE_END)
        return LEAF_BAD_TYPE;
    if (!reason_good(leaf))
        return LEAF_BAD_REASON;
    if (!period_good(leaf))
        return LEAF_BAD_PERIOD;
    return about_good(leaf) ? LEAF_OK : LEAF_BAD_ABOUT;
}

static uint8_t *put(uint8_t *bytes, uint64_t value, unsigned len)
{
    for (unsigned i = len; i > 0; i--)
        *bytes++ = (uint8_t)(value >> (8 * (i - 1)));
    return bytes;
}

void leaf_encode(const struct leaf *leaf, uint8_t ret_bytes[static LEAF_BYTES])
{
    assert(leaf_check(leaf) == LEAF_OK);
    uint8_t *at = put(ret_bytes, LEAF_VERSION, 1);

    at = put(at, leaf->type, 1);
    at = put(at, leaf->reason, 2);
    at = put(at, leaf->period, 4);
    at = put(at, leaf->about, 8);
    memcpy(at, leaf->commit, COMMIT_BYTES);
    static_assert(1 + 1 + 2 + 4 + 8 + COMMIT_BYTES == LEAF_BYTES, "a leaf's parts");
}

static uint64_t get(const uint8_t *bytes, unsigned len)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < len; i++)
        value = value << 8 | bytes[i];
    return value;
}

enum leaf_fault leaf_decode(struct span bytes, struct leaf *ret_leaf)
{
    const uint8_t *at = (const uint8_t *)bytes.data;

    if (bytes.len != LEAF_BYTES)
        return LEAF_BAD_LENGTH;
    if (at[0] != LEAF_VERSION)
        return LEAF_BAD_VERSION;

    struct leaf leaf = {
        .type = (enum leaf_type)at[1],
        .reason = (uint16_t)get(at + 2, 2),
        .period = (uint32_t)get(at + 4, 4),
        .about = get(at + 8, 8),
    };
    memcpy(leaf.commit, at + 16, COMMIT_BYTES);
    const enum leaf_fault fault = leaf_check(&leaf);
    if (fault == LEAF_OK)
        *ret_leaf = leaf;
    return fault;
}

const char *leaf_fault_text(enum leaf_fault fault)
{
#define X(NAME, text) [NAME] = text,
    static const char *const texts[] = {LEAF_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}

const char *leaf_type_name(enum leaf_type type)
{
#define X(NAME, number, name) [NAME] = name,
    static const char *const names[] = {LEAF_TYPES(X)};
#undef X

    assert(type >= LEAF_ACCEPTED && type < LEAF_TYPE_END);
    return names[type];
}

#define X(NAME, number, code) [NAME] = code,
static const char *const class_codes[] = {LEAF_CLASSES(X)};
#undef X

const char *leaf_class_code(enum leaf_class class)
{
    assert(is_class(class));
    return class_codes[class];
}

enum leaf_class leaf_class_of(struct span code)
{
    for (unsigned i = LEAF_CLASS_C1; i < LEAF_CLASS_END; i++) {
        if (span_eq(code, span_of(class_codes[i])))
            return (enum leaf_class)i;
    }
    return (enum leaf_class)0;
}

unsigned leaf_fiscal_year(uint32_t period)
{
    assert(is_month(period));
    return period / 100 + BUDDHIST_YEARS + (period % 100 >= 10);
}
