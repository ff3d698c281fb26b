#include "pgconn.h"

#include <assert.h>
#include <event2/event.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/limits.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "pghosts.h"

enum {
    STATEMENTS_MAX = 64, /* distinct names of one session: the routes' functions and two more */
    NAME_CHARS_MAX = 40,
    PARAMETERS_MAX = 96, /* of a conninfo, ours included */
};

/* X(expression, wanted, writes_only, trouble): what a session must be like; NULL: the standbys. */
#define REQUIREMENTS(X)                                                                           \
    X("current_setting('server_version_num')::int >= 150000", "t", false,                         \
      "the database server is older than PostgreSQL 15")                                          \
    X("current_setting('server_encoding')", "UTF8", false, "the database's encoding is not UTF8") \
    X("pg_is_in_recovery()", "f", false, "the database server is a standby")                      \
    X("current_setting('log_min_error_statement')", "panic", false,                               \
      "the database role lacks log_min_error_statement = panic: run sql/install.sql")             \
    X("current_setting('log_min_messages')", "panic", false,                                      \
      "the database role lacks log_min_messages = panic: run sql/install.sql")                    \
    X("current_setting('log_error_verbosity')", "terse", false,                                   \
      "the database role lacks log_error_verbosity = terse: run sql/install.sql")                 \
    X("current_setting('log_statement')", "none", false,                                          \
      "the database role lacks log_statement = none: run sql/install.sql")                        \
    X("current_setting('transaction_read_only')", "off", true, "the database is read-only")       \
    X("current_setting('fsync')", "on", true, "the database server runs with fsync off")          \
    X("current_setting('synchronous_commit')", "on", true, "synchronous_commit cannot be set")    \
    X("current_setting('synchronous_standby_names')", NULL, true,                                 \
      "the database server's synchronous_standby_names is not as configured")

/* Nothing may end a commit but its end; time-outs of reads are the store's own. batch reads hex. */
#define SESSION_OPTIONS                                                   \
    "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0 " \
    "-c synchronous_commit=on -c client_min_messages=warning "            \
    "-c bytea_output=hex "                                                \
    "-c default_transaction_isolation=read\\ committed"

static const char check_sql[] = "SELECT true"
#define X(expression, wanted, writes_only, trouble) ", " expression
    REQUIREMENTS(X)
#undef X
    ;

static const struct requirement {
    const char *wanted;
    bool writes_only;
    const char *trouble;
} requirements[] = {
#define X(expression, wanted, writes_only, trouble) {wanted, writes_only, trouble},
    REQUIREMENTS(X)
#undef X
};

struct pgconn {
    char *name, *standbys;
    bool writes;
    void (*changed)(void *arg);
    void *changed_arg;

    struct loop *loop;
    PQconninfoOption *options; /* the conninfo, parsed */
    char *session_options;     /* theirs, then ours */
    struct pghosts hosts;
    size_t host; /* the one being tried, or in use */

    enum { DOWN, CONNECTING, CHECKING, UP } state;
    const char *trouble;             /* "" when UP */
    const char *logged[PGHOSTS_MAX]; /* each host's trouble that the log has; NULL none */
    bool giving_up;                  /* the session is to end at this turn's end */
    const char *refused;             /* why: a requirement it does not meet, or NULL */
    PGconn *pg;                      /* NULL when DOWN */
    struct event *timer;    /* DOWN: try again; CONNECTING, CHECKING: the attempt took too long */
    struct event *turn;     /* this turn's end: flush, or give up */
    struct event *readable; /* armed while there is a socket to read from */
    struct event *writable; /* armed while there is something unsent */
    bool unsent;            /* the loop watches whether it can be sent */
    struct pgconn_call check;

    TAILQ_HEAD(pgconn_calls, pgconn_call) calls; /* sent, in order */
    size_t in_flight;

    size_t statement_count;
    unsigned serial; /* makes the name of a statement prepared again a new one */
    struct statement {
        const char *name;
        unsigned serial;
    } statements[STATEMENTS_MAX];
};

