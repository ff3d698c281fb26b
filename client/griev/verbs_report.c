/* The verbs of those who score and report: assess, report, statistics, evidence pack, publish. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "csv.h"
#include "files.h"
#include "griev.h"
#include "memory.h"

enum { SHEET_BYTES_MAX = 4 * 1024 * 1024 };

/* ---- assess set ---- */

static int post_items(struct griev *griev, const char *source, json_t *items)
{
    struct answer answer;
    json_t *body = json_pack("{s:s*, s:o}", "source", source, "items", items);
    json_t *given = json_deep_copy(body);
    const int code = griev_post(griev, griev->verb->path, given, body, 0, &answer);

    if (code == EXIT_OK)
        griev_print_answer(griev, &answer);
    answer_done(&answer);
    json_decref(given);
    json_decref(body);
    return code;
}

/* {"text": …, "new": …} of --activity and --new-activity. */
static void add_activities(const struct griev *griev, const char *option, bool is_new, json_t *list)
{
    size_t i;
    json_t *text;

    json_array_foreach(json_object_get(griev->given, option), i, text)
        json_array_append_new(list, json_pack("{s:O, s:b}", "text", text, "new", is_new));
}

int run_assess_set(struct griev *griev)
{
    json_t *item = json_pack("{s:s}", "code", griev->operands[0]);
    json_t *activities = json_array();
    const int code = item ? options_to_body(griev, item) : EXIT_USAGE;

    if (!json_object_get(item, "assessment_fy") && json_object_get(item, "report_fy"))
        json_object_set(item, "assessment_fy", json_object_get(item, "report_fy"));
    add_activities(griev, "activity", false, activities);
    add_activities(griev, "new-activity", true, activities);
    if (json_array_size(activities) > 0)
        json_object_set(item, "activities", activities);
    json_decref(activities);
    if (code != EXIT_OK) {
        json_decref(item);
        return code;
    }
    return post_items(griev, option_text(griev, "source"), json_pack("[o]", item));
}

/* ---- assess load ---- */

static int fail_row(const struct griev *griev, const json_t *row, struct text text)
{
    char *subject = memory_printf("%s:%" JSON_INTEGER_FORMAT, griev->operands[0],
                                  json_integer_value(json_object_get(row, "")));
    const int code = griev_fail(griev, EXIT_REFUSED, subject, text);

    free(subject);
    return code;
}

/* A column of the row as a member of the item; a number where the API wants one. */
static void move_column(json_t *item, const json_t *row, const char *column, bool is_number)
{
    const json_t *text = json_object_get(row, column);
    unsigned long long number;

    if (text && is_number && span_to_u64(span_of(json_string_value(text)), INT32_MAX, &number))
        json_object_set_new(item, column, json_integer((json_int_t)number));
    else if (text)
        json_object_set(item, column, (json_t *)text);
}

/* A row that begins an item: a score, a result, or an activity of the action plan. */
static json_t *item_of(const json_t *row, const char *kind)
{
    static const char *const numbers[] = {"assessment_fy", "report_fy", "level"};
    static const char *const texts[] = {"name", "result", "from", "to", "status"};
    const bool is_action = strcmp(kind, "action") == 0;
    json_t *item = json_object();

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        move_column(item, row, numbers[i], true);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        move_column(item, row, texts[i], false);
    move_column(item, row, "code", is_action);
    if (is_action) {
        json_object_set(item, "action", json_object_get(item, "code"));
        json_object_del(item, "code");
    }
    return item;
}

/* The item that an earlier row began with this code; NULL if none did. Borrowed. */
static json_t *find_item(const json_t *items, const json_t *code)
{
    size_t i;
    json_t *item;

    json_array_foreach(items, i, item)
    {
        if (code && json_equal(json_object_get(item, "code"), code))
            return item;
    }
    return NULL;
}

static json_t *activities_of(json_t *item)
{
    json_t *list = json_object_get(item, "activities");

    if (!list)
        json_object_set_new(item, "activities", list = json_array());
    return list;
}

