/*
 * conclude - what an answer means: an exit code, and what to do next
 *
 * Errors of the server are told in its own words, followed by ours on what to do
 * about them, in the reader's language.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/err.h"
#include "griev.h"
#include "memory.h"

/* What to do about an error of the table, in both languages. */
static const struct {
    enum err err;
    struct text next;
} hints[] = {
    {ERR_NO_CERTIFICATE, TEXT("ต้องมีใบรับรอง: ตั้ง [server] certificate และ key ในแฟ้มการตั้งค่า",
                              "set [server] certificate and key in the settings")},
    {ERR_FORBIDDEN, TEXT("ดูสิทธิของท่านด้วย griev whoami", "griev whoami says what you may do")},
    {ERR_CERTIFICATE_REVOKED,
     TEXT("ใบรับรองใช้ไม่ได้แล้ว ให้ขอใบใหม่จากผู้ดูแลระบบ", "ask your administrator for a new certificate")},
    {ERR_NOT_FOUND, TEXT("ไม่มี หรือไม่มีสิทธิเห็น ตรวจเลขที่อีกครั้ง",
                         "it does not exist, or is not yours to see: check the number")},
    {ERR_CONFLICT, TEXT("ขัดกับข้อมูลที่บันทึกแล้ว ตรวจข้อมูลปัจจุบันก่อน",
                        "it contradicts what is recorded: look at that first")},
    {ERR_STALE, TEXT("เรื่องเปลี่ยนไปแล้ว ให้ดูอีกครั้ง (griev show) แล้วสั่งใหม่",
                     "look at the case again (griev show), then give the command again")},
    {ERR_GONE, TEXT("กู้คืนไม่ได้ ให้ลบสำเนาที่ท่านเก็บไว้",
                    "it cannot be brought back: delete the copies that you keep of it")},
    {ERR_TOO_LARGE, TEXT("ย่อเนื้อหา แล้วแนบส่วนที่ยาวเป็นแฟ้มด้วย griev attach",
                         "make it shorter, and attach what is long as a file with griev attach")},
    {ERR_INVALID, TEXT("แก้ไขแล้วส่งใหม่", "correct it and send it again")},
    {ERR_TOO_MANY, TEXT("ส่งถี่เกินไป รอสักครู่แล้วลองใหม่", "wait a little, then try again")},
    {ERR_UNAVAILABLE, TEXT("ยังไม่ได้บันทึก ลองใหม่ภายหลัง", "nothing was stored: try again")},
    {ERR_OUTCOME_UNKNOWN, TEXT("ไม่ทราบผล ให้สั่งคำสั่งเดิมซ้ำ", "run the same command again")},
    {ERR_FROZEN,
     TEXT("เก็บไว้ก่อน แล้วสั่งคำสั่งเดิมซ้ำเมื่อผู้ดูแลทะเบียนเปิดรับ",
          "run the same command again when the register's operator takes writes again")},
    {ERR_FORKED, TEXT("ผู้ดูแลทะเบียนต้องตรวจบันทึกก่อน ยังไม่ได้บันทึก ให้สั่งคำสั่งเดิมซ้ำภายหลัง",
                      "the register's operator has to look first; nothing was stored: run the same "
                      "command later")},
    {ERR_INTERNAL, TEXT("เครื่องแม่ข่ายขัดข้อง แจ้งผู้ดูแลระบบ", "tell the server's administrator")},
};

static int code_of_status(int status, bool maybe_done)
{
    if (status >= 200 && status < 300)
        return EXIT_OK;
    if (status == 408 || status == 429 || status >= 500)
        return maybe_done ? EXIT_UNKNOWN : EXIT_UNAVAILABLE;
    if (status == 401 || status == 403)
        return EXIT_FORBIDDEN;
    if (status == 404)
        return EXIT_NOT_FOUND;
    if (status == 409 || status == 410 || status == 412)
        return EXIT_CONFLICT;
    return status >= 400 ? EXIT_REFUSED : EXIT_LOCAL;
}

static void print_hint(const struct griev *griev, const json_t *problem)
{
    const char *type = json_string_value(json_object_get(problem, "type"));
    const char *slug = type ? strrchr(type, ':') : NULL;
    enum err err;

    if (!slug || !err_of_slug(span_of(slug + 1), &err))
        return;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        if (hints[i].err == err)
            griev_note(griev, NULL, hints[i].next);
    }
}

/* What can be done with the case instead, where something about one was refused. */
static void print_moves(const struct griev *griev, const json_t *moves)
{
    json_t *verbs_of = options_told_verbs_of(&griev->print, moves);
    char *names = print_value(&griev->print, CELL_LIST, verbs_of);

    if (json_is_array(moves))
        fprintf(stderr, "griev: %s %s\n",
                print_text(&griev->print,
                           SAY("สิ่งที่ท่านทำได้กับเรื่องนี้:", "what you can do with the case now:")),
                names[0] ? names : "-");
    free(names);
    json_decref(verbs_of);
}

