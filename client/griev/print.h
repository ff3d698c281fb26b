/*
 * print - answers as people read them
 *
 * Two shapes, each described by one table of columns: a list of objects becomes
 * a table whose columns line up in a terminal (Thai vowels and tone marks take
 * no column of their own), one object becomes a line for each member.
 *
 *     static const struct column columns[] = {
 *         {TEXT("เลขที่", "Number"), "ref", CELL_CODE},
 *         {TEXT("วันรับเรื่อง", "Received"), "received_on", CELL_DATE},
 *     };
 *     print_items(print, columns, 2, json_object_get(answer, "items"));
 *
 * Labels are in the reader's language; names that the register has in both
 * languages are printed in both. What the server sent never controls the
 * terminal: control characters and direction overrides print as U+FFFD.
 *
 * Only the stream in struct print is written to; nothing here reads a clock.
 */
#ifndef GRIEVD_CLIENT_PRINT_H
#define GRIEVD_CLIENT_PRINT_H

#include <jansson.h>
#include <stdio.h>

#include "core/span.h"

/* A text in both languages; TEXT initialises one in a table, SAY is one as an argument. */
struct text {
    const char *th, *en;
};
#define TEXT(thai, english) \
    {                       \
        thai, english       \
    }
#define SAY(thai, english) ((struct text)TEXT(thai, english))

enum lang { LANG_EN, LANG_TH };

/* How answers are printed. */
struct print {
    FILE *out;
    enum lang lang;
    bool colour;
    bool thai_digits;       /* in numbers, dates and sentences; codes stay as they are */
    const json_t *taxonomy; /* answer of /v1/taxonomy, to print names beside codes; or NULL */
};

/* How the value of a member is printed. Absent and null are a dash. */
enum cell {
    CELL_TEXT,
    CELL_CODE,   /* text whose digits stay Arabic: numbers of cases, units, UUIDs */
    CELL_NUMBER, /* right-aligned; also a number in a string, such as "0.00" */
    CELL_DATE,  /* "2026-11-23": 23 พฤศจิกายน 2569 in Thai, as it is in English */
    CELL_TIME,  /* an ISO time with its offset, as Bangkok's clock shows it */
    CELL_MONTH, /* "2026-11": พฤศจิกายน 2569 in Thai */
    CELL_YES,   /* true or false: yes or no */
    CELL_LIST,  /* array of texts, or codes of the taxonomy, joined by commas */
    CELL_MONTHS, /* array of months, alike */
    CELL_NAME,   /* MEMBER_th or MEMBER_en, in the reader's language, else MEMBER */
    CELL_NAMES,  /* MEMBER_th / MEMBER_en, both */
    CELL_COUNT,  /* array: how many */
};

struct column {
    struct text label;
    const char *member; /* of the object; "unit/code" descends into an object */
    enum cell cell;
    const char *taxonomy; /* the member is a code of this taxonomy; or NULL */
};

/* How a piece of text stands out, where colour is on. */
enum style { STYLE_PLAIN, STYLE_STRONG, STYLE_GOOD, STYLE_BAD, STYLE_FAINT };

const char *print_text(const struct print *print, struct text text);

/* The member as the column says, to be freed. */
char *print_cell(const struct print *print, const struct column *column, const json_t *object);

/* A value by itself, as a cell of that kind shows it, to be freed. */
char *print_value(const struct print *print, enum cell cell, const json_t *value);

/* A text made safe for a terminal, in Thai digits if those are asked for; to be freed. */
char *print_safe(const struct print *print, struct span text, bool keep_digits);

/* One line, with a newline behind it. */
void print_line(const struct print *print, enum style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One object, a line a member: label, then value. Members it does not have are left out. */
void print_fields(const struct print *print, const struct column *columns, size_t column_count,
                  const json_t *object);

/* An array of objects as a table; a sentence when there is none. */
void print_items(const struct print *print, const struct column *columns, size_t column_count,
                 const json_t *items);

/*
 * A table of texts that the caller has made: the rows are given one after the
 * other, column_count texts each. The first row is the head.
 */
struct table_cell {
    char *text; /* owned by the table once added */
    enum style style;
    bool right; /* aligned to the right */
};
struct table {
    size_t column_count;
    size_t cell_count;
    struct table_cell *cells;
};
void table_add(struct table *table, char *text, enum style style, bool right);

/* Print the table, each line after `indent` blanks, and free what it holds. */
void table_print(struct table *table, const struct print *print, size_t indent);

#endif
