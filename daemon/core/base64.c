#include "base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(char *text, struct span bytes)
{
    const uint8_t *byte = (const uint8_t *)bytes.data;
    size_t left = bytes.len;

    for (; left >= 3; left -= 3, byte += 3) {
        *text++ = digits[byte[0] >> 2];
        *text++ = digits[(byte[0] & 3) << 4 | byte[1] >> 4];
        *text++ = digits[(byte[1] & 15) << 2 | byte[2] >> 6];
        *text++ = digits[byte[2] & 63];
    }
    if (left > 0) {
        const unsigned second = left > 1 ? byte[1] : 0;

        *text++ = digits[byte[0] >> 2];
        *text++ = digits[(byte[0] & 3U) << 4 | second >> 4];
        *text++ = left > 1 ? digits[(second & 15) << 2] : '=';
        *text++ = '=';
    }
    return text;
}

/* The value of one digit, or -1. */
static int value_of(char digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52;
    if (digit == '+')
        return 62;
    return digit == '/' ? 63 : -1;
}

/* How many '=' end the text: 0, 1 or 2. */
static size_t padding_of(struct span text)
{
    if (text.len == 0 || text.data[text.len - 1] != '=')
        return 0;
    return text.data[text.len - 2] == '=' ? 2 : 1;
}

bool base64_decode(struct span text, uint8_t *buffer, size_t size, size_t *ret_len)
{
    if (text.len % 4 != 0)
        return false;
    const size_t padding = padding_of(text);
    const size_t digit_count = text.len - padding;
    const size_t len = text.len / 4 * 3 - padding;
    uint32_t bits = 0;
    unsigned bit_count = 0;

    if (len > size)
        return false;
    for (size_t i = 0; i < digit_count; i++) {
        const int value = value_of(text.data[i]);

        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            *buffer++ = (uint8_t)(bits >> bit_count);
        }
    }
    if ((bits & ((1U << bit_count) - 1)) != 0)
        return false;
    *ret_len = len;
    return true;
}
