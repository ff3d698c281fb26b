#include "render.h"

#include <stdlib.h>
#include <string.h>

#include "core/thai.h"

enum { NUMBER_CHARS = 64, DAY_CHARS = 64 };

enum render_type render_type_of(const json_t *column)
{
    static const char *const names[] = {
        [RENDER_TEXT] = "text",       [RENDER_LABEL] = "label", [RENDER_CODE] = "code",
        [RENDER_HASH] = "hash",       [RENDER_COUNT] = "count", [RENDER_DECIMAL] = "decimal",
        [RENDER_PERCENT] = "percent", [RENDER_DAY] = "day",     [RENDER_MONTH] = "month",
    };
    const char *type = json_string_value(json_object_get(column, "type"));

    for (size_t i = 0; type && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(type, names[i]) == 0)
            return (enum render_type)i;
    }
    return RENDER_TEXT;
}

bool render_is_number(enum render_type type)
{
    return type == RENDER_COUNT || type == RENDER_DECIMAL || type == RENDER_PERCENT;
}

const char *render_said(const json_t *text, enum render_lang lang)
{
    const char *said =
        json_is_object(text)
            ? json_string_value(json_object_get(text, lang == RENDER_TH ? "th" : "en"))
            : json_string_value(text);

    return said ? said : "";
}

char *render_digits(const char *text, const struct render_options *options)
{
    if (!options->thai_digits)
        return strdup(text);

    const size_t size = 3 * strlen(text) + 1;
    char *result = malloc(size);

    if (result)
        thai_digits(span_of(text), result, size);
    return result;
}

/* 1234567 as 1,234,567. */
static void group_thousands(long long number, char ret_text[static NUMBER_CHARS])
{
    char digits[NUMBER_CHARS / 2];
    const int len = snprintf(digits, sizeof digits, "%lld", number < 0 ? -number : number);
    char *out = ret_text;

    if (number < 0)
        *out++ = '-';
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
}

/* A day or a month as the reader's language writes it; as it is when it is neither. */
static void print_day(const char *text, bool month_only, enum render_lang lang,
                      char ret_text[static DAY_CHARS])
{
    char day[16], thai[DAY_CHARS];
    struct thai_date date;

    snprintf(ret_text, DAY_CHARS, "%s", text);
    snprintf(day, sizeof day, "%.10s%s", text, month_only ? "-01" : "");
    if (lang == RENDER_EN || !thai_date_parse(span_of(day), &date))
        return;
    thai_date_print(date, thai, sizeof thai);
    snprintf(ret_text, DAY_CHARS, "%s", thai + (month_only ? 2 : 0)); /* without its "1 " */
}

char *render_cell(const json_t *cell, enum render_type type, const struct render_options *options)
{
    char text[DAY_CHARS > NUMBER_CHARS ? DAY_CHARS : NUMBER_CHARS];
    const char *said = render_said(cell, options->lang);

    if (json_is_null(cell) || !cell || (!json_is_integer(cell) && said[0] == '\0'))
        return strdup("-");
    if (type == RENDER_CODE || type == RENDER_HASH)
        return strdup(said);
    if (json_is_integer(cell)) {
        group_thousands(json_integer_value(cell), text);
        return render_digits(text, options);
    }
    if ((type == RENDER_DAY || type == RENDER_MONTH) && json_is_string(cell)) {
        print_day(said, type == RENDER_MONTH, options->lang, text);
        return render_digits(text, options);
    }
    return render_digits(said, options);
}

/* " · label text"; nothing where there is no text. */
static void put_part(FILE *out, const char *label, const char *text)
{
    if (text && text[0])
        fprintf(out, " · %s%s", label, text);
}

static void put_day_part(FILE *out, const char *label, const json_t *day,
                         const struct render_options *options)
{
    char *text = json_is_string(day) ? render_cell(day, RENDER_DAY, options) : NULL;

    put_part(out, label, text);
    free(text);
}

