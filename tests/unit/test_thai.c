/* What a Thai reader may expect of dates, digits, columns and UTF-8. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>

#include "core/thai.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

Test(thai_day_of, is_bangkoks_day)
{
    const struct {
        const char *promise;
        int64_t unix_seconds;
        struct thai_date date;
    } rows[] = {
        {"the epoch", 0, {1970, 1, 1}},
        {"17:00 UTC is Bangkok's midnight", 1727715600, {2024, 10, 1}},
        {"a second before is the day before", 1727715599, {2024, 9, 30}},
        {"a leap day", 1709164800, {2024, 2, 29}},
        {"its last second", 1709225999, {2024, 2, 29}},
        {"1 March after it", 1709226000, {2024, 3, 1}},
        {"a year divisible by 100 has none", 4107430800, {2100, 2, 28}},
        {"so 1 March follows", 4107430800 + 86400, {2100, 3, 1}},
        {"a year divisible by 400 has one", 951757200, {2000, 2, 29}},
        {"the last day of a year", 1767200399, {2025, 12, 31}},
        {"the first of the next", 1767200400, {2026, 1, 1}},
        {"before the epoch", -25201, {1969, 12, 31}},
        {"Bangkok's 1900", -2208988800 - 25200, {1900, 1, 1}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct thai_date got = thai_day_of(rows[i].unix_seconds);

        cr_expect_eq(thai_date_compare(got, rows[i].date), 0, "%s: got %d-%d-%d", rows[i].promise,
                     got.year, got.month, got.day);
    }
}

Test(thai_day_of, goes_day_by_day_for_four_centuries)
{
    struct thai_date yesterday = thai_day_of(-2208988800 - 25200 - 86400);

    for (int64_t day = -25567; day < 120000; day++) {
        const struct thai_date date = thai_day_of(day * 86400);
        const bool next_day = date.day == yesterday.day + 1 && date.month == yesterday.month;
        const bool next_month = date.day == 1 && yesterday.day >= 28 &&
                                date.month == yesterday.month % 12 + 1 &&
                                date.year == yesterday.year + (date.month == 1);

        cr_assert((next_day && date.year == yesterday.year) || next_month, "day %lld",
                  (long long)day);
        yesterday = date;
    }
}

Test(thai_date_read, takes_a_day_as_people_write_it)
{
    static const struct {
        const char *text;
        struct thai_date date; /* day 0: it is none */
    } rows[] = {
        {"15/10/2567", {2024, 10, 15}},
        {"15-10-2567", {2024, 10, 15}},
        {"15.10.2024", {2024, 10, 15}},
        {"2024-10-15", {2024, 10, 15}},
        {"2567/10/15", {2024, 10, 15}},
        {"5/1/2567", {2024, 1, 5}},
        {" ๑๕/๑๐/๒๕๖๗ ", {2024, 10, 15}},
        {"15 ต.ค. 2567", {2024, 10, 15}},
        {"๑๕ ต.ค. ๒๕๖๗", {2024, 10, 15}},
        {"15 ต. ค. 2567", {2024, 10, 15}},
        {"15 ตค 2567", {2024, 10, 15}},
        {"15ตุลาคม2567", {2024, 10, 15}},
        {"15 ตุลาคม พ.ศ. 2567", {2024, 10, 15}},
        {"29 กุมภาพันธ์ 2567", {2024, 2, 29}},
        {"1 มี.ค. 2567", {2024, 3, 1}},
        {"1 มิ.ย. 2567", {2024, 6, 1}},
        {"1 เม.ย. 2567", {2024, 4, 1}},
        {"1-พ.ย.-2567", {2024, 11, 1}},
        {"29/2/2566", {0}},
        {"10/15/2567", {0}},
        {"15/10/67", {0}},
        {"15 ต.ค. 67", {0}},
        {"15 ต.ต. 2567", {0}},
        {"15/10/2567 10:00", {0}},
        {"15/10/25670", {0}},
        {"2567-10-2567", {0}},
        {"15/2567", {0}},
        {"15102567", {0}},
        {"0/10/2567", {0}},
        {"15/10/1500", {0}},
        {"\xff/10/2567", {0}},
        {"", {0}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct thai_date date = {0};
        const bool real = thai_date_read(span_of(rows[i].text), &date);

        cr_expect_eq(real, rows[i].date.day > 0, "%s", rows[i].text);
        cr_expect_eq(thai_date_compare(date, rows[i].date), 0, "%s: %d-%d-%d", rows[i].text,
                     date.year, date.month, date.day);
    }
}

