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
