#include "config.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 128 };

/* What is known while the text is read line by line. */
struct reader {
    const struct config_key *keys;
    size_t key_count;
    void *into;
    struct config_error *error;
    int line;
    struct span section;
    bool given[KEYS_MAX];
};

/* Set the error at the reader's line; returns false, so that callers can return it. */
__attribute__((format(printf, 2, 3))) static bool fail(struct reader *reader, const char *format,
                                                       ...)
{
    va_list args;

    reader->error->line = reader->line;
    va_start(args, format);
    vsnprintf(reader->error->text, sizeof reader->error->text, format, args);
    va_end(args);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct span trim(struct span text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = span_skip(text, 1);
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* The text up to a ';' that has a blank before it: what follows is a comment. */
static struct span without_comment(struct span text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.data[i] == ';' && is_blank(text.data[i - 1])) {
            text.len = i;
            break;
        }
    }
    return trim(text);
}

static void *member_of(const struct config_key *key, void *into)
{
    return (char *)into + key->offset;
}

struct unit {
    const char *name;
    uint64_t factor;
};

/* A whole number and one of the units, the shortest of which may be none at all. */
static bool read_number(struct span value, const struct unit *units, size_t unit_count,
                        uint64_t *ret_number)
{
    size_t digits = 0;
    unsigned long long number;

    while (digits < value.len && value.data[digits] >= '0' && value.data[digits] <= '9')
        digits++;
    for (size_t i = 0; i < unit_count; i++) {
        if (!span_eq(span_skip(value, digits), span_of(units[i].name)))
            continue;
        if (!span_to_u64((struct span){value.data, digits}, UINT64_MAX / units[i].factor, &number))
            return false;
        *ret_number = number * units[i].factor;
        return true;
    }
    return false;
}