char *render_headline(const json_t *answer, const struct render_options *options)
{
    const bool thai = options->lang == RENDER_TH;
    const json_t *document = json_object_get(answer, "document");
    const json_t *published = json_object_get(answer, "publication");
    const size_t errata = json_array_size(json_object_get(answer, "errata"));
    char *line = NULL, *printed;
    size_t len = 0;
    FILE *out = open_memstream(&line, &len);

    if (!out)
        return NULL;
    fprintf(out, "%s %s", render_said(json_object_get(document, "title"), options->lang),
            render_said(json_object_get(document, "subtitle"), options->lang));
    put_part(out, "", render_said(json_object_get(document, "secrecy"), options->lang));
    if (strcmp(render_said(json_object_get(answer, "status"), options->lang), "draft") == 0)
        put_part(out, "", thai ? "ร่าง" : "DRAFT");
    put_day_part(out, thai ? "ข้อมูล ณ วันที่ " : "as of ", json_object_get(document, "as_of"), options);
    put_part(out, thai ? "ผู้อนุมัติให้เผยแพร่ " : "approved for publication by ",
             render_said(json_object_get(published, "approved_by"), options->lang));
    put_day_part(out, thai ? "อนุมัติเมื่อวันที่ " : "approved on ",
                 json_object_get(published, "approved_on"), options);
    put_part(out, "", render_said(json_object_get(document, "standing"), options->lang));
    if (errata > 0)
        fprintf(out, thai ? " · มีแก้คำผิด %zu รายการ" : " · errata: %zu", errata);
    printed = fclose(out) == 0 ? render_digits(line, options) : NULL;
    free(line);
    return printed;
}

bool render_is_kind(const json_t *block, const char *kind)
{
    const char *of_block = json_string_value(json_object_get(block, "kind"));

    return of_block && strcmp(of_block, kind) == 0;
}

json_t *render_remarks(const json_t *answer, const json_t *section, const json_t *table)
{
    const json_t *standing = json_object_get(json_object_get(answer, "document"), "standing");
    json_t *remarks = json_array();
    json_t *note = json_object_get(table, "note");
    const json_t *blocks = json_object_get(section, "blocks");
    size_t i;
    json_t *block;

    if (json_is_object(note))
        json_array_append(remarks, note);
    json_array_foreach(blocks, i, block)
    {
        const char *style = json_string_value(json_object_get(block, "style"));
        const bool is_head = render_is_kind(json_array_get(blocks, i + 1), "list");
        json_t *text = json_object_get(block, "text");

        if (render_is_kind(block, "text") && style && strcmp(style, "plain") != 0 && !is_head &&
            !json_equal(text, standing))
            json_array_append(remarks, text);
    }
    return remarks;
}

/* What became known after the document was issued, as a table of it; NULL if memory is out. */
static json_t *errata_table(const json_t *errata)
{
    json_t *rows = json_array();
    size_t i;
    json_t *erratum;

    json_array_foreach(errata, i, erratum)
        json_array_append_new(rows, json_pack("[O?, O?]", json_object_get(erratum, "recorded_at"),
                                              json_object_get(erratum, "text")));
    return json_pack("{s:s, s:{s:s, s:s}, s:[{s:s, s:{s:s, s:s}}, {s:s, s:{s:s, s:s}}], s:o}",
                     "key", "errata", "title", "th", "แก้คำผิดและข้อเท็จจริงที่ทราบภายหลัง", "en",
                     "Errata", "columns", "type", "day", "title", "th", "บันทึกเมื่อ", "en", "Recorded",
                     "type", "text", "title", "th", "ข้อความ", "en", "Text", "rows", rows);
}

bool render_tables(const json_t *answer,
                   bool (*visit)(void *arg, const json_t *section, const json_t *table), void *arg)
{
    const json_t *errata = json_object_get(answer, "errata");
    size_t i, j;
    json_t *section, *block;

    json_array_foreach(json_object_get(json_object_get(answer, "document"), "sections"), i, section)
    {
        json_array_foreach(json_object_get(section, "blocks"), j, block)
        {
            if (render_is_kind(block, "table") && !visit(arg, section, block))
                return false;
        }
    }
    if (json_array_size(errata) == 0)
        return true;

    json_t *last = errata_table(errata);
    const bool complete = last && visit(arg, NULL, last);
    json_decref(last);
    return complete;
}
