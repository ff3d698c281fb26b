/*
 * import - complaints that were kept in a spreadsheet until now
 *
 * The first row names the columns, by member (received_on, complainant.name), by the
 * words that griev prints for it, or by --map "COLUMN=member". All rows are read and
 * checked, here and by the register, before one is sent, and every fault is told with its
 * line and column; then nothing is sent, unless the good rows are asked for.
 *
 * It is safe to repeat: a row's id is made of its number in the old register (key), or,
 * without one, of all it says, and the bytes sent are the same each time; so what
 * arrived is answered as at first. A row that was changed under its number is told as
 * a contradiction.
 */
#include <assert.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/complaint.h"
#include "core/limits.h"
#include "csv.h"
#include "files.h"
#include "griev.h"
#include "memory.h"
#include "spool.h"

enum {
    FILE_BYTES_MAX = 64 * 1024 * 1024,
    CHECK_ARENA_BYTES = 4 * 1024 * 1024,
};

enum cell_type { TYPE_KEY, TYPE_TEXT, TYPE_DAY, TYPE_CODE };

/* What a column may hold. */
static const struct member {
    const char *name; /* in the body; a dot leads into an object */
    enum cell_type type;
    const char *taxonomy; /* of a code */
    struct text label;
} members[] = {
    {"key", TYPE_KEY, NULL, TEXT("เลขที่เดิม", "Old number")},
    {"received_on", TYPE_DAY, NULL, TEXT("วันรับเรื่อง", "Received on")},
    {"channel", TYPE_CODE, "channel", TEXT("ช่องทาง", "Channel")},
    {"process", TYPE_CODE, "process", TEXT("กระบวนงาน", "Process")},
    {"subject", TYPE_CODE, "subject", TEXT("เรื่อง", "Subject")},
    {"class", TYPE_CODE, "class", TEXT("ประเภท", "Class")},
    {"identity", TYPE_CODE, "identity", TEXT("การระบุตัวผู้ร้อง", "Identity")},
    {"narrative", TYPE_TEXT, NULL, TEXT("ข้อเท็จจริง", "Narrative")},
    {"accused_unit", TYPE_TEXT, NULL, TEXT("หน่วยผู้ถูกร้อง", "Accused's unit")},
    {"accused_role", TYPE_CODE, "accused_role", TEXT("ตำแหน่งผู้ถูกร้อง", "Accused's role")},
    {"complainant.name", TYPE_TEXT, NULL, TEXT("ชื่อผู้ร้อง", "Complainant's name")},
    {"complainant.phone", TYPE_TEXT, NULL, TEXT("โทรศัพท์ผู้ร้อง", "Complainant's phone")},
    {"complainant.email", TYPE_TEXT, NULL, TEXT("อีเมลผู้ร้อง", "Complainant's email")},
    {"complainant.address", TYPE_TEXT, NULL, TEXT("ที่อยู่ผู้ร้อง", "Complainant's address")},
    {"source.agency", TYPE_TEXT, NULL, TEXT("หน่วยงานที่ส่งมา", "From agency")},
    {"source.letter_no", TYPE_TEXT, NULL, TEXT("เลขที่หนังสือ", "Letter no.")},
    {"source.letter_date", TYPE_DAY, NULL, TEXT("ลงวันที่", "Letter date")},
    {"source.receive_no", TYPE_TEXT, NULL, TEXT("เลขรับ", "Receive no.")},
    {"source.receive_date", TYPE_DAY, NULL, TEXT("วันที่รับหนังสือ", "Receive date")},
};
enum { MEMBERS = sizeof members / sizeof members[0] };

/* One complaint to be sent. */
struct item {
    size_t line;
    char id[SPOOL_ID_CHARS + 1];
    char old_id[SPOOL_ID_CHARS + 1]; /* that an earlier version of griev gave it */
    char *body;                      /* owned; its last member is the id */
};

/* A column of the file, by what it is called there. */
struct named {
    const char *name;            /* in the list of names */
    const struct member *member; /* NULL: passed over */
};

struct import {
    struct griev *griev;
    const char *path;
    char *unit;       /* owned: the caller's */
    json_t *taxonomy; /* names and codes */
    json_t *names;    /* of the columns */
    struct named columns[CSV_COLUMNS_MAX];
    size_t column_count;
    struct item *items;
    size_t item_count, rows;
    json_t *seen; /* how often each content came */
    json_t *told; /* the faults, {"line", "column", "detail"} */
};

