/*
 * Any bytes at all as the front of the signer's file. The last 32 bytes of a slot are its check;
 * here they are made to fit first, since no fuzzer finds one: what is then taken must be exactly
 * what would be written.
 */
#include <stdlib.h>

#include "signer_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHECKED = STATE_SLOT_BYTES - SUITE_HASH_BYTES };

static void need(bool ok)
{
    if (!ok)
        abort();
}

static void take_slot(const uint8_t *data, size_t size)
{
    uint8_t bytes[STATE_SLOT_BYTES] = {0}, again[STATE_SLOT_BYTES];
    struct state_slot slot;

    memcpy(bytes, data, size < CHECKED ? size : CHECKED);
    need(!state_slot_decode(bytes, &slot));
    suite_hash(bytes + CHECKED, &(struct span){(const char *)bytes, CHECKED}, 1);
    if (!state_slot_decode(bytes, &slot))
        return;
    state_slot_encode(&slot, again);
    need(memcmp(bytes, again, sizeof bytes) == 0);
}

static void take_entries(const uint8_t *data, size_t size)
{
    enum { ENTRIES = 64 };
    uint8_t leaves[ENTRIES * LEAF_BYTES], again[ENTRIES * STATE_ENTRY_BYTES];
    uint8_t check[STATE_CHECK_BYTES] = {0};
    const size_t whole = size / STATE_ENTRY_BYTES;

    const size_t good =
        state_entries_decode(leaves, data, whole < ENTRIES ? whole : ENTRIES, 0, check);
    memset(check, 0, sizeof check);
    state_entries_encode(again, leaves, good, 0, check);
    need(good == 0 || memcmp(again, data, good * STATE_ENTRY_BYTES) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    take_slot(data, size);
    take_entries(data, size);
    return 0;
}
