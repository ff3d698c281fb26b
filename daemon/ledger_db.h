/*
 * ledger_db - the database's half of the log, for the commands of an operator
 *
 * A session of grievd_owner, which waits for each answer: what `grievd ledger` compares
 * with the signer's half, and puts back. The running daemon never comes here.
 *
 *     struct ledger_db *db = ledger_db_open(conninfo, error, sizeof error);
 *     if (db && ledger_db_size(db, &size))
 *         ...
 *     ledger_db_close(db);
 *
 * Functions return false once the server has refused something; ledger_db_error() says what.
 */
#ifndef GRIEVD_LEDGER_DB_H
#define GRIEVD_LEDGER_DB_H

#include <stddef.h>

#include "core/checkpoint.h"
#include "core/leaf.h"

struct ledger_db;

/* Connect, as the owner. NULL with a clause in error. */
struct ledger_db *ledger_db_open(const char *conninfo, char *error, size_t error_size);
void ledger_db_close(struct ledger_db *db); /* NULL is allowed */

/* The last refusal in the server's words, one line; "" before any. */
const char *ledger_db_error(const struct ledger_db *db);

/* How many leaves its head counts. */
bool ledger_db_size(struct ledger_db *db, uint64_t *ret_size);

/* The same, of those that last: waits for the standby, as any commit. */
bool ledger_db_lasting(struct ledger_db *db, uint64_t *ret_size);

/*
 * Its leaves from index first on, LIMIT_SIGNER_LEAVES at most, up to the first that is not there:
 * none are if that one is missing.
 */
bool ledger_db_read(struct ledger_db *db, uint64_t first, uint8_t *ret_leaves, size_t *ret_count);

/* Where its leaves go on at or after that index; UINT64_MAX if nowhere. */
bool ledger_db_next(struct ledger_db *db, uint64_t from, uint64_t *ret_first);

/*
 * Put leaves back that are not there, and raise the head to cover them. Those without a row in the
 * register are noted as lost, so that the same request gets its leaf again.
 */
bool ledger_db_restore(struct ledger_db *db, uint64_t first, const uint8_t *leaves, size_t count);

/* How many leaves are still noted so. */
bool ledger_db_lost(struct ledger_db *db, uint64_t *ret_count);

/* The newest published checkpoint; *ret_len 0 if there is none. */
bool ledger_db_published(struct ledger_db *db, char ret_note[static CHECKPOINT_NOTE_MAX],
                         size_t *ret_len);

/* The published sizes from the first after `after` on: how many, at most max. */
bool ledger_db_published_sizes(struct ledger_db *db, uint64_t after, uint64_t *ret_sizes,
                               size_t max, size_t *ret_count);

/* Refuse all writes of all daemons from now on, or no longer; *ret_changed: it was not so. */
bool ledger_db_freeze(struct ledger_db *db, bool frozen, bool *ret_changed);

enum { LEDGER_DB_TIME_CHARS = 40 };

/* Since when that is, on Bangkok's clock; "" if it is not so. */
bool ledger_db_frozen(struct ledger_db *db, char ret_since[static LEDGER_DB_TIME_CHARS]);

#endif
