/*
 * ledger_pending - leaves that were committed here and are not signed yet, in their order
 *
 * They follow one another without a gap; a leaf after a gap is not taken, and is read from the
 * database when the gap is filled.
 */
#ifndef GRIEVD_LEDGER_PENDING_H
#define GRIEVD_LEDGER_PENDING_H

#include <stdbool.h>

#include "core/leaf.h"
#include "core/limits.h"

enum { LEDGER_PENDING_MAX = LIMIT_INTAKE_QUEUE + LIMIT_BATCH_ITEMS };

struct ledger_pending {
    uint64_t first; /* index of the first */
    size_t count;
    uint8_t leaves[LEDGER_PENDING_MAX * LEAF_BYTES];
};

/* False if there is no room, or it does not follow the last one. */
bool ledger_pending_add(struct ledger_pending *pending, uint64_t index, const uint8_t *leaf);

/* The tree has come to that size: those in it are no longer pending. */
void ledger_pending_trim(struct ledger_pending *pending, uint64_t size);

#endif
