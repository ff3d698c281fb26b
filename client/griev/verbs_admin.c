/* The verbs about units, people and the server: unit set, principal set, approve, health. */
#include <stdio.h>
#include <stdlib.h>

#include "griev.h"
#include "memory.h"

/* ---- set: change what is given and keep the rest ---- */

/*
 * The API replaces a whole row, so what the options leave out is taken from the
 * row as it is. A row that is not there yet begins empty, and the server says
 * what it needs.
 */
static int set_row(struct griev *griev, const char *key, const char *const *members)
{
    const char *name = griev->operands[0];
    struct answer rows;
    struct answer answer = {0};
    json_t *given = json_pack("{s:s}", key, name);
    json_t *body = NULL;
    int code = given ? options_to_body(griev, given) : EXIT_USAGE;

    if (code == EXIT_OK)
        code = griev_get(griev, griev->verb->path, &rows);
    else
        rows = (struct answer){0};
    if (code == EXIT_OK) {
        const json_t *row = griev_item(json_object_get(rows.json, "items"), key, name);

        body = json_object();
        for (; row && *members; members++)
            json_object_set(body, *members, json_object_get(row, *members));
        json_object_update(body, given);
        code = griev_post(griev, griev->verb->path, given, body, 0, &answer);
    }
    if (code == EXIT_OK)
        griev_print_answer(griev, &answer);
    answer_done(&rows);
    answer_done(&answer);
    json_decref(given);
    json_decref(body);
    return code;
}

int run_unit_set(struct griev *griev)
{
    static const char *const members[] = {"name_th", "name_en",     "kind",      "parent", "head",
                                          "deputy",  "active_from", "active_to", NULL};

    return set_row(griev, "code", members);
}

int run_principal_set(struct griev *griev)
{
    static const char *const members[] = {"name_th", "name_en", "unit", "roles",
                                          "active",  "email",   NULL};

    return set_row(griev, "name", members);
}

/* ---- proposals ---- */

const json_t *proposal_about(const json_t *items, const char *ref)
{
    size_t i;
    json_t *proposal;

    json_array_foreach(items, i, proposal)
    {
        const char *status = json_string_value(json_object_get(proposal, "status"));
        const char *about = json_string_value(json_object_get(proposal, "ref"));

        if (status && strcmp(status, "open") == 0 && about && strcmp(about, ref) == 0)
            return proposal;
    }
    return NULL;
}

/* The id of the open proposal about the case that was named, to be freed; NULL, told, if none. */
static char *id_of_open(struct griev *griev, int *ret_code)
{
    struct answer proposals;
    char *id = NULL;

    *ret_code = griev_get(griev, "/v1/proposals", &proposals);
    const json_t *about =
        proposal_about(json_object_get(proposals.json, "items"), griev->operands[0]);

    if (about)
        id = memory_printf("%s", json_string_value(json_object_get(about, "id")));
    if (*ret_code == EXIT_OK && !id)
        *ret_code =
            griev_fail(griev, EXIT_NOT_FOUND, griev->operands[0],
                       SAY("ไม่มีข้อเสนอที่รอความเห็นชอบ", "nothing about it waits to be decided"));
    answer_done(&proposals);
    return id;
}

static int decide(struct griev *griev, const char *decision)
{
    struct answer answer;
    int code = EXIT_OK;
    char *about = strchr(griev->operands[0], '/') ? id_of_open(griev, &code) : NULL;

    if (code != EXIT_OK)
        return code;
    if (about)
        griev->operands[0] = about;
    char *target = griev_target(griev);
    json_t *body = json_pack("{s:s}", "decision", decision);
    json_t *given = json_deep_copy(body);
    code = griev_post(griev, target, given, body, 0, &answer);

    if (code == EXIT_OK)
        griev_print_answer(griev, &answer);
    answer_done(&answer);
    json_decref(given);
    json_decref(body);
    free(target);
    free(about);
    return code;
}

int run_approve(struct griev *griev)
{
    return decide(griev, "approve");
}

int run_reject(struct griev *griev)
{
    return decide(griev, "reject");
}

/* ---- taxonomy ---- */

void print_taxonomy(struct griev *griev, const json_t *answer)
{
    static const struct column columns[] = {
        {TEXT("รหัส", "Code"), "code", CELL_CODE, NULL},
        {TEXT("ไทย", "Thai"), "th", CELL_TEXT, NULL},
        {TEXT("อังกฤษ", "English"), "en", CELL_TEXT, NULL},
    };
    const char *kind = option_text(griev, "kind");
    const char *name;
    json_t *codes;

    json_object_foreach((json_t *)answer, name, codes)
    {
        if (kind && strcmp(kind, name) != 0)
            continue;
        print_line(&griev->print, STYLE_STRONG, "%s", name);
        print_items(&griev->print, columns, sizeof columns / sizeof columns[0], codes);
        print_line(&griev->print, STYLE_PLAIN, "%s", "");
    }
}