/* ---- faults ---- */

/* FILE:LINE: COLUMN: what is wrong. The column is called as the file calls it, or by a member. */
static void tell_words(struct import *import, size_t line, const char *column, const char *words)
{
    const struct print *print = &import->griev->print;
    char *safe = print_safe(print, span_of(column), true);
    char *safe_words = print_safe(print, span_of(words), true);

    fprintf(stderr, "%s:%zu: %s%s%s\n", import->path, line, safe, column[0] ? ": " : "",
            safe_words);
    json_array_append_new(import->told,
                          json_pack("{s:I, s:s?, s:s}", "line", (json_int_t)line, "column",
                                    column[0] ? column : NULL, "detail", words));
    free(safe_words);
    free(safe);
}

static void tell_fault(struct import *import, size_t line, const char *column, struct text text)
{
    tell_words(import, line, column, print_text(&import->griev->print, text));
}

static size_t fault_count(const struct import *import)
{
    return json_array_size(import->told);
}

/* ---- columns ---- */

static const struct member *member_named(const char *name)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        if (strcmp(members[i].name, name) == 0 || strcmp(members[i].label.th, name) == 0 ||
            strcmp(members[i].label.en, name) == 0)
            return &members[i];
    }
    return NULL;
}

/* What a repeatable option says of a column, COLUMN=VALUE or COLUMN alone; NULL if nothing. */
static const char *given_for(const struct import *import, const char *option, const char *column)
{
    const size_t len = strlen(column);
    size_t i;
    json_t *value;

    json_array_foreach(json_object_get(import->griev->given, option), i, value)
    {
        const char *text = json_string_value(value);

        if (strncmp(text, column, len) == 0 && (text[len] == '=' || text[len] == '\0'))
            return text[len] == '=' ? text + len + 1 : text + len;
    }
    return NULL;
}

/* What a column holds; NULL if it is passed over, or unknown, which is told. */
static const struct member *member_of(struct import *import, const char *column)
{
    const char *mapped = given_for(import, "map", column);
    const struct member *member = member_named(mapped ? mapped : column);

    if (column[0] == '\0' || given_for(import, "skip", column))
        return NULL;
    if (!member)
        tell_fault(
            import, 1, column,
            SAY("ไม่รู้จักหัวคอลัมน์ ใช้ --map หรือ --skip", "is no known column: use --map or --skip"));
    return member;
}

/* The column that gives a member already; NULL if none does. */
static const struct named *column_for(const struct import *import, const struct member *member)
{
    for (size_t i = 0; i < import->column_count; i++) {
        if (member && import->columns[i].member == member)
            return &import->columns[i];
    }
    return NULL;
}

/* A --map whose column the file does not have would do nothing, and nobody would know. */
static void check_maps(struct import *import)
{
    size_t i;
    json_t *value;

    json_array_foreach(json_object_get(import->griev->given, "map"), i, value)
    {
        const char *text = json_string_value(value);
        char *column = memory_printf("%.*s", (int)strcspn(text, "="), text);
        size_t k = 0;

        while (k < import->column_count && strcmp(import->columns[k].name, column) != 0)
            k++;
        if (k == import->column_count)
            tell_fault(import, 1, column,
                       SAY("--map: แฟ้มไม่มีคอลัมน์นี้", "--map: the file has no such column"));
        free(column);
    }
}

static void read_columns(struct import *import)
{
    size_t i;
    json_t *name;

    json_array_foreach(import->names, i, name)
    {
        const char *column = json_string_value(name);
        const struct member *member = member_of(import, column);
        const struct named *other = column_for(import, member);

        if (other) {
            char *words =
                memory_printf("%s %s",
                              print_text(&import->griev->print,
                                         SAY("ใช้ --skip กับคอลัมน์หนึ่ง เพราะมีความหมายเดียวกับ",
                                             "--skip one of two columns: it means the same as")),
                              other->name);

            tell_words(import, 1, column, words);
            free(words);
        }
        import->columns[import->column_count++] = (struct named){column, member};
    }
    check_maps(import);
}

/* True if the pointer, such as /source/agency, leads to the member or to the object it is in. */
static bool leads_to(const char *pointer, const char *name)
{
    for (; pointer[0] == '/' && pointer[1] != '\0'; name += name[0] == '.') {
        const size_t len = strcspn(++pointer, "/");

        if (strncmp(name, pointer, len) != 0 || (name[len] != '\0' && name[len] != '.'))
            return false;
        name += len;
        pointer += len;
    }
    return pointer[0] == '\0';
}

