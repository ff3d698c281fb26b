#include "server.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "connection.h"
#include "listen.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "quota.h"
#include "settings.h"
#include "tls.h"

enum {
    ACCEPTS_PER_TURN = 64,
    ACCEPT_PAUSE_MS = 100, /* when the system has no descriptor or memory for another */
    RESERVED_FILES = 32,   /* descriptors that connections leave to the store and the files */
};

struct listener {
    struct server *server;
    const struct listen_socket *socket;
    struct event *event;
};

/* One worker's connections; `set` is touched on its loop only. */
struct worker {
    struct server *server;
    struct loop *loop;
    struct connection_set *set;
};

struct server {
    struct loop *loop;
    struct listen_sockets sockets;
    struct listener listeners[LISTEN_SOCKETS_MAX]; /* as sockets.list */
    struct event *resume;                          /* ends a pause in accepting */
    uint64_t drain_ms;
    uint64_t connections_max, per_address_max;
    int fd_max; /* above: too near the end of descriptors */
    size_t next_worker;

    struct event *drain_end; /* armed by server_drain() */
    size_t undrained;        /* workers with connections left */
    void (*drained)(void *arg);
    void *drained_arg;

    pthread_mutex_t mutex; /* workers give back what the accepting thread took */
    struct occupancy *addresses;
    uint64_t connections;

    size_t worker_count;
    struct worker workers[];
};

/* --- what one address may have --- */

/* An IPv4 address, or the /64 that one IPv6 peer has, as one number; 0 for a local peer. */
static uint64_t address_number(const struct sockaddr_storage *address)
{
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)address)->sin6_addr;
    uint32_t v4;
    uint64_t prefix;

    if (address->ss_family == AF_INET)
        return ((const struct sockaddr_in *)address)->sin_addr.s_addr;
    if (address->ss_family != AF_INET6)
        return 0;
    if (IN6_IS_ADDR_V4MAPPED(v6)) {
        memcpy(&v4, v6->s6_addr + 12, sizeof v4);
        return v4;
    }
    memcpy(&prefix, v6->s6_addr, sizeof prefix);
    return prefix;
}

/* Count the connection in, unless that is one too many. */
static bool take(struct server *server, const struct connection_peer *peer)
{
    if (peer->local)
        return true;
    pthread_mutex_lock(&server->mutex);
    const bool taken = server->connections < server->connections_max &&
                       peer->fd <= server->fd_max &&
                       occupancy_take(server->addresses, peer->address, server->per_address_max);
    if (taken)
        server->connections++;
    pthread_mutex_unlock(&server->mutex);
    return taken;
}

static void give_back(struct server *server, const struct connection_peer *peer)
{
    if (peer->local)
        return;
    pthread_mutex_lock(&server->mutex);
    server->connections--;
    occupancy_give(server->addresses, peer->address);
    pthread_mutex_unlock(&server->mutex);
}

/* --- accepting --- */

/* A connection on its way to its worker. */
struct arrival {
    struct worker *worker;
    struct connection_peer peer;
};

static void arrive(void *arg)
{
    struct arrival *arrival = arg;

    if (!connection_set_add(arrival->worker->set, &arrival->peer))
        give_back(arrival->worker->server, &arrival->peer);
    free(arrival);
}

/* The metrics listener is served by the first worker. */
static void deal(struct server *server, const struct connection_peer *peer)
{
    struct arrival *arrival = malloc(sizeof *arrival);

    if (!arrival)
        abort();
    const size_t chosen = peer->local ? 0 : server->next_worker++ % server->worker_count;
    *arrival = (struct arrival){&server->workers[chosen], *peer};
    loop_post(arrival->worker->loop, arrive, arrival);
}

static void pause_accepting(struct server *server)
{
    for (size_t i = 0; i < server->sockets.count; i++)
        event_del(server->listeners[i].event);
    loop_after(server->resume, ACCEPT_PAUSE_MS);
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
    struct server *server = arg;

    (void)fd;
    (void)what;
    for (size_t i = 0; i < server->sockets.count; i++)
        event_add(server->listeners[i].event, NULL);
}

