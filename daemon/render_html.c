/*
 * A document as one page of HTML, without scripts and without anything fetched:
 * what a browser shows, and what prints well on A4, so that WeasyPrint makes the
 * PDF of it. The layout is that of official letters: TH Sarabun at 16 points, 3 cm
 * to the left, 2 cm to the right.
 *
 * Debian's Laksaman is TH Sarabun drawn larger; its fontconfig rule scales it by
 * 0.66, of which a PDF maker sees the widths and not the shapes, so that letters
 * overlap. So no other family is named here, the rule does not apply, and all
 * sizes are of Laksaman: 10.56 points of it are 16 points of TH Sarabun.
 *
 * WeasyPrint tells a PDF what a glyph means by the text it first stood for. SARA AM
 * is drawn as two glyphs that mean one letter: unless each was met by itself
 * before, whoever copies or searches the PDF finds others' vowels wrong. So a line
 * of them stands first, beside the page.
 *
 * WeasyPrint draws the text of an SVG letter by letter, which parts Thai vowels
 * from their consonants: in a chart only the bars are SVG.
 */
#include <stdlib.h>
#include <string.h>

#include "core/thai.h"
#include "render.h"

enum {
    CHART_BARS = 260,  /* pixels of the longest bar */
    ROWS_TOGETHER = 2, /* at the end of a table */
};

struct page {
    FILE *out;
    const json_t *answer, *document;
    const struct render_options *options;
};

static const char style_common[] =
    "html{font-family:Laksaman,sans-serif;font-size:10.56pt;line-height:1.25}\n"
    "body{margin:0 auto;max-width:52em;color:#000;background:#fff}\n"
    "h1,h2,.sub{text-align:center;margin:0}\n"
    "h1{font-size:1.25em}h2{font-size:1.12em;margin-top:.2em}\n"
    "h3{font-size:1.12em;margin:1.2em 0 .4em;break-after:avoid}\n"
    ".draft{color:#b00000;font-weight:bold;text-align:center}\n"
    "p{margin:.35em 0}.strong{font-weight:bold;break-after:avoid}.note{font-size:.88em}\n"
    "figure .note{break-before:avoid}"
    ".warning{border-left:3px solid #b00000;padding-left:.6em}\n"
    "ul{margin:.2em 0 .2em 1.2em;padding:0}\n"
    "figure{margin:.8em 0}figcaption{font-weight:bold;margin:.4em 0 .2em;break-after:avoid}\n"
    "table{border-collapse:collapse;width:100%;font-size:.92em}\n"
    "table.wide{font-size:.78em}\n"
    "thead{display:table-header-group}\n"
    "th,td{border:.5pt solid #555;padding:.12em .35em;vertical-align:top;text-align:left}\n"
    "th{background:#eee;text-align:center;font-weight:bold;font-size:.9em;"
    "padding:.12em .05em}\n"
    "td.n{text-align:right;white-space:nowrap}td.c{white-space:nowrap}td.h{word-break:break-all}\n"
    "tr,tbody.last,figure.short{break-inside:avoid}\n"
    "@media print{.room{height:7em;margin-bottom:-7em;break-after:avoid}}\n"
    "tr.total td{font-weight:bold;background:#f6f6f6}\n"
    ".chart{break-inside:avoid}.chart table{width:auto}.chart td{border:0;padding:0 .5em}\n"
    ".chart td:first-child{text-align:right}.chart svg{vertical-align:middle}\n"
    ".close{break-inside:avoid;break-before:avoid}\n"
    ".sign{margin:2.4em 0 0 45%;text-align:center}\n"
    ".sign p{margin:.5em 0}\n"
    "section.summary{break-after:page}\n"
    "@media screen{html{font-size:12pt}body{padding:2em}}\n";

/* ---- text ---- */

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

/* A text with the digits asked for. */
static void put_text(const struct page *page, const char *text)
{
    char *digits = render_digits(text, page->options);

    put_escaped(page->out, digits ? digits : text);
    free(digits);
}

static void put_said(const struct page *page, const json_t *text)
{
    put_text(page, render_said(text, page->options->lang));
}

static const char *pick(const struct page *page, const char *th, const char *en)
{
    return page->options->lang == RENDER_TH ? th : en;
}

static void put_day(const struct page *page, const json_t *day)
{
    char *text = render_cell(day, RENDER_DAY, page->options);

    put_escaped(page->out, text ? text : "");
    free(text);
}

static const char *member_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* ---- style ---- */