/* A problem document (RFC 9457) on standard error: title, detail, faults, and what to do. */
static void print_problem(const struct griev *griev, const struct answer *answer)
{
    const json_t *problem = answer->json;
    const char *title = json_string_value(json_object_get(problem, "title"));
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    size_t i;
    json_t *fault;

    char *whole = memory_printf("%s%s%s (HTTP %d)", title ? title : "", title && detail ? ": " : "",
                                detail ? detail : "", answer->http.status);
    char *safe = print_safe(&griev->print, span_of(whole), true);
    fprintf(stderr, "griev: %s\n", safe);
    free(whole);
    free(safe);

    json_array_foreach(json_object_get(problem, "errors"), i, fault)
    {
        const char *pointer = json_string_value(json_object_get(fault, "pointer"));

        fault_print(griev, pointer ? pointer : "",
                    json_string_value(json_object_get(fault, "code")),
                    json_string_value(json_object_get(fault, "detail")));
    }
    print_moves(griev, json_object_get(problem, "moves"));
    print_hint(griev, problem);
    if (answer->http.status >= 500 && answer->http.request_id[0])
        griev_note(griev, answer->http.request_id,
                   SAY("เลขอ้างอิงของคำขอในบันทึกเครื่องแม่ข่าย", "is the request in the server's log"));
}

static int conclude_unanswered(const struct griev *griev, const struct https_answer *http)
{
    const char *url = griev->settings.url;
    char *subject = memory_printf("%s: %s", url, http->trouble);
    int code = EXIT_UNAVAILABLE;
    struct text text =
        SAY("ติดต่อเครื่องแม่ข่ายไม่ได้ ลองใหม่ภายหลัง", "the server cannot be reached: try again");

    if (http->maybe_done) {
        code = EXIT_UNKNOWN;
        text = SAY("ส่งแล้วแต่ไม่ได้รับคำตอบ ให้สั่งคำสั่งเดิมซ้ำ",
                   "it was sent and no answer came: run the same command again");
    } else if (http->result == HTTPS_SERVER_UNTRUSTED) {
        code = EXIT_LOCAL;
        text = SAY("ใบรับรองของเครื่องแม่ข่ายเชื่อถือไม่ได้ ตรวจ [server] url และ ca",
                   "the server is not who it should be: check [server] url and ca");
    } else if (http->result == HTTPS_CERTIFICATE_REFUSED) {
        code = EXIT_FORBIDDEN;
        text = SAY("เครื่องแม่ข่ายไม่รับใบรับรองนี้ ให้ขอใบใหม่จากผู้ดูแลระบบ",
                   "the server does not accept the certificate: ask for a new one");
    } else if (http->result == HTTPS_CANNOT_START) {
        code = EXIT_LOCAL;
        text = SAY("ใช้แฟ้มใบรับรองหรือ url ในการตั้งค่าไม่ได้",
                   "a certificate, key or url of the settings cannot be used");
    } else if (http->result == HTTPS_ANSWER_TOO_LARGE) {
        text = SAY("คำตอบใหญ่เกินกำหนด ให้จำกัดรายการ", "the answer is too large: ask for less");
    }
    griev_fail(griev, code, subject, text);
    free(subject);
    return code;
}

int griev_conclude(const struct griev *griev, const struct answer *answer)
{
    const struct https_answer *http = &answer->http;

    if (http->result != HTTPS_ANSWERED)
        return conclude_unanswered(griev, http);

    const char *method = griev->verb->method;
    const bool asks = method && strcmp(method, "GET") == 0; /* there is no content to be at fault */
    const int code =
        asks && http->status == 422 ? EXIT_USAGE : code_of_status(http->status, http->maybe_done);
    if (code == EXIT_LOCAL)
        return griev_fail(griev, EXIT_LOCAL, griev->settings.url,
                          SAY("คำตอบไม่ใช่ของ grievd ตรวจ [server] url",
                              "this is not grievd answering: check [server] url"));
    if (code != EXIT_OK) {
        print_problem(griev, answer);
        if (griev->json != JSON_NOT && answer->json)
            griev_print_json(griev, answer->json, http->body);
        if (code == EXIT_UNKNOWN)
            griev_note(griev, NULL,
                       SAY("ไม่ทราบผล ให้สั่งคำสั่งเดิมซ้ำ",
                           "the outcome is unknown: run the same command again"));
    } else if (!answer->json && !answer->is_file) {
        return griev_fail(
            griev, EXIT_LOCAL, griev->settings.url,
            SAY("คำตอบไม่ใช่ JSON ตรวจ [server] url", "the answer is not JSON: check [server] url"));
    }
    return code;
}
