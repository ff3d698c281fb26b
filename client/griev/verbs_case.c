/* The verbs about one complaint or many: list, show, take, track. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "griev.h"
#include "memory.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* ---- list ---- */

/* The page that a cursor continues; the target may have a query already. */
static char *page_target(const char *target, const char *cursor)
{
    char *encoded = https_encode(cursor);
    char *page = memory_printf("%s%scursor=%s", target, strchr(target, '?') ? "&" : "?", encoded);

    free(encoded);
    return page;
}

/* Append to `all` the items of every page after the first one. */
static int add_pages(struct griev *griev, const char *target, json_t *all)
{
    for (size_t pages = 1; json_is_string(json_object_get(all, "next")); pages++) {
        struct answer answer;
        char *page = page_target(target, json_string_value(json_object_get(all, "next")));
        int code = griev_get(griev, page, &answer);

        free(page);
        if (code == EXIT_OK && pages == PAGES_MAX)
            code =
                griev_fail(griev, EXIT_REFUSED, NULL,
                           SAY("รายการมากเกินไป ให้จำกัดรายการ", "there are too many: ask for less"));
        if (code == EXIT_OK) {
            json_array_extend(json_object_get(all, "items"), json_object_get(answer.json, "items"));
            json_object_set(all, "next", json_object_get(answer.json, "next"));
        }
        answer_done(&answer);
        if (code != EXIT_OK)
            return code;
    }
    return EXIT_OK;
}

int run_list(struct griev *griev)
{
    struct answer answer;
    char *target = griev_target(griev);
    int code = griev_get(griev, target, &answer);

    if (code == EXIT_OK && option_flag(griev, "all")) {
        code = add_pages(griev, target, answer.json);
        https_answer_done(&answer.http); /* no longer what is printed */
    }
    if (code == EXIT_OK) {
        griev_print_answer(griev, &answer);
        if (griev->json == JSON_NOT && json_is_string(json_object_get(answer.json, "next")))
            griev_note(
                griev, NULL,
                SAY("ยังมีรายการต่อ ใช้ --all เพื่อดูทั้งหมด", "there are more: see them with --all"));
    }
    answer_done(&answer);
    free(target);
    return code;
}

/* ---- show ---- */

static const struct column case_columns[] = {
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("รหัสเรื่อง", "Id"), "id", CELL_CODE, NULL},
    {TEXT("สถานะ", "State"), "state", CELL_NAMES, NULL},
    {TEXT("ประเภท", "Class"), "class", CELL_CODE, "class"},
    {TEXT("ความเห็นของหน่วยรับ", "Office's opinion"), "class_office", CELL_CODE, "class"},
    {TEXT("ช่องทาง", "Channel"), "channel", CELL_CODE, "channel"},
    {TEXT("กระบวนงาน", "Process"), "process", CELL_CODE, "process"},
    {TEXT("เรื่อง", "Subject"), "subject", CELL_CODE, "subject"},
    {TEXT("ผู้ร้องเรียน", "Complainant"), "identity", CELL_CODE, "identity"},
    {TEXT("วันรับเรื่อง", "Received on"), "received_on", CELL_DATE, NULL},
    {TEXT("เวลาที่ระบบรับ", "Accepted at"), "accepted_at", CELL_TIME, NULL},
    {TEXT("วันที่นับ", "Counted on"), "counted_on", CELL_DATE, NULL},
    {TEXT("ปีงบประมาณ", "Fiscal year"), "fy", CELL_NUMBER, NULL},
    {TEXT("บันทึกล่าช้า", "Late"), "late", CELL_YES, NULL},
    {TEXT("หน่วยรับเรื่อง", "Unit"), "unit", CELL_CODE, NULL},
    {TEXT("ผู้บันทึก", "Submitter"), "submitter", CELL_CODE, NULL},
    {TEXT("ส่งไปยัง", "Route"), "route", CELL_CODE, NULL},
    {TEXT("หน่วยผู้ถูกร้อง", "Accused's unit"), "accused_unit", CELL_CODE, NULL},
    {TEXT("ตำแหน่งผู้ถูกร้อง", "Accused's role"), "accused_role", CELL_CODE, "accused_role"},
    {TEXT("หน่วยงานที่ส่งมา", "From agency"), "source/agency", CELL_TEXT, NULL},
    {TEXT("เลขที่หนังสือ", "Letter no."), "source/letter_no", CELL_TEXT, NULL},
    {TEXT("ลงวันที่", "Letter date"), "source/letter_date", CELL_DATE, NULL},
    {TEXT("เลขรับ", "Receive no."), "source/receive_no", CELL_TEXT, NULL},
    {TEXT("วันที่รับหนังสือ", "Receive date"), "source/receive_date", CELL_DATE, NULL},
    {TEXT("การเปิดตู้", "Box opening"), "box_opening", CELL_CODE, NULL},
    {TEXT("รุ่นข้อมูล", "Version"), "version", CELL_NUMBER, NULL},
    {TEXT("ทำต่อได้", "Next"), "moves", CELL_LIST, NULL},
};

