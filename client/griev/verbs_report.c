/* The verbs of those who report: report, statistics, evidence pack, publish. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "files.h"
#include "griev.h"
#include "memory.h"

/* ---- documents: report, statistics, evidence pack ---- */

/* A value, or the reader's language of a text in both. */
static char *said_cell(const struct print *print, enum cell cell, const json_t *value)
{
    return print_value(print, cell,
                       json_is_object(value)
                           ? json_object_get(value, print->lang == LANG_TH ? "th" : "en")
                           : value);
}

static void print_said(const struct print *print, enum style style, const char *before,
                       const json_t *said)
{
    char *text = said_cell(print, CELL_TEXT, said);

    print_line(print, style, "%s%s", before, text);
    free(text);
}

static enum cell cell_of_column(const json_t *column)
{
    static const struct {
        const char *type;
        enum cell cell;
    } types[] = {{"count", CELL_NUMBER}, {"decimal", CELL_NUMBER}, {"percent", CELL_NUMBER},
                 {"day", CELL_DATE},     {"month", CELL_MONTH},    {"code", CELL_CODE},
                 {"hash", CELL_CODE}};
    const char *type = json_string_value(json_object_get(column, "type"));

    for (size_t i = 0; type && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].type, type) == 0)
            return types[i].cell;
    }
    return CELL_TEXT;
}

static void print_document_table(const struct print *print, const json_t *block)
{
    const json_t *columns = json_object_get(block, "columns");
    const json_t *total = json_object_get(block, "total");
    json_t *rows = json_deep_copy(json_object_get(block, "rows"));
    struct table table = {.column_count = json_array_size(columns)};
    size_t i, j;
    json_t *each, *row, *value;

    json_array_foreach(columns, i, each)
        table_add(&table, said_cell(print, CELL_TEXT, json_object_get(each, "title")), STYLE_STRONG,
                  cell_of_column(each) == CELL_NUMBER);
    if (json_is_array(total))
        json_array_append(rows, (json_t *)total);
    json_array_foreach(rows, i, row)
    {
        json_array_foreach(row, j, value)
        {
            const enum cell cell = cell_of_column(json_array_get(columns, j));

            table_add(&table, said_cell(print, cell, value), STYLE_PLAIN, cell == CELL_NUMBER);
        }
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
        if (json_is_object(json_object_get(block, "note")))
            print_said(print, STYLE_FAINT, "", json_object_get(block, "note"));
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

/* One of the formats that the verb offers. */
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

/* Write to --output, or to standard output. */
static int put_file(const struct griev *griev, struct span file)
{
    const char *path = option_text(griev, "output");

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

/* The document as text, or the answer as --json asks for it; without colours in a file. */
static int put_text(struct griev *griev, const struct answer *answer)
{
    const struct print before = griev->print;
    struct span text = {0};
    char *data = NULL;
    FILE *file = option_text(griev, "output") ? open_memstream(&data, &text.len) : NULL;

    if (file) {
        griev->print.out = file;
        griev->print.colour = false;
    }
    if (griev->json != JSON_NOT)
        griev_print_json(griev, answer->json, answer->http.body);
    else
        print_document(griev, answer->json);
    if (!file)
        return EXIT_OK;
    fclose(file);
    griev->print = before;
    text.data = data;
    const int code = put_file(griev, text);
    free(data);
    return code;
}

static int put_document(struct griev *griev, const struct format *format,
                        const struct answer *answer)
{
    if (griev->json != JSON_NOT || strcmp(format->name, "text") == 0)
        return put_text(griev, answer);
    if (strcmp(format->name, "memo") == 0)
        return put_memo(griev, answer->http.body);
    if (strcmp(format->name, "pdf") == 0)
        return put_printed(griev, answer->http.body);
    return put_file(griev, answer->http.body);
}

/* What was asked for cannot be had, which is better said before it is made. */
static int check_form(const struct griev *griev, const struct format *format)
{
    const bool is_text = strcmp(format->name, "text") == 0;
    const char *given = option_text(griev, "format");

    if (given && strcmp(given, format->name) != 0)
        return griev_fail(griev, EXIT_USAGE, "--format",
                          SAY("ใช้กับ --json ไม่ได้", "does not go with --json"));
    if (option_flag(griev, "summary") && !is_text)
        return griev_fail(griev, EXIT_USAGE, "--summary",
                          SAY("ใช้กับ --format text เท่านั้น", "goes with --format text only"));
    if (!is_text && griev->json == JSON_NOT && !option_text(griev, "output") &&
        isatty(STDOUT_FILENO))
        return griev_fail(griev, EXIT_USAGE, griev->verb->name,
                          SAY("ให้ระบุ --output แฟ้ม", "needs --output FILE on a terminal"));
    return EXIT_OK;
}

int run_document(struct griev *griev)
{
    const char *name = option_text(griev, "format") ? option_text(griev, "format") : "text";
    const struct format *format = format_of(griev->json != JSON_NOT ? "json" : name);
    struct answer answer;
    int code = check_form(griev, format);

    if (code != EXIT_OK)
        return code;
    char *target = document_target(griev, format);

    code = format->suffix[0] ? griev_get_file(griev, target, &answer)
                             : griev_get(griev, target, &answer);
    if (code == EXIT_OK)
        code = put_document(griev, format, &answer);
    answer_done(&answer);
    free(target);
    return code;
}

/* ---- publish ---- */

/*
 * Whoever stands between may have kept an earlier publication of the same months. The hash tells,
 * for it is of who approved it as well.
 */
static bool is_publication(struct span file, const json_t *published)
{
    json_t *answer = json_loadb(file.data, file.len, 0, NULL);
    const json_t *got = json_object_get(answer, "publication");
    const bool same =
        json_equal(json_object_get(got, "sha256"), json_object_get(published, "sha256"));

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
    const char *months = json_string_value(json_object_get(published, "months"));
    char *year = https_encode(griev->operands[0]);
    char *encoded = https_encode(months ? months : "");
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

static bool is_writable_folder(const char *path)
{
    char *inside = memory_printf("%s/.", path);
    const bool is = access(inside, W_OK | X_OK) == 0;

    free(inside);
    return is;
}

int run_publish(struct griev *griev)
{
    static const char *const suffixes[] = {"", ".html", ".csv", ".xlsx"};
    const char *folder = option_text(griev, "output");
    struct answer answer;

    if (folder && !is_writable_folder(folder))
        return griev_fail(griev, EXIT_LOCAL, folder,
                          SAY("เขียนแฟ้มลงโฟลเดอร์นี้ไม่ได้ จึงยังไม่เผยแพร่",
                              "is no folder to write to: nothing was published"));
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
