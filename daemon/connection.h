/*
 * connection - one peer's connection, from its handshake to its end
 *
 * The only file that knows bufferevents. Each worker has one set of connections;
 * everything in a set happens on that worker's loop. A connection is always in
 * one state, and each state is a list of the set, oldest first, with one time
 * limit: so deadlines are absolute, cost nothing to keep, and a byte a second
 * buys nobody another second.
 *
 *     HANDSHAKE ─▶ IDLE ─▶ HEAD ─▶ BODY ─▶ HANDLING ─▶ WRITING ─▶ IDLE …
 *                                          ▲   ▲           └──▶ LINGERING ─▶ gone
 *                              RECEIVING ◀─┘   └─▶ SENDING
 *
 * What goes piece by piece (request.h) changes between HANDLING and RECEIVING, or SENDING: nothing
 * is read while the handler has a piece in hand, and it gets no further while the peer does not
 * read. Such a peer's time depends on what has moved (core/pace.h).
 *
 * One request at a time: while one is handled or its answer is unwritten, what
 * the peer sends stays in the input up to LIMIT_INPUT_BYTES and then in the
 * kernel. An idle connection holds no buffers. The last answer of a connection is
 * followed by a half-close and a short wait for the peer's own end (LINGERING),
 * so that the reset for bytes nobody read cannot overtake the answer.
 */
#ifndef GRIEVD_CONNECTION_H
#define GRIEVD_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct tls;
struct connection_set;

/* An accepted socket, and who is at its other end. */
struct connection_peer {
    int fd;
    bool local;       /* of the metrics listener: plaintext, and no rate applies */
    uint64_t address; /* IPv4, or an IPv6 /64, as one number */
};

/* What one peer gets of a set's worker. */
struct connection_limits {
    /* how fast requests may come: of one principal, or of one address without one */
    uint64_t per_second_max;
    uint64_t burst;
    /* how long a connection may be in each state */
    uint64_t handshake_ms, head_ms, body_ms, idle_ms, write_ms;
};

/* What a set tells its owner, on the set's loop. */
struct connection_events {
    void (*closed)(void *arg,
                   const struct connection_peer *peer); /* its fd is about to be closed */
    void (*drained)(void *arg); /* the last one is gone after connection_set_drain() */
    void *arg;
};

/* An empty set; takes its own reference to tls. NULL if memory is out. */
struct connection_set *connection_set_new(struct loop *loop, struct tls *tls,
                                          const struct connection_limits *limits,
                                          const struct connection_events *events);

/* Once the loop has ended, or on it: cuts what is left. NULL is allowed. */
void connection_set_free(struct connection_set *set);

/* Take over a socket. False if memory is out: the socket is closed, nothing is told. */
bool connection_set_add(struct connection_set *set, const struct connection_peer *peer);

/* From now on by this snapshot and these limits; connections stay open. */
void connection_set_reload(struct connection_set *set, struct tls *tls,
                           const struct connection_limits *limits);

/*
 * Close connections after the answers they are owed, and those that owe none after a
 * moment, as their next request may be on its way. New ones may still be added.
 */
void connection_set_drain(struct connection_set *set);

/* Close all of them now. */
void connection_set_cut(struct connection_set *set);

#endif
