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
#include "griev.h"

/* X(slug, Thai); the English texts are those of core/json. */
static const struct {
    enum fault_kind kind;
    const char *th;
} thai_texts[] = {
    {FAULT_MISSING, "ต้องระบุ"},           {FAULT_UNKNOWN_KEY, "ไม่ใช่ช่องข้อมูลที่รู้จัก"},
    {FAULT_TYPE, "ชนิดข้อมูลไม่ถูกต้อง"},      {FAULT_FORMAT, "รูปแบบไม่ถูกต้อง"},
    {FAULT_LENGTH, "ว่างหรือยาวเกินไป"},    {FAULT_CONTROL, "มีอักขระควบคุม"},
    {FAULT_UNKNOWN_CODE, "ไม่ใช่รหัสที่รู้จัก"}, {FAULT_MISMATCH, "ขัดกับส่วนอื่นของคำขอ"},
    {FAULT_FUTURE, "เป็นวันในอนาคต"},      {FAULT_NO_YEAR, "อยู่ในปีงบประมาณที่ทะเบียนยังไม่มี"},
    {FAULT_RANGE, "อยู่นอกช่วงที่กำหนด"},
};

const char *fault_words(const struct griev *griev, const char *slug)
{
    for (size_t i = 0; slug && i < sizeof thai_texts / sizeof thai_texts[0]; i++) {
        if (strcmp(slug, fault_slug(thai_texts[i].kind)) == 0)
            return print_text(&griev->print, SAY(thai_texts[i].th, fault_text(thai_texts[i].kind)));
    }
    return NULL;
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
}
