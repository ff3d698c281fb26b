/*
 * What the signer's state promises on a real disk: each test makes a folder, and where a crash is
 * meant, puts into the file what a crash can leave there.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signer_log.h"

#define ORIGIN "register.example/log"

enum { LEAVES = 3000 };

static char folder[64], path[96], error[256];
static uint8_t leaves[LEAVES * LEAF_BYTES];
static struct merkle_hash roots[LEAVES + 1];
static struct signer_log *signer;

static void open_again(void)
{
    signer_log_free(signer);
    signer = signer_log_open(folder, ORIGIN, error, sizeof error);
    cr_assert_not_null(signer, "%s", error);
}

static void set_up(void)
{
    struct merkle_frontier frontier = {0};

    snprintf(folder, sizeof folder, "/tmp/test_signer_log.XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/log", folder);
    merkle_root(&frontier, &roots[0]);
    for (size_t i = 0; i < LEAVES; i++) {
        struct merkle_hash hash;

        snprintf((char *)leaves + i * LEAF_BYTES, LEAF_BYTES, "leaf %zu", i);
        merkle_leaf_hash(&hash, span_of_bytes(leaves + i * LEAF_BYTES, LEAF_BYTES));
        merkle_append(&frontier, &hash, 1);
        merkle_root(&frontier, &roots[i + 1]);
    }
    open_again();
}

static void tear_down(void)
{
    char other[96];

    signer_log_free(signer);
    snprintf(other, sizeof other, "%s/log.new", folder);
    unlink(other);
    unlink(path);
    rmdir(folder);
}

TestSuite(signer_log, .init = set_up, .fini = tear_down, .timeout = 60);

static enum signer_outcome extend(uint64_t first, size_t count, uint64_t *ret_index)
{
    return signer_log_extend(signer, first, leaves + first * LEAF_BYTES, count, ret_index);
}

/* Init and extend in steps to that size. */
static void grow_to(uint64_t size)
{
    uint64_t index;

    if (signer_log_condition(signer) == WIRE_CONDITION_NONE)
        cr_assert_eq(signer_log_init(signer), SIGNER_DONE);
    while (signer_log_size(signer) < size) {
        const uint64_t from = signer_log_size(signer), left = size - from;
        cr_assert_eq(extend(from, left < 37 ? (size_t)left : 37, &index), SIGNER_DONE);
    }
}

static void expect_ready(uint64_t size)
{
    struct merkle_hash root;

    cr_assert_eq(signer_log_condition(signer), WIRE_CONDITION_READY);
    cr_assert_eq(signer_log_size(signer), size);
    cr_assert_eq(signer_log_held(signer), size);
    signer_log_root(signer, &root);
    cr_assert(merkle_hash_eq(&root, &roots[size]), "size %lu has another root", size);
}

static void overwrite(off_t at, const void *bytes, size_t len)
{
    const int fd = open(path, O_WRONLY);

    cr_assert(fd >= 0 && pwrite(fd, bytes, len, at) == (ssize_t)len);
    close(fd);
}

static void read_back(off_t at, void *bytes, size_t len)
{
    const int fd = open(path, O_RDONLY);

    cr_assert(fd >= 0 && pread(fd, bytes, len, at) == (ssize_t)len);
    close(fd);
}

static off_t entry_at(uint64_t index)
{
    return (off_t)(STATE_ENTRIES_AT + index * STATE_ENTRY_BYTES);
}

/* The slot that holds the newest state. */
static off_t newest_slot(void)
{
    uint8_t slots[STATE_SLOTS * STATE_SLOT_BYTES];
    struct state_slot slot;

    read_back(0, slots, sizeof slots);
    cr_assert_eq(state_pick(slots, &slot), STATE_PICKED);
    return (off_t)(slot.generation % STATE_SLOTS * STATE_SLOT_BYTES);
}

Test(signer_log, does_nothing_without_a_state)
{
    uint64_t index;

    cr_expect_eq(signer_log_condition(signer), WIRE_CONDITION_NONE);
    cr_expect_eq(extend(0, 1, &index), SIGNER_REFUSED);
    open_again();
    cr_expect_eq(signer_log_condition(signer), WIRE_CONDITION_NONE);
}

