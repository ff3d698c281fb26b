#include "http1.h"

#include <arpa/inet.h>
#include <assert.h>

#include "thai.h"

/* --- characters: one table, made by the compiler from the grammars --- */

enum {
    TOKEN = 1,  /* tchar (RFC 9110 section 5.6.2) */
    VALUE = 2,  /* what a field value may hold: VCHAR, obs-text, SP, HTAB (5.5) */
    QUOTED = 4, /* qdtext: the same without quote and backslash (5.6.4) */
    TARGET = 8, /* pchar, '/', '?', and the '%' that starts an escape (RFC 3986 section 3) */
    HOST = 16,  /* unreserved */
    HEX = 32,   /* HEXDIG of either case */
    DIGIT = 64,
};

#define IS_DIGIT(c)      ((c) >= '0' && (c) <= '9')
#define IS_HEX(c)        (IS_DIGIT(c) || (((c) | 32) >= 'a' && ((c) | 32) <= 'f'))
#define IS_ALNUM(c)      (IS_DIGIT(c) || (((c) | 32) >= 'a' && ((c) | 32) <= 'z'))
#define IS_UNRESERVED(c) (IS_ALNUM(c) || (c) == '-' || (c) == '.' || (c) == '_' || (c) == '~')
#define IS_SHARED(c) \
    ((c) == '!' || (c) == '$' || (c) == '&' || (c) == '\'' || (c) == '*' || (c) == '+')
#define IS_TCHAR(c)                                                                              \
    (IS_UNRESERVED(c) || IS_SHARED(c) || (c) == '#' || (c) == '%' || (c) == '^' || (c) == '`' || \
     (c) == '|')
#define IS_TARGET(c)                                                                             \
    (IS_UNRESERVED(c) || IS_SHARED(c) || (c) == '(' || (c) == ')' || (c) == ',' || (c) == ';' || \
     (c) == '=' || (c) == ':' || (c) == '@' || (c) == '/' || (c) == '?' || (c) == '%')
#define IS_VALUE(c) ((c) == '\t' || ((c) >= ' ' && (c) != 0x7f))

#define C1(c)                                                                                \
    ((IS_TCHAR(c) ? TOKEN : 0) | (IS_VALUE(c) ? VALUE : 0) |                                 \
     (IS_VALUE(c) && (c) != '"' && (c) != '\\' ? QUOTED : 0) | (IS_TARGET(c) ? TARGET : 0) | \
     (IS_UNRESERVED(c) ? HOST : 0) | (IS_HEX(c) ? HEX : 0) | (IS_DIGIT(c) ? DIGIT : 0))
#define C4(c)  C1(c), C1((c) + 1), C1((c) + 2), C1((c) + 3)
#define C16(c) C4(c), C4((c) + 4), C4((c) + 8), C4((c) + 12)
#define C64(c) C16(c), C16((c) + 16), C16((c) + 32), C16((c) + 48)

static const unsigned char classes[256] = {C64(0), C64(64), C64(128), C64(192)};

static bool is(char c, unsigned class)
{
    return (classes[(unsigned char)c] & class) != 0;
}

/* How many bytes at the start of span are of the class. */
static size_t run_of(struct span span, unsigned class)
{
    size_t len = 0;

    while (len < span.len && is(span.data[len], class))
        len++;
    return len;
}

/* How many bytes come before the first of the ends. */
static size_t run_before(struct span span, const char *ends)
{
    size_t len = 0;

    while (len < span.len && !strchr(ends, span.data[len]))
        len++;
    return len;
}

static bool all_of(struct span span, unsigned class)
{
    return run_of(span, class) == span.len;
}

static struct span first(struct span span, size_t len)
{
    return (struct span){span.data, len < span.len ? len : span.len};
}

/* --- words, lists, extensions --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span skip_blanks(struct span span)
{
    while (span.len > 0 && is_blank(*span.data))
        span = span_skip(span, 1);
    return span;
}

static struct span trim(struct span span)
{
    span = skip_blanks(span);
    while (span.len > 0 && is_blank(span.data[span.len - 1]))
        span.len--;
    return span;
}

static bool take_char(struct span *rest, char c)
{
    if (rest->len == 0 || *rest->data != c)
        return false;
    *rest = span_skip(*rest, 1);
    return true;
}

static bool take_token(struct span *rest, struct span *ret_token)
{
    const size_t len = run_of(*rest, TOKEN);

    if (len == 0)
        return false;
    *ret_token = first(*rest, len);
    *rest = span_skip(*rest, len);
    return true;
}

/*
 * Take the next word of a comma-separated list of tokens, skipping empty elements
 * (RFC 9110 section 5.6.1). False at its end; what is left is then empty, unless
 * the list is malformed.
 */
