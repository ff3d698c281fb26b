/* What a document looks like on paper. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

#include "render.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const struct render_options thai = {RENDER_TH, false, false};
static const struct render_options thai_digits = {RENDER_TH, true, false};
static const struct render_options english = {RENDER_EN, false, false};

static json_t *parsed(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

    cr_assert(json, "%s", text);
    return json;
}

Test(render_cell, shows_each_type_as_its_reader_expects)
{
    static const struct {
        const char *promise, *cell;
        enum render_type type;
        const struct render_options *options;
        const char *shown;
    } rows[] = {
        {"nothing is a dash", "null", RENDER_COUNT, &thai, "-"},
        {"an empty text too", "\"\"", RENDER_TEXT, &thai, "-"},
        {"zero is a number", "0", RENDER_COUNT, &thai, "0"},
        {"thousands are separated", "1234567", RENDER_COUNT, &thai, "1,234,567"},
        {"not below them", "999", RENDER_COUNT, &thai, "999"},
        {"a negative number keeps its sign", "-1234", RENDER_COUNT, &thai, "-1,234"},
        {"in Thai digits", "1234", RENDER_COUNT, &thai_digits, "๑,๒๓๔"},
        {"a decimal keeps every digit", "\"5.0000\"", RENDER_DECIMAL, &thai, "5.0000"},
        {"a day has the Buddhist year", "\"2026-11-27\"", RENDER_DAY, &thai, "27 พฤศจิกายน 2569"},
        {"in Thai digits", "\"2026-11-27\"", RENDER_DAY, &thai_digits, "๒๗ พฤศจิกายน ๒๕๖๙"},
        {"in English it is as it is", "\"2026-11-27\"", RENDER_DAY, &english, "2026-11-27"},
        {"a month has no day", "\"2026-10\"", RENDER_MONTH, &thai, "ตุลาคม 2569"},
        {"what is no day stays", "\"soon\"", RENDER_DAY, &thai, "soon"},
        {"the reader's language", "{\"th\":\"ก\",\"en\":\"a\"}", RENDER_TEXT, &english, "a"},
        {"a code keeps its digits", "\"TH-50\"", RENDER_CODE, &thai_digits, "TH-50"},
        {"in a sentence too", "\"C1 และ 2 เรื่อง\"", RENDER_TEXT, &thai_digits, "C1 และ ๒ เรื่อง"},
        {"and an address", "\"ที่ https://x.th/25 3\"", RENDER_TEXT, &thai_digits,
         "ที่ https://x.th/25 ๓"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *cell = parsed(rows[i].cell);
        char *shown = render_cell(cell, rows[i].type, rows[i].options);

        cr_expect_str_eq(shown, rows[i].shown, "%s", rows[i].promise);
        free(shown);
        json_decref(cell);
    }
}

/* A document of one table with these rows. */
static json_t *document(const char *rows)
{
    char text[4096];

    snprintf(text, sizeof text,
             "{\"status\":\"draft\",\"document\":{\"title\":{\"th\":\"ก<b>\",\"en\":\"a<b>\"},"
             "\"subtitle\":{\"th\":\"ปี \\\"1\\\"\",\"en\":\"year\"},\"sections\":[{\"key\":\"s\","
             "\"title\":{\"th\":\"ส\",\"en\":\"s\"},\"blocks\":[{\"kind\":\"table\",\"key\":\"t\","
             "\"title\":{\"th\":\"ต\",\"en\":\"t\"},\"columns\":["
             "{\"key\":\"a\",\"type\":\"text\",\"title\":{\"th\":\"ชื่อ\",\"en\":\"name\"}},"
             "{\"key\":\"b\",\"type\":\"count\",\"title\":{\"th\":\"จำนวน\",\"en\":\"count\"}}],"
             "\"rows\":%s,\"total\":null,\"note\":null}]}]}}",
             rows);
    return parsed(text);
}

