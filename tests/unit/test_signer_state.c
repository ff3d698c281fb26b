/* What the bytes of the signer's file promise: as written, or not taken. */
#include <criterion/criterion.h>

#include "signer_state.h"

static struct state_slot slot_of(uint64_t generation, size_t size)
{
    struct state_slot slot = {.generation = generation, .origin = "register.example/log"};

    for (size_t i = 0; i < size; i++) {
        const struct merkle_hash hash = {{(uint8_t)i}};
        merkle_append(&slot.tree, &hash, 1);
    }
    return slot;
}

Test(state_slot, comes_back_as_it_was_for_every_size)
{
    uint8_t bytes[STATE_SLOT_BYTES];

    for (size_t size = 0; size <= 70; size++) {
        const struct state_slot slot = slot_of(size * 3, size);
        struct state_slot again;

        state_slot_encode(&slot, bytes);
        cr_assert(state_slot_decode(bytes, &again));
        cr_expect(again.generation == size * 3 && again.tree.size == size);
        cr_expect_str_eq(again.origin, slot.origin);
        cr_expect_arr_eq(again.tree.nodes, slot.tree.nodes,
                         merkle_frontier_count(size) * sizeof slot.tree.nodes[0]);
    }
}

Test(state_slot, with_any_byte_changed_is_not_taken)
{
    const struct state_slot slot = slot_of(5, 7);
    uint8_t bytes[STATE_SLOT_BYTES];
    struct state_slot again;

    state_slot_encode(&slot, bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 0x10;
        cr_assert_not(state_slot_decode(bytes, &again), "byte %zu", i);
        bytes[i] ^= 0x10;
    }
}

Test(state_slot, torn_at_any_sector_is_not_taken)
{
    const struct state_slot slots[] = {slot_of(3, 60), slot_of(5, 61)};
    uint8_t before[STATE_SLOT_BYTES], after[STATE_SLOT_BYTES], torn[STATE_SLOT_BYTES];
    struct state_slot again;

    state_slot_encode(&slots[0], before);
    state_slot_encode(&slots[1], after);
    for (size_t at = 512; at < sizeof torn; at += 512) {
        memcpy(torn, after, at);
        memcpy(torn + at, before + at, sizeof torn - at);
        cr_expect_not(state_slot_decode(torn, &again), "the front was written, to %zu", at);
        memcpy(torn, before, at);
        memcpy(torn + at, after + at, sizeof torn - at);
        cr_expect_not(state_slot_decode(torn, &again), "the end was written, from %zu", at);
    }
}

Test(state_pick, takes_the_newer_of_two_and_the_good_one_of_two)
{
    uint8_t slots[STATE_SLOTS * STATE_SLOT_BYTES] = {0};
    const struct state_slot even = slot_of(4, 10), odd = slot_of(5, 11);
    struct state_slot picked;

    cr_expect_eq(state_pick(slots, &picked), STATE_EMPTY);
    state_slot_encode(&even, slots);
    cr_assert_eq(state_pick(slots, &picked), STATE_PICKED, "the other was never used");
    cr_expect_eq(picked.tree.size, 10);
    state_slot_encode(&odd, slots + STATE_SLOT_BYTES);
    cr_assert_eq(state_pick(slots, &picked), STATE_PICKED);
    cr_expect_eq(picked.tree.size, 11);
    slots[STATE_SLOT_BYTES + 100] ^= 1;
    cr_assert_eq(state_pick(slots, &picked), STATE_PICKED);
    cr_expect_eq(picked.tree.size, 10);
    slots[100] ^= 1;
    cr_expect_eq(state_pick(slots, &picked), STATE_UNKNOWN, "and that is not an empty one");
}

enum { COUNT = 20 };

Test(state_entries, are_a_chain_that_breaks_at_the_first_change)
{
    uint8_t leaves[COUNT * LEAF_BYTES], again[COUNT * LEAF_BYTES];
    uint8_t entries[COUNT * STATE_ENTRY_BYTES], check[STATE_CHECK_BYTES] = {0};
    uint8_t end[STATE_CHECK_BYTES];

    for (size_t i = 0; i < sizeof leaves; i++)
        leaves[i] = (uint8_t)(i * 7);
    state_entries_encode(entries, leaves, 7, 0, check);
    state_entries_encode(entries + 7 * STATE_ENTRY_BYTES, leaves + 7 * LEAF_BYTES, COUNT - 7, 7,
                         check);
    memcpy(end, check, sizeof end);

    memset(check, 0, sizeof check);
    cr_assert_eq(state_entries_decode(again, entries, COUNT, 0, check), COUNT);
    cr_expect_arr_eq(again, leaves, sizeof leaves);
    cr_expect_arr_eq(check, end, sizeof end);

    for (size_t i = 0; i < sizeof entries; i += 5) {
        entries[i] ^= 1;
        memset(check, 0, sizeof check);
        cr_expect_eq(state_entries_decode(again, entries, COUNT, 0, check), i / STATE_ENTRY_BYTES);
        entries[i] ^= 1;
    }
    memset(check, 0, sizeof check);
    cr_expect_eq(state_entries_decode(again, entries, COUNT, 1, check), 0, "at another index");
}

Test(state_entries, left_behind_do_not_fit_to_others_before_them)
{
    uint8_t leaves[COUNT * LEAF_BYTES] = {0}, again[COUNT * LEAF_BYTES];
    uint8_t entries[COUNT * STATE_ENTRY_BYTES], check[STATE_CHECK_BYTES] = {0};

    state_entries_encode(entries, leaves, COUNT, 0, check);
    leaves[0] = 1; /* another first leaf, written over the first entry */
    memset(check, 0, sizeof check);
    state_entries_encode(entries, leaves, 1, 0, check);
    memset(check, 0, sizeof check);
    cr_expect_eq(state_entries_decode(again, entries, COUNT, 0, check), 1);
}
