/* What spans promise: one suite per function, rows of promises. */
#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>

#include "core/span.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const struct span nothing; /* .data NULL */

Test(span_of, takes_a_text_without_its_nul)
{
    cr_expect(span_eq(span_of("abc"), SPAN("abc")));
    cr_expect_eq(SPAN("a\0b").len, 3, "a literal may hold a NUL");
    cr_expect_eq(span_of(NULL).len, 0);
    cr_expect_null(span_of(NULL).data);
}

Test(span_eq, compares_every_byte)
{
    cr_expect(span_eq(SPAN("a\0b"), SPAN("a\0b")));
    cr_expect_not(span_eq(SPAN("a\0b"), SPAN("a\0c")));
    cr_expect_not(span_eq(SPAN("abc"), SPAN("ab")));
    cr_expect_not(span_eq(SPAN("abc"), SPAN("ABC")));
    cr_expect(span_eq(nothing, SPAN("")), "emptiness has no address");
}

Test(span_is_blank, is_true_of_spaces_of_any_width_and_of_nothing)
{
    static const struct span blank[] = {
        {NULL, 0},
        SPAN_INIT(" "),
        SPAN_INIT(" \t\r\n"),
        SPAN_INIT("\u200b"),
        SPAN_INIT("\u00a0\u2003\ufeff"),
        SPAN_INIT("\u3000 \u2060"),
    };
    static const struct span told[] = {
        SPAN_INIT("a"),  SPAN_INIT(" ก "),       SPAN_INIT("\u200b\u0e48"),
        SPAN_INIT("\0"), SPAN_INIT(" \xe2\x80"), SPAN_INIT("\u00b7"),
    };

    for (size_t i = 0; i < COUNT_OF(blank); i++)
        cr_expect(span_is_blank(blank[i]), "row %zu", i);
    for (size_t i = 0; i < COUNT_OF(told); i++)
        cr_expect_not(span_is_blank(told[i]), "row %zu", i);
}

