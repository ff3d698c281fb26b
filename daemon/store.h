/*
 * store - PostgreSQL, asynchronously, on one loop
 *
 * It calls functions of schema api, one statement a transaction, prepared, never
 * blocking. Connections are grouped in lanes (lane.h): pipelined short reads,
 * reports, writes, pieces of files (of which none counts by itself: a lost one is
 * ERR_UNAVAILABLE), and ONE for submissions, because appenders queue on the
 * counters and the head anyway. pgconn is the connections; batch the long
 * parameter list of a submission; this is who waits for what, and for how long.
 *
 *     store_call()   function(actor, params, body) -> status, version, JSON
 *     store_submit() complaint_submit(arrays)      -> a row for each item
 *
 * While the database is away every call is answered ERR_UNAVAILABLE at once, and
 * the connections keep trying all hosts. A read not answered in
 * LIMIT_STORE_READ_MS is ERR_UNAVAILABLE and its connection is given up. A write
 * whose answer does not come (connection lost, or LIMIT_STORE_COMMIT_MS past) is
 * ERR_OUTCOME_UNKNOWN: it may have been committed. It is never cancelled, and
 * until it comes back further writes are ERR_UNAVAILABLE at once. A write that
 * was not sent yet is ERR_UNAVAILABLE: nothing was stored.
 *
 * Every callback comes from the loop, never from inside the call that asked.
 */
#ifndef GRIEVD_STORE_H
#define GRIEVD_STORE_H

#include <stdbool.h>

#include "core/commit.h"
#include "core/complaint.h"
#include "core/err.h"
#include "lane.h"

struct loop;
struct settings;
struct store;

/*
 * A store on this loop, connecting once it runs. with_submit: it owns the
 * daemon's one submission connection. Of settings, only [database] is used, and
 * only here. NULL, logged, if the conninfo is at fault or memory is out.
 */
struct store *store_new(struct loop *loop, const struct settings *settings, bool with_submit);

/*
 * Close everything, once the loop no longer runs; calls not answered yet get
 * ERR_OUTCOME_UNKNOWN or ERR_UNAVAILABLE first. NULL is allowed.
 */
void store_free(struct store *store);

/* True if the conninfo can be used; else a clause in error. For check-config. */
bool store_conninfo_check(const char *conninfo, char *error, size_t error_size);

/* True while writes can be durable: connected, primary, settings as configured. */
bool store_ready(const struct store *store);

/* Why not, one clause of ours; "" when ready. Static storage. */
const char *store_trouble(const struct store *store);

/* True while a submission can be expected to commit: connected, and no commit overdue. */
bool store_submit_up(const struct store *store);

/* Called on the loop whenever a connection has come up anew, before anything is sent on it:
 * reference data may have changed, and store_submit_free() may have become true. One listener. */
void store_on_connect(struct store *store, void (*fn)(void *arg), void *arg);

/* No callback will be made with this arg any more; what was sent goes its way. For the end. */
void store_forget(struct store *store, const void *arg);

/* The answer to one call. Spans are valid during the callback only. */
struct store_answer {
    enum err err;       /* ERR_NONE: status, version and body are the function's */
    int status;         /* HTTP status the function chose */
    uint64_t version;   /* for the ETag; 0 none */
    struct span body;   /* JSON text */
    struct span detail; /* on a ZG error: its message, a sentence of ours, fit to show */
    struct span
        members; /* its DETAIL: a JSON object of what its problem document has more, or "" */
};

typedef void store_call_fn(void *arg, const struct store_answer *answer);

/*
 * Call api.function(actor text, params jsonb, body jsonb) on LANE_READ, _REPORT,
 * _WRITE or _UPLOAD. params is a JSON object of path and query parameters (and if_match);
 * body the request's content, .data NULL for SQL NULL. Spans are copied; none
 * holds a NUL. function is a literal.
 */
void store_call(struct store *store, enum route_lane lane, const char *function, struct span actor,
                struct span params, struct span body, store_call_fn *fn, void *arg);

/* One submission as the store needs it. */
struct store_submission {
    const struct complaint *complaint;
    const struct commit *commit;
    struct span actor, unit;
    struct span route;                 /* that the body is sealed for; .data NULL: legal */
    struct span body, identity, wraps; /* the envelopes: two content objects, and all wraps */
    struct span opening;               /* what commit's opens M, and salt_I if a client sealed I */
    uint8_t track_hash[COMMIT_BYTES];
    int nonce_key_id; /* 0: the client brought its nonce */
};

/* What became of one submission, by the function's own status. */
struct store_outcome {
    int status; /* 201 new, 200 replay, or an HTTP error status */
    struct span ref, state, route;
    struct span detail;  /* on an error: a sentence of ours, fit to show */
    int nonce_key_id;    /* on 409: the key the stored one was made with, 0 for none */
    bool stale;          /* the reference data used is out of date: read it and try again */
    uint64_t leaf_index; /* in the log, of 201 and 200 */
    const uint8_t *leaf; /* its 48 bytes, of 201; NULL where the log had it before */
};

/*
 * err covers the whole batch; outcomes (as many as submitted, in order, valid
 * during the callback) only with ERR_NONE. ERR_OUTCOME_UNKNOWN: the connection
 * was lost, or the server said that the commit may not last; the same
 * submissions again are safe and will tell. With any other error nothing of the
 * batch was stored, and sqlstate says why. store_submit() may be called from it.
 */
typedef void store_submit_fn(void *arg, enum err err, const char *sqlstate,
                             const struct store_outcome *outcomes);

/*
 * Submit 1 to LIMIT_BATCH_ITEMS complaints with different ids in one commit, when
 * store_submit_free(). Everything is copied. The callback comes when the commit
 * has really come back or its connection is lost, however long that takes: who
 * cannot wait is the caller's business, and store_ready() says so meanwhile.
 */
void store_submit(struct store *store, const struct store_submission *const *items, size_t count,
                  store_submit_fn *fn, void *arg);

/* True when store_submit() may be called: connected, and the last commit has come back. */
bool store_submit_free(const struct store *store);

#endif
