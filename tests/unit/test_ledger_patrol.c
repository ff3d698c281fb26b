/* Whatever a step of the patrol meets, there is a next one; and what differs is named. */
#include "ledger_patrol.h"

#include <criterion/criterion.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "core/base64.h"
#include "loop.h"
#include "metrics.h"
#include "store.h"

enum { LEAVES = 3 };

/* --- a database that answers when the test says so --- */

static struct {
    store_call_fn *fn; /* NULL: nothing is being asked */
    void *arg;
} step, look;

void store_call(struct store *store, enum route_lane lane, const char *function, struct span actor,
                struct span params, struct span body, store_call_fn *fn, void *arg)
{
    (void)store, (void)function, (void)actor, (void)params, (void)body;
    if (lane == LANE_REPORT) {
        step.fn = fn;
        step.arg = arg;
    } else {
        look.fn = fn;
        look.arg = arg;
    }
}

void store_forget(struct store *store, const void *arg)
{
    (void)store, (void)arg;
}

/* --- a ledger --- */

static struct tree tree;
static uint8_t leaves[LEAVES * LEAF_BYTES];
static bool has_room = true;
static struct ledger_read *reading;
static uint64_t difference = UINT64_MAX, head = UINT64_MAX;

static bool steady(void *arg)
{
    (void)arg;
    return true;
}

static uint64_t due(void *arg)
{
    (void)arg;
    return LEAVES;
}

static void head_seen(void *arg, uint64_t size, bool frozen, uint64_t were_due)
{
    (void)arg;
    cr_expect_eq(were_due, LEAVES);
    cr_expect(frozen);
    head = size;
}

static bool read_for(void *arg, struct ledger_read *read)
{
    (void)arg;
    reading = has_room ? read : NULL;
    return has_room;
}

static void differs(void *arg, uint64_t index)
{
    (void)arg;
    difference = index;
}

static struct loop *loop;
static struct ledger_patrol *patrol;

static void begin(void)
{
    loop = loop_new();
    cr_assert_not_null(loop);
    for (size_t i = 0; i < sizeof leaves; i++)
        leaves[i] = (uint8_t)(i / LEAF_BYTES);
    tree_append(&tree, NULL, leaves, LEAVES);
    patrol = ledger_patrol_new(
        loop, NULL, &tree,
        &(struct ledger_patrol_user){
            .steady = steady, .due = due, .head = head_seen, .read = read_for, .differs = differs});
    cr_assert_not_null(patrol);
}

static void end(void)
{
    ledger_patrol_free(patrol);
    tree_clear(&tree);
    loop_free(loop);
}

TestSuite(ledger_patrol, .init = begin, .fini = end, .timeout = 60);

/* Run the loop until a step has asked for leaves. */
static void await_step(void)
{
    while (!step.fn)
        event_base_loop(loop_base(loop), EVLOOP_ONCE);
}

/* The database's answer to a step: its leaves, the one at `other` changed. */
static void answer_step(size_t other)
{
    uint8_t theirs[sizeof leaves];
    char text[BASE64_CHARS(sizeof leaves)], body[sizeof text + 64];
    store_call_fn *fn = step.fn;

    memcpy(theirs, leaves, sizeof leaves);
    if (other < LEAVES)
        theirs[other * LEAF_BYTES] ^= 1;
    base64_encode(text, span_of_bytes(theirs, sizeof theirs));
    const int len = snprintf(body, sizeof body, "{\"size\":3,\"frozen\":true,\"leaves\":\"%.*s\"}",
                             (int)sizeof text, text);

    step.fn = NULL;
    fn(step.arg, &(struct store_answer){.status = 200, .body = {body, (size_t)len}});
}

Test(ledger_patrol, goes_on_after_a_database_that_does_not_answer)
{
    ledger_patrol_begin(patrol);
    await_step();
    store_call_fn *fn = step.fn;
    step.fn = NULL;
    fn(step.arg, &(struct store_answer){.err = ERR_UNAVAILABLE});
    await_step();
}

Test(ledger_patrol, goes_on_when_nobody_can_tell_which_leaf_differs_and_then_tells)
{
    ledger_patrol_begin(patrol);
    await_step();
    has_room = false;
    answer_step(1);
    await_step();
    has_room = true;
    answer_step(1);
    reading->done(reading, ERR_UNAVAILABLE);
    await_step();
    cr_expect_eq(difference, UINT64_MAX, "nothing was told that nobody knows");
    answer_step(1);
    memcpy(reading->leaves[0], leaves, sizeof leaves);
    reading->counts[0] = LEAVES;
    reading->done(reading, ERR_NONE);
    cr_expect_eq(difference, 1);
    await_step();
    cr_expect_eq(metric_get(METRIC_LEDGER_COMPARISONS), 0, "none was whole");
}

Test(ledger_patrol, waits_for_the_first_leaf_of_an_empty_log)
{
    const struct tree full = tree;

    tree = (struct tree){0};
    ledger_patrol_begin(patrol);
    event_base_loop(loop_base(loop), EVLOOP_ONCE);
    cr_expect_null(step.fn);
    tree = full;
    await_step();
    answer_step(LEAVES);
    cr_expect_eq(difference, UINT64_MAX, "they agree");
    cr_expect_eq(metric_get(METRIC_LEDGER_COMPARISONS), 1);
}

static void await_look(void)
{
    while (!look.fn)
        event_base_loop(loop_base(loop), EVLOOP_ONCE);
}

static void answer_look(struct span body)
{
    store_call_fn *fn = look.fn;

    look.fn = NULL;
    fn(look.arg, &(struct store_answer){.status = 200, .body = body});
}

Test(ledger_patrol, looks_at_the_head_at_once_when_it_may_be_another)
{
    ledger_patrol_look(patrol);
    await_look();
    answer_look(SPAN("{\"size\":2,\"frozen\":true,\"leaves\":\"\"}"));
    cr_expect_eq(head, 2);
}

Test(ledger_patrol, believes_no_look_that_began_before_it_may_have_become_another)
{
    ledger_patrol_look(patrol);
    await_look();
    ledger_patrol_look(patrol);
    answer_look(SPAN("{\"size\":2,\"frozen\":true,\"leaves\":\"\"}"));
    cr_expect_eq(head, UINT64_MAX, "it may be the former's");
    await_look();
    answer_look(SPAN("{\"size\":3,\"frozen\":true,\"leaves\":\"\"}"));
    cr_expect_eq(head, 3);
}
