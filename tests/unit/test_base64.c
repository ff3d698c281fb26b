/* What one text for each string of bytes promises; the vectors are RFC 4648's, section 10. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "core/base64.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    const char *bytes, *text;
} rfc4648[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

Test(base64, writes_and_reads_the_vectors_of_the_rfc)
{
    for (size_t i = 0; i < COUNT_OF(rfc4648); i++) {
        char text[16] = "";
        uint8_t bytes[16];
        size_t len;

        const char *end = base64_encode(text, span_of(rfc4648[i].bytes));
        cr_expect_str_eq(text, rfc4648[i].text);
        cr_expect_eq((size_t)(end - text), BASE64_CHARS(strlen(rfc4648[i].bytes)));
        cr_assert(base64_decode(span_of(rfc4648[i].text), bytes, sizeof bytes, &len));
        cr_expect_eq(len, strlen(rfc4648[i].bytes));
        cr_expect_arr_eq(bytes, rfc4648[i].bytes, len);
    }
}

Test(base64, comes_back_as_it_was_for_every_length)
{
    uint8_t bytes[100], again[100];
    char text[BASE64_CHARS(100)];
    size_t again_len;

    for (size_t len = 0; len <= sizeof bytes; len++) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (uint8_t)(255 - 7 * i * len);
        const char *end = base64_encode(text, (struct span){(const char *)bytes, len});
        cr_assert(base64_decode((struct span){text, (size_t)(end - text)}, again, len, &again_len));
        cr_assert_eq(again_len, len);
        cr_assert_arr_eq(again, bytes, len);
    }
}

Test(base64, refuses_every_second_way_of_writing)
{
    static const char *const refused[] = {
        "Zg",       /* no padding */
        "Zg=",      /* half of it */
        "Zh==",     /* stray bits in the last digit */
        "Zm9=",     /* the same with two bytes */
        "Zg==\n",   /* a line break */
        "Z g==",    /* a blank */
        "Zm_v",     /* the URL alphabet */
        "Zg==Zg==", /* padding inside */
        "====",     /* nothing but padding */
        "A===",     "=AAA", "AA=A",
    };
    uint8_t bytes[16];
    size_t len = 99;

    for (size_t i = 0; i < COUNT_OF(refused); i++)
        cr_expect_not(base64_decode(span_of(refused[i]), bytes, sizeof bytes, &len), "%s",
                      refused[i]);
    cr_expect_eq(len, 99, "the length was touched");
}

Test(base64, refuses_more_than_there_is_room_for)
{
    uint8_t bytes[6];
    size_t len;

    cr_expect(base64_decode(SPAN("Zm9vYmFy"), bytes, 6, &len));
    cr_expect_not(base64_decode(SPAN("Zm9vYmFy"), bytes, 5, &len));
}
