#include "csv.h"

#include <assert.h>
#include <stdlib.h>

#include "memory.h"

struct reader {
    struct span rest;
    size_t line;
    char *buffer; /* as long as the whole text: any field fits */
    enum csv_fault fault;
};

static bool at_line_end(struct span rest)
{
    return rest.len == 0 || rest.data[0] == '\n' || rest.data[0] == '\r';
}

static void skip_line_end(struct reader *reader)
{
    if (reader->rest.len > 0 && reader->rest.data[0] == '\r')
        reader->rest = span_skip(reader->rest, 1);
    if (reader->rest.len > 0 && reader->rest.data[0] == '\n')
        reader->rest = span_skip(reader->rest, 1);
    reader->line++;
}

/* The inside of a quoted field, its first quote already read, into the buffer: its length. */
static size_t take_quoted(struct reader *reader)
{
    size_t len = 0;

    for (; reader->rest.len > 0; reader->rest = span_skip(reader->rest, 1)) {
        const char c = reader->rest.data[0];

        if (c == '"' && (reader->rest.len < 2 || reader->rest.data[1] != '"')) {
            reader->rest = span_skip(reader->rest, 1);
            return len;
        }
        if (c == '"')
            reader->rest = span_skip(reader->rest, 1);
        if (c == '\n')
            reader->line++;
        reader->buffer[len++] = c;
    }
    reader->fault = CSV_QUOTE;
    return len;
}

/* One field, its separator left; NULL with a fault. To be json_decref()ed. */
static json_t *take_field(struct reader *reader)
{
    size_t len = 0;

    if (reader->rest.len > 0 && reader->rest.data[0] == '"') {
        reader->rest = span_skip(reader->rest, 1);
        len = take_quoted(reader);
        if (!at_line_end(reader->rest) && reader->rest.data[0] != ',')
            reader->fault = CSV_QUOTE;
    } else {
        while (!at_line_end(reader->rest) && reader->rest.data[0] != ',') {
            reader->buffer[len++] = reader->rest.data[0];
            reader->rest = span_skip(reader->rest, 1);
        }
    }
    json_t *field = reader->fault == CSV_OK ? json_stringn(reader->buffer, len) : NULL;

    if (!field && reader->fault == CSV_OK)
        reader->fault = CSV_NOT_UTF8;
    return field;
}

/* The fields of a line, its end passed over; NULL with a fault. */
static json_t *take_line(struct reader *reader)
{
    json_t *fields = json_array();

    for (;;) {
        json_t *field = take_field(reader);

        if (!field || json_array_size(fields) == CSV_COLUMNS_MAX) {
            if (field)
                reader->fault = CSV_COLUMNS;
            json_decref(field);
            json_decref(fields);
            return NULL;
        }
        json_array_append_new(fields, field);
        if (at_line_end(reader->rest))
            break;
        reader->rest = span_skip(reader->rest, 1); /* the comma */
    }
    skip_line_end(reader);
    return fields;
}

static bool names_are_good(const json_t *names)
{
    json_t *seen = json_object();
    size_t i;
    json_t *name;
    bool good = true;

    json_array_foreach(names, i, name)
    {
        const char *text = json_string_value(name);

        good = good && text[0] != '\0' && !json_object_get(seen, text);
        json_object_set_new(seen, text, json_true());
    }
    json_decref(seen);
    return good;
}

/* A line's fields under their names; NULL if there are more fields than names. */
static json_t *row_of(const json_t *names, const json_t *fields, size_t line)
{
    json_t *row = json_pack("{s:I}", "", (json_int_t)line);
    size_t i;
    json_t *field;

    json_array_foreach(fields, i, field)
    {
        if (i == json_array_size(names)) {
            json_decref(row);
            return NULL;
        }
        if (json_string_length(field) > 0)
            json_object_set(row, json_string_value(json_array_get(names, i)), field);
    }
    return row;
}

static bool is_empty_line(const json_t *fields)
{
    return json_array_size(fields) == 1 && json_string_length(json_array_get(fields, 0)) == 0;
}

/* Everything after the line of names into rows. */
static void take_rows(struct reader *reader, const json_t *names, json_t *rows, size_t *line)
{
    while (reader->fault == CSV_OK && reader->rest.len > 0) {
        *line = reader->line;
        json_t *fields = take_line(reader);
        json_t *row = fields && !is_empty_line(fields) ? row_of(names, fields, *line) : NULL;

        if (row)
            json_array_append_new(rows, row);
        else if (fields && !is_empty_line(fields))
            reader->fault = CSV_COLUMNS;
        json_decref(fields);
    }
}

json_t *csv_read(struct span text, enum csv_fault *ret_fault, size_t *ret_line)
{
    static const struct span mark = {"\xef\xbb\xbf", 3};
    struct reader reader = {.rest = text, .line = 1, .buffer = memory_new(text.len + 1)};
    json_t *rows = json_array();
    size_t line = 1;

    if (text.len >= mark.len && span_eq((struct span){text.data, mark.len}, mark))
        reader.rest = span_skip(text, mark.len);
    if (at_line_end(reader.rest))
        reader.fault = CSV_EMPTY;
    json_t *names = reader.fault == CSV_OK ? take_line(&reader) : NULL;

    if (names && !names_are_good(names))
        reader.fault = CSV_NAME;
    if (reader.fault == CSV_OK)
        take_rows(&reader, names, rows, &line);
    json_decref(names);
    free(reader.buffer);
    if (reader.fault == CSV_OK)
        return rows;
    json_decref(rows);
    *ret_fault = reader.fault;
    *ret_line = line;
    return NULL;
}

const char *csv_fault_text(enum csv_fault fault)
{
#define X(name, clause) [name] = clause,
    static const char *const texts[] = {CSV_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}
