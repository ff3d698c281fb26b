/*
 * faults - what is wrong with a content, and on which line of it
 *
 * The local check and the server name faults alike, by the slugs of core/json;
 * both are printed the same way.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/http1.h"
#include "core/json.h"
#include "core/refusal.h"
#include "griev.h"

#define X(name, slug, text_th, text) {slug, TEXT(text_th, text)},
static const struct {
    const char *slug;
    struct text text;
} fault_table[] = {FAULT_TABLE(X)};
#undef X

const char *fault_words(const struct griev *griev, const char *slug)
{
    for (size_t i = 0; slug && i < sizeof fault_table / sizeof fault_table[0]; i++) {
        if (strcmp(slug, fault_table[i].slug) == 0)
            return print_text(&griev->print, fault_table[i].text);
    }
    return NULL;
}

struct text fault_clause(const char *english, char thai[static WORDS_BYTES])
{
    return SAY(refusal_thai(span_of(english), thai, WORDS_BYTES) ? thai : english, english);
}

/* Follow a pointer through objects as far as it goes; array items stand for their array. */
static const char *find_value(struct span text, const char *pointer)
{
    const char *place = NULL;
    struct span value = text;

    while (pointer[0] == '/' && value.len > 0 && value.data[0] == '{') {
        const size_t len = strcspn(pointer + 1, "/");

        if (!json_find_member(value, (struct span){pointer + 1, len}, &value))
            break;
        place = value.data;
        pointer += 1 + len;
    }
    return place;
}

size_t fault_line(struct span text, const char *pointer)
{
    const char *place;
    size_t line = 1;

    while (text.len > 0 && text.data[0] != '{') {
        line += text.data[0] == '\n';
        text = span_skip(text, 1);
    }
    place = find_value(text, pointer);
    if (!place)
        return 0;
    for (const char *c = text.data; c < place; c++)
        line += *c == '\n';
    return line;
}

void fault_print(const struct griev *griev, const char *pointer, const char *slug, const char *text)
{
    const char *own = fault_words(griev, slug);
    json_t *fault = json_pack("{s:s, s:s?, s:s?}", "pointer", pointer, "code", slug, "detail",
                              own ? own : text);
    const size_t line = griev->content_name ? fault_line(griev->content, pointer) : 0;
    char *safe_pointer = print_safe(&griev->print, span_of(pointer), true);
    char *safe_text = print_safe(&griev->print, span_of(own ? own : text ? text : slug), true);

    if (griev->content_name && line > 0)
        fprintf(stderr, "%s:%zu: ", griev->content_name, line);
    else if (griev->content_name)
        fprintf(stderr, "%s: ", griev->content_name);
    fprintf(stderr, "%s%s%s\n", safe_pointer, safe_pointer[0] ? ": " : "", safe_text);
    free(safe_pointer);
    free(safe_text);
    if (griev->failure && !griev->failure->errors)
        griev->failure->errors = json_array();
    if (griev->failure && fault)
        json_array_append(griev->failure->errors, fault);
    json_decref(fault);
}
