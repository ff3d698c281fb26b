#include "signer_link.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "log.h"
#include "loop.h"

struct signer_link {
    struct loop *loop;
    struct sockaddr_un address;
    struct signer_link_user user;
    struct bufferevent *connection; /* NULL between two attempts */
    struct event *retry, *overdue;
    bool connected, asking;
    bool told; /* that it is away */
};

static void retry_later(struct signer_link *link)
{
    loop_after(link->retry, LIMIT_STORE_RETRY_MS);
}

static void lost(struct signer_link *link)
{
    loop_unwatch(link->loop, &link->connection->ev_read); /* libevent closes and frees it later */
    bufferevent_free(link->connection);
    link->connection = NULL;
    link->connected = link->asking = false;
    event_del(link->overdue);
    retry_later(link);
    link->user.down(link->user.arg);
}

static void lost_told(struct signer_link *link)
{
    if (!link->told)
        log_line(LOG_WARNING, "signer_away errno=%d next=\"is grievd-signer running?\"",
                 EVUTIL_SOCKET_ERROR());
    link->told = true;
    lost(link);
}

static void readable(struct bufferevent *connection, void *arg)
{
    struct signer_link *link = arg;
    struct evbuffer *input = bufferevent_get_input(connection);
    const size_t len = evbuffer_get_length(input);
    const struct span received = {(const char *)evbuffer_pullup(input, -1), len};
    struct span frame;
    struct wire_answer answer;
    const enum wire_take take = wire_take(received, &frame);

    if (take == WIRE_PART)
        return;
    if (take == WIRE_BAD || !link->asking || len != WIRE_HEAD_BYTES + frame.len ||
        !wire_get_answer(frame, &answer)) {
        log_line(LOG_ERROR, "signer_answer_malformed");
        lost(link);
        return;
    }
    link->asking = false;
    event_del(link->overdue);
    /* The answer points into the input: take that out of the way of what comes next. */
    struct evbuffer *taken = evbuffer_new();
    if (!taken || evbuffer_add_buffer(taken, input) != 0)
        abort();
    link->user.answer(link->user.arg, &answer);
    evbuffer_free(taken);
}

static void happened(struct bufferevent *connection, short what, void *arg)
{
    struct signer_link *link = arg;

    if (what & BEV_EVENT_CONNECTED) {
        link->connected = true;
        link->told = false;
        loop_watch(link->loop, &connection->ev_read, EV_READ);
        bufferevent_enable(connection, EV_READ | EV_WRITE);
        link->user.up(link->user.arg);
        return;
    }
    lost_told(link);
}

static void overdue(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    log_line(LOG_WARNING, "signer_late ms=%d", LIMIT_SIGNER_ANSWER_MS);
    lost(arg);
}

static void connect_now(struct signer_link *link)
{
    link->connection = bufferevent_socket_new(loop_base(link->loop), -1, BEV_OPT_CLOSE_ON_FREE);
    if (!link->connection)
        abort();
    bufferevent_setcb(link->connection, readable, NULL, happened, link);
    bufferevent_setwatermark(link->connection, EV_READ, WIRE_HEAD_BYTES, WIRE_FRAME_MAX);
    bufferevent_priority_set(link->connection, LOOP_PRIORITY_URGENT);
    if (bufferevent_socket_connect(link->connection, (const struct sockaddr *)&link->address,
                                   sizeof link->address) != 0 &&
        link->connection) /* libevent may have told already */
        lost_told(link);
}

static void retry_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    connect_now(arg);
}

struct signer_link *signer_link_new(struct loop *loop, const char *path,
                                    const struct signer_link_user *user)
{
    struct signer_link *link = calloc(1, sizeof *link);

    if (!link || strlen(path) >= sizeof link->address.sun_path)
        goto fail;
    link->loop = loop;
    link->user = *user;
    link->address.sun_family = AF_UNIX;
    memcpy(link->address.sun_path, path, strlen(path));
    link->retry = evtimer_new(loop_base(link->loop), retry_due, link);
    link->overdue = evtimer_new(loop_base(link->loop), overdue, link);
    if (!link->retry || !link->overdue)
        goto fail;
    loop_after(link->retry, 0);
    return link;
fail:
    signer_link_free(link);
    return NULL;
}

void signer_link_free(struct signer_link *link)
{
    if (!link)
        return;
    if (link->connection)
        bufferevent_free(link->connection);
    if (link->retry)
        event_free(link->retry);
    if (link->overdue)
        event_free(link->overdue);
    free(link);
}

bool signer_link_idle(const struct signer_link *link)
{
    return link->connected && !link->asking;
}

void signer_link_ask(struct signer_link *link, const struct wire_request *request)
{
    uint8_t frame[WIRE_FRAME_MAX];

    assert(signer_link_idle(link));
    link->asking = true;
    /* At once, for nothing is before it: libevent would write when it next asks what is ready. */
    const size_t len = wire_put_request(request, frame);
    const ssize_t sent =
        send(bufferevent_getfd(link->connection), frame, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    const size_t done = sent > 0 ? (size_t)sent : 0;

    if (done < len)
        bufferevent_write(link->connection, frame + done, len - done);
    loop_after(link->overdue, LIMIT_SIGNER_ANSWER_MS);
}

void signer_link_drop(struct signer_link *link)
{
    if (link->connection)
        lost(link);
}
