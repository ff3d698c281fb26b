/*
 * https - one request to grievd, repeated where that is safe
 *
 * TLS 1.3 with the client's certificate, trusting only the authorities of the
 * settings; redirects are never followed, and nothing is taken from the
 * environment. A request that may be repeated (it carries its own id, so that
 * the server does it once) is sent again after a connection error and after 429
 * or 503, waiting as Retry-After says or twice as long each time.
 *
 *     struct https_answer answer;
 *     https_send(https, &(struct https_request){.method = "GET", .target = "/v1/me"}, &answer);
 *     ...
 *     https_answer_done(&answer);
 */
#ifndef GRIEVD_CLIENT_HTTPS_H
#define GRIEVD_CLIENT_HTTPS_H

#include <stdint.h>

#include "core/limits.h"
#include "settings.h"

enum {
    HTTPS_BODY_BYTES_MAX = 16 * 1024 * 1024, /* of an answer */
    HTTPS_TROUBLE_CHARS = 256,
    HTTPS_REQUEST_ID_CHARS = 64,
    HTTPS_FILE_NAME_CHARS = 3 * LIMIT_FILE_NAME_BYTES, /* encoded */
};

struct https_request {
    const char *method;
    const char *target;     /* path and query, encoded */
    struct span body;       /* JSON; .data NULL: none */
    const char *nonce;      /* Griev-Nonce, 64 hex digits; or NULL */
    const char *language;   /* Accept-Language, of problems; or NULL */
    uint64_t if_match;      /* 0: no If-Match */
    const char *checkpoint; /* Griev-Checkpoint, base64; or NULL */
    bool is_file;           /* body or answer is a file: long, and no JSON */
    const char *event_id;   /* of a file that is sent: Griev-Event-Id */
    const char *file_name;  /* and Griev-File-Name, encoded */
    void (*progress)(size_t done_bytes, size_t all_bytes); /* of a file; or NULL */
    bool repeatable;
    bool changes; /* a lost answer leaves the outcome unknown */
};

/* How the last attempt ended. */
enum https_result {
    HTTPS_ANSWERED,            /* status and body are there */
    HTTPS_NOT_SENT,            /* no connection: the server never saw it */
    HTTPS_LOST,                /* sent, perhaps done, and no answer came */
    HTTPS_SERVER_UNTRUSTED,    /* the server's certificate is not what `ca` vouches for */
    HTTPS_CERTIFICATE_REFUSED, /* the server does not accept ours */
    HTTPS_CANNOT_START,        /* a file or the URL of the settings cannot be used */
    HTTPS_ANSWER_TOO_LARGE,
};

struct https_answer {
    enum https_result result;
    int status;       /* HTTP; 0 unless HTTPS_ANSWERED */
    struct span body; /* owned */
    uint64_t version; /* of ETag; 0: none */
    unsigned retry_after_s;
    char file_name[HTTPS_FILE_NAME_CHARS + 1];   /* of Content-Disposition, encoded; "": none */
    char request_id[HTTPS_REQUEST_ID_CHARS + 1]; /* X-Request-Id, to find the event in the log */
    char trouble[HTTPS_TROUBLE_CHARS];           /* libcurl's words, when there is no answer */
    bool maybe_done; /* an attempt, this or an earlier one, may have been carried out unseen */
};

struct https;

/* NULL if libcurl cannot start. The settings must outlive it. */
struct https *https_new(const struct settings *settings);
void https_free(struct https *https);

void https_send(struct https *https, const struct https_request *request,
                struct https_answer *ret_answer);
void https_answer_done(struct https_answer *answer);

/* Percent-encode one path segment or query value (RFC 3986 unreserved stay); to be freed. */
char *https_encode(const char *text);

#endif