static bool take_element(struct span *list, struct span *ret_token)
{
    do
        *list = skip_blanks(*list);
    while (take_char(list, ','));

    if (!take_token(list, ret_token))
        return false;
    *list = skip_blanks(*list);
    return list->len == 0 || *list->data == ',';
}

/* quoted-string (RFC 9110 section 5.6.4), its opening quote already taken. */
static bool take_quoted_rest(struct span *rest)
{
    for (;;) {
        *rest = span_skip(*rest, run_of(*rest, QUOTED));
        if (take_char(rest, '"'))
            return true;
        if (!take_char(rest, '\\') || rest->len == 0 || !is(*rest->data, VALUE))
            return false;
        *rest = span_skip(*rest, 1);
    }
}

/* *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ) (RFC 9112 section 7.1.1) */
static bool chunk_extensions_valid(struct span rest)
{
    struct span token;

    while (rest.len > 0) {
        rest = skip_blanks(rest);
        if (!take_char(&rest, ';'))
            return false;
        rest = skip_blanks(rest);
        if (!take_token(&rest, &token))
            return false;

        struct span value = skip_blanks(rest);
        if (!take_char(&value, '='))
            continue;
        rest = skip_blanks(value);
        if (!(take_char(&rest, '"') ? take_quoted_rest(&rest) : take_token(&rest, &token)))
            return false;
    }
    return true;
}

/* --- who is asked, and for what --- */

static bool ipv6_valid(struct span address)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr ignored;

    return span_to_cstr(address, text, sizeof text) && inet_pton(AF_INET6, text, &ignored) == 1;
}

/* uri-host [ ":" port ] (RFC 9110 section 7.2), of names that a server can have. */
static bool host_valid(struct span host)
{
    unsigned long long port;
    size_t len;

    if (host.len > 0 && *host.data == '[') {
        const char *close = memchr(host.data, ']', host.len);
        if (!close)
            return false;
        len = (size_t)(close - host.data) + 1;
        if (!ipv6_valid((struct span){host.data + 1, len - 2}))
            return false;
    } else {
        len = run_of(host, HOST);
        if (len == 0)
            return false;
    }

    struct span rest = span_skip(host, len);
    if (rest.len > 0 && !take_char(&rest, ':'))
        return false;
    return rest.len == 0 || (rest.len <= 5 && span_to_u64(rest, UINT16_MAX, &port));
}

static bool escapes_whole(struct span target)
{
    const char *escape;

    while (target.len > 0 && (escape = memchr(target.data, '%', target.len))) {
        target = span_skip(target, (size_t)(escape - target.data));
        if (target.len < 3 || !is(target.data[1], HEX) || !is(target.data[2], HEX))
            return false;
        target = span_skip(target, 3);
    }
    return true;
}

/*
 * Take the request-target (RFC 9112 section 3.2): a path, or a URI of ours whose authority is
 * then head->host, to be held against the Host field. A URI's empty path is "/", and the last
 * slash of "https://" is one.
 */
static bool take_target(struct span *line, struct http1_head *head)
{
    const struct span scheme = SPAN("https://");
    struct span rest = *line, target = *line;

    head->host = head->query = (struct span){0};
    if (span_eq_nocase(first(rest, scheme.len), scheme)) {
        head->path = (struct span){rest.data + scheme.len - 1, 1};
        rest = span_skip(rest, scheme.len);
        head->host = first(rest, run_before(rest, "/? "));
        if (!host_valid(head->host))
            return false;
        rest = span_skip(rest, head->host.len);
    }

    const struct span local = first(rest, run_of(rest, TARGET));
    const size_t path_len = run_before(local, "?");
    if (!escapes_whole(local) || (path_len > 0 ? *local.data != '/' : !head->host.data))
        return false;
    if (path_len > 0)
        head->path = first(local, path_len);
    if (path_len < local.len)
        head->query = span_skip(local, path_len + 1);
    *line = span_skip(rest, local.len);
    target.len -= line->len;
    head->target = target;
    return true;
}

/* --- lines --- */

enum line_found { LINE_WHOLE, LINE_PARTIAL, LINE_BROKEN };

static void forget_lines(struct http1_reader *reader)
{
    reader->line_start = reader->scanned = reader->field_count = 0;
    reader->has_request_line = false;
}

