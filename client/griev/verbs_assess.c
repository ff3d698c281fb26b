/*
 * The verbs of the committee's secretary: assess set, load and list.
 *
 * A CSV file has a row for each score, result and activity of the action plan, and below it rows of
 * the same code with what belongs to it. It is sent whole or not at all; what is wrong with it is
 * told by line and column, whoever finds it.
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "csv.h"
#include "files.h"
#include "griev.h"
#include "memory.h"

enum { SHEET_BYTES_MAX = 4 * 1024 * 1024 };

/* ---- assess set ---- */

/* Takes the items. *ret_answer is the caller's, whatever the code. */
static int post_items(struct griev *griev, const char *source, json_t *items,
                      struct answer *ret_answer)
{
    json_t *body = json_pack("{s:s*, s:o}", "source", source, "items", items);
    json_t *given = json_deep_copy(body);
    const int code = griev_post(griev, griev->verb->path, given, body, 0, ret_answer);

    if (code == EXIT_OK)
        griev_print_answer(griev, ret_answer);
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

/* What the register says of what a pointer, or the end of one, leads to. */
static const char *said_of(struct span pointer)
{
    const char *end = pointer.data + pointer.len;

    return end + strspn(end, " :");
}

/* The register speaks of the item that was sent: say which option that is. */
static void tell_option(const struct griev *griev, const json_t *problem)
{
    static const char item[] = "/items/0/";
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    const struct option *option = griev->verb->options;

    if (!detail || strncmp(detail, item, strlen(item)) != 0)
        return;
    const struct span member = {detail + strlen(item), strcspn(detail + strlen(item), " :/")};

    while (option->name && !span_eq(span_of(option->member), member))
        option++;
    if (!option->name)
        return;
    char *named = memory_printf("--%s", option->name);
    griev_note(griev, named, SAY(said_of(member), said_of(member)));
    free(named);
}

int run_assess_set(struct griev *griev)
{
    json_t *item = json_pack("{s:s}", "code", griev->operands[0]);
    json_t *activities = json_array();
    int code = item ? options_to_body(griev, item) : EXIT_USAGE;
    struct answer answer;

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
    code = post_items(griev, option_text(griev, "source"), json_pack("[o]", item), &answer);
    if (code == EXIT_REFUSED)
        tell_option(griev, answer.json);
    answer_done(&answer);
    return code;
}

/* ---- assess load ---- */

/* What a row of each kind may hold; what stands in another column would be lost. */
static const struct kind {
    const char *name;
    const char *columns; /* a blank before and behind each */
    bool begins_item;
} kinds[] = {
    {"source", " kind text ", false},
    {"score", " kind code name assessment_fy report_fy level ", true},
    {"result", " kind code name assessment_fy report_fy result ", true},
    {"action", " kind code name report_fy from to status ", true},
    {"activity", " kind code new text ", false},
    {"reason", " kind code text ", false},
    {"corrective", " kind code text ", false},
    {"evidence", " kind code text ", false},
    {"difference", " kind code text ", false},
};

struct sheet {
    const struct griev *griev;
    const char *path;
    const char *source; /* the document that the row `source` names; NULL for none */
    json_t *items;      /* owned */
    json_t *lines;      /* owned: of each pointer into the items that has a row of its own */
    size_t faults;
};

static void tell_fault(struct sheet *sheet, const json_t *row, const char *column, struct text text)
{
    char *place = memory_printf("%s:%" JSON_INTEGER_FORMAT ": %s", sheet->path,
                                json_integer_value(json_object_get(row, "")), column);

    griev_note(sheet->griev, place, text);
    free(place);
    sheet->faults++;
}

static const struct kind *kind_of(const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "kind"));

    for (size_t i = 0; name && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    return NULL;
}

static bool takes_column(const struct kind *kind, const char *column)
{
    char *word = memory_printf(" %s ", column);
    const bool takes = strstr(kind->columns, word) != NULL;

    free(word);
    return takes;
}

