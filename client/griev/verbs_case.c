/* The verbs about one complaint or many: list, queue, show, take, its events, track. */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "griev.h"
#include "memory.h"
#include "receipt.h"

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

/* The register does not say whether there is anybody of a name. */
static void doubt_name(const struct griev *griev)
{
    const char *assignee = option_text(griev, "assignee");

    if (assignee)
        griev_note(griev, assignee,
                   SAY("ไม่มีเรื่องที่ท่านอ่านได้ซึ่งมอบหมายให้ชื่อนี้ ตรวจการสะกดชื่อ",
                       "no case that you may read is assigned to this name: check how it is "
                       "written"));
}

/* A program finds it in what it gets. */
static void tell_erased(const struct griev *griev, const json_t *rows)
{
    size_t i;
    json_t *row;

    json_array_foreach(rows, i, row)
    {
        if (griev->json == JSON_NOT)
            receipt_tell_erased(griev, row);
    }
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
        tell_erased(griev, json_object_get(answer.json, "items"));
        if (griev->json == JSON_NOT && json_array_size(json_object_get(answer.json, "items")) == 0)
            doubt_name(griev);
        else if (griev->json == JSON_NOT && json_is_string(json_object_get(answer.json, "next")))
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
    {TEXT("ส่งไปยัง", "Route"), "route", CELL_CODE, "route"},
    {TEXT("หน่วยผู้ถูกร้อง", "Accused's unit"), "accused_unit", CELL_CODE, NULL},
    {TEXT("ตำแหน่งผู้ถูกร้อง", "Accused's role"), "accused_role", CELL_CODE, "accused_role"},
    {TEXT("หน่วยงานที่ส่งมา", "From agency"), "source/agency", CELL_TEXT, NULL},
    {TEXT("เลขที่หนังสือ", "Letter no."), "source/letter_no", CELL_TEXT, NULL},
    {TEXT("ลงวันที่", "Letter date"), "source/letter_date", CELL_DATE, NULL},
    {TEXT("เลขรับ", "Receive no."), "source/receive_no", CELL_TEXT, NULL},
    {TEXT("วันที่รับหนังสือ", "Receive date"), "source/receive_date", CELL_DATE, NULL},
    {TEXT("การเปิดตู้", "Box opening"), "box_opening", CELL_CODE, NULL},
    {TEXT("ผู้ตรวจสอบ", "Investigator"), "investigator", CELL_CODE, NULL},
    {TEXT("ซ้ำกับเรื่อง", "Duplicate of"), "duplicate_of_ref", CELL_CODE, NULL},
    {TEXT("แยกจากเรื่อง", "Part of"), "parent_ref", CELL_CODE, NULL},
    {TEXT("แยกเป็นเรื่อง", "Parts"), "parts", CELL_LIST, NULL},
    {TEXT("ลบเนื้อหาเมื่อ", "Erased at"), "erased_at", CELL_TIME, NULL},
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
    {TEXT("จาก", "From"), "from", CELL_CODE, "state"},
    {TEXT("เป็น", "To"), "to", CELL_CODE, "state"},
};