Test(signer_log, starts_once)
{
    cr_expect_eq(signer_log_init(signer), SIGNER_DONE);
    expect_ready(0);
    cr_expect_eq(signer_log_init(signer), SIGNER_REFUSED);
    open_again();
    expect_ready(0);
    cr_expect_eq(signer_log_init(signer), SIGNER_REFUSED);
}

Test(signer_log, extends_and_is_the_same_after_every_restart)
{
    for (uint64_t size = 1; size < 700; size += 1 + size / 3) {
        grow_to(size);
        expect_ready(size);
        open_again();
        expect_ready(size);
    }
}

Test(signer_log, compares_what_it_has_and_appends_what_is_new)
{
    uint64_t index = 0;

    grow_to(100);
    cr_expect_eq(extend(50, 50, &index), SIGNER_HAD);
    cr_expect_eq(extend(0, 100, &index), SIGNER_HAD);
    cr_expect_eq(extend(50, 60, &index), SIGNER_DONE);
    expect_ready(110);
    cr_expect_eq(extend(111, 1, &index), SIGNER_BEHIND);
    cr_expect_eq(index, 110);
    expect_ready(110);
}

Test(signer_log, names_the_first_leaf_that_is_another)
{
    uint64_t index = 0;

    grow_to(100);
    leaves[73 * LEAF_BYTES + 20] ^= 1;
    cr_expect_eq(extend(60, 100, &index), SIGNER_FORK);
    cr_expect_eq(index, 73);
    leaves[73 * LEAF_BYTES + 20] ^= 1;
    expect_ready(100);
    cr_expect_eq(extend(60, 100, &index), SIGNER_DONE);
}

Test(signer_log, gives_back_every_leaf)
{
    static uint8_t got[LIMIT_SIGNER_LEAVES * LEAF_BYTES];

    grow_to(2000);
    cr_expect_eq(signer_log_read(signer, 0, 1, got), 1);
    cr_expect_arr_eq(got, leaves, LEAF_BYTES);
    cr_expect_eq(signer_log_read(signer, 900, LIMIT_SIGNER_LEAVES, got), LIMIT_SIGNER_LEAVES);
    cr_expect_arr_eq(got, leaves + 900 * LEAF_BYTES, sizeof got);
    cr_expect_eq(signer_log_read(signer, 1990, 100, got), 10, "up to the end");
    cr_expect_eq(signer_log_read(signer, 2000, 100, got), 0);
    cr_expect_eq(signer_log_read(signer, UINT64_MAX, 100, got), 0);
}

/* What a crash in the middle of an extension leaves: any part of the entries and of the slot. */
Test(signer_log, recovers_from_a_write_that_was_torn_anywhere)
{
    enum { BEFORE = 90, BATCH = 30, MORE = 5, SECTOR = 512 };
    const size_t entries_len = BATCH * STATE_ENTRY_BYTES;
    static uint8_t old_entries[(BATCH + MORE) * STATE_ENTRY_BYTES];
    static uint8_t new_entries[BATCH * STATE_ENTRY_BYTES];
    uint8_t old_slots[STATE_SLOTS * STATE_SLOT_BYTES], new_slots[STATE_SLOTS * STATE_SLOT_BYTES];
    uint64_t index;

    grow_to(BEFORE);
    read_back(0, old_slots, sizeof old_slots);
    read_back(entry_at(BEFORE), old_entries, sizeof old_entries);
    cr_assert_eq(extend(BEFORE, BATCH, &index), SIGNER_DONE);
    read_back(0, new_slots, sizeof new_slots);
    read_back(entry_at(BEFORE), new_entries, entries_len);

    for (size_t entries_done = 0; entries_done <= entries_len; entries_done += SECTOR / 4) {
        for (size_t slots_done = 0; slots_done <= sizeof new_slots; slots_done += SECTOR) {
            overwrite(0, old_slots, sizeof old_slots);
            overwrite(0, new_slots, slots_done);
            overwrite(entry_at(BEFORE), old_entries, sizeof old_entries);
            overwrite(entry_at(BEFORE), new_entries, entries_done);
            open_again();

            /* Whatever it takes for its size, its root is that one's; and it can go on. */
            if (signer_log_condition(signer) == WIRE_CONDITION_READY)
                expect_ready(signer_log_size(signer));
            else
                cr_assert_eq(signer_log_condition(signer), WIRE_CONDITION_INCOMPLETE);
            cr_assert_geq(signer_log_size(signer), BEFORE);
            const enum signer_outcome outcome = extend(
                signer_log_held(signer), BEFORE + BATCH + MORE - signer_log_held(signer), &index);
            cr_assert_eq(outcome, SIGNER_DONE, "%zu of the entries, %zu of the slots", entries_done,
                         slots_done);
            expect_ready(BEFORE + BATCH + MORE);
        }
    }
}