Test(thai_date_read, knows_every_month_by_both_names)
{
    static const char *const shorts[] = {
        "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
        "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.",  "พ.ย.", "ธ.ค.",
    };
    char text[64];
    struct thai_date date;

    for (int month = 1; month <= 12; month++) {
        thai_date_print((struct thai_date){2026, month, 7}, text, sizeof text);
        cr_expect(thai_date_read(span_of(text), &date) && date.month == month, "%s", text);
        snprintf(text, sizeof text, "7 %s 2569", shorts[month - 1]);
        cr_expect(thai_date_read(span_of(text), &date) && date.month == month, "%s", text);
    }
}

Test(thai_plain_digits, replaces_thai_digits_and_nothing_else)
{
    const struct {
        struct span text;
        const char *plain; /* NULL: it does not fit */
    } rows[] = {
        {SPAN("๒๕๖๙-๑๐"), "2569-10"}, {SPAN("2569-10"), "2569-10"},
        {SPAN("๒5๗0"), "2570"},       {SPAN(""), ""},
        {SPAN("ก๑"), "ก1"},           {SPAN("\xe0\xb9"), "\xe0\xb9"},
        {SPAN("๑๒๓๔๕๖๗"), "1234567"}, {SPAN("๑๒๓๔๕๖๗๘"), NULL},
        {SPAN("1\0"), NULL},          {SPAN("1234567ก"), NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char plain[8] = "before";

        cr_expect_eq(thai_plain_digits(rows[i].text, plain, sizeof plain), rows[i].plain != NULL,
                     "row %zu", i);
        cr_expect_str_eq(plain, rows[i].plain ? rows[i].plain : "", "row %zu", i);
    }
}

Test(thai_date_parse, takes_real_iso_days_only)
{
    const struct {
        struct span text;
        bool real;
    } rows[] = {
        {SPAN("2026-11-23"), true},  {SPAN("1900-01-01"), true},
        {SPAN("2199-12-31"), true},  {SPAN("2024-02-29"), true},
        {SPAN("2000-02-29"), true},  {SPAN("2023-02-29"), false},
        {SPAN("2100-02-29"), false}, {SPAN("2026-04-31"), false},
        {SPAN("2026-13-01"), false}, {SPAN("2026-00-01"), false},
        {SPAN("2026-01-00"), false}, {SPAN("2026-01-32"), false},
        {SPAN("1899-12-31"), false}, {SPAN("2200-01-01"), false},
        {SPAN("2569-11-23"), false}, {SPAN("2026-1-01"), false},
        {SPAN("2026-01-1"), false},  {SPAN("2026/01/01"), false},
        {SPAN("20260101"), false},   {SPAN("2026-01-01 "), false},
        {SPAN("+026-01-01"), false}, {SPAN("2026- 1-01"), false},
        {SPAN(""), false},           {SPAN("2026-01-0\0"), false},
        {SPAN("๒๕๖๙"), false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct thai_date date = {1, 1, 1};

        cr_expect_eq(thai_date_parse(rows[i].text, &date), rows[i].real, "row %zu", i);
        cr_expect(rows[i].real || date.year == 1, "row %zu: the date was touched", i);
    }
}

Test(thai_date_compare, orders_by_year_month_and_day)
{
    static const struct thai_date rising[] = {
        {2025, 12, 31}, {2026, 1, 1}, {2026, 1, 2}, {2026, 2, 1}, {2027, 1, 1}};

    for (size_t i = 0; i < COUNT_OF(rising); i++) {
        for (size_t j = 0; j < COUNT_OF(rising); j++) {
            const int order = thai_date_compare(rising[i], rising[j]);
            cr_expect_eq((order > 0) - (order < 0), (i > j) - (i < j), "%zu %zu", i, j);
        }
    }
}

Test(thai_fiscal_year, opens_on_1_october_under_the_year_it_ends_in)
{
    cr_expect_eq(thai_fiscal_year((struct thai_date){2024, 9, 30}), 2567);
    cr_expect_eq(thai_fiscal_year((struct thai_date){2024, 10, 1}), 2568);
    cr_expect_eq(thai_fiscal_year((struct thai_date){2024, 12, 31}), 2568);
    cr_expect_eq(thai_fiscal_year((struct thai_date){2025, 1, 1}), 2568);
    cr_expect_eq(thai_fiscal_year((struct thai_date){2025, 9, 30}), 2568);
}

Test(thai_date_print, names_the_month_and_the_buddhist_year)
{
    static const char *const months[] = {"มกราคม",  "กุมภาพันธ์", "มีนาคม",    "เมษายน",
                                         "พฤษภาคม", "มิถุนายน",  "กรกฎาคม",  "สิงหาคม",
                                         "กันยายน",  "ตุลาคม",   "พฤศจิกายน", "ธันวาคม"};

    for (int month = 1; month <= 12; month++) {
        char got[64], expected[64];

        thai_date_print((struct thai_date){2026, month, 23}, got, sizeof got);
        snprintf(expected, sizeof expected, "23 %s 2569", months[month - 1]);
        cr_expect_str_eq(got, expected);
    }
}

Test(thai_digits, replaces_digits_but_those_of_codes_and_addresses)
{
    const struct {
        struct span text;
        const char *expected;
    } rows[] = {
        {SPAN("0123456789"), "๐๑๒๓๔๕๖๗๘๙"},
        {SPAN("5 (ยังไม่ยืนยัน)"), "๕ (ยังไม่ยืนยัน)"},
        {SPAN("TH-50/2570/0007"), "TH-50/2570/0007"},
        {SPAN("C1 2 เรื่อง ที่ https://x.th/25 3"), "C1 ๒ เรื่อง ที่ https://x.th/25 ๓"},
        {SPAN("1\nC1\tข้อ1"), "๑\nC1\tข้อ๑"},
        {SPAN("๑"), "๑"},
        {SPAN(""), ""},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char got[64];

        thai_digits(rows[i].text, got, sizeof got);
        cr_expect_str_eq(got, rows[i].expected);
    }
}

Test(thai_digits, aborts_on_a_buffer_too_small, .signal = SIGABRT)
{
    char buffer[3];

    thai_digits(SPAN("1"), buffer, sizeof buffer);
}

Test(thai_columns, counts_what_a_terminal_shows)
{
    const struct {
        const char *promise;
        struct span text;
        size_t columns;
    } rows[] = {
        {"ASCII one each", SPAN("TH-50"), 5},
        {"vowels and tone marks above and below none", SPAN("ที่"), 1},
        {"a whole word", SPAN("เรื่องร้องเรียน"), 11},
        {"SARA AM one", SPAN("ทำ"), 2},
        {"nikhahit and SARA AA, decomposed", SPAN("ท\u0e4d\u0e32"), 2},
        {"a doubled tone mark", SPAN("ที่\u0e48"), 1},
        {"a zero-width space none", SPAN("ก\u200bข"), 2},
        {"a byte order mark none", SPAN("\ufeffก"), 1},
        {"MAI YAMOK, PAIYANNOI, Thai digits one each", SPAN("ๆฯ๙฿"), 4},
        {"an emoji two", SPAN("😭"), 2},
        {"joined emoji as a terminal without ligatures", SPAN("👨\u200d👩\u200d👧"), 6},
        {"a variation selector none", SPAN("✂\ufe0f"), 1},
        {"Khmer and Burmese marks none", SPAN("ក\u17b7ក\u17d2 က\u102d"), 4},
        {"CJK two", SPAN("漢字カナ한"), 10},
        {"full-width letters two", SPAN("ＡＢ"), 4},
        {"half-width kana one", SPAN("ｶﾅ"), 2},
        {"a combining accent none", SPAN("e\u0301"), 1},
        {"accented letters one", SPAN("éß"), 2},
        {"control characters none", SPAN("a\x1b\x7f\xC2\x85z"), 2},
        {"invalid bytes one each", SPAN("a\xE0\xB8z\xFF"), 5},
        {"nothing none", SPAN(""), 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const size_t columns = thai_columns(rows[i].text);
        cr_expect_eq(columns, rows[i].columns, "%s: got %zu", rows[i].promise, columns);
    }
}

Test(utf8_next, decodes_the_edges_of_every_length)
{
    const struct {
        struct span text;
        uint32_t code_point;
        size_t length; /* 0: refused */
    } rows[] = {
        {SPAN("\0"), 0, 1},
        {SPAN("\x7F"), 0x7F, 1},
        {SPAN("\xC2\x80"), 0x80, 2},
        {SPAN("\xDF\xBF"), 0x7FF, 2},
        {SPAN("\xE0\xA0\x80"), 0x800, 3},
        {SPAN("\xED\x9F\xBF"), 0xD7FF, 3},
        {SPAN("\xEE\x80\x80"), 0xE000, 3},
        {SPAN("\xEF\xBF\xBF"), 0xFFFF, 3},
        {SPAN("\xF0\x90\x80\x80"), 0x10000, 4},
        {SPAN("\xF4\x8F\xBF\xBF"), 0x10FFFF, 4},
        {SPAN("\x80"), 0, 0},             /* a continuation byte alone */
        {SPAN("\xC0\x80"), 0, 0},         /* overlong NUL */
        {SPAN("\xC1\xBF"), 0, 0},         /* overlong U+007F */
        {SPAN("\xE0\x9F\xBF"), 0, 0},     /* overlong U+07FF */
        {SPAN("\xF0\x8F\xBF\xBF"), 0, 0}, /* overlong U+FFFF */
        {SPAN("\xED\xA0\x80"), 0, 0},     /* U+D800 */
        {SPAN("\xED\xBF\xBF"), 0, 0},     /* U+DFFF */
        {SPAN("\xF4\x90\x80\x80"), 0, 0}, /* past U+10FFFF */
        {SPAN("\xF8\x88\x80\x80\x80"), 0, 0},
        {SPAN("\xFF"), 0, 0},
        {SPAN("\xE0\xB8"), 0, 0}, /* breaks off */
        {SPAN("\xE0\xB8z"), 0, 0},
        {SPAN("\xF0\x9F\x98"), 0, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t code_point = 0;

        cr_expect_eq(utf8_next(rows[i].text, &code_point), rows[i].length, "row %zu", i);
        cr_expect_eq(code_point, rows[i].code_point, "row %zu: got %x", i, code_point);
        cr_expect_eq(utf8_valid(rows[i].text), rows[i].length > 0, "row %zu", i);
    }
}

/* Runs of one kind are looked at many bytes at a time: a fault is seen at every place of one. */
Test(utf8_valid, finds_a_fault_wherever_it_stands)
{
    static const struct span faults[] = {
        SPAN_INIT("\x80"),         SPAN_INIT("\xC0\x80"),         SPAN_INIT("\xE0\x9F\xBF"),
        SPAN_INIT("\xED\xA0\x80"), SPAN_INIT("\xF4\x90\x80\x80"), SPAN_INIT("\xE0\xB8")};

    for (size_t before = 0; before <= 20; before++) {
        for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
            char ascii[64], thai[128];
            size_t ascii_len = before, thai_len = 0;

            memset(ascii, 'a', before);
            for (size_t letter = 0; letter < before; letter++, thai_len += 3)
                memcpy(thai + thai_len, "\xE0\xB8\x81", 3);
            cr_expect(utf8_valid((struct span){ascii, ascii_len}));
            cr_expect(utf8_valid((struct span){thai, thai_len}));
            memcpy(ascii + ascii_len, faults[i].data, faults[i].len);
            memcpy(thai + thai_len, faults[i].data, faults[i].len);
            cr_expect_not(utf8_valid((struct span){ascii, ascii_len + faults[i].len}));
            cr_expect_not(utf8_valid((struct span){thai, thai_len + faults[i].len}));
            memset(ascii + ascii_len + faults[i].len, 'a', 9);
            cr_expect_not(utf8_valid((struct span){ascii, ascii_len + faults[i].len + 9}));
        }
    }
}

Test(utf8_valid, looks_at_every_byte)
{
    cr_expect(utf8_valid(SPAN("")));
    cr_expect(utf8_valid(SPAN("เรื่อง\u200bร้องเรียน ท\u0e4d\u0e32 👨\u200d👩")));
    cr_expect_not(utf8_valid(SPAN("เรื่อง\xE0\xB8")));
    cr_expect_not(utf8_valid(SPAN("\xA0"
                                  "abc")));
}