/* What was told with an event, by the names that forms have for it. */
static const struct column told_columns[] = {
    {TEXT("เอกสารแนบที่", "Attachment"), "n", CELL_NUMBER, NULL},
    {TEXT("ชื่อแฟ้ม", "File"), "name", CELL_TEXT, NULL},
    {TEXT("เลขที่หนังสือ", "Letter no."), "letter_no", CELL_TEXT, NULL},
    {TEXT("ลงวันที่", "Letter date"), "letter_date", CELL_DATE, NULL},
    {TEXT("เลขรับ", "Receive no."), "receive_no", CELL_TEXT, NULL},
    {TEXT("วันที่รับหนังสือ", "Receive date"), "receive_date", CELL_DATE, NULL},
    {TEXT("ส่งให้", "To"), "agency", CELL_CODE, "agency"},
    {TEXT("ส่งให้", "To"), "to_agency", CELL_TEXT, NULL},
    {TEXT("เป็นผลสุดท้าย", "Final result"), "result", CELL_YES, NULL},
    {TEXT("ผู้ตรวจสอบ", "Investigator"), "investigator", CELL_CODE, NULL},
    {TEXT("แทนโดย", "Succeeded by"), "successor", CELL_CODE, NULL},
    {TEXT("อยู่ในหน้าที่", "In remit"), "in_remit", CELL_YES, NULL},
    {TEXT("ประเภท", "Class"), "class", CELL_CODE, "class"},
    {TEXT("เดิม", "Before"), "from", CELL_CODE, "class"},
    {TEXT("มีส่วนได้เสีย", "Conflict"), "conflict", CELL_YES, NULL},
    {TEXT("รายละเอียดเพียงพอ", "Particulars suffice"), "particulars", CELL_YES, NULL},
    {TEXT("ระบุหลักฐาน", "States evidence"), "states_evidence", CELL_YES, NULL},
    {TEXT("กรณีแวดล้อมปรากฏชัดแจ้ง", "Plain circumstances"), "plain_circumstances", CELL_YES, NULL},
    {TEXT("ชี้พยานบุคคลแน่นอน", "Names a witness"), "names_witness", CELL_YES, NULL},
    {TEXT("อาจซ้ำกับ", "Perhaps the same as"), "duplicate_refs", CELL_LIST, NULL},
    {TEXT("ขั้นต่อไป", "Next step"), "next_step", CELL_CODE, "next_step"},
    {TEXT("ซ้ำกับ", "Original"), "original_ref", CELL_CODE, NULL},
    {TEXT("แยกเป็น", "Parts"), "subjects", CELL_LIST, NULL},
    {TEXT("ผล", "Outcome"), "outcome", CELL_CODE, "outcome"},
    {TEXT("เลขที่คำสั่ง", "Order"), "order_no", CELL_TEXT, NULL},
    {TEXT("คำสั่งลงวันที่", "Order date"), "order_date", CELL_DATE, NULL},
    {TEXT("ผู้ลงนาม", "Signed by"), "signatory", CELL_CODE, NULL},
    {TEXT("ถึง", "For"), "audience", CELL_CODE, "audience"},
    {TEXT("หน่วยผู้ถูกร้อง", "Accused's unit"), "accused_unit", CELL_CODE, NULL},
    {TEXT("ตำแหน่งผู้ถูกร้อง", "Accused's role"), "accused_role", CELL_CODE, "accused_role"},
    {TEXT("ผู้ถูกร้อง", "Accused"), "accused", CELL_LIST, NULL},
    {TEXT("ส่งต่อไปยัง", "Routed to"), "route", CELL_CODE, "route"},
    {TEXT("ผู้อ่านได้ก่อนหน้า", "Could read it before"), "could_read", CELL_LIST, NULL},
    {TEXT("ผู้ที่อ่านแล้ว", "Had read it"), "read_by", CELL_LIST, NULL},
    {TEXT("เสนอโดย", "Proposed by"), "proposed_by", CELL_CODE, NULL},
    {TEXT("ข้อเสนอ", "Proposal"), "proposal", CELL_CODE, NULL},
    {TEXT("ขั้นตอน", "Clock"), "clock", CELL_CODE, "matter"},
    {TEXT("ครบกำหนด", "Due"), "due_on", CELL_DATE, NULL},
    {TEXT("ผลการตรวจสอบ", "Finding"), "finding", CELL_TEXT, NULL},
    {TEXT("เหตุผล", "Reason"), "reason", CELL_TEXT, NULL},
    {TEXT("ข้อความ", "Text"), "text", CELL_TEXT, NULL},
};

