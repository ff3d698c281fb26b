#include "span.h"

#include <assert.h>

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool span_eq_nocase(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
            return false;
    }
    return true;
}

bool span_is_blank(struct span text)
{
    static const struct span blanks[] = {
        SPAN_INIT(" "),      SPAN_INIT("\t"),     SPAN_INIT("\n"),     SPAN_INIT("\r"),
        SPAN_INIT("\u00a0"), SPAN_INIT("\u2000"), SPAN_INIT("\u2001"), SPAN_INIT("\u2002"),
        SPAN_INIT("\u2003"), SPAN_INIT("\u2004"), SPAN_INIT("\u2005"), SPAN_INIT("\u2006"),
        SPAN_INIT("\u2007"), SPAN_INIT("\u2008"), SPAN_INIT("\u2009"), SPAN_INIT("\u200a"),
        SPAN_INIT("\u200b"), SPAN_INIT("\u200c"), SPAN_INIT("\u200d"), SPAN_INIT("\u2028"),
        SPAN_INIT("\u2029"), SPAN_INIT("\u202f"), SPAN_INIT("\u205f"), SPAN_INIT("\u2060"),
        SPAN_INIT("\u3000"), SPAN_INIT("\ufeff"),
    };
    const size_t count = sizeof blanks / sizeof blanks[0];

    while (text.len > 0) {
        size_t i = 0;

        while (i < count &&
               (text.len < blanks[i].len || memcmp(text.data, blanks[i].data, blanks[i].len) != 0))
            i++;
        if (i == count)
            return false;
        text = span_skip(text, blanks[i].len);
    }
    return true;
}

bool span_to_cstr(struct span span, char *buffer, size_t buffer_size)
{
    assert(buffer_size > 0);
    buffer[0] = '\0';
    if (span.len >= buffer_size || (span.len > 0 && memchr(span.data, '\0', span.len)))
        return false;
    if (span.len > 0)
        memcpy(buffer, span.data, span.len);
    buffer[span.len] = '\0';
    return true;
}

bool span_to_u64(struct span span, unsigned long long max, unsigned long long *ret_value)
{
    unsigned long long value = 0;

    if (span.len == 0)
        return false;
    for (size_t i = 0; i < span.len; i++) {
        if (span.data[i] < '0' || span.data[i] > '9')
            return false;
        const unsigned digit = (unsigned)(span.data[i] - '0');
        if (digit > max || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret_value = value;
    return true;
}
