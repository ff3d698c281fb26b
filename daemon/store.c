#include "store.h"

#include <assert.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "batch.h"
#include "core/limits.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "pgbinary.h"
#include "pgconn.h"
#include "settings.h"

enum {
    LANES = LANE_SUBMIT + 1,
    CALL_PARAMS = 3,     /* actor, params, body */
    CALL_COLUMNS = 3,    /* status, version, content; behind them, of a write, its durability */
    PIPELINE_DEPTH = 64, /* reads under way on one connection; the rest waits here */
    TICK_MS = 100,       /* how often deadlines are looked at while anything waits */
    ARRAYS_KEEP_BYTES = 1024 * 1024,
    SQL_CHARS = 320,
};

static_assert(LANE_NONE == 0, "lanes with connections follow it");

/* One store_call(), waiting in its lane or running on a connection. */
struct call {
    TAILQ_ENTRY(call) link;
    struct pgconn_call pg;
    struct lane *lane;
    struct pgconn *conn; /* it runs on */
    store_call_fn *fn;
    void *arg;
    int64_t deadline_ms;
    bool answered; /* a commit past its deadline stays until it comes back */
    const char *function;
    const char *values[CALL_PARAMS];
    char text[]; /* what the values point to */
};
TAILQ_HEAD(calls, call);

struct lane {
    struct store *store;
    enum route_lane id;
    size_t depth; /* statements under way on one connection, at most */
    size_t conn_count, up_count;
    struct pgconn **conns;
    struct calls waiting, running;
    size_t waiting_count;
};

struct store {
    struct loop *loop;
    char *standbys;
    bool with_submit;
    bool was_ready;
    struct lane lanes[LANES];
    struct calls refused; /* to be answered when the loop comes round */
    struct event *refuse, *tick;
    void (*on_connect)(void *arg);
    void *on_connect_arg;

    struct submit {
        struct pgconn_call pg;
        bool running;
        int64_t deadline_ms; /* past it, the commit is overdue */
        size_t count;
        store_submit_fn *fn;
        void *arg;
        struct pgbinary arrays;
        struct batch_outcomes outcomes;
    } submit;
};

/* --- readiness --- */

/* A commit has not come back in its time: what follows it would only wait as well. */
static bool write_overdue(const struct lane *lane)
{
    const struct call *call = TAILQ_FIRST(&lane->running);

    return call && call->answered;
}

static bool submit_overdue(const struct store *store)
{
    return store->submit.running && monotonic_ms() > store->submit.deadline_ms;
}

const char *store_trouble(const struct store *store)
{
    for (size_t i = LANE_READ; i < LANES; i++) {
        const struct lane *lane = &store->lanes[i];

        if (lane->conn_count > 0 && lane->up_count == 0)
            return pgconn_trouble(lane->conns[0]);
    }
    if (write_overdue(&store->lanes[LANE_WRITE]) || submit_overdue(store))
        return "the database does not finish a commit";
    return "";
}

bool store_ready(const struct store *store)
{
    return store_trouble(store)[0] == '\0';
}

/* Log and count a change of readiness, once. */
static void readiness_review(struct store *store)
{
    const char *trouble = store_trouble(store);
    const bool ready = trouble[0] == '\0';

    if (ready == store->was_ready)
        return;
    store->was_ready = ready;
    if (store->with_submit)
        metric_set(METRIC_STORE_UP, ready);
    if (ready)
        log_line(LOG_NOTICE, "store_ready");
    else
        log_line(LOG_WARNING, "store_not_ready trouble=\"%s\"", trouble);
}

/* --- one call --- */

static const char *copy_to(char **place, struct span text)
{
    char *copy = *place;

    if (!text.data)
        return NULL;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    *place += text.len + 1;
    return copy;
}

static struct call *call_new(struct lane *lane, const char *function, struct span actor,
                             struct span params, struct span body)
{
    struct call *call = calloc(1, sizeof *call + actor.len + params.len + body.len + CALL_PARAMS);

    if (!call)
        abort();
    char *place = call->text;

    call->lane = lane;
    call->function = function;
    call->values[0] = copy_to(&place, actor.data ? actor : SPAN(""));
    call->values[1] = copy_to(&place, params);
    call->values[2] = copy_to(&place, body);
    return call;
}

