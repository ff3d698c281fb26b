#include "signer_state.h"

enum {
    MAGIC_BYTES = 8,
    CHECK_AT = STATE_SLOT_BYTES - SUITE_HASH_BYTES,
};

static const char magic[MAGIC_BYTES + 1] = "GRVSLOT1";
static const char entry_label[] = "grievd/entry/v1"; /* its NUL is part of it */

static_assert(MAGIC_BYTES + 8 + 1 + LIMIT_NOTE_NAME_BYTES + MERKLE_FRONTIER_BYTES_MAX <= CHECK_AT,
              "the largest state fits in a slot");

static void put64(uint8_t *bytes, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
}

static uint64_t get64(const uint8_t *bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void slot_check(const uint8_t bytes[static STATE_SLOT_BYTES],
                       uint8_t ret_check[static SUITE_HASH_BYTES])
{
    suite_hash(ret_check, &(struct span){(const char *)bytes, CHECK_AT}, 1);
}

void state_slot_encode(const struct state_slot *slot, uint8_t ret_bytes[static STATE_SLOT_BYTES])
{
    uint8_t tree[MERKLE_FRONTIER_BYTES_MAX];
    const size_t tree_len = merkle_frontier_encode(&slot->tree, tree);
    const size_t origin_len = strlen(slot->origin);
    uint8_t *at = ret_bytes;

    assert(origin_len <= LIMIT_NOTE_NAME_BYTES);
    memset(ret_bytes, 0, STATE_SLOT_BYTES);
    memcpy(at, magic, MAGIC_BYTES);
    put64(at + MAGIC_BYTES, slot->generation);
    at += MAGIC_BYTES + 8;
    *at++ = (uint8_t)origin_len;
    memcpy(at, slot->origin, origin_len);
    memcpy(at + origin_len, tree, tree_len);
    slot_check(ret_bytes, ret_bytes + CHECK_AT);
}

bool state_slot_decode(const uint8_t bytes[static STATE_SLOT_BYTES], struct state_slot *ret_slot)
{
    uint8_t check[SUITE_HASH_BYTES], again[STATE_SLOT_BYTES];
    const uint8_t *at = bytes + MAGIC_BYTES + 8;
    struct state_slot slot = {.generation = get64(bytes + MAGIC_BYTES)};

    slot_check(bytes, check);
    if (memcmp(bytes, magic, MAGIC_BYTES) != 0 ||
        memcmp(check, bytes + CHECK_AT, sizeof check) != 0)
        return false;
    const size_t origin_len = *at++;
    const uint8_t *tree = at + origin_len;
    const size_t nodes = merkle_frontier_count(get64(tree));
    if (!span_to_cstr(span_of_bytes(at, origin_len), slot.origin, sizeof slot.origin) ||
        !merkle_frontier_decode(&slot.tree, span_of_bytes(tree, 8 + nodes * SUITE_HASH_BYTES)))
        return false;

    /* Whoever can write a check can write anything; but what we would not write we do not read. */
    state_slot_encode(&slot, again);
    if (memcmp(again, bytes, STATE_SLOT_BYTES) != 0)
        return false;
    *ret_slot = slot;
    return true;
}

static bool all_zeros(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

enum state_pick state_pick(const uint8_t slots[static STATE_SLOTS * STATE_SLOT_BYTES],
                           struct state_slot *ret_slot)
{
    struct state_slot one, other;
    const bool has_one = state_slot_decode(slots, &one);
    const bool has_other = state_slot_decode(slots + STATE_SLOT_BYTES, &other);

    if (!has_one && !has_other)
        return all_zeros(slots, (size_t)STATE_SLOTS * STATE_SLOT_BYTES) ? STATE_EMPTY
                                                                        : STATE_UNKNOWN;
    *ret_slot = has_one && (!has_other || one.generation > other.generation) ? one : other;
    return STATE_PICKED;
}

/* The next check of the chain, in place of the one before. */
static void next_check(struct suite_hasher *hasher, uint8_t check[static STATE_CHECK_BYTES],
                       const uint8_t *leaf, uint64_t index)
{
    uint8_t index_bytes[8], digest[SUITE_HASH_BYTES];

    put64(index_bytes, index);
    suite_hasher_run(hasher, digest,
                     (struct span[]){{entry_label, sizeof entry_label},
                                     span_of_bytes(check, STATE_CHECK_BYTES),
                                     span_of_bytes(index_bytes, sizeof index_bytes),
                                     span_of_bytes(leaf, LEAF_BYTES)},
                     4);
    memcpy(check, digest, STATE_CHECK_BYTES);
}

void state_entries_encode(uint8_t *ret_entries, const uint8_t *leaves, size_t count, uint64_t first,
                          uint8_t check[static STATE_CHECK_BYTES])
{
    struct suite_hasher *hasher = suite_hasher_new();

    for (size_t i = 0; i < count; i++) {
        uint8_t *entry = ret_entries + i * STATE_ENTRY_BYTES;

        memcpy(entry, leaves + i * LEAF_BYTES, LEAF_BYTES);
        next_check(hasher, check, entry, first + i);
        memcpy(entry + LEAF_BYTES, check, STATE_CHECK_BYTES);
    }
    suite_hasher_free(hasher);
}

size_t state_entries_decode(uint8_t *ret_leaves, const uint8_t *entries, size_t count,
                            uint64_t first, uint8_t check[static STATE_CHECK_BYTES])
{
    struct suite_hasher *hasher = suite_hasher_new();
    size_t good = 0;

    for (; good < count; good++) {
        const uint8_t *entry = entries + good * STATE_ENTRY_BYTES;
        uint8_t next[STATE_CHECK_BYTES];

        memcpy(next, check, sizeof next);
        next_check(hasher, next, entry, first + good);
        if (memcmp(next, entry + LEAF_BYTES, sizeof next) != 0)
            break;
        memcpy(check, next, sizeof next);
        memcpy(ret_leaves + good * LEAF_BYTES, entry, LEAF_BYTES);
    }
    suite_hasher_free(hasher);
    return good;
}