/* The column that a pointer speaks of; the pointer itself if none does. */
static const char *column_of(const struct import *import, const char *pointer)
{
    for (size_t i = 0; pointer[0] && i < import->column_count; i++) {
        if (import->columns[i].member && leads_to(pointer, import->columns[i].member->name))
            return import->columns[i].name;
    }
    return pointer;
}

/* ---- a row ---- */

/* A code, or the code of what is called so in Thai or English; NULL if there is none. */
static const char *read_code(const struct import *import, const char *taxonomy, const char *text)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(import->taxonomy, taxonomy), i, row)
    {
        static const char *const names[] = {"code", "th", "en"};

        for (size_t k = 0; k < 3; k++) {
            const char *name = json_string_value(json_object_get(row, names[k]));

            if (name && strcmp(name, text) == 0)
                return json_string_value(json_object_get(row, "code"));
        }
    }
    return NULL;
}

/* Put a value where the member's name leads. */
static void put_member(json_t *body, const char *name, const char *value)
{
    const char *dot = strchr(name, '.');

    if (dot) {
        char *outer = memory_printf("%.*s", (int)(dot - name), name);
        json_t *object = json_object_get(body, outer);

        if (!object)
            json_object_set_new(body, outer, object = json_object());
        json_object_set_new(object, dot + 1, json_string(value));
        free(outer);
    } else {
        json_object_set_new(body, name, json_string(value));
    }
}

/* One cell into the body, or a fault. */
static void read_cell(struct import *import, json_t *body, const struct member *member, size_t line,
                      const char *column, const char *text)
{
    char *day = NULL;
    const char *value = text;

    if (member->type == TYPE_DAY)
        value = day = griev_day(text);
    else if (member->type == TYPE_CODE)
        value = read_code(import, member->taxonomy, text);
    if (value)
        put_member(body, member->name, value);
    else
        tell_fault(import, line, column,
                   member->type == TYPE_DAY ? SAY("ไม่ใช่วันที่ เช่น 15/10/2567 หรือ 15 ต.ค. 2567 (ปีสี่หลัก)",
                                                  "is no day such as 15/10/2567, 15 ต.ค. 2567 or "
                                                  "2024-10-15, with four digits a year")
                                            : SAY("ไม่มีรหัสหรือชื่อนี้ (ดู griev taxonomy)",
                                                  "is no known code or name (see griev taxonomy)"));
    free(day);
}

/* 16 bytes of the text's hash, marked as a UUID of that kind (v8). */
static void id_of(const char *text, char ret_id[static SPOOL_ID_CHARS + 1])
{
    unsigned char hash[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)text, strlen(text), hash);
    hash[6] = (unsigned char)((hash[6] & 0x0f) | 0x80);
    hash[8] = (unsigned char)((hash[8] & 0x3f) | 0x80);
    for (size_t i = 0, at = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            ret_id[at++] = '-';
        at += (size_t)snprintf(ret_id + at, SPOOL_ID_CHARS + 1 - at, "%02x", hash[i]);
    }
}

/* The id that the same row of the same unit has each time, wherever the register is. */
static void make_ids(const struct import *import, const char *what, struct item *item)
{
    char *text = memory_printf("grievd/import/v2\n%s\n%s", import->unit, what);
    char *old = memory_printf("grievd/import/v1\n%s\n%s\n%s", import->griev->settings.url,
                              import->unit, what);

    id_of(text, item->id);
    id_of(old, item->old_id);
    free(text);
    free(old);
}

/* The item under the id that it had before. */
static void take_old_id(struct item *item)
{
    char *place = item->body + strlen(item->body) - strlen("\"}") - SPOOL_ID_CHARS;

    assert(memcmp(place, item->id, SPOOL_ID_CHARS) == 0);
    memcpy(place, item->old_id, SPOOL_ID_CHARS);
    memcpy(item->id, item->old_id, sizeof item->id);
}

/* Which time it is that a row of this content comes, from 1. */
static json_int_t count_content(struct import *import, const char *text)
{
    const json_int_t count = json_integer_value(json_object_get(import->seen, text)) + 1;

    json_object_set_new(import->seen, text, json_integer(count));
    return count;
}