/* The next line of window, without its CRLF. Broken: a CR or LF that is no end of line. */
static enum line_found next_line(struct http1_reader *reader, struct span window,
                                 struct span *ret_line)
{
    const struct span unseen = span_skip(window, reader->scanned);
    const char *lf = unseen.len > 0 ? memchr(unseen.data, '\n', unseen.len) : NULL;

    if (!lf) {
        const char *cr = unseen.len > 0 ? memchr(unseen.data, '\r', unseen.len) : NULL;
        reader->scanned = cr ? (size_t)(cr - window.data) : window.len;
        return cr && reader->scanned + 1 < window.len ? LINE_BROKEN : LINE_PARTIAL;
    }

    const struct span line = span_skip(window, reader->line_start);
    const size_t len = (size_t)(lf - line.data);
    if (len == 0 || line.data[len - 1] != '\r')
        return LINE_BROKEN;
    reader->line_start += len + 1;
    reader->scanned = reader->line_start;
    *ret_line = first(line, len - 1);
    return LINE_WHOLE;
}

static bool version_valid(struct span version)
{
    return version.len == 8 && memcmp(version.data, "HTTP/", 5) == 0 &&
           is(version.data[5], DIGIT) && version.data[6] == '.' && is(version.data[7], DIGIT);
}

/*
 * method SP request-target SP HTTP-version (RFC 9112 section 3). Bad form is found
 * before anything we merely do not serve, so that a lone CR in the line gives the
 * same error whether or not the rest of the line has arrived.
 */
static enum err parse_request_line(struct span line, struct http1_head *head)
{
    if (!take_token(&line, &head->method) || !take_char(&line, ' '))
        return ERR_BAD_REQUEST;
    if (!take_target(&line, head) || !take_char(&line, ' ') || !version_valid(line))
        return ERR_BAD_REQUEST;

    if (!span_eq(line, SPAN("HTTP/1.1")))
        return ERR_HTTP_VERSION;
    if (head->method.len > LIMIT_METHOD_BYTES)
        return ERR_NOT_IMPLEMENTED;
    return ERR_NONE;
}

/* field-name ":" OWS field-value OWS (RFC 9112 section 5); a folded line has no name. */
static bool parse_field(struct span line, struct http1_field *ret_field)
{
    struct span name;

    if (!take_token(&line, &name) || !take_char(&line, ':') || !all_of(line, VALUE))
        return false;
    *ret_field = (struct http1_field){name, trim(line)};
    return true;
}

/* --- fields that the reader acts on --- */

enum field_name {
    NAME_HOST,
    NAME_CONTENT_LENGTH,
    NAME_TRANSFER_ENCODING,
    NAME_EXPECT,
    NAME_SINGLE_COUNT, /* those above may come once */
    NAME_CONNECTION = NAME_SINGLE_COUNT,
    NAME_OTHER,
};

static enum field_name field_name(struct span name)
{
    switch (name.len) {
    case 4:
        return span_eq_nocase(name, SPAN("Host")) ? NAME_HOST : NAME_OTHER;
    case 6:
        return span_eq_nocase(name, SPAN("Expect")) ? NAME_EXPECT : NAME_OTHER;
    case 10:
        return span_eq_nocase(name, SPAN("Connection")) ? NAME_CONNECTION : NAME_OTHER;
    case 14:
        return span_eq_nocase(name, SPAN("Content-Length")) ? NAME_CONTENT_LENGTH : NAME_OTHER;
    case 17:
        return span_eq_nocase(name, SPAN("Transfer-Encoding")) ? NAME_TRANSFER_ENCODING
                                                               : NAME_OTHER;
    default:
        return NAME_OTHER;
    }
}

/* Connection options (RFC 9110 section 7.6.1): only "close" means anything to us. */
static bool apply_connection(struct span options, struct http1_head *head)
{
    struct span option;

    while (take_element(&options, &option)) {
        if (span_eq_nocase(option, SPAN("close")))
            head->keep_alive = false;
    }
    return options.len == 0;
}

/* Not "chunked" alone. With other codings before a final one it is honest but unknown to us. */
static enum err coding_fault(struct span codings)
{
    struct span coding;
    size_t count = 0, chunked_count = 0;
    bool chunked = false;

    while (take_element(&codings, &coding)) {
        chunked = span_eq_nocase(coding, SPAN("chunked"));
        chunked_count += chunked;
        count++;
    }
    const bool framed = codings.len == 0 && chunked && chunked_count == 1 && count > 1;
    return framed ? ERR_NOT_IMPLEMENTED : ERR_BAD_REQUEST;
}

