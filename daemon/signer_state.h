/*
 * signer_state - the bytes of the signer's file: two slots, then every leaf
 *
 *     at 0        slot 0        4,096 bytes
 *     at 4,096    slot 1        4,096 bytes
 *     at 8,192    entry 0       64 bytes
 *     at 8,256    entry 1, …
 *
 *     slot  = "GRVSLOT1" ‖ u64 generation ‖ u8 length ‖ origin ‖ frontier ‖ zeros ‖ check[32]
 *             frontier as in core/merkle: u64 size ‖ its nodes; check = SHA-256 of the
 *             4,064 bytes before it
 *     entry = leaf[48] ‖ check[16]
 *             check = first 16 bytes of SHA-256("grievd/entry/v1\0" ‖ check of the entry
 *             before, zeros for the first ‖ u64 index ‖ leaf)
 *
 * Each extension writes its entries and one slot (generation + 1, in the place of the older
 * one) and syncs once. So after a crash in the middle, one slot is as it was; and of the entries
 * beyond it, those that check may be kept, since a daemon sends only what is committed. Checks
 * form a chain: no entry that an interrupted write left behind fits to others in its place.
 * Why no crash lets the signer sign two trees is in signer_log.h.
 *
 * Numbers are big-endian. Pure: no I/O.
 */
#ifndef GRIEVD_SIGNER_STATE_H
#define GRIEVD_SIGNER_STATE_H

#include "core/leaf.h"
#include "core/limits.h"
#include "core/merkle.h"

enum {
    STATE_SLOTS = 2,
    STATE_SLOT_BYTES = 4096, /* what disks write whole, or nearly always */
    STATE_ENTRIES_AT = STATE_SLOTS * STATE_SLOT_BYTES,
    STATE_ENTRY_BYTES = 64,
    STATE_CHECK_BYTES = STATE_ENTRY_BYTES - LEAF_BYTES,
};

struct state_slot {
    uint64_t generation; /* rises by one with each write; its lowest bit is the slot's number */
    char origin[LIMIT_NOTE_NAME_BYTES + 1];
    struct merkle_frontier tree;
};

void state_slot_encode(const struct state_slot *slot, uint8_t ret_bytes[static STATE_SLOT_BYTES]);

/* False if the bytes are not what state_slot_encode() writes. */
bool state_slot_decode(const uint8_t bytes[static STATE_SLOT_BYTES], struct state_slot *ret_slot);

/* What the two slots say together. */
enum state_pick {
    STATE_PICKED,  /* *ret_slot is the newer one that is good */
    STATE_EMPTY,   /* both are zeros: the file was never used */
    STATE_UNKNOWN, /* neither is good */
};
enum state_pick state_pick(const uint8_t slots[static STATE_SLOTS * STATE_SLOT_BYTES],
                           struct state_slot *ret_slot);

/* The entries of leaves that lie one behind the other; check: the one before, then the last. */
void state_entries_encode(uint8_t *ret_entries, const uint8_t *leaves, size_t count, uint64_t first,
                          uint8_t check[static STATE_CHECK_BYTES]);

/*
 * Copy the leaves of entries: how many, up to the first one whose check is wrong. check
 * moves on as in encoding.
 */
size_t state_entries_decode(uint8_t *ret_leaves, const uint8_t *entries, size_t count,
                            uint64_t first, uint8_t check[static STATE_CHECK_BYTES]);

#endif