Test(signer_log, with_its_newest_slot_spoiled_goes_on_from_its_entries)
{
    const uint8_t garbage[100] = {1, 2, 3};

    grow_to(200);
    overwrite(newest_slot() + 50, garbage, sizeof garbage);
    open_again();
    expect_ready(200);
}

Test(signer_log, with_both_slots_spoiled_signs_nothing)
{
    const uint8_t garbage[100] = {1, 2, 3};
    uint64_t index;

    grow_to(200);
    overwrite(50, garbage, sizeof garbage);
    overwrite(STATE_SLOT_BYTES + 50, garbage, sizeof garbage);
    open_again();
    cr_expect_eq(signer_log_condition(signer), WIRE_CONDITION_DAMAGED);
    cr_expect_eq(extend(200, 10, &index), SIGNER_REFUSED);
    cr_expect_eq(signer_log_init(signer), SIGNER_REFUSED);
}

Test(signer_log, that_lost_its_last_entries_takes_only_those_that_give_its_tree)
{
    const uint8_t zeros[40 * STATE_ENTRY_BYTES] = {0};
    uint64_t index = 0;

    grow_to(200);
    overwrite(entry_at(170), zeros, sizeof zeros);
    open_again();
    cr_assert_eq(signer_log_condition(signer), WIRE_CONDITION_INCOMPLETE);
    cr_expect_eq(signer_log_size(signer), 200);
    cr_expect_eq(signer_log_held(signer), 170);
    cr_expect_eq(extend(170, 29, &index), SIGNER_BEHIND, "one is still missing");
    cr_expect_eq(index, 170);
    leaves[180 * LEAF_BYTES] ^= 1;
    cr_expect_eq(extend(160, 50, &index), SIGNER_FORK, "another leaf than the signed one");
    leaves[180 * LEAF_BYTES] ^= 1;
    cr_expect_eq(extend(160, 50, &index), SIGNER_DONE);
    expect_ready(210);
    open_again();
    expect_ready(210);
}

Test(signer_log, that_lost_more_is_damaged)
{
    const uint8_t zeros[STATE_ENTRY_BYTES] = {0};

    grow_to(1500);
    overwrite(entry_at(100), zeros, sizeof zeros);
    open_again();
    cr_expect_eq(signer_log_condition(signer), WIRE_CONDITION_DAMAGED);
    cr_expect_eq(signer_log_held(signer), 100, "what is left can be read");
}

Test(signer_log, with_entries_of_another_history_is_damaged)
{
    static uint8_t entries[200 * STATE_ENTRY_BYTES];
    uint8_t check[STATE_CHECK_BYTES] = {0};

    grow_to(200);
    leaves[150 * LEAF_BYTES] ^= 1;
    state_entries_encode(entries, leaves, 200, 0, check);
    overwrite(entry_at(0), entries, sizeof entries);
    open_again();
    cr_expect_eq(signer_log_condition(signer), WIRE_CONDITION_DAMAGED);
}

Test(signer_log, is_opened_by_one_only_and_for_its_own_origin)
{
    grow_to(10);
    cr_expect_null(signer_log_open(folder, ORIGIN, error, sizeof error));
    cr_expect_not_null(strstr(error, "another signer"), "%s", error);
    signer_log_free(signer);
    signer = NULL;
    cr_expect_null(signer_log_open(folder, "other.example/log", error, sizeof error));
    cr_expect_not_null(strstr(error, "another origin"), "%s", error);
    open_again();
    expect_ready(10);
}

static enum signer_outcome adopt(uint64_t size, uint64_t *ret_index)
{
    enum signer_outcome outcome = signer_log_adopt(signer, size, &roots[size]);

