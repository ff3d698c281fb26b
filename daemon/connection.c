#include "connection.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/bufferevent_struct.h>
#include <event2/event.h>
#include <limits.h>
#include <netdb.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/pace.h"
#include "core/refusal.h"
#include "handler.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "quota.h"
#include "tls.h"

enum state {
    STATE_HANDSHAKE,
    STATE_IDLE,
    STATE_HEAD,
    STATE_BODY,
    STATE_RECEIVING,
    STATE_SENDING,
    STATE_HANDLING,
    STATE_WRITING,
    STATE_LINGERING,
    STATE_CLOSED,
    STATE_COUNT,
};

enum {
    SWEEP_MS = 250,       /* how late a deadline may be noticed */
    DRAIN_IDLE_MS = 1000, /* while draining: for a request that is already on its way */
    BODY_BYTES_MIN = 4096,

    /*
     * libevent reads into a chain as large as what the watermark leaves, with its own 48 bytes
     * rounded up to a power of two: by this it is 32 KiB and not 64.
     */
    INPUT_BYTES_MAX = LIMIT_INPUT_BYTES - 64,
};

static_assert((int)INPUT_BYTES_MAX > (int)LIMIT_HEAD_BYTES,
              "a head of any allowed size can be read");

struct connection {
    TAILQ_ENTRY(connection) link; /* on its state's list; on none when closed */
    struct connection_set *set;
    struct bufferevent *bev;
    SSL *ssl;                /* the bev's; NULL on the local listener */
    struct request *request; /* being read or handled */
    char *body;              /* of the request being read, in its arena */
    size_t body_len, body_size;
    size_t room;        /* for how much more of the body its handler asks; in RECEIVING */
    size_t piece_bytes; /* of the answer, being written; in SENDING */
    struct pace pace;   /* of what goes piece by piece */
    int64_t waits_since_ms;
    size_t lingered_bytes;
    int64_t deadline_ms;
    uint64_t rate_peer; /* the principal, or the address without one */
    struct http1_reader reader;
    struct connection_peer peer;
    struct tls_peer tls_peer;
    enum state state;
    bool running;     /* within run(), or about to: what closes it must not free it */
    bool peer_named;  /* it has no certificate, or one with a principal's name */
    bool peer_ended;  /* nothing more will come */
    bool full;        /* reading is disabled until the input is wanted again */
    bool last_answer; /* the answer being written ends the connection */
};

TAILQ_HEAD(connection_list, connection);

struct connection_set {
    struct loop *loop;
    struct tls *tls;
    struct connection_limits limits;
    struct connection_events events;
    struct event *sweep; /* pending while there are connections */
    struct rate *requests;
    uint64_t name_seed;
    size_t count;
    bool draining;
    struct connection_list lists[STATE_COUNT];
    struct http1_head head; /* the one being read: too large to be cleared on each step */
};

static void run(struct connection *c);

/* --- states, and the ends --- */

/* How long a connection may be in a state, in ms; 0: it ends by itself. */
static int64_t time_limit(const struct connection_set *set, enum state state)
{
    const struct connection_limits *limits = &set->limits;

    switch (state) {
    case STATE_HANDSHAKE:
        return (int64_t)limits->handshake_ms;
    case STATE_IDLE:
        return set->draining ? DRAIN_IDLE_MS : (int64_t)limits->idle_ms;
    case STATE_HEAD:
        return (int64_t)limits->head_ms;
    case STATE_BODY:
    case STATE_RECEIVING:
        return (int64_t)limits->body_ms;
    case STATE_WRITING:
    case STATE_SENDING:
        return (int64_t)limits->write_ms;
    case STATE_LINGERING:
        return LIMIT_LINGER_MS;
    case STATE_HANDLING:
    case STATE_CLOSED:
    case STATE_COUNT:
        break;
    }
    return 0;
}

static int64_t deadline_in(const struct connection *c, enum state state)
{
    const int64_t limit_ms = time_limit(c->set, state);

    if (state == STATE_RECEIVING || state == STATE_SENDING)
        return pace_deadline(&c->pace, limit_ms);
    return limit_ms > 0 ? monotonic_ms() + limit_ms : INT64_MAX;
}