/* The length of the body (RFC 9112 section 6.3). A span without data is a field not sent. */
static enum err apply_framing(struct span length, struct span coding, uint64_t body_bytes_max,
                              struct http1_head *head)
{
    unsigned long long bytes;

    if (length.data && coding.data)
        return ERR_BAD_REQUEST;
    if (coding.data) {
        if (!span_eq_nocase(coding, SPAN("chunked")))
            return coding_fault(coding);
        head->chunked = true;
    }
    if (length.data) {
        if (length.len > 1 && *length.data == '0')
            return ERR_BAD_REQUEST;
        if (!span_to_u64(length, UINT64_MAX, &bytes))
            return ERR_BAD_REQUEST;
        if (bytes > body_bytes_max)
            return ERR_TOO_LARGE;
        head->content_length = bytes;
    }
    return ERR_NONE;
}

/* What the fields of a complete head say about the message itself. */
static enum err interpret_fields(struct http1_head *head, uint64_t body_bytes_max)
{
    struct span single[NAME_SINGLE_COUNT] = {0};

    for (size_t i = 0; i < head->field_count; i++) {
        const struct http1_field *field = &head->fields[i];
        const enum field_name name = field_name(field->name);

        if (name == NAME_CONNECTION && !apply_connection(field->value, head))
            return ERR_BAD_REQUEST;
        if (name < NAME_SINGLE_COUNT) {
            if (single[name].data)
                return ERR_BAD_REQUEST;
            single[name] = field->value;
        }
    }

    if (!host_valid(single[NAME_HOST]))
        return ERR_BAD_REQUEST;
    if (head->host.data && !span_eq_nocase(head->host, single[NAME_HOST]))
        return ERR_BAD_REQUEST; /* two names: which one is meant, two readers may see differently */
    head->host = single[NAME_HOST];

    const enum err err = apply_framing(single[NAME_CONTENT_LENGTH], single[NAME_TRANSFER_ENCODING],
                                       body_bytes_max, head);
    if (err != ERR_NONE)
        return err;

    if (single[NAME_EXPECT].data) {
        if (!span_eq_nocase(single[NAME_EXPECT], SPAN("100-continue")))
            return ERR_EXPECTATION;
        head->expect_continue = head->chunked || head->content_length > 0;
    }
    return ERR_NONE;
}

/* --- head and trailers --- */

/*
 * Every limit on lines works the same way: the line must end within a window on
 * the input as large as the limit. Bytes beyond it are never looked at, so that
 * it makes no difference whether they have arrived.
 */
static enum err read_request_line(struct http1_reader *reader, struct span input,
                                  struct http1_head *head)
{
    struct span line;

    switch (next_line(reader, first(input, LIMIT_REQUEST_LINE_BYTES), &line)) {
    case LINE_PARTIAL:
        return input.len < LIMIT_REQUEST_LINE_BYTES ? ERR_NONE : ERR_URI_TOO_LONG;
    case LINE_WHOLE:
        reader->has_request_line = true;
        return parse_request_line(line, head);
    case LINE_BROKEN:
    default:
        return ERR_BAD_REQUEST;
    }
}

/* Field lines up to the empty one; fields NULL: trailers, which are checked and dropped. */
static enum err read_fields(struct http1_reader *reader, struct span input,
                            struct http1_field *fields, bool *ret_complete)
{
    struct http1_field field;
    enum line_found found;
    struct span line;

    while ((found = next_line(reader, first(input, LIMIT_HEAD_BYTES), &line)) == LINE_WHOLE) {
        if (line.len == 0) {
            *ret_complete = true;
            return ERR_NONE;
        }
        if (!parse_field(line, &field))
            return ERR_BAD_REQUEST;
        if (!fields && field_name(field.name) != NAME_OTHER)
            return ERR_BAD_REQUEST;
        if (reader->field_count == LIMIT_HEAD_FIELDS)
            return ERR_HEADERS_TOO_LARGE;
        if (fields)
            fields[reader->field_count] = field;
        reader->field_count++;
    }
    if (found == LINE_BROKEN)
        return ERR_BAD_REQUEST;
    return input.len < LIMIT_HEAD_BYTES ? ERR_NONE : ERR_HEADERS_TOO_LARGE;
}

