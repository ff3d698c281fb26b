#include "print.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "core/thai.h"
#include "memory.h"

#define DASH        "–"
#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

enum {
    DATE_CHARS = 64, /* what thai_date_print() asks for */
    BANGKOK_OFFSET_S = 7 * 3600,
    COLUMN_GAP = 2,
};

const char *print_text(const struct print *print, struct text text)
{
    return print->lang == LANG_TH ? text.th : text.en;
}

/* Characters that move the cursor, colour the terminal, or turn text around. */
static bool is_unsafe(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
           (code_point >= 0x202a && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

char *print_safe(const struct print *print, struct span text, bool keep_digits)
{
    char *safe = memory_new(text.len * 3 + 1);
    size_t len = 0;

    while (text.len > 0) {
        uint32_t code_point = 0;
        size_t taken = utf8_next(text, &code_point);
        const bool line_break = text.data[0] == '\n' || text.data[0] == '\t';

        if (text.len > 1 && text.data[0] == '\r' && text.data[1] == '\n') {
            text = span_skip(text, 1);
            continue;
        }
        if (taken == 0 || (is_unsafe(code_point) && !line_break)) {
            memcpy(safe + len, REPLACEMENT, 3);
            len += 3;
            taken = taken > 0 ? taken : 1;
        } else {
            memcpy(safe + len, text.data, taken);
            len += taken;
        }
        text = span_skip(text, taken);
    }
    if (keep_digits || !print->thai_digits)
        return safe;

    char *digits = memory_new(len * 3 + 1);
    thai_digits((struct span){safe, len}, digits, len * 3 + 1);
    free(safe);
    return digits;
}

/* Replace owned text by its form for print on one line. */
static char *finish(const struct print *print, char *text, bool keep_digits)
{
    char *safe = print_safe(print, span_of(text), keep_digits);

    for (char *c = strpbrk(safe, "\n\t"); c; c = strpbrk(c, "\n\t"))
        *c = ' ';
    free(text);
    return safe;
}

static const char *escape_of(enum style style)
{
    static const char *const escapes[] = {
        [STYLE_PLAIN] = "",         [STYLE_STRONG] = "\033[1m", [STYLE_GOOD] = "\033[32m",
        [STYLE_BAD] = "\033[1;31m", [STYLE_FAINT] = "\033[2m",
    };

    return escapes[style];
}

static void put(const struct print *print, enum style style, const char *text)
{
    const bool styled = print->colour && style != STYLE_PLAIN;

    fprintf(print->out, "%s%s%s", styled ? escape_of(style) : "", text, styled ? "\033[0m" : "");
}

static void put_blanks(const struct print *print, size_t count)
{
    fprintf(print->out, "%*s", (int)count, "");
}

void print_line(const struct print *print, enum style style, const char *format, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, format);
    const int length = vasprintf(&text, format, args);
    va_end(args);
    assert(length >= 0);
    put(print, style, text);
    fputc('\n', print->out);
    free(text);
}

/* ---- one value ---- */

static char *date_text(const struct print *print, struct span text)
{
    struct thai_date date;
    char buffer[DATE_CHARS];

    if (print->lang != LANG_TH || !thai_date_parse(text, &date))
        return memory_printf("%.*s", (int)text.len, text.data);
    thai_date_print(date, buffer, sizeof buffer);
    return memory_printf("%s", buffer);
}

/* "2026-11" as the day thai_date_print() writes for its first day, without the 1. */
static char *month_text(const struct print *print, struct span text)
{
    char first_day[16];
    char buffer[DATE_CHARS];
    struct thai_date date;

    snprintf(first_day, sizeof first_day, "%.*s-01", (int)(text.len < 8 ? text.len : 8), text.data);
    if (print->lang != LANG_TH || !thai_date_parse(span_of(first_day), &date))
        return memory_printf("%.*s", (int)text.len, text.data);
    thai_date_print(date, buffer, sizeof buffer);
    return memory_printf("%s", buffer + strlen("1 "));
}

/* Seconds since 1970 of "2026-11-23T14:05:06[.…]+07:00", as PostgreSQL writes it into JSON. */
static bool time_parse(const char *text, int64_t *ret_seconds)
{
    struct tm tm = {0};
    int offset_hour = 0;
    int offset_minute = 0;
    int used = 0;
    char sign[2] = "+";

    if (sscanf(text, "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 6 ||
        used == 0)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    text += used;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (*text != 'Z' && sscanf(text, "%1[+-]%2d:%2d", sign, &offset_hour, &offset_minute) < 2)
        return false;

    const int64_t offset_s = offset_hour * 3600 + offset_minute * 60;
    *ret_seconds = timegm(&tm) - (sign[0] == '-' ? -offset_s : offset_s);
    return true;
}

static char *time_text(const struct print *print, const char *text)
{
    int64_t seconds;

    if (!time_parse(text, &seconds))
        return memory_printf("%s", text);

    const int64_t second_of_day = ((seconds + BANGKOK_OFFSET_S) % 86400 + 86400) % 86400;
    const int hour = (int)(second_of_day / 3600);
    const int minute = (int)(second_of_day / 60 % 60);
    const struct thai_date date = thai_day_of(seconds);
    char buffer[DATE_CHARS];

    if (print->lang != LANG_TH)
        return memory_printf("%04d-%02d-%02d %02d:%02d", date.year, date.month, date.day, hour,
                             minute);
    thai_date_print(date, buffer, sizeof buffer);
    return memory_printf("%s %02d:%02d น.", buffer, hour, minute);
}

/* The name that a code has in a taxonomy, in the reader's language; NULL if it has none. */
static const char *taxonomy_name(const struct print *print, const char *taxonomy, const char *code)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(print->taxonomy, taxonomy), i, row)
    {
        const char *row_code = json_string_value(json_object_get(row, "code"));

        if (row_code && strcmp(row_code, code) == 0)
            return json_string_value(json_object_get(row, print->lang == LANG_TH ? "th" : "en"));
    }
    return NULL;
}

