/*
 * publish - what the public is shown of the log, and when
 *
 * Every so often ([ledger] publish) a heartbeat is committed, and the next signed checkpoint after
 * it becomes a row of register.log_publication. From then on anyone may have that
 * checkpoint and the tiles of a tree of its size, which are made of the leaves when they are
 * asked for: so a checkpoint is never shown before its tiles can be, and nothing has to
 * be kept or built again. Between two publications nobody outside learns that anything came.
 *
 * Every daemon has this timer; the database lets one of them do it (rules.publication_…). Any
 * daemon serves what any of them published.
 *
 * One loop, the ledger's; publish_… that ask may be called from any thread.
 */
#ifndef GRIEVD_PUBLISH_H
#define GRIEVD_PUBLISH_H

#include "core/checkpoint.h"
#include "core/tile.h"

struct ledger;
struct publish;
struct store;

/* The store is of the ledger's loop. 0 ms: it serves what others publish. NULL: memory is out. */
struct publish *publish_new(struct store *store, struct ledger *ledger, uint64_t period_ms);

/* Once the loop no longer runs, and before the store and the ledger are freed. NULL is allowed. */
void publish_free(struct publish *publish);

/* The newest published checkpoint, without NUL: its length; 0 before the first. */
size_t publish_checkpoint(struct publish *publish, char ret_note[static CHECKPOINT_NOTE_MAX]);

/* True if the tile is one of a tree that was published, or was full in one. */
bool publish_has(struct publish *publish, struct tile tile);

#endif
