/* What the frames between daemons and signer promise: as documented, both ways, and no others. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "core/suite.h"
#include "signer_wire.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static uint8_t frame[WIRE_FRAME_MAX];
static uint8_t some_leaves[LIMIT_SIGNER_LEAVES * LEAF_BYTES];

static struct span leaves_of(size_t count)
{
    return (struct span){(const char *)some_leaves, count * LEAF_BYTES};
}

static struct span body_of(size_t len)
{
    struct span body;

    cr_assert_eq(wire_take((struct span){(const char *)frame, len}, &body), WIRE_FRAME);
    cr_assert_eq(body.len + WIRE_HEAD_BYTES, len);
    return body;
}

Test(wire, requests_come_out_as_they_went_in)
{
    const struct wire_request rows[] = {
        {.type = WIRE_STATE},
        {.type = WIRE_EXTEND, .first = 0x0102030405060708, .leaves = leaves_of(1)},
        {.type = WIRE_EXTEND, .leaves = leaves_of(LIMIT_SIGNER_LEAVES)},
        {.type = WIRE_READ, .first = 7, .count = LIMIT_SIGNER_LEAVES},
        {.type = WIRE_INIT},
        {.type = WIRE_ADOPT, .note = SPAN("a note")},
        {.type = WIRE_ADOPT_LEAVES, .first = 3, .leaves = leaves_of(2)},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct wire_request got;

        cr_assert(wire_get_request(body_of(wire_put_request(&rows[i], frame)), &got), "row %zu", i);
        cr_expect(got.type == rows[i].type && got.first == rows[i].first &&
                      got.count == rows[i].count && span_eq(got.leaves, rows[i].leaves) &&
                      span_eq(got.note, rows[i].note),
                  "row %zu", i);
    }
}

Test(wire, answers_come_out_as_they_went_in)
{
    const struct wire_answer rows[] = {
        {.type = WIRE_SIGNED, .size = 9, .note = SPAN("note")},
        {.type = WIRE_HAVE, .size = UINT64_MAX, .note = SPAN("note")},
        {.type = WIRE_BEHIND, .size = 5},
        {.type = WIRE_FORK, .size = 6},
        {.type = WIRE_LEAVES, .size = 6, .leaves = leaves_of(0)},
        {.type = WIRE_LEAVES, .size = 6, .leaves = leaves_of(LIMIT_SIGNER_LEAVES)},
        {.type = WIRE_STATE_IS,
         .condition = WIRE_CONDITION_READY,
         .size = 4,
         .held = 4,
         .note = SPAN("n")},
        {.type = WIRE_STATE_IS, .condition = WIRE_CONDITION_INCOMPLETE, .size = 4, .held = 3},
        {.type = WIRE_MORE, .size = 1},
        {.type = WIRE_REFUSED, .refusal = WIRE_NO_STATE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct wire_answer got;

        cr_assert(wire_get_answer(body_of(wire_put_answer(&rows[i], frame)), &got), "row %zu", i);
        cr_expect(got.type == rows[i].type && got.size == rows[i].size &&
                      got.held == rows[i].held && got.condition == rows[i].condition &&
                      got.refusal == rows[i].refusal && span_eq(got.leaves, rows[i].leaves) &&
                      span_eq(got.note, rows[i].note),
                  "row %zu", i);
    }
}

Test(wire, bytes_are_the_documented_ones)
{
    const struct wire_request read = {.type = WIRE_READ, .first = 258, .count = 3};
    const struct wire_answer refused = {.type = WIRE_REFUSED, .refusal = WIRE_NO_STATE};
    static const uint8_t read_bytes[] = {0, 0, 0, 13, 3, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 3};
    static const uint8_t refused_bytes[] = {0, 0, 0, 2, 72, 1};

    cr_assert_eq(wire_put_request(&read, frame), sizeof read_bytes);
    cr_expect_arr_eq(frame, read_bytes, sizeof read_bytes);
    cr_assert_eq(wire_put_answer(&refused, frame), sizeof refused_bytes);
    cr_expect_arr_eq(frame, refused_bytes, sizeof refused_bytes);
}

Test(wire_take, waits_for_the_whole_frame_and_refuses_one_that_is_too_large)
{
    static const uint8_t none[] = {0, 0, 0, 0}, large[] = {0, 1, 0, 1};
    const struct wire_request request = {.type = WIRE_READ, .count = 1};
    const size_t len = wire_put_request(&request, frame);
    struct span body;

    for (size_t i = 0; i < len; i++)
        cr_expect_eq(wire_take((struct span){(const char *)frame, i}, &body), WIRE_PART);
    cr_expect_eq(wire_take((struct span){(const char *)frame, len + 9}, &body), WIRE_FRAME);
    cr_expect_eq(body.len, len - WIRE_HEAD_BYTES, "what follows is the next one's");
    cr_expect_eq(wire_take(span_of_bytes(none, 4), &body), WIRE_BAD);
    cr_expect_eq(wire_take(span_of_bytes(large, 4), &body), WIRE_BAD);
}

Test(wire_get_request, refuses_what_breaks_the_rules)
{
    static const struct {
        const char *promise;
        size_t len;
        uint8_t bytes[20];
    } rows[] = {
        {"nothing", 0, {0}},
        {"no such type", 1, {7}},
        {"an answer", 9, {WIRE_BEHIND}},
        {"a state with a body", 2, {WIRE_STATE, 0}},
        {"an init with a body", 2, {WIRE_INIT, 0}},
        {"an extension without leaves", 9, {WIRE_EXTEND}},
        {"with a part of one", 10, {WIRE_EXTEND}},
        {"without a first", 8, {WIRE_EXTEND}},
        {"reading nothing", 13, {WIRE_READ}},
        {"reading too many", 13, {WIRE_READ, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1}},
        {"reading with more behind", 14, {WIRE_READ, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
    };
    struct wire_request request = {.count = 99};

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        cr_expect_not(wire_get_request(span_of_bytes(rows[i].bytes, rows[i].len), &request), "%s",
                      rows[i].promise);
    cr_expect_eq(request.count, 99, "the request was touched");
}

Test(wire_get_answer, refuses_what_breaks_the_rules)
{
    static const struct {
        const char *promise;
        size_t len;
        uint8_t bytes[24];
    } rows[] = {
        {"nothing", 0, {0}},
        {"a request", 1, {WIRE_STATE}},
        {"signed without a note", 9, {WIRE_SIGNED}},
        {"behind with more", 10, {WIRE_BEHIND}},
        {"a part of a leaf", 10, {WIRE_LEAVES}},
        {"ready without a note", 18, {WIRE_STATE_IS, WIRE_CONDITION_READY}},
        {"a note when not ready", 19, {WIRE_STATE_IS, WIRE_CONDITION_NONE}},
        {"no such condition", 18, {WIRE_STATE_IS, WIRE_CONDITION_END}},
        {"refused for nothing", 2, {WIRE_REFUSED, 0}},
        {"for no such reason", 2, {WIRE_REFUSED, WIRE_REFUSAL_END}},
        {"without a reason", 1, {WIRE_REFUSED}},
        {"with more behind it", 3, {WIRE_REFUSED, WIRE_NO_STATE}},
    };
    struct wire_answer answer = {.size = 99};

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        cr_expect_not(wire_get_answer(span_of_bytes(rows[i].bytes, rows[i].len), &answer), "%s",
                      rows[i].promise);
    cr_expect_eq(answer.size, 99, "the answer was touched");
}