/* Tell the caller, once; a second outcome (a commit past its deadline) is for nobody. */
static void call_tell(struct call *call, const struct store_answer *answer)
{
    if (call->answered)
        return;
    call->answered = true;
    if (answer->err == ERR_OUTCOME_UNKNOWN)
        metric_add(METRIC_OUTCOME_UNKNOWN, 1);
    call->fn(call->arg, answer);
}

static void call_tell_err(struct call *call, enum err err)
{
    const struct store_answer answer = {.err = err};

    call_tell(call, &answer);
}

static bool read_rows(struct store_answer *ret_answer, const struct pgconn_answer *answer)
{
    unsigned long long status, version = 0;

    if (answer->rows != 1 || !span_to_u64(pgconn_value(answer, 0, 0), 599, &status))
        return false;
    const struct span version_text = pgconn_value(answer, 0, 1);
    if (version_text.data && !span_to_u64(version_text, INT64_MAX, &version))
        return false;
    *ret_answer = (struct store_answer){
        .status = (int)status, .version = version, .body = pgconn_value(answer, 0, 2)};
    return true;
}

/*
 * What an error of the server means for the caller. Data that a type refuses
 * (class 22; dividing by zero is our fault) is the request's fault that the
 * function did not name. The server's message is logged only where it can hold
 * names and no values.
 */
static struct store_answer failure(const char *function, const struct pgconn_answer *answer)
{
    const char *sqlstate = answer->sqlstate;
    struct store_answer told = {.err = err_of_sqlstate(sqlstate)};
    struct log_value message;

    if (strncmp(sqlstate, "ZG", 2) == 0) {
        told.detail = span_of(answer->message);
        told.members = span_of(answer->detail);
    } else if (strncmp(sqlstate, "22", 2) == 0 && strcmp(sqlstate, "22012") != 0) {
        log_line(LOG_NOTICE, "database_refused function=%s sqlstate=%s", function, sqlstate);
        told.err = ERR_INVALID;
    } else {
        const bool tells = strncmp(sqlstate, "42", 2) == 0;

        log_line(told.err == ERR_INTERNAL ? LOG_ERROR : LOG_WARNING,
                 "database_error function=%s sqlstate=%s%s%s", function, sqlstate,
                 tells ? " message=" : "", tells ? log_text(&message, answer->message) : "");
    }
    return told;
}

/* After these the session may be on a server that is no longer the primary: search it anew. */
static bool wants_reconnect(const char *sqlstate)
{
    return strncmp(sqlstate, "25", 2) == 0 || strncmp(sqlstate, "57P", 3) == 0 ||
           strncmp(sqlstate, "08", 2) == 0;
}

/* True if the server promises that this commit lasts; else it is no success yet. */
static bool commit_lasts(const struct call *call, const struct pgconn_answer *answer)
{
    if (call->lane->id != LANE_WRITE || answer->rows != 1)
        return true;
    if (answer->warned)
        return false;
    if (batch_durable(answer, 0, CALL_COLUMNS, call->lane->store->standbys))
        return true;
    log_line(LOG_ERROR, "commit_not_durable function=%s effect=\"not acknowledged\"",
             call->function);
    pgconn_drop(call->conn); /* its successor is checked before it is used */
    return false;
}

static struct store_answer call_outcome(const struct call *call, const struct pgconn_answer *answer)
{
    struct store_answer told = {.err = call->lane->id == LANE_WRITE ? ERR_OUTCOME_UNKNOWN
                                                                    : ERR_UNAVAILABLE};

    if (answer->end == PGCONN_FAILED) {
        if (wants_reconnect(answer->sqlstate))
            pgconn_drop(call->conn);
        return failure(call->function, answer);
    }
    if (answer->end == PGCONN_DONE && commit_lasts(call, answer) && !read_rows(&told, answer)) {
        log_line(LOG_ERROR, "database_answer_malformed function=%s", call->function);
        told.err = ERR_INTERNAL;
    }
    return told;
}

static void lane_pump(struct lane *lane);

static void call_done(void *arg, const struct pgconn_answer *answer)
{
    struct call *call = arg;
    struct lane *lane = call->lane;
    const struct store_answer told = call_outcome(call, answer);

    if (call->answered)
        log_line(LOG_NOTICE, "commit_late function=%s", call->function);
    TAILQ_REMOVE(&lane->running, call, link);
    call_tell(call, &told);
    free(call);
    lane_pump(lane);
    readiness_review(lane->store);
}

/* --- lanes --- */