/* A text as a CSS string. */
static void put_css_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\' || *text == '<')
            fprintf(out, "\\%02x ", (unsigned char)*text);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

/* The secrecy class in red above and below each page. */
static void put_secrecy(const struct page *page)
{
    static const char *const places[] = {"@top-center", "@bottom-center"};
    const char *secrecy =
        render_said(json_object_get(page->document, "secrecy"), page->options->lang);

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        fprintf(page->out, "%s{content:", places[i]);
        put_css_string(page->out, secrecy);
        fputs(";color:#c00000;font:bold 12pt Laksaman}", page->out);
    }
}

/* The running header and the page numbers. */
static void put_page_style(const struct page *page)
{
    FILE *out = page->out;
    const char *counter = page->options->thai_digits ? ",thai" : "";
    char *title = render_digits(
        render_said(json_object_get(page->document, "title"), page->options->lang), page->options);
    char *year =
        render_digits(render_said(json_object_get(page->document, "subtitle"), page->options->lang),
                      page->options);

    fputs("@page{size:A4;margin:2.5cm 2cm 2cm 3cm;", out);
    put_secrecy(page);
    fputs("@top-left{content:", out);
    put_css_string(out, title ? title : "");
    fputs("\"\\a\"", out);
    put_css_string(out, year ? year : "");
    fprintf(out,
            ";font:8pt Laksaman;color:#444;width:42%%;white-space:pre-wrap}"
            "@top-right{content:\"%s \" "
            "counter(page%s) \" / \" counter(pages%s);font:8pt Laksaman;color:#444;width:16%%}}\n"
            "@page:first{@top-left{content:\"\"}}\n",
            pick(page, "หน้า", "Page"), counter, counter);
    free(title);
    free(year);
}

/* Vowels and tone marks by themselves, then as they stand together in SARA AM; in both weights. */
#define GLYPHS "า กุ กู กิ กี กึ กื กั ก็ ก์ กํ ก่ ก้ ก๊ ก๋ กํ่ กํ้ กํ๊ กํ๋ กู่ กู้ กุ่ กุ้ กี่ กี้ กั่ กั้ "
static const char glyphs_first[] =
    "<div aria-hidden=\"true\" style=\"position:absolute;left:-90cm;z-index:-1\">" GLYPHS
    "<b>" GLYPHS "</b></div>\n";

static void put_head(const struct page *page)
{
    fprintf(page->out,
            "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
            pick(page, "th", "en"));
    put_said(page, json_object_get(page->document, "title"));
    fputs(" ", page->out);
    put_said(page, json_object_get(page->document, "subtitle"));
    fputs("</title>\n<style>\n", page->out);
    fputs(style_common, page->out);
    put_page_style(page);
    fputs("</style>\n</head>\n<body>\n", page->out);
    fputs(glyphs_first, page->out);
}

/* ---- blocks ---- */

static void put_paragraph(const struct page *page, const json_t *block)
{
    fprintf(page->out, "<p class=\"%s\">", member_text(block, "style"));
    put_said(page, json_object_get(block, "text"));
    fputs("</p>\n", page->out);
}

static void put_list(const struct page *page, const json_t *block)
{
    size_t i;
    json_t *item;

    fputs("<ul>\n", page->out);
    json_array_foreach(json_object_get(block, "items"), i, item)
    {
        fputs("<li>", page->out);
        put_said(page, item);
        fputs("</li>\n", page->out);
    }
    fputs("</ul>\n", page->out);
}

/* Codes do not break, hashes have nowhere else to; words in place of a number are words. */
static const char *class_of(enum render_type type, const json_t *cell)
{
    if (render_is_number(type))
        return json_is_object(cell) ? "" : " class=\"n\"";
    if (type == RENDER_HASH)
        return " class=\"h\"";
    return type == RENDER_TEXT ? "" : " class=\"c\"";
}

/* A label or a total that is not there is no nil: its cell stays empty. */
static bool stays_empty(const json_t *cell, enum render_type type, bool is_total)
{
    return json_is_null(cell) && (is_total || type == RENDER_LABEL);
}

static void put_row(const struct page *page, const json_t *columns, const json_t *row,
                    bool is_total)
{
    size_t i;
    json_t *cell;

    fputs(is_total ? "<tr class=\"total\">" : "<tr>", page->out);
    json_array_foreach(row, i, cell)
    {
        const enum render_type type = render_type_of(json_array_get(columns, i));
        char *text =
            stays_empty(cell, type, is_total) ? strdup("") : render_cell(cell, type, page->options);

        fprintf(page->out, "<td%s>", class_of(type, cell));
        put_escaped(page->out, text ? text : "");
        fputs("</td>", page->out);
        free(text);
    }
    fputs("</tr>\n", page->out);
}