/* --- the end of a session --- */

static void event_drop(struct event **event)
{
    if (*event)
        event_free(*event);
    *event = NULL;
}

static bool is_error(const PGresult *result)
{
    return result && PQresultStatus(result) == PGRES_FATAL_ERROR;
}

static const char *field_or_empty(const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);

    return text ? text : "";
}

/*
 * Hand over what became of a call that has left the list. An error is certain
 * even if the session ended right behind it; rows are so only once synced.
 */
static void call_answer(struct pgconn_call *call, bool synced)
{
    PGresult *result = call->result;
    struct pgconn_answer answer = {
        .end = PGCONN_LOST, .warned = call->warned, .sqlstate = "", .message = "", .detail = ""};

    if (is_error(result)) {
        answer.end = PGCONN_FAILED;
        answer.sqlstate = field_or_empty(result, PG_DIAG_SQLSTATE);
        answer.message = field_or_empty(result, PG_DIAG_MESSAGE_PRIMARY);
        answer.detail = field_or_empty(result, PG_DIAG_MESSAGE_DETAIL);
    } else if (result && synced) {
        answer.end = PGCONN_DONE;
        answer.rows = (size_t)PQntuples(result);
        answer.result = result;
    }
    call->result = NULL;
    call->fn(call->arg, &answer); /* the call may be gone after this */
    PQclear(result);
}

/* Close the socket and answer whoever waits. */
static void session_end(struct pgconn *conn)
{
    struct pgconn_calls calls;
    struct pgconn_call *call;

    event_drop(&conn->readable);
    event_drop(&conn->writable);
    PQfinish(conn->pg);
    conn->pg = NULL;
    conn->state = DOWN;
    conn->giving_up = false;
    conn->refused = NULL;
    conn->statement_count = 0;

    TAILQ_INIT(&calls);
    TAILQ_CONCAT(&calls, &conn->calls, link);
    conn->in_flight = 0;
    while ((call = TAILQ_FIRST(&calls))) {
        TAILQ_REMOVE(&calls, call, link);
        call_answer(call, false);
    }
}

/* A host's trouble goes to the log once, however often an attempt fails for it. */
static void trouble_set(struct pgconn *conn, const char *trouble, const char *reason)
{
    struct log_value value;

    conn->trouble = trouble;
    metric_add(METRIC_STORE_FAILURES, 1);
    if (conn->logged[conn->host] == trouble)
        return;
    conn->logged[conn->host] = trouble;
    log_line(LOG_WARNING, "database_trouble connection=%s host=%zu trouble=\"%s\" reason=%s",
             conn->name, conn->host + 1, trouble, log_text(&value, reason));
}

/* One attempt at one host has failed: the next host now, or all of them after a pause. */
static void attempt_failed(struct pgconn *conn, const char *reason)
{
    trouble_set(conn,
                conn->refused ? conn->refused
                              : "the database cannot be reached or refuses the connection",
                reason);
    conn->host = (conn->host + 1) % conn->hosts.count;
    loop_after(conn->timer, conn->host == 0 ? LIMIT_STORE_RETRY_MS : 0);
    session_end(conn);
}

/* A session that was up has ended: search again at once. */
static void session_lost(struct pgconn *conn, const char *reason)
{
    trouble_set(conn, "the connection to the database was lost", reason);
    conn->host = 0;
    loop_after(conn->timer, 0);
    session_end(conn);
    conn->changed(conn->changed_arg);
}

static void connection_failed(struct pgconn *conn, const char *reason)
{
    if (conn->state == UP)
        session_lost(conn, reason);
    else
        attempt_failed(conn, reason);
}

/* --- results --- */

/*
 * Keep what decides the answer: an error overrides rows, whose commit then has
 * failed. But a FATAL behind rows came to a session that was past its statement,
 * perhaps past its commit, and a PANIC, or an error that libpq made up when the
 * socket broke, says nothing: these leave the call to be LOST.
 */