/* One row into the items: *source is the document that the row `source` names. */
static int take_row(const struct griev *griev, const json_t *row, json_t *items,
                    const char **source)
{
    const char *kind = json_string_value(json_object_get(row, "kind"));
    const json_t *text = json_object_get(row, "text");

    if (!kind)
        return fail_row(griev, row, SAY("ไม่มี kind", "has no kind"));
    if (strcmp(kind, "source") == 0) {
        *source = json_string_value(text);
        return EXIT_OK;
    }
    if (strcmp(kind, "score") == 0 || strcmp(kind, "result") == 0 || strcmp(kind, "action") == 0) {
        json_array_append_new(items, item_of(row, kind));
        return EXIT_OK;
    }

    json_t *item = find_item(items, json_object_get(row, "code"));

    if (!item || !text)
        return fail_row(griev, row,
                        SAY("ไม่มีแถว score ของ code นี้ก่อนหน้า หรือไม่มี text",
                            "has no text, or no score of its code stands before it"));
    if (strcmp(kind, "activity") == 0) {
        const char *is_new = json_string_value(json_object_get(row, "new"));

        json_array_append_new(activities_of(item), json_pack("{s:O, s:b}", "text", text, "new",
                                                             is_new && strcmp(is_new, "yes") == 0));
        return EXIT_OK;
    }
    if (strcmp(kind, "reason") != 0 && strcmp(kind, "corrective") != 0 &&
        strcmp(kind, "evidence") != 0 && strcmp(kind, "difference") != 0)
        return fail_row(griev, row, SAY("ไม่รู้จัก kind นี้", "is of no kind that is known"));
    json_object_set(item, kind, (json_t *)text);
    return EXIT_OK;
}

static json_t *read_sheet(const struct griev *griev, int *ret_code)
{
    const char *path = griev->operands[0];
    struct span text = {0};
    enum csv_fault fault = CSV_OK;
    size_t line = 0;

    if (!files_read(path, SHEET_BYTES_MAX, &text)) {
        char *subject = memory_printf("%s: %s", path, strerror(errno));

        *ret_code = griev_fail(griev, EXIT_LOCAL, subject, SAY("อ่านไม่ได้", "cannot be read"));
        free(subject);
        return NULL;
    }
    json_t *rows = csv_read(text, &fault, &line);

    memory_free_span(&text);
    if (!rows) {
        char *subject = memory_printf("%s:%zu: %s", path, line, csv_fault_text(fault));

        *ret_code = griev_fail(griev, EXIT_REFUSED, subject, SAY("ไม่ใช่ CSV", "is no CSV"));
        free(subject);
    }
    return rows;
}

int run_assess_load(struct griev *griev)
{
    int code = EXIT_OK;
    const char *source = NULL;
    json_t *rows = read_sheet(griev, &code);
    json_t *items = json_array();
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        if (code == EXIT_OK)
            code = take_row(griev, row, items, &source);
    }
    if (code == EXIT_OK)
        code = post_items(griev, source, json_incref(items));
    json_decref(items);
    json_decref(rows);
    return code;
}

/* ---- assess list ---- */

void print_assessments(struct griev *griev, const json_t *answer)
{
    static const struct column scores[] = {
        {TEXT("ตัวชี้วัด", "Item"), "code", CELL_CODE, NULL},
        {TEXT("ปีที่ประเมิน", "Assessed"), "assessment_fy", CELL_NUMBER, NULL},
        {TEXT("ปีรายงาน", "Report"), "report_fy", CELL_NUMBER, NULL},
        {TEXT("ระดับ", "Level"), "level", CELL_NUMBER, NULL},
        {TEXT("ผล", "Result"), "result", CELL_NUMBER, NULL},
        {TEXT("ระดับตามหลักฐานในระบบ", "By the evidence here"), "system_level", CELL_NUMBER, NULL},
        {TEXT("ถูกแทนที่", "Replaced"), "replaced", CELL_YES, NULL},
        {TEXT("บันทึกเมื่อ", "Recorded"), "recorded_at", CELL_TIME, NULL},
        {TEXT("เหตุผล", "Reason"), "reason", CELL_TEXT, NULL},
    };
    static const struct column actions[] = {
        {TEXT("กิจกรรมที่", "Activity"), "action", CELL_NUMBER, NULL},
        {TEXT("ปีรายงาน", "Report"), "report_fy", CELL_NUMBER, NULL},
        {TEXT("ตั้งแต่", "From"), "from", CELL_MONTH, NULL},
        {TEXT("ถึง", "To"), "to", CELL_MONTH, NULL},
        {TEXT("สถานะ", "Status"), "status", CELL_CODE, NULL},
        {TEXT("แผนงาน", "Name"), "name", CELL_TEXT, NULL},
    };
    const json_t *plan = json_object_get(answer, "actions");

    print_items(&griev->print, scores, sizeof scores / sizeof scores[0],
                json_object_get(answer, "items"));
    if (json_array_size(plan) > 0) {
        print_line(&griev->print, STYLE_PLAIN, "%s", "");
        print_items(&griev->print, actions, sizeof actions / sizeof actions[0], plan);
    }
}

