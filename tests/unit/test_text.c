/* What a text put together promises: the bytes, and that it never overruns. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/text.h"

Test(text, holds_what_was_put_in_the_order_it_was_put)
{
    char buffer[64];
    struct text text = {.data = buffer, .size = sizeof buffer};

    text_put(&text, SPAN("a"));
    text_put(&text, (struct span){0});
    text_put_cstr(&text, "bc");
    text_put_number(&text, 0);
    text_put_number(&text, UINT64_MAX);
    text_format(&text, "%s:%d", "x", -7);
    cr_expect(span_eq(text_span(&text), SPAN("abc018446744073709551615x:-7")));
}

Test(text, writes_json_strings_as_rfc_8259_has_them)
{
    static const struct {
        struct span bytes, json;
    } rows[] = {
        {SPAN_INIT("TH-50/2570/0001"), SPAN_INIT("\"TH-50/2570/0001\"")},
        {SPAN_INIT("ล/2570/0001"), SPAN_INIT("\"ล/2570/0001\"")},
        {SPAN_INIT("\"a\\\""), SPAN_INIT("\"\\\"a\\\\\\\"\"")},
        {SPAN_INIT("\0\n\x1f\x7f"), SPAN_INIT("\"\\u0000\\u000a\\u001f\x7f\"")},
        {{NULL, 0}, SPAN_INIT("\"\"")},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char buffer[64];
        struct text text = {.data = buffer, .size = TEXT_JSON_BYTES_MAX(rows[i].bytes.len) + 1};

        text_put_json(&text, rows[i].bytes);
        cr_expect(span_eq(text_span(&text), rows[i].json), "row %zu", i);
    }
}

Test(text, aborts_where_something_does_not_fit, .signal = SIGABRT)
{
    char buffer[4];
    struct text text = {.data = buffer, .size = sizeof buffer};

    text_put(&text, SPAN("abcd")); /* one byte has to be left over */
}
