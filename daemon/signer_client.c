#include "signer_client.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/un.h>

#include "log.h"
#include "loop.h"

struct signer_client {
    struct event_base *base;
    struct sockaddr_un address;
    struct signer_client_user user;
    struct bufferevent *connection; /* NULL between two attempts */
    struct event *retry, *overdue;
    bool connected, asking;
    bool told; /* that it is away */
};

static void retry_later(struct signer_client *client)
{
    const struct timeval pause = {.tv_usec = LIMIT_STORE_RETRY_MS * 1000};

    event_add(client->retry, &pause);
}

static void lost(struct signer_client *client)
{
    const bool was_up = client->connected;

    bufferevent_free(client->connection);
    client->connection = NULL;
    client->connected = client->asking = false;
    event_del(client->overdue);
    retry_later(client);
    if (was_up)
        client->user.down(client->user.arg);
}

static void readable(struct bufferevent *connection, void *arg)
{
    struct signer_client *client = arg;
    struct evbuffer *input = bufferevent_get_input(connection);
    const size_t len = evbuffer_get_length(input);
    const struct span received = {(const char *)evbuffer_pullup(input, -1), len};
    struct span frame;
    struct wire_answer answer;
    const enum wire_take take = wire_take(received, &frame);

    if (take == WIRE_PART)
        return;
    if (take == WIRE_BAD || !client->asking || len != WIRE_HEAD_BYTES + frame.len ||
        !wire_get_answer(frame, &answer)) {
        log_line(LOG_ERROR, "signer_answer_malformed");
        lost(client);
        return;
    }
    client->asking = false;
    event_del(client->overdue);
    /* The answer points into the input: take that out of the way of what comes next. */
    struct evbuffer *taken = evbuffer_new();
    if (!taken || evbuffer_add_buffer(taken, input) != 0)
        abort();
    client->user.answer(client->user.arg, &answer);
    evbuffer_free(taken);
}

static void happened(struct bufferevent *connection, short what, void *arg)
{
    struct signer_client *client = arg;

    if (what & BEV_EVENT_CONNECTED) {
        client->connected = true;
        client->told = false;
        bufferevent_enable(connection, EV_READ | EV_WRITE);
        client->user.up(client->user.arg);
        return;
    }
    if (!client->told)
        log_line(LOG_WARNING, "signer_away errno=%d next=\"is grievd-signer running?\"",
                 EVUTIL_SOCKET_ERROR());
    client->told = true;
    lost(client);
}

static void overdue(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    log_line(LOG_WARNING, "signer_late ms=%d", LIMIT_SIGNER_ANSWER_MS);
    lost(arg);
}

static void connect_now(struct signer_client *client)
{
    client->connection =
        bufferevent_socket_new(client->base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
    if (!client->connection)
        abort();
    bufferevent_setcb(client->connection, readable, NULL, happened, client);
    bufferevent_setwatermark(client->connection, EV_READ, WIRE_HEAD_BYTES, WIRE_FRAME_MAX);
    bufferevent_priority_set(client->connection, LOOP_PRIORITY_URGENT);
    if (bufferevent_socket_connect(client->connection, (const struct sockaddr *)&client->address,
                                   sizeof client->address) != 0)
        happened(client->connection, BEV_EVENT_ERROR, client); /* its own call is deferred */
}

static void retry_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    connect_now(arg);
}

struct signer_client *signer_client_new(struct loop *loop, const char *path,
                                        const struct signer_client_user *user)
{
    struct signer_client *client = calloc(1, sizeof *client);
    const struct timeval at_once = {0};

    if (!client || strlen(path) >= sizeof client->address.sun_path)
        goto fail;
    client->base = loop_base(loop);
    client->user = *user;
    client->address.sun_family = AF_UNIX;
    memcpy(client->address.sun_path, path, strlen(path));
    client->retry = evtimer_new(client->base, retry_due, client);
    client->overdue = evtimer_new(client->base, overdue, client);
    if (!client->retry || !client->overdue)
        goto fail;
    event_add(client->retry, &at_once);
    return client;
fail:
    signer_client_free(client);
    return NULL;
}

void signer_client_free(struct signer_client *client)
{
    if (!client)
        return;
    if (client->connection)
        bufferevent_free(client->connection);
    if (client->retry)
        event_free(client->retry);
    if (client->overdue)
        event_free(client->overdue);
    free(client);
}

bool signer_client_idle(const struct signer_client *client)
{
    return client->connected && !client->asking;
}

void signer_client_ask(struct signer_client *client, const struct wire_request *request)
{
    const struct timeval patience = {.tv_sec = LIMIT_SIGNER_ANSWER_MS / 1000};
    uint8_t frame[WIRE_FRAME_MAX];

    assert(signer_client_idle(client));
    client->asking = true;
    bufferevent_write(client->connection, frame, wire_put_request(request, frame));
    event_add(client->overdue, &patience);
}

void signer_client_drop(struct signer_client *client)
{
    if (client->connection)
        lost(client);
}
