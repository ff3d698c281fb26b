/*
 * http1_transcript - what a reader makes of a connection's bytes, as text
 *
 * Plays a connection: the bytes arrive in pieces cut as asked, and before every
 * step the unread ones move to a fresh block of exactly their size, so that the
 * sanitizers see any look past the end and any span kept from an earlier call.
 * Pieces of one body are joined: however the bytes are cut, the text must be the
 * same. A NUL shows as \0. It reads
 *
 *     PUT /path ?query @host close chunked 5 {Name: value}   a head, Host left out
 *     <body>                                                 all pieces of one body
 *     .                                                      the message's end
 *     !ERR_NAME                                              refused
 *     +N mid                                                 N bytes unread, within a message
 *
 * Used by the unit test and the fuzzer. Broken promises of the interface abort.
 */
#ifndef GRIEVD_HTTP1_TRANSCRIPT_H
#define GRIEVD_HTTP1_TRANSCRIPT_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/http1.h"

struct transcript {
    char *text; /* to be freed */
    size_t len;
    size_t heads, ends;
    enum err error;
};

/* The connection while it plays. */
struct play {
    struct http1_reader reader;
    struct http1_head head;
    struct transcript *result;
    FILE *text;
    bool in_body;
};

static bool span_within(struct span inner, struct span outer)
{
    return inner.data >= outer.data && inner.data + inner.len <= outer.data + outer.len;
}

static void print_span(FILE *text, const char *before, struct span span)
{
    fputs(before, text);
    for (size_t i = 0; i < span.len; i++) {
        if (span.data[i] == '\0')
            fputs("\\0", text);
        else
            fputc(span.data[i], text);
    }
}

static void print_head(FILE *text, const struct http1_head *head, struct span input)
{
    assert(span_within(head->target, input) && span_within(head->host, input));
    assert(!(head->chunked && head->content_length > 0));
    print_span(text, "", head->method);
    print_span(text, " ", head->path);
    if (head->query.data)
        print_span(text, " ?", head->query);
    print_span(text, " @", head->host);
    fprintf(text, "%s%s%s", head->keep_alive ? "" : " close", head->chunked ? " chunked" : "",
            head->expect_continue ? " expect" : "");
    if (head->content_length > 0)
        fprintf(text, " %llu", (unsigned long long)head->content_length);
    for (size_t i = 0; i < head->field_count; i++) {
        const struct http1_field *field = &head->fields[i];
        assert(span_within(field->name, input) && span_within(field->value, input));
        if (span_eq_nocase(field->name, SPAN("Host")))
            continue;
        print_span(text, " {", field->name);
        print_span(text, ": ", field->value);
        fputs("}", text);
    }
    fputs("\n", text);
}

static void print_step(struct play *play, enum http1_step step, struct span input,
                       struct span piece)
{
    if (step != HTTP1_BODY && play->in_body && step != HTTP1_MORE) {
        fputs(">\n", play->text);
        play->in_body = false;
    }
    switch (step) {
    case HTTP1_HEAD:
        play->result->heads++;
        print_head(play->text, &play->head, input);
        break;
    case HTTP1_BODY:
        assert(piece.len > 0 && span_within(piece, input));
        print_span(play->text, play->in_body ? "" : "<", piece);
        play->in_body = true;
        break;
    case HTTP1_END:
        play->result->ends++;
        fputs(".\n", play->text);
        break;
    case HTTP1_REFUSED:
        play->result->error = http1_error(&play->reader);
        fprintf(play->text, "!%s\n", err_info(play->result->error)->name);
        break;
    case HTTP1_MORE:
        break;
    }
}

/* One call, on a private copy of the unread bytes. */
static enum http1_step play_step(struct play *play, struct span *unread)
{
    char *copy = malloc(unread->len + (unread->len == 0));
    struct span piece = {0};
    size_t used = SIZE_MAX;

    assert(copy);
    if (unread->len > 0)
        memcpy(copy, unread->data, unread->len);
    const struct span input = {copy, unread->len};
    const enum http1_step step = http1_read(&play->reader, input, &used, &play->head, &piece);
    assert(used <= input.len);
    assert((step == HTTP1_REFUSED) == (http1_error(&play->reader) != ERR_NONE));
    print_step(play, step, input, piece);
    *unread = span_skip(*unread, used);
    free(copy);
    return step;
}

/* A piece's length: cut bytes; or, if cut is 0, a length that *random determines. */
static size_t piece_len(size_t cut, uint32_t *random)
{
    if (cut > 0)
        return cut;
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return 1 + (*random >> 8) % (*random & 1 ? 7 : 200);
}

/*
 * Read bytes, arriving cut by cut (0: in lengths drawn from the seed, which is
 * not 0), until they are used up or refused.
 */
static struct transcript transcribe(struct span bytes, uint64_t body_bytes_max, size_t cut,
                                    uint32_t seed)
{
    struct transcript result = {0};
    struct play play = {.result = &result};
    struct span unread = {bytes.data, 0};
    size_t arrived = 0;
    enum http1_step step = HTTP1_MORE;

    play.text = open_memstream(&result.text, &result.len);
    assert(play.text);
    http1_init(&play.reader, body_bytes_max);
    while (step != HTTP1_REFUSED && (step != HTTP1_MORE || arrived < bytes.len)) {
        if (step == HTTP1_MORE) {
            const size_t len = piece_len(cut, &seed);
            const size_t fresh = len < bytes.len - arrived ? len : bytes.len - arrived;
            arrived += fresh;
            unread.len += fresh;
        }
        step = play_step(&play, &unread);
    }
    if (play.in_body)
        fputs(">\n", play.text);
    if (step == HTTP1_MORE && (unread.len > 0 || http1_mid_message(&play.reader)))
        fprintf(play.text, "+%zu%s\n", unread.len, http1_mid_message(&play.reader) ? " mid" : "");
    fclose(play.text);
    return result;
}

#endif
