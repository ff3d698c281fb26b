/*
 * request - one request, from its head to its one answer
 *
 * The server makes it when a head has arrived, fills in the body, and gives it to
 * handler_dispatch(). From then on the request belongs to whoever answers: it
 * must be answered exactly once, with request_reply() or request_problem(), now
 * or after any number of callbacks on the same loop. If the peer leaves
 * meanwhile, the answer is dropped and the request freed all the same: nobody
 * has to watch for it.
 *
 * All it refers to lives in its arena, which is freed with it.
 *
 * What is too long for an arena goes piece by piece, both ways, and never faster than the slower
 * side: see struct request_stream.
 */
#ifndef GRIEVD_REQUEST_H
#define GRIEVD_REQUEST_H

#include "core/arena.h"
#include "core/http1.h"
#include "core/json.h"
#include "tls.h"

struct request;
struct route;

/*
 * Takes the finished answer, head and body in one piece. Called at most once, by
 * request_reply(). The bytes are now the callee's: OPENSSL_clear_free() ends them.
 * NULL if memory is out: nothing can be answered.
 */
typedef void request_answer_fn(struct request *request, char *bytes, size_t len, bool close);

/*
 * A body that is handled as it comes, or an answer that is made as the peer takes it. The handler
 * gives the request its three functions, and then asks:
 *
 *     request_receive(request, room)      take() gets up to `room` bytes, in pieces; then it waits
 *     request_reply_begin(request, …)     the head; then, after it and after each piece, more()
 *     request_reply_piece(request, bytes)
 *     request_reply_end(request)          the answer is complete, and the request gone
 *
 * Each of these is the last thing that its caller does: what follows may happen within it.
 */
struct request_stream {
    /* The next bytes of the body, to be copied. With the last of the room, or of the body, the
     * handler is at it; until then the next piece. */
    void (*take)(struct request *request, struct span piece);

    /* The peer is ready for the next piece. */
    void (*more)(struct request *request);

    /* Nothing more will come, or be taken: end it, with request_problem() of this error. */
    void (*broken)(struct request *request, enum err why);
};

/* What the server does for a stream; called for a peer that is there. */
struct request_road {
    void (*receive)(struct request *request, size_t room);
    void (*send)(struct request *request, char *bytes, size_t len); /* now the callee's */
    void (*finish)(struct request *request);
    void (*cut)(struct request *request);
};

struct request_param {
    struct span name, value; /* decoded */
};

struct request {
    struct arena *arena;
    char id[17];                     /* 16 hex digits, random: X-Request-Id and in every log line */
    char actor[PRINCIPAL_CHARS + 1]; /* the principal's name; "" is anyone */
    struct http1_head head;          /* spans copied into the arena */
    struct span body;                /* decoded; .data NULL until it is complete */
    const struct route *route;       /* NULL until matched */
    struct request_param path_params[LIMIT_PATH_PARAMS];
    struct request_param query_params[LIMIT_QUERY_PARAMS];
    size_t query_count;
    int64_t started_ms;                  /* monotonic */
    const struct request_stream *stream; /* the handler's; NULL: all in one piece */
    void *stream_arg;                    /* the handler's own */
    int status;                          /* of an answer that goes out piece by piece */

    /* The server's part: how the answer goes out. */
    bool close;        /* the connection ends after this answer, whatever the reply says */
    const char *allow; /* the methods of ERR_METHOD; static storage */
    void *connection;  /* NULL once the peer has left */
    request_answer_fn *answer;
    const struct request_road *road;
};

/*
 * A request of that head, whose spans point into head_bytes; both are copied.
 * head NULL: one whose head could not be read, to be answered with why. NULL if
 * memory is out.
 */
struct request *request_new(const struct http1_head *head, struct span head_bytes,
                            const char *actor);

/* Forget a request that nobody was given yet and nobody will answer. NULL is allowed. */
void request_free(struct request *request);

/* True if a body follows the head. */
bool request_has_body(const struct request *request);

/* True if its content is said to be application/json. */
bool request_is_json(const struct request *request);

/* An answer; everything is copied. */
struct reply {
    int status;
    const char *content_type; /* NULL: application/json */
    struct span body;
    uint64_t version;          /* ETag "N"; 0: none */
    const char *cache_control; /* NULL: no-store */
    unsigned retry_after_s;    /* Retry-After; 0: none */
    const char *location;      /* NULL: none */
    struct span file_name;     /* as which it is to be kept, UTF-8; .data NULL: none */
    const char *allow;         /* for 405; NULL: none */
    const char *language;      /* the one that Accept-Language chose; NULL: it has no say */
    bool close;                /* close the connection after this answer */
};

/*
 * Answer, log one line, count, and free the request. HEAD gets the head only.
 * The whole answer is handed over as one piece, so that it leaves in one TLS record.
 */
void request_reply(struct request *request, const struct reply *reply);

/* The parts of a stream (struct request_stream). A peer that has left is told by broken(). */
void request_receive(struct request *request, size_t room);
void request_reply_begin(struct request *request, const struct reply *reply, uint64_t length);
void request_reply_piece(struct request *request, struct span bytes);
void request_reply_end(struct request *request);

/* End an answer that cannot be completed, with its connection: nobody takes it for whole. */
void request_cut(struct request *request);

/*
 * Answer with the problem document (RFC 9457) of err: its title, detail (a
 * sentence of ours, or NULL), and the faults (or NULL), in Thai where Accept-Language has more of
 * it than of English. 429 and 503 carry Retry-After, longer where somebody has to act first.
 * Submitted values are never echoed.
 */
void request_problem(struct request *request, enum err err, const char *detail,
                     const struct faults *faults);

/* The same with the members of a JSON object that the register has made; "" for none. */
void request_refusal(struct request *request, enum err err, const char *detail,
                     struct span members);

/* The decoded query parameter; .data NULL if absent. */
struct span request_query(const struct request *request, const char *name);

#endif
