/*
 * handler - what each route does
 *
 * Nearly every route is call_sql: parameters and body go to one function of
 * schema api, whose answer is the reply, as JSON or put on paper (html, csv, xlsx).
 * The few others are here because they need C: submissions (intake), texts that are
 * opened (sealer), tracking codes (hashed before anything sees them), health, the
 * API's own description, files (handler_file.c) and the log (handler_log.c).
 */
#ifndef GRIEVD_HANDLER_H
#define GRIEVD_HANDLER_H

#include "intake.h"
#include "ledger.h"
#include "request.h"
#include "store.h"

struct publish;

/* What a worker's requests work with; set once per worker thread, before its first request. */
struct handler_context {
    struct loop *loop;       /* the worker's own */
    struct store *store;     /* the worker's own */
    struct sealer *sealer;   /* the worker's own */
    struct intake *intake;   /* the daemon's one */
    struct ledger *ledger;   /* the daemon's one; NULL without a log */
    struct publish *publish; /* the daemon's one; NULL without a log */
};
void handler_set_context(const struct handler_context *context);

/* The calling worker's. */
const struct handler_context *handler_context(void);

/*
 * Before the body is read: ERR_NONE if the route exists and the peer may use it,
 * so that a body nobody will read is refused by its head. Fills request->route.
 * The local listener, which has no TLS, serves its own routes and health only.
 */
enum err handler_admit(struct request *request, bool local_listener, const char **ret_allow);

/* True if its body is handled as it comes: it is dispatched when its head is there. */
bool handler_streams(const struct request *request);

/* Answer an admitted request whose body is complete, or that streams. */
void handler_dispatch(struct request *request);

/* The handlers routes.def names. */
void handle_call_sql(struct request *request);
void handle_open(struct request *request);
void handle_event(struct request *request);
void handle_document(struct request *request);
void handle_html(struct request *request);
void handle_csv(struct request *request);
void handle_xlsx(struct request *request);
void handle_submit(struct request *request);
void handle_check(struct request *request);
void handle_track(struct request *request);
void handle_healthz(struct request *request);
void handle_readyz(struct request *request);
void handle_metrics(struct request *request);
void handle_openapi(struct request *request);

/* Those of handler_file.c: attachments. */
void handle_attach(struct request *request);
void handle_fetch(struct request *request);

/* Those of handler_log.c: the log itself. */
void handle_log_checkpoint(struct request *request);
void handle_log_tile(struct request *request);
void handle_log_latest(struct request *request);
void handle_log_consistency(struct request *request);
void handle_log_proof(struct request *request);

/* What they share. */

/* The field's one value, .data NULL if absent. False if it came twice: two readers, two values. */
bool handler_field(const struct request *request, struct span name, struct span *ret_value);

/* False, the request answered, while nothing may be written. */
bool handler_may_write(struct request *request);

/* Answer a request with what a function of schema api answered; a store_call_fn. */
void handler_answer(void *arg, const struct store_answer *answer);

/* The routes whose texts this instance can open, as a list of their names; the caller's. */
json_t *handler_opens(void);

/* Answer for a case of a route whose key another instance holds; object has the route. */
void handler_refuse_elsewhere(struct request *request, const json_t *object);

/*
 * Nothing is handed out that is not what was acknowledged: count and log it for the register's
 * keepers, and, by the second, answer.
 */
void handler_note_refused(const struct request *request, const char *ref, const char *why);
void handler_refuse_opened(struct request *request, const char *ref, const char *why);

#endif
