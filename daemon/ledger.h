/*
 * ledger - the log's tree as this daemon knows it, and the receipts out of it
 *
 *     intake ── a leaf that was committed ──▶ ledger ──── extend ────▶ signer
 *     intake ◀── its receipt ──────────────── ledger ◀── checkpoint ──
 *
 * The signer keeps every leaf and signs the tree over them (signer.h); the database has them
 * too, each in the transaction of what it is about. A daemon keeps the frontier, one hash for
 * every 256 leaves, and the hashes of the last, partial 256: enough for any proof, with
 * at most one read of 256 leaves from the signer. It can all be made anew from the leaves.
 *
 * What it feeds to the signer are leaves of commits that came back clean, and what lies before
 * them: another daemon's may be there first, and then they are read or fetched. What is visible
 * beyond waits for a small commit that shows that it lasts. What the
 * signer has and the database has not, or has otherwise, is a fork: the database was rolled
 * back, rewritten, or is another one. So is a checkpoint that our key signed and the log cannot be
 * brought to: clients show the newest one they saw. Then nothing more is written until somebody
 * has looked (`grievd ledger doctor`); reading goes on. It looks again by itself every few
 * seconds, and goes on once that was repaired.
 *
 *     ledger          the road above: what is committed, what is signed, what comes next
 *     ledger_claims   who waits for a receipt, and how one is made
 *     ledger_pending  leaves committed here and not signed yet
 *     ledger_leaves   the database's half of the log
 *     ledger_reads    leaves of long ago, from the signer, for whoever proves with them
 *     ledger_patrol   looks at the database without a reason, now and then
 *     ledger_shown    checkpoints that clients show
 *     ledger_newest   the largest tree known to be signed, over a restart too
 *
 * One loop; what says so, from any thread.
 */
#ifndef GRIEVD_LEDGER_H
#define GRIEVD_LEDGER_H

#include "core/checkpoint.h"
#include "ledger_claims.h"
#include "ledger_reads.h"

struct ledger;
struct loop;
struct settings;
struct store;

/* The log named by [ledger]. NULL, logged, if its key cannot be read. */
struct ledger *ledger_new(struct loop *loop, struct store *store, const struct settings *settings);
void ledger_free(struct ledger *ledger); /* claims are forgotten; NULL is allowed */

/* True while a committed leaf can be expected to be signed. */
bool ledger_ready(const struct ledger *ledger);

/* The same, and the log has come to every checkpoint that anybody has shown. On its loop. */
bool ledger_certain(const struct ledger *ledger);

/* Have fn called on its loop each time that ledger_certain() has become true. One listener. */
void ledger_on_certain(struct ledger *ledger, void (*fn)(void *arg), void *arg);

/*
 * ERR_NONE unless nothing may be written: ERR_FORKED, the log and the database are known to differ;
 * ERR_FROZEN, its operator has the register take none; ERR_UNAVAILABLE, nobody has looked yet
 * whether they differ. While the signer is away that is as much as the database having no fewer
 * leaves than are known to be signed. From any thread.
 */
enum err ledger_refusal(const struct ledger *ledger);

/*
 * True while what the daemon does by itself may be written: the log is ready and nothing refused.
 * NULL, a register without a log, is. From any thread.
 */
bool ledger_writable(const struct ledger *ledger);

/* Why it is not ready or not written to, one clause of ours; "" when all is well. Any thread. */
void ledger_trouble(struct ledger *ledger, char *ret_text, size_t size);

/* The database connection has come up anew: it may be another server's. */
void ledger_look_again(struct ledger *ledger);

/* The same of another loop's connection, from there: from now on nothing is written until then. */
void ledger_doubt(struct ledger *ledger);

/* Something was committed that has leaves and waits for no receipt. From any thread. */
void ledger_nudge(struct ledger *ledger);

/*
 * Claim a receipt for a leaf whose commit came back clean. Those with a leaf come in the order of
 * their indexes; where one between is not claimed, or no longer, it is fetched. Others, of what was
 * stored before, come in any order.
 */
void ledger_claim(struct ledger *ledger, struct ledger_claim *claim);

/*
 * Ask for what was claimed now, and not first at the end of the loop's turn. Claims that can be
 * settled already are done before it returns.
 */
void ledger_go_on(struct ledger *ledger);

/* He waits no longer. */
void ledger_forget(struct ledger *ledger, struct ledger_claim *claim);

/*
 * A client has seen this checkpoint (a note). False if it is none. One that our key signed must be
 * one of this log's, of today or before: that is looked into, and if it is not, nothing more is
 * written. Nothing is waited for; what is posted to the ledger's loop afterwards finds
 * ledger_certain() false meanwhile. From any loop, `home`.
 */
bool ledger_seen(struct ledger *ledger, struct span note, struct loop *home);

/* The newest signed checkpoint, without NUL: its length; 0 if there is none. Any thread. */
size_t ledger_latest(struct ledger *ledger, char ret_note[static CHECKPOINT_NOTE_MAX]);

/* --- for who serves the log: on its loop --- */

/* True for a checkpoint that the log's key has signed. */
bool ledger_signed(const struct ledger *ledger, struct span note);

struct loop *ledger_loop(const struct ledger *ledger);

/* The tree as it was signed; it grows whenever the loop turns. */
const struct tree *ledger_tree(const struct ledger *ledger);

/* Leaves of long ago. False, and nothing happens, if too many wait or the signer is away. */
bool ledger_read(struct ledger *ledger, struct ledger_read *read);

#endif