/* ---- documents: report, statistics, evidence pack ---- */

/* A text, or the reader's language of one in both; a number; "-" for what is not there. */
static char *said_text(const struct print *print, const json_t *cell)
{
    const json_t *said =
        json_is_object(cell) ? json_object_get(cell, print->lang == LANG_TH ? "th" : "en") : cell;

    if (json_is_string(said))
        return print_safe(print, span_of(json_string_value(said)), false);
    if (json_is_integer(said)) {
        char number[32];

        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(said));
        return print_safe(print, span_of(number), false);
    }
    return memory_printf("-");
}

static void print_said(const struct print *print, enum style style, const char *before,
                       const json_t *said)
{
    char *text = said_text(print, said);

    print_line(print, style, "%s%s", before, text);
    free(text);
}

static bool is_number_column(const json_t *column)
{
    const char *type = json_string_value(json_object_get(column, "type"));

    return type && (strcmp(type, "count") == 0 || strcmp(type, "decimal") == 0 ||
                    strcmp(type, "percent") == 0);
}

static void print_document_table(const struct print *print, const json_t *block)
{
    const json_t *columns = json_object_get(block, "columns");
    const json_t *total = json_object_get(block, "total");
    json_t *rows = json_deep_copy(json_object_get(block, "rows"));
    struct table table = {.column_count = json_array_size(columns)};
    size_t i, j;
    json_t *each, *row, *cell;

    json_array_foreach(columns, i, each)
        table_add(&table, said_text(print, json_object_get(each, "title")), STYLE_STRONG,
                  is_number_column(each));
    if (json_is_array(total))
        json_array_append(rows, (json_t *)total);
    json_array_foreach(rows, i, row)
    {
        json_array_foreach(row, j, cell) table_add(&table, said_text(print, cell), STYLE_PLAIN,
                                                   is_number_column(json_array_get(columns, j)));
    }
    table_print(&table, print, 2);
    json_decref(rows);
    if (json_is_object(json_object_get(block, "note")))
        print_said(print, STYLE_FAINT, "  ", json_object_get(block, "note"));
}

static void print_document_block(const struct print *print, const json_t *block)
{
    const char *kind = json_string_value(json_object_get(block, "kind"));
    size_t i;
    json_t *item;

    if (strcmp(kind ? kind : "", "text") == 0) {
        print_said(print, STYLE_PLAIN, "", json_object_get(block, "text"));
    } else if (strcmp(kind ? kind : "", "list") == 0) {
        json_array_foreach(json_object_get(block, "items"), i, item)
            print_said(print, STYLE_PLAIN, "  - ", item);
    } else if (strcmp(kind ? kind : "", "table") == 0) {
        print_said(print, STYLE_STRONG, "", json_object_get(block, "title"));
        print_document_table(print, block);
    }
}

/* What became of a document: issued, handed over, approved for publication, and its errata. */
static void print_standing(const struct print *print, const json_t *answer)
{
    static const struct column standing[] = {
        {TEXT("ออกรายงานเมื่อ", "Issued"), "issue/issued_at", CELL_TIME, NULL},
        {TEXT("SHA-256 ของเอกสาร", "SHA-256 of the document"), "issue/sha256", CELL_CODE, NULL},
        {TEXT("ขนาดสมุดบันทึกเมื่อนับ", "Log size of its counts"), "issue/log_size", CELL_NUMBER, NULL},
        {TEXT("สมุดบันทึก", "Log"), "issue/checkpoint/origin", CELL_CODE, NULL},
        {TEXT("จุดตรวจสอบสำหรับนับซ้ำ", "Checkpoint to recount by"), "issue/checkpoint/size",
         CELL_NUMBER, NULL},
        {TEXT("ราก", "Its root hash"), "issue/checkpoint/root", CELL_CODE, NULL},
        {TEXT("เสนอตามบันทึกที่", "Submitted by memo"), "submission/memo_no", CELL_TEXT, NULL},
        {TEXT("บันทึกลงวันที่", "Memo of"), "submission/memo_date", CELL_DATE, NULL},
        {TEXT("ทราบเมื่อวันที่", "Acknowledged on"), "submission/acknowledged_on", CELL_DATE, NULL},
        {TEXT("SHA-256 ของฉบับที่ลงนาม", "SHA-256 of the signed scan"), "submission/document_sha256",
         CELL_CODE, NULL},
        {TEXT("ผู้อนุมัติให้เผยแพร่", "Approved for publication by"), "publication/approved_by", CELL_TEXT,
         NULL},
        {TEXT("อนุมัติเมื่อวันที่", "Approved on"), "publication/approved_on", CELL_DATE, NULL},
    };
    static const struct column errata[] = {
        {TEXT("บันทึกเมื่อ", "Recorded"), "recorded_at", CELL_TIME, NULL},
        {TEXT("แก้คำผิดและข้อเท็จจริงที่ทราบภายหลัง", "Erratum"), "text", CELL_TEXT, NULL},
    };

    if (json_is_object(json_object_get(answer, "issue")) ||
        json_is_object(json_object_get(answer, "publication"))) {
        print_line(print, STYLE_PLAIN, "%s", "");
        print_fields(print, standing, sizeof standing / sizeof standing[0], answer);
    }
    if (json_array_size(json_object_get(answer, "errata")) > 0) {
        print_line(print, STYLE_PLAIN, "%s", "");
        print_items(print, errata, sizeof errata / sizeof errata[0],
                    json_object_get(answer, "errata"));
    }
}

