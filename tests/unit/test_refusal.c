/* What the Thai of a refusal promises. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "core/refusal.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define R(english, thai) {english, thai},
static const struct {
    const char *english, *thai;
} table[] = {
#include "core/refusal.def"
};
#undef R

Test(refusal_thai, says_what_it_is_about_in_its_place)
{
    static const struct {
        const char *english, *thai; /* NULL: it has none */
    } rows[] = {
        {"the content was erased", "เนื้อหาถูกลบแล้ว"},
        {"/month must be a month, YYYY-MM", "/month ต้องเป็นเดือนแบบ YYYY-MM"},
        {"/items/3/result is of a KPI; an indicator has a level",
         "/items/3/result เป็นของ KPI ตัวบ่งชี้ใช้ level"},
        {"/a must be a list of 2 to 20 texts", "/a ต้องเป็นรายการข้อความ 2 ถึง 20 รายการ"},
        {"/a is missing", "/a ต้องระบุ"},
        {"the proposed outcome does not fit what is recorded of the case any more: "
         "the case is no duplicate",
         "ผลที่เสนอไม่สอดคล้องกับข้อมูลที่บันทึกแล้ว: เรื่องนี้ไม่ใช่เรื่องซ้ำ"},
        {" is missing", NULL},
        {"is missing", NULL},
        {"/a is missing!", NULL},
        {"something that nobody raises", NULL},
        {"", NULL},
    };
    char text[REFUSAL_BYTES_MAX];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bool known = refusal_thai(span_of(rows[i].english), text, sizeof text);

        cr_expect_eq(known, rows[i].thai != NULL, "%s", rows[i].english);
        if (known && rows[i].thai)
            cr_expect_str_eq(text, rows[i].thai);
    }
}

Test(refusal_thai, ends_at_a_whole_character)
{
    char text[8];

    cr_assert(refusal_thai(SPAN("the content was erased"), text, sizeof text));
    cr_expect_str_eq(text, "เน");
}

/* A clause of the table with its n-th hole filled with the n-th digit; the digit after the last. */
static char fill(const char *pattern, char english[static REFUSAL_BYTES_MAX])
{
    char hole = '1';

    for (; *pattern; pattern++)
        *english++ = *pattern == '%' ? hole++ : *pattern;
    *english = '\0';
    return hole;
}

Test(refusal_thai, leaves_out_nothing_of_what_it_is_about)
{
    char english[REFUSAL_BYTES_MAX], thai[REFUSAL_BYTES_MAX];

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        const char hole = fill(table[i].english, english);

        cr_expect(refusal_thai(span_of(english), thai, sizeof thai), "%s", english);
        for (char each = '1'; each < hole; each++) {
            const char mark[] = {'%', each, '\0'};

            cr_expect(strstr(table[i].thai, mark), "%s: %s", table[i].english, mark);
            cr_expect(strchr(thai, each), "%s: %c in %s", english, each, thai);
        }
        for (const char *c = table[i].thai; *c; c++)
            cr_expect(*c != '%' || (c[1] >= '1' && c[1] < hole), "%s", table[i].thai);
    }
}

/* A client takes the pointer off to say which line or option is meant. */
Test(refusal_thai, begins_with_the_pointer_that_the_clause_begins_with)
{
    char english[REFUSAL_BYTES_MAX], thai[REFUSAL_BYTES_MAX];

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        fill(table[i].english, english);
        const size_t len = strcspn(english, " :");

        if (strchr("/%", table[i].english[0])) {
            cr_assert(refusal_thai(span_of(english), thai, sizeof thai));
            cr_expect(strncmp(english, thai, len) == 0, "%s: %s", english, thai);
            cr_expect(strchr(" :", thai[len]), "%s: %s", english, thai);
        }
    }
}
