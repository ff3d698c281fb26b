/*
 * signer_link - the daemon's one connection to the signer
 *
 * One question at a time (signer_wire.h), on a loop. The connection comes up by itself and comes
 * back by itself; who asks is told when it is there and when an answer will never come.
 */
#ifndef GRIEVD_SIGNER_LINK_H
#define GRIEVD_SIGNER_LINK_H

#include "signer_wire.h"

struct loop;
struct signer_link;

struct signer_link_user {
    void (*up)(void *arg); /* connected: signer_link_ask() may be called */
    /* It was lost, and the answer to what was being asked with it; or it could not be made. */
    void (*down)(void *arg);
    /* Spans are valid during the call only; the next question may be asked from it. */
    void (*answer)(void *arg, const struct wire_answer *answer);
    void *arg;
};

/* Connects once the loop runs; path is the socket's. NULL if the path is longer than a socket's
 * can be or memory is out. */
struct signer_link *signer_link_new(struct loop *loop, const char *path,
                                    const struct signer_link_user *user);
void signer_link_free(struct signer_link *link); /* NULL is allowed */

/* True if connected and nothing is being asked. */
bool signer_link_idle(const struct signer_link *link);

/* Ask; only when idle. Everything is copied. */
void signer_link_ask(struct signer_link *link, const struct wire_request *request);

/* Give the connection up and make a new one: what it said cannot be trusted. */
void signer_link_drop(struct signer_link *link);

#endif