/* The same check that the server makes, its faults told by line and column. */
static bool check_body(struct import *import, const struct item *item)
{
    struct arena *arena = arena_new(CHECK_ARENA_BYTES);
    struct json_trouble trouble;
    struct complaint complaint;
    struct faults faults = {0};
    json_t *object = NULL;
    const struct span body = span_of(item->body);
    const bool good = arena && json_read_object(body, &object, &trouble) &&
                      complaint_read(&complaint, &faults, arena, span_of(item->id), body, object,
                                     NULL, griev_today()) &&
                      body.len <= LIMIT_JSON_BODY_BYTES;

    for (size_t i = 0; !good && i < faults.count; i++)
        tell_words(import, item->line, column_of(import, faults.list[i].pointer),
                   fault_words(import->griev, fault_slug(faults.list[i].kind)));
    if (!good && faults.count == 0)
        tell_fault(import, item->line, "", TOO_LONG);
    json_decref(object);
    arena_free(arena);
    return good;
}

/* The cells into a body; the old number, which is not sent, in *ret_key. */
static json_t *read_cells(struct import *import, const json_t *row, size_t line,
                          const char **ret_key)
{
    json_t *body = json_object();

    for (size_t i = 0; i < import->column_count; i++) {
        const struct named *column = &import->columns[i];
        const char *text = json_string_value(json_object_get(row, column->name));

        if (!column->member || !text)
            continue;
        if (column->member->type == TYPE_KEY)
            *ret_key = text;
        else
            read_cell(import, body, column->member, line, column->name, text);
    }
    if (!json_object_get(body, "class"))
        json_object_set_new(body, "class", json_string("CX"));
    return body;
}

static void read_row(struct import *import, const json_t *row)
{
    const size_t faults_before = fault_count(import);
    struct item item = {.line = (size_t)json_integer_value(json_object_get(row, ""))};
    const char *key = NULL;
    json_t *body = read_cells(import, row, item.line, &key);
    char *content = json_dumps(body, JSON_COMPACT);
    char *what =
        key ? memory_printf("key %s", key)
            : memory_printf("%" JSON_INTEGER_FORMAT " %s", count_content(import, content), content);

    if (key && count_content(import, what) > 1)
        tell_fault(import, item.line, column_of(import, "/key"),
                   SAY("เลขที่เดิมซ้ำในแฟ้ม", "is the number of another row too"));
    make_ids(import, what, &item);
    json_object_set_new(body, "id", json_string(item.id));
    item.body = json_dumps(body, JSON_COMPACT);
    if (fault_count(import) == faults_before && check_body(import, &item)) {
        import->items = memory_resize(import->items, (import->item_count + 1) * sizeof item);
        import->items[import->item_count++] = item;
    } else {
        free(item.body);
    }
    free(what);
    free(content);
    json_decref(body);
}

/* ---- the file ---- */

/* The good rows into items; what is wrong with the others is told. */
static void read_file(struct import *import, struct span text)
{
    enum csv_fault fault;
    size_t line, i;
    json_t *row;
    json_t *rows = csv_read(text, &import->names, &fault, &line);

    if (!rows) {
        tell_fault(import, line, "", csv_fault_text(fault));
        return;
    }
    import->rows = json_array_size(rows);
    read_columns(import);
    json_array_foreach(rows, i, row)
    {
        read_row(import, row);
    }
    json_decref(rows);
}

/* Who we are and what codes there are: rows are checked against them before one is sent. */
static int prepare(struct import *import)
{
    struct answer me, taxonomy = {0};
    int code = griev_get(import->griev, "/v1/me", &me);

    if (code == EXIT_OK)
        code = griev_get(import->griev, "/v1/taxonomy", &taxonomy);
    if (code == EXIT_OK) {
        const json_t *unit = json_object_get(json_object_get(me.json, "unit"), "code");

        import->unit = memory_printf("%s", json_string_value(unit));
        import->taxonomy = json_incref(taxonomy.json);
    }
    answer_done(&me);
    answer_done(&taxonomy);
    return code;
}

/* ---- asking and sending ---- */

