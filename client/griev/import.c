/*
 * import - complaints that were kept in a spreadsheet until now
 *
 * The first row names the columns, by member (received_on, complainant.name), by the
 * words that griev prints for it, or by --map "COLUMN=member". All rows are read and
 * checked before one is sent, and every fault is told with its line and column; then
 * nothing is sent, unless the good rows are asked for.
 *
 * It is safe to repeat: a row's id is made of its number in the old register (key), or,
 * without one, of all it says, and the bytes sent are the same each time; so what
 * arrived is answered as at first. A row that was changed under its number is told as
 * a contradiction.
 */
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
    BUDDHIST_YEARS = 543,
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
    char *body; /* owned */
};

struct import {
    struct griev *griev;
    const char *path;
    char *unit;       /* owned: the caller's */
    json_t *taxonomy; /* names and codes */
    struct item *items;
    size_t item_count, rows, faults;
    json_t *seen;    /* how often each content came */
    json_t *unknown; /* columns that were told */
};

/* ---- faults ---- */

/* FILE:LINE: COLUMN: what is wrong. The column is called as the file calls it, or by a member. */
static void tell_fault(struct import *import, size_t line, const char *column, struct text text)
{
    char *safe = print_safe(&import->griev->print, span_of(column), true);

    fprintf(stderr, "%s:%zu: %s%s%s\n", import->path, line, safe, column[0] ? ": " : "",
            print_text(&import->griev->print, text));
    free(safe);
    import->faults++;
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

/* What a column holds; NULL if it is passed over, or unknown, which is told once. */
static const struct member *member_of(struct import *import, const char *column)
{
    const char *mapped = given_for(import, "map", column);
    const struct member *member = member_named(mapped ? mapped : column);

    if (given_for(import, "skip", column))
        return NULL;
    if (!member && !json_object_get(import->unknown, column)) {
        json_object_set_new(import->unknown, column, json_true());
        tell_fault(
            import, 1, column,
            SAY("ไม่รู้จักหัวคอลัมน์ ใช้ --map หรือ --skip", "is no known column: use --map or --skip"));
    }
    return member;
}

/* The column that a pointer such as /source/agency speaks of; the pointer itself if none does. */
static const char *column_of(struct import *import, const json_t *row, const char *pointer)
{
    const char *column;
    json_t *value;

    json_object_foreach((json_t *)row, column, value)
    {
        const struct member *member = column[0] ? member_named(column) : NULL;
        const char *mapped = given_for(import, "map", column);

        if (mapped)
            member = member_named(mapped);
        if (!member || strlen(member->name) + 1 != strlen(pointer))
            continue;
        bool same = pointer[0] == '/';
        for (size_t i = 0; same && member->name[i]; i++)
            same = member->name[i] == pointer[i + 1] ||
                   (member->name[i] == '.' && pointer[i + 1] == '/');
        if (same)
            return column;
    }
    return pointer;
}

/* ---- a row ---- */

/* A day as a spreadsheet has it, 15/10/2567 or 2024-10-15, as YYYY-MM-DD. NULL if it is neither. */
static char *read_day(const char *text)
{
    int day, month, year, used = 0;
    struct thai_date date;

    if (sscanf(text, "%2d/%2d/%4d%n", &day, &month, &year, &used) != 3 || text[used] != '\0') {
        used = 0;
        if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || text[used] != '\0')
            return NULL;
    }
    if (year >= 2400)
        year -= BUDDHIST_YEARS;
    char *iso = memory_printf("%04d-%02d-%02d", year, month, day);

    if (thai_date_parse(span_of(iso), &date))
        return iso;
    free(iso);
    return NULL;
}

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
        value = day = read_day(text);
    else if (member->type == TYPE_CODE)
        value = read_code(import, member->taxonomy, text);
    if (value)
        put_member(body, member->name, value);
    else
        tell_fault(import, line, column,
                   member->type == TYPE_DAY ? SAY("ไม่ใช่วันที่ เช่น 15/10/2567 หรือ 2024-10-15",
                                                  "is no day such as 15/10/2567 or 2024-10-15")
                                            : SAY("ไม่มีรหัสหรือชื่อนี้ (ดู griev taxonomy)",
                                                  "is no known code or name (see griev taxonomy)"));
    free(day);
}

/* An id that the same row has each time: 16 bytes of a hash, marked as a UUID of that kind (v8). */
static void make_id(const struct import *import, const char *what,
                    char ret_id[static SPOOL_ID_CHARS + 1])
{
    char *text = memory_printf("grievd/import/v1\n%s\n%s\n%s", import->griev->settings.url,
                               import->unit, what);
    unsigned char hash[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)text, strlen(text), hash);
    hash[6] = (unsigned char)((hash[6] & 0x0f) | 0x80);
    hash[8] = (unsigned char)((hash[8] & 0x3f) | 0x80);
    for (size_t i = 0, at = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            ret_id[at++] = '-';
        at += (size_t)snprintf(ret_id + at, SPOOL_ID_CHARS + 1 - at, "%02x", hash[i]);
    }
    free(text);
}

/* Which time it is that a row of this content comes, from 1. */
static json_int_t count_content(struct import *import, const char *text)
{
    const json_int_t count = json_integer_value(json_object_get(import->seen, text)) + 1;

    json_object_set_new(import->seen, text, json_integer(count));
    return count;
}

/* The same check that the server makes, its faults told by line and column. */
static bool check_body(struct import *import, const json_t *row, size_t line,
                       const struct item *item)
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

    for (size_t i = 0; !good && i < faults.count; i++) {
        const char *slug = fault_slug(faults.list[i].kind);

        tell_fault(import, line, column_of(import, row, faults.list[i].pointer), SAY(slug, slug));
    }
    if (!good && faults.count == 0)
        tell_fault(import, line, "", SAY("ยาวเกินกำหนด", "is too long"));
    json_decref(object);
    arena_free(arena);
    return good;
}

