/*
 * handler - what each route does
 *
 * Nearly every route is call_sql: parameters and body go to one function of
 * schema api, whose answer is the reply, as JSON or put on paper (html, csv, xlsx).
 * The few others are here because they need C: submissions (intake), texts that are opened
 * (sealer), tracking codes (hashed before anything sees them), health, the API's own description,
 * and the log.
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

/* Answer an admitted request whose body is complete. */
void handler_dispatch(struct request *request);

/* The handlers routes.def names. */
void handle_call_sql(struct request *request);
void handle_open(struct request *request);
void handle_html(struct request *request);
void handle_csv(struct request *request);
void handle_xlsx(struct request *request);
void handle_submit(struct request *request);
void handle_track(struct request *request);
void handle_healthz(struct request *request);
void handle_readyz(struct request *request);
void handle_metrics(struct request *request);
void handle_openapi(struct request *request);

/* Those of handler_log.c: the log itself. */
void handle_log_checkpoint(struct request *request);
void handle_log_tile(struct request *request);
void handle_log_latest(struct request *request);
void handle_log_consistency(struct request *request);
void handle_log_proof(struct request *request);

#endif
