/*
 * sweep - the clocks of the cases, looked at now and then
 *
 * A timer on one worker's loop that calls api.sweep, again at once while that
 * says that there is more. What is due, who is reminded and what ends by itself
 * is decided there, each thing once: every daemon may have such a timer, an
 * advisory lock lets one at a time work. A pass that fails is made up for by the
 * next, so nothing is lost while the database is away. What it does has leaves: there is no
 * pass while the log is not known to be the database's.
 */
#ifndef GRIEVD_SWEEP_H
#define GRIEVD_SWEEP_H

#include <stdint.h>

struct ledger;
struct loop;
struct store;
struct sweep;

/*
 * A timer of that period on the loop of store and ledger (NULL: a register without a log), not
 * running yet; NULL if memory is out.
 */
struct sweep *sweep_new(struct loop *loop, struct store *store, struct ledger *ledger,
                        uint64_t interval_ms);

/* Once the loop no longer runs, and before the store is freed. NULL is allowed. */
void sweep_free(struct sweep *sweep);

#endif
