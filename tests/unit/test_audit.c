/* What anyone who has the leaves can count, and which leaves the count refuses. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "core/audit.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define NONE LEAF_ABOUT_NONE

static struct audit *audit;

static void set_up(void)
{
    audit = audit_new();
    cr_assert_not_null(audit);
}

static void tear_down(void)
{
    audit_free(audit);
}

TestSuite(audit, .init = set_up, .fini = tear_down);

static void add(enum leaf_type type, unsigned reason, uint32_t period, uint64_t about)
{
    const struct leaf leaf = {type, (uint16_t)reason, period, about, {(uint8_t)type}};
    uint8_t bytes[LEAF_BYTES];

    leaf_encode(&leaf, bytes);
    cr_assert(audit_leaves(audit, bytes, 1));
}

static void change(uint64_t about, enum leaf_class from, enum leaf_class to, uint32_t period)
{
    add(LEAF_CLASS_CHANGED, from << 8 | to, period, about);
}

static struct audit_count year(unsigned fiscal_year)
{
    struct audit_count count;

    audit_year(audit, fiscal_year, &count);
    return count;
}

static struct audit_count month(uint32_t period)
{
    struct audit_count count;

    audit_month(audit, period, &count);
    return count;
}

static void expect_finding(size_t i, uint64_t index, enum audit_fault fault)
{
    const struct audit_finding *findings;
    const uint64_t count = audit_findings(audit, &findings);

    cr_assert_lt(i, count);
    cr_expect_eq(findings[i].index, index);
    cr_expect_eq(findings[i].fault, fault, "%s", audit_fault_text(findings[i].fault));
}

static uint64_t finding_count(void)
{
    const struct audit_finding *findings;

    return audit_findings(audit, &findings);
}

Test(audit, counts_acceptances_by_fiscal_year_month_and_class)
{
    add(LEAF_ACCEPTED, LEAF_CLASS_C1, 202409, NONE);
    add(LEAF_ACCEPTED, LEAF_CLASS_C1, 202410, NONE);
    add(LEAF_ACCEPTED, LEAF_CLASS_C2, 202501, NONE);
    add(LEAF_ACCEPTED, LEAF_CLASS_CX, 202501, NONE);
    add(LEAF_ACCEPTED, LEAF_CLASS_CX, 202509, NONE);
    add(LEAF_ACCEPTED, LEAF_CLASS_CX, 202510, NONE);

    cr_expect_eq(year(2567).received, 1);
    cr_expect_eq(year(2568).received, 4);
    cr_expect_eq(year(2568).classes[LEAF_CLASS_C1], 1);
    cr_expect_eq(year(2568).classes[LEAF_CLASS_C2], 1);
    cr_expect_eq(year(2568).classes[LEAF_CLASS_CX], 2);
    cr_expect_eq(year(2569).received, 1);
    cr_expect_eq(month(202501).received, 2);
    cr_expect_eq(finding_count(), 0);
}

Test(audit, counts_one_reclassified_four_times_once)
{
    add(LEAF_ACCEPTED, LEAF_CLASS_CX, 202611, NONE);
    change(0, LEAF_CLASS_CX, LEAF_CLASS_C1, 202611);
    change(0, LEAF_CLASS_C1, LEAF_CLASS_C0, 202611);
    change(0, LEAF_CLASS_C0, LEAF_CLASS_C2, 202611);
    change(0, LEAF_CLASS_C2, LEAF_CLASS_CT, 202611);

    const struct audit_count count = year(2570);
    cr_expect_eq(finding_count(), 0);
    cr_expect_eq(count.received, 1);
    cr_expect_eq(count.classes[LEAF_CLASS_CT], 1);
    cr_expect_eq(count.class_changes, 4);
    cr_expect_eq(audit_kpi1(&count), 0);
    for (unsigned class = LEAF_CLASS_C1; class < LEAF_CLASS_END; class ++)
        cr_expect_eq(count.classes[class], class == LEAF_CLASS_CT);
}

Test(audit, refuses_a_change_from_a_class_that_is_not_the_current_one)
{
    add(LEAF_ACCEPTED, LEAF_CLASS_C1, 202611, NONE);
    change(0, LEAF_CLASS_C1, LEAF_CLASS_C2, 202611);
    change(0, LEAF_CLASS_C1, LEAF_CLASS_C0, 202611);

    expect_finding(0, 2, AUDIT_NOT_CURRENT);
    cr_expect_eq(finding_count(), 1);
    cr_expect_eq(year(2570).classes[LEAF_CLASS_C2], 1, "it stays in the class it was in");
    cr_expect_eq(year(2570).classes[LEAF_CLASS_C0], 0);
}

Test(audit, refuses_leaves_about_something_else)
{
    add(LEAF_ACCEPTED, LEAF_CLASS_C1, 202611, NONE);
    add(LEAF_RETURN, 0, 202611, NONE);
    change(1, LEAF_CLASS_C1, LEAF_CLASS_C0, 202611); /* about a return */
    change(3, LEAF_CLASS_C1, LEAF_CLASS_C0, 202611); /* about itself */
    change(5, LEAF_CLASS_C1, LEAF_CLASS_C0, 202611); /* about a later one */
    add(LEAF_ACCEPTED, LEAF_CLASS_C1, 202611, NONE);
    change(0, LEAF_CLASS_C1, LEAF_CLASS_C0, 202610); /* in another month */
    add(LEAF_ERASED, 0, 202611, 2);                  /* about a change of class */

    expect_finding(0, 2, AUDIT_ABOUT_OTHER);
    expect_finding(1, 3, AUDIT_ABOUT_LATER);
    expect_finding(2, 4, AUDIT_ABOUT_LATER);
    expect_finding(3, 6, AUDIT_OTHER_MONTH);
    expect_finding(4, 7, AUDIT_ABOUT_OTHER);
    cr_expect_eq(finding_count(), 5);
    cr_expect_eq(year(2570).classes[LEAF_CLASS_C1], 2, "nothing was moved");
}

