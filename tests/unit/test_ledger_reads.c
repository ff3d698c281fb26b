/* Who waits for leaves of long ago gets those he asked for, in his turn. */
#include "ledger_reads.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static size_t told;
static enum err told_err;

static void done(struct ledger_read *read, enum err err)
{
    (void)read;
    told++;
    told_err = err;
}

/* So many leaves from index first on, as the signer answers; leaves are as many zeros. */
static struct wire_answer leaves_from(uint64_t first, size_t count)
{
    static const char zeros[(TILE_WIDTH + 1) * LEAF_BYTES];

    return (struct wire_answer){
        .type = WIRE_LEAVES, .size = first, .leaves = {zeros, count * LEAF_BYTES}};
}

Test(ledger_reads, are_asked_for_tile_by_tile_and_told_once)
{
    struct ledger_reads reads;
    struct ledger_read *read = calloc(1, sizeof *read);
    struct wire_request request;
    struct wire_answer answer;
    struct tree_tiles tiles;

    ledger_reads_init(&reads);
    cr_expect_not(ledger_reads_next(&reads, &request), "nobody waits");
    *read = (struct ledger_read){.count = 2, .tiles = {3, 9}, .done = done};
    cr_assert(ledger_reads_add(&reads, read));
    cr_assert(ledger_reads_next(&reads, &request));
    cr_expect_eq(request.first, 3 * TILE_WIDTH);
    cr_expect_eq(request.count, TILE_WIDTH);
    answer = leaves_from(3 * TILE_WIDTH, TILE_WIDTH);
    cr_expect(ledger_reads_take(&reads, &answer));
    cr_expect_eq(told, 0);
    cr_assert(ledger_reads_next(&reads, &request));
    cr_expect_eq(request.first, 9 * TILE_WIDTH);
    answer = leaves_from(9 * TILE_WIDTH, 5);
    cr_expect(ledger_reads_take(&reads, &answer));
    cr_expect_eq(told, 1);
    cr_expect_eq(told_err, ERR_NONE);
    cr_expect_eq(read->counts[1], 5, "the log ends there");
    ledger_read_tiles(read, &tiles);
    cr_expect_eq(tiles.count, 2);
    cr_expect_eq(tiles.index[1], 9);
    cr_expect_not(ledger_reads_next(&reads, &request));
    free(read);
}

Test(ledger_reads, take_no_other_leaves_than_were_asked_for)
{
    struct ledger_reads reads;
    struct ledger_read *read = calloc(1, sizeof *read);
    const struct wire_answer other = leaves_from(4 * TILE_WIDTH, TILE_WIDTH);
    const struct wire_answer more = leaves_from(3 * TILE_WIDTH, TILE_WIDTH + 1);

    ledger_reads_init(&reads);
    cr_expect(ledger_reads_take(&reads, &other), "nobody waits for it any more");
    *read = (struct ledger_read){.count = 1, .tiles = {3}, .done = done};
    cr_assert(ledger_reads_add(&reads, read));
    cr_expect_not(ledger_reads_take(&reads, &other));
    cr_expect_not(ledger_reads_take(&reads, &more));
    cr_expect_eq(told, 0);
    ledger_reads_fail(&reads);
    cr_expect_eq(told, 1);
    cr_expect_eq(told_err, ERR_UNAVAILABLE);
    free(read);
}

Test(ledger_reads, are_bounded)
{
    struct ledger_reads reads;
    struct ledger_read *many = calloc(1000, sizeof *many);
    size_t taken = 0;

    ledger_reads_init(&reads);
    for (size_t i = 0; i < 1000; i++) {
        many[i] = (struct ledger_read){.count = 1, .done = done};
        taken += ledger_reads_add(&reads, &many[i]);
    }
    cr_expect_eq(taken, 256);
    ledger_reads_fail(&reads);
    cr_expect_eq(told, 256, "each is told");
    cr_expect(ledger_reads_add(&reads, &many[0]), "and there is room again");
    free(many);
}
