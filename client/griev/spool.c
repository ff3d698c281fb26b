#include "spool.h"

#include <assert.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "core/complaint.h"
#include "files.h"
#include "memory.h"

#define MAGIC    "griev-spool 1"
#define SUM_NAME "sha256 "

enum {
    SUM_LINE_BYTES = sizeof SUM_NAME - 1 + SPOOL_HEX_CHARS + 1,
    NONCE_BYTES = SPOOL_HEX_CHARS / 2,
};

#define X(name, word) [name] = word,
static const char *const state_words[] = {SPOOL_STATES(X)};
#undef X

void spool_done(struct spool *spool)
{
    memory_free_span(&spool->body);
    memory_free_span(&spool->answer);
}

static void hex(const uint8_t *bytes, size_t count, char *ret_hex)
{
    for (size_t i = 0; i < count; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", bytes[i]);
}

void spool_hash(struct span content, char ret_hex[static SPOOL_HEX_CHARS + 1])
{
    uint8_t digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)(content.data ? content.data : ""), content.len, digest);
    hex(digest, sizeof digest, ret_hex);
}

bool spool_new_id(char ret_id[static SPOOL_ID_CHARS + 1])
{
    uint8_t bytes[COMMIT_ID_BYTES];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40); /* RFC 9562 section 5.4: version 4 */
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    uuid_print(bytes, ret_id);
    return true;
}

bool spool_new_nonce(char ret_nonce[static SPOOL_HEX_CHARS + 1])
{
    uint8_t bytes[NONCE_BYTES];

    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    hex(bytes, sizeof bytes, ret_nonce);
    return true;
}

/* ---- writing ---- */

struct span spool_format(const struct spool *spool)
{
    assert(strlen(spool->id) == SPOOL_ID_CHARS && strlen(spool->source) == SPOOL_HEX_CHARS);

    char *head =
        memory_printf(MAGIC "\nstate %s\nid %s\nnonce %s\nsource %s\nbody %zu\nanswer %zu\n\n",
                      state_words[spool->state], spool->id, spool->nonce[0] ? spool->nonce : "-",
                      spool->source, spool->body.len, spool->answer.len);
    const size_t head_len = strlen(head);
    char *content =
        memory_new(head_len + spool->body.len + 1 + spool->answer.len + 1 + SUM_LINE_BYTES + 1);
    char *end = content;

    end = mempcpy(end, head, head_len);
    if (spool->body.len > 0)
        end = mempcpy(end, spool->body.data, spool->body.len);
    *end++ = '\n';
    if (spool->answer.len > 0)
        end = mempcpy(end, spool->answer.data, spool->answer.len);
    *end++ = '\n';
    free(head);

    char sum[SPOOL_HEX_CHARS + 1];
    spool_hash((struct span){content, (size_t)(end - content)}, sum);
    end += snprintf(end, SUM_LINE_BYTES + 1, SUM_NAME "%s\n", sum);
    return (struct span){content, (size_t)(end - content)};
}

/* ---- reading ---- */

/* Take "NAME value\n" from the front of *rest. */
static bool take_line(struct span *rest, struct span name, struct span *ret_value)
{
    const char *newline = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;

    if (!newline)
        return false;

    const struct span line = {rest->data, (size_t)(newline - rest->data)};
    if (line.len < name.len || !span_eq((struct span){line.data, name.len}, name))
        return false;
    *ret_value = span_skip(line, name.len);
    *rest = span_skip(*rest, line.len + 1);
    return true;
}

static bool take_text(struct span *rest, struct span name, char *buffer, size_t len)
{
    struct span value;

    return take_line(rest, name, &value) && value.len == len &&
           span_to_cstr(value, buffer, len + 1);
}

static bool take_state(struct span *rest, enum spool_state *ret_state)
{
    struct span value;

    if (!take_line(rest, SPAN("state "), &value))
        return false;
    for (size_t i = 0; i < sizeof state_words / sizeof state_words[0]; i++) {
        if (span_eq(value, span_of(state_words[i]))) {
            *ret_state = (enum spool_state)i;
            return true;
        }
    }
    return false;
}

static bool take_nonce(struct span *rest, char *buffer)
{
    struct span value;

    if (!take_line(rest, SPAN("nonce "), &value))
        return false;
    buffer[0] = '\0';
    return span_eq(value, SPAN("-")) ||
           (value.len == SPOOL_HEX_CHARS && span_to_cstr(value, buffer, SPOOL_HEX_CHARS + 1));
}

static bool take_length(struct span *rest, struct span name, size_t *ret_len)
{
    struct span value;
    unsigned long long number;

    if (!take_line(rest, name, &value) || !span_to_u64(value, SPOOL_BYTES_MAX, &number))
        return false;
    *ret_len = (size_t)number;
    return true;
}

/* Take len bytes and the newline behind them. */
static bool take_bytes(struct span *rest, size_t len, struct span *ret_bytes)
{
    if (rest->len < len + 1 || rest->data[len] != '\n')
        return false;
    *ret_bytes = (struct span){rest->data, len};
    *rest = span_skip(*rest, len + 1);
    return true;
}

/* The content without its last line, if that line is the checksum of the rest. */
static bool check_sum(struct span content, struct span *ret_summed)
{
    char sum[SPOOL_HEX_CHARS + 1];
    struct span value;

    if (content.len < SUM_LINE_BYTES)
        return false;

    const struct span summed = {content.data, content.len - SUM_LINE_BYTES};
    struct span last = span_skip(content, summed.len);
    spool_hash(summed, sum);
    if (!take_line(&last, SPAN(SUM_NAME), &value) || last.len > 0 || !span_eq(value, span_of(sum)))
        return false;
    *ret_summed = summed;
    return true;
}

bool spool_parse(struct span content, struct spool *ret_spool)
{
    struct spool spool = {0};
    struct span rest, line, body, answer;
    size_t body_len, answer_len;

    const bool good =
        check_sum(content, &rest) && take_line(&rest, SPAN(MAGIC), &line) && line.len == 0 &&
        take_state(&rest, &spool.state) &&
        take_text(&rest, SPAN("id "), spool.id, SPOOL_ID_CHARS) && take_nonce(&rest, spool.nonce) &&
        take_text(&rest, SPAN("source "), spool.source, SPOOL_HEX_CHARS) &&
        take_length(&rest, SPAN("body "), &body_len) &&
        take_length(&rest, SPAN("answer "), &answer_len) && take_line(&rest, SPAN(""), &line) &&
        line.len == 0 && take_bytes(&rest, body_len, &body) &&
        take_bytes(&rest, answer_len, &answer) && rest.len == 0;
    if (!good)
        return false;
    spool.body = memory_copy(body);
    spool.answer = memory_copy(answer);
    *ret_spool = spool;
    return true;
}

/* ---- files ---- */

enum spool_result spool_read(const char *path, struct spool *ret_spool)
{
    struct span content;

    if (!files_read(path, SPOOL_BYTES_MAX, &content)) {
        if (errno == EFBIG)
            return SPOOL_BROKEN;
        return errno == ENOENT ? SPOOL_NONE : SPOOL_SYSTEM;
    }
    const bool good = spool_parse(content, ret_spool);
    memory_free_span(&content);
    return good ? SPOOL_OK : SPOOL_BROKEN;
}

bool spool_create(const char *path, const struct spool *spool)
{
    struct span content = spool_format(spool);
    const bool good = files_create(path, content);

    memory_free_span(&content);
    return good;
}

bool spool_replace(const char *path, const struct spool *spool)
{
    struct span content = spool_format(spool);
    const bool good = files_replace(path, content);

    memory_free_span(&content);
    return good;
}