    *ret_index = 0;
    if (outcome != SIGNER_DONE)
        return outcome;
    do {
        const uint64_t from = *ret_index, left = size - from;
        outcome = signer_log_adopt_leaves(signer, from, leaves + from * LEAF_BYTES,
                                          left < 100 ? (size_t)left : 100, ret_index);
    } while (outcome == SIGNER_BEHIND);
    return outcome;
}

Test(signer_log, adopts_a_tree_that_gives_the_root)
{
    uint64_t index;

    cr_assert_eq(adopt(1234, &index), SIGNER_DONE);
    expect_ready(1234);
    open_again();
    expect_ready(1234);
    cr_expect_eq(adopt(1500, &index), SIGNER_REFUSED, "only where there is none");
    grow_to(1300);
    expect_ready(1300);
}

Test(signer_log, adopts_no_tree_that_gives_another)
{
    uint64_t index;

    leaves[700 * LEAF_BYTES] ^= 1;
    cr_expect_eq(adopt(1234, &index), SIGNER_FORK);
    cr_expect_eq(signer_log_condition(signer), WIRE_CONDITION_NONE);
    open_again();
    cr_expect_eq(signer_log_condition(signer), WIRE_CONDITION_NONE);
    leaves[700 * LEAF_BYTES] ^= 1;
    cr_expect_eq(adopt(1234, &index), SIGNER_DONE);
}

Test(signer_log, adopts_in_order_and_forgets_what_was_not_finished)
{
    uint64_t index;

    cr_assert_eq(signer_log_adopt(signer, 1000, &roots[1000]), SIGNER_DONE);
    cr_expect_eq(signer_log_adopt_leaves(signer, 5, leaves, 10, &index), SIGNER_BEHIND);
    cr_expect_eq(index, 0);
    cr_expect_eq(signer_log_adopt_leaves(signer, 0, leaves, 500, &index), SIGNER_BEHIND);
    cr_expect_eq(index, 500);
    cr_expect_eq(signer_log_adopt_leaves(signer, 500, leaves, 501, &index), SIGNER_BEHIND,
                 "beyond the checkpoint");
    cr_expect_eq(index, 500);
    open_again();
    cr_expect_eq(signer_log_condition(signer), WIRE_CONDITION_NONE);
    cr_expect_eq(signer_log_adopt_leaves(signer, 500, leaves, 1, &index), SIGNER_REFUSED);
}

Test(signer_log, damaged_adopts_nothing_that_contradicts_a_good_slot)
{
    const uint8_t zeros[STATE_ENTRY_BYTES] = {0};
    struct merkle_frontier other = {0};
    struct merkle_hash root;
    uint64_t index;

    grow_to(1500);
    overwrite(entry_at(100), zeros, sizeof zeros);
    open_again();
    cr_assert_eq(signer_log_condition(signer), WIRE_CONDITION_DAMAGED);
    cr_expect_eq(adopt(1499, &index), SIGNER_REFUSED, "it knows that it has signed more");

    /* A longer tree, well signed even, that had another leaf in the part it has signed. */
    leaves[1499 * LEAF_BYTES] ^= 1;
    for (size_t i = 0; i < 2000; i++) {
        struct merkle_hash hash;
        merkle_leaf_hash(&hash, span_of_bytes(leaves + i * LEAF_BYTES, LEAF_BYTES));
        merkle_append(&other, &hash, 1);
    }
    merkle_root(&other, &root);
    cr_assert_eq(signer_log_adopt(signer, 2000, &root), SIGNER_DONE);
    for (uint64_t from = 0; from < 1400; from += 700)
        cr_assert_eq(signer_log_adopt_leaves(signer, from, leaves + from * LEAF_BYTES, 700, &index),
                     SIGNER_BEHIND);
    cr_expect_eq(signer_log_adopt_leaves(signer, 1400, leaves + 1400 * LEAF_BYTES, 600, &index),
                 SIGNER_FORK);
    leaves[1499 * LEAF_BYTES] ^= 1;

    cr_expect_eq(adopt(1600, &index), SIGNER_DONE);
    expect_ready(1600);
    open_again();
    expect_ready(1600);
}
