/* The verbs of an office and of those who score it: confirm, box add, score. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "griev.h"
#include "memory.h"
#include "spool.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum {
    BUDDHIST_OFFSET = 543,
    BUDDHIST_YEAR_MIN = 2400, /* a year from here on is a Buddhist one */
    PIECES_MAX = 12,          /* missing pieces named without --all */
};

/* ---- confirm ---- */

/* "2569-11", "๒๕๖๙-๑๑" or "2026-11" to the Gregorian form of the API. */
static bool parse_month(const char *text, char *ret_month, size_t size,
                        struct thai_date *ret_first_day)
{
    int year = 0;
    int month = 0;
    int used = 0;
    char plain[8];
    char day[16];

    if (!thai_plain_digits(span_of(text), plain, sizeof plain) ||
        strspn(plain, "0123456789-") != strlen(plain) ||
        sscanf(plain, "%4d-%2d%n", &year, &month, &used) != 2 || used != 7)
        return false;
    if (year >= BUDDHIST_YEAR_MIN)
        year -= BUDDHIST_OFFSET;
    snprintf(day, sizeof day, "%04d-%02d-01", year % 10000, month % 100);
    if (!thai_date_parse(span_of(day), ret_first_day))
        return false;
    snprintf(ret_month, size, "%.7s", day);
    return true;
}

/* The unit that --unit names, else the asker's own; to be freed, NULL on failure (*ret_code). */
static char *unit_of(struct griev *griev, int *ret_code)
{
    struct answer answer;

    if (option_text(griev, "unit"))
        return memory_printf("%s", option_text(griev, "unit"));

    *ret_code = griev_get(griev, "/v1/me", &answer);
    const char *code =
        json_string_value(json_object_get(json_object_get(answer.json, "unit"), "code"));
    char *unit = *ret_code == EXIT_OK && code ? memory_printf("%s", code) : NULL;
    if (*ret_code == EXIT_OK && !unit)
        *ret_code = griev_fail(griev, EXIT_USAGE, "confirm",
                               SAY("ให้ระบุ --unit", "name the unit with --unit"));
    answer_done(&answer);
    return unit;
}

/* What the office can see of the month, or NULL. */
static json_t *find_month(struct griev *griev, const char *unit, const char *month,
                          struct thai_date first_day)
{
    struct answer answer;
    json_t *found = NULL;
    size_t i;
    json_t *item;
    char *encoded = https_encode(unit);
    char *target = memory_printf("/v1/returns?fy=%d&unit=%s", thai_fiscal_year(first_day), encoded);

    if (griev_get(griev, target, &answer) == EXIT_OK) {
        json_array_foreach(json_object_get(answer.json, "items"), i, item)
        {
            const char *of = json_string_value(json_object_get(item, "month"));

            if (of && strcmp(of, month) == 0)
                found = json_incref(item);
        }
    }
    answer_done(&answer);
    free(target);
    free(encoded);
    return found;
}

static const struct column prefill_columns[] = {
    {TEXT("หน่วย", "Unit"), "unit", CELL_CODE, NULL},
    {TEXT("ชื่อหน่วย", "Name"), "name", CELL_NAMES, NULL},
    {TEXT("เดือน", "Month"), "month", CELL_MONTH, NULL},
    {TEXT("กำหนดยืนยัน", "Due on"), "due_on", CELL_DATE, NULL},
    {TEXT("จำนวนที่ท่านเห็น", "Visible to you"), "visible", CELL_NUMBER, NULL},
    {TEXT("ยืนยันแล้ว", "Confirmed"), "count", CELL_NUMBER, NULL},
};

/* Which month was understood is in the question. To be freed. */
static char *question_of(const struct print *print, const char *month, bool offered)
{
    json_t *value = json_string(month);
    char *named = print_value(print, CELL_MONTH, value);
    char *question = memory_printf(
        "%s %s%s:", print_text(print, SAY("จำนวนเรื่องของเดือน", "Number of complaints of")), named,
        offered ? print_text(print, SAY(" (กด Enter หากตรงกับที่เห็น)", " (Enter if as shown)")) : "");

    json_decref(value);
    free(named);
    return question;
}

/* Ask for the number on the terminal; what the office can see is offered. */
static bool ask_count(struct griev *griev, const char *unit, const char *month,
                      struct thai_date first_day, json_int_t *ret_count)
{
    json_t *item = find_month(griev, unit, month, first_day);
    const json_t *visible = json_object_get(item, "visible");
    const bool offered = json_is_integer(visible);
    const struct print to_person = {
        .out = stderr, .lang = griev->print.lang, .thai_digits = griev->print.thai_digits};
    unsigned long long count = 0;

