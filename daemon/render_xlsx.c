/*
 * The tables of a document as a workbook: one sheet a table, named by its key, with
 * its title, what the document is, frozen heads, cells that are real numbers and days,
 * so that a spreadsheet can add them up, and below what is remarked on it. Days show the
 * Buddhist year in Thai.
 *
 * This version of libxlsxwriter writes to a name only: the name of a file in
 * memory, which no one else can open.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "core/thai.h"
#include "render.h"

enum { SHEET_NAME_CHARS = 31, HEAD_ROW = 2, WIDTH_MIN = 10, WIDTH_MAX = 60, DECIMALS_MAX = 6 };
enum { CELL_CHARS = 32767 }; /* of text in a cell; more is an error, and the cell stays empty */

struct book {
    lxw_workbook *workbook;
    const json_t *answer;
    const struct render_options *options;
    const char *secrecy; /* above and below each page in print; "" for none */
    char *headline;
    lxw_format *title, *plain, *head, *text, *strong, *count, *day, *month;
    lxw_format *decimal[DECIMALS_MAX + 1]; /* by digits behind the point */
};

static lxw_format *new_format(struct book *book, const char *number_format)
{
    lxw_format *format = workbook_add_format(book->workbook);

    format_set_font_name(format, "TH Sarabun New");
    format_set_font_size(format, 14);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
    if (number_format)
        format_set_num_format(format, number_format);
    return format;
}

static void make_formats(struct book *book)
{
    static const char *const decimals[] = {"0",      "0.0",     "0.00",    "0.000",
                                           "0.0000", "0.00000", "0.000000"};
    const bool thai = book->options->lang == RENDER_TH;

    book->title = new_format(book, NULL);
    format_set_bold(book->title);
    format_set_font_size(book->title, 16);
    book->plain = new_format(book, NULL);
    book->head = new_format(book, NULL);
    format_set_bold(book->head);
    format_set_text_wrap(book->head);
    format_set_bottom(book->head, LXW_BORDER_THIN);
    book->text = new_format(book, NULL);
    format_set_text_wrap(book->text);
    book->strong = new_format(book, NULL);
    format_set_bold(book->strong);
    format_set_top(book->strong, LXW_BORDER_THIN);
    book->count = new_format(book, "#,##0");
    /* The locale's calendar: 107041E is Thai with Buddhist years and Arabic digits, D07041E with
     * Thai ones. */
    book->day = new_format(book, !thai                        ? "yyyy-mm-dd"
                                 : book->options->thai_digits ? "[$-D07041E]d mmmm yyyy"
                                                              : "[$-107041E]d mmmm yyyy");
    book->month = new_format(book, !thai                        ? "yyyy-mm"
                                   : book->options->thai_digits ? "[$-D07041E]mmmm yyyy"
                                                                : "[$-107041E]mmmm yyyy");
    for (size_t i = 0; i <= DECIMALS_MAX; i++)
        book->decimal[i] = new_format(book, decimals[i]);
}

/* How many digits stand behind the point of a number in a text; false if it is no number. */
static bool read_decimal(const char *text, double *ret_number, size_t *ret_decimals)
{
    const size_t whole = strspn(text + (text[0] == '-'), "0123456789") + (text[0] == '-');
    const size_t behind = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;

    if (whole == (size_t)(text[0] == '-') || text[whole + (behind > 0 ? behind + 1 : 0)] != '\0')
        return false;
    *ret_number = strtod(text, NULL);
    *ret_decimals = behind > DECIMALS_MAX ? DECIMALS_MAX : behind;
    return true;
}

/* A day, or a month by its first day, as a spreadsheet's; false if it is none. */
static bool read_day(const char *text, bool month_only, lxw_datetime *ret_day)
{
    char day[16];
    struct thai_date date;

    snprintf(day, sizeof day, "%.10s%s", text, month_only ? "-01" : "");
    if (!thai_date_parse(span_of(day), &date))
        return false;
    *ret_day = (lxw_datetime){.year = date.year, .month = date.month, .day = date.day};
    return true;
}

/* How many bytes the first `chars` characters of a text take. */
static size_t bytes_of(struct span text, size_t chars)
{
    size_t taken = 0;
    uint32_t code_point;

    for (size_t i = 0; i < chars && taken < text.len; i++)
        taken += utf8_next((struct span){text.data + taken, text.len - taken}, &code_point);
    return taken;
}

/* A text that is longer than a cell may be is cut, and shows it. */
static void put_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text,
                     lxw_format *format)
{
    static const char more[] = "…";

    if (worksheet_write_string(sheet, row, column, text, format) !=
        LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED)
        return;
    const size_t fits = bytes_of(span_of(text), CELL_CHARS - 1);
    char *cut = malloc(fits + sizeof more);

    if (!cut)
        return;
    memcpy(cut, text, fits);
    memcpy(cut + fits, more, sizeof more);
    worksheet_write_string(sheet, row, column, cut, format);
    free(cut);
}

static void put_cell(const struct book *book, lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                     enum render_type type, const json_t *cell, lxw_format *text_format)
{
    const char *said = render_said(cell, book->options->lang);
    lxw_datetime day;
    double number;
    size_t decimals;

    if (json_is_integer(cell))
        worksheet_write_number(sheet, row, column, (double)json_integer_value(cell), book->count);
    else if ((type == RENDER_DECIMAL || type == RENDER_PERCENT) &&
             read_decimal(said, &number, &decimals))
        worksheet_write_number(sheet, row, column, number, book->decimal[decimals]);
    else if ((type == RENDER_DAY || type == RENDER_MONTH) && json_is_string(cell) &&
             read_day(said, type == RENDER_MONTH, &day))
        worksheet_write_datetime(sheet, row, column, &day,
                                 type == RENDER_DAY ? book->day : book->month);
    else if (said[0] != '\0')
        put_text(sheet, row, column, said, text_format);
    else
        worksheet_write_blank(sheet, row, column, text_format);
}

