#include "text.h"

#include <stdarg.h>
#include <stdio.h>

void text_put(struct text *text, struct span span)
{
    assert(span.len < text->size - text->len);
    if (span.len > 0)
        memcpy(text->data + text->len, span.data, span.len);
    text->len += span.len;
}

void text_put_cstr(struct text *text, const char *cstr)
{
    text_put(text, span_of(cstr));
}

void text_put_number(struct text *text, uint64_t number)
{
    char digits[20]; /* of UINT64_MAX */
    size_t at = sizeof digits;

    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    text_put(text, (struct span){digits + at, sizeof digits - at});
}

void text_format(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int wanted = vsnprintf(text->data + text->len, text->size - text->len, format, args);
    va_end(args);
    assert(wanted >= 0 && (size_t)wanted < text->size - text->len);
    text->len += (size_t)wanted;
}

static bool needs_escape(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

static void put_escape(struct text *text, char c)
{
    if (c == '"' || c == '\\')
        text_format(text, "\\%c", c);
    else
        text_format(text, "\\u%04x", (unsigned)c);
}

void text_put_json(struct text *text, struct span span)
{
    text_put(text, SPAN("\""));
    while (span.len > 0) {
        size_t plain = 0;

        while (plain < span.len && !needs_escape(span.data[plain]))
            plain++;
        text_put(text, (struct span){span.data, plain});
        span = span_skip(span, plain);
        if (span.len > 0) {
            put_escape(text, span.data[0]);
            span = span_skip(span, 1);
        }
    }
    text_put(text, SPAN("\""));
}