    if (item)
        print_fields(&to_person, prefill_columns, COUNT_OF(prefill_columns), item);
    char *question = question_of(&to_person, month, offered);
    char *line = griev_ask(griev, SAY(question, question));
    bool good = line && griev_number(line, 1000000, &count);
    if (line && line[0] == '\0' && offered) {
        count = (unsigned long long)json_integer_value(visible);
        good = true;
    }
    if (good)
        *ret_count = (json_int_t)count;
    free(line);
    free(question);
    json_decref(item);
    return good;
}

static int post_count(struct griev *griev, const char *unit, const char *month, json_int_t count)
{
    struct answer answer;
    json_t *body = json_pack("{s:s, s:s, s:I}", "unit", unit, "month", month, "count", count);
    json_t *given = json_deep_copy(body);
    const int code = griev_post(griev, griev->verb->path, given, body, 0, &answer);

    if (code == EXIT_OK)
        griev_print_answer(griev, &answer);
    answer_done(&answer);
    json_decref(given);
    json_decref(body);
    return code;
}

int run_confirm(struct griev *griev)
{
    char month[8];
    struct thai_date first_day;
    json_int_t count = 0;
    int code = EXIT_OK;

    if (!parse_month(griev->operands[0], month, sizeof month, &first_day))
        return griev_fail(griev, EXIT_USAGE, griev->operands[0],
                          SAY("เดือนต้องเป็น YYYY-MM เช่น 2569-11 หรือ 2026-11",
                              "a month is YYYY-MM, such as 2026-11 or 2569-11"));
    const bool given = option_number(griev, "count", &count);
    if (!given && !isatty(STDIN_FILENO))
        return griev_fail(griev, EXIT_USAGE, "confirm",
                          SAY("ต้องระบุ --count N", "needs --count N when it is not on a terminal"));

    char *unit = unit_of(griev, &code);
    if (code == EXIT_OK && !given && !ask_count(griev, unit, month, first_day, &count))
        code = griev_fail(griev, EXIT_USAGE, "confirm",
                          SAY("ไม่ใช่จำนวน ยังไม่ได้ยืนยัน", "that is no number; nothing was confirmed"));
    if (code == EXIT_OK)
        code = post_count(griev, unit, month, count);
    free(unit);
    return code;
}

/* ---- box add ---- */

/* "3:blank sheet" to {"item": 3, "reason": "blank sheet"}; NULL if it has not that form. */
static json_t *parse_not_complaint(const char *text)
{
    const char *colon = strchr(text, ':');
    unsigned long long item;

    if (!colon || colon[1] == '\0' ||
        !span_to_u64((struct span){text, (size_t)(colon - text)}, 10000, &item))
        return NULL;
    return json_pack("{s:I, s:s}", "item", (json_int_t)item, "reason", colon + 1);
}

static int add_not_complaints(const struct griev *griev, json_t *body)
{
    json_t *list = json_array();
    size_t i;
    json_t *text;

    json_object_set_new(body, "not_complaints", list);
    json_array_foreach(json_object_get(griev->given, "not-complaint"), i, text)
    {
        json_t *item = parse_not_complaint(json_string_value(text));

        if (!item)
            return griev_fail(griev, EXIT_USAGE, json_string_value(text),
                              SAY("ต้องเป็น ลำดับ:เหตุผล เช่น 3:กระดาษเปล่า",
                                  "is written ITEM:REASON, such as 3:blank sheet"));
        json_array_append_new(list, item);
    }
    return EXIT_OK;
}

int run_box_add(struct griev *griev)
{
    struct answer answer = {0};
    char id[SPOOL_ID_CHARS + 1];
    json_t *body = json_object();
    int code = options_to_body(griev, body);

    if (code == EXIT_OK)
        code = add_not_complaints(griev, body);
    json_t *given = json_deep_copy(body);
    if (code == EXIT_OK && !spool_new_id(id))
        code = EXIT_LOCAL;
    if (code == EXIT_OK) {
        json_object_set_new(body, "id", json_string(id));
        code = griev_post(griev, griev->verb->path, given, body, 0, &answer);
    }
    if (code == EXIT_OK)
        griev_print_answer(griev, &answer);
    answer_done(&answer);
    json_decref(given);
    json_decref(body);
    return code;
}

/* ---- score ---- */

static const struct column year_columns[] = {
    {TEXT("ปีงบประมาณ", "Fiscal year"), "fy", CELL_NUMBER, NULL},
    {TEXT("ข้อมูล ณ", "As of"), "as_of", CELL_TIME, NULL},
    {TEXT("วันปิดปี", "Closing day"), "closing_day", CELL_DATE, NULL},
    {TEXT("ปิดปีแล้ว", "Closed"), "closed", CELL_YES, NULL},
};