static enum err read_head(struct http1_reader *reader, struct span input, struct http1_head *head,
                          bool *ret_complete)
{
    enum err err = ERR_NONE;

    if (!reader->has_request_line)
        err = read_request_line(reader, input, head);
    if (err == ERR_NONE && reader->has_request_line)
        err = read_fields(reader, input, head->fields, ret_complete);
    return err;
}

/* --- phases: each consumes what it can and says which phase follows --- */

/* One call of http1_read(). */
struct feed {
    struct span unread;
    size_t used;
    struct http1_head *head;
    struct span *body;
};

static void drop(struct feed *feed, size_t len)
{
    feed->unread = span_skip(feed->unread, len);
    feed->used += len;
}

static enum http1_step refuse(struct http1_reader *reader, enum err error)
{
    assert(error != ERR_NONE);
    reader->phase = HTTP1_IS_REFUSED;
    reader->error = error;
    return HTTP1_REFUSED;
}

static enum http1_step in_head(struct http1_reader *reader, struct feed *feed)
{
    struct http1_head *head = feed->head;
    bool complete = false;

    if (!reader->skipped_empty_line && span_eq(first(feed->unread, 2), SPAN("\r\n"))) {
        reader->skipped_empty_line = true;
        forget_lines(reader);
        drop(feed, 2);
    }

    const bool resumed = reader->line_start > 0;
    enum err err = read_head(reader, feed->unread, head, &complete);
    if (err == ERR_NONE && complete && resumed) {
        /* Its first lines were only checked by earlier calls: now that they are all here, keep. */
        forget_lines(reader);
        err = read_head(reader, feed->unread, head, &complete);
    }
    if (err != ERR_NONE)
        return refuse(reader, err);
    if (!complete)
        return HTTP1_MORE;

    head->field_count = reader->field_count;
    head->keep_alive = true;
    head->expect_continue = head->chunked = false;
    head->content_length = 0;
    err = interpret_fields(head, reader->body_bytes_max);
    if (err != ERR_NONE)
        return refuse(reader, err);

    drop(feed, reader->line_start);
    forget_lines(reader);
    reader->remaining = head->content_length;
    reader->phase = head->chunked              ? HTTP1_IN_CHUNK_SIZE
                    : head->content_length > 0 ? HTTP1_IN_BODY
                                               : HTTP1_AT_END;
    return HTTP1_HEAD;
}

/* In a body of known length, or in the data of one chunk. */
static enum http1_step in_data(struct http1_reader *reader, struct feed *feed)
{
    if (feed->unread.len == 0)
        return HTTP1_MORE;

    const uint64_t wanted = reader->remaining;
    const struct span piece =
        wanted < feed->unread.len ? first(feed->unread, (size_t)wanted) : feed->unread;
    drop(feed, piece.len);
    reader->body_seen += piece.len;
    reader->remaining -= piece.len;
    if (reader->remaining == 0)
        reader->phase = reader->phase == HTTP1_IN_BODY ? HTTP1_AT_END : HTTP1_IN_CHUNK_END;
    *feed->body = piece;
    return HTTP1_BODY;
}

static uint64_t hex_value(struct span digits)
{
    uint64_t value = 0;

    assert(digits.len <= 16);
    for (size_t i = 0; i < digits.len; i++) {
        const unsigned char c = (unsigned char)digits.data[i];
        value = value << 4 | (unsigned)(IS_DIGIT(c) ? c - '0' : (c | 32) - 'a' + 10);
    }
    return value;
}

static enum http1_step in_chunk_size(struct http1_reader *reader, struct feed *feed)
{
    struct span line;

    switch (next_line(reader, first(feed->unread, LIMIT_CHUNK_LINE_BYTES), &line)) {
    case LINE_PARTIAL:
        return feed->unread.len < LIMIT_CHUNK_LINE_BYTES ? HTTP1_MORE
                                                         : refuse(reader, ERR_BAD_REQUEST);
    case LINE_WHOLE:
        break;
    case LINE_BROKEN:
    default:
        return refuse(reader, ERR_BAD_REQUEST);
    }

    const struct span digits = first(line, run_of(line, HEX));
    const struct span extensions = span_skip(line, digits.len);
    if (digits.len == 0 || digits.len > 16 || !chunk_extensions_valid(extensions))
        return refuse(reader, ERR_BAD_REQUEST);
    reader->extension_bytes += extensions.len;
    if (reader->extension_bytes > LIMIT_CHUNK_EXT_BYTES)
        return refuse(reader, ERR_BAD_REQUEST);