static bool is_wide(const json_t *columns)
{
    return json_array_size(columns) > 7;
}

/* What columns get of a table's width, in percent, beside what their type needs. */
struct shares {
    unsigned words;   /* each of several columns of words; 0 leaves it to their words */
    unsigned numbers; /* each number in a table without words; 0 for what numbers need */
};

static struct shares shares_of(const json_t *columns, const unsigned *percents)
{
    unsigned words = 0, numbers = 0, taken = 0, taken_by_others = 0;
    size_t i;
    json_t *column;

    json_array_foreach(columns, i, column)
    {
        const enum render_type type = render_type_of(column);

        words += type == RENDER_TEXT;
        numbers += render_is_number(type);
        taken += percents[type];
        taken_by_others += render_is_number(type) ? 0 : percents[type];
    }
    return (struct shares){
        .words = words < 3 || taken > 80 ? 0 : (100 - taken) / words,
        .numbers = words > 0 || numbers == 0 ? 0 : (100 - taken_by_others) / numbers,
    };
}

/*
 * Numbers and days take what they need and words the rest, each as much where
 * there are many of them; without words numbers share the rest. In a table of many
 * columns the first words take a third and all others what is left.
 */
static void put_widths(const struct page *page, const json_t *columns)
{
    static const unsigned percents[] = {
        [RENDER_TEXT] = 0,     [RENDER_LABEL] = 8,  [RENDER_CODE] = 12,
        [RENDER_HASH] = 60,    [RENDER_COUNT] = 10, [RENDER_DECIMAL] = 12,
        [RENDER_PERCENT] = 10, [RENDER_DAY] = 15,   [RENDER_MONTH] = 16,
    };
    const struct shares shares = shares_of(columns, percents);
    bool had_words = false;
    size_t i;
    json_t *column;

    fputs("<colgroup>", page->out);
    json_array_foreach(columns, i, column)
    {
        const enum render_type type = render_type_of(column);
        const bool first_words = type == RENDER_TEXT && !had_words;
        const bool shared = render_is_number(type) && shares.numbers > 0;
        const unsigned width = is_wide(columns)      ? first_words ? 30 : 0
                               : type == RENDER_TEXT ? shares.words
                               : shared              ? shares.numbers
                                                     : percents[type];

        had_words = had_words || type == RENDER_TEXT;
        if (width > 0)
            fprintf(page->out, "<col style=\"width:%u%%\">", width);
        else
            fputs("<col>", page->out);
    }
    fputs("</colgroup>\n", page->out);
}

/*
 * No row stands alone beside a turn of the page: a short table is not parted, of
 * others the last rows stay together, and before the first there must be room for
 * a head and some. (WeasyPrint forgets `avoid` between two rows where the second
 * one's first line still fits, and in the first group of a table.)
 */
static bool is_short(size_t rows)
{
    return rows < 2 * ROWS_TOGETHER;
}

static void put_rows(const struct page *page, const json_t *columns, const json_t *rows,
                     const json_t *total, size_t count)
{
    const size_t row_count = json_array_size(rows);

    fputs("<tbody>\n", page->out);
    for (size_t i = 0; i < count; i++) {
        if (i + ROWS_TOGETHER == count && !is_short(count))
            fputs("</tbody>\n<tbody class=\"last\">\n", page->out);
        put_row(page, columns, i < row_count ? json_array_get(rows, i) : total, i == row_count);
    }
    fputs("</tbody>\n", page->out);
}

static void put_table(const struct page *page, const json_t *block)
{
    const json_t *columns = json_object_get(block, "columns");
    const json_t *rows = json_object_get(block, "rows"), *total = json_object_get(block, "total");
    const size_t count = json_array_size(rows) + (json_is_array(total) ? 1 : 0);
    size_t i;
    json_t *each;

    fprintf(page->out, "<figure%s>\n<figcaption>", is_short(count) ? " class=\"short\"" : "");
    put_said(page, json_object_get(block, "title"));
    fprintf(page->out, "</figcaption>\n<div class=\"room\"></div>\n<table%s>\n",
            is_wide(columns) ? " class=\"wide\"" : "");
    put_widths(page, columns);
    fputs("<thead><tr>", page->out);
    json_array_foreach(columns, i, each)
    {
        fputs("<th>", page->out);
        put_said(page, json_object_get(each, "title"));
        fputs("</th>", page->out);
    }
    fputs("</tr></thead>\n", page->out);
    put_rows(page, columns, rows, total, count);
    fputs("</table>\n", page->out);
    if (json_is_object(json_object_get(block, "note"))) {
        fputs("<p class=\"note\">", page->out);
        put_said(page, json_object_get(block, "note"));
        fputs("</p>\n", page->out);
    }
    fputs("</figure>\n", page->out);
}