static const struct column kpi_columns[] = {
    {TEXT("ชุดเกณฑ์", "Rule set"), "rule_set", CELL_CODE, NULL},
    {TEXT("ค่า (เรื่อง)", "Value (complaints)"), "value", CELL_NUMBER, NULL},
    {TEXT("ระดับ", "Level"), "text", CELL_NAME, NULL},
    {TEXT("รับทั้งหมด", "Received"), "received", CELL_NUMBER, NULL},
    {TEXT("ไม่นับซ้ำ", "Distinct"), "distinct", CELL_NUMBER, NULL},
    {TEXT("บันทึกล่าช้า", "Late"), "late", CELL_NUMBER, NULL},
    {TEXT("ไม่ระบุชื่อ (ร้อยละ)", "Anonymous (percent)"), "anonymous_share", CELL_NUMBER, NULL},
    {TEXT("เดือนที่ยังไม่ถึงกำหนด", "Months not yet due"), "pending_months", CELL_NUMBER, NULL},
};

static const struct column variant_columns[] = {
    {TEXT("ถ้านับแบบ", "If counted as"), "name", CELL_NAMES, NULL},
    {TEXT("ค่า", "Value"), "value", CELL_NUMBER, NULL},
    {TEXT("ระดับ", "Level"), "level", CELL_NUMBER, NULL},
};

static const struct column silent_columns[] = {
    {TEXT("หน่วยที่ยังไม่ยืนยัน", "Silent unit"), "unit", CELL_CODE, NULL},
    {TEXT("ชื่อหน่วย", "Name"), "name", CELL_NAMES, NULL},
    {TEXT("เดือน", "Months"), "months", CELL_COUNT, NULL},
    {TEXT("ได้แก่", "Which"), "months", CELL_MONTHS, NULL},
};

static void print_classes(const struct print *print, const json_t *by_class)
{
    struct table table = {.column_count = 2};
    const char *class;
    json_t *count;

    table_add(&table, memory_printf("%s", print_text(print, SAY("ประเภท", "Class"))), STYLE_STRONG,
              false);
    table_add(&table, memory_printf("%s", print_text(print, SAY("จำนวน", "Count"))), STYLE_STRONG,
              true);
    json_object_foreach((json_t *)by_class, class, count)
    {
        const struct column column = {TEXT("", ""), "code", CELL_CODE, "class"};
        const struct column number = {TEXT("", ""), "count", CELL_NUMBER, NULL};
        json_t *row = json_pack("{s:s, s:O}", "code", class, "count", count);

        table_add(&table, print_cell(print, &column, row), STYLE_PLAIN, false);
        table_add(&table, print_cell(print, &number, row), STYLE_PLAIN, true);
        json_decref(row);
    }
    table_print(&table, print, 0);
}

/* How many of a list are not shown. */
static void print_more(const struct print *print, const char *indent, size_t count)
{
    print_line(print, STYLE_FAINT, "%s… +%zu (--all)", indent, count);
}

/* Units that have not confirmed a month: a dozen, unless all are wanted, with their months then. */
static void print_silent(const struct griev *griev, const json_t *silent)
{
    const struct print *print = &griev->print;
    const bool all = option_flag(griev, "all");
    const size_t count = json_array_size(silent);
    json_t *shown = json_array();

    for (size_t i = 0; i < count && (all || i < PIECES_MAX); i++)
        json_array_append(shown, json_array_get(silent, i));
    if (count > 0) {
        print_line(print, STYLE_PLAIN, "%s", "");
        print_items(print, silent_columns, COUNT_OF(silent_columns) - (all ? 0 : 1), shown);
    }
    if (json_array_size(shown) < count)
        print_more(print, "", count - json_array_size(shown));
    json_decref(shown);
}

/* One list of pieces, found or missing; past a dozen only how many more, unless all are wanted. */
static void print_pieces(const struct griev *griev, const json_t *pieces, bool found)
{
    static const struct column text = {TEXT("", ""), "text", CELL_NAME, NULL};
    const struct print *print = &griev->print;
    const bool all = option_flag(griev, "all");
    size_t i;
    json_t *piece;

    json_array_foreach(pieces, i, piece)
    {
        if (i == PIECES_MAX && !all)
            break;
        char *words = print_cell(print, &text, piece);

        print_line(print, found ? STYLE_GOOD : STYLE_BAD, "      %s %s", found ? "✓" : "✗", words);
        free(words);
    }
    if (i < json_array_size(pieces))
        print_more(print, "      ", json_array_size(pieces) - i);
}