Test(span_eq_nocase, ignores_the_case_of_ascii_letters_only)
{
    static const struct {
        const char *promise;
        struct span a, b;
        bool equal;
    } rows[] = {
        {"letters of either case", SPAN_INIT("Content-LENGTH"), SPAN_INIT("cONTENT-length"), true},
        {"A to Z with both ends", SPAN_INIT("AZaz"), SPAN_INIT("azAZ"), true},
        {"nothing and nothing", {NULL, 0}, SPAN_INIT(""), true},
        {"another length", SPAN_INIT("Host"), SPAN_INIT("Hosts"), false},
        {"another letter", SPAN_INIT("Host"), SPAN_INIT("Host\0"), false},
        {"@ and ` differ in the bit of the case", SPAN_INIT("@"), SPAN_INIT("`"), false},
        {"[ and { too", SPAN_INIT("["), SPAN_INIT("{"), false},
        {"so do letters beyond ASCII", SPAN_INIT("\xc4"), SPAN_INIT("\xe4"), false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        cr_expect_eq(span_eq_nocase(rows[i].a, rows[i].b), rows[i].equal, "%s", rows[i].promise);
        cr_expect_eq(span_eq_nocase(rows[i].b, rows[i].a), rows[i].equal, "%s, the other way",
                     rows[i].promise);
    }
}

Test(span_skip, leaves_the_rest)
{
    cr_expect(span_eq(span_skip(SPAN("abc"), 1), SPAN("bc")));
    cr_expect(span_eq(span_skip(SPAN("abc"), 3), SPAN("")));
    cr_expect_null(span_skip(nothing, 0).data, "nothing stays nothing");
}

Test(span_skip, aborts_past_the_end, .signal = SIGABRT)
{
    span_skip(SPAN("abc"), 4);
}

Test(span_to_cstr, copies_what_fits)
{
    static const struct {
        const char *promise;
        struct span span;
        const char *text; /* NULL: refused */
    } rows[] = {
        {"a text that just fits with its NUL", SPAN_INIT("abc"), "abc"},
        {"a text one byte too long", SPAN_INIT("abcd"), NULL},
        {"nothing", {NULL, 0}, ""},
        {"a NUL within, which libc would take for the end", SPAN_INIT("a\0b"), NULL},
        {"a NUL at the end", SPAN_INIT("a\0"), NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char buffer[4] = "old";
        const bool fits = span_to_cstr(rows[i].span, buffer, sizeof buffer);

        cr_expect_eq(fits, rows[i].text != NULL, "%s", rows[i].promise);
        cr_expect_str_eq(buffer, rows[i].text ? rows[i].text : "", "%s", rows[i].promise);
    }
}

Test(span_to_cstr, aborts_without_a_buffer, .signal = SIGABRT)
{
    char buffer[1];

    span_to_cstr(SPAN(""), buffer, 0);
}

Test(span_to_u64, reads_plain_decimals_up_to_the_maximum)
{
    static const struct {
        const char *promise;
        struct span digits;
        unsigned long long max;
        bool good;
        unsigned long long value;
    } rows[] = {
        {"nought", SPAN_INIT("0"), 0, true, 0},
        {"leading noughts", SPAN_INIT("0007"), 7, true, 7},
        {"the maximum itself", SPAN_INIT("65535"), 65535, true, 65535},
        {"one more", SPAN_INIT("65536"), 65535, false, 0},
        {"a digit more", SPAN_INIT("655350"), 65535, false, 0},
        {"a digit beyond a small maximum", SPAN_INIT("4"), 3, false, 0},
        {"all of 64 bits", SPAN_INIT("18446744073709551615"), ULLONG_MAX, true, ULLONG_MAX},
        {"2^64", SPAN_INIT("18446744073709551616"), ULLONG_MAX, false, 0},
        {"far beyond", SPAN_INIT("99999999999999999999999"), ULLONG_MAX, false, 0},
        {"nothing", {NULL, 0}, ULLONG_MAX, false, 0},
        {"a plus sign", SPAN_INIT("+1"), ULLONG_MAX, false, 0},
        {"a minus sign", SPAN_INIT("-1"), ULLONG_MAX, false, 0},
        {"a leading blank", SPAN_INIT(" 1"), ULLONG_MAX, false, 0},
        {"a trailing blank", SPAN_INIT("1 "), ULLONG_MAX, false, 0},
        {"hexadecimal", SPAN_INIT("0x1"), ULLONG_MAX, false, 0},
        {"the characters beside the digits", SPAN_INIT("1/"), ULLONG_MAX, false, 0},
        {"on both sides", SPAN_INIT("1:"), ULLONG_MAX, false, 0},
        {"a NUL", SPAN_INIT("1\0"), ULLONG_MAX, false, 0},
        {"Thai digits", SPAN_INIT("\xe0\xb9\x91"), ULLONG_MAX, false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        unsigned long long value = 99;
        const bool good = span_to_u64(rows[i].digits, rows[i].max, &value);

        cr_expect_eq(good, rows[i].good, "%s", rows[i].promise);
        cr_expect_eq(value, rows[i].good ? rows[i].value : 99, "%s: got %llu", rows[i].promise,
                     value);
    }
}

Test(span_skip_mark, takes_one_byte_order_mark_off_the_front)
{
    cr_expect(span_eq(span_skip_mark(SPAN("\xef\xbb\xbf{}")), SPAN("{}")));
    cr_expect(span_eq(span_skip_mark(SPAN("\xef\xbb\xbf\xef\xbb\xbf")), SPAN("\xef\xbb\xbf")));
    cr_expect(span_eq(span_skip_mark(SPAN("\xef\xbb")), SPAN("\xef\xbb")));
    cr_expect(span_eq(span_skip_mark(SPAN("{\xef\xbb\xbf")), SPAN("{\xef\xbb\xbf")));
    cr_expect_eq(span_skip_mark(SPAN("")).len, 0);
}
