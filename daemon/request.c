#include "request.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/refusal.h"
#include "core/text.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "route.h"

enum {
    ID_BYTES = 8,
    HEAD_BYTES_MAX = 2048, /* of an answer; locations and content types are ours and short */
    DETAIL_BYTES_MAX = 512,
    FAULT_BYTES_MAX = 1024, /* one fault in a problem document, its pointer escaped */
    RETRY_AFTER_S = 1,
    RETRY_OPERATOR_S = 60, /* what somebody has to see to is not over in a second */
};

/* --- a request's beginning --- */

/* Random, so that ids of all daemons and restarts differ; drawn in bulk, as each draw costs. */
static void make_id(char ret_id[static 2 * ID_BYTES + 1])
{
    static const char hex[] = "0123456789abcdef";
    static _Thread_local unsigned char pool[64 * ID_BYTES];
    static _Thread_local size_t used = sizeof pool;

    if (used == sizeof pool) {
        if (RAND_bytes(pool, sizeof pool) != 1)
            abort();
        used = 0;
    }
    for (size_t i = 0; i < ID_BYTES; i++) {
        const unsigned char byte = pool[used++];
        ret_id[2 * i] = hex[byte >> 4];
        ret_id[2 * i + 1] = hex[byte & 15];
    }
    ret_id[2 * ID_BYTES] = '\0';
}

static void rebase(struct span *span, const char *from, const char *to)
{
    if (span->data)
        span->data = to + (span->data - from);
}

static void rebase_head(struct http1_head *head, const char *from, const char *to)
{
    struct span *const spans[] = {&head->method, &head->target, &head->path, &head->query,
                                  &head->host};

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        rebase(spans[i], from, to);
    for (size_t i = 0; i < head->field_count; i++) {
        rebase(&head->fields[i].name, from, to);
        rebase(&head->fields[i].value, from, to);
    }
}

struct request *request_new(const struct http1_head *head, struct span head_bytes,
                            const char *actor)
{
    struct arena *arena = arena_new(LIMIT_REQUEST_ARENA_BYTES);
    struct request *request = arena ? arena_alloc(arena, sizeof *request) : NULL;

    if (!request)
        goto fail;
    *request = (struct request){.arena = arena, .started_ms = monotonic_ms()};
    make_id(request->id);
    assert(strlen(actor) <= PRINCIPAL_CHARS);
    memcpy(request->actor, actor, strlen(actor) + 1);
    if (head) {
        const struct span copy = arena_copy(arena, head_bytes);
        if (!copy.data)
            goto fail;
        request->head = *head;
        rebase_head(&request->head, head_bytes.data, copy.data);
    }
    return request;

fail:
    arena_free(arena);
    return NULL;
}

void request_free(struct request *request)
{
    if (request)
        arena_free(request->arena);
}

bool request_has_body(const struct request *request)
{
    return request->head.chunked || request->head.content_length > 0;
}

bool request_is_json(const struct request *request)
{
    struct span type = http1_field(&request->head, SPAN("Content-Type"));
    const char *parameters = type.data ? memchr(type.data, ';', type.len) : NULL;

    if (parameters)
        type.len = (size_t)(parameters - type.data);
    while (type.len > 0 && (type.data[type.len - 1] == ' ' || type.data[type.len - 1] == '\t'))
        type.len--;
    return span_eq_nocase(type, SPAN("application/json"));
}

struct span request_query(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++) {
        if (span_eq(request->query_params[i].name, span_of(name)))
            return request->query_params[i].value;
    }
    return (struct span){0};
}

/* --- and its end --- */

static const char *reason_phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } rows[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].status == status)
            return rows[i].phrase;
    }
    return ""; /* allowed by RFC 9112 section 4 */
}

/* Now as an IMF-fixdate (RFC 9110 section 5.6.7), made once a second. */
static const char *http_date(void)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static _Thread_local time_t made_at = -1;
    static _Thread_local char text[64];
    const time_t now = time(NULL);
    struct tm tm;

    if (now != made_at && gmtime_r(&now, &tm)) {
        snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                 days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon, tm.tm_year + 1900,
                 tm.tm_hour, tm.tm_min, tm.tm_sec);
        made_at = now;
    }
    return text;
}