static const struct column file_columns[] = {
    {TEXT("ที่", "No."), "n", CELL_NUMBER, NULL},
    {TEXT("ชื่อแฟ้ม", "File"), "name", CELL_TEXT, NULL},
    {TEXT("ชนิด", "Type"), "type", CELL_CODE, NULL},
    {TEXT("ขนาด (ไบต์)", "Bytes"), "size", CELL_NUMBER, NULL},
    {TEXT("แนบเมื่อ", "Attached"), "attached_at", CELL_TIME, NULL},
    {TEXT("โดย", "By"), "by", CELL_CODE, NULL},
};

static const struct column clock_columns[] = {
    {TEXT("ขั้นตอน", "Clock"), "name", CELL_NAME, NULL},
    {TEXT("ครบกำหนด", "Due"), "due_on", CELL_DATE, NULL},
    {TEXT("หยุดตั้งแต่", "Paused since"), "paused_on", CELL_DATE, NULL},
    {TEXT("หยุดแล้ว (วัน)", "Paused days"), "paused_days", CELL_NUMBER, NULL},
    {TEXT("แล้วเสร็จ", "Met"), "met_on", CELL_DATE, NULL},
};

/* The case with these, which are taken over, in the place of its moves; the caller's. */
static json_t *with_verbs(const json_t *row, json_t *named)
{
    json_t *shown = json_copy((json_t *)row);

    json_object_set_new(shown, "moves", named);
    return shown;
}

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
    const json_t *timeline = json_object_get(answer, "timeline");
    const json_t *clocks = json_object_get(answer, "clocks");
    const json_t *files = json_object_get(answer, "attachments");
    json_t *shown =
        with_verbs(answer, options_told_verbs_of(print, json_object_get(answer, "moves")));
    size_t i;
    json_t *event;

    print_fields(print, case_columns, COUNT_OF(case_columns), shown);
    json_decref(shown);
    print_body(print, json_object_get(answer, "body"));
    if (json_array_size(clocks) > 0) {
        print_heading(print, SAY("กำหนดเวลา", "Clocks"));
        print_items(print, clock_columns, COUNT_OF(clock_columns), clocks);
    }
    if (json_array_size(files) > 0) {
        print_heading(print, SAY("เอกสารแนบ", "Attachments"));
        print_items(print, file_columns, COUNT_OF(file_columns), files);
    }
    print_heading(print, SAY("ลำดับเหตุการณ์", "Timeline"));
    print_items(print, event_columns, COUNT_OF(event_columns), timeline);
    json_array_foreach(timeline, i, event)
    {
        const json_t *told = json_object_get(event, "fields");

        if (json_object_size(told) == 0)
            continue;
        char *at = print_cell(print, &event_columns[0], event);
        char *kind = print_cell(print, &event_columns[1], event);

        print_line(print, STYLE_PLAIN, "%s", "");
        print_line(print, STYLE_STRONG, "%s %s", at, kind);
        print_fields(print, told_columns, COUNT_OF(told_columns), told);
        free(at);
        free(kind);
    }
}

/* The item of the list that came with the request event_id; NULL if there is none. */
static json_t *item_of_event(const json_t *items, const char *event_id)
{
    size_t i;
    json_t *item;

    json_array_foreach(items, i, item)
    {
        const char *id = json_string_value(json_object_get(item, "event_id"));

        if (id && event_id && strcmp(id, event_id) == 0)
            return item;
    }
    return NULL;
}

/* Each opened text into the fields of its event, and a file's name to the file as well. */
static void put_texts(json_t *shown, const json_t *texts)
{
    size_t i;
    json_t *told;

    json_array_foreach(texts, i, told)
    {
        const char *id = json_string_value(json_object_get(told, "event_id"));
        const char *field = json_string_value(json_object_get(told, "field"));
        json_t *text = json_object_get(told, "text");
        json_t *event = item_of_event(json_object_get(shown, "timeline"), id);
        json_t *file = item_of_event(json_object_get(shown, "attachments"), id);

        if (field && event)
            json_object_set(json_object_get(event, "fields"), field, text);
        if (field && file && strcmp(field, "name") == 0)
            json_object_set(file, field, text);
    }
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
        put_texts(answer->json, json_object_get(opened.json, "texts"));
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
        if (griev->json == JSON_NOT)
            receipt_tell_erased(griev, answer.json);
    }
    answer_done(&answer);
    free(target);
    return code;
}

