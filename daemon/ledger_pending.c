#include "ledger_pending.h"

#include <string.h>

bool ledger_pending_add(struct ledger_pending *pending, uint64_t index, const uint8_t *leaf)
{
    if (pending->count == 0)
        pending->first = index;
    if (index != pending->first + pending->count || pending->count == LEDGER_PENDING_MAX)
        return false;
    memcpy(pending->leaves + pending->count++ * LEAF_BYTES, leaf, LEAF_BYTES);
    return true;
}

void ledger_pending_trim(struct ledger_pending *pending, uint64_t size)
{
    if (pending->count == 0 || pending->first >= size)
        return;
    const uint64_t known = size - pending->first;
    const size_t gone = known < pending->count ? (size_t)known : pending->count;

    pending->first += gone;
    pending->count -= gone;
    memmove(pending->leaves, pending->leaves + gone * LEAF_BYTES, pending->count * LEAF_BYTES);
}