static void put_field(struct text *text, struct span name, const char *value)
{
    text_put(text, name);
    text_put_cstr(text, value);
    text_put(text, SPAN("\r\n"));
}

static void put_number_field(struct text *text, struct span name, uint64_t value)
{
    text_put(text, name);
    text_put_number(text, value);
    text_put(text, SPAN("\r\n"));
}

/* RFC 6266 and RFC 8187: what is no letter or digit is percent-encoded, so nothing needs quotes. */
static void put_file_name(struct text *text, struct span name)
{
    text_put(text, SPAN("Content-Disposition: attachment; filename*=UTF-8''"));
    for (size_t i = 0; i < name.len; i++) {
        const unsigned char c = (unsigned char)name.data[i];

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            (c != '\0' && strchr("-._~", c)))
            text_put(text, (struct span){name.data + i, 1});
        else
            text_format(text, "%%%02X", c);
    }
    text_put(text, SPAN("\r\n"));
}

static void put_head(struct text *text, const struct request *request, const struct reply *reply,
                     uint64_t length, bool close)
{
    text_put(text, SPAN("HTTP/1.1 "));
    text_put_number(text, (uint64_t)reply->status);
    put_field(text, SPAN(" "), reason_phrase(reply->status));
    put_field(text, SPAN("Date: "), http_date());
    put_field(text, SPAN("Content-Type: "),
              reply->content_type ? reply->content_type : "application/json");
    put_number_field(text, SPAN("Content-Length: "), length);
    put_field(text, SPAN("Cache-Control: "),
              reply->cache_control ? reply->cache_control : "no-store");
    text_put(text, SPAN("X-Content-Type-Options: nosniff\r\n"));
    put_field(text, SPAN("X-Request-Id: "), request->id);
    if (reply->version > 0) {
        text_put(text, SPAN("ETag: \""));
        text_put_number(text, reply->version);
        text_put(text, SPAN("\"\r\n"));
    }
    if (reply->retry_after_s > 0)
        put_number_field(text, SPAN("Retry-After: "), reply->retry_after_s);
    if (reply->location)
        put_field(text, SPAN("Location: "), reply->location);
    if (reply->file_name.data)
        put_file_name(text, reply->file_name);
    if (reply->allow)
        put_field(text, SPAN("Allow: "), reply->allow);
    if (reply->language) {
        put_field(text, SPAN("Content-Language: "), reply->language);
        text_put(text, SPAN("Vary: Accept-Language\r\n"));
    }
    if (close)
        text_put(text, SPAN("Connection: close\r\n"));
    text_put(text, SPAN("\r\n"));
}

/* Head and body in one piece; len 0 and .data NULL if memory is out. */
static struct text make_answer(const struct request *request, const struct reply *reply, bool close)
{
    const bool with_body = !span_eq(request->head.method, SPAN("HEAD"));
    const size_t size = HEAD_BYTES_MAX + (with_body ? reply->body.len : 0);
    struct text text = {.data = OPENSSL_malloc(size), .size = size};

    if (!text.data)
        return text;
    put_head(&text, request, reply, reply->body.len, close);
    if (with_body)
        text_put(&text, reply->body);
    return text;
}

/* A method we know, for the log: others are the peer's own words. */
static const char *method_name(const struct request *request)
{
    static const char *const known[] = {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (span_eq(request->head.method, span_of(known[i])))
            return known[i];
    }
    return "-";
}

static const char *route_name(const struct route *route)
{
    if (!route)
        return "-";
    return route->function ? route->function : route->path;
}

/* The path is never logged: it may hold what nobody should read there. */
static void record(const struct request *request, int status)
{
    metric_add(METRIC_REQUESTS, 1);
    if (status >= 500)
        metric_add(METRIC_ANSWERS_5XX, 1);
    else if (status >= 400)
        metric_add(METRIC_ANSWERS_4XX, 1);
    log_line(status >= 500 ? LOG_WARNING : LOG_INFO,
             "request id=%s actor=%s method=%s route=%s status=%d ms=%" PRId64, request->id,
             request->actor[0] ? request->actor : "-", method_name(request),
             route_name(request->route), status, monotonic_ms() - request->started_ms);
}