/* The connection with the fewest statements under way that can take one more; NULL if none. */
static struct pgconn *lane_choose(const struct lane *lane)
{
    struct pgconn *best = NULL;

    for (size_t i = 0; i < lane->conn_count; i++) {
        struct pgconn *conn = lane->conns[i];

        if (pgconn_is_up(conn) && pgconn_in_flight(conn) < lane->depth &&
            (!best || pgconn_in_flight(conn) < pgconn_in_flight(best)))
            best = conn;
    }
    return best;
}

static void call_send(struct call *call, struct pgconn *conn)
{
    const struct pgconn_params params = {.count = CALL_PARAMS, .values = call->values};
    char sql[SQL_CHARS];
    const int len =
        snprintf(sql, sizeof sql, "SELECT status, version, content%s FROM api.%s($1, $2, $3)",
                 call->lane->id == LANE_WRITE ? ", " BATCH_DURABILITY_SQL : "", call->function);

    assert(len > 0 && (size_t)len < sizeof sql);
    call->conn = conn;
    call->pg = (struct pgconn_call){.fn = call_done, .arg = call};
    pgconn_send(conn, &call->pg, call->function, sql, &params);
}

static struct call *waiting_take(struct lane *lane)
{
    struct call *call = TAILQ_FIRST(&lane->waiting);

    if (call) {
        TAILQ_REMOVE(&lane->waiting, call, link);
        lane->waiting_count--;
    }
    return call;
}

static void lane_pump(struct lane *lane)
{
    struct pgconn *conn;

    while (lane->waiting_count > 0 && (conn = lane_choose(lane))) {
        struct call *call = waiting_take(lane);

        TAILQ_INSERT_TAIL(&lane->running, call, link);
        call_send(call, conn);
    }
}

/* Nothing of what waits has been sent, so nothing of it was stored. */
static void lane_refuse_waiting(struct lane *lane)
{
    struct calls waiting;
    struct call *call;

    TAILQ_INIT(&waiting);
    TAILQ_CONCAT(&waiting, &lane->waiting, link);
    lane->waiting_count = 0;
    while ((call = TAILQ_FIRST(&waiting))) {
        TAILQ_REMOVE(&waiting, call, link);
        call_tell_err(call, ERR_UNAVAILABLE);
        free(call);
    }
}

static void connection_changed(void *arg)
{
    struct lane *lane = arg;
    struct store *store = lane->store;
    size_t up_count = 0;

    for (size_t i = 0; i < lane->conn_count; i++)
        up_count += pgconn_is_up(lane->conns[i]);
    const bool more = up_count > lane->up_count;
    lane->up_count = up_count;

    if (up_count == 0)
        lane_refuse_waiting(lane);
    readiness_review(store);
    if (more && store->on_connect)
        store->on_connect(store->on_connect_arg); /* before anything goes to that server */
    lane_pump(lane);
}

/* --- deadlines --- */

static void tick_arm(struct store *store)
{
    if (!event_pending(store->tick, EV_TIMEOUT, NULL))
        loop_after(store->tick, TICK_MS);
}

/* Calls run and wait in the order they came in, so the oldest is the first past its deadline. */
static void lane_expire(struct lane *lane, int64_t now_ms)
{
    struct call *call;

    TAILQ_FOREACH(call, &lane->running, link)
    {
        if (call->answered || call->deadline_ms > now_ms)
            continue;
        if (lane->id == LANE_WRITE)
            call_tell_err(call, ERR_OUTCOME_UNKNOWN);
        else
            pgconn_drop(call->conn); /* which answers everything on it */
    }
    if (write_overdue(lane))
        lane_refuse_waiting(lane);
    while ((call = TAILQ_FIRST(&lane->waiting)) && call->deadline_ms <= now_ms) {
        waiting_take(lane);
        call_tell_err(call, ERR_UNAVAILABLE);
        free(call);
    }
}

static void tick_due(evutil_socket_t fd, short what, void *arg)
{
    struct store *store = arg;
    const int64_t now_ms = monotonic_ms();
    bool busy = store->submit.running;

    (void)fd;
    (void)what;
    for (size_t i = LANE_READ; i < LANE_SUBMIT; i++) {
        struct lane *lane = &store->lanes[i];

        lane_expire(lane, now_ms);
        busy = busy || !TAILQ_EMPTY(&lane->running) || !TAILQ_EMPTY(&lane->waiting);
    }
    readiness_review(store);
    if (busy)
        tick_arm(store);
}

