#include "json.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "refusal.h"
#include "thai.h"

const char *fault_slug(enum fault_kind kind)
{
#define X(name, slug, text_th, text) [name] = slug,
    static const char *const slugs[] = {FAULT_TABLE(X)};
#undef X

    assert((size_t)kind < sizeof slugs / sizeof slugs[0]);
    return slugs[kind];
}

const char *fault_text(enum fault_kind kind)
{
#define X(name, slug, text_th, text) [name] = text,
    static const char *const texts[] = {FAULT_TABLE(X)};
#undef X

    assert((size_t)kind < sizeof texts / sizeof texts[0]);
    return texts[kind];
}

const char *fault_text_th(enum fault_kind kind)
{
#define X(name, slug, text_th, text) [name] = text_th,
    static const char *const texts[] = {FAULT_TABLE(X)};
#undef X

    assert((size_t)kind < sizeof texts / sizeof texts[0]);
    return texts[kind];
}

void fault_add(struct faults *faults, enum fault_kind kind, const char *pointer_format, ...)
{
    if (faults->count == LIMIT_FAULTS) {
        faults->more = true;
        return;
    }

    struct fault *fault = &faults->list[faults->count++];
    va_list args;

    fault->kind = kind;
    va_start(args, pointer_format);
    const int length = vsnprintf(fault->pointer, sizeof fault->pointer, pointer_format, args);
    va_end(args);
    assert(length >= 0);

    /* A pointer cut anywhere else would name a member that is not there. */
    if ((size_t)length >= sizeof fault->pointer) {
        char *last_token = strrchr(fault->pointer, '/');
        assert(last_token);
        *last_token = '\0';
    }
}

/* A place in a text; past its end there is nothing, and every step over the end fails. */
struct cursor {
    const char *at, *end;
};

static struct cursor cursor_of(struct span text)
{
    return (struct cursor){text.data, text.len > 0 ? text.data + text.len : text.data};
}

static bool at_end(const struct cursor *cursor)
{
    return cursor->at == cursor->end;
}

static bool take(struct cursor *cursor, char expected)
{
    if (at_end(cursor) || *cursor->at != expected)
        return false;
    cursor->at++;
    return true;
}

static void skip_blanks(struct cursor *cursor)
{
    while (!at_end(cursor) && memchr(" \t\r\n", *cursor->at, 4))
        cursor->at++;
}

/* Over a string, from one quote to the other; *ret_inside is what lies between, escapes and all. */
static bool skip_string(struct cursor *cursor, struct span *ret_inside)
{
    if (!take(cursor, '"'))
        return false;

    const char *start = cursor->at, *quote = NULL, *escape;
    do {
        if (!quote || quote < cursor->at)
            quote = memchr(cursor->at, '"', (size_t)(cursor->end - cursor->at));
        if (!quote)
            return false;
        escape = memchr(cursor->at, '\\', (size_t)(quote - cursor->at));
        cursor->at = escape ? escape + 2 : quote + 1;
    } while (escape);
    *ret_inside = (struct span){start, (size_t)(quote - start)};
    return true;
}

/*
 * Over brackets and all they hold, if the text has them in balance; it need not be
 * JSON. Stops with false, the cursor on the bracket, at more than depth_max levels.
 */
static bool skip_nested(struct cursor *cursor, size_t depth_max, bool *ret_too_deep)
{
    size_t depth = 0;
    struct span inside;

    do {
        if (at_end(cursor))
            return false;
        if (*cursor->at == '"') {
            if (!skip_string(cursor, &inside))
                return false;
            continue;
        }
        if (*cursor->at == '{' || *cursor->at == '[') {
            if (depth == depth_max) {
                *ret_too_deep = true;
                return false;
            }
            depth++;
        } else if (*cursor->at == '}' || *cursor->at == ']') {
            depth--;
        }
        cursor->at++;
    } while (depth > 0);
    return true;
}

static bool skip_value(struct cursor *cursor)
{
    bool too_deep;
    struct span inside;

    if (at_end(cursor))
        return false;
    switch (*cursor->at) {
    case '"':
        return skip_string(cursor, &inside);
    case '{':
    case '[':
        return skip_nested(cursor, SIZE_MAX, &too_deep);
    default: /* a number, true, false or null: up to what may follow one */
        while (!at_end(cursor) && !memchr(",}] \t\r\n", *cursor->at, 7))
            cursor->at++;
        return true;
    }
}

/* Set line and column (in characters) of a place in the text. */
static void trouble_at(struct json_trouble *trouble, struct span text, const char *place)
{
    trouble->line = trouble->column = 1;
    for (const char *at = text.data; at < place; at++) {
        if (*at == '\n') {
            trouble->line++;
            trouble->column = 1;
        } else if (((unsigned char)*at & 0xC0) != 0x80) {
            trouble->column++;
        }
    }
}