static const struct column accused_columns[] = {
    {TEXT("ชื่อ", "Name"), "name", CELL_TEXT, NULL},
    {TEXT("ตำแหน่ง", "Position"), "position", CELL_TEXT, NULL},
    {TEXT("รหัสบุคลากร", "Principal"), "principal", CELL_CODE, NULL},
};

static const struct column contact_columns[] = {
    {TEXT("โทรศัพท์", "Phone"), "phone", CELL_TEXT, NULL},
    {TEXT("อีเมล", "Email"), "email", CELL_TEXT, NULL},
    {TEXT("ที่อยู่", "Address"), "address", CELL_TEXT, NULL},
    {TEXT("หมายเหตุ", "Note"), "note", CELL_TEXT, NULL},
};

static const struct column event_columns[] = {
    {TEXT("เวลา", "At"), "at", CELL_TIME, NULL},
    {TEXT("เหตุการณ์", "Event"), "kind", CELL_NAME, NULL},
    {TEXT("โดย", "By"), "by", CELL_CODE, NULL},
    {TEXT("หน่วย", "Unit"), "by_unit", CELL_CODE, NULL},
    {TEXT("จาก", "From"), "from", CELL_CODE, NULL},
    {TEXT("เป็น", "To"), "to", CELL_CODE, NULL},
};

static void print_heading(const struct print *print, struct text text)
{
    print_line(print, STYLE_PLAIN, "%s", "");
    print_line(print, STYLE_STRONG, "%s", print_text(print, text));
}

/* What only those who may read the content get. */
static void print_body(const struct print *print, const json_t *body)
{
    const json_t *accused = json_object_get(body, "accused");
    const json_t *contact = json_object_get(body, "contact");
    const json_t *narrative = json_object_get(body, "narrative");

    if (json_array_size(accused) > 0) {
        print_heading(print, SAY("ผู้ถูกร้องเรียน", "Accused"));
        print_items(print, accused_columns, COUNT_OF(accused_columns), accused);
    }
    if (json_object_size(contact) > 0) {
        print_heading(print, SAY("การติดต่อ", "Contact"));
        print_fields(print, contact_columns, COUNT_OF(contact_columns), contact);
    }
    if (narrative) {
        const struct span text = {json_string_value(narrative), json_string_length(narrative)};
        char *safe = print_safe(print, text, true); /* as it was written */

        print_heading(print, SAY("ข้อเท็จจริง", "Narrative"));
        print_line(print, STYLE_PLAIN, "%s", safe);
        free(safe);
    }
}

void print_case(struct griev *griev, const json_t *answer)
{
    const struct print *print = &griev->print;

    print_fields(print, case_columns, COUNT_OF(case_columns), answer);
    print_body(print, json_object_get(answer, "body"));
    print_heading(print, SAY("ลำดับเหตุการณ์", "Timeline"));
    print_items(print, event_columns, COUNT_OF(event_columns), json_object_get(answer, "timeline"));
}

