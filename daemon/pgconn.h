/*
 * pgconn - one connection to PostgreSQL on the loop, which comes back by itself
 *
 *     DOWN ─▶ CONNECTING (a host at a time) ─▶ CHECKING (the session's settings) ─▶ UP
 *      ▲             next host, or a pause            │                             │
 *      └──────────────────────────────────────────────┴── lost, refused, dropped ───┘
 *
 * All that the running daemon knows of libpq is here; store says what is called.
 * Nothing here blocks: the socket is non-blocking both ways, a read event is
 * armed as long as the connection lives (so the death of an idle one is
 * noticed), and a write event while the server is slower than we are.
 *
 * Every statement is one transaction: libpq's pipeline mode with a Sync behind
 * each. In that mode a function's rows arrive before its commit, and the commit
 * may still fail; an answer is therefore given only at the Sync's own reply.
 *
 * A connection is UP only when its session keeps what the register promises:
 * PostgreSQL 15 or later, UTF-8, not in recovery, nothing of a statement ever
 * logged; and for one that writes: fsync, synchronous_commit, the configured
 * standbys, not read-only.
 */
#ifndef GRIEVD_PGCONN_H
#define GRIEVD_PGCONN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "core/span.h"

struct loop;
struct pg_result; /* libpq's */
struct pgconn;

struct pgconn_config {
    const char *name;           /* for logs: "read", "write", … */
    const char *conninfo;       /* copied */
    const char *standbys;       /* synchronous_standby_names as it must be; copied */
    bool writes;                /* it must be able to commit durably */
    void (*changed)(void *arg); /* called from the loop when it has come up or gone down */
    void *arg;
};

/* What became of one statement. */
struct pgconn_answer {
    enum pgconn_end {
        PGCONN_DONE,   /* committed */
        PGCONN_FAILED, /* rolled back, certainly; sqlstate and message say why */
        PGCONN_LOST,   /* the connection ended first: committed or not, nobody knows */
    } end;
    bool warned;          /* the server gave a WARNING: the commit may not be on the standbys */
    const char *sqlstate; /* five characters, "" unless FAILED */
    const char *message;  /* the server's primary message, "" unless FAILED */
    const char *detail;   /* what it adds to that, or "" */
    size_t rows;          /* with DONE */
    struct pg_result *result;
};

typedef void pgconn_answer_fn(void *arg, const struct pgconn_answer *answer);

/* One statement under way. The caller owns it and keeps it until fn has been called. */
struct pgconn_call {
    pgconn_answer_fn *fn;
    void *arg;

    /* pgconn's own */
    TAILQ_ENTRY(pgconn_call) link;
    struct pg_result *result;
    bool prepares; /* the reply to its PREPARE is still to come */
    bool warned;
};

/* Parameters of a statement. A format is 0 for NUL-terminated text, 1 for binary with a length. */
struct pgconn_params {
    int count;
    const char *const *values;    /* NULL: SQL NULL */
    const int *lengths, *formats; /* NULL: all text */
};

/*
 * A connection that begins to connect once the loop runs. NULL, with a clause in
 * error, if pgconn_conninfo_check() refuses the conninfo or memory is out.
 */
struct pgconn *pgconn_new(struct loop *loop, const struct pgconn_config *config, char *error,
                          size_t error_size);

/* Calls under way are answered LOST. Not from within a callback. NULL is allowed. */
void pgconn_free(struct pgconn *conn);

/* True if the conninfo can be parsed and every host reached without a lookup; else why not. */
bool pgconn_conninfo_check(const char *conninfo, char *error, size_t error_size);

bool pgconn_is_up(const struct pgconn *conn);

/* Why it is not up, one clause of ours; "" if it is. Static storage. */
const char *pgconn_trouble(const struct pgconn *conn);

/* Statements sent and not answered. */
size_t pgconn_in_flight(const struct pgconn *conn);

/*
 * Send a statement on a connection that is up. It is prepared under `name` (1 to
 * 40 characters, static storage) when this session first sees that name. The
 * parameters are copied; call->fn is called later, never from inside.
 */
void pgconn_send(struct pgconn *conn, struct pgconn_call *call, const char *name, const char *sql,
                 const struct pgconn_params *params);

/*
 * Give up this session and connect anew, searching all hosts from the first. It
 * is not up from here on; what is under way is answered LOST from the loop.
 */
void pgconn_drop(struct pgconn *conn);

/* A value of a DONE answer, NUL-terminated; .data is NULL for SQL NULL. */
struct span pgconn_value(const struct pgconn_answer *answer, size_t row, size_t column);

#endif
