/*
 * ledger_leaves - the database's half of the log, as the running daemon reads it
 *
 * The leaves from an index on, as far as the database has them, how many it counts, and whether the
 * register is frozen. What is read is what is visible there, which is not yet what lasts: a commit
 * whose wait for the standby was cut short is visible too. How many leaves last is
 * asked in a commit of its own, which waits for the standby after all that it counted.
 */
#ifndef GRIEVD_LEDGER_LEAVES_H
#define GRIEVD_LEDGER_LEAVES_H

#include "core/leaf.h"
#include "core/limits.h"
#include "store.h"

struct ledger_leaves {
    uint64_t size; /* of the log in the database */
    bool frozen;
    uint8_t leaves[LIMIT_SIGNER_LEAVES * LEAF_BYTES];
    size_t count; /* of those, from the index that was asked for */
};

/* Ask for some, LIMIT_SIGNER_LEAVES at most; none, to learn the size. */
void ledger_leaves_ask(struct store *store, enum route_lane lane, uint64_t first, uint64_t count,
                       store_call_fn *fn, void *arg);

/* False if there is no answer, or it is not one to that. */
bool ledger_leaves_read(const struct store_answer *answer, struct ledger_leaves *ret_leaves);

/* Ask how many leaves last: that many, once the answer is there and good. */
void ledger_leaves_ask_lasting(struct store *store, store_call_fn *fn, void *arg);
bool ledger_leaves_lasting(const struct store_answer *answer, uint64_t *ret_size);

#endif