static void print_indicator(const struct griev *griev, const json_t *indicator)
{
    static const struct column name = {TEXT("", ""), "name", CELL_NAMES, NULL};
    static const struct column level_of = {TEXT("", ""), "level", CELL_NUMBER, NULL};
    static const struct column level_text = {TEXT("", ""), "text", CELL_NAME, NULL};
    const struct print *print = &griev->print;
    char *title = print_cell(print, &name, indicator);
    char *level = print_cell(print, &level_of, indicator);
    size_t i;
    json_t *row;

    print_line(print, STYLE_PLAIN, "%s", "");
    print_line(print, STYLE_STRONG, "%s %s: %s %s",
               json_string_value(json_object_get(indicator, "indicator")), title,
               print_text(print, SAY("ระดับตามหลักฐานในระบบ", "level by the evidence here")), level);
    free(title);
    free(level);
    json_array_foreach(json_object_get(indicator, "levels"), i, row)
    {
        const bool met = json_is_true(json_object_get(row, "met"));
        char *number = print_cell(print, &level_of, row);
        char *text = print_cell(print, &level_text, row);

        print_line(print, met ? STYLE_GOOD : STYLE_BAD, "  %s %s %s", number, met ? "✓" : "✗",
                   text);
        free(number);
        free(text);
        print_pieces(griev, json_object_get(row, "found"), true);
        print_pieces(griev, json_object_get(row, "missing"), false);
    }
}

/* The scores that people gave, a table for each rule set that has any. */
static void print_assessed(const struct print *print, const json_t *set)
{
    static const struct column columns[] = {
        {TEXT("ตัวชี้วัด", "Item"), "code", CELL_CODE, NULL},
        {TEXT("น้ำหนัก", "Weight"), "weight", CELL_NUMBER, NULL},
        {TEXT("ผล", "Result"), "result", CELL_NUMBER, NULL},
        {TEXT("คะแนน", "Score"), "printed", CELL_NUMBER, NULL},
        {TEXT("คะแนนถ่วงน้ำหนัก", "Weighted"), "weighted", CELL_NUMBER, NULL},
        {TEXT("ระดับตามหลักฐานในระบบ", "By the evidence here"), "system_level", CELL_NUMBER, NULL},
        {TEXT("ชื่อ", "Name"), "name", CELL_NAME, NULL},
    };
    const json_t *printed = json_object_get(set, "printed");
    json_t *scored = json_array();
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(set, "items"), i, item)
    {
        if (json_object_get(item, "score"))
            json_array_append(scored, item);
    }
    if (json_array_size(scored) > 0) {
        char *total = json_is_string(printed)
                          ? print_value(print, CELL_NUMBER, printed)
                          : memory_printf("%s", print_text(print, SAY("ยังไม่ครบ", "not complete")));

        print_line(print, STYLE_PLAIN, "%s", "");
        print_line(print, STYLE_STRONG, "%s v%" JSON_INTEGER_FORMAT ": %s",
                   json_string_value(json_object_get(set, "rule_set")),
                   json_integer_value(json_object_get(set, "rule_version")), total);
        free(total);
        print_items(print, columns, COUNT_OF(columns), scored);
    }
    json_decref(scored);
}

static void print_kpi1(struct griev *griev, const json_t *kpi)
{
    static const struct column kpi_name = {TEXT("", ""), "name", CELL_NAMES, NULL};
    const struct print *print = &griev->print;
    char *title = print_cell(print, &kpi_name, kpi);

    print_line(print, STYLE_PLAIN, "%s", "");
    print_line(print, STYLE_STRONG, "KPI 1 %s", title);
    free(title);
    print_fields(print, kpi_columns, COUNT_OF(kpi_columns), kpi);
    print_line(print, STYLE_PLAIN, "%s", "");
    print_classes(print, json_object_get(kpi, "by_class"));
    print_line(print, STYLE_PLAIN, "%s", "");
    print_items(print, variant_columns, COUNT_OF(variant_columns),
                json_object_get(kpi, "variants"));
    print_silent(griev, json_object_get(kpi, "silent"));
}

void print_score(struct griev *griev, const json_t *answer)
{
    const json_t *kpi = json_object_get(answer, "kpi1");
    size_t i;
    json_t *part;

    print_fields(&griev->print, year_columns, COUNT_OF(year_columns), answer);
    if (kpi) /* a year before the register's has none */
        print_kpi1(griev, kpi);
    json_array_foreach(json_object_get(answer, "indicators"), i, part) print_indicator(griev, part);
    json_array_foreach(json_object_get(answer, "assessments"), i, part)
        print_assessed(&griev->print, part);
}

int run_score(struct griev *griev)
{
    struct answer answer;
    const int this_year = thai_fiscal_year(griev_today());
    char *year = griev->operand_count > 0 ? https_encode(griev->operands[0])
                                          : memory_printf("%d", this_year);
    char *target = memory_printf("/v1/scores/%s", year);
    const int code = griev_get(griev, target, &answer);

    if (code == EXIT_OK) {
        griev_load_taxonomy(griev);
        griev_print_answer(griev, &answer);
    }
    answer_done(&answer);
    free(target);
    free(year);
    return code;
}