/* --- store_call() --- */

static void refuse_due(evutil_socket_t fd, short what, void *arg)
{
    struct store *store = arg;
    struct call *call;

    (void)fd;
    (void)what;
    while ((call = TAILQ_FIRST(&store->refused))) {
        TAILQ_REMOVE(&store->refused, call, link);
        call_tell_err(call, ERR_UNAVAILABLE);
        free(call);
    }
}

void store_call(struct store *store, enum route_lane lane_id, const char *function,
                struct span actor, struct span params, struct span body, store_call_fn *fn,
                void *arg)
{
    assert(lane_id > LANE_NONE && lane_id < LANE_SUBMIT);
    struct lane *lane = &store->lanes[lane_id];
    struct call *call = call_new(lane, function, actor, params, body);

    call->fn = fn;
    call->arg = arg;
    if (lane->up_count == 0 || write_overdue(lane) || lane->waiting_count >= LIMIT_STORE_QUEUE) {
        TAILQ_INSERT_TAIL(&store->refused, call, link);
        event_active(store->refuse, EV_TIMEOUT, 0);
        return;
    }
    call->deadline_ms = monotonic_ms() + (lane_id == LANE_WRITE ? (int)LIMIT_STORE_COMMIT_MS
                                                                : (int)LIMIT_STORE_READ_MS);
    TAILQ_INSERT_TAIL(&lane->waiting, call, link);
    lane->waiting_count++;
    lane_pump(lane);
    tick_arm(store);
}

/* --- store_submit() --- */

/* What became of the batch; the outcomes are read when that is ERR_NONE. */
static enum err submit_outcome(struct store *store, const struct pgconn_answer *answer)
{
    struct submit *submit = &store->submit;
    struct pgconn *conn = store->lanes[LANE_SUBMIT].conns[0];

    if (answer->end == PGCONN_LOST)
        return ERR_OUTCOME_UNKNOWN;
    if (answer->end == PGCONN_FAILED) {
        if (wants_reconnect(answer->sqlstate))
            pgconn_drop(conn);
        return failure("complaint_submit", answer).err;
    }
    if (answer->warned)
        return ERR_OUTCOME_UNKNOWN;
    if (!batch_decode(&submit->outcomes, answer, submit->count, store->standbys)) {
        log_line(LOG_ERROR, "database_answer_malformed function=complaint_submit");
        return ERR_INTERNAL;
    }
    if (!submit->outcomes.durable) {
        log_line(LOG_ERROR, "commit_not_durable effect=\"not acknowledged\"");
        pgconn_drop(conn); /* its successor is checked before it is used */
        return ERR_OUTCOME_UNKNOWN;
    }
    return ERR_NONE;
}

static void submit_done(void *arg, const struct pgconn_answer *answer)
{
    struct store *store = arg;
    struct submit *submit = &store->submit;
    const enum err err = submit_outcome(store, answer);

    if (submit_overdue(store))
        log_line(LOG_NOTICE, "commit_late function=complaint_submit");
    submit->running = false;
    if (submit->fn)
        submit->fn(submit->arg, err, answer->sqlstate,
                   err == ERR_NONE ? submit->outcomes.items : NULL);
    readiness_review(store);
}

bool store_submit_up(const struct store *store)
{
    const struct lane *lane = &store->lanes[LANE_SUBMIT];

    return lane->conn_count > 0 && pgconn_is_up(lane->conns[0]) && !submit_overdue(store);
}

bool store_submit_free(const struct store *store)
{
    const struct lane *lane = &store->lanes[LANE_SUBMIT];

    return lane->conn_count > 0 && pgconn_is_up(lane->conns[0]) && !store->submit.running;
}

void store_submit(struct store *store, const struct store_submission *const *items, size_t count,
                  store_submit_fn *fn, void *arg)
{
    struct submit *submit = &store->submit;
    struct batch_params batch;
    struct pgconn_params params = {.count = BATCH_COLUMNS};

    assert(store_submit_free(store));
    pgbinary_reset(&submit->arrays, ARRAYS_KEEP_BYTES);
    batch_encode(&batch, &submit->arrays, items, count);
    params.values = batch.values;
    params.lengths = batch.lengths;
    params.formats = batch.formats;

    submit->running = true;
    submit->deadline_ms = monotonic_ms() + LIMIT_STORE_COMMIT_MS;
    submit->count = count;
    submit->fn = fn;
    submit->arg = arg;
    submit->pg = (struct pgconn_call){.fn = submit_done, .arg = store};
    pgconn_send(store->lanes[LANE_SUBMIT].conns[0], &submit->pg, "complaint_submit", batch_sql,
                &params);
    tick_arm(store);
}