/* Why the register refuses a row: each fault by its column, or what it says of the whole. */
static void tell_refusal(struct import *import, const struct item *item,
                         const struct answer *answer)
{
    const char *detail = json_string_value(json_object_get(answer->json, "detail"));
    const json_t *errors = json_object_get(answer->json, "errors");
    size_t i;
    json_t *fault;

    json_array_foreach(errors, i, fault)
    {
        const char *pointer = json_string_value(json_object_get(fault, "pointer"));
        const char *own =
            fault_words(import->griev, json_string_value(json_object_get(fault, "code")));
        const char *words = json_string_value(json_object_get(fault, "detail"));

        tell_words(import, item->line, pointer ? column_of(import, pointer) : "",
                   own     ? own
                   : words ? words
                           : "");
    }
    if (json_array_size(errors) > 0)
        return;
    if (answer->http.status == 409)
        tell_fault(import, item->line, "",
                   SAY("เคยนำเข้าด้วยข้อมูลอื่นแล้ว", "was imported before, and said something else"));
    else if (detail && detail[0] == '/' && strchr(detail, ' ')) { /* a pointer, and why */
        char *pointer = memory_printf("%.*s", (int)strcspn(detail, " "), detail);

        tell_words(import, item->line, column_of(import, pointer), strchr(detail, ' ') + 1);
        free(pointer);
    } else if (detail) {
        tell_words(import, item->line, "", detail);
    } else {
        tell_fault(import, item->line, "", SAY("ทะเบียนไม่รับ", "was refused by the register"));
    }
}

/*
 * One item to the register; what it refuses of the row itself is told, and the others go on. An
 * exit code; the caller frees *ret_answer.
 */
static int ask(struct import *import, const struct item *item, struct https_request request,
               const char *target_end, struct answer *ret_answer)
{
    char *target = memory_printf("/v1/complaints/%s%s", item->id, target_end);

    request.target = target;
    request.body = span_of(item->body);
    request.repeatable = true;
    int code = griev_try(import->griev, &request, ret_answer);
    const int status = ret_answer->http.status;

    if (code == EXIT_OK && (status == 409 || status == 410 || status == 413 || status == 422))
        tell_refusal(import, item, ret_answer);
    else if (code == EXIT_OK)
        code = griev_conclude(import->griev, ret_answer);
    free(target);
    return code;
}

/*
 * Ask about one. What is new by its id may have been imported under the one that it had before:
 * then that is asked about, and stays. An exit code; the caller frees *ret_answer.
 */
static int check_item(struct import *import, struct item *item, struct answer *ret_answer)
{
    const struct https_request request = {.method = "POST"};
    struct answer old;
    int code = ask(import, item, request, "/check", ret_answer);

    if (code != EXIT_OK || ret_answer->http.status != 200 ||
        json_is_true(json_object_get(ret_answer->json, "known")))
        return code;

    struct item before = *item;
    before.body = memory_printf("%s", item->body);
    take_old_id(&before);
    code = ask(import, &before, request, "/check", &old);
    if (code == EXIT_OK &&
        (old.http.status != 200 || json_is_true(json_object_get(old.json, "known")))) {
        take_old_id(item);
        answer_done(ret_answer);
        *ret_answer = old;
    } else {
        answer_done(&old);
    }
    free(before.body);
    return code;
}

/* Ask about all before the first is sent; only what would be taken stays. */
static int check_all(struct import *import)
{
    size_t kept = 0, done = 0;
    int code = EXIT_OK;

    for (; code == EXIT_OK && done < import->item_count; done++) {
        struct item *item = &import->items[done];
        struct answer answer;

        code = check_item(import, item, &answer);
        if (code == EXIT_OK && answer.http.status == 200)
            import->items[kept++] = *item;
        else
            free(item->body);
        answer_done(&answer);
        griev_progress(done + 1, import->item_count, "");
    }
    for (size_t i = done; i < import->item_count; i++)
        free(import->items[i].body);
    import->item_count = kept;
    return code;
}

/* Send one; what became of it is added to `rows`. */
static int send_item(struct import *import, const struct item *item, json_t *rows)
{
    struct answer answer;
    const int code =
        ask(import, item, (struct https_request){.method = "PUT", .changes = true}, "", &answer);

    if (code == EXIT_OK) {
        const bool taken = answer.http.status == 200 || answer.http.status == 201;
        json_t *row = taken ? json_deep_copy(answer.json) : json_object();

        json_object_set_new(row, "line", json_integer((json_int_t)item->line));
        json_object_set_new(row, "status", json_integer(answer.http.status));
        json_array_append_new(rows, row);
    }
    answer_done(&answer);
    return code;
}

static size_t count_status(const json_t *rows, int status)
{
    size_t i, count = 0;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        count += json_integer_value(json_object_get(row, "status")) == status;
    }
    return count;
}