    reader->remaining = hex_value(digits);
    if (reader->remaining > reader->body_bytes_max - reader->body_seen)
        return refuse(reader, ERR_TOO_LARGE);
    drop(feed, reader->line_start);
    forget_lines(reader);
    reader->phase = reader->remaining > 0 ? HTTP1_IN_CHUNK_DATA : HTTP1_IN_TRAILERS;
    return HTTP1_MORE;
}

static enum http1_step in_chunk_end(struct http1_reader *reader, struct feed *feed)
{
    const struct span end = first(feed->unread, 2);

    if (!span_eq(end, first(SPAN("\r\n"), end.len)))
        return refuse(reader, ERR_BAD_REQUEST);
    if (end.len == 2) {
        drop(feed, 2);
        reader->phase = HTTP1_IN_CHUNK_SIZE;
    }
    return HTTP1_MORE;
}

static enum http1_step in_trailers(struct http1_reader *reader, struct feed *feed)
{
    bool complete = false;
    const enum err err = read_fields(reader, feed->unread, NULL, &complete);

    if (err != ERR_NONE)
        return refuse(reader, err);
    if (complete) {
        drop(feed, reader->line_start);
        reader->phase = HTTP1_AT_END;
    }
    return HTTP1_MORE;
}

static enum http1_step at_end(struct http1_reader *reader, struct feed *feed)
{
    (void)feed;
    http1_init(reader, reader->body_bytes_max);
    return HTTP1_END;
}

static enum http1_step is_refused(struct http1_reader *reader, struct feed *feed)
{
    (void)reader;
    (void)feed;
    return HTTP1_REFUSED;
}

void http1_init(struct http1_reader *reader, uint64_t body_bytes_max)
{
    *reader = (struct http1_reader){.body_bytes_max = body_bytes_max};
}

enum http1_step http1_read(struct http1_reader *reader, struct span input, size_t *ret_used,
                           struct http1_head *ret_head, struct span *ret_body)
{
    static enum http1_step (*const phases[])(struct http1_reader *, struct feed *) = {
        [HTTP1_IN_HEAD] = in_head,
        [HTTP1_IN_BODY] = in_data,
        [HTTP1_IN_CHUNK_SIZE] = in_chunk_size,
        [HTTP1_IN_CHUNK_DATA] = in_data,
        [HTTP1_IN_CHUNK_END] = in_chunk_end,
        [HTTP1_IN_TRAILERS] = in_trailers,
        [HTTP1_AT_END] = at_end,
        [HTTP1_IS_REFUSED] = is_refused,
    };
    struct feed feed = {.unread = input, .head = ret_head, .body = ret_body};
    enum http1_phase phase;
    enum http1_step step;

    do {
        phase = reader->phase;
        step = phases[phase](reader, &feed);
    } while (step == HTTP1_MORE && reader->phase != phase);

    *ret_used = feed.used;
    return step;
}

enum err http1_error(const struct http1_reader *reader)
{
    return reader->error;
}

bool http1_mid_message(const struct http1_reader *reader)
{
    if (reader->phase == HTTP1_IN_HEAD)
        return reader->scanned > 0;
    return reader->phase != HTTP1_IS_REFUSED;
}

struct span http1_field(const struct http1_head *head, struct span name)
{
    struct span value = {0};

    for (size_t i = 0; i < head->field_count; i++) {
        if (!span_eq_nocase(head->fields[i].name, name))
            continue;
        if (value.data)
            return (struct span){0};
        value = head->fields[i].value;
    }
    return value;
}

/* UTF-8 without control characters, neither those of ASCII nor U+0080 to U+009F. */
static bool text_valid(struct span text)
{
    uint32_t c;

    while (text.len > 0) {
        const size_t len = utf8_next(text, &c);
        if (len == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
            return false;
        text = span_skip(text, len);
    }
    return true;
}

bool http1_decode(struct span encoded, char *buffer, size_t buffer_size, struct span *ret_decoded)
{
    struct span decoded = {buffer, 0};

    if (!escapes_whole(encoded))
        return false;
    while (encoded.len > 0) {
        const bool escaped = *encoded.data == '%';
        if (decoded.len == buffer_size)
            return false;
        buffer[decoded.len++] =
            escaped ? (char)hex_value((struct span){encoded.data + 1, 2}) : *encoded.data;
        encoded = span_skip(encoded, escaped ? 3 : 1);
    }
    if (!text_valid(decoded))
        return false;
    *ret_decoded = decoded;
    return true;
}