void request_reply(struct request *request, const struct reply *reply)
{
    assert(reply->status >= 200 && reply->status <= 599);
    record(request, reply->status);
    if (request->connection) {
        const bool close = reply->close || request->close;
        const struct text answer = make_answer(request, reply, close);
        request->answer(request, answer.data, answer.len, close);
    }
    request_free(request);
}

/* --- an answer in pieces --- */

void request_receive(struct request *request, size_t room)
{
    if (request->connection)
        request->road->receive(request, room);
    else
        request->stream->broken(request, ERR_TIMEOUT);
}

/* The peer goes, so that it takes nothing for whole. */
static void cut_peer(struct request *request)
{
    log_line(LOG_WARNING, "answer_cut request=%s", request->id);
    if (request->connection)
        request->road->cut(request);
}

/* The bytes go to the server, which frees them. NULL: memory is out, and the stream ends. */
static void send_bytes(struct request *request, char *bytes, size_t len)
{
    if (request->connection && bytes) {
        request->road->send(request, bytes, len);
        return;
    }
    OPENSSL_clear_free(bytes, len);
    if (request->connection) {
        cut_peer(request);
        request->stream->broken(request, ERR_UNAVAILABLE);
    } else {
        request->stream->broken(request, ERR_TIMEOUT);
    }
}

void request_reply_begin(struct request *request, const struct reply *reply, uint64_t length)
{
    struct text head = {.data = OPENSSL_malloc(HEAD_BYTES_MAX), .size = HEAD_BYTES_MAX};

    assert(reply->file_name.len <= LIMIT_FILE_NAME_BYTES);
    request->status = reply->status;
    if (head.data)
        put_head(&head, request, reply, length, request->close);
    send_bytes(request, head.data, head.len);
}

void request_reply_piece(struct request *request, struct span bytes)
{
    char *copy = OPENSSL_malloc(bytes.len);

    if (copy)
        memcpy(copy, bytes.data, bytes.len);
    send_bytes(request, copy, bytes.len);
}

void request_reply_end(struct request *request)
{
    record(request, request->status);
    if (request->connection)
        request->road->finish(request);
    request_free(request);
}

void request_cut(struct request *request)
{
    cut_peer(request);
    record(request, request->status);
    request_free(request);
}

/* At most `max` bytes, not ending within a character. */
static struct span cut(const char *text, size_t max)
{
    struct span span = span_of(text);

    if (span.len > max) {
        span.len = max;
        while (span.len > 0 && ((unsigned char)span.data[span.len] & 0xc0) == 0x80)
            span.len--;
    }
    return span;
}

/* An item of a list to its comma, without the blanks before it; the list goes on behind. */
static struct span take_item(struct span *list)
{
    const char *comma = list->len > 0 ? memchr(list->data, ',', list->len) : NULL;
    struct span item = *list;

    if (comma)
        item.len = (size_t)(comma - list->data);
    *list = span_skip(*list, item.len + (comma ? 1 : 0));
    while (item.len > 0 && (item.data[0] == ' ' || item.data[0] == '\t'))
        item = span_skip(item, 1);
    return item;
}

/* What an item of Accept-Language (RFC 9110 section 12.5.4) weighs, in thousandths. */
static unsigned weight_of(struct span item)
{
    unsigned weight = 0, scale = 1000;
    const char *q = memmem(item.data, item.len, "q=", 2);

    if (!q)
        return 1000;
    for (struct span rest = span_skip(item, (size_t)(q - item.data) + 2); rest.len > 0 && scale > 0;
         rest = span_skip(rest, 1)) {
        if (rest.data[0] == '.')
            continue;
        if (rest.data[0] < '0' || rest.data[0] > '9')
            break;
        weight += (unsigned)(rest.data[0] - '0') * scale;
        scale /= 10;
    }
    return weight;
}

