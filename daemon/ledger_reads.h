/*
 * ledger_reads - who waits for leaves of the log that the daemon no longer holds
 *
 * A daemon keeps hashes (tree.h); a proof or a tile of long ago needs the leaves of one or two
 * tiles of level 0, which the signer has. Those who need them wait here, first come first
 * served, until the signer has nothing better to do: whoever waits for a receipt goes first.
 *
 * Nothing but the queue: the ledger asks. One loop.
 */
#ifndef GRIEVD_LEDGER_READS_H
#define GRIEVD_LEDGER_READS_H

#include <sys/queue.h>

#include "core/err.h"
#include "signer_wire.h"
#include "tree.h"

/* The leaves of one or two tiles of level 0; lies in the memory of whoever waits. */
struct ledger_read {
    uint64_t tiles[TREE_READS_MAX];
    size_t count;
    /* Called once, on the loop, never from inside ledger_read(); ERR_UNAVAILABLE: no signer. */
    void (*done)(struct ledger_read *read, enum err err);

    /* Then: the leaves of each, fewer than TILE_WIDTH at the log's end. */
    size_t counts[TREE_READS_MAX];
    uint8_t leaves[TREE_READS_MAX][TILE_WIDTH * LEAF_BYTES];

    size_t done_count; /* the queue's */
    TAILQ_ENTRY(ledger_read) link;
};
TAILQ_HEAD(ledger_read_list, ledger_read);

struct ledger_reads {
    struct ledger_read_list waiting;
    size_t count;
};

void ledger_reads_init(struct ledger_reads *reads);

/* False if too many wait already. */
bool ledger_reads_add(struct ledger_reads *reads, struct ledger_read *read);

/* What to ask the signer next; false if nobody waits. */
bool ledger_reads_next(const struct ledger_reads *reads, struct wire_request *ret_request);

/* What the signer answered to that. False, nobody told, if it is something else. */
bool ledger_reads_take(struct ledger_reads *reads, const struct wire_answer *answer);

/* There is no signer: all are told so. */
void ledger_reads_fail(struct ledger_reads *reads);

/* The hashes of what was read. */
void ledger_read_tiles(const struct ledger_read *read, struct tree_tiles *ret_tiles);

#endif
