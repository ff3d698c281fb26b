/*
 * signer_client - the daemon's one connection to the signer
 *
 * One question at a time (signer_wire.h), on a loop. The connection comes up by itself and comes
 * back by itself; who asks is told when it is there and when an answer will never come.
 */
#ifndef GRIEVD_SIGNER_CLIENT_H
#define GRIEVD_SIGNER_CLIENT_H

#include "signer_wire.h"

struct loop;
struct signer_client;

struct signer_client_user {
    void (*up)(void *arg);   /* connected: signer_client_ask() may be called */
    void (*down)(void *arg); /* it was lost, and with it the answer to what was being asked */
    /* Spans are valid during the call only; the next question may be asked from it. */
    void (*answer)(void *arg, const struct wire_answer *answer);
    void *arg;
};

/* Connects once the loop runs; path is the socket's. NULL if the path is longer than a socket's
 * can be or memory is out. */
struct signer_client *signer_client_new(struct loop *loop, const char *path,
                                        const struct signer_client_user *user);
void signer_client_free(struct signer_client *client); /* NULL is allowed */

/* True if connected and nothing is being asked. */
bool signer_client_idle(const struct signer_client *client);

/* Ask; only when idle. Everything is copied. */
void signer_client_ask(struct signer_client *client, const struct wire_request *request);

/* Give the connection up and make a new one: what it said cannot be trusted. */
void signer_client_drop(struct signer_client *client);

#endif