static void result_take(struct pgconn *conn, struct pgconn_call *call, PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_COMMAND_OK && call->prepares) {
        call->prepares = false;
        PQclear(result);
        return;
    }
    if (status == PGRES_PIPELINE_ABORTED || is_error(call->result)) {
        PQclear(result);
        return;
    }
    if (is_error(result)) {
        const char *severity = field_or_empty(result, PG_DIAG_SEVERITY_NONLOCALIZED);

        if (strcmp(severity, "ERROR") != 0 && (call->result || strcmp(severity, "FATAL") != 0)) {
            PQclear(result);
            pgconn_drop(conn);
            return;
        }
    }
    PQclear(call->result);
    call->result = result;
}

/*
 * A failed PREPARE made no statement, and one whose function was replaced by
 * another shape is of no use. Both are so rare that the names are not kept with
 * the calls: all are forgotten, and prepared anew under new names when needed.
 */
static void statements_review(struct pgconn *conn, const struct pgconn_call *call)
{
    const char *sqlstate = field_or_empty(call->result, PG_DIAG_SQLSTATE);

    if (call->prepares || strcmp(sqlstate, "0A000") == 0 || strcmp(sqlstate, "26000") == 0)
        conn->statement_count = 0;
}

/* The Sync's reply: the oldest call's transaction is over. */
static void call_complete(struct pgconn *conn)
{
    struct pgconn_call *call = TAILQ_FIRST(&conn->calls);

    TAILQ_REMOVE(&conn->calls, call, link);
    conn->in_flight--;
    if (is_error(call->result))
        statements_review(conn, call);
    call_answer(call, true);
}

/* Everything that has fully arrived. Callbacks may send more, or drop the session. */
static void results_take(struct pgconn *conn)
{
    int nulls = 0; /* in a row: one ends each statement's results, two are the end of all */

    while (conn->in_flight > 0 && !conn->giving_up && nulls < 2 && !PQisBusy(conn->pg)) {
        PGresult *result = PQgetResult(conn->pg);

        nulls = result ? 0 : nulls + 1;
        if (!result)
            continue;
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            call_complete(conn);
        } else {
            result_take(conn, TAILQ_FIRST(&conn->calls), result);
        }
    }
}

