/*
 * ledger_shown - the checkpoints that clients have seen, held against the log
 *
 * Each client keeps the newest checkpoint it was shown and shows it back. One that our key
 * signed must be one of this log: its tree the log's at that size, or one that the log comes
 * to. If it is not, signer and database were both put back to an earlier state, or two
 * histories were signed.
 *
 *     larger than the tree    the ledger must come to it (ledger_shown_user.demand)
 *     of today or before      the root at that size is computed and compared; the newest ones are
 *                             known at once
 *     not by our key          shows nothing
 *
 * Shown on any thread, looked into on the ledger's loop.
 */
#ifndef GRIEVD_LEDGER_SHOWN_H
#define GRIEVD_LEDGER_SHOWN_H

#include "ledger_newest.h"
#include "ledger_reads.h"

struct ledger_shown;
struct loop;

/* All called on the ledger's loop. */
struct ledger_shown_user {
    /* False if the tree is as large as that; else the log has to come to it from now on. */
    bool (*demand)(void *arg, const struct ledger_sight *sight, struct span note);

    /* As ledger_read(). */
    bool (*read)(void *arg, struct ledger_read *read);

    /* The log has another tree of that size. */
    void (*contradicted)(void *arg, const struct ledger_sight *sight, struct span note);

    void *arg;
};

/* The log is the caller's, as its tree is. NULL if memory is out. */
struct ledger_shown *ledger_shown_new(struct loop *loop, const struct verify_log *log,
                                      const struct tree *tree,
                                      const struct ledger_shown_user *user);
void ledger_shown_free(struct ledger_shown *shown); /* once no loop runs; NULL is allowed */

/* One of this log for certain, as its own newest: known from now on. */
void ledger_shown_add(struct ledger_shown *shown, const struct ledger_sight *sight);

/* As ledger_seen(). */
bool ledger_shown_look(struct ledger_shown *shown, struct span note, struct loop *home);

#endif