/* False, each told, if there is something in columns that rows of this kind do not have. */
static bool check_columns(struct sheet *sheet, const json_t *row, const struct kind *kind)
{
    const size_t before = sheet->faults;
    const char *column;
    json_t *cell;

    json_object_foreach((json_t *)row, column, cell)
    {
        if (column[0] && !takes_column(kind, column))
            tell_fault(sheet, row, column,
                       SAY("แถว kind นี้ไม่มีคอลัมน์นี้", "is no column of a row of this kind"));
    }
    return sheet->faults == before;
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
static json_t *item_of(const json_t *row, bool is_action)
{
    static const char *const numbers[] = {"assessment_fy", "report_fy", "level"};
    static const char *const texts[] = {"name", "result", "from", "to", "status"};
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

/* Remember which row a pointer speaks of. */
static void note_line(struct sheet *sheet, char *pointer, const json_t *row)
{
    json_object_set(sheet->lines, pointer, json_object_get(row, ""));
    free(pointer);
}

static bool is_same_item(const json_t *a, const json_t *b)
{
    static const char *const telling[] = {"code", "action", "report_fy"};

    for (size_t i = 0; i < sizeof telling / sizeof telling[0]; i++) {
        const json_t *of_a = json_object_get(a, telling[i]);
        const json_t *of_b = json_object_get(b, telling[i]);

        if (of_a != of_b && !json_equal(of_a, of_b))
            return false;
    }
    return true;
}

static void begin_item(struct sheet *sheet, const json_t *row, const struct kind *kind)
{
    json_t *item = item_of(row, strcmp(kind->name, "action") == 0);
    size_t i;
    json_t *earlier;

    json_array_foreach(sheet->items, i, earlier)
    {
        if (is_same_item(earlier, item))
            tell_fault(sheet, row, "code",
                       SAY("ซ้ำกับแถวก่อนหน้าของปีเดียวกัน", "stands twice for the same report"));
    }
    note_line(sheet, memory_printf("/items/%zu", json_array_size(sheet->items)), row);
    json_array_append_new(sheet->items, item);
}

/* The number of the newest item that a row began with this code; false if none did. */
static bool find_item(const struct sheet *sheet, const json_t *code, size_t *ret_number)
{
    for (size_t i = json_array_size(sheet->items); code && i-- > 0;) {
        if (json_equal(json_object_get(json_array_get(sheet->items, i), "code"), code)) {
            *ret_number = i;
            return true;
        }
    }
    return false;
}

/* As griev itself prints it; NULL for anything else. */
static json_t *yes_or_no(const char *text)
{
    static const struct {
        const char *word;
        bool yes;
    } words[] = {{"yes", true}, {"ใช่", true}, {"no", false}, {"ไม่", false}, {"ไม่ใช่", false}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(words[i].word, text) == 0)
            return json_boolean(words[i].yes);
    }
    return NULL;
}

static void add_activity(struct sheet *sheet, const json_t *row, size_t number)
{
    json_t *item = json_array_get(sheet->items, number);
    json_t *list = json_object_get(item, "activities");
    const char *mark = json_string_value(json_object_get(row, "new"));
    json_t *is_new = yes_or_no(mark ? mark : "no");

    if (!is_new) {
        tell_fault(sheet, row, "new",
                   SAY("ต้องเป็น ใช่ หรือ ไม่ใช่ (yes หรือ no)", "must be yes or no (ใช่ or ไม่ใช่)"));
        return;
    }
    if (!list)
        json_object_set_new(item, "activities", list = json_array());
    note_line(sheet, memory_printf("/items/%zu/activities/%zu", number, json_array_size(list)),
              row);
    json_array_append_new(
        list, json_pack("{s:O, s:o}", "text", json_object_get(row, "text"), "new", is_new));
}

/* A row about the item that an earlier one began. */
static void add_to_item(struct sheet *sheet, const json_t *row, const struct kind *kind)
{
    size_t number;

    if (!find_item(sheet, json_object_get(row, "code"), &number)) {
        tell_fault(sheet, row, "code",
                   SAY("ไม่มีแถว score หรือ result ของ code นี้ก่อนหน้า",
                       "no score or result of this code stands before it"));
    } else if (strcmp(kind->name, "activity") == 0) {
        add_activity(sheet, row, number);
    } else if (json_object_get(json_array_get(sheet->items, number), kind->name)) {
        tell_fault(sheet, row, "kind", SAY("code นี้มีแถว kind นี้แล้ว", "stands twice for this code"));
    } else {
        json_object_set(json_array_get(sheet->items, number), kind->name,
                        json_object_get(row, "text"));
        note_line(sheet, memory_printf("/items/%zu/%s", number, kind->name), row);
    }
}

static void take_row(struct sheet *sheet, const json_t *row)
{
    const struct kind *kind = kind_of(row);

    if (!kind) {
        tell_fault(sheet, row, "kind",
                   SAY("ไม่ใช่ kind ที่รู้จัก", "must be source, score, result, action, activity, "
                                         "reason, corrective, evidence or difference"));
    } else if (!check_columns(sheet, row, kind)) {
        return;
    } else if (kind->begins_item) {
        begin_item(sheet, row, kind);
    } else if (!json_object_get(row, "text")) {
        tell_fault(sheet, row, "text", SAY("ต้องระบุ", "is missing"));
    } else if (strcmp(kind->name, "source") != 0) {
        add_to_item(sheet, row, kind);
    } else if (sheet->source) {
        tell_fault(sheet, row, "kind", SAY("มีแถว source แล้ว", "stands twice"));
    } else {
        sheet->source = json_string_value(json_object_get(row, "text"));
    }
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
    json_t *names = NULL;
    json_t *rows = csv_read(text, &names, &fault, &line);

    memory_free_span(&text);
    json_decref(names);
    if (!rows) {
        char *subject = memory_printf("%s:%zu: %s", path, line,
                                      print_text(&griev->print, csv_fault_text(fault)));

        *ret_code = griev_fail(griev, EXIT_REFUSED, subject, SAY("ไม่ใช่ CSV", "is no CSV"));
        free(subject);
    }
    return rows;
}

/* The line of the longest part of a pointer that has one, and what of the pointer is behind it. */
static const json_t *line_of(const struct sheet *sheet, struct span pointer, struct span *ret_rest)
{
    for (size_t len = pointer.len; len > 0; len--) {
        const bool ends = len == pointer.len || pointer.data[len] == '/';
        const json_t *line = ends ? json_object_getn(sheet->lines, pointer.data, len) : NULL;

        if (line) {
            *ret_rest = span_skip(pointer, len);
            return line;
        }
    }
    return NULL;
}

/* The register speaks of the items that were sent: say which row and column that is. */
static void tell_refusal(const struct sheet *sheet, const json_t *problem)
{
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    const struct span pointer = {detail, detail ? strcspn(detail, " :") : 0};
    struct span rest;
    const json_t *line = line_of(sheet, pointer, &rest);

    if (!line)
        return;
    const bool is_action = span_eq(rest, SPAN("/action"));
    const struct span column = is_action      ? SPAN("code")
                               : rest.len > 1 ? span_skip(rest, 1)
                                              : SPAN("text");
    char *place = memory_printf("%s:%" JSON_INTEGER_FORMAT ": %.*s", sheet->path,
                                json_integer_value(line), (int)column.len, column.data);
    griev_note(sheet->griev, place, SAY(said_of(pointer), said_of(pointer)));
    free(place);
}

int run_assess_load(struct griev *griev)
{
    int code = EXIT_OK;
    struct sheet sheet = {
        .griev = griev, .path = griev->operands[0], .items = json_array(), .lines = json_object()};
    struct answer answer = {0};
    json_t *rows = read_sheet(griev, &code);
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row) take_row(&sheet, row);
    if (sheet.faults > 0)
        code = griev_fail(griev, EXIT_REFUSED, sheet.path,
                          SAY("ยังไม่ได้ส่งแถวใด", "nothing of it was sent"));
    else if (code == EXIT_OK && json_array_size(sheet.items) == 0)
        code = griev_fail(griev, EXIT_REFUSED, sheet.path,
                          SAY("ไม่มีแถวที่จะบันทึก", "has no row to record"));
    if (code == EXIT_OK) {
        code = post_items(griev, sheet.source, json_incref(sheet.items), &answer);
        if (code == EXIT_REFUSED)
            tell_refusal(&sheet, answer.json);
    }
    answer_done(&answer);
    json_decref(sheet.items);
    json_decref(sheet.lines);
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
        {TEXT("สถานะ", "Status"), "status", CELL_CODE, "action_status"},
        {TEXT("แผนงาน", "Name"), "name", CELL_TEXT, NULL},
    };
    const json_t *plan = json_object_get(answer, "actions");

    griev_load_taxonomy(griev);
    print_items(&griev->print, scores, sizeof scores / sizeof scores[0],
                json_object_get(answer, "items"));
    if (json_array_size(plan) > 0) {
        print_line(&griev->print, STYLE_PLAIN, "%s", "");
        print_items(&griev->print, actions, sizeof actions / sizeof actions[0], plan);
    }
}