static void print_result(const struct import *import, json_t *rows)
{
    static const struct column columns[] = {
        {TEXT("แถวที่อ่าน", "Rows read"), "rows", CELL_NUMBER, NULL},
        {TEXT("พร้อมส่ง", "Good"), "good", CELL_NUMBER, NULL},
        {TEXT("รับใหม่", "Newly accepted"), "new", CELL_NUMBER, NULL},
        {TEXT("มีอยู่แล้ว", "There already"), "known", CELL_NUMBER, NULL},
        {TEXT("ข้อผิดพลาด", "Faults"), "faults", CELL_NUMBER, NULL},
    };
    static const struct column row_columns[] = {
        {TEXT("บรรทัด", "Line"), "line", CELL_NUMBER, NULL},
        {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
        {TEXT("รหัสติดตาม", "Tracking code"), "track", CELL_CODE, NULL},
        {TEXT("ส่งไปยัง", "Route"), "route", CELL_CODE, NULL},
    };
    const struct griev *griev = import->griev;
    json_t *result =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:O, s:O}", "rows", (json_int_t)import->rows, "good",
                  (json_int_t)import->item_count, "new", (json_int_t)count_status(rows, 201),
                  "known", (json_int_t)count_status(rows, 200), "faults",
                  (json_int_t)fault_count(import), "errors", import->told, "items", rows);

    if (griev->json != JSON_NOT) {
        griev_print_json(griev, result, SPAN(""));
    } else {
        if (json_array_size(rows) > 0)
            print_items(&griev->print, row_columns, sizeof row_columns / sizeof row_columns[0],
                        rows);
        print_fields(&griev->print, columns, sizeof columns / sizeof columns[0], result);
    }
    json_decref(result);
}

/* The outcomes into `rows`. */
static int send_all(struct import *import, json_t *rows)
{
    int code = EXIT_OK;

    /* Sealed here, a row would be other bytes each time, and not known again. */
    if (import->griev->settings.custodians[0] != '\0')
        griev_note(import->griev, import->path,
                   SAY("ตัวผู้ร้องในแฟ้มนี้เครื่องแม่ข่ายเป็นผู้ปิดผนึก",
                       "who complained is sealed by the server here, which sees it"));
    for (size_t i = 0; code == EXIT_OK && i < import->item_count; i++) {
        code = send_item(import, &import->items[i], rows);
        griev_progress(i + 1, import->item_count, "");
    }
    if (code != EXIT_OK)
        griev_note(import->griev, import->path,
                   SAY("ยังไม่ครบ ให้สั่งคำสั่งเดิมซ้ำ", "is not finished: run the same command again"));
    return code;
}

/* Read, have all of it checked, and send what may be sent. */
static int import_all(struct import *import, struct span content)
{
    json_t *rows = json_array();
    int code = prepare(import);

    if (code == EXIT_OK)
        read_file(import, content);
    if (code == EXIT_OK)
        code = check_all(import);
    const bool sends = code == EXIT_OK && !option_flag(import->griev, "dry-run") &&
                       (fault_count(import) == 0 || option_flag(import->griev, "good-rows"));

    if (sends)
        code = send_all(import, rows);
    if (sends || code == EXIT_OK)
        print_result(import, rows);
    if (!sends && (fault_count(import) > 0 || code != EXIT_OK))
        griev_note(import->griev, import->path, SAY("ยังไม่ได้ส่งแถวใด", "nothing of it was sent"));
    json_decref(rows);
    return code == EXIT_OK && fault_count(import) > 0 ? EXIT_REFUSED : code;
}

static void import_done(struct import *import)
{
    for (size_t i = 0; i < import->item_count; i++)
        free(import->items[i].body);
    free(import->items);
    free(import->unit);
    json_decref(import->taxonomy);
    json_decref(import->seen);
    json_decref(import->names);
    json_decref(import->told);
}

int run_import_cases(struct griev *griev)
{
    struct import import = {
        .griev = griev, .path = griev->operands[0], .seen = json_object(), .told = json_array()};
    struct span content;
    int code;

    if (files_read(import.path, FILE_BYTES_MAX, &content)) {
        code = import_all(&import, content);
        memory_free_span(&content);
    } else {
        code = griev_fail(griev, EXIT_LOCAL, import.path, SAY("อ่านไม่ได้", "cannot be read"));
    }
    import_done(&import);
    return code;
}