/* A label of a chart: a name, or a month. */
static void put_label(const struct page *page, const json_t *label)
{
    char *text =
        render_cell(label, json_is_string(label) ? RENDER_MONTH : RENDER_TEXT, page->options);

    put_escaped(page->out, text ? text : "");
    free(text);
}

/* One bar: its label to the left, its value behind it. */
static void put_bar(const struct page *page, const json_t *label, json_t *value, long long most)
{
    const long long count = json_integer_value(value);
    char *text = render_cell(value, RENDER_COUNT, page->options);

    fputs("<tr><td>", page->out);
    put_label(page, label);
    fprintf(page->out,
            "</td><td><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"10\">"
            "<rect width=\"%lld\" height=\"10\" fill=\"#3a6ea5\"/></svg></td><td>",
            CHART_BARS, most > 0 ? count * CHART_BARS / most : 0);
    put_escaped(page->out, text ? text : "");
    fputs("</td></tr>\n", page->out);
    free(text);
}

static void put_chart(const struct page *page, const json_t *block)
{
    const json_t *labels = json_object_get(block, "labels");
    const json_t *values = json_object_get(block, "values");
    long long most = 0;
    size_t i;
    json_t *value;

    json_array_foreach(values, i, value) most =
        json_integer_value(value) > most ? json_integer_value(value) : most;
    fputs("<figure class=\"chart\">\n<figcaption>", page->out);
    put_said(page, json_object_get(block, "title"));
    fputs("</figcaption>\n<table>\n", page->out);
    json_array_foreach(values, i, value) put_bar(page, json_array_get(labels, i), value, most);
    fputs("</table>\n</figure>\n", page->out);
}

static void put_section(const struct page *page, const json_t *section)
{
    size_t i;
    json_t *block;

    fprintf(page->out, "<section class=\"%s\">\n<h3>", member_text(section, "key"));
    put_said(page, json_object_get(section, "title"));
    fputs("</h3>\n", page->out);
    json_array_foreach(json_object_get(section, "blocks"), i, block)
    {
        if (render_is_kind(block, "text"))
            put_paragraph(page, block);
        else if (render_is_kind(block, "list"))
            put_list(page, block);
        else if (render_is_kind(block, "table"))
            put_table(page, block);
        else if (render_is_kind(block, "chart"))
            put_chart(page, block);
    }
    fputs("</section>\n", page->out);
}

/* ---- what stands around the sections ---- */

static void put_title(const struct page *page)
{
    const json_t *document = page->document;

    fputs("<header>\n<h1>", page->out);
    put_said(page, json_object_get(document, "title"));
    fputs("</h1>\n<h2>", page->out);
    put_said(page, json_object_get(document, "subtitle"));
    fputs("</h2>\n<p class=\"sub\">", page->out);
    put_said(page, json_object_get(document, "agency"));
    if (json_is_string(json_object_get(document, "as_of"))) {
        fprintf(page->out, " %s ", pick(page, "ข้อมูล ณ วันที่", "as of"));
        put_day(page, json_object_get(document, "as_of"));
    }
    fputs("</p>\n", page->out);
    if (strcmp(member_text(page->answer, "status"), "draft") == 0)
        fprintf(page->out, "<p class=\"draft\">%s</p>\n", pick(page, "ร่าง", "DRAFT"));
    fputs("</header>\n", page->out);
}

/* "label value", for the lines about the file itself. */
static void put_fact(const struct page *page, const char *label, const char *value, bool is_code)
{
    fprintf(page->out, "<p class=\"note\">%s ", label);
    if (is_code)
        put_escaped(page->out, value);
    else
        put_text(page, value);
    fputs("</p>\n", page->out);
}

static void put_day_fact(const struct page *page, const char *label, const json_t *day)
{
    fprintf(page->out, "<p class=\"note\">%s ", label);
    put_day(page, day);
    fputs("</p>\n", page->out);
}

