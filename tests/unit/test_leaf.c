/* What 48 bytes can say, and that they can say nothing else. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/leaf.h"
#include "core/suite.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define NONE LEAF_ABOUT_NONE

Test(leaf, is_written_byte_for_byte_as_documented)
{
    static const uint8_t expected[16] = {
        0x01,                                           /* version */
        0x02,                                           /* class_changed */
        0x03, 0x04,                                     /* from CX to C0 */
        0x00, 0x03, 0x17, 0x0f,                         /* 202511 */
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, /* about */
    };
    struct leaf leaf = {
        .type = LEAF_CLASS_CHANGED,
        .reason = LEAF_CLASS_CX << 8 | LEAF_CLASS_C0,
        .period = 202511,
        .about = 0x0102030405060708,
    };
    uint8_t bytes[LEAF_BYTES];

    for (uint8_t i = 0; i < COMMIT_BYTES; i++)
        leaf.commit[i] = (uint8_t)(0xe0 + i);
    leaf_encode(&leaf, bytes);
    cr_expect_arr_eq(bytes, expected, sizeof expected);
    cr_expect_arr_eq(bytes + sizeof expected, leaf.commit, COMMIT_BYTES);
}

static const struct {
    const char *promise;
    struct leaf leaf;
    enum leaf_fault fault;
} rows[] = {
    {"an acceptance", {LEAF_ACCEPTED, LEAF_CLASS_C1, 202610, NONE, {0}}, LEAF_OK},
    {"one not classified", {LEAF_ACCEPTED, LEAF_CLASS_CX, 202612, NONE, {0}}, LEAF_OK},
    {"nothing is accepted as no corruption",
     {LEAF_ACCEPTED, LEAF_CLASS_C0, 202610, NONE, {0}},
     LEAF_BAD_REASON},
    {"an acceptance has a class", {LEAF_ACCEPTED, 0, 202610, NONE, {0}}, LEAF_BAD_REASON},
    {"an acceptance has a month", {LEAF_ACCEPTED, 1, 0, NONE, {0}}, LEAF_BAD_PERIOD},
    {"there is no thirteenth month", {LEAF_ACCEPTED, 1, 202613, NONE, {0}}, LEAF_BAD_PERIOD},
    {"there is no month zero", {LEAF_ACCEPTED, 1, 202600, NONE, {0}}, LEAF_BAD_PERIOD},
    {"no year before 1900", {LEAF_ACCEPTED, 1, 189912, NONE, {0}}, LEAF_BAD_PERIOD},
    {"no year after 2199", {LEAF_ACCEPTED, 1, 220001, NONE, {0}}, LEAF_BAD_PERIOD},
    {"a year is not a Buddhist one", {LEAF_ACCEPTED, 1, 256910, NONE, {0}}, LEAF_BAD_PERIOD},
    {"an acceptance is about nothing", {LEAF_ACCEPTED, 1, 202610, 0, {0}}, LEAF_BAD_ABOUT},
    {"a change of class", {LEAF_CLASS_CHANGED, 3 << 8 | 4, 202610, 0, {0}}, LEAF_OK},
    {"to any class", {LEAF_CLASS_CHANGED, 7 << 8 | 1, 202610, 9, {0}}, LEAF_OK},
    {"but the same", {LEAF_CLASS_CHANGED, 3 << 8 | 3, 202610, 0, {0}}, LEAF_BAD_REASON},
    {"from a class", {LEAF_CLASS_CHANGED, 4, 202610, 0, {0}}, LEAF_BAD_REASON},
    {"to one that is there", {LEAF_CLASS_CHANGED, 3 << 8 | 8, 202610, 0, {0}}, LEAF_BAD_REASON},
    {"it is about a complaint",
     {LEAF_CLASS_CHANGED, 3 << 8 | 4, 202610, NONE, {0}},
     LEAF_BAD_ABOUT},
    {"an erasure", {LEAF_ERASED, 0, 202610, 5, {0}}, LEAF_OK},
    {"gives no reason", {LEAF_ERASED, 1, 202610, 5, {0}}, LEAF_BAD_REASON},
    {"and is about a complaint", {LEAF_ERASED, 0, 202610, NONE, {0}}, LEAF_BAD_ABOUT},
    {"a confirmed month", {LEAF_RETURN, 0, 202601, NONE, {0}}, LEAF_OK},
    {"does not say whether it was nil", {LEAF_RETURN, 1, 202601, NONE, {0}}, LEAF_BAD_REASON},
    {"a report, of its year's September", {LEAF_REPORT_ISSUED, 0, 202709, NONE, {0}}, LEAF_OK},
    {"and of no other month", {LEAF_REPORT_SUBMITTED, 0, 202710, NONE, {0}}, LEAF_BAD_PERIOD},
    {"a change of keys", {LEAF_KEY_CHANGE, 0, 0, NONE, {0}}, LEAF_OK},
    {"a heartbeat", {LEAF_HEARTBEAT, 0, 0, NONE, {0}}, LEAF_OK},
    {"any other event", {LEAF_EVENT, 0, 0, NONE, {0}}, LEAF_OK},
    {"says nothing in public", {LEAF_EVENT, 0, 202610, NONE, {0}}, LEAF_BAD_PERIOD},
    {"not even about which", {LEAF_EVENT, 0, 0, 4, {0}}, LEAF_BAD_ABOUT},
    {"no type 0", {(enum leaf_type)0, 0, 0, NONE, {0}}, LEAF_BAD_TYPE},
    {"no type 10", {LEAF_TYPE_END, 0, 0, NONE, {0}}, LEAF_BAD_TYPE},
};