/* Each list is in the order of deadlines: nearly always its end is the place. */
static void insert(struct connection_list *list, struct connection *c)
{
    struct connection *before = TAILQ_LAST(list, connection_list);

    while (before && before->deadline_ms > c->deadline_ms)
        before = TAILQ_PREV(before, connection_list, link);
    if (before)
        TAILQ_INSERT_AFTER(list, before, c, link);
    else
        TAILQ_INSERT_HEAD(list, c, link);
}

static void enter(struct connection *c, enum state state)
{
    assert(state != STATE_CLOSED);
    TAILQ_REMOVE(&c->set->lists[c->state], c, link);
    c->deadline_ms = deadline_in(c, state);
    c->state = state;
    insert(&c->set->lists[state], c);
}

/* True while a request is its handler's, whoever's turn it is. */
static bool is_handled(const struct connection *c)
{
    return c->state == STATE_HANDLING || c->state == STATE_RECEIVING || c->state == STATE_SENDING;
}

/* The one way out. A request that is being handled stays its handler's, without a peer. */
static void close_now(struct connection *c)
{
    struct connection_set *set = c->set;
    struct request *broken = NULL; /* one whose handler waits for this peer */

    if (c->request && is_handled(c)) {
        c->request->connection = NULL;
        broken = c->state != STATE_HANDLING ? c->request : NULL;
    } else {
        request_free(c->request);
    }
    c->request = NULL;
    TAILQ_REMOVE(&set->lists[c->state], c, link);
    c->state = STATE_CLOSED;
    metric_add(METRIC_CONNECTIONS, -1);
    set->events.closed(set->events.arg, &c->peer);
    bufferevent_free(c->bev);
    if (!c->running)
        free(c);
    if (broken)
        broken->stream->broken(broken, ERR_TIMEOUT);

    set->count--;
    if (set->count == 0) {
        event_del(set->sweep);
        if (set->draining)
            set->events.drained(set->events.arg);
    }
}

/* Tell a TLS peer that nothing more comes. */
static void end_tls(struct connection *c)
{
    if (c->ssl)
        SSL_shutdown(c->ssl);
    ERR_clear_error();
}

static void close_politely(struct connection *c)
{
    end_tls(c);
    close_now(c);
}