/* A code with the name that the column's taxonomy has for it; any other text as it is. */
static char *code_text(const struct print *print, const struct column *column, const char *code)
{
    const char *name = column->taxonomy ? taxonomy_name(print, column->taxonomy, code) : NULL;

    return name ? memory_printf("%s %s", code, name) : memory_printf("%s", code);
}

/* An array of texts; months are printed as CELL_MONTH prints one. */
static char *list_text(const struct print *print, const struct column *column, const json_t *list)
{
    char *text = memory_printf("%s", "");
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        const char *code = json_string_value(item) ? json_string_value(item) : "";
        char *word = column->cell == CELL_MONTHS ? month_text(print, span_of(code))
                                                 : code_text(print, column, code);
        char *longer = memory_printf("%s%s%s", text, i > 0 ? ", " : "", word);

        free(word);
        free(text);
        text = longer;
    }
    return text;
}

static const json_t *member_at(const json_t *object, const char *path)
{
    for (;;) {
        const char *slash = strchr(path, '/');

        if (!slash)
            return json_object_get(object, path);
        object = json_object_getn(object, path, (size_t)(slash - path));
        path = slash + 1;
    }
}

static char *name_text(const struct print *print, const struct column *column, const json_t *object)
{
    char *th_path = memory_printf("%s_th", column->member);
    char *en_path = memory_printf("%s_en", column->member);
    const char *th = json_string_value(member_at(object, th_path));
    const char *en = json_string_value(member_at(object, en_path));
    const char *plain = json_string_value(member_at(object, column->member));

    free(th_path);
    free(en_path);
    if (column->cell == CELL_NAMES && th && en)
        return memory_printf("%s / %s", th, en);
    const char *own = print->lang == LANG_TH ? th : en;
    const char *name = own ? own : plain ? plain : th ? th : en;
    return memory_printf("%s", name ? name : DASH);
}

static char *string_text(const struct print *print, const struct column *column,
                         const json_t *value)
{
    const char *text = json_string_value(value);
    const struct span span = {text, json_string_length(value)};

    switch (column->cell) {
    case CELL_DATE:
        return date_text(print, span);
    case CELL_TIME:
        return time_text(print, text);
    case CELL_MONTH:
        return month_text(print, span);
    default:
        break;
    }
    return code_text(print, column, text);
}

static char *value_text(const struct print *print, const struct column *column, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return string_text(print, column, value);
    case JSON_INTEGER:
        return memory_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return memory_printf("%.10g", json_real_value(value));
    case JSON_TRUE:
        return memory_printf("%s", print_text(print, SAY("ใช่", "yes")));
    case JSON_FALSE:
        return memory_printf("%s", print_text(print, SAY("ไม่", "no")));
    case JSON_ARRAY:
        if (column->cell == CELL_COUNT)
            return memory_printf("%zu", json_array_size(value));
        return list_text(print, column, value);
    default:
        return memory_printf(DASH);
    }
}