static const char *reason_of(enum json_error_code code)
{
    switch (code) {
    case json_error_out_of_memory:
        return refusal_text(REFUSAL_JSON_MEMORY);
    case json_error_stack_overflow:
        return refusal_text(REFUSAL_JSON_DEEP);
    case json_error_invalid_utf8:
        return refusal_text(REFUSAL_JSON_UTF8);
    case json_error_premature_end_of_input:
        return refusal_text(REFUSAL_JSON_SHORT);
    case json_error_end_of_input_expected:
        return refusal_text(REFUSAL_JSON_LONG);
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return refusal_text(REFUSAL_JSON_NUL);
    case json_error_duplicate_key:
        return refusal_text(REFUSAL_JSON_TWICE);
    case json_error_numeric_overflow:
        return refusal_text(REFUSAL_JSON_NUMBER);
    default:
        return refusal_text(REFUSAL_JSON_NONE);
    }
}

/*
 * jansson recurses once a level and stops only at 2048, so the depth is looked at
 * first. What is not in balance is left for it to name.
 */
static bool too_deep(struct span text, struct json_trouble *ret_trouble)
{
    struct cursor cursor = cursor_of(text);
    bool deep = false;

    skip_blanks(&cursor);
    if (at_end(&cursor) || (*cursor.at != '{' && *cursor.at != '['))
        return false;
    skip_nested(&cursor, LIMIT_JSON_DEPTH, &deep);
    if (deep) {
        *ret_trouble = (struct json_trouble){.reason = refusal_text(REFUSAL_JSON_DEEP)};
        trouble_at(ret_trouble, text, cursor.at);
    }
    return deep;
}

/* With jansson alone, which also says what is wrong. */
static json_t *read_slowly(struct span text, struct json_trouble *ret_trouble)
{
    json_error_t error;

    if (too_deep(text, ret_trouble))
        return NULL;
    json_t *value = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);
    if (!value) {
        *ret_trouble = (struct json_trouble){.reason = reason_of(json_error_code(&error))};
        if (error.line > 0 && error.column > 0) {
            ret_trouble->line = error.line;
            ret_trouble->column = error.column;
        }
    }
    return value;
}

/*
 * jansson takes a text byte by byte, which for a long narrative is most of a request's cost. So
 * well-formed texts are read here, jansson only making the values and reading what is not plain:
 * numbers, words, strings with escapes. At whatever is unexpected these give up (NULL) and leave
 * the text to jansson, so that they decide nothing.
 */
static json_t *read_value(struct cursor *cursor, size_t depth);

/*
 * A string without escapes and control characters is what it looks like; text is valid UTF-8.
 * Eight bytes are looked at together: in x - n the high bit of a byte that had none tells that
 * it was less than n. Only such a byte borrows from its neighbour, so that none is missed.
 */
static bool is_plain(struct span inside)
{
    const uint64_t each = UINT64_C(0x0101010101010101), highs = each << 7;
    uint64_t word, special = 0;
    size_t i = 0;

    for (; i + sizeof word <= inside.len; i += sizeof word) {
        memcpy(&word, inside.data + i, sizeof word);
        const uint64_t backslash = word ^ (each * '\\'); /* 0 where there is one */
        special |= ((word - each * 0x20) & ~word) | ((backslash - each) & ~backslash);
    }
    for (; i < inside.len; i++) {
        if ((unsigned char)inside.data[i] < 0x20 || inside.data[i] == '\\')
            return false;
    }
    return (special & highs) == 0;
}

static json_t *read_scalar(struct cursor *cursor)
{
    const char *start = cursor->at;
    struct span inside;

    if (*start != '"') {
        skip_value(cursor);
    } else if (!skip_string(cursor, &inside)) {
        return NULL;
    } else if (is_plain(inside)) {
        return json_stringn_nocheck(inside.data, inside.len);
    }
    return json_loadb(start, (size_t)(cursor->at - start), JSON_DECODE_ANY, NULL);
}

static bool read_member(struct cursor *cursor, json_t *object, size_t depth)
{
    char key[64];
    struct span name;

    skip_blanks(cursor);
    if (!skip_string(cursor, &name) || !is_plain(name) || !span_to_cstr(name, key, sizeof key) ||
        json_object_get(object, key))
        return false;
    skip_blanks(cursor);
    return take(cursor, ':') &&
           json_object_set_new_nocheck(object, key, read_value(cursor, depth)) == 0;
}

static bool read_element(struct cursor *cursor, json_t *array, size_t depth)
{
    return json_array_append_new(array, read_value(cursor, depth)) == 0;
}

/* What stands between two brackets, with commas between. */
static json_t *read_container(struct cursor *cursor, size_t depth, json_t *container, char close,
                              bool (*read_one)(struct cursor *, json_t *, size_t))
{
    cursor->at++;
    skip_blanks(cursor);
    if (take(cursor, close))
        return container;
    while (container && read_one(cursor, container, depth)) {
        skip_blanks(cursor);
        if (take(cursor, close))
            return container;
        if (!take(cursor, ','))
            break;
    }
    json_decref(container);
    return NULL;
}