/* A document on the terminal: its sentences and tables, in the reader's language. */
static void print_document(struct griev *griev, const json_t *answer)
{
    const struct print *print = &griev->print;
    const json_t *document = json_object_get(answer, "document");
    const char *status = json_string_value(json_object_get(answer, "status"));
    const bool short_form = option_flag(griev, "summary");
    size_t i, j;
    json_t *section, *block;

    print_said(print, STYLE_STRONG, "", json_object_get(document, "title"));
    print_said(print, STYLE_STRONG, "", json_object_get(document, "subtitle"));
    if (status && strcmp(status, "draft") == 0)
        print_line(print, STYLE_BAD, "%s", print_text(print, SAY("ร่าง", "DRAFT")));
    json_array_foreach(json_object_get(document, "sections"), i, section)
    {
        if (short_form && i > 0)
            break;
        print_line(print, STYLE_PLAIN, "%s", "");
        print_said(print, STYLE_STRONG, "# ", json_object_get(section, "title"));
        json_array_foreach(json_object_get(section, "blocks"), j, block)
            print_document_block(print, block);
    }
    print_standing(print, answer);
}

/* X(name, suffix of the path, query) */
#define DOCUMENT_FORMATS(X) \
    X("text", "", "")       \
    X("json", "", "")       \
    X("html", ".html", "")  \
    X("csv", ".csv", "")    \
    X("xlsx", ".xlsx", "")  \
    X("pdf", ".html", "")   \
    X("memo", ".html", "form=memo&")

struct format {
    const char *name, *suffix, *query;
};

static const struct format *format_of(const char *name)
{
#define X(name, suffix, query) {name, suffix, query},
    static const struct format formats[] = {DOCUMENT_FORMATS(X)};
#undef X

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}

/* The verb's target in the form asked for: its path, the form's end, and the query. */
static char *document_target(const struct griev *griev, const struct format *format)
{
    char *plain = griev_target(griev);
    const size_t path_len = strcspn(plain, "?");
    char *target = memory_printf(
        "%.*s%s?%s%slang=%s&digits=%s", (int)path_len, plain, format->suffix,
        plain[path_len] ? plain + path_len + 1 : "", plain[path_len] ? "&" : "",
        griev->print.lang == LANG_TH ? "th" : "en", griev->print.thai_digits ? "thai" : "arabic");

    if (format->query[0]) {
        char *longer =
            memory_printf("%s&%.*s", target, (int)strlen(format->query) - 1, format->query);

        free(target);
        target = longer;
    }
    free(plain);
    return target;
}

/* Write a file to --output, or to standard output when that is no terminal. */
static int put_file(const struct griev *griev, struct span file)
{
    const char *path = option_text(griev, "output");

    if (!path && isatty(STDOUT_FILENO))
        return griev_fail(griev, EXIT_USAGE, griev->verb->name,
                          SAY("ให้ระบุ --output แฟ้ม", "needs --output FILE on a terminal"));
    if (!path || strcmp(path, "-") == 0)
        return fwrite(file.data, 1, file.len, stdout) == file.len ? EXIT_OK : EXIT_LOCAL;
    if (files_replace(path, file))
        return EXIT_OK;

    char *subject = memory_printf("%s: %s", path, strerror(errno));
    const int code = griev_fail(griev, EXIT_LOCAL, subject, SAY("เขียนไม่ได้", "cannot be written"));

    free(subject);
    return code;
}

/* A page as a PDF, for the forms that are printed. */
static int put_printed(const struct griev *griev, struct span html)
{
    struct span pdf = {0};
    int code = pdf_make(griev, html, &pdf);

    if (code == EXIT_OK)
        code = put_file(griev, pdf);
    memory_free_span(&pdf);
    return code;
}