/* At a deadline: what the kernel still holds for a peer that does not read goes too. */
static void cut(struct connection *c)
{
    const struct linger none = {.l_onoff = 1, .l_linger = 0};

    metric_add(METRIC_CONNECTIONS_CUT, 1);
    setsockopt(c->peer.fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close_now(c);
}

/* After the last answer: no more from us, and time for the peer to read it. */
static void end_writing(struct connection *c)
{
    if (c->peer_ended) {
        close_politely(c);
        return;
    }
    end_tls(c);
    shutdown(c->peer.fd, SHUT_WR);
    enter(c, STATE_LINGERING);
}

static void discard_input(struct connection *c)
{
    struct evbuffer *input = bufferevent_get_input(c->bev);

    c->lingered_bytes += evbuffer_get_length(input);
    evbuffer_drain(input, evbuffer_get_length(input));
    if (c->lingered_bytes > LIMIT_LINGER_BYTES)
        close_now(c);
}

/* --- answers --- */

enum written { WRITTEN_ALL, WRITTEN_LATER, WRITTEN_NEVER };

/*
 * Write at once, in one record and without a turn of the loop: nearly every
 * answer fits the kernel's buffer. What is to be written later must be these
 * very bytes in one piece again, since OpenSSL may have begun a record of them.
 */
static enum written write_now(struct connection *c, const char *bytes, size_t len)
{
    if (!c->ssl || evbuffer_get_length(bufferevent_get_output(c->bev)) > 0)
        return WRITTEN_LATER;
    if (len > INT_MAX)
        return WRITTEN_NEVER;

    ERR_clear_error();
    const int written = SSL_write(c->ssl, bytes, (int)len);
    if (written > 0) {
        assert((size_t)written == len); /* libevent sets no SSL_MODE_ENABLE_PARTIAL_WRITE */
        return WRITTEN_ALL;
    }
    return SSL_get_error(c->ssl, written) == SSL_ERROR_WANT_WRITE ? WRITTEN_LATER : WRITTEN_NEVER;
}

static void answer_free(const void *bytes, size_t len, void *arg)
{
    (void)arg;
    OPENSSL_clear_free((void *)(uintptr_t)bytes, len);
}

static enum written write_answer(struct connection *c, char *bytes, size_t len)
{
    const enum written written = bytes ? write_now(c, bytes, len) : WRITTEN_NEVER;

    if (written == WRITTEN_LATER &&
        evbuffer_add_reference(bufferevent_get_output(c->bev), bytes, len, answer_free, NULL) == 0)
        return WRITTEN_LATER;
    OPENSSL_clear_free(bytes, len);
    return written == WRITTEN_ALL ? WRITTEN_ALL : WRITTEN_NEVER;
}

static void after_answer(struct connection *c)
{
    if (c->last_answer)
        end_writing(c);
    else
        enter(c, STATE_IDLE);
}

/* Write an answer or a piece of one: written() follows at once, or once it is out in `waiting`. */
static void put_out(struct connection *c, char *bytes, size_t len, enum state waiting,
                    void (*written)(struct connection *c))
{
    switch (write_answer(c, bytes, len)) {
    case WRITTEN_ALL:
        written(c);
        break;
    case WRITTEN_LATER:
        enter(c, waiting);
        bufferevent_enable(c->bev, EV_WRITE);
        break;
    case WRITTEN_NEVER:
        enter(c, waiting);
        close_now(c);
        break;
    }
}

/*
 * What a handler says begins and ends with these: it may say it from within run() or from anywhere,
 * and only the outermost goes on as far as possible.
 */
static bool hold(struct connection *c)
{
    const bool was_running = c->running;

    c->running = true;
    return was_running;
}

static void go_on(struct connection *c, bool was_running)
{
    c->running = was_running;
    run(c);
}

/* request_answer_fn: from within run() when the handler answers at once, else from anywhere. */
static void answer(struct request *request, char *bytes, size_t len, bool close)
{
    struct connection *c = request->connection;
    const bool was_running = hold(c);

    assert(c->state == STATE_HANDLING && c->request == request);
    c->request = NULL;
    c->last_answer = close;
    put_out(c, bytes, len, STATE_WRITING, after_answer);
    go_on(c, was_running);
}

/* Who is refused for the size of what he sends is told how much it may have, and another way. */
static const char *refusal_of(const struct connection *c, enum err err)
{
    static_assert(LIMIT_JSON_BODY_BYTES == 240 * 1024 && LIMIT_ANYONE_BODY_BYTES == 4 * 1024 &&
                      LIMIT_ATTACHMENT_BYTES == 25 * 1024 * 1024,
                  "as is said");

    if (err != ERR_TOO_LARGE)
        return NULL;
    return refusal_text(c->tls_peer.name[0] ? REFUSAL_CONTENT_BYTES : REFUSAL_CONTENT_BYTES_ANYONE);
}

/* Answer the request at hand without its handler; every such answer but admit()'s is the last. */
static void refuse(struct connection *c, enum err err)
{
    enter(c, STATE_HANDLING);
    request_problem(c->request, err, refusal_of(c, err), NULL);
}

/* --- a body, or an answer, piece by piece --- */

/* The handler has the turn; what passes now is not the peer's time. */
static void hand_over(struct connection *c)
{
    enter(c, STATE_HANDLING);
    c->waits_since_ms = monotonic_ms();
}

static void take_back(struct connection *c)
{
    assert(c->state == STATE_HANDLING);
    pace_waited(&c->pace, c->waits_since_ms, monotonic_ms());
}

static void send_continue(struct connection *c);

static void receive_more(struct request *request, size_t room)
{
    struct connection *c = request->connection;
    const bool was_running = hold(c);

    take_back(c);
    c->room = room;
    enter(c, STATE_RECEIVING);
    if (c->body_len == 0 && request->head.expect_continue &&
        evbuffer_get_length(bufferevent_get_input(c->bev)) == 0)
        send_continue(c);
    go_on(c, was_running);
}

/* What was sent is out of our hands. */
static void sent(struct connection *c)
{
    pace_moved(&c->pace, c->piece_bytes, monotonic_ms());
    hand_over(c);
    c->request->stream->more(c->request);
}

static void send_piece(struct request *request, char *bytes, size_t len)
{
    struct connection *c = request->connection;
    const bool was_running = hold(c);

    take_back(c);
    c->piece_bytes = len;
    put_out(c, bytes, len, STATE_SENDING, sent);
    go_on(c, was_running);
}

static void finish_answer(struct request *request)
{
    struct connection *c = request->connection;
    const bool was_running = hold(c);

    assert(c->state == STATE_HANDLING && c->request == request);
    c->request = NULL;
    c->last_answer = request->close;
    after_answer(c);
    go_on(c, was_running);
}

static void cut_answer(struct request *request)
{
    cut(request->connection);
}

static const struct request_road road = {receive_more, send_piece, finish_answer, cut_answer};

/* --- requests --- */

/* head NULL: one that could not be read. False, and the connection closed, if memory is out. */
static bool begin_request(struct connection *c, const struct http1_head *head, struct span bytes)
{
    struct request *request = request_new(head, bytes, c->tls_peer.name);

    if (!request) {
        close_now(c);
        return false;
    }
    request->connection = c;
    request->answer = answer;
    request->road = &road;
    request->close = !head || !head->keep_alive || c->set->draining;
    c->request = request;
    c->body = NULL;
    c->body_len = c->body_size = 0;
    c->pace = pace_begin(monotonic_ms());
    c->waits_since_ms = c->pace.began_ms;
    return true;
}

/* End a request that will not become whole. */
static void refuse_unread(struct connection *c, enum err err)
{
    if (!c->request && !begin_request(c, NULL, (struct span){0}))
        return;
    c->request->close = true;
    refuse(c, err);
}

static bool peer_still_good(struct connection *c)
{
    return !c->ssl || (c->peer_named &&
                       tls_peer_check(c->set->tls, c->ssl, &c->tls_peer, (int64_t)time(NULL)));
}

static bool within_rate(struct connection *c)
{
    const struct connection_limits *limits = &c->set->limits;

    return c->peer.local || rate_take(c->set->requests, c->rate_peer, monotonic_ms(),
                                      limits->per_second_max, limits->burst);
}

/* Who has no certificate has nothing long to say, and there may be very many of them. */
static size_t body_bytes_max(const struct connection *c)
{
    if (handler_streams(c->request))
        return LIMIT_ATTACHMENT_BYTES;
    return c->tls_peer.name[0] ? LIMIT_JSON_BODY_BYTES : LIMIT_ANYONE_BODY_BYTES;
}

static enum err admission(struct connection *c)
{
    struct request *request = c->request;

    if (!peer_still_good(c)) {
        request->close = true;
        return ERR_CERTIFICATE_REVOKED;
    }
    if (!within_rate(c))
        return ERR_TOO_MANY;
    const enum err err = handler_admit(request, c->peer.local, &request->allow);
    if (err == ERR_NONE && handler_streams(request) && request->head.chunked)
        return ERR_LENGTH_REQUIRED;
    if (err == ERR_NONE && request_has_body(request) && !handler_streams(request) &&
        !request_is_json(request))
        return ERR_MEDIA_TYPE;
    if (err == ERR_NONE && request->head.content_length > body_bytes_max(c))
        return ERR_TOO_LARGE;
    return err;
}

/*
 * Decide on the head alone, and answer if the answer is no. The connection then
 * goes on only if the whole body has arrived with the head: it is skipped. One
 * still to come is not waited for.
 */
static bool admit(struct connection *c, size_t arrived)
{
    const struct http1_head *head = &c->request->head;
    const enum err err = admission(c);

    if (err == ERR_NONE)
        return true;
    if (head->chunked || head->content_length > arrived)
        c->request->close = true;
    refuse(c, err);
    return false;
}

/* Make room for len more bytes of body. A length known in advance is asked for once. */
static bool reserve_body(struct connection *c, size_t len)
{
    if (len <= c->body_size - c->body_len)
        return true;
    size_t size = c->body_size > 0 ? 2 * c->body_size : BODY_BYTES_MIN;
    if (!c->request->head.chunked || size < c->body_len + len)
        size = c->body_len + len;
    char *body = arena_alloc(c->request->arena, size);
    if (!body)
        return false;
    if (c->body_len > 0)
        memcpy(body, c->body, c->body_len);
    c->body = body;
    c->body_size = size;
    return true;
}

static void send_continue(struct connection *c)
{
    static const struct span interim = {"HTTP/1.1 100 Continue\r\n\r\n", 25};

    switch (write_now(c, interim.data, interim.len)) {
    case WRITTEN_ALL:
        break;
    case WRITTEN_LATER:
        bufferevent_write(c->bev, interim.data, interim.len);
        bufferevent_enable(c->bev, EV_WRITE);
        break;
    case WRITTEN_NEVER:
        close_now(c);
        break;
    }
}

/* arrived: how many bytes are here behind the head. */
static void on_head(struct connection *c, const struct http1_head *head, struct span bytes,
                    size_t arrived)
{
    if (!begin_request(c, head, bytes))
        return;
    if (!request_has_body(c->request)) /* then its end is here, and on_end() admits it */
        return;
    if (!admit(c, arrived))
        return;
    if (handler_streams(c->request)) {
        c->request->close = true; /* if it is answered before all of its body is here */
        hand_over(c);
        handler_dispatch(c->request);
        return;
    }
    enter(c, STATE_BODY);
    if (!reserve_body(c, (size_t)head->content_length))
        refuse_unread(c, ERR_UNAVAILABLE);
    else if (head->expect_continue && arrived == 0)
        send_continue(c);
}

/* To the handler, whose turn it is when it has what it asked for, or everything. */
static void on_streamed(struct connection *c, struct span piece)
{
    struct request *request = c->request;

    pace_moved(&c->pace, piece.len, monotonic_ms());
    c->room -= piece.len;
    c->body_len += piece.len;
    const bool whole = c->body_len == request->head.content_length;
    if (whole)
        request->close = !request->head.keep_alive || c->set->draining;
    if (whole || c->room == 0)
        hand_over(c);
    else
        enter(c, STATE_RECEIVING);
    request->stream->take(request, piece);
}

static void on_body(struct connection *c, struct span piece)
{
    if (!c->request) /* refused by its head */
        return;
    if (c->state == STATE_RECEIVING) {
        on_streamed(c, piece);
        return;
    }
    if (piece.len > body_bytes_max(c) - c->body_len) {
        refuse_unread(c, ERR_TOO_LARGE);
        return;
    }
    if (!reserve_body(c, piece.len)) {
        refuse_unread(c, ERR_UNAVAILABLE);
        return;
    }
    memcpy(c->body + c->body_len, piece.data, piece.len);
    c->body_len += piece.len;
}

static void on_end(struct connection *c)
{
    struct request *request = c->request;

    if (!request || (!request_has_body(request) && !admit(c, 0)))
        return;
    request->body = (struct span){c->body, c->body_len};
    enter(c, STATE_HANDLING);
    handler_dispatch(request);
}

static void on_more(struct connection *c)
{
    if (c->peer_ended)
        close_politely(c);
    else if (c->state == STATE_IDLE && http1_mid_message(&c->reader))
        enter(c, STATE_HEAD);
}

/* --- input --- */

/* One step of the reader over what has arrived. False when it needs more. */
static bool read_step(struct connection *c)
{
    struct evbuffer *input = bufferevent_get_input(c->bev);
    struct span unread = {(const char *)evbuffer_pullup(input, -1), evbuffer_get_length(input)};
    struct http1_head *head = &c->set->head;
    struct span body;
    size_t used;

    if (c->state == STATE_RECEIVING && unread.len > c->room)
        unread.len = c->room;
    const enum http1_step step = http1_read(&c->reader, unread, &used, head, &body);

    switch (step) {
    case HTTP1_MORE:
        on_more(c);
        break;
    case HTTP1_HEAD:
        on_head(c, head, (struct span){unread.data, used}, unread.len - used);
        break;
    case HTTP1_BODY:
        on_body(c, body);
        break;
    case HTTP1_END:
        on_end(c);
        break;
    case HTTP1_REFUSED:
        metric_add(METRIC_REQUESTS_MALFORMED, 1);
        refuse_unread(c, http1_error(&c->reader));
        break;
    }
    if (c->state != STATE_CLOSED && used > 0) {
        explicit_bzero((char *)(uintptr_t)unread.data, used); /* narratives do not stay behind */
        evbuffer_drain(input, used);
    }
    return step != HTTP1_MORE;
}

/* Between two answers; in all other states the input waits. */
static bool is_reading(const struct connection *c)
{
    return c->state == STATE_IDLE || c->state == STATE_HEAD || c->state == STATE_BODY ||
           c->state == STATE_RECEIVING;
}

/*
 * A full input that nobody empties for now. libevent stops reading by itself at the watermark, but
 * calls on_read() again and again unless reading is disabled as well.
 */
static void pause_reading(struct connection *c)
{
    if (c->full || evbuffer_get_length(bufferevent_get_input(c->bev)) < INPUT_BYTES_MAX)
        return;
    c->full = true;
    bufferevent_disable(c->bev, EV_READ);
}

/*
 * With read-ahead, OpenSSL may hold records that the kernel no longer has, and
 * libevent waits for the kernel. Asked once after each progress, and not in a
 * circle: what OpenSSL holds may be a part of a record only.
 */
static void resume_reading(struct connection *c)
{
    if (c->full) {
        c->full = false;
        bufferevent_enable(c->bev, EV_READ);
    }
    if (c->ssl && !c->peer_ended && SSL_has_pending(c->ssl))
        event_active(&c->bev->ev_read, EV_READ, 1);
}

/* Go on as far as possible. Every callback ends here, and a closed connection too. */
static void run(struct connection *c)
{
    if (c->running)
        return;
    c->running = true;
    while (is_reading(c) && read_step(c))
        ;
    if (c->state == STATE_LINGERING)
        discard_input(c);
    c->running = false;
    if (c->state == STATE_CLOSED)
        free(c);
    else if (is_reading(c) || c->state == STATE_LINGERING)
        resume_reading(c);
    else
        pause_reading(c);
}

/* --- what libevent tells --- */

static void on_read(struct bufferevent *bev, void *arg)
{
    struct connection *c = arg;
    struct loop *loop = c->set->loop;

    (void)bev;
    run(c);
    loop_look(loop);
}

static void on_written(struct bufferevent *bev, void *arg)
{
    struct connection *c = arg;

    /* The call is deferred: by now another answer may be on its way. */
    if ((c->state != STATE_WRITING && c->state != STATE_SENDING) ||
        evbuffer_get_length(bufferevent_get_output(bev)) > 0)
        return;
    c->running = true;
    if (c->state == STATE_SENDING)
        sent(c);
    else
        after_answer(c);
    c->running = false;
    run(c);
}

/* FNV-1a, seeded: principals are the register's own, and cannot be chosen by the thousand. */
static uint64_t hash_name(const struct connection_set *set, const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ set->name_seed;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash;
}

static void on_handshake(struct connection *c)
{
    c->peer_named = tls_peer_read(c->ssl, &c->tls_peer);
    if (c->tls_peer.name[0])
        c->rate_peer = hash_name(c->set, c->tls_peer.name);
    enter(c, STATE_IDLE);
    run(c);
}

/* The address is told only of a peer that showed a certificate: others may wish to be nobody. */
static void log_failed_handshake(const struct connection *c)
{
    const unsigned long code = bufferevent_get_openssl_error(c->bev);
    const long verdict = SSL_get_verify_result(c->ssl);
    const char *reason = verdict != X509_V_OK ? X509_verify_cert_error_string(verdict)
                                              : ERR_reason_error_string(code);
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    char host[NI_MAXHOST] = "-";
    struct log_value clause;

    metric_add(METRIC_HANDSHAKES_FAILED, 1);
    if (verdict != X509_V_OK && getpeername(c->peer.fd, (struct sockaddr *)&address, &len) == 0)
        getnameinfo((struct sockaddr *)&address, len, host, sizeof host, NULL, 0, NI_NUMERICHOST);
    log_line(verdict != X509_V_OK ? LOG_NOTICE : LOG_DEBUG, "handshake_failed address=%s reason=%s",
             host, log_text(&clause, reason ? reason : "connection lost"));
}

/* Its last bytes may not be in the input yet: they are looked at in a turn of their own. */
static void on_peer_end(struct connection *c)
{
    c->peer_ended = true;
    bufferevent_disable(c->bev, EV_READ);
    if (c->state == STATE_WRITING || c->state == STATE_SENDING)
        bufferevent_enable(c->bev, EV_WRITE); /* libevent has stopped both directions */
    else if (is_reading(c))
        bufferevent_trigger(c->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
    else if (c->state == STATE_LINGERING)
        close_now(c);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    struct connection *c = arg;

    (void)bev;
    if (what & BEV_EVENT_CONNECTED) {
        on_handshake(c);
    } else if (c->state == STATE_HANDSHAKE) {
        log_failed_handshake(c);
        close_now(c);
    } else if (what & BEV_EVENT_EOF) {
        on_peer_end(c);
    } else {
        close_now(c);
    }
}

/* --- deadlines --- */

static void expire(struct connection *c)
{
    switch (c->state) {
    case STATE_IDLE:
        close_politely(c);
        break;
    case STATE_HEAD:
    case STATE_BODY:
        metric_add(METRIC_CONNECTIONS_CUT, 1);
        refuse_unread(c, ERR_TIMEOUT);
        break;
    case STATE_RECEIVING:
        metric_add(METRIC_CONNECTIONS_CUT, 1);
        hand_over(c);
        c->request->stream->broken(c->request, ERR_TIMEOUT);
        break;
    case STATE_LINGERING:
        close_now(c);
        break;
    case STATE_HANDSHAKE:
    case STATE_WRITING:
    case STATE_SENDING:
        cut(c);
        break;
    case STATE_HANDLING:
    case STATE_CLOSED:
    case STATE_COUNT:
        assert(!"a state without a limit");
    }
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct connection_set *set = arg;
    const int64_t now_ms = monotonic_ms();
    struct connection *c;

    (void)fd;
    (void)what;
    for (size_t state = 0; state < STATE_COUNT; state++) {
        while ((c = TAILQ_FIRST(&set->lists[state])) && c->deadline_ms <= now_ms)
            expire(c);
    }
}

/* --- the set --- */

struct connection_set *connection_set_new(struct loop *loop, struct tls *tls,
                                          const struct connection_limits *limits,
                                          const struct connection_events *events)
{
    struct connection_set *set = calloc(1, sizeof *set);
    uint64_t seeds[2];

    if (!set)
        return NULL;
    if (RAND_bytes((unsigned char *)seeds, sizeof seeds) != 1)
        abort();
    set->loop = loop;
    set->limits = *limits;
    set->events = *events;
    set->name_seed = seeds[0];
    set->requests = rate_new(seeds[1]);
    set->sweep = event_new(loop_base(loop), -1, EV_PERSIST, on_sweep, set);
    for (size_t i = 0; i < STATE_COUNT; i++)
        TAILQ_INIT(&set->lists[i]);
    set->tls = tls_ref(tls);
    if (!set->requests || !set->sweep) {
        connection_set_free(set);
        return NULL;
    }
    return set;
}

void connection_set_free(struct connection_set *set)
{
    if (!set)
        return;
    set->draining = false; /* nobody is left to be told */
    connection_set_cut(set);
    if (set->sweep)
        event_free(set->sweep);
    rate_free(set->requests);
    tls_unref(set->tls);
    free(set);
}

/* The bufferevent then owns socket and SSL. NULL if memory is out: both are gone. */
static struct bufferevent *make_bufferevent(struct connection_set *set,
                                            const struct connection_peer *peer, SSL **ret_ssl)
{
    struct event_base *base = loop_base(set->loop);
    struct bufferevent *bev = NULL;
    SSL *ssl = peer->local ? NULL : tls_accept(set->tls);

    if (peer->local)
        bev = bufferevent_socket_new(base, peer->fd, BEV_OPT_CLOSE_ON_FREE);
    else if (ssl)
        bev = bufferevent_openssl_socket_new(base, peer->fd, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                             BEV_OPT_CLOSE_ON_FREE);
    if (bev)
        *ret_ssl = ssl;
    else
        close(peer->fd);
    return bev;
}

bool connection_set_add(struct connection_set *set, const struct connection_peer *peer)
{
    const struct timeval period = {.tv_usec = SWEEP_MS * 1000};
    struct connection *c = calloc(1, sizeof *c);

    if (!c) {
        close(peer->fd);
        return false;
    }
    c->set = set;
    c->peer = *peer;
    c->peer_named = true;
    c->rate_peer = peer->address;
    http1_init(&c->reader, LIMIT_ATTACHMENT_BYTES); /* admission() allows most requests less */
    c->bev = make_bufferevent(set, peer, &c->ssl);
    if (!c->bev) {
        free(c);
        return false;
    }

    c->state = STATE_HANDSHAKE;
    TAILQ_INSERT_TAIL(&set->lists[c->state], c, link);
    enter(c, c->ssl ? STATE_HANDSHAKE : STATE_IDLE);
    metric_add(METRIC_CONNECTIONS, 1);
    if (set->count++ == 0)
        event_add(set->sweep, &period);
    bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
    bufferevent_setwatermark(c->bev, EV_READ, 0, INPUT_BYTES_MAX);
    bufferevent_enable(c->bev, EV_READ);
    if (c->ssl)
        bufferevent_disable(c->bev, EV_WRITE); /* until write_now() leaves something over */
    return true;
}

/* Let nobody in a state stay in it longer than one who enters it now; the list keeps its order. */
static void hasten(struct connection_set *set, enum state state, int64_t limit_ms)
{
    const int64_t latest_ms = monotonic_ms() + limit_ms;
    struct connection *c;

    TAILQ_FOREACH(c, &set->lists[state], link)
    {
        if (c->deadline_ms > latest_ms)
            c->deadline_ms = latest_ms;
    }
}

void connection_set_reload(struct connection_set *set, struct tls *tls,
                           const struct connection_limits *limits)
{
    tls_ref(tls);
    tls_unref(set->tls);
    set->tls = tls;
    set->limits = *limits;
    for (enum state state = 0; state < STATE_COUNT; state++) {
        const int64_t limit_ms = time_limit(set, state);

        if (limit_ms > 0)
            hasten(set, state, limit_ms);
    }
}

void connection_set_drain(struct connection_set *set)
{
    struct connection *c;

    set->draining = true;
    if (set->count == 0) {
        set->events.drained(set->events.arg);
        return;
    }
    TAILQ_FOREACH(c, &set->lists[STATE_BODY], link)
    c->request->close = true;
    TAILQ_FOREACH(c, &set->lists[STATE_HANDLING], link)
    c->request->close = true;
    TAILQ_FOREACH(c, &set->lists[STATE_SENDING], link)
    c->request->close = true;
    TAILQ_FOREACH(c, &set->lists[STATE_WRITING], link)
    c->last_answer = true;
    hasten(set, STATE_HANDSHAKE, DRAIN_IDLE_MS);
    hasten(set, STATE_IDLE, DRAIN_IDLE_MS);
}

void connection_set_cut(struct connection_set *set)
{
    struct connection *c;

    for (size_t state = 0; state < STATE_COUNT; state++) {
        while ((c = TAILQ_FIRST(&set->lists[state])))
            close_now(c);
    }
}
