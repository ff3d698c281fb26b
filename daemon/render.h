/*
 * render - a document of the register as a file for people
 *
 * A report, the public statistics or an evidence pack comes from SQL as one JSON
 * document: sections of paragraphs, tables and charts, every text in Thai and
 * English (sql/rules/report_document.sql says what there is). What it says was
 * decided there; here it is only put on paper, in three forms:
 *
 *     answer JSON ─▶ render_html()  one page for screen and A4 print, charts as inline SVG
 *                 ├▶ render_csv()   its tables, for spreadsheets
 *                 └▶ render_xlsx()  a sheet a table, real numbers and days
 *
 * The answer has `document` and, of a report, `status`, `issue`, `submission` and
 * `errata`; of statistics, `publication`.
 *
 * A function of its arguments: no clock, no state; render_xlsx() works in
 * temporary files that have no name.
 */
#ifndef GRIEVD_RENDER_H
#define GRIEVD_RENDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/span.h"

enum render_lang { RENDER_TH, RENDER_EN };

struct render_options {
    enum render_lang lang;
    bool thai_digits; /* in numbers, days and sentences; codes and addresses stay as they are */
    bool memo; /* HTML only: the cover memo (บันทึกข้อความ) instead of the document */
};

/*
 * True with the file, whose bytes are the caller's to free(); false if memory is
 * out or the answer is no document.
 */
bool render_html(const json_t *answer, const struct render_options *options, struct span *ret_file);
bool render_csv(const json_t *answer, const struct render_options *options, struct span *ret_file);
bool render_xlsx(const json_t *answer, const struct render_options *options, struct span *ret_file);

/* ---- what the three share ---- */

/* How a column's cells are printed and stored. */
enum render_type {
    RENDER_TEXT,
    RENDER_LABEL,   /* a number of an item, such as 3.2.1: short, not broken */
    RENDER_CODE,    /* digits stay Arabic */
    RENDER_HASH,    /* a code of many digits, broken anywhere */
    RENDER_COUNT,   /* whole number, thousands separated */
    RENDER_DECIMAL, /* a number in a text, printed with the digits it has */
    RENDER_PERCENT, /* alike */
    RENDER_DAY,     /* YYYY-MM-DD */
    RENDER_MONTH,   /* YYYY-MM */
};
enum render_type render_type_of(const json_t *column);

/* True for types whose cells are numbers, to be aligned to the right. */
bool render_is_number(enum render_type type);

/* A text, or the reader's language of a text in both; "" for anything else. Borrowed. */
const char *render_said(const json_t *text, enum render_lang lang);

/* What a cell shows, "-" for null; to be freed. NULL if memory is out. */
char *render_cell(const json_t *cell, enum render_type type, const struct render_options *options);

/* The text in Thai digits if those are asked for; to be freed. NULL if memory is out. */
char *render_digits(const char *text, const struct render_options *options);

/*
 * What a file of tables says above them: what it is and of when, its secrecy class,
 * whether it is a draft, who approved it, how far its numbers are confirmed, and that
 * there are errata; to be freed. NULL if memory is out.
 */
char *render_headline(const json_t *answer, const struct render_options *options);

/* True if a block of a section is of the kind: text, list, table or chart. */
bool render_is_kind(const json_t *block, const char *kind);

/*
 * The document's tables in order, each `visit`ed with its section, then its errata as one without;
 * stops when it says false.
 */
bool render_tables(const json_t *answer,
                   bool (*visit)(void *arg, const json_t *section, const json_t *table), void *arg);

/*
 * What has to go along where a table stands alone: its note, and the sentences of its section that
 * are no plain ones and head no list: the unit of what is counted, that there was none, a warning.
 * Not what the headline has, which stands above it. An array of texts, the caller's; NULL if memory
 * is out.
 */
json_t *render_remarks(const json_t *answer, const json_t *section, const json_t *table);

#endif