/* ---- rules ---- */

/* Say of what nobody has confirmed that it is so. */
static void name_confirmations(const struct print *print, json_t *clocks)
{
    size_t i;
    json_t *clock;

    json_array_foreach(clocks, i, clock)
    {
        if (json_is_null(json_object_get(clock, "confirmed_by")))
            json_object_set_new(clock, "confirmed_by",
                                json_string(print_text(print, SAY("ยังไม่มีผู้ยืนยัน", "nobody yet"))));
    }
}

void print_rules(struct griev *griev, const json_t *answer)
{
    static const struct column sets[] = {
        {TEXT("รหัส", "Code"), "code", CELL_CODE, NULL},
        {TEXT("ชื่อ", "Name"), "name", CELL_NAMES, NULL},
        {TEXT("รุ่น", "Version"), "version", CELL_NUMBER, NULL},
        {TEXT("เลขที่คำสั่ง", "Order"), "order_no", CELL_TEXT, NULL},
        {TEXT("เห็นชอบเมื่อ", "Adopted"), "adopted_on", CELL_DATE, NULL},
        {TEXT("ใช้ตั้งแต่", "From"), "effective_from", CELL_DATE, NULL},
    };
    static const struct column clocks[] = {
        {TEXT("กำหนดเวลา", "Clock"), "name", CELL_NAMES, NULL},
        {TEXT("วัน", "Days"), "days", CELL_NUMBER, NULL},
        {TEXT("วันทำการ", "Working days"), "working", CELL_YES, NULL},
        {TEXT("หยุดได้", "Pauses"), "pausable", CELL_YES, NULL},
        {TEXT("ใช้ตั้งแต่", "From"), "effective_from", CELL_DATE, NULL},
        {TEXT("ที่มา", "Source"), "source", CELL_TEXT, NULL},
        {TEXT("ผู้ยืนยัน", "Confirmed by"), "confirmed_by", CELL_TEXT, NULL},
    };
    static const struct column holidays[] = {
        {TEXT("วันหยุด", "Holiday"), "day", CELL_DATE, NULL},
        {TEXT("ชื่อ", "Name"), "name", CELL_NAMES, NULL},
        {TEXT("รุ่น", "Version"), "version", CELL_NUMBER, NULL},
        {TEXT("เป็นวันหยุด", "Holds"), "holds", CELL_YES, NULL},
        {TEXT("ที่มา", "Source"), "source", CELL_TEXT, NULL},
    };
    const struct print *print = &griev->print;

    name_confirmations(print, json_object_get(answer, "clocks"));
    print_items(print, sets, sizeof sets / sizeof sets[0], json_object_get(answer, "items"));
    print_line(print, STYLE_PLAIN, "%s", "");
    print_items(print, clocks, sizeof clocks / sizeof clocks[0], json_object_get(answer, "clocks"));
    print_line(print, STYLE_PLAIN, "%s", "");
    print_items(print, holidays, sizeof holidays / sizeof holidays[0],
                json_object_get(answer, "holidays"));
}

/* ---- health ---- */

/* Ask once, without repeating: what is asked is how it is now. */
static int ask_health(struct griev *griev, const char *target, json_t *result)
{
    struct answer answer = {0};
    const struct https_request request = {.method = "GET", .target = target};

    if (!griev->https)
        griev->https = https_new(&griev->settings);
    if (!griev->https)
        return EXIT_LOCAL;
    https_send(griev->https, &request, &answer.http);
    const bool good = answer.http.status == 200;
    const int code = answer.http.result != HTTPS_ANSWERED ? griev_conclude(griev, &answer)
                     : good                               ? EXIT_OK
                                                          : EXIT_UNAVAILABLE;
    json_object_set_new(result, target + 1, json_boolean(good));
    answer_done(&answer);
    return code;
}

int run_health(struct griev *griev)
{
    static const struct column columns[] = {
        {TEXT("เครื่องแม่ข่ายทำงาน", "Server answers"), "healthz", CELL_YES, NULL},
        {TEXT("ทะเบียนพร้อมรับเรื่อง", "Register ready"), "readyz", CELL_YES, NULL},
    };
    json_t *result = json_object();
    int code = ask_health(griev, "/healthz", result);

    if (code == EXIT_OK)
        code = ask_health(griev, "/readyz", result);
    if (json_object_size(result) > 0 && griev->json != JSON_NOT)
        griev_print_json(griev, result, SPAN(""));
    else
        print_fields(&griev->print, columns, sizeof columns / sizeof columns[0], result);
    if (code == EXIT_UNAVAILABLE && json_object_get(result, "readyz"))
        griev_note(
            griev, NULL,
            SAY("ทะเบียนยังไม่พร้อม ลองใหม่ภายหลัง", "the register is not ready: try again later"));
    json_decref(result);
    return code;
}