static void put_row(const struct book *book, lxw_worksheet *sheet, lxw_row_t place,
                    const json_t *columns, const json_t *row, lxw_format *text_format)
{
    size_t i;
    json_t *cell;

    json_array_foreach(row, i, cell)
        put_cell(book, sheet, place, (lxw_col_t)i, render_type_of(json_array_get(columns, i)), cell,
                 text_format);
}

/* As wide as the widest text of the column, within bounds. */
static double column_width(const struct book *book, const json_t *table, size_t column)
{
    const json_t *head =
        json_object_get(json_array_get(json_object_get(table, "columns"), column), "title");
    size_t widest = thai_columns(span_of(render_said(head, book->options->lang)));
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(table, "rows"), i, row)
    {
        const char *said = render_said(json_array_get(row, column), book->options->lang);
        const size_t width = thai_columns(span_of(said));

        widest = width > widest ? width : widest;
    }
    return (double)(widest < WIDTH_MIN ? WIDTH_MIN : widest > WIDTH_MAX ? WIDTH_MAX : widest) + 2;
}

static void put_heads(const struct book *book, lxw_worksheet *sheet, const json_t *table)
{
    const json_t *columns = json_object_get(table, "columns");
    size_t i;
    json_t *column;

    json_array_foreach(columns, i, column)
    {
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, column_width(book, table, i), NULL);
        worksheet_write_string(sheet, HEAD_ROW, (lxw_col_t)i,
                               render_said(json_object_get(column, "title"), book->options->lang),
                               book->head);
    }
    worksheet_freeze_panes(sheet, HEAD_ROW + 1, 0);
    worksheet_repeat_rows(sheet, HEAD_ROW, HEAD_ROW);
}

static void put_secrecy(const struct book *book, lxw_worksheet *sheet)
{
    char centred[64];

    if (book->secrecy[0] == '\0')
        return;
    snprintf(centred, sizeof centred, "&C&\"TH Sarabun New,Bold\"&16%s", book->secrecy);
    worksheet_set_header(sheet, centred);
    worksheet_set_footer(sheet, centred);
}

/* Below the table and an empty row, which ends it for who sorts or adds up. */
static void put_remarks(const struct book *book, lxw_worksheet *sheet, lxw_row_t row,
                        const json_t *remarks)
{
    size_t i;
    json_t *remark;

    json_array_foreach(remarks, i, remark) put_text(
        sheet, row + 1 + (lxw_row_t)i, 0, render_said(remark, book->options->lang), book->plain);
}

static bool put_table(void *arg, const json_t *section, const json_t *table)
{
    struct book *book = arg;
    const json_t *columns = json_object_get(table, "columns");
    const json_t *total = json_object_get(table, "total");
    const char *key = json_string_value(json_object_get(table, "key"));
    char name[SHEET_NAME_CHARS + 1];
    size_t i;
    json_t *row;

    snprintf(name, sizeof name, "%s", key ? key : "");
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);

    if (!sheet)
        return false;
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_write_string(sheet, 0, 0,
                           render_said(json_object_get(table, "title"), book->options->lang),
                           book->title);
    worksheet_write_string(sheet, 1, 0, book->headline, book->plain);
    put_secrecy(book, sheet);
    put_heads(book, sheet, table);
    json_array_foreach(json_object_get(table, "rows"), i, row)
        put_row(book, sheet, (lxw_row_t)(HEAD_ROW + 1 + i), columns, row, book->text);
    if (json_is_array(total))
        put_row(book, sheet, (lxw_row_t)(HEAD_ROW + 1 + i++), columns, total, book->strong);
    json_t *remarks = render_remarks(book->answer, section, table);

    put_remarks(book, sheet, (lxw_row_t)(HEAD_ROW + 1 + i), remarks);
    json_decref(remarks);
    return true;
}

/* All of a file in memory; to be freed. */
static bool read_back(int fd, struct span *ret_file)
{
    const off_t size = lseek(fd, 0, SEEK_END);
    char *data = size > 0 ? malloc((size_t)size) : NULL;

    if (!data || pread(fd, data, (size_t)size, 0) != size) {
        free(data);
        return false;
    }
    *ret_file = (struct span){data, (size_t)size};
    return true;
}

bool render_xlsx(const json_t *answer, const struct render_options *options, struct span *ret_file)
{
    char name[32];
    const int fd = memfd_create("workbook", MFD_CLOEXEC);
    struct book book = {
        .answer = answer,
        .options = options,
        .secrecy = render_said(json_object_get(json_object_get(answer, "document"), "secrecy"),
                               options->lang),
        .headline = render_headline(answer, options),
    };
    bool good = false;

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    book.workbook = fd >= 0 && book.headline ? workbook_new(name) : NULL;
    if (book.workbook) {
        make_formats(&book);
        const bool complete = render_tables(answer, put_table, &book);

        if (book.workbook->num_sheets == 0) /* nothing to tell but why */
            worksheet_write_string(workbook_add_worksheet(book.workbook, NULL), 0, 0,
                                   book.headline, book.title);
        good = workbook_close(book.workbook) == LXW_NO_ERROR && complete;
    }
    good = good && read_back(fd, ret_file);
    if (fd >= 0)
        close(fd);
    free(book.headline);
    return good;
}
