/* hex - bytes written in hex, for tests that carry published numbers. */
#ifndef GRIEVD_HEX_H
#define GRIEVD_HEX_H

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>

#include "core/span.h"

/* The bytes of a hex text, into buffer; the text is ours, so a fault in it is a bug. */
static inline struct span hex_bytes(const char *hex, uint8_t *buffer, size_t size)
{
    const size_t len = strlen(hex) / 2;

    cr_assert(strlen(hex) % 2 == 0 && len <= size);
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        cr_assert(sscanf(hex + 2 * i, "%2x", &byte) == 1);
        buffer[i] = (uint8_t)byte;
    }
    return (struct span){(const char *)buffer, len};
}

/* That so many bytes are those, with what they are. */
static inline void hex_expect(const void *bytes, size_t len, const char *hex, const char *what)
{
    char got[2 * 8192 + 1] = "";

    cr_assert(2 * len < sizeof got);
    for (size_t i = 0; i < len; i++)
        snprintf(got + 2 * i, 3, "%02x", ((const uint8_t *)bytes)[i]);
    cr_expect_str_eq(got, hex, "%s: got %s", what, got);
}

#endif
