#include "csv.h"

#include <assert.h>
#include <stdlib.h>

#include "memory.h"

struct reader {
    struct span rest;
    size_t line;
    char separator;
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

static bool at_field_end(const struct reader *reader)
{
    return at_line_end(reader->rest) || reader->rest.data[0] == reader->separator;
}

/* How long what the text begins with and nobody sees is; 0 if it begins with something. */
static size_t blank_at(struct span text)
{
    static const char *const blanks[] = {
        " ",
        "\t",
        "\n",
        "\r",
        "\xc2\xa0" /* no-break */,
        "\xe2\x80\x8b" /* zero width */,
        "\xef\xbb\xbf",
    };

    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        const struct span blank = span_of(blanks[i]);

        if (text.len >= blank.len && span_eq((struct span){text.data, blank.len}, blank))
            return blank.len;
    }
    return 0;
}

static void skip_blanks(struct reader *reader)
{
    while (!at_field_end(reader) && blank_at(reader->rest) > 0)
        reader->rest = span_skip(reader->rest, blank_at(reader->rest));
}

/* A field without the blanks around it. */
static struct span trimmed(struct span text)
{
    size_t end = 0;

    while (blank_at(text) > 0)
        text = span_skip(text, blank_at(text));
    for (size_t at = 0; at < text.len;) {
        const size_t blank = blank_at(span_skip(text, at));

        at += blank > 0 ? blank : 1;
        end = blank > 0 ? end : at;
    }
    return (struct span){text.data, end};
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

    skip_blanks(reader);
    if (reader->rest.len > 0 && reader->rest.data[0] == '"') {
        reader->rest = span_skip(reader->rest, 1);
        len = take_quoted(reader);
        skip_blanks(reader);
        if (!at_field_end(reader))
            reader->fault = CSV_QUOTE;
    } else {
        while (!at_field_end(reader)) {
            reader->buffer[len++] = reader->rest.data[0];
            reader->rest = span_skip(reader->rest, 1);
        }
    }
    const struct span text = trimmed((struct span){reader->buffer, len});
    json_t *field = reader->fault == CSV_OK ? json_stringn(text.data, text.len) : NULL;

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
        reader->rest = span_skip(reader->rest, 1); /* the separator */
    }
    skip_line_end(reader);
    return fields;
}

/* CSV_OK if there are names, and each but the empty one once. */
static enum csv_fault judge_names(const json_t *names)
{
    json_t *seen = json_object();
    size_t i;
    json_t *name;
    enum csv_fault fault = CSV_OK;

    json_array_foreach(names, i, name)
    {
        const char *text = json_string_value(name);

        if (text[0] != '\0' && json_object_get(seen, text))
            fault = CSV_TWICE;
        else if (text[0] != '\0')
            json_object_set_new(seen, text, json_true());
    }
    if (json_object_size(seen) == 0)
        fault = CSV_EMPTY;
    json_decref(seen);
    return fault;
}

/* A line's fields under their names; NULL with a fault if one has none. */
static json_t *row_of(struct reader *reader, const json_t *names, const json_t *fields, size_t line)
{
    json_t *row = json_pack("{s:I}", "", (json_int_t)line);
    size_t i;
    json_t *field;

    json_array_foreach(fields, i, field)
    {
        const char *name = json_string_value(json_array_get(names, i));

        if (json_string_length(field) == 0)
            continue;
        if (!name || name[0] == '\0') {
            reader->fault = name ? CSV_NAME : CSV_COLUMNS;
            json_decref(row);
            return NULL;
        }
        json_object_set(row, name, field);
    }
    return row;
}

/* Everything after the line of names into rows. */
static void take_rows(struct reader *reader, const json_t *names, json_t *rows, size_t *line)
{
    while (reader->fault == CSV_OK && reader->rest.len > 0) {
        *line = reader->line;
        json_t *fields = take_line(reader);
        json_t *row = fields ? row_of(reader, names, fields, *line) : NULL;

        if (json_object_size(row) > 1) /* it says more than its line */
            json_array_append(rows, row);
        json_decref(row);
        json_decref(fields);
    }
}

/* The one of the separators that the first line has most of, outside of quotes. */
static char separator_of(struct span text)
{
    static const char separators[] = {',', ';', '\t'};
    size_t counts[sizeof separators] = {0};
    size_t most = 0;
    bool quoted = false;

    for (; text.len > 0 && (quoted || !at_line_end(text)); text = span_skip(text, 1)) {
        quoted ^= text.data[0] == '"';
        for (size_t i = 0; i < sizeof separators; i++)
            counts[i] += !quoted && text.data[0] == separators[i];
    }
    for (size_t i = 1; i < sizeof separators; i++)
        most = counts[i] > counts[most] ? i : most;
    return separators[most];
}

json_t *csv_read(struct span text, json_t **ret_names, enum csv_fault *ret_fault, size_t *ret_line)
{
    struct reader reader = {
        .rest = span_skip_mark(text), .line = 1, .buffer = memory_new(text.len + 1)};
    json_t *rows = json_array();
    size_t line = 1;

    reader.separator = separator_of(reader.rest);
    json_t *names = take_line(&reader);

    if (names)
        reader.fault = judge_names(names);
    if (reader.fault == CSV_OK)
        take_rows(&reader, names, rows, &line);
    free(reader.buffer);
    if (reader.fault == CSV_OK) {
        *ret_names = names;
        return rows;
    }
    json_decref(names);
    json_decref(rows);
    *ret_fault = reader.fault;
    *ret_line = line;
    return NULL;
}

struct text csv_fault_text(enum csv_fault fault)
{
#define X(name, th, en) [name] = {th, en},
    static const struct text texts[] = {CSV_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}