static bool set_number(struct reader *reader, const struct config_key *key, struct span value)
{
    static const struct unit counts[] = {{"", 1}};
    static const struct unit durations[] = {
        {"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 3600 * 1000}, {"d", 24 * 3600 * 1000}};
    static const struct unit sizes[] = {
        {"", 1}, {"K", 1024}, {"M", 1024 * 1024}, {"G", 1024 * 1024 * 1024}};
    static const struct {
        const struct unit *units;
        size_t unit_count;
        const char *form, *unit;
    } kinds[] = {
        [CONFIG_COUNT] = {counts, 1, "a whole number", ""},
        [CONFIG_DURATION] = {durations, 5, "a time such as 500ms, 10s, 5m, 2h or 7d", " ms"},
        [CONFIG_BYTES] = {sizes, 4, "a size such as 512, 64K or 25M", " bytes"},
    };
    uint64_t number;

    if (!read_number(value, kinds[key->type].units, kinds[key->type].unit_count, &number))
        return fail(reader, "[%s] %s must be %s", key->section, key->key, kinds[key->type].form);
    if ((key->min != 0 || key->max != 0) && (number < key->min || number > key->max))
        return fail(reader, "[%s] %s must be from %llu to %llu%s", key->section, key->key,
                    (unsigned long long)key->min, (unsigned long long)key->max,
                    kinds[key->type].unit);
    memcpy(member_of(key, reader->into), &number, sizeof number);
    return true;
}

static bool set_bool(struct reader *reader, const struct config_key *key, struct span value)
{
    const bool yes = span_eq(value, SPAN("yes"));

    if (!yes && !span_eq(value, SPAN("no")))
        return fail(reader, "[%s] %s must be yes or no", key->section, key->key);
    memcpy(member_of(key, reader->into), &yes, sizeof yes);
    return true;
}

static void free_text(const struct config_key *key, void *into)
{
    char *text;

    memcpy(&text, member_of(key, into), sizeof text);
    if (text)
        explicit_bzero(text, strlen(text)); /* a conninfo may hold a password */
    free(text);
    text = NULL;
    memcpy(member_of(key, into), &text, sizeof text);
}

static bool set_text(struct reader *reader, const struct config_key *key, struct span value)
{
    if (value.len == 0 && !key->default_value)
        return fail(reader, "[%s] %s must not be empty", key->section, key->key);

    char *text = strndup(value.len > 0 ? value.data : "", value.len);
    if (!text)
        return fail(reader, "memory is out");
    free_text(key, reader->into);
    memcpy(member_of(key, reader->into), &text, sizeof text);
    return true;
}

static bool set_value(struct reader *reader, const struct config_key *key, struct span value)
{
    switch (key->type) {
    case CONFIG_TEXT:
        return set_text(reader, key, value);
    case CONFIG_BOOL:
        return set_bool(reader, key, value);
    case CONFIG_COUNT:
    case CONFIG_DURATION:
    case CONFIG_BYTES:
        return set_number(reader, key, value);
    }
    assert(false); /* the switch knows every type */
    return false;
}

static bool read_section(struct reader *reader, struct span line)
{
    if (line.data[line.len - 1] != ']')
        return fail(reader, "a section must be written [name]");

    reader->section = trim((struct span){line.data + 1, line.len - 2});
    for (size_t i = 0; i < reader->key_count; i++) {
        if (span_eq(reader->section, span_of(reader->keys[i].section)))
            return true;
    }
    return fail(reader, "[%.*s] is not a known section",
                (int)(reader->section.len < 40 ? reader->section.len : 40), reader->section.data);
}

static bool read_pair(struct reader *reader, struct span name, struct span value)
{
    for (size_t i = 0; i < reader->key_count; i++) {
        const struct config_key *key = &reader->keys[i];

        if (!span_eq(reader->section, span_of(key->section)) || !span_eq(name, span_of(key->key)))
            continue;
        if (reader->given[i])
            return fail(reader, "[%s] %s is given twice", key->section, key->key);
        reader->given[i] = true;
        return set_value(reader, key, value);
    }
    return fail(reader, "%.*s is not a known key of [%.*s]", (int)(name.len < 40 ? name.len : 40),
                name.data, (int)reader->section.len, reader->section.data);
}

static bool read_line(struct reader *reader, struct span line)
{
    if (line.len > 0 && memchr(line.data, '\0', line.len))
        return fail(reader, "the line holds a NUL byte");

    line = trim(line);
    if (line.len == 0 || line.data[0] == '#' || line.data[0] == ';')
        return true;
    line = without_comment(line);
    if (line.data[0] == '[')
        return read_section(reader, line);

    const char *equals = memchr(line.data, '=', line.len);
    if (!equals)
        return fail(reader, "the line is neither [section] nor key = value");
    if (!reader->section.data)
        return fail(reader, "the line comes before any [section]");

    const size_t name_len = (size_t)(equals - line.data);
    return read_pair(reader, trim((struct span){line.data, name_len}),
                     trim(span_skip(line, name_len + 1)));
}

static bool read_lines(struct reader *reader, struct span text)
{
    while (text.len > 0) {
        const char *newline = memchr(text.data, '\n', text.len);
        const size_t len = newline ? (size_t)(newline - text.data) : text.len;

        reader->line++;
        if (!read_line(reader, (struct span){text.data, len}))
            return false;
        text = span_skip(text, newline ? len + 1 : len);
    }
    return true;
}

bool config_read(struct span text, const struct config_key *keys, size_t key_count, void *into,
                 struct config_error *ret_error)
{
    struct config_error error = {0};
    struct reader reader = {.keys = keys, .key_count = key_count, .into = into, .error = &error};

    assert(key_count <= KEYS_MAX);
    bool ok = true;
    for (size_t i = 0; ok && i < key_count; i++)
        ok = !keys[i].default_value || set_value(&reader, &keys[i], span_of(keys[i].default_value));
    ok = ok && read_lines(&reader, text);

    reader.line = 0;
    for (size_t i = 0; ok && i < key_count; i++) {
        if (!keys[i].default_value && !reader.given[i])
            ok = fail(&reader, "[%s] %s is required", keys[i].section, keys[i].key);
    }
    if (!ok)
        *ret_error = error;
    return ok;
}

void config_free(const struct config_key *keys, size_t key_count, void *into)
{
    for (size_t i = 0; i < key_count; i++) {
        if (keys[i].type == CONFIG_TEXT)
            free_text(&keys[i], into);
    }
}
