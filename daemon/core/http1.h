/*
 * http1 - a strict, incremental reader of HTTP/1.1 requests
 *
 * The caller keeps the unread bytes of one connection in one contiguous piece
 * and calls http1_read() until it asks for more. The reader copies nothing, and
 * however finely a message trickles in, its cost stays linear.
 *
 *     PUT /v1/complaints/… HTTP/1.1 CRLF fields CRLF CRLF │ body │ next request
 *     └──────────────── HTTP1_HEAD ────────────────────┘ └HTTP1_BODY…, HTTP1_END
 *
 * Whatever RFC 9112 or RFC 9110 forbids, and whatever two readers could see
 * differently (request smuggling), is HTTP1_REFUSED with the error to answer;
 * the connection must then be closed after the answer. Chunked bodies are
 * decoded here; trailer fields are checked and dropped. The same bytes give the
 * same steps and the same error however they are cut into calls, only the pieces
 * of a body differ.
 *
 * Where the RFCs leave a choice, or we are stricter than they ask:
 *
 *   - lines end in CRLF; a lone CR or LF is refused as soon as it is seen
 *   - one empty line before a request is skipped (RFC 9112 section 2.2)
 *   - the target is in origin-form, or in absolute-form with the scheme https and the
 *     Host field's authority: this is no proxy and has no OPTIONS *
 *   - HTTP/1.1 only; any other well-formed version is ERR_HTTP_VERSION
 *   - Host names a host: letters, digits, "-._~", an IPv4 or a bracketed IPv6
 *     address, and perhaps a port
 *   - Content-Length once, without leading zeros, never beside Transfer-Encoding
 *   - Transfer-Encoding once, "chunked" alone; other codings before it are
 *     ERR_NOT_IMPLEMENTED, anything else ERR_BAD_REQUEST
 *   - a trailer must not hold a field that this reader acts on in a head
 *
 * Pure: no I/O, no allocation, no clock.
 */
#ifndef GRIEVD_HTTP1_H
#define GRIEVD_HTTP1_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "limits.h"
#include "span.h"

struct http1_field {
    struct span name;  /* as sent; compare with span_eq_nocase() */
    struct span value; /* without the blanks around it; .data never NULL */
};

/* One request head. Its spans point into the input of the call that returned HTTP1_HEAD. */
struct http1_head {
    struct span method;   /* case-sensitive token, at most LIMIT_METHOD_BYTES */
    struct span target;   /* as sent */
    struct span path;     /* from its '/' up to '?', still percent-encoded */
    struct span query;    /* after '?', still encoded; .data NULL without one */
    struct span host;     /* as sent, port included */
    bool keep_alive;      /* HTTP/1.1 without "Connection: close" */
    bool expect_continue; /* answer 100 before the body is awaited; false without a body */
    bool chunked;
    uint64_t content_length; /* bytes; 0 when chunked or without a body */
    size_t field_count;
    struct http1_field fields[LIMIT_HEAD_FIELDS];
};

enum http1_step {
    HTTP1_MORE,    /* everything usable was used; call again with more bytes */
    HTTP1_HEAD,    /* *ret_head is filled */
    HTTP1_BODY,    /* *ret_body is the next piece of the decoded body, never empty */
    HTTP1_END,     /* the message is complete; the next byte begins another */
    HTTP1_REFUSED, /* http1_error() says why; stays so */
};

/* The state of one connection's reader; plain data, owns nothing. */
struct http1_reader {
    enum http1_phase { /* what the next byte belongs to */
                       HTTP1_IN_HEAD,
                       HTTP1_IN_BODY,
                       HTTP1_IN_CHUNK_SIZE,
                       HTTP1_IN_CHUNK_DATA,
                       HTTP1_IN_CHUNK_END,
                       HTTP1_IN_TRAILERS,
                       HTTP1_AT_END,
                       HTTP1_IS_REFUSED,
    } phase;
    enum err error;
    bool skipped_empty_line; /* the one allowed before this request */
    bool has_request_line;
    size_t line_start;  /* of the first line not yet checked, from the start of unread input */
    size_t scanned;     /* bytes of the unread input already searched for an end of line */
    size_t field_count; /* complete lines seen in this head or trailer section */
    uint64_t remaining; /* bytes of body or chunk still to come */
    uint64_t body_seen; /* decoded bytes handed out so far */
    uint64_t body_bytes_max;
    size_t extension_bytes; /* of this body's chunks so far */
};

/* Ready for the first request; bodies over body_bytes_max are refused with ERR_TOO_LARGE. */
void http1_init(struct http1_reader *reader, uint64_t body_bytes_max);

/*
 * Take one step over input, the connection's unread bytes. *ret_used says how
 * many of them the caller must now drop (valid for every step, HTTP1_MORE
 * included). *ret_body is written only by HTTP1_BODY; *ret_head is working space
 * that says nothing until HTTP1_HEAD.
 *
 *     while ((step = http1_read(&reader, unread, &used, &head, &piece)) != HTTP1_MORE) {
 *         ... act on the step ...
 *         drop(used);
 *     }
 *     drop(used);
 */
enum http1_step http1_read(struct http1_reader *reader, struct span input, size_t *ret_used,
                           struct http1_head *ret_head, struct span *ret_body);

/* Why the message was refused: a 4xx or 5xx row of the error table. ERR_NONE if it was not. */
enum err http1_error(const struct http1_reader *reader);

/*
 * True between the first byte of a message and its HTTP1_END: closing now cuts a
 * request short. False once refused, and for the empty line that may be skipped.
 */
bool http1_mid_message(const struct http1_reader *reader);

/*
 * The only field of that name; .data is NULL if there is none, or if there are
 * several, which then say nothing definite. Case of name is ignored.
 */
struct span http1_field(const struct http1_head *head, struct span name);

/*
 * Percent-decode one path segment or query name or value into buffer ('+' stays
 * '+'). False if an escape is malformed, decodes to NUL or to a control
 * character, the result is not UTF-8, or it does not fit.
 */
bool http1_decode(struct span encoded, char *buffer, size_t buffer_size, struct span *ret_decoded);

#endif
