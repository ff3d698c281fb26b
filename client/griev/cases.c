#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base64.h"
#include "core/complaint.h"
#include "memory.h"

enum { PAGE_ROWS = 200, FIELDS_ARENA_BYTES = 64 * 1024, YEAR_DAYS = 800, DAY_SECONDS = 86400 };

/* ---- fetching ---- */

int cases_fetch(struct griev *griev, unsigned year, json_t **ret_rows)
{
    json_t *rows = json_array();
    char *cursor = memory_printf("%s", "");
    int code = EXIT_OK;

    for (int page = 0; code == EXIT_OK && page < PAGES_MAX && cursor; page++) {
        struct answer answer;
        char *target = memory_printf("/v1/openings?fy=%u&limit=%d%s%s", year, PAGE_ROWS,
                                     cursor[0] ? "&cursor=" : "", cursor);

        code = griev_get(griev, target, &answer);
        const char *next = json_string_value(json_object_get(answer.json, "next"));
        json_array_extend(rows, json_object_get(answer.json, "items"));
        free(cursor);
        cursor = next ? memory_printf("%s", next) : NULL;
        answer_done(&answer);
        free(target);
    }
    free(cursor);
    if (code == EXIT_OK)
        *ret_rows = rows;
    else
        json_decref(rows);
    return code;
}

/* ---- the commitment of a row ---- */

static struct span text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value)
               ? (struct span){json_string_value(value), json_string_length(value)}
               : (struct span){0};
}

static bool has_control(const json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)object, name, value)
    {
        if (json_is_object(value) ? has_control(value) : !json_is_string(value))
            return true;
        for (size_t i = 0; i < json_string_length(value); i++) {
            if ((unsigned char)json_string_value(value)[i] < ' ' ||
                json_string_value(value)[i] == 0x7f)
                return true;
        }
    }
    return false;
}

/* M, as the daemon made it; .data NULL if the row holds what no complaint can. */
static struct span fields_of(const json_t *fields, struct arena *arena)
{
    const json_t *source = json_object_get(fields, "source");
    struct complaint complaint = {
        .channel = text_of(fields, "channel"),
        .process = text_of(fields, "process"),
        .subject = text_of(fields, "subject"),
        .class = text_of(fields, "class"),
        .identity = text_of(fields, "identity"),
        .received_on_text = text_of(fields, "received_on"),
        .accused_unit = text_of(fields, "accused_unit"),
        .accused_role = text_of(fields, "accused_role"),
        .accused_principals = text_of(fields, "accused"),
        .conflict = text_of(fields, "conflict"),
        .source_agency = text_of(source, "agency"),
        .source_letter_no = text_of(source, "letter_no"),
        .source_letter_date = text_of(source, "letter_date"),
        .source_receive_no = text_of(source, "receive_no"),
        .source_receive_date = text_of(source, "receive_date"),
        .box_opening = text_of(fields, "box_opening"),
    };

    if (has_control(fields) || !uuid_parse(text_of(fields, "id"), complaint.id))
        return (struct span){0};
    return complaint_clear_fields(&complaint, text_of(fields, "unit"), text_of(fields, "submitter"),
                                  arena);
}

/* True if these fields, under the row's opening, are what the leaf commits to. */
static bool is_committed(const json_t *fields, const uint8_t opening[static COMMIT_OPENING_BYTES],
                         const struct leaf *leaf)
{
    struct arena *arena = arena_new(FIELDS_ARENA_BYTES);
    uint8_t commit[COMMIT_BYTES];

    if (!arena)
        return false;
    const struct span bytes = fields_of(fields, arena);
    if (bytes.data)
        commit_open(commit, opening, bytes);
    const bool same = bytes.data && memcmp(commit, leaf->commit, sizeof commit) == 0;
    arena_free(arena);
    return same;
}

/* ---- which field was changed? ---- */

struct search {
    json_t *fields; /* a copy to try values in */
    const uint8_t *opening;
    const struct leaf *leaf;
};

static bool try_value(struct search *search, const char *field, const char *value)
{
    json_object_set_new(search->fields, field, json_string(value));
    return is_committed(search->fields, search->opening, search->leaf);
}