/*
 * Have the texts opened, which the register records, and put them into the case. What cannot be
 * opened here or any more is told, and the case is shown without it.
 */
static int open_texts(struct griev *griev, struct answer *answer)
{
    struct answer opened = {0};
    char *encoded = https_encode(griev->operands[0]);
    char *target = memory_printf("/v1/complaints/%s/open", encoded);
    const struct https_request request = {
        .method = "POST", .target = target, .body = SPAN("{}"), .repeatable = true};
    int code = griev_send(griev, &request, &opened);

    if (code == EXIT_OK) {
        json_object_set(answer->json, "body", json_object_get(opened.json, "body"));
        https_answer_done(&answer->http); /* no longer what is printed */
    } else if (opened.http.status == 403 || opened.http.status == 410) {
        code = EXIT_OK;
    }
    answer_done(&opened);
    free(target);
    free(encoded);
    return code;
}

int run_show(struct griev *griev)
{
    struct answer answer;
    char *target = griev_target(griev);
    int code = griev_get(griev, target, &answer);

    if (code == EXIT_OK && json_is_true(json_object_get(answer.json, "reads")))
        code = open_texts(griev, &answer);
    if (code == EXIT_OK) {
        griev_load_taxonomy(griev);
        griev_print_answer(griev, &answer);
    }
    answer_done(&answer);
    free(target);
    return code;
}

/* ---- take ---- */

/* The version that If-Match names: the answer's ETag, else its member. */
static uint64_t version_of(const struct answer *answer)
{
    if (answer->http.version > 0)
        return answer->http.version;
    return (uint64_t)json_integer_value(json_object_get(answer->json, "version"));
}

int run_take(struct griev *griev)
{
    struct answer before;
    struct answer after = {0};
    char *encoded = https_encode(griev->operands[0]);
    char *target = memory_printf("/v1/complaints/%s", encoded);
    char *events = memory_printf("/v1/complaints/%s/events", encoded);
    json_t *body = json_pack("{s:s}", "kind", "register");
    json_t *given = json_deep_copy(body);
    int code = griev_get(griev, target, &before);

    if (code == EXIT_OK)
        code = griev_post(griev, events, given, body, version_of(&before), &after);
    if (code == EXIT_OK)
        griev_print_answer(griev, &after);
    answer_done(&before);
    answer_done(&after);
    json_decref(given);
    json_decref(body);
    free(events);
    free(target);
    free(encoded);
    return code;
}

/* ---- track ---- */

int run_track(struct griev *griev)
{
    struct answer answer;

    if (griev->operand_count > 0 && strcmp(griev->operands[0], "-") != 0)
        return griev_fail(griev, EXIT_USAGE, "track",
                          SAY("อย่าใส่รหัสในคำสั่ง เพราะผู้อื่นเห็นได้ ให้สั่ง griev track แล้วพิมพ์รหัส",
                              "others can see a code on the command line: run griev track and type "
                              "it, or send it to standard input"));

    char *code_text = griev_ask(griev, SAY("รหัสติดตาม:", "Tracking code:"));
    if (!code_text)
        return griev_fail(griev, EXIT_USAGE, "track",
                          SAY("ไม่ได้รับรหัส", "no code on standard input"));

    json_t *body = json_pack("{s:s}", "track", code_text);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    int code = EXIT_REFUSED;
    if (text) {
        const struct https_request request = {.method = "POST",
                                              .target = griev->verb->path,
                                              .body = span_of(text),
                                              .repeatable = true};

        code = griev_send(griev, &request, &answer);
        if (code == EXIT_OK)
            griev_print_answer(griev, &answer);
        answer_done(&answer);
        OPENSSL_cleanse(text, strlen(text));
    } else {
        griev_fail(griev, EXIT_REFUSED, "track", SAY("ไม่ใช่ UTF-8", "is not UTF-8"));
    }
    OPENSSL_cleanse(code_text, strlen(code_text));
    json_decref(body);
    free(text);
    free(code_text);
    return code;
}
