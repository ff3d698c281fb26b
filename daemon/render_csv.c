/*
 * The tables of a document as one CSV (RFC 4180): a line that says what it is, then
 * of each table a line with its title, its heads, its rows, its total, what is remarked
 * on it, and an empty line. A byte order mark lets spreadsheets read it as UTF-8. Numbers
 * and days are as machines want them: ungrouped, Arabic digits, ISO, which the heads say,
 * because a Thai reader expects Buddhist years.
 *
 * A spreadsheet runs a text that begins like a formula: such a text gets an
 * apostrophe before it. A number is a number and never gets one.
 */
#include <stdlib.h>
#include <string.h>

#include "render.h"

struct csv_writer {
    FILE *out;
    const json_t *answer;
    const struct render_options *options;
};

static void put_field(FILE *out, const char *text, bool is_number)
{
    if (!is_number && strchr("=+-@\t\r", text[0]) && text[0] != '\0') {
        fputs("\"'", out);
    } else if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    } else {
        fputc('"', out);
    }
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_cell(const struct csv_writer *writer, const json_t *cell)
{
    char number[32];

    if (json_is_integer(cell)) {
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(cell));
        put_field(writer->out, number, true);
    } else if (!json_is_null(cell)) {
        put_field(writer->out, render_said(cell, writer->options->lang), false);
    }
}

static void put_row(const struct csv_writer *writer, const json_t *row)
{
    size_t i;
    json_t *cell;

    json_array_foreach(row, i, cell)
    {
        if (i > 0)
            fputc(',', writer->out);
        put_cell(writer, cell);
    }
    fputs("\r\n", writer->out);
}

static void put_head(const struct csv_writer *writer, const json_t *column)
{
    const enum render_type type = render_type_of(column);
    const char *title = render_said(json_object_get(column, "title"), writer->options->lang);
    const char *form = type == RENDER_DAY ? "YYYY-MM-DD" : type == RENDER_MONTH ? "YYYY-MM" : NULL;
    char *head = NULL;

    if (form && asprintf(&head, "%s (%s%s)", title,
                         writer->options->lang == RENDER_TH ? "ค.ศ. " : "", form) < 0)
        head = NULL;
    put_field(writer->out, head ? head : title, false);
    free(head);
}

static void put_heads(const struct csv_writer *writer, const json_t *columns)
{
    size_t i;
    json_t *column;

    json_array_foreach(columns, i, column)
    {
        if (i > 0)
            fputc(',', writer->out);
        put_head(writer, column);
    }
    fputs("\r\n", writer->out);
}

static void put_remarks(const struct csv_writer *writer, const json_t *section, const json_t *table)
{
    json_t *remarks = render_remarks(writer->answer, section, table);
    size_t i;
    json_t *remark;

    json_array_foreach(remarks, i, remark)
    {
        put_cell(writer, remark);
        fputs("\r\n", writer->out);
    }
    json_decref(remarks);
}

static bool put_table(void *arg, const json_t *section, const json_t *table)
{
    const struct csv_writer *writer = arg;
    size_t i;
    json_t *row;

    put_cell(writer, json_object_get(table, "title"));
    fputs("\r\n", writer->out);
    put_heads(writer, json_object_get(table, "columns"));
    json_array_foreach(json_object_get(table, "rows"), i, row) put_row(writer, row);
    if (json_is_array(json_object_get(table, "total")))
        put_row(writer, json_object_get(table, "total"));
    put_remarks(writer, section, table);
    fputs("\r\n", writer->out);
    return true;
}

bool render_csv(const json_t *answer, const struct render_options *options, struct span *ret_file)
{
    char *data = NULL;
    size_t len = 0;
    struct csv_writer writer = {
        .out = open_memstream(&data, &len), .answer = answer, .options = options};

    if (!writer.out)
        return false;
    char *headline = render_headline(answer, options);

    fputs("\xef\xbb\xbf", writer.out);
    put_field(writer.out, headline ? headline : "", false);
    fputs("\r\n\r\n", writer.out);
    render_tables(answer, put_table, &writer);
    free(headline);
    if (fclose(writer.out) != 0) {
        free(data);
        return false;
    }
    *ret_file = (struct span){data, len};
    return true;
}