void print_queue(struct griev *griev, const json_t *answer)
{
    json_t *shown = json_array();
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(answer, "items"), i, item)
    {
        json_t *verbs_of = options_verbs_of(json_object_get(item, "moves"));

        json_array_append_new(shown, with_verbs(item, verbs_of));
    }
    print_items(&griev->print, griev->verb->columns, griev->verb->column_count, shown);
    json_decref(shown);
}

/* ---- what happens to a case ---- */

int griev_find_case(struct griev *griev, struct answer *ret_answer, const json_t **ret_row)
{
    char *encoded = https_encode(griev->operands[0]);
    char *target = memory_printf("/v1/complaints?ref=%s", encoded);
    int code = griev_get(griev, target, ret_answer);

    *ret_row = json_array_get(json_object_get(ret_answer->json, "items"), 0);
    if (code == EXIT_OK && !*ret_row)
        code = griev_fail(griev, EXIT_NOT_FOUND, griev->operands[0],
                          SAY("ไม่มี หรือไม่มีสิทธิเห็น ตรวจเลขที่อีกครั้ง",
                              "it does not exist, or is not yours to see: check the number"));
    free(target);
    free(encoded);
    return code;
}

/* Post the event about the case that `row` shows, or about the operand where there is no row. */
static int post_event(struct griev *griev, json_t *body, const json_t *row)
{
    struct answer answer;
    const char *named = json_string_value(json_object_get(row, "id"));
    char *encoded = https_encode(named ? named : griev->operands[0]);
    char *target = memory_printf("/v1/complaints/%s/events", encoded);
    json_t *given = json_deep_copy(body);
    const uint64_t version = (uint64_t)json_integer_value(json_object_get(row, "version"));
    const int code = griev_post(griev, target, given, body, version, &answer);

    if (code == EXIT_OK) {
        griev_load_taxonomy(griev);
        griev_print_answer(griev, &answer);
    }
    answer_done(&answer);
    json_decref(given);
    free(target);
    free(encoded);
    return code;
}

/* An event as the options of the verb's row put it together. */
int run_event(struct griev *griev)
{
    struct answer before = {0};
    const json_t *row = NULL;
    json_t *body = json_object();
    int code = options_to_body(griev, body);

    if (code == EXIT_OK)
        code = griev_find_case(griev, &before, &row);
    if (code == EXIT_OK)
        code = post_event(griev, body, row);
    answer_done(&before);
    json_decref(body);
    return code;
}

/* The obvious next step with a case that came, or came back: it is registered, or triaged anew. */
int run_take(struct griev *griev)
{
    struct answer before = {0};
    const json_t *row = NULL;
    int code = griev_find_case(griev, &before, &row);

    if (code == EXIT_OK) {
        const char *state = json_string_value(json_object_get(row, "state"));
        const bool back = state && strcmp(state, "REOPENED") == 0;
        json_t *body = json_pack("{s:s}", "kind", back ? "resume" : "register");

        code = post_event(griev, body, row);
        json_decref(body);
    }
    answer_done(&before);
    return code;
}

/* What is due until a day, today when none is given. */
int run_due(struct griev *griev)
{
    struct answer answer;
    const struct thai_date now = griev_today();
    char *day = griev->operand_count > 0
                    ? griev_day(griev->operands[0])
                    : memory_printf("%04d-%02d-%02d", now.year, now.month, now.day);

    if (!day)
        return griev_fail(griev, EXIT_USAGE, griev->operands[0], NO_DAY);
    char *target = memory_printf("/v1/queue?limit=200&due_by=%s", day);
    const int code = griev_get(griev, target, &answer);

    if (code == EXIT_OK)
        griev_print_answer(griev, &answer);
    answer_done(&answer);
    free(target);
    free(day);
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