Test(audit, keeps_counting_what_is_erased)
{
    add(LEAF_ACCEPTED, LEAF_CLASS_C1, 202611, NONE);
    add(LEAF_ERASED, 0, 202611, 0);
    change(0, LEAF_CLASS_C1, LEAF_CLASS_C2, 202611);
    add(LEAF_ERASED, 0, 202611, 0);

    expect_finding(0, 3, AUDIT_ERASED_TWICE);
    cr_expect_eq(year(2570).received, 1);
    cr_expect_eq(year(2570).classes[LEAF_CLASS_C2], 1);
    cr_expect_eq(year(2570).erased, 1);
}

Test(audit, counts_returns_and_reports)
{
    add(LEAF_RETURN, 0, 202610, NONE);
    add(LEAF_RETURN, 0, 202610, NONE);
    add(LEAF_RETURN, 0, 202611, NONE);
    add(LEAF_REPORT_ISSUED, 0, 202709, NONE);
    add(LEAF_REPORT_SUBMITTED, 0, 202709, NONE);
    add(LEAF_HEARTBEAT, 0, 0, NONE);
    add(LEAF_KEY_CHANGE, 0, 0, NONE);
    add(LEAF_EVENT, 0, 0, NONE);

    cr_expect_eq(month(202610).returns, 2);
    cr_expect_eq(year(2570).returns, 3);
    cr_expect_eq(year(2570).reports_issued, 1);
    cr_expect_eq(year(2570).reports_submitted, 1);
    cr_expect_eq(year(2570).received, 0);
    cr_expect_eq(finding_count(), 0);
}

Test(audit, scores_kpi_1_from_none_to_four_and_more)
{
    static const unsigned levels[] = {5, 4, 3, 2, 1, 1};

    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        const struct audit_count count = year(2570);

        cr_expect_eq(audit_kpi1(&count), i);
        cr_expect_eq(audit_kpi1_level(&count), levels[i]);
        add(LEAF_ACCEPTED, (unsigned)(LEAF_CLASS_C1 + i % 3), 202611, NONE);
    }
}

Test(audit, finds_a_malformed_leaf_and_goes_on)
{
    uint8_t bytes[2 * LEAF_BYTES] = {9};
    const struct leaf leaf = {LEAF_ACCEPTED, LEAF_CLASS_C1, 202611, NONE, {0}};
    const struct audit_finding *findings;

    leaf_encode(&leaf, bytes + LEAF_BYTES);
    cr_assert(audit_leaves(audit, bytes, 2));
    expect_finding(0, 0, AUDIT_MALFORMED);
    audit_findings(audit, &findings);
    cr_expect_eq(findings[0].leaf, LEAF_BAD_VERSION);
    cr_expect_eq(year(2570).received, 1);
    cr_expect_eq(audit_size(audit), 2, "it is part of the tree all the same");
}

Test(audit, keeps_the_first_hundred_findings_and_counts_all)
{
    static const uint8_t zeros[250 * LEAF_BYTES];

    cr_assert(audit_leaves(audit, zeros, 250));
    cr_expect_eq(finding_count(), 250);
    expect_finding(99, 99, AUDIT_MALFORMED);
}

Test(audit, arrives_at_the_root_however_the_leaves_come_in)
{
    enum { COUNT = 10000 };
    uint8_t *leaves = calloc(COUNT, LEAF_BYTES);
    struct merkle_hash root, again, expected;
    struct merkle_frontier frontier = {0};

    for (size_t i = 0; i < COUNT; i++) {
        const struct leaf leaf = {LEAF_ACCEPTED, 1, 202601, NONE, {(uint8_t)i, (uint8_t)(i >> 8)}};
        struct merkle_hash hash;

        leaf_encode(&leaf, leaves + i * LEAF_BYTES);
        merkle_leaf_hash(&hash, span_of_bytes(leaves + i * LEAF_BYTES, LEAF_BYTES));
        merkle_append(&frontier, &hash, 1);
    }
    merkle_root(&frontier, &expected);

    cr_assert(audit_leaves(audit, leaves, COUNT));
    audit_root(audit, &root);
    struct audit *other = audit_new();
    for (size_t i = 0; i < COUNT; i += 7)
        cr_assert(audit_leaves(other, leaves + i * LEAF_BYTES, COUNT - i < 7 ? COUNT - i : 7));
    audit_root(other, &again);
    cr_expect(merkle_hash_eq(&root, &expected));
    cr_expect(merkle_hash_eq(&again, &expected));
    cr_expect_eq(year(2569).received, COUNT);
    audit_free(other);
    free(leaves);
}

Test(audit, tells_the_class_and_the_erasure_of_one)
{
    add(LEAF_ACCEPTED, LEAF_CLASS_C1, 202410, NONE);
    add(LEAF_ACCEPTED, LEAF_CLASS_CX, 202410, NONE);
    change(0, LEAF_CLASS_C1, LEAF_CLASS_C0, 202410);
    add(LEAF_ERASED, 0, 202410, 1);
    cr_expect_eq(audit_class(audit, 0), LEAF_CLASS_C0);
    cr_expect_eq(audit_class(audit, 1), LEAF_CLASS_CX);
    cr_expect_eq(audit_class(audit, 2), 0);
    cr_expect_not(audit_is_erased(audit, 0));
    cr_expect(audit_is_erased(audit, 1));
}