/* Try each code of a list in its field; the committed one, borrowed, or NULL. */
static const char *try_codes(struct search *search, const char *field, const json_t *list,
                             const char *member)
{
    json_t *own = json_incref(json_object_get(search->fields, field));
    const char *found = NULL;
    size_t i;
    const json_t *item;

    json_array_foreach(list, i, item)
    {
        const char *code = json_string_value(json_object_get(item, member));

        if (code && try_value(search, field, code)) {
            found = code;
            break;
        }
    }
    if (own)
        json_object_set(search->fields, field, own);
    else
        json_object_del(search->fields, field);
    json_decref(own);
    return found;
}

/* The days around the month that the leaf counts it in; to be freed, or NULL. */
static char *try_days(struct search *search)
{
    struct tm first = {.tm_year = (int)search->leaf->period / 100 - 1901, .tm_mday = 1};
    const int64_t start = timegm(&first);
    json_t *own = json_incref(json_object_get(search->fields, "received_on"));
    char *found = NULL;

    for (int i = 0; i < YEAR_DAYS && !found; i++) {
        const struct thai_date day = thai_day_of(start + i * (int64_t)DAY_SECONDS);
        char text[16];

        snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
        if (try_value(search, "received_on", text))
            found = memory_printf("%s", text);
    }
    json_object_set(search->fields, "received_on", own);
    json_decref(own);
    return found;
}

/* Lists of codes that a field can hold, as the register knows them; made when first needed. */
struct codes {
    struct griev *griev;
    struct answer taxonomy, units, principals;
    bool asked;
};

static void codes_ask(struct codes *codes)
{
    if (codes->asked)
        return;
    codes->asked = true;
    griev_get(codes->griev, "/v1/taxonomy", &codes->taxonomy);
    griev_get(codes->griev, "/v1/units", &codes->units);
    griev_get(codes->griev, "/v1/principals", &codes->principals);
}

/* The one field whose change explains the row, and what it was; false if it is not one alone. */
static bool find_field(struct codes *codes, const json_t *fields, const uint8_t *opening,
                       const struct leaf *leaf, const char **ret_field, char **ret_committed)
{
    static const char *const coded[] = {"class",    "channel",      "process", "subject",
                                        "identity", "accused_role", NULL};
    struct search search = {json_deep_copy(fields), opening, leaf};
    const char *value = NULL;
    const char *field = NULL;

    codes_ask(codes);
    for (size_t i = 0; coded[i] && !value; i++) {
        field = coded[i];
        value = try_codes(&search, field, json_object_get(codes->taxonomy.json, field), "code");
    }
    const json_t *units = json_object_get(codes->units.json, "items");
    if (!value)
        value = try_codes(&search, field = "unit", units, "code");
    if (!value)
        value = try_codes(&search, field = "accused_unit", units, "code");
    if (!value)
        value = try_codes(&search, field = "submitter",
                          json_object_get(codes->principals.json, "items"), "name");
    *ret_committed = value ? memory_printf("%s", value) : NULL;
    if (!value) {
        field = "received_on";
        *ret_committed = try_days(&search);
    }
    json_decref(search.fields);
    *ret_field = *ret_committed ? field : NULL;
    return *ret_committed != NULL;
}

/* ---- findings ---- */

static const struct {
    const char *code;
    struct text text;
} findings[] = {
    {"no-leaf",
     TEXT("แถวไม่มีรายการในบันทึก: ถูกแทรกเข้ามา", "the row has no leaf in the log: it was inserted")},
    {"other-leaf",
     TEXT("แถวชี้ไปยังรายการที่ไม่ใช่การรับเรื่อง", "the row points to a leaf that accepts no complaint")},
    {"shared-leaf", TEXT("สองแถวอ้างรายการเดียวกัน", "two rows claim the same leaf")},
    {"fields", TEXT("ข้อมูลในแถวไม่ใช่ที่ผูกพันไว้เมื่อรับเรื่อง",
                    "the row is not what was committed to when it was accepted")},
    {"month", TEXT("แถวนับในเดือนอื่นจากที่บันทึกไว้", "the row counts in another month than its leaf")},
    {"class",
     TEXT("ประเภทในแถวไม่ใช่ที่บันทึกไว้", "the row's class is not the one that the log ends in")},
    {"erased",
     TEXT("การลบเนื้อหาไม่ตรงกับบันทึก", "the row and the log differ on whether it was erased")},
    {"no-row", TEXT("รายการนี้ไม่มีแถวที่ท่านเห็นได้: ถูกลบ หรือถูกปิดไม่ให้ท่านเห็น",
                    "the leaf has no row that you may see: deleted, or hidden from you")},
};

