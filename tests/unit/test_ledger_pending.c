/* What becomes of leaves between their commit and their signature. */
#include "ledger_pending.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* None, or `count` of them from index `first` on, each filled with its index. */
static struct ledger_pending *pending_of(uint64_t first, size_t count)
{
    struct ledger_pending *pending = calloc(1, sizeof *pending);
    uint8_t leaf[LEAF_BYTES];

    for (size_t i = 0; i < count; i++) {
        memset(leaf, (int)(first + i), sizeof leaf);
        cr_assert(ledger_pending_add(pending, first + i, leaf));
    }
    return pending;
}

Test(ledger_pending, begins_anywhere_and_goes_on_without_a_gap)
{
    static const uint8_t leaf[LEAF_BYTES] = {7};
    struct ledger_pending *pending = pending_of(5, 2);

    cr_expect_eq(pending->first, 5);
    cr_expect_not(ledger_pending_add(pending, 8, leaf), "after a gap");
    cr_expect_not(ledger_pending_add(pending, 6, leaf), "twice");
    cr_expect(ledger_pending_add(pending, 7, leaf));
    cr_expect_eq(pending->count, 3);
    free(pending);
}

Test(ledger_pending, lets_go_of_what_the_tree_has_and_of_nothing_else)
{
    struct ledger_pending *pending = pending_of(5, 4);

    ledger_pending_trim(pending, 5);
    cr_expect_eq(pending->count, 4, "the tree ends before them");
    ledger_pending_trim(pending, 7);
    cr_expect_eq(pending->first, 7);
    cr_expect_eq(pending->count, 2);
    cr_expect_eq(pending->leaves[0], 7);
    cr_expect_eq(pending->leaves[LEAF_BYTES], 8);
    ledger_pending_trim(pending, 100);
    cr_expect_eq(pending->count, 0, "the tree went past them all");
    free(pending);
}

Test(ledger_pending, takes_as_many_as_can_wait_and_no_more)
{
    static const uint8_t leaf[LEAF_BYTES];
    struct ledger_pending *pending = pending_of(0, LEDGER_PENDING_MAX);

    cr_expect_not(ledger_pending_add(pending, LEDGER_PENDING_MAX, leaf));
    ledger_pending_trim(pending, 1);
    cr_expect(ledger_pending_add(pending, LEDGER_PENDING_MAX, leaf));
    free(pending);
}