static json_t *read_value(struct cursor *cursor, size_t depth)
{
    skip_blanks(cursor);
    if (at_end(cursor))
        return NULL;
    if (*cursor->at != '{' && *cursor->at != '[')
        return read_scalar(cursor);
    if (depth == LIMIT_JSON_DEPTH)
        return NULL;
    return *cursor->at == '{' ? read_container(cursor, depth + 1, json_object(), '}', read_member)
                              : read_container(cursor, depth + 1, json_array(), ']', read_element);
}

static json_t *read_quickly(struct span text)
{
    struct cursor cursor = cursor_of(text);
    json_t *value = NULL;

    skip_blanks(&cursor);
    if (!at_end(&cursor) && *cursor.at == '{' && utf8_valid(text))
        value = read_value(&cursor, 0);
    skip_blanks(&cursor);
    if (value && at_end(&cursor))
        return value;
    json_decref(value);
    return NULL;
}

bool json_read_object(struct span text, json_t **ret_object, struct json_trouble *ret_trouble)
{
    if (text.len == 0) {
        *ret_trouble = (struct json_trouble){.reason = refusal_text(REFUSAL_JSON_EMPTY)};
        return false;
    }
    json_t *value = read_quickly(text);

    if (!value)
        value = read_slowly(text, ret_trouble);
    if (!value)
        return false;
    if (!json_is_object(value)) {
        json_decref(value);
        *ret_trouble = (struct json_trouble){1, 1, "not an object"};
        return false;
    }
    *ret_object = value;
    return true;
}

static bool read_hex4(struct cursor *cursor, uint32_t *ret_value)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        if (at_end(cursor) || *cursor->at == '\0')
            return false;
        const char *digit = strchr(
            digits, *cursor->at >= 'A' && *cursor->at <= 'F' ? *cursor->at | 0x20 : *cursor->at);
        if (!digit)
            return false;
        value = value << 4 | (uint32_t)(digit - digits);
        cursor->at++;
    }
    *ret_value = value;
    return true;
}

static size_t utf8_encode(uint32_t code_point, char ret_bytes[static 4])
{
    if (code_point < 0x80) {
        ret_bytes[0] = (char)code_point;
        return 1;
    }

    const size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    const uint32_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};

    for (size_t i = length - 1; i > 0; i--) {
        ret_bytes[i] = (char)(0x80 | (code_point & 0x3F));
        code_point >>= 6;
    }
    ret_bytes[0] = (char)(lead[length] | code_point);
    return length;
}

/* The bytes that one escape, behind its backslash, stands for; 0 if it is none. */
static size_t read_escape(struct cursor *cursor, char ret_bytes[static 4])
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint32_t high, low;

    if (at_end(cursor) || *cursor->at == '\0')
        return 0;
    if (!take(cursor, 'u')) {
        const char *name = strchr(names, *cursor->at++);
        ret_bytes[0] = name ? values[name - names] : '\0';
        return name ? 1 : 0;
    }
    if (!read_hex4(cursor, &high))
        return 0;
    if (high < 0xD800 || high > 0xDBFF)
        return utf8_encode(high, ret_bytes);
    if (!take(cursor, '\\') || !take(cursor, 'u') || !read_hex4(cursor, &low))
        return 0;
    return utf8_encode(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), ret_bytes);
}

/* Does the inside of a string, its escapes decoded, equal the key? */
static bool string_is(struct span inside, struct span key)
{
    struct cursor cursor = cursor_of(inside);

    while (!at_end(&cursor)) {
        char bytes[4];
        size_t count = 1;

        if (take(&cursor, '\\'))
            count = read_escape(&cursor, bytes);
        else
            bytes[0] = *cursor.at++;
        if (count == 0 || count > key.len || memcmp(bytes, key.data, count) != 0)
            return false;
        key = span_skip(key, count);
    }
    return key.len == 0;
}

bool json_find_member(struct span text, struct span key, struct span *ret_value)
{
    struct cursor cursor = cursor_of(text);
    struct span name;

    skip_blanks(&cursor);
    if (!take(&cursor, '{'))
        return false;
    do {
        skip_blanks(&cursor);
        if (!skip_string(&cursor, &name))
            return false;
        skip_blanks(&cursor);
        if (!take(&cursor, ':'))
            return false;
        skip_blanks(&cursor);

        const char *start = cursor.at;
        if (!skip_value(&cursor))
            return false;
        if (string_is(name, key)) {
            *ret_value = (struct span){start, (size_t)(cursor.at - start)};
            return true;
        }
        skip_blanks(&cursor);
    } while (take(&cursor, ','));
    return false;
}