/* True if there may be more to accept. */
static bool accept_one(struct listener *listener)
{
    struct server *server = listener->server;
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    const int fd = accept4(listener->socket->fd, (struct sockaddr *)&address, &len,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            log_line(LOG_WARNING, "accept_paused errno=%d", errno);
            pause_accepting(server);
        }
        return errno == EINTR || errno == ECONNABORTED;
    }

    const struct connection_peer peer = {fd, listener->socket->local, address_number(&address)};
    metric_add(METRIC_CONNECTIONS_ACCEPTED, 1);
    if (take(server, &peer)) {
        deal(server, &peer);
    } else {
        metric_add(METRIC_CONNECTIONS_REFUSED, 1);
        close(fd);
    }
    return true;
}

static void on_accept(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    for (int i = 0; i < ACCEPTS_PER_TURN && accept_one(arg); i++)
        ;
}

/* --- listening --- */

static bool watch_sockets(struct server *server)
{
    for (size_t i = 0; i < server->sockets.count; i++) {
        struct listener *listener = &server->listeners[i];

        *listener = (struct listener){.server = server, .socket = &server->sockets.list[i]};
        listener->event = event_new(loop_base(server->loop), listener->socket->fd,
                                    EV_READ | EV_PERSIST, on_accept, listener);
        if (!listener->event || event_add(listener->event, NULL) != 0)
            return false;
    }
    return true;
}

/* One line each, so that a port chosen by the system (":0") can be learned. */
static void log_sockets(const struct listen_sockets *sockets)
{
    for (size_t i = 0; i < sockets->count; i++) {
        const struct listen_socket *listening = &sockets->list[i];
        struct sockaddr_storage address;
        socklen_t len = sizeof address;
        char host[NI_MAXHOST] = "-", port[NI_MAXSERV] = "-";

        if (getsockname(listening->fd, (struct sockaddr *)&address, &len) == 0)
            getnameinfo((struct sockaddr *)&address, len, host, sizeof host, port, sizeof port,
                        NI_NUMERICHOST | NI_NUMERICSERV);
        log_line(LOG_NOTICE, "listener name=%s address=%s port=%s",
                 listening->local ? "metrics" : "https", host, port);
    }
}

static void close_listeners(struct server *server)
{
    for (size_t i = 0; i < server->sockets.count; i++) {
        if (server->listeners[i].event)
            event_free(server->listeners[i].event);
        server->listeners[i].event = NULL;
    }
    listen_close(&server->sockets);
}

/* --- workers --- */

static void on_closed(void *arg, const struct connection_peer *peer)
{
    struct worker *worker = arg;

    give_back(worker->server, peer);
}

static void end_drain(struct server *server)
{
    event_del(server->drain_end);
    server->drained(server->drained_arg);
}

static void worker_drained(void *arg)
{
    struct server *server = arg;

    if (--server->undrained == 0)
        end_drain(server);
}

static void on_drained(void *arg)
{
    struct worker *worker = arg;

    loop_post(worker->server->loop, worker_drained, worker->server);
}

static void drain_worker(void *arg)
{
    struct worker *worker = arg;

    connection_set_drain(worker->set);
}

static void cut_worker(void *arg)
{
    struct worker *worker = arg;

    connection_set_cut(worker->set);
}

/* Time is up. Workers that are cut report as drained. */
static void on_drain_end(evutil_socket_t fd, short what, void *arg)
{
    struct server *server = arg;

    (void)fd;
    (void)what;
    log_line(LOG_WARNING, "drain_ended effect=\"connections still open are cut\"");
    for (size_t i = 0; i < server->worker_count; i++)
        loop_post(server->workers[i].loop, cut_worker, &server->workers[i]);
}

/* Peers that are connected for the kernel already would else be reset. */
static void accept_waiting(struct server *server)
{
    for (size_t i = 0; i < server->sockets.count; i++) {
        while (accept_one(&server->listeners[i]))
            ;
    }
    event_del(server->resume); /* in case that ran out of descriptors */
}

void server_drain(struct server *server, void (*done)(void *arg), void *arg)
{
    assert(!server->drained);
    server->drained = done;
    server->drained_arg = arg;
    server->undrained = server->worker_count;
    accept_waiting(server);
    close_listeners(server);
    loop_after(server->drain_end, server->drain_ms);
    for (size_t i = 0; i < server->worker_count; i++)
        loop_post(server->workers[i].loop, drain_worker, &server->workers[i]);
}

/* What a worker is told on SIGHUP. */
struct reload {
    struct worker *worker;
    struct tls *tls;
    struct connection_limits limits;
};

static void reload_worker(void *arg)
{
    struct reload *reload = arg;

    connection_set_reload(reload->worker->set, reload->tls, &reload->limits);
    tls_unref(reload->tls);
    free(reload);
}

