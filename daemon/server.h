/*
 * server - accepting, and dealing connections to the workers
 *
 *     listen ─▶ server (main thread) ── loop_post ──▶ connection set (a worker's)
 *
 * The main thread accepts and deals connections to the worker loops in turn; the
 * metrics listener's go to the first. From then on a connection is its worker's
 * (connection.h). Here they are bounded: in all, per address (an IPv6 /64 is one),
 * and by the descriptors the system allows, of which some are left to the store.
 *
 * Every function is for the main thread.
 */
#ifndef GRIEVD_SERVER_H
#define GRIEVD_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct loop;
struct settings;
struct tls;
struct server;

/*
 * Listen (listen.h) and accept on accept_loop, the main thread's. Nothing of
 * settings is kept but copies; tls is referenced. NULL with a clause in error.
 */
struct server *server_new(struct loop *accept_loop, struct loop *const *workers,
                          size_t worker_count, const struct settings *settings, struct tls *tls,
                          char *error, size_t error_size);

/*
 * Replace the TLS snapshot and the limits on every worker; connections stay open,
 * and their certificates are checked by the new snapshot from now on.
 */
void server_reload(struct server *server, const struct settings *settings, struct tls *tls);

/*
 * Stop accepting, let requests in flight finish (Connection: close), cut what is
 * left after drain_ms, then call done on the main loop. Once only.
 */
void server_drain(struct server *server, void (*done)(void *arg), void *arg);

/* After the workers have ended. NULL is allowed. */
void server_free(struct server *server);

#endif
