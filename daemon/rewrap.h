/*
 * rewrap - a case that changed its route, wrapped for the group that has it now
 *
 * Whoever amends an accusation has the case re-routed and hidden in one transaction of SQL, which
 * sees no keys: what was told is still wrapped for the earlier group. The instance that holds that
 * group's key looks for such cases every [register] sweep_interval, opens the DEKs, wraps them
 * for the new group, and only for it, and has the register put that in place: so the new group
 * reads the case, and the earlier group's key opens nothing of it any more. Instances may do so
 * at once; each replaces what it has seen and nothing else. As the sweep, it puts nothing in place
 * while the log is not known to be the database's.
 *
 * `grievd rewrap` (envelopes.h) does the same for all cases, after a change of keys.
 */
#ifndef GRIEVD_REWRAP_H
#define GRIEVD_REWRAP_H

#include <stdint.h>

struct ledger;
struct loop;
struct rewrap;
struct sealer;
struct store;

/*
 * On the loop of store, sealer and ledger (NULL: a register without a log). Without a key to open
 * with it does nothing.
 */
struct rewrap *rewrap_new(struct loop *loop, struct store *store, struct sealer *sealer,
                          struct ledger *ledger, uint64_t interval_ms);
void rewrap_free(struct rewrap *rewrap); /* before the store; NULL is allowed */

#endif