/* By which checkpoint of the public log anyone can recount what was counted. */
static void put_checkpoint(const struct page *page, const json_t *checkpoint)
{
    char *size = render_cell(json_object_get(checkpoint, "size"), RENDER_COUNT, page->options);

    fprintf(page->out, "<p class=\"note\">%s ",
            pick(page, "จุดตรวจสอบของสมุดบันทึกสาธารณะสำหรับนับซ้ำ ขนาด",
                 "Checkpoint of the public log to recount by, size"));
    put_escaped(page->out, size ? size : "");
    fputs("</p>\n", page->out);
    free(size);
    put_fact(page, pick(page, "สมุดบันทึก", "Log"), member_text(checkpoint, "origin"), true);
    put_fact(page, pick(page, "รากของจุดตรวจสอบ", "Root hash of the checkpoint"),
             member_text(checkpoint, "root"), true);
}

/* Issued and handed over, or approved for publication: when, and under which hash. */
static void put_standing(const struct page *page)
{
    const json_t *issue = json_object_get(page->answer, "issue");
    const json_t *given = json_object_get(page->answer, "submission");
    const json_t *published = json_object_get(page->answer, "publication");

    if (json_is_object(issue))
        put_fact(page,
                 pick(page, "ออกรายงานแล้ว SHA-256 ของเอกสาร", "Issued; SHA-256 of the document"),
                 member_text(issue, "sha256"), true);
    if (json_is_object(json_object_get(issue, "checkpoint")))
        put_checkpoint(page, json_object_get(issue, "checkpoint"));
    if (json_is_object(given)) {
        put_fact(page, pick(page, "เสนอผู้อำนวยการตามบันทึกที่", "Submitted by memo"),
                 member_text(given, "memo_no"), false);
        put_day_fact(page, pick(page, "ทราบเมื่อวันที่", "Acknowledged on"),
                     json_object_get(given, "acknowledged_on"));
    }
    if (json_is_object(published)) {
        put_fact(page, pick(page, "ผู้อนุมัติให้เผยแพร่", "Approved for publication by"),
                 member_text(published, "approved_by"), false);
        put_day_fact(page, pick(page, "อนุมัติเมื่อวันที่", "Approved on"),
                     json_object_get(published, "approved_on"));
        put_fact(page, pick(page, "SHA-256 ของเอกสาร", "SHA-256 of the document"),
                 member_text(published, "sha256"), true);
    }
}

static void put_errata(const struct page *page)
{
    const json_t *errata = json_object_get(page->answer, "errata");
    size_t i;
    json_t *erratum;

    if (json_array_size(errata) == 0)
        return;
    fprintf(page->out, "<section class=\"errata\">\n<h3>%s</h3>\n<ul>\n",
            pick(page, "แก้คำผิดและข้อเท็จจริงที่ทราบภายหลัง", "Errata"));
    json_array_foreach(errata, i, erratum)
    {
        fputs("<li>", page->out);
        put_text(page, member_text(erratum, "text"));
        fputs("</li>\n", page->out);
    }
    fputs("</ul>\n</section>\n", page->out);
}

static void put_signature(const struct page *page)
{
    static const char dots[] = "..................................................";
    const json_t *signature = json_object_get(page->document, "signature");

    if (!json_is_object(signature))
        return;
    fprintf(page->out, "<div class=\"sign\">\n<p>(%s)</p>\n<p>%s %s</p>\n<p>", dots,
            pick(page, "ตำแหน่ง", "Position"), dots);
    put_said(page, signature);
    fputs("</p>\n</div>\n", page->out);
}

static void put_document(const struct page *page)
{
    size_t i;
    json_t *section;

    put_title(page);
    json_array_foreach(json_object_get(page->document, "sections"), i, section)
        put_section(page, section);
    put_errata(page);
    fputs("<div class=\"close\">\n", page->out);
    put_standing(page);
    put_signature(page);
    fputs("</div>\n", page->out);
}

/* ---- the cover memo ---- */

static const char style_memo[] =
    "html{font-family:Laksaman,sans-serif;font-size:10.56pt;line-height:1.3}\n"
    "body{margin:0 auto;max-width:48em}\n"
    ".emblem{position:absolute;left:0;top:0;height:1.5cm}.emblem img{height:1.5cm}\n"
    "h1{font-size:19.14pt;text-align:center;margin:.4cm 0 .5cm}\n" /* 29 points */
    "table{width:100%;border-collapse:collapse}\n"
    "th{font-size:13.2pt;width:1%;white-space:nowrap;text-align:left;padding:0 .3em 0 0}\n" /* 20 */
    "td{border-bottom:1pt dotted #000;vertical-align:bottom}\n"
    "p{text-indent:2.5cm;margin:.5em 0}p.to{text-indent:0;margin:.8em 0}\n"
    ".sign{margin:2.2em 0 0 45%;text-align:center}.sign p{text-indent:0}\n"
    "@media screen{html{font-size:12pt}body{padding:2em;position:relative}}\n"
    "@page{size:A4;margin:1.5cm 2cm 2cm 3cm;"; /* ends with put_secrecy() and "}" */