/* Warnings belong to the oldest call; with several in flight (reads) nobody asks. */
static void notice_received(void *arg, const PGresult *notice)
{
    struct pgconn *conn = arg;
    struct pgconn_call *call = TAILQ_FIRST(&conn->calls);
    const char *severity = field_or_empty(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

    log_line(LOG_INFO, "database_notice connection=%s severity=%.10s sqlstate=%.5s", conn->name,
             severity, field_or_empty(notice, PG_DIAG_SQLSTATE));
    if (call && strcmp(severity, "WARNING") == 0)
        call->warned = true;
}

/* --- the socket --- */

/* Send what libpq holds; while it cannot, both directions are watched (libpq, section 34.4). */
static void flush(struct pgconn *conn)
{
    const int unsent = PQflush(conn->pg);

    if (unsent < 0) {
        connection_failed(conn, PQerrorMessage(conn->pg));
        return;
    }
    if (unsent > 0)
        event_add(conn->writable, NULL);
    if (conn->state == UP && (unsent > 0) != conn->unsent) {
        conn->unsent = unsent > 0;
        loop_watch(conn->loop, conn->readable, conn->unsent ? EV_READ | EV_WRITE : EV_READ);
    }
}

static void turn_ended(evutil_socket_t fd, short what, void *arg)
{
    struct pgconn *conn = arg;

    (void)fd;
    (void)what;
    if (conn->giving_up)
        connection_failed(conn, "given up by us");
    else if (conn->pg)
        flush(conn);
}

static void session_ready(evutil_socket_t fd, short what, void *arg)
{
    struct pgconn *conn = arg;

    (void)fd;
    if (conn->giving_up)
        return; /* at this turn's end */
    if (what & EV_READ) {
        if (!PQconsumeInput(conn->pg)) {
            connection_failed(conn, PQerrorMessage(conn->pg));
            return;
        }
        results_take(conn);
    }
    if (conn->pg && !conn->giving_up)
        flush(conn);
}

static bool events_make(struct pgconn *conn, event_callback_fn fn)
{
    const evutil_socket_t fd = PQsocket(conn->pg);

    event_drop(&conn->readable);
    event_drop(&conn->writable);
    if (fd < 0)
        return false;
    conn->readable = event_new(loop_base(conn->loop), fd, EV_READ | EV_PERSIST, fn, conn);
    conn->writable = event_new(loop_base(conn->loop), fd, EV_WRITE, fn, conn);
    return conn->readable && conn->writable &&
           event_priority_set(conn->readable, LOOP_PRIORITY_URGENT) == 0;
}

/* --- statements --- */

/* The statement's name in this session; *ret_new if it is still to be prepared. */
static const struct statement *statement_find(struct pgconn *conn, const char *name, bool *ret_new)
{
    for (size_t i = 0; i < conn->statement_count; i++) {
        if (strcmp(conn->statements[i].name, name) == 0) {
            *ret_new = false;
            return &conn->statements[i];
        }
    }
    assert(conn->statement_count < STATEMENTS_MAX && strlen(name) <= NAME_CHARS_MAX);
    conn->statements[conn->statement_count] = (struct statement){name, ++conn->serial};
    *ret_new = true;
    return &conn->statements[conn->statement_count++];
}

static void call_send(struct pgconn *conn, struct pgconn_call *call, const char *name,
                      const char *sql, const struct pgconn_params *params)
{
    char session_name[NAME_CHARS_MAX + 12];
    bool new;
    const struct statement *statement = statement_find(conn, name, &new);

    snprintf(session_name, sizeof session_name, "%s.%u", name, statement->serial);
    call->result = NULL;
    call->warned = false;
    call->prepares = new;
    TAILQ_INSERT_TAIL(&conn->calls, call, link);
    conn->in_flight++;

    if ((new && !PQsendPrepare(conn->pg, session_name, sql, 0, NULL)) ||
        !PQsendQueryPrepared(conn->pg, session_name, params->count, params->values, params->lengths,
                             params->formats, 0) ||
        !PQpipelineSync(conn->pg))
        conn->giving_up = true;
    event_active(conn->turn, EV_TIMEOUT, 0);
}

/* --- from a host to a session --- */

/* The first requirement the session does not meet; NULL if it is fit for use. */
static const char *first_unmet(const struct pgconn *conn, const struct pgconn_answer *settings)
{
    if (settings->end != PGCONN_DONE || settings->rows != 1)
        return "the database cannot be asked for its settings";
    for (size_t i = 0; i < sizeof requirements / sizeof requirements[0]; i++) {
        const struct requirement *requirement = &requirements[i];
        const char *wanted = requirement->wanted ? requirement->wanted : conn->standbys;

        if ((conn->writes || !requirement->writes_only) &&
            !span_eq(pgconn_value(settings, 0, i + 1), span_of(wanted)))
            return requirement->trouble;
    }
    return NULL;
}

static void session_checked(void *arg, const struct pgconn_answer *settings)
{
    struct pgconn *conn = arg;

    if (conn->state != CHECKING)
        return; /* the session has ended meanwhile */
    conn->refused = first_unmet(conn, settings);
    if (conn->refused) {
        pgconn_drop(conn);
        return;
    }
    event_del(conn->timer);
    conn->state = UP;
    conn->unsent = false;
    conn->trouble = "";
    memset(conn->logged, 0, sizeof conn->logged);
    metric_add(METRIC_STORE_CONNECTS, 1);
    log_line(LOG_INFO, "database_connected connection=%s host=%zu", conn->name, conn->host + 1);
    loop_watch(conn->loop, conn->readable, EV_READ);
    conn->changed(conn->changed_arg);
}

/* The server has let us in: ask what kind of session this is. */
static void session_begin(struct pgconn *conn)
{
    const struct pgconn_params none = {0};

    if (PQsetnonblocking(conn->pg, 1) != 0 || PQenterPipelineMode(conn->pg) != 1 ||
        !events_make(conn, session_ready) || event_add(conn->readable, NULL) != 0) {
        attempt_failed(conn, PQerrorMessage(conn->pg));
        return;
    }
    conn->state = CHECKING;
    conn->check = (struct pgconn_call){.fn = session_checked, .arg = conn};
    call_send(conn, &conn->check, "session_check", check_sql, &none);
}

static void connection_ready(evutil_socket_t fd, short what, void *arg);

/* Wait for what libpq wants next. Its socket may be another one after each step. */
static void connection_await(struct pgconn *conn, PostgresPollingStatusType step)
{
    if (step == PGRES_POLLING_OK) {
        session_begin(conn);
    } else if (step == PGRES_POLLING_FAILED || !events_make(conn, connection_ready) ||
               event_add(step == PGRES_POLLING_READING ? conn->readable : conn->writable, NULL)) {
        attempt_failed(conn, PQerrorMessage(conn->pg));
    }
}

static void connection_ready(evutil_socket_t fd, short what, void *arg)
{
    struct pgconn *conn = arg;

    (void)fd;
    (void)what;
    connection_await(conn, PQconnectPoll(conn->pg));
}

/* The conninfo with this host's members, and ours; where a keyword comes twice the last counts. */
static PGconn *connect_start(const struct pgconn *conn)
{
    const struct pghost *host = &conn->hosts.list[conn->host];
    const char *keywords[PARAMETERS_MAX + 1] = {"gssencmode"}; /* may block; a conninfo may ask */
    const char *values[PARAMETERS_MAX + 1] = {"disable"};
    size_t count = 1;
    const char *const ours[][2] = {
        {"host", host->host},          {"hostaddr", host->hostaddr},
        {"port", host->port},          {"application_name", "grievd"},
        {"client_encoding", "UTF8"},   {"options", conn->session_options},
        {"keepalives", "1"},           {"keepalives_idle", "5"},
        {"keepalives_interval", "2"},  {"keepalives_count", "3"},
        {"tcp_user_timeout", "10000"},
    };

    for (const PQconninfoOption *option = conn->options; option->keyword; option++) {
        if (!option->val || strcmp(option->keyword, "host") == 0 ||
            strcmp(option->keyword, "hostaddr") == 0 || strcmp(option->keyword, "port") == 0)
            continue;
        assert(count < PARAMETERS_MAX - sizeof ours / sizeof ours[0]);
        keywords[count] = option->keyword;
        values[count++] = option->val;
    }
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        keywords[count] = ours[i][0];
        values[count++] = ours[i][1];
    }
    return PQconnectStartParams(keywords, values, 0);
}