Test(render_csv, quotes_what_must_be_and_disarms_formulas)
{
    static const struct {
        const char *promise, *rows, *lines;
    } rows[] = {
        {"plain", "[[\"x\",1234]]", "x,1234\r\n"},
        {"a comma", "[[\"a,b\",0]]", "\"a,b\",0\r\n"},
        {"a quote", "[[\"a\\\"b\",0]]", "\"a\"\"b\",0\r\n"},
        {"a line end", "[[\"a\\nb\",0]]", "\"a\nb\",0\r\n"},
        {"nothing", "[[null,null]]", ",\r\n"},
        {"a formula", "[[\"=1+1\",0]]", "\"'=1+1\",0\r\n"},
        {"a formula with a quote", "[[\"@a\\\"\",0]]", "\"'@a\"\"\",0\r\n"},
        {"a negative number is none", "[[\"x\",-5]]", "x,-5\r\n"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *answer = document(rows[i].rows);
        char expected[512];
        struct span file;

        snprintf(expected, sizeof expected,
                 "\xef\xbb\xbf"
                 "a<b> year · DRAFT\r\n\r\nt\r\nname,count\r\n%s\r\n",
                 rows[i].lines);
        cr_assert(render_csv(answer, &english, &file));
        cr_expect(span_eq(file, span_of(expected)), "%s: %.*s", rows[i].promise, (int)file.len,
                  file.data);
        free((void *)file.data);
        json_decref(answer);
    }
}

/* A table with a note among a plain sentence, two others and the head of a list. */
static json_t *remarked_document(void)
{
    return parsed(
        "{\"status\":\"current\",\"document\":{\"title\":\"t\",\"subtitle\":\"s\",\"sections\":["
        "{\"blocks\":[{\"kind\":\"text\",\"style\":\"strong\",\"text\":{\"en\":\"None.\"}},"
        "{\"kind\":\"text\",\"style\":\"plain\",\"text\":{\"en\":\"A story.\"}},"
        "{\"kind\":\"table\",\"key\":\"k\",\"title\":\"T\",\"columns\":["
        "{\"type\":\"month\",\"title\":{\"th\":\"เดือน\",\"en\":\"Month\"}},"
        "{\"type\":\"day\",\"title\":{\"th\":\"วันที่\",\"en\":\"Day\"}}],"
        "\"rows\":[[\"2026-10\",\"2026-10-02\"]],\"total\":null,"
        "\"note\":{\"en\":\"* not, yet\"}},"
        "{\"kind\":\"text\",\"style\":\"note\",\"text\":{\"en\":\"Unit: cases\"}},"
        "{\"kind\":\"text\",\"style\":\"strong\",\"text\":{\"en\":\"To decide:\"}},"
        "{\"kind\":\"list\",\"items\":[]}]},"
        "{\"blocks\":[{\"kind\":\"text\",\"style\":\"strong\",\"text\":{\"en\":\"Else.\"}}]}]}}");
}

static void expect_csv(const json_t *answer, const struct render_options *options,
                       const char *expected)
{
    struct span file;

    cr_assert(render_csv(answer, options, &file));
    cr_expect(span_eq(file, span_of(expected)), "%.*s", (int)file.len, file.data);
    free((void *)file.data);
}

Test(render_csv, says_whose_years_its_days_have_and_what_is_remarked_on_a_table)
{
    json_t *answer = remarked_document();

    expect_csv(answer, &english,
               "\xef\xbb\xbf"
               "t s\r\n\r\nT\r\nMonth (YYYY-MM),Day (YYYY-MM-DD)\r\n2026-10,2026-10-02\r\n"
               "\"* not, yet\"\r\nNone.\r\nUnit: cases\r\n\r\n");
    expect_csv(answer, &thai,
               "\xef\xbb\xbf"
               "t s\r\n\r\nT\r\nเดือน (ค.ศ. YYYY-MM),วันที่ (ค.ศ. YYYY-MM-DD)\r\n"
               "2026-10,2026-10-02\r\n\r\n\r\n\r\n\r\n");
    json_decref(answer);
}

Test(render_headline, says_what_the_tables_are_and_how_they_stand)
{
    static const struct {
        const char *promise, *answer, *said;
        const struct render_options *options;
    } rows[] = {
        {"an internal draft",
         "{\"status\":\"draft\",\"document\":{\"title\":\"รายงาน\",\"subtitle\":\"ปี 2570\","
         "\"secrecy\":{\"th\":\"ลับ\",\"en\":\"SECRET\"},\"as_of\":\"2026-11-27\"}}",
         "รายงาน ปี ๒๕๗๐ · ลับ · ร่าง · ข้อมูล ณ วันที่ ๒๗ พฤศจิกายน ๒๕๖๙", &thai_digits},
        {"what was approved for all",
         "{\"status\":\"published\",\"document\":{\"title\":\"Statistics\",\"subtitle\":\"2570\","
         "\"secrecy\":null,\"as_of\":\"2027-03-31\"},"
         "\"publication\":{\"approved_by\":\"the head\",\"approved_on\":\"2027-04-01\"}}",
         "Statistics 2570 · as of 2027-03-31 · approved for publication by the head · "
         "approved on 2027-04-01",
         &english},
        {"an issued report with errata",
         "{\"status\":\"issued\",\"document\":{\"title\":\"R\",\"subtitle\":\"2570\"},"
         "\"errata\":[{\"text\":\"x\"},{\"text\":\"y\"}]}",
         "R 2570 · errata: 2", &english},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *answer = parsed(rows[i].answer);
        char *said = render_headline(answer, rows[i].options);

        cr_expect_str_eq(said, rows[i].said, "%s", rows[i].promise);
        free(said);
        json_decref(answer);
    }
}

Test(render_html, lets_no_text_become_markup_or_style)
{
    json_t *answer = document("[[\"<script>&\\\"\",1]]");
    struct span file;

    cr_assert(render_html(answer, &thai, &file));
    char *page = strndup(file.data, file.len);
    cr_expect(strstr(page, "<td>&lt;script&gt;&amp;&quot;</td>"));
    cr_expect_not(strstr(page, "<script"));
    cr_expect_not(strstr(page, "<b>'"), "the title in the style is escaped");
    cr_expect(strstr(page, "content:\"\"") && strstr(page, "\\3c b>"), "%s", page);
    cr_expect(strstr(page, "ปี \\22 1\\22 "), "a quote ends no string of the style");
    cr_expect(strstr(page, "<p class=\"draft\">ร่าง</p>"));
    free(page);
    free((void *)file.data);
    json_decref(answer);
}

Test(render_xlsx, is_a_zip_of_a_workbook)
{
    json_t *answer = document("[[\"x\",1]]");
    struct span file;

    cr_assert(render_xlsx(answer, &thai, &file));
    cr_expect(file.len > 2000 && memcmp(file.data, "PK\x03\x04", 4) == 0);
    free((void *)file.data);
    json_decref(answer);
}

/* How long a workbook is with a text of so many letters in it, which no packing makes shorter. */
static size_t xlsx_with(size_t letters)
{
    char *text = malloc(letters + 1);
    uint32_t dice = 1;
    struct span file;

    for (size_t i = 0; i < letters; i++) {
        dice = dice * 1103515245 + 12345;
        text[i] = (char)('a' + (dice >> 16) % 26);
    }
    text[letters] = '\0';
    json_t *answer = document("[[\"x\",1]]");
    json_t *row;
    cr_assert_eq(json_unpack(answer, "{s:{s:[{s:[{s:[o]}]}]}}", "document", "sections", "blocks",
                             "rows", &row),
                 0);
    cr_assert_eq(json_array_set_new(row, 0, json_string(text)), 0);
    cr_assert(render_xlsx(answer, &thai, &file));
    free((void *)file.data);
    json_decref(answer);
    free(text);
    return file.len;
}

Test(render_xlsx, cuts_a_text_that_no_cell_holds_and_does_not_lose_it)
{
    const size_t full = xlsx_with(32767);

    cr_expect_gt(full, 20000);
    cr_expect_lt(xlsx_with(40000), full + 100);
    cr_expect_gt(xlsx_with(40000), full - 100);
    cr_expect_gt(xlsx_with(32768), full - 100);
}

Test(render, what_is_no_document_has_no_page_and_empty_tables)
{
    static const char *const odd[] = {
        "{}", "{\"document\":{}}", "{\"document\":{\"sections\":[{}]}}",
        "{\"document\":{\"sections\":[{\"blocks\":[{\"kind\":\"table\"},{\"kind\":\"chart\"},"
        "{\"kind\":\"list\"},{\"kind\":\"text\"},{}]}]}}"};

    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        json_t *answer = parsed(odd[i]);
        struct span file;

        cr_expect_eq(render_html(answer, &thai, &file), json_object_size(answer) > 0, "%zu", i);
        if (json_object_size(answer) > 0)
            free((void *)file.data);
        cr_assert(render_csv(answer, &thai, &file));
        free((void *)file.data);
        json_decref(answer);
    }
}
