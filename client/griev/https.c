#include "https.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "core/err.h"
#include "core/pace.h"
#include "memory.h"

static_assert(HTTPS_TROUBLE_CHARS >= CURL_ERROR_SIZE, "libcurl writes this much");

enum {
    BACKOFF_FIRST_MS = 250,
    BACKOFF_MAX_MS = 8 * 1000,
    RETRY_AFTER_MAX_S = 30, /* who asks for longer gets his answer printed instead */
};

struct https {
    CURL *curl;
    const struct settings *settings;

    /* the attempt under way */
    struct https_answer *answer;
    const struct https_request *request;
    size_t body_size; /* bytes allocated for answer->body */
    bool too_large;
};

struct https *https_new(const struct settings *settings)
{
    struct https *https = memory_new(sizeof *https);

    https->settings = settings;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        https->curl = curl_easy_init();
    if (!https->curl) {
        free(https);
        return NULL;
    }
    return https;
}

void https_free(struct https *https)
{
    if (!https)
        return;
    curl_easy_cleanup(https->curl);
    curl_global_cleanup();
    free(https);
}

void https_answer_done(struct https_answer *answer)
{
    memory_free_span(&answer->body);
}

char *https_encode(const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    char *encoded = memory_new(strlen(text) * 3 + 1);
    char *end = encoded;

    for (const char *c = text; *c; c++) {
        if (strchr(plain, *c))
            *end++ = *c;
        else
            end += snprintf(end, 4, "%%%02X", (unsigned char)*c);
    }
    return encoded;
}

/* ---- what comes back ---- */

static size_t take_body(char *data, size_t size, size_t count, void *arg)
{
    struct https *https = arg;
    struct span *body = &https->answer->body;
    const size_t len = size * count;

    const size_t most =
        https->request->is_file ? (size_t)LIMIT_ATTACHMENT_BYTES : HTTPS_BODY_BYTES_MAX;

    if (len > most - body->len) {
        https->too_large = true;
        return 0;
    }
    if (body->len + len + 1 > https->body_size) {
        https->body_size = (body->len + len + 1) * 2;
        body->data = memory_resize((char *)body->data, https->body_size);
    }
    memcpy((char *)body->data + body->len, data, len);
    body->len += len;
    ((char *)body->data)[body->len] = '\0';
    return len;
}

static struct span trim(struct span span)
{
    while (span.len > 0 && strchr(" \t\r\n", span.data[0]))
        span = span_skip(span, 1);
    while (span.len > 0 && strchr(" \t\r\n", span.data[span.len - 1]))
        span.len--;
    return span;
}

static uint64_t number_of(struct span span)
{
    unsigned long long value = 0;

    if (span.len >= 2 && span.data[0] == '"' && span.data[span.len - 1] == '"')
        span = (struct span){span.data + 1, span.len - 2};
    span_to_u64(span, UINT64_MAX, &value);
    return value;
}

/* As grievd writes it: attachment; filename*=UTF-8''NAME */
static struct span file_name_in(struct span disposition)
{
    static const char before[] = "filename*=UTF-8''";
    const char *found = memmem(disposition.data, disposition.len, before, sizeof before - 1);

    return found ? span_skip(disposition, (size_t)(found - disposition.data) + sizeof before - 1)
                 : (struct span){"", 0};
}

static size_t take_field(char *data, size_t size, size_t count, void *arg)
{
    struct https_answer *answer = ((struct https *)arg)->answer;
    const struct span line = {data, size * count};
    const char *colon = memchr(line.data, ':', line.len);

    if (!colon)
        return line.len;

    const struct span name = {line.data, (size_t)(colon - line.data)};
    const struct span value = trim(span_skip(line, name.len + 1));

    if (span_eq_nocase(name, SPAN("ETag")))
        answer->version = number_of(value);
    else if (span_eq_nocase(name, SPAN("Retry-After")))
        answer->retry_after_s = (unsigned)(number_of(value) % 86400);
    else if (span_eq_nocase(name, SPAN("Content-Disposition")))
        span_to_cstr(file_name_in(value), answer->file_name, sizeof answer->file_name);
    else if (span_eq_nocase(name, SPAN("X-Request-Id")))
        span_to_cstr(value, answer->request_id, sizeof answer->request_id);
    return line.len;
}

