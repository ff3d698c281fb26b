/*
 * intake - a submission's way from bytes to a commit
 *
 *     request ─▶ check ─▶ nonce, commitment ─▶ seal ─▶ queue ─▶ batch ─▶ store ─▶ ledger ─▶ answer
 *
 * There is no timer: while one commit is in flight, what arrives gathers in the
 * queue, and the next batch goes out the moment the connection is free, before
 * the last answers are written. So one submission alone waits for nothing, and a
 * flood pays for one fsync a hundred.
 *
 * One intake per daemon, on the loop that owns the store's submission
 * connection. The costly half, checking, hashing and sealing, is done on the request's
 * own loop against a shared snapshot of the reference data; then the item is
 * posted to the intake's loop, and its answer is posted back.
 *
 * What is stored is answered with its receipt, when the ledger has it; meanwhile the
 * next batch is on its way.
 *
 * A batch whose outcome is unknown is sent again, which is safe: the id is the
 * client's and a replay gets the first answer. After LIMIT_STORE_COMMIT_MS the
 * client is told that the outcome is unknown, and never that nothing was stored
 * once an item has gone out and not come back.
 */
#ifndef GRIEVD_INTAKE_H
#define GRIEVD_INTAKE_H

#include "ledger.h"
#include "request.h"
#include "store.h"

struct intake;
struct loop;
struct sealer;
struct settings;

/*
 * NULL, with a clause in error, if the nonce keys cannot be read. The store must
 * outlive it and own the submission connection, the loop's sealer and ledger must outlive it;
 * ledger is NULL for a register without a log. Made before the loop runs.
 */
struct intake *intake_new(struct loop *loop, struct store *store, struct sealer *sealer,
                          struct ledger *ledger, const struct settings *settings, char *error,
                          size_t error_size);

/* Once no loop runs. Requests still waiting are answered 503 first. NULL is allowed. */
void intake_free(struct intake *intake);

/*
 * True if a submission has a chance now: the reference data is there, the
 * connection too, and the queue has room. From any thread, and cheap: ask before
 * a body is parsed.
 */
bool intake_accepts(const struct intake *intake);

/*
 * Take the request of PUT /v1/complaints/{id}, whose body json_read_object() has
 * read into object (the caller's still); from the request's own loop, `home`,
 * with that loop's sealer. nonce: COMMIT_NONCE_BYTES of the client's, or NULL for
 * one derived by our key.
 */
void intake_submit(struct intake *intake, struct request *request, const json_t *object,
                   const uint8_t *nonce, struct loop *home, struct sealer *sealer);

/*
 * Check such a request and store nothing: its readable fields, and what it commits to under the
 * nonce, or, without one, under each that a key of ours gives it (a list of hex), as the JSON
 * that api.complaint_check() judges. In the request's arena; .data NULL once answered with what is
 * wrong. From any thread.
 */
struct span intake_describe(struct intake *intake, struct request *request, const json_t *object,
                            const uint8_t *nonce, struct sealer *sealer);

/*
 * A commitment of the fields M and the hash of what was sent, under a nonce made of event_id,
 * that hash and the current key. From any thread.
 */
void intake_commit(const struct intake *intake, struct span fields,
                   const uint8_t event_id[static COMMIT_ID_BYTES],
                   const uint8_t body_hash[static COMMIT_BYTES], struct commit *ret_commit);

/*
 * The commitment of any other request, for its leaf and to know it again: over its route,
 * its path's id, its actor and its bytes, under a nonce made of event_id, body and the current
 * key (docs/ledger.md). event_id: 16 bytes, zeros for none. From any thread.
 */
void intake_bind(const struct intake *intake, const struct request *request, const char *function,
                 const uint8_t event_id[static COMMIT_ID_BYTES],
                 uint8_t ret_commit[static COMMIT_BYTES]);

#endif
