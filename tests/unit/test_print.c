/* What print promises: columns that line up in Thai, both languages, and a safe terminal. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../client/griev/memory.h"
#include "../../client/griev/print.h"
#include "core/thai.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const struct column columns[] = {
    {TEXT("รหัส", "Code"), "code", CELL_CODE, NULL},
    {TEXT("ชื่อ", "Name"), "name", CELL_TEXT, NULL},
    {TEXT("จำนวน", "Count"), "count", CELL_NUMBER, NULL},
    {TEXT("วันที่", "Day"), "day", CELL_DATE, NULL},
};

static json_t *parse(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

    cr_assert_not_null(json, "%s", text);
    return json;
}

/* What printing the items writes; to be freed. */
static char *items_text(struct print print, const char *items_json)
{
    json_t *items = parse(items_json);
    char *text = NULL;
    size_t size = 0;

    print.out = open_memstream(&text, &size);
    print_items(&print, columns, COUNT_OF(columns), items);
    fclose(print.out);
    json_decref(items);
    return text;
}

/* The terminal column where `word` begins in its line. */
static size_t column_of(const char *text, const char *word)
{
    const char *place = strstr(text, word);
    const char *line = place;

    cr_assert_not_null(place, "%s is not in:\n%s", word, text);
    while (line > text && line[-1] != '\n')
        line--;
    return thai_columns((struct span){line, (size_t)(place - line)});
}

Test(print_items, lines_up_thai_by_what_a_terminal_shows)
{
    char *text =
        items_text((struct print){.lang = LANG_TH},
                   "[{\"code\":\"A\",\"name\":\"น้ำ\",\"count\":7},"
                   "{\"code\":\"B\",\"name\":\"ผู้ยื่นเรื่องที่นี่\",\"count\":1234},"
                   "{\"code\":\"C\",\"name\":\"กขค\",\"count\":88,\"day\":\"2026-11-23\"}]");

    /* two blanks behind the widest */
    cr_expect_eq(column_of(text, "กขค"), thai_columns(SPAN("รหัส")) + 2);
    cr_expect_eq(column_of(text, "1234") + 4, column_of(text, "กขค") +
                                                  thai_columns(SPAN("ผู้ยื่นเรื่องที่นี่")) + 2 +
                                                  thai_columns(SPAN("จำนวน")));
    /* names begin in one column, numbers end in one */
    cr_expect_eq(column_of(text, "น้ำ"), column_of(text, "กขค"));
    cr_expect_eq(column_of(text, "ผู้ยื่น"), column_of(text, "กขค"));
    cr_expect_eq(column_of(text, "ชื่อ"), column_of(text, "กขค"));
    cr_expect_eq(column_of(text, "7") + 1, column_of(text, "1234") + 4);
    cr_expect_eq(column_of(text, "88") + 2, column_of(text, "1234") + 4);
    cr_expect_eq(column_of(text, "วันที่"), column_of(text, "23 พฤศจิกายน 2569"));
    free(text);
}

Test(print_items, says_so_when_there_is_none)
{
    char *text = items_text((struct print){.lang = LANG_EN}, "[]");

    cr_expect_str_eq(text, "There is none.\n");
    free(text);
}

Test(print_items, is_the_same_bytes_with_colour_but_for_the_escapes)
{
    char *plain = items_text((struct print){.lang = LANG_EN}, "[{\"code\":\"A\"}]");
    char *coloured =
        items_text((struct print){.lang = LANG_EN, .colour = true}, "[{\"code\":\"A\"}]");

    cr_expect_null(strchr(plain, '\033'));
    cr_expect_not_null(strstr(coloured, "\033[1mCode\033[0m"));
    free(plain);
    free(coloured);
}