static bool keeps_digits(enum cell cell)
{
    return cell == CELL_CODE || cell == CELL_LIST || cell == CELL_NAMES;
}

static char *value_cell(const struct print *print, const struct column *column, const json_t *value)
{
    if (!value || json_is_null(value))
        return memory_printf(DASH);
    return finish(print, value_text(print, column, value), keeps_digits(column->cell));
}

char *print_value(const struct print *print, enum cell cell, const json_t *value)
{
    const struct column column = {TEXT("", ""), "", cell, NULL};

    return value_cell(print, &column, value);
}

char *print_cell(const struct print *print, const struct column *column, const json_t *object)
{
    if (column->cell == CELL_NAME || column->cell == CELL_NAMES)
        return finish(print, name_text(print, column, object), keeps_digits(column->cell));
    return value_cell(print, column, member_at(object, column->member));
}

/* ---- one object ---- */

static bool has_member(const struct column *column, const json_t *object)
{
    if (column->cell == CELL_NAME || column->cell == CELL_NAMES)
        return true;
    const json_t *value = member_at(object, column->member);
    return value && !json_is_null(value) && !(json_is_array(value) && json_array_size(value) == 0);
}

void print_fields(const struct print *print, const struct column *columns, size_t column_count,
                  const json_t *object)
{
    size_t widest = 0;

    for (size_t i = 0; i < column_count; i++) {
        const size_t width = thai_columns(span_of(print_text(print, columns[i].label)));

        if (has_member(&columns[i], object) && width > widest)
            widest = width;
    }
    for (size_t i = 0; i < column_count; i++) {
        if (!has_member(&columns[i], object))
            continue;
        const char *label = print_text(print, columns[i].label);
        char *value = print_cell(print, &columns[i], object);

        put(print, STYLE_FAINT, label);
        put_blanks(print, widest - thai_columns(span_of(label)) + COLUMN_GAP);
        fprintf(print->out, "%s\n", value);
        free(value);
    }
}

/* ---- tables ---- */

void table_add(struct table *table, char *text, enum style style, bool right)
{
    table->cells = memory_resize(table->cells, (table->cell_count + 1) * sizeof *table->cells);
    table->cells[table->cell_count++] = (struct table_cell){text, style, right};
}

static size_t column_width(const struct table *table, size_t column)
{
    size_t widest = 0;

    for (size_t i = column; i < table->cell_count; i += table->column_count) {
        const size_t width = thai_columns(span_of(table->cells[i].text));

        if (width > widest)
            widest = width;
    }
    return widest;
}

static void put_cell(const struct print *print, const struct table_cell *cell, size_t width,
                     bool last)
{
    const size_t blanks = width - thai_columns(span_of(cell->text));

    if (cell->right)
        put_blanks(print, blanks);
    put(print, cell->style, cell->text);
    if (!last)
        put_blanks(print, (cell->right ? 0 : blanks) + COLUMN_GAP);
}

void table_print(struct table *table, const struct print *print, size_t indent)
{
    assert(table->column_count > 0 && table->cell_count % table->column_count == 0);

    size_t *widths = memory_new(table->column_count * sizeof *widths);

    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = column_width(table, i);
    for (size_t i = 0; i < table->cell_count; i++) {
        const size_t column = i % table->column_count;
        const bool last = column + 1 == table->column_count;

        if (column == 0)
            put_blanks(print, indent);
        put_cell(print, &table->cells[i], widths[column], last);
        if (last)
            fputc('\n', print->out);
    }
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(widths);
    *table = (struct table){.column_count = table->column_count};
}

void print_items(const struct print *print, const struct column *columns, size_t column_count,
                 const json_t *items)
{
    struct table table = {.column_count = column_count};
    size_t i;
    json_t *item;

    if (json_array_size(items) == 0) {
        print_line(print, STYLE_FAINT, "%s", print_text(print, SAY("ไม่มีรายการ", "There is none.")));
        return;
    }
    for (size_t k = 0; k < column_count; k++)
        table_add(&table, memory_printf("%s", print_text(print, columns[k].label)), STYLE_STRONG,
                  columns[k].cell == CELL_NUMBER || columns[k].cell == CELL_COUNT);
    json_array_foreach(items, i, item)
    {
        for (size_t k = 0; k < column_count; k++)
            table_add(&table, print_cell(print, &columns[k], item), STYLE_PLAIN,
                      columns[k].cell == CELL_NUMBER || columns[k].cell == CELL_COUNT);
    }
    table_print(&table, print, 0);
}
