/*
 * span - bytes somewhere else, by pointer and length
 *
 * Everything that comes off the wire or out of a file is handled as a span: it
 * is not NUL-terminated and may hold any byte. A span owns nothing; it is valid
 * as long as what it points into.
 *
 * Pure: no allocation, no I/O.
 */
#ifndef GRIEVD_SPAN_H
#define GRIEVD_SPAN_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
    const char *data; /* may be NULL when len is 0 */
    size_t len;       /* bytes */
};

/* A string literal as a span, without its NUL. */
#define SPAN(literal) ((struct span){"" literal, sizeof(literal) - 1})

/* The same where C wants a constant: the initializer of a static table. */
#define SPAN_INIT(literal)              \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }

static inline struct span span_of(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

static inline bool span_eq(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* ASCII case-insensitive, as HTTP field names compare (RFC 9110 section 5.1). */
bool span_eq_nocase(struct span a, struct span b);

/*
 * True if a text in UTF-8 has nothing but spaces of any width and line breaks. The same spaces as
 * rules.bounded_text_member() has in SQL; that one cannot see what is sealed.
 */
bool span_is_blank(struct span text);

/* The part after the first `count` bytes; count is at most span.len. */
static inline struct span span_skip(struct span span, size_t count)
{
    assert(count <= span.len);
    return count > 0 ? (struct span){span.data + count, span.len - count} : span;
}

/* The text behind a byte order mark (U+FEFF in UTF-8), which some editors put before it. */
static inline struct span span_skip_mark(struct span text)
{
    const struct span mark = SPAN("\xef\xbb\xbf");

    return text.len >= mark.len && span_eq((struct span){text.data, mark.len}, mark)
               ? span_skip(text, mark.len)
               : text;
}

/*
 * Copy into buffer as a C string, for libc's door. False, and an empty string,
 * if it does not fit with its NUL or holds a NUL itself. buffer_size is at least 1.
 */
bool span_to_cstr(struct span span, char *buffer, size_t buffer_size);

/* A decimal number without sign or leading blanks, at most max. False if it is not one. */
bool span_to_u64(struct span span, unsigned long long max, unsigned long long *ret_value);

#endif