static int put_memo(const struct griev *griev, struct span html)
{
    struct span page = {0};
    int code = emblem_place(griev, html, &page);

    if (code == EXIT_OK)
        code = put_printed(griev, page);
    memory_free_span(&page);
    return code;
}

int run_document(struct griev *griev)
{
    const char *name = option_text(griev, "format") ? option_text(griev, "format") : "text";
    const struct format *format = format_of(griev->json != JSON_NOT ? "json" : name);
    struct answer answer;

    if (!format)
        return griev_fail(griev, EXIT_USAGE, "--format",
                          SAY("ต้องเป็น text json html csv xlsx pdf หรือ memo",
                              "is text, json, html, csv, xlsx, pdf or memo"));
    const bool is_text = strcmp(format->name, "text") == 0;
    const bool is_memo = format->query[0] != '\0';
    char *target = document_target(griev, format);
    int code = format->suffix[0] ? griev_get_file(griev, target, &answer)
                                 : griev_get(griev, target, &answer);

    if (code == EXIT_OK && is_text)
        print_document(griev, answer.json);
    else if (code == EXIT_OK && is_memo)
        code = put_memo(griev, answer.http.body);
    else if (code == EXIT_OK && strcmp(format->name, "pdf") == 0)
        code = put_printed(griev, answer.http.body);
    else if (code == EXIT_OK && griev->json != JSON_NOT)
        griev_print_answer(griev, &answer);
    else if (code == EXIT_OK)
        code = put_file(griev, answer.http.body);
    answer_done(&answer);
    free(target);
    return code;
}

/* ---- publish ---- */

/* Whoever stands between may have kept an earlier publication of the same months. */
static bool is_publication(struct span file, const json_t *published)
{
    static const char *const telling[] = {"sha256", "approved_by", "approved_on"};
    json_t *answer = json_loadb(file.data, file.len, 0, NULL);
    const json_t *got = json_object_get(answer, "publication");
    bool same = true;

    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++)
        same = same &&
               json_equal(json_object_get(got, telling[i]), json_object_get(published, telling[i]));
    json_decref(answer);
    return same;
}

/*
 * The approved statistics as a file FOLDER/statistics-FY-MONTHS.SUFFIX, for the website. The one
 * without a suffix, JSON, is only saved if it is what was published.
 */
static int save_publication(struct griev *griev, const char *folder, const char *suffix,
                            const json_t *published)
{
    const char *months = option_text(griev, "months");
    char *year = https_encode(griev->operands[0]);
    char *encoded = https_encode(months);
    char *target = memory_printf("/v1/statistics/%s%s?months=%s&lang=%s&digits=%s", year, suffix,
                                 encoded, griev->print.lang == LANG_TH ? "th" : "en",
                                 griev->print.thai_digits ? "thai" : "arabic");
    char *path =
        memory_printf("%s/statistics-%s-%s%s", folder, year, encoded, suffix[0] ? suffix : ".json");
    struct answer answer;
    int code = griev_get_file(griev, target, &answer);

    if (code == EXIT_OK && !suffix[0] && !is_publication(answer.http.body, published))
        code = griev_fail(griev, EXIT_CONFLICT, path,
                          SAY("ไม่ใช่ฉบับที่อนุมัติครั้งนี้ อาจมีฉบับใหม่กว่า",
                              "is not what was published: is there a newer one?"));
    if (code == EXIT_OK && !files_publish(path, answer.http.body))
        code = griev_fail(griev, EXIT_LOCAL, path, SAY("เขียนไม่ได้", "cannot be written"));
    answer_done(&answer);
    free(path);
    free(target);
    free(encoded);
    free(year);
    return code;
}

int run_publish(struct griev *griev)
{
    static const char *const suffixes[] = {"", ".html", ".csv", ".xlsx"};
    const char *folder = option_text(griev, "output");
    struct answer answer;
    char *target = griev_target(griev);
    json_t *body = json_object();
    int code = options_to_body(griev, body);
    json_t *given = json_deep_copy(body);

    if (code == EXIT_OK)
        code = griev_post(griev, target, given, body, 0, &answer);
    else
        answer = (struct answer){0};
    if (code == EXIT_OK)
        griev_print_answer(griev, &answer);
    for (size_t i = 0; folder && code == EXIT_OK && i < sizeof suffixes / sizeof suffixes[0]; i++)
        code = save_publication(griev, folder, suffixes[i], answer.json);
    answer_done(&answer);
    json_decref(given);
    json_decref(body);
    free(target);
    return code;
}
