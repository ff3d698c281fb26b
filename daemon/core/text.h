/*
 * text - a text put together in a buffer whose size was reckoned beforehand
 *
 *     struct text text = {.data = buffer, .size = sizeof buffer};
 *     text_put(&text, SPAN("{\"ref\":"));
 *     text_put_json(&text, ref);          at most TEXT_JSON_BYTES_MAX(ref.len) bytes
 *     text_put(&text, SPAN("}"));
 *
 * Whoever makes one knows that everything fits and one byte is left over: each
 * function aborts where it would not. Nothing is terminated with a NUL.
 *
 * Pure: no allocation, no I/O.
 */
#ifndef GRIEVD_TEXT_H
#define GRIEVD_TEXT_H

#include <stdint.h>

#include "span.h"

struct text {
    char *data; /* the caller's */
    size_t len, size;
};

static inline struct span text_span(const struct text *text)
{
    return (struct span){text->data, text->len};
}

void text_put(struct text *text, struct span span);
void text_put_cstr(struct text *text, const char *cstr);
void text_put_number(struct text *text, uint64_t number); /* decimal */
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A JSON string with its quotes, of valid UTF-8. A NULL span is an empty string. */
void text_put_json(struct text *text, struct span span);
#define TEXT_JSON_BYTES_MAX(len) (6 * (len) + 2)

#endif