Test(print_cell, prints_each_kind_in_both_languages)
{
    static const struct {
        const char *promise;
        struct column column;
        const char *object, *thai, *english;
    } rows[] = {
        {"a day is Buddhist in Thai, ISO in English",
         {TEXT("", ""), "m", CELL_DATE, NULL},
         "{\"m\":\"2026-11-23\"}",
         "23 พฤศจิกายน 2569",
         "2026-11-23"},
        {"a month too",
         {TEXT("", ""), "m", CELL_MONTH, NULL},
         "{\"m\":\"2026-11\"}",
         "พฤศจิกายน 2569",
         "2026-11"},
        {"months in a list",
         {TEXT("", ""), "m", CELL_MONTHS, NULL},
         "{\"m\":[\"2026-11\",\"2026-12\"]}",
         "พฤศจิกายน 2569, ธันวาคม 2569",
         "2026-11, 2026-12"},
        {"a time is Bangkok's, whatever its offset",
         {TEXT("", ""), "m", CELL_TIME, NULL},
         "{\"m\":\"2026-11-22T18:05:06.123456+00:00\"}",
         "23 พฤศจิกายน 2569 01:05 น.",
         "2026-11-23 01:05"},
        {"a time west of Greenwich",
         {TEXT("", ""), "m", CELL_TIME, NULL},
         "{\"m\":\"2026-11-22T13:35:06-04:30\"}",
         "23 พฤศจิกายน 2569 01:05 น.",
         "2026-11-23 01:05"},
        {"what is no time stays as it came",
         {TEXT("", ""), "m", CELL_TIME, NULL},
         "{\"m\":\"soon\"}",
         "soon",
         "soon"},
        {"null is a dash", {TEXT("", ""), "m", CELL_NUMBER, NULL}, "{\"m\":null}", "–", "–"},
        {"so is what is absent", {TEXT("", ""), "m", CELL_TEXT, NULL}, "{}", "–", "–"},
        {"true is a word", {TEXT("", ""), "m", CELL_YES, NULL}, "{\"m\":true}", "ใช่", "yes"},
        {"a name in the reader's language",
         {TEXT("", ""), "s", CELL_NAME, NULL},
         "{\"s\":\"X\",\"s_th\":\"รับแล้ว\",\"s_en\":\"Received\"}",
         "รับแล้ว",
         "Received"},
        {"the code when that language has no name",
         {TEXT("", ""), "s", CELL_NAME, NULL},
         "{\"s\":\"X\",\"s_th\":\"รับแล้ว\"}",
         "รับแล้ว",
         "X"},
        {"both names",
         {TEXT("", ""), "s", CELL_NAMES, NULL},
         "{\"s_th\":\"รับแล้ว\",\"s_en\":\"Received\"}",
         "รับแล้ว / Received",
         "รับแล้ว / Received"},
        {"a list", {TEXT("", ""), "m", CELL_LIST, NULL}, "{\"m\":[\"a\",\"b\"]}", "a, b", "a, b"},
        {"a count", {TEXT("", ""), "m", CELL_COUNT, NULL}, "{\"m\":[1,2,3]}", "3", "3"},
        {"a member of a member",
         {TEXT("", ""), "u/code", CELL_CODE, NULL},
         "{\"u\":{\"code\":\"LEGAL\"}}",
         "LEGAL",
         "LEGAL"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *object = parse(rows[i].object);
        char *thai = print_cell(&(struct print){.lang = LANG_TH}, &rows[i].column, object);
        char *english = print_cell(&(struct print){.lang = LANG_EN}, &rows[i].column, object);

        cr_expect_str_eq(thai, rows[i].thai, "%s: %s", rows[i].promise, thai);
        cr_expect_str_eq(english, rows[i].english, "%s: %s", rows[i].promise, english);
        json_decref(object);
        free(thai);
        free(english);
    }
}

Test(print_cell, writes_thai_digits_in_numbers_and_never_in_codes)
{
    const struct print print = {.lang = LANG_TH, .thai_digits = true};
    static const struct column number = {TEXT("", ""), "m", CELL_NUMBER, NULL};
    static const struct column date = {TEXT("", ""), "m", CELL_DATE, NULL};
    static const struct column code = {TEXT("", ""), "m", CELL_CODE, NULL};
    static const struct {
        const struct column *column;
        const char *object, *text;
    } rows[] = {
        {&number, "{\"m\":120}", "๑๒๐"},
        {&date, "{\"m\":\"2026-11-23\"}", "๒๓ พฤศจิกายน ๒๕๖๙"},
        {&code, "{\"m\":\"TH-50/2570/0007\"}", "TH-50/2570/0007"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *object = parse(rows[i].object);
        char *text = print_cell(&print, rows[i].column, object);

        cr_expect_str_eq(text, rows[i].text);
        json_decref(object);
        free(text);
    }
}

Test(print_cell, names_a_code_by_the_taxonomy)
{
    json_t *taxonomy =
        parse("{\"class\":[{\"code\":\"C1\",\"th\":\"ทุจริต\",\"en\":\"Corruption\"}]}");
    const struct print print = {.lang = LANG_EN, .taxonomy = taxonomy};
    static const struct column column = {TEXT("", ""), "class", CELL_CODE, "class"};
    json_t *known = parse("{\"class\":\"C1\"}");
    json_t *unknown = parse("{\"class\":\"C9\"}");
    char *first = print_cell(&print, &column, known);
    char *second = print_cell(&print, &column, unknown);

    cr_expect_str_eq(first, "C1 Corruption");
    cr_expect_str_eq(second, "C9");
    free(first);
    free(second);
    json_decref(known);
    json_decref(unknown);
    json_decref(taxonomy);
}

Test(print_safe, lets_nothing_control_the_terminal)
{
    const struct {
        const char *promise;
        struct span text;
        const char *safe;
    } rows[] = {
        {"Thai, zero-width space and emoji pass", SPAN("ทดสอบ\u200bคำ 🙂"),
         "ทดสอบ\u200bคำ 🙂"},
        {"lines and tabs pass", SPAN("a\n\tb"), "a\n\tb"},
        {"a carriage return before a line's end is dropped", SPAN("a\r\nb"), "a\nb"},
        {"one alone could overwrite the line", SPAN("a\rb"), "a\uFFFDb"},
        {"an escape sequence", SPAN("\033[31m"), "\uFFFD[31m"},
        {"its one-byte form",
         SPAN("\xc2\x9b"
              "31m"),
         "\uFFFD31m"},
        {"direction overrides", SPAN("a\u202eb\u2066c"), "a\uFFFDb\uFFFDc"},
        {"NUL", SPAN("a\0b"), "a\uFFFDb"},
        {"bytes that are not UTF-8", SPAN("a\xff\xe0\xb8"), "a\uFFFD\uFFFD\uFFFD"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *safe = print_safe(&(struct print){.lang = LANG_EN}, rows[i].text, true);

        cr_expect_str_eq(safe, rows[i].safe, "%s: %s", rows[i].promise, safe);
        free(safe);
    }
}

Test(print_items, keeps_a_value_on_its_line)
{
    char *text =
        items_text((struct print){.lang = LANG_EN}, "[{\"code\":\"A\",\"name\":\"x\\ny\\tz\"}]");

    cr_expect_not_null(strstr(text, "x y z"));
    free(text);
}

Test(print_fields, leaves_out_what_is_not_there)
{
    json_t *object = parse("{\"code\":\"A\",\"name\":null,\"count\":0}");
    char *text = NULL;
    size_t size = 0;
    struct print print = {.lang = LANG_EN, .out = open_memstream(&text, &size)};

    print_fields(&print, columns, COUNT_OF(columns), object);
    fclose(print.out);
    cr_expect_str_eq(text, "Code   A\nCount  0\n");
    json_decref(object);
    free(text);
}

Test(table_print, aborts_on_a_row_that_is_not_whole, .signal = SIGABRT)
{
    struct table table = {.column_count = 2};

    table_add(&table, memory_printf("one"), STYLE_PLAIN, false);
    table_print(&table, &(struct print){.out = stdout}, 0);
}