/* "label ………": opened by this, the value and put_memo_end() follow. */
static void put_memo_label(const struct page *page, const char *label)
{
    fprintf(page->out, "<table><tr><th>%s</th><td>", label);
}

static void put_memo_end(const struct page *page)
{
    fputs("&nbsp;</td></tr></table>\n", page->out);
}

/* What the document says of itself in short. */
static void put_memo_paragraphs(const struct page *page)
{
    size_t i;
    json_t *text;

    json_array_foreach(json_object_get(page->document, "memo"), i, text)
    {
        fputs("<p>", page->out);
        put_said(page, text);
        fputs("</p>\n", page->out);
    }
}

/* The official form is Thai, whatever language the report is read in. */
static void put_memo(const struct page *page)
{
    static const char dots[] = "..................................................";
    const json_t *given = json_object_get(page->answer, "submission");
    const char *title = render_said(json_object_get(page->document, "title"), RENDER_TH);
    const char *year = render_said(json_object_get(page->document, "subtitle"), RENDER_TH);
    char *day = json_is_object(given)
                    ? render_cell(json_object_get(given, "memo_date"), RENDER_DAY, page->options)
                    : NULL;

    fputs("<!DOCTYPE html>\n<html lang=\"th\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<title>บันทึกข้อความ</title>\n<style>\n",
          page->out);
    fputs(style_memo, page->out);
    put_secrecy(page);
    fputs("}\n</style>\n</head>\n<body>\n", page->out);
    fputs(glyphs_first, page->out);
    /* Whoever prints it may put the Garuda there. */
    fputs("<div class=\"emblem\"></div>\n<h1>บันทึกข้อความ</h1>\n", page->out);
    put_memo_label(page, "ส่วนราชการ");
    put_said(page, json_object_get(page->document, "agency"));
    put_memo_end(page);
    put_memo_label(page, "ที่");
    put_text(page, member_text(given, "memo_no"));
    fputs("&nbsp;</td><th>&nbsp;วันที่</th><td>", page->out);
    put_escaped(page->out, day ? day : "");
    put_memo_end(page);
    put_memo_label(page, "เรื่อง");
    put_text(page, title);
    fputs(" ", page->out);
    put_text(page, year);
    put_memo_end(page);
    fputs("<p class=\"to\">เรียน ผู้อำนวยการสำนักงานสถิติแห่งชาติ</p>\n<p>", page->out);
    fputs("ขอเสนอ", page->out);
    put_text(page, title);
    fputs(" ", page->out);
    put_text(page, year);
    fputs(" ตามเอกสารแนบ สรุปได้ดังนี้</p>\n", page->out);
    put_memo_paragraphs(page);
    fputs("<p>จึงเรียนมาเพื่อโปรดทราบและพิจารณา</p>\n", page->out);
    fprintf(page->out, "<div class=\"sign\"><p>(%s)</p><p>ตำแหน่ง %s</p></div>\n", dots, dots);
    fprintf(page->out,
            "<div class=\"sign\"><p>ทราบ</p><p>(%s)</p>"
            "<p>ผู้อำนวยการสำนักงานสถิติแห่งชาติ</p><p>วันที่ %s</p></div>\n",
            dots, dots);
    free(day);
}

bool render_html(const json_t *answer, const struct render_options *options, struct span *ret_file)
{
    char *data = NULL;
    size_t len = 0;
    const struct render_options thai = {RENDER_TH, options->thai_digits, options->memo};
    const struct page page = {.out = open_memstream(&data, &len),
                              .answer = answer,
                              .document = json_object_get(answer, "document"),
                              .options = options->memo ? &thai : options};

    if (!page.out)
        return false;
    if (options->memo) {
        put_memo(&page);
    } else {
        put_head(&page);
        put_document(&page);
    }
    fputs("</body>\n</html>\n", page.out);
    if (fclose(page.out) != 0 || !page.document) {
        free(data);
        return false;
    }
    *ret_file = (struct span){data, len};
    return true;
}