/* A late revocation list stays in force (tls.h): somebody has to be told. */
static void report_revocation(const struct tls *tls)
{
    const int64_t due = tls_revocation_due(tls);

    metric_set(METRIC_REVOCATION_DUE, due == INT64_MAX ? 0 : due);
    if (due < (int64_t)time(NULL))
        log_line(LOG_WARNING,
                 "revocation_list_late due=%" PRId64
                 " effect=\"it stays in force\" next=\"renew it, then SIGHUP\"",
                 due);
}

static struct connection_limits limits_of(const struct settings *settings)
{
    return (struct connection_limits){
        .per_second_max = settings->requests_per_second_max,
        .burst = settings->requests_burst,
        .handshake_ms = settings->handshake_timeout_ms,
        .head_ms = settings->head_timeout_ms,
        .body_ms = settings->body_timeout_ms,
        .idle_ms = settings->idle_timeout_ms,
        .write_ms = settings->write_timeout_ms,
    };
}

/* What the accepting thread itself goes by. */
static void apply_limits(struct server *server, const struct settings *settings)
{
    struct rlimit files;

    server->drain_ms = settings->drain_ms;
    server->connections_max = settings->connections_max;
    server->per_address_max = settings->connections_per_address_max;
    server->fd_max = INT32_MAX;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < INT32_MAX)
        server->fd_max = (int)files.rlim_cur - RESERVED_FILES;
}

void server_reload(struct server *server, const struct settings *settings, struct tls *tls)
{
    pthread_mutex_lock(&server->mutex);
    apply_limits(server, settings);
    pthread_mutex_unlock(&server->mutex);
    report_revocation(tls);
    for (size_t i = 0; i < server->worker_count; i++) {
        struct reload *reload = malloc(sizeof *reload);

        if (!reload)
            abort();
        *reload = (struct reload){&server->workers[i], tls_ref(tls), limits_of(settings)};
        loop_post(reload->worker->loop, reload_worker, reload);
    }
}

/* --- the server --- */

static bool make_workers(struct server *server, struct loop *const *loops, size_t count,
                         const struct settings *settings, struct tls *tls)
{
    const struct connection_limits limits = limits_of(settings);

    for (; server->worker_count < count; server->worker_count++) {
        struct worker *worker = &server->workers[server->worker_count];
        const struct connection_events events = {on_closed, on_drained, worker};

        *worker = (struct worker){.server = server, .loop = loops[server->worker_count]};
        worker->set = connection_set_new(worker->loop, tls, &limits, &events);
        if (!worker->set)
            return false;
    }
    return true;
}

struct server *server_new(struct loop *accept_loop, struct loop *const *workers,
                          size_t worker_count, const struct settings *settings, struct tls *tls,
                          char *error, size_t error_size)
{
    struct server *server = calloc(1, sizeof *server + worker_count * sizeof *server->workers);
    uint64_t seed;

    assert(worker_count > 0);
    if (!server || RAND_bytes((unsigned char *)&seed, sizeof seed) != 1) {
        free(server);
        snprintf(error, error_size, "memory is out");
        return NULL;
    }
    pthread_mutex_init(&server->mutex, NULL);
    server->loop = accept_loop;
    apply_limits(server, settings);
    server->addresses = occupancy_new(seed);
    server->resume = event_new(loop_base(accept_loop), -1, 0, on_resume, server);
    server->drain_end = event_new(loop_base(accept_loop), -1, 0, on_drain_end, server);
    if (!server->addresses || !server->resume || !server->drain_end ||
        !make_workers(server, workers, worker_count, settings, tls)) {
        snprintf(error, error_size, "memory is out");
        goto fail;
    }
    if (!listen_open(&server->sockets, settings, error, error_size))
        goto fail;
    if (!watch_sockets(server)) {
        snprintf(error, error_size, "memory is out");
        goto fail;
    }
    log_sockets(&server->sockets);
    report_revocation(tls);
    return server;

fail:
    server_free(server);
    return NULL;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    close_listeners(server);
    for (size_t i = 0; i < server->worker_count; i++)
        connection_set_free(server->workers[i].set);
    if (server->resume)
        event_free(server->resume);
    if (server->drain_end)
        event_free(server->drain_end);
    occupancy_free(server->addresses);
    pthread_mutex_destroy(&server->mutex);
    free(server);
}