static void attempt_begin(struct pgconn *conn)
{
    conn->pg = connect_start(conn);
    if (!conn->pg || PQstatus(conn->pg) == CONNECTION_BAD) {
        attempt_failed(conn, conn->pg ? PQerrorMessage(conn->pg) : "out of memory");
        return;
    }
    PQsetNoticeReceiver(conn->pg, notice_received, conn);
    conn->state = CONNECTING;
    loop_after(conn->timer, LIMIT_STORE_CONNECT_MS);
    connection_await(conn, PGRES_POLLING_WRITING);
}

static void timer_due(evutil_socket_t fd, short what, void *arg)
{
    struct pgconn *conn = arg;

    (void)fd;
    (void)what;
    if (conn->state == DOWN)
        attempt_begin(conn);
    else if (conn->state != UP)
        attempt_failed(conn, "no answer in time");
}

/* --- for the store --- */

/* libpq's own defaults for a keyword are not looked at: the daemon has no such environment. */
static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword; options++) {
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    }
    return NULL;
}

/* The parsed conninfo, to be freed with PQconninfoFree(), and its hosts; NULL with a clause. */
static PQconninfoOption *conninfo_read(const char *conninfo, struct pghosts *ret_hosts, char *error,
                                       size_t error_size)
{
    char *parse_error = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &parse_error);

    if (!options) {
        /* libpq's own text may repeat a password. */
        snprintf(error, error_size, "the conninfo cannot be parsed");
        PQfreemem(parse_error);
        return NULL;
    }
    const enum pghosts_fault fault =
        pghosts_split(ret_hosts, option_value(options, "host"), option_value(options, "hostaddr"),
                      option_value(options, "port"));

    if (fault == PGHOSTS_OK && !option_value(options, "service"))
        return options;
    snprintf(error, error_size, "the conninfo %s",
             fault == PGHOSTS_OK ? "names a service: give its members instead"
                                 : pghosts_fault_text(fault));
    PQconninfoFree(options);
    return NULL;
}