/* The cells into a body; the old number, which is not sent, in *ret_key. */
static json_t *read_cells(struct import *import, const json_t *row, size_t line,
                          const char **ret_key)
{
    json_t *body = json_object();
    const char *column;
    json_t *value;

    json_object_foreach((json_t *)row, column, value)
    {
        const struct member *member = column[0] ? member_of(import, column) : NULL;

        if (!member)
            continue;
        if (member->type == TYPE_KEY)
            *ret_key = json_string_value(value);
        else
            read_cell(import, body, member, line, column, json_string_value(value));
    }
    if (!json_object_get(body, "class"))
        json_object_set_new(body, "class", json_string("CX"));
    return body;
}

static void read_row(struct import *import, const json_t *row)
{
    const size_t faults_before = import->faults;
    struct item item = {.line = (size_t)json_integer_value(json_object_get(row, ""))};
    const char *key = NULL;
    json_t *body = read_cells(import, row, item.line, &key);
    char *content = json_dumps(body, JSON_COMPACT);
    char *what =
        key ? memory_printf("key %s", key)
            : memory_printf("%" JSON_INTEGER_FORMAT " %s", count_content(import, content), content);

    if (key && count_content(import, what) > 1)
        tell_fault(import, item.line, "key",
                   SAY("เลขที่เดิมซ้ำในแฟ้ม", "is the number of another row too"));
    make_id(import, what, item.id);
    json_object_set_new(body, "id", json_string(item.id));
    item.body = json_dumps(body, JSON_COMPACT);
    if (import->faults == faults_before && check_body(import, row, item.line, &item)) {
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

static int read_file(struct import *import, struct span text)
{
    enum csv_fault fault;
    size_t line, i;
    json_t *row;
    json_t *rows = csv_read(text, &fault, &line);

    if (!rows) {
        tell_fault(import, line, "", SAY(csv_fault_text(fault), csv_fault_text(fault)));
        return EXIT_REFUSED;
    }
    import->rows = json_array_size(rows);
    json_array_foreach(rows, i, row)
    {
        read_row(import, row);
    }
    json_decref(rows);
    return EXIT_OK;
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

/* ---- sending ---- */

/* Send one; what became of it is added to `rows`. */
static int send_item(struct import *import, const struct item *item, json_t *rows)
{
    char *target = memory_printf("/v1/complaints/%s", item->id);
    const struct https_request request = {.method = "PUT",
                                          .target = target,
                                          .body = span_of(item->body),
                                          .repeatable = true,
                                          .changes = true};
    struct answer answer;
    int code = griev_send(import->griev, &request, &answer);
    const bool answered = code == EXIT_OK || code == EXIT_REFUSED || code == EXIT_CONFLICT;
    json_t *row =
        answered && answer.json && code == EXIT_OK ? json_deep_copy(answer.json) : json_object();

    json_object_set_new(row, "line", json_integer((json_int_t)item->line));
    json_object_set_new(row, "status", json_integer(answer.http.status));
    json_array_append_new(rows, row);
    if (answered && code != EXIT_OK) {
        tell_fault(import, item->line, "",
                   code == EXIT_CONFLICT
                       ? SAY("เคยนำเข้าด้วยข้อมูลอื่นแล้ว", "was imported before, and said something else")
                       : SAY("ทะเบียนไม่รับ", "was refused by the register"));
        code = EXIT_OK; /* the others go on */
    }
    answer_done(&answer);
    free(target);
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
    json_t *result = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:O}", "rows", (json_int_t)import->rows, "good",
        (json_int_t)import->item_count, "new", (json_int_t)count_status(rows, 201), "known",
        (json_int_t)count_status(rows, 200), "faults", (json_int_t)import->faults, "items", rows);

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

static int send_all(struct import *import)
{
    json_t *rows = json_array();
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
    print_result(import, rows);
    json_decref(rows);
    if (code != EXIT_OK)
        griev_note(import->griev, import->path,
                   SAY("ยังไม่ครบ ให้สั่งคำสั่งเดิมซ้ำ", "is not finished: run the same command again"));
    return code;
}

static void import_done(struct import *import)
{
    for (size_t i = 0; i < import->item_count; i++)
        free(import->items[i].body);
    free(import->items);
    free(import->unit);
    json_decref(import->taxonomy);
    json_decref(import->seen);
    json_decref(import->unknown);
}

int run_import_cases(struct griev *griev)
{
    struct import import = {.griev = griev,
                            .path = griev->operands[0],
                            .seen = json_object(),
                            .unknown = json_object()};
    struct span content;

    if (!files_read(import.path, FILE_BYTES_MAX, &content)) {
        import_done(&import);
        return griev_fail(griev, EXIT_LOCAL, import.path, SAY("อ่านไม่ได้", "cannot be read"));
    }
    int code = prepare(&import);

    if (code == EXIT_OK)
        code = read_file(&import, content);
    const bool faulty = code == EXIT_REFUSED || import.faults > 0;
    const bool sends = code == EXIT_OK && !option_flag(griev, "dry-run") &&
                       (import.faults == 0 || option_flag(griev, "good-rows"));

    if (sends) {
        code = send_all(&import);
    } else if (code == EXIT_OK) {
        json_t *none = json_array();

        print_result(&import, none);
        json_decref(none);
    }
    if (faulty && !sends)
        griev_note(griev, import.path, SAY("ยังไม่ได้ส่งแถวใด", "nothing of it was sent"));
    if (code == EXIT_OK && import.faults > 0)
        code = EXIT_REFUSED;
    memory_free_span(&content);
    import_done(&import);
    return code;
}