/* ---- one attempt ---- */

static void set_connection(struct https *https)
{
    CURL *curl = https->curl;
    const struct settings *settings = https->settings;

    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, settings->proxy); /* "" also silences the environment */
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    if (settings->ca[0]) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL); /* else the system's authorities count too */
    }
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "griev/" GRIEVD_VERSION);
    if (settings->certificate[0]) {
        curl_easy_setopt(curl, CURLOPT_SSLCERT, settings->certificate);
        curl_easy_setopt(curl, CURLOPT_SSLKEY, settings->key);
    }
}

static struct curl_slist *fields_of(const struct https_request *request)
{
    struct curl_slist *fields = curl_slist_append(NULL, "Accept: application/json");
    char line[128];

    if (request->language) {
        snprintf(line, sizeof line, "Accept-Language: %s", request->language);
        fields = curl_slist_append(fields, line);
    }
    if (request->is_file && request->body.data) {
        char *name = memory_printf("Griev-File-Name: %s", request->file_name);

        /* A file that will not be taken need not be sent. */
        fields = curl_slist_append(fields, "Expect: 100-continue");
        fields = curl_slist_append(fields, "Content-Type: application/octet-stream");
        fields = curl_slist_append(fields, name);
        snprintf(line, sizeof line, "Griev-Event-Id: %s", request->event_id);
        fields = curl_slist_append(fields, line);
        free(name);
    } else {
        fields = curl_slist_append(fields, "Expect:");
        if (request->body.data)
            fields = curl_slist_append(fields, "Content-Type: application/json");
    }
    if (request->nonce) {
        snprintf(line, sizeof line, "Griev-Nonce: %s", request->nonce);
        fields = curl_slist_append(fields, line);
    }
    if (request->if_match > 0) {
        snprintf(line, sizeof line, "If-Match: \"%llu\"", (unsigned long long)request->if_match);
        fields = curl_slist_append(fields, line);
    }
    if (request->checkpoint) {
        char *long_line = memory_printf("Griev-Checkpoint: %s", request->checkpoint);

        fields = curl_slist_append(fields, long_line);
        free(long_line);
    }
    return fields;
}

static int show_progress(void *arg, curl_off_t down_all, curl_off_t down_done, curl_off_t up_all,
                         curl_off_t up_done)
{
    const struct https_request *request = arg;
    const bool up = request->body.data != NULL;
    const curl_off_t done = up ? up_done : down_done, all = up ? up_all : down_all;

    if (all > 0)
        request->progress((size_t)done, (size_t)all);
    return 0;
}

/* The server's own bounds, and who is silent for as long as another answer may take is given up. */
static void set_file(struct https *https, const struct https_request *request)
{
    CURL *curl = https->curl;

    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)PACE_MS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)(https->settings->timeout_ms / 1000 + 1));
    curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, (long)https->settings->timeout_ms);
    if (request->progress) {
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, show_progress);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, request);
    }
}

static void set_request(struct https *https, const struct https_request *request)
{
    CURL *curl = https->curl;

    if (request->body.data) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.data);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    }
    if (request->is_file)
        set_file(https, request);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, https);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_field);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, https);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, https->answer->trouble);
}

/*
 * What a failure of libcurl means for the request. Under TLS 1.3 a server
 * refuses a certificate only after the client's side of the handshake is done,
 * so that the alert arrives as a failed read.
 */
static enum https_result result_of(struct https *https, CURLcode code)
{
    long sent_bytes = 0;