bool pgconn_conninfo_check(const char *conninfo, char *error, size_t error_size)
{
    struct pghosts hosts;
    PQconninfoOption *options = conninfo_read(conninfo, &hosts, error, error_size);

    PQconninfoFree(options);
    return options != NULL;
}

struct pgconn *pgconn_new(struct loop *loop, const struct pgconn_config *config, char *error,
                          size_t error_size)
{
    struct pgconn *conn = calloc(1, sizeof *conn);

    snprintf(error, error_size, "out of memory");
    if (!conn)
        return NULL;
    conn->loop = loop;
    conn->trouble = "the database has not been reached yet";
    conn->writes = config->writes;
    conn->changed = config->changed;
    conn->changed_arg = config->arg;
    TAILQ_INIT(&conn->calls);
    conn->name = strdup(config->name);
    conn->standbys = strdup(config->standbys);
    conn->timer = event_new(loop_base(loop), -1, 0, timer_due, conn);
    conn->turn = event_new(loop_base(loop), -1, 0, turn_ended, conn);
    if (!conn->name || !conn->standbys || !conn->timer || !conn->turn)
        goto fail;

    conn->options = conninfo_read(config->conninfo, &conn->hosts, error, error_size);
    if (!conn->options)
        goto fail;
    const char *theirs = option_value(conn->options, "options");
    if (asprintf(&conn->session_options, "%s " SESSION_OPTIONS, theirs ? theirs : "") < 0) {
        conn->session_options = NULL;
        goto fail;
    }
    loop_after(conn->timer, 0);
    return conn;

fail:
    pgconn_free(conn);
    return NULL;
}

void pgconn_free(struct pgconn *conn)
{
    if (!conn)
        return;
    session_end(conn);
    event_drop(&conn->timer);
    event_drop(&conn->turn);
    PQconninfoFree(conn->options);
    free(conn->session_options);
    free(conn->standbys);
    free(conn->name);
    free(conn);
}

bool pgconn_is_up(const struct pgconn *conn)
{
    return conn->state == UP && !conn->giving_up;
}

const char *pgconn_trouble(const struct pgconn *conn)
{
    return conn->giving_up && conn->state == UP ? "the connection to the database was given up"
                                                : conn->trouble;
}

size_t pgconn_in_flight(const struct pgconn *conn)
{
    return conn->in_flight;
}

void pgconn_send(struct pgconn *conn, struct pgconn_call *call, const char *name, const char *sql,
                 const struct pgconn_params *params)
{
    assert(pgconn_is_up(conn));
    call_send(conn, call, name, sql, params);
}

void pgconn_drop(struct pgconn *conn)
{
    if (!conn->pg)
        return;
    conn->giving_up = true;
    event_active(conn->turn, EV_TIMEOUT, 0);
}

struct span pgconn_value(const struct pgconn_answer *answer, size_t row, size_t column)
{
    const int r = (int)row, c = (int)column;

    assert(answer->end == PGCONN_DONE && row < answer->rows && c < PQnfields(answer->result));
    if (PQgetisnull(answer->result, r, c))
        return (struct span){NULL, 0};
    return (struct span){PQgetvalue(answer->result, r, c),
                         (size_t)PQgetlength(answer->result, r, c)};
}