/* How much the client would have of a language; 0 if it does not name it. */
static unsigned language_weight(const struct request *request, const char *language)
{
    struct span list = http1_field(&request->head, SPAN("Accept-Language"));
    unsigned most = 0;

    while (list.len > 0) {
        const struct span item = take_item(&list);
        const struct span tag = {item.data, item.len < 2 ? item.len : 2};
        const bool ends = item.len <= 2 || strchr("-; \t", item.data[2]);

        if (ends && span_eq_nocase(tag, span_of(language)) && weight_of(item) > most)
            most = weight_of(item);
    }
    return most;
}

static void put_faults(struct text *text, const struct faults *faults, bool thai)
{
    text_put(text, SPAN(",\"errors\":["));
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->list[i];

        text_put(text, i > 0 ? SPAN(",{\"pointer\":") : SPAN("{\"pointer\":"));
        text_put_json(text, span_of(fault->pointer));
        text_format(text, ",\"code\":\"%s\",\"detail\":\"%s\"}", fault_slug(fault->kind),
                    thai ? fault_text_th(fault->kind) : fault_text(fault->kind));
    }
    text_put(text, SPAN("]"));
    if (faults->more)
        text_put(text, SPAN(",\"more_errors\":true"));
}

/* The members of an object, behind others; nothing if it has none. */
static void put_members(struct text *text, struct span object)
{
    if (object.len <= strlen("{}"))
        return;
    text_put(text, SPAN(","));
    text_put(text, (struct span){object.data + 1, object.len - strlen("{}")});
}

/* When it may be over; 0: never by waiting. */
static unsigned retry_after_s(enum err err)
{
    const int status = err_info(err)->status;

    if (err == ERR_FROZEN || err == ERR_FORKED)
        return RETRY_OPERATOR_S;
    return status == 429 || status == 503 ? RETRY_AFTER_S : 0;
}

static void answer_problem(struct request *request, enum err err, const char *detail,
                           const struct faults *faults, struct span members)
{
    const struct err_info *info = err_info(err);
    const bool thai = language_weight(request, "th") > language_weight(request, "en");
    char thai_detail[REFUSAL_BYTES_MAX];
    struct span clause = cut(detail, DETAIL_BYTES_MAX);

    if (thai && clause.len > 0 && refusal_thai(clause, thai_detail, sizeof thai_detail))
        clause = span_of(thai_detail);
    const size_t size = HEAD_BYTES_MAX + 6 * clause.len +
                        (faults ? faults->count * FAULT_BYTES_MAX : 0) + members.len;
    struct text text = {.data = arena_alloc(request->arena, size), .size = size};
    struct reply reply = {
        .status = info->status,
        .content_type = "application/problem+json",
        .retry_after_s = retry_after_s(err),
        .allow = err == ERR_METHOD ? request->allow : NULL,
        .language = thai ? "th" : "en",
    };

    /* Without room for the document, which takes a body near the cap, the status says enough. */
    if (text.data) {
        text_put(&text, SPAN("{\"type\":\"urn:grievd:problem:"));
        text_put_cstr(&text, info->slug);
        text_put(&text, SPAN("\",\"title\":\""));
        text_put_cstr(&text, thai ? info->title_th : info->title);
        text_put(&text, SPAN("\",\"status\":"));
        text_put_number(&text, (uint64_t)info->status);
        if (clause.len > 0) {
            text_put(&text, SPAN(",\"detail\":"));
            text_put_json(&text, clause);
        }
        text_put(&text, SPAN(",\"request_id\":\""));
        text_put_cstr(&text, request->id);
        text_put(&text, SPAN("\""));
        if (faults && faults->count > 0)
            put_faults(&text, faults, thai);
        put_members(&text, members);
        text_put(&text, SPAN("}"));
        reply.body = text_span(&text);
    }
    request_reply(request, &reply);
}

void request_problem(struct request *request, enum err err, const char *detail,
                     const struct faults *faults)
{
    answer_problem(request, err, detail, faults, SPAN(""));
}

void request_refusal(struct request *request, enum err err, const char *detail, struct span members)
{
    answer_problem(request, err, detail, NULL, members);
}
