/*
 * hex - bytes as hexadecimal digits, two a byte
 *
 * Reading takes either case; writing gives lower case. Pure.
 */
#ifndef GRIEVD_HEX_H
#define GRIEVD_HEX_H

#include <stdint.h>

#include "span.h"

/* The value of one digit, or -1. */
static inline int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* True if the text is exactly so many bytes; else ret_bytes is undefined. */
static inline bool hex_decode(struct span text, uint8_t *ret_bytes, size_t count)
{
    if (text.len != 2 * count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const int high = hex_value(text.data[2 * i]), low = hex_value(text.data[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        ret_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* 2 * count digits, and no NUL. */
static inline void hex_encode(char *ret_text, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        ret_text[2 * i] = digits[bytes[i] >> 4];
        ret_text[2 * i + 1] = digits[bytes[i] & 15];
    }
}

#endif