static void find(json_t *list, uint64_t index, const json_t *row, const char *code,
                 const char *field, const char *committed)
{
    const char *ref = json_string_value(json_object_get(row, "ref"));
    size_t i = 0;

    while (strcmp(findings[i].code, code) != 0)
        i++;
    json_array_append_new(list, json_pack("{s:I, s:s?, s:s, s:s?, s:s?, s:s, s:s}", "index",
                                          (json_int_t)index, "ref", ref, "code", code, "field",
                                          field, "committed", committed, "text_en",
                                          findings[i].text.en, "text_th", findings[i].text.th));
}

/* The fields and the opening of one row against its leaf. */
static void compare_fields(struct codes *codes, json_t *list, uint64_t index, const json_t *row,
                           const struct leaf *leaf)
{
    const json_t *fields = json_object_get(row, "fields");
    uint8_t opening[COMMIT_OPENING_BYTES];
    const char *field = NULL;
    char *committed = NULL;
    size_t len = 0;

    const bool opens = base64_decode(text_of(row, "opening"), opening, sizeof opening, &len) &&
                       len == sizeof opening;
    if (opens && is_committed(fields, opening, leaf))
        return;
    if (opens)
        find_field(codes, fields, opening, leaf, &field, &committed);
    find(list, index, row, "fields", field, committed);
    free(committed);
}

static void compare_row(struct codes *codes, json_t *list, const json_t *row, const uint8_t *leaves,
                        const struct audit *audit, bool *seen)
{
    const json_int_t place = json_integer_value(json_object_get(row, "index"));
    const uint64_t index = (uint64_t)place;
    const bool erased = json_is_true(json_object_get(row, "erased"));
    const char *class = json_string_value(json_object_get(row, "class"));
    struct leaf leaf;
    char month[16];

    if (!json_is_integer(json_object_get(row, "index")) || index >= audit_size(audit)) {
        find(list, index, row, "no-leaf", NULL, NULL);
        return;
    }
    if (leaf_decode(span_of_bytes(leaves + index * LEAF_BYTES, LEAF_BYTES), &leaf) != LEAF_OK ||
        leaf.type != LEAF_ACCEPTED) {
        find(list, index, row, "other-leaf", NULL, NULL);
        return;
    }
    if (seen[index]) {
        find(list, index, row, "shared-leaf", NULL, NULL);
        return;
    }
    seen[index] = true;
    if (erased != audit_is_erased(audit, index))
        find(list, index, row, "erased", NULL, NULL);
    if (!erased)
        compare_fields(codes, list, index, row, &leaf);
    snprintf(month, sizeof month, "%04u-%02u", leaf.period / 100, leaf.period % 100);
    if (!span_eq(text_of(row, "month"), span_of(month)))
        find(list, index, row, "month", "counted_on", month);
    const char *current = leaf_class_code(audit_class(audit, index));
    if (!class || strcmp(class, current) != 0)
        find(list, index, row, "class", "class", current);
}

json_t *cases_compare(struct griev *griev, unsigned year, const json_t *rows, const uint8_t *leaves,
                      uint64_t settled, const struct audit *audit)
{
    struct codes codes = {.griev = griev};
    bool *seen = memory_new(audit_size(audit) * sizeof *seen + 1);
    json_t *list = json_array();
    struct leaf leaf;
    size_t i;
    const json_t *row;

    json_array_foreach(rows, i, row) compare_row(&codes, list, row, leaves, audit, seen);
    for (uint64_t index = 0; index < settled; index++) {
        if (!seen[index] &&
            leaf_decode(span_of_bytes(leaves + index * LEAF_BYTES, LEAF_BYTES), &leaf) == LEAF_OK &&
            leaf.type == LEAF_ACCEPTED && leaf_fiscal_year(leaf.period) == year)
            find(list, index, NULL, "no-row", NULL, NULL);
    }
    answer_done(&codes.taxonomy);
    answer_done(&codes.units);
    answer_done(&codes.principals);
    free(seen);
    return list;
}