/* --- from start to end --- */

static bool lane_init(struct store *store, enum route_lane id, const char *name, size_t conn_count,
                      const struct settings *settings)
{
    struct lane *lane = &store->lanes[id];
    const struct pgconn_config config = {
        .name = name,
        .conninfo = settings->conninfo,
        .standbys = settings->standbys,
        .writes = id == LANE_WRITE || id == LANE_UPLOAD || id == LANE_SUBMIT,
        .changed = connection_changed,
        .arg = lane,
    };
    char error[128];

    lane->store = store;
    lane->id = id;
    lane->depth = id == LANE_READ ? PIPELINE_DEPTH : 1;
    lane->conns = calloc(conn_count, sizeof lane->conns[0]);
    if (!lane->conns)
        return false;
    for (; lane->conn_count < conn_count; lane->conn_count++) {
        lane->conns[lane->conn_count] = pgconn_new(store->loop, &config, error, sizeof error);
        if (!lane->conns[lane->conn_count]) {
            log_line(LOG_ERROR, "store_refused error=\"%s\"", error);
            return false;
        }
    }
    return true;
}

struct store *store_new(struct loop *loop, const struct settings *settings, bool with_submit)
{
    struct store *store = calloc(1, sizeof *store);

    if (!store)
        return NULL;
    store->loop = loop;
    store->with_submit = with_submit;
    TAILQ_INIT(&store->refused);
    for (size_t i = 0; i < LANES; i++) {
        TAILQ_INIT(&store->lanes[i].waiting);
        TAILQ_INIT(&store->lanes[i].running);
    }
    store->standbys = strdup(settings->standbys);
    store->refuse = event_new(loop_base(loop), -1, 0, refuse_due, store);
    store->tick = event_new(loop_base(loop), -1, 0, tick_due, store);
    if (store->standbys && store->refuse && store->tick &&
        lane_init(store, LANE_READ, "read", settings->read_connections, settings) &&
        lane_init(store, LANE_REPORT, "report", 1, settings) &&
        lane_init(store, LANE_WRITE, "write", 1, settings) &&
        lane_init(store, LANE_UPLOAD, "upload", 1, settings) &&
        (!with_submit || lane_init(store, LANE_SUBMIT, "submit", 1, settings)))
        return store;
    store_free(store);
    return NULL;
}

void store_free(struct store *store)
{
    if (!store)
        return;
    for (size_t i = LANE_READ; i < LANES; i++) {
        struct lane *lane = &store->lanes[i];

        lane_refuse_waiting(lane);
        lane->up_count = 0;          /* so that answers which ask again are refused */
        while (lane->conn_count > 0) /* a freed one is no longer there for what it answers */
            pgconn_free(lane->conns[--lane->conn_count]);
        free(lane->conns);
        lane->conns = NULL;
    }
    refuse_due(-1, 0, store);
    pgbinary_free(&store->submit.arrays);
    if (store->refuse)
        event_free(store->refuse);
    if (store->tick)
        event_free(store->tick);
    free(store->standbys);
    free(store);
}

bool store_conninfo_check(const char *conninfo, char *error, size_t error_size)
{
    return pgconn_conninfo_check(conninfo, error, error_size);
}

void store_on_connect(struct store *store, void (*fn)(void *arg), void *arg)
{
    store->on_connect = fn;
    store->on_connect_arg = arg;
}

static void calls_forget(struct calls *calls, const void *arg)
{
    struct call *call;

    TAILQ_FOREACH(call, calls, link)
    {
        if (call->arg == arg)
            call->answered = true;
    }
}

void store_forget(struct store *store, const void *arg)
{
    for (size_t i = LANE_READ; i < LANE_SUBMIT; i++) {
        calls_forget(&store->lanes[i].waiting, arg);
        calls_forget(&store->lanes[i].running, arg);
    }
    calls_forget(&store->refused, arg);
    if (store->submit.arg == arg)
        store->submit.fn = NULL;
    if (store->on_connect_arg == arg)
        store->on_connect = NULL;
}