Test(leaf_check, knows_the_form_of_each_type)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        cr_expect_eq(leaf_check(&rows[i].leaf), rows[i].fault, "%s: %s", rows[i].promise,
                     leaf_fault_text(leaf_check(&rows[i].leaf)));
}

Test(leaf_decode, gives_back_what_was_encoded)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t bytes[LEAF_BYTES];
        struct leaf leaf = {0};

        if (rows[i].fault != LEAF_OK)
            continue;
        leaf_encode(&rows[i].leaf, bytes);
        cr_expect_eq(leaf_decode(span_of_bytes(bytes, sizeof bytes), &leaf), LEAF_OK);
        cr_expect(leaf.type == rows[i].leaf.type && leaf.reason == rows[i].leaf.reason &&
                      leaf.period == rows[i].leaf.period && leaf.about == rows[i].leaf.about,
                  "%s", rows[i].promise);
    }
}

Test(leaf_decode, refuses_another_length_version_or_type)
{
    uint8_t bytes[LEAF_BYTES + 1] = {0};
    struct leaf leaf = {.period = 77};

    leaf_encode(&rows[0].leaf, bytes);
    cr_expect_eq(leaf_decode(span_of_bytes(bytes, LEAF_BYTES - 1), &leaf), LEAF_BAD_LENGTH);
    cr_expect_eq(leaf_decode(span_of_bytes(bytes, LEAF_BYTES + 1), &leaf), LEAF_BAD_LENGTH);
    bytes[0] = 2;
    cr_expect_eq(leaf_decode(span_of_bytes(bytes, LEAF_BYTES), &leaf), LEAF_BAD_VERSION);
    bytes[0] = 1;
    bytes[1] = 200;
    cr_expect_eq(leaf_decode(span_of_bytes(bytes, LEAF_BYTES), &leaf), LEAF_BAD_TYPE);
    cr_expect_eq(leaf.period, 77, "the leaf was touched");
}

Test(leaf_encode, aborts_on_a_leaf_that_has_no_form, .signal = SIGABRT)
{
    uint8_t bytes[LEAF_BYTES];

    leaf_encode(&(struct leaf){LEAF_ACCEPTED, 4, 202610, NONE, {0}}, bytes);
}

Test(leaf_class_of, knows_the_seven_codes)
{
    static const char *const codes[] = {"C1", "C2", "CX", "C0", "CT", "CI", "CV"};

    for (unsigned i = 0; i < COUNT_OF(codes); i++) {
        cr_expect_eq(leaf_class_of(span_of(codes[i])), i + 1);
        cr_expect_str_eq(leaf_class_code((enum leaf_class)(i + 1)), codes[i]);
    }
    cr_expect_eq(leaf_class_of(SPAN("C3")), 0);
    cr_expect_eq(leaf_class_of(SPAN("")), 0);
}

Test(leaf_fiscal_year, begins_in_october)
{
    cr_expect_eq(leaf_fiscal_year(202409), 2567);
    cr_expect_eq(leaf_fiscal_year(202410), 2568);
    cr_expect_eq(leaf_fiscal_year(202509), 2568);
    cr_expect_eq(leaf_fiscal_year(202601), 2569);
}