    switch (code) {
    case CURLE_OK:
        return HTTPS_ANSWERED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        return HTTPS_SERVER_UNTRUSTED;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_OUT_OF_MEMORY:
        return HTTPS_CANNOT_START;
    default:
        break;
    }
    if (https->too_large)
        return HTTPS_ANSWER_TOO_LARGE;
    if (strstr(https->answer->trouble, " alert "))
        return HTTPS_CERTIFICATE_REFUSED;
    curl_easy_getinfo(https->curl, CURLINFO_REQUEST_SIZE, &sent_bytes);
    return sent_bytes > 0 ? HTTPS_LOST : HTTPS_NOT_SENT;
}

/* True if the request may have been carried out although nobody says so. */
static bool leaves_doubt(const struct https_answer *answer)
{
    if (answer->result != HTTPS_ANSWERED)
        return answer->result == HTTPS_LOST || answer->result == HTTPS_ANSWER_TOO_LARGE;
    if (answer->status == 502 || answer->status == 504) /* a proxy's, not grievd's */
        return true;
    return answer->status == 503 && answer->body.data &&
           strstr(answer->body.data, err_info(ERR_OUTCOME_UNKNOWN)->slug);
}

static void attempt(struct https *https, const struct https_request *request, const char *url)
{
    struct https_answer *answer = https->answer;
    struct curl_slist *fields = fields_of(request);
    const bool maybe_done = answer->maybe_done;
    long status = 0;

    https_answer_done(answer);
    *answer = (struct https_answer){.maybe_done = maybe_done};
    https->request = request;
    https->body_size = 0;
    https->too_large = false;

    curl_easy_reset(https->curl); /* options only: the connection stays */
    set_connection(https);
    set_request(https, request);
    curl_easy_setopt(https->curl, CURLOPT_URL, url);
    curl_easy_setopt(https->curl, CURLOPT_HTTPHEADER, fields);

    const CURLcode code = curl_easy_perform(https->curl);
    answer->result = result_of(https, code);
    if (answer->result == HTTPS_ANSWERED)
        curl_easy_getinfo(https->curl, CURLINFO_RESPONSE_CODE, &status);
    else if (answer->trouble[0] == '\0')
        snprintf(answer->trouble, sizeof answer->trouble, "%s", curl_easy_strerror(code));
    answer->status = (int)status;
    if (request->changes && leaves_doubt(answer))
        answer->maybe_done = true;
    curl_slist_free_all(fields);
}

/* ---- again ---- */

static bool worth_repeating(const struct https_answer *answer)
{
    switch (answer->result) {
    case HTTPS_NOT_SENT:
    case HTTPS_LOST:
        return true;
    case HTTPS_ANSWERED:
        return (answer->status == 429 || answer->status == 503) &&
               answer->retry_after_s <= RETRY_AFTER_MAX_S;
    default:
        return false;
    }
}

/* Between half of the pause and all of it, so that offices do not come back in step. */
static void pause_before(uint64_t repeat, unsigned retry_after_s)
{
    uint64_t pause_ms = BACKOFF_FIRST_MS;
    uint32_t random = 0;

    for (uint64_t i = 1; i < repeat && pause_ms < BACKOFF_MAX_MS; i++)
        pause_ms *= 2;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        random = 0;
    pause_ms -= random % (pause_ms / 2);
    pause_ms += (uint64_t)retry_after_s * 1000;

    struct timespec rest = {(time_t)(pause_ms / 1000), (long)(pause_ms % 1000) * 1000000};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        ;
}

void https_send(struct https *https, const struct https_request *request,
                struct https_answer *ret_answer)
{
    char *url = memory_printf("%s%s", https->settings->url, request->target);

    *ret_answer = (struct https_answer){0};
    https->answer = ret_answer;
    attempt(https, request, url);
    for (uint64_t repeat = 1;
         request->repeatable && repeat <= https->settings->retries && worth_repeating(ret_answer);
         repeat++) {
        pause_before(repeat, ret_answer->retry_after_s);
        attempt(https, request, url);
    }
    https->answer = NULL;
    free(url);
}
