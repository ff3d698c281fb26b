/*
 * submit - a complaint from a file, standard input or options to the register
 *
 * Nothing is sent before it is on disk: the final bytes, the id and the nonce go
 * to a spool file first (FILE.griev beside FILE; below the state folder for what
 * has no file). Its state decides what a later run of the same command does:
 *
 *     sent      it may have arrived: the same bytes go out again
 *     accepted  they go out again too, which changes nothing and confirms it
 *     open      not accepted: FILE as it is now goes out, under the same id, so that
 *               whatever happened before, no complaint is counted twice
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "complainant.h"
#include "core/complaint.h"
#include "files.h"
#include "griev.h"
#include "memory.h"
#include "receipt.h"
#include "spool.h"

enum {
    CONTENT_BYTES_MAX = 1024 * 1024, /* read; what is longer than a body may be is told as such */
    ANSWER_BYTES_MAX = 64 * 1024,    /* kept in the spool */
    CHECK_ARENA_BYTES = 4 * 1024 * 1024,
};

#define SPOOL_SUFFIX ".griev"

/* One submission under way. */
struct submission {
    struct span content;              /* owned: what the person gave */
    char *path;                       /* owned: of the spool file */
    bool beside_file;                 /* FILE.griev: it stays, with the answer */
    bool is_spool;                    /* the person named the spool file itself */
    char source[SPOOL_HEX_CHARS + 1]; /* hash of content */
    struct spool spool;               /* as on disk */
    bool found;                       /* it was there when we came */
    bool doubt;                       /* and what it holds may have arrived */
};

static void submission_done(struct submission *submission)
{
    memory_free_span(&submission->content);
    spool_done(&submission->spool);
    free(submission->path);
}

static int system_trouble(const struct griev *griev, const char *path, struct text text)
{
    char *subject = memory_printf("%s: %s", path, strerror(errno));

    griev_fail(griev, EXIT_LOCAL, subject, text);
    free(subject);
    return EXIT_LOCAL;
}

static bool has_suffix(const char *text, const char *suffix)
{
    const size_t len = strlen(text);

    return len > strlen(suffix) && strcmp(text + len - strlen(suffix), suffix) == 0;
}

/* ---- what is to be sent ---- */

/*
 * A body from the options. Its source is what was given, without the day that is
 * filled in: the same command tomorrow is still the same complaint.
 */
static int content_of_options(const struct griev *griev, struct submission *submission)
{
    json_t *body = json_object();
    char today[16];
    int code = options_to_body(griev, body);
    char *given = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);

    spool_hash(span_of(given), submission->source);
    free(given);
    if (code == EXIT_OK && !json_object_get(body, "class"))
        json_object_set_new(body, "class", json_string("CX"));
    if (code == EXIT_OK && !json_object_get(body, "received_on")) {
        const struct thai_date date = griev_today();

        snprintf(today, sizeof today, "%04d-%02d-%02d", date.year, date.month, date.day);
        json_object_set_new(body, "received_on", json_string(today));
    }
    if (code == EXIT_OK) {
        char *text = json_dumps(body, JSON_INDENT(1));

        submission->content = memory_copy(span_of(text));
        free(text);
    }
    json_decref(body);
    return code;
}

/* What the person gave, and the hash it is known by. */
static int read_content(const struct griev *griev, struct submission *submission)
{
    if (griev->operand_count == 0)
        return content_of_options(griev, submission);
    if (!files_read_text(griev->operands[0], CONTENT_BYTES_MAX, &submission->content))
        return errno == EFBIG
                   ? griev_fail(griev, EXIT_REFUSED, griev->operands[0], TOO_LONG)
                   : system_trouble(griev, griev->operands[0], SAY("อ่านไม่ได้", "cannot be read"));
    spool_hash(submission->content, submission->source);
    return EXIT_OK;
}

/* The text with a member "id" put in front of the others, the rest byte for byte as it was. */
static struct span add_id(struct span content, const char *id, bool only_member)
{
    const char *brace = memchr(content.data, '{', content.len);
    const int before = (int)(brace + 1 - content.data);
    char *completed = memory_printf("%.*s\"id\":\"%s\"%s%.*s", before, content.data, id,
                                    only_member ? "" : ",", (int)content.len - before, brace + 1);

    return span_of(completed);
}

/* The final bytes: the content, with the id where it brings none. */
static int complete(const struct griev *griev, struct submission *submission, struct span *ret_body)
{
    struct spool *spool = &submission->spool;
    struct json_trouble trouble;
    char thai[WORDS_BYTES];
    json_t *object;

    if (!json_read_object(submission->content, &object, &trouble)) {
        fprintf(stderr, "%s:", griev->content_name);
        if (trouble.line > 0)
            fprintf(stderr, "%d:%d:", trouble.line, trouble.column);
        fprintf(stderr, " %s\n", print_text(&griev->print, fault_clause(trouble.reason, thai)));
        return griev_fail(griev, EXIT_REFUSED, NULL,
                          SAY("เนื้อหาไม่ใช่ JSON ที่ถูกต้อง ยังไม่ได้ส่ง",
                              "the content is not valid JSON; nothing was sent"));
    }
    const json_t *id = json_object_get(object, "id");
    int code = EXIT_OK;
    if (id && (!json_is_string(id) || json_string_length(id) != SPOOL_ID_CHARS)) {
        fault_print(griev, "/id", fault_slug(FAULT_FORMAT), NULL);
        code = griev_fail(griev, EXIT_REFUSED, NULL,
                          SAY("ยังไม่ได้ส่ง แก้ไขแล้วสั่งใหม่", "nothing was sent: correct it"));
    } else if (id) {
        memcpy(spool->id, json_string_value(id), sizeof spool->id);
        *ret_body = memory_copy(submission->content);
    } else if (spool->id[0] || spool_new_id(spool->id)) {
        *ret_body = add_id(submission->content, spool->id, json_object_size(object) == 0);
    } else {
        code = system_trouble(griev, "getrandom", SAY("ขอเลขสุ่มไม่ได้", "gives no random numbers"));
    }
    json_decref(object);
    return code;
}

/* The same check that the server makes, without what only the register knows. */
static int check(const struct griev *griev, const char *id, struct span body)
{
    struct arena *arena = arena_new(CHECK_ARENA_BYTES);
    struct json_trouble trouble;
    struct complaint complaint;
    struct faults faults = {0};
    json_t *object = NULL;

    const bool good =
        arena && json_read_object(body, &object, &trouble) &&
        complaint_read(&complaint, &faults, arena, span_of(id), body, object, NULL, griev_today());
    for (size_t i = 0; !good && i < faults.count; i++)
        fault_print(griev, faults.list[i].pointer, fault_slug(faults.list[i].kind), NULL);
    json_decref(object);
    arena_free(arena);
    if (good && body.len <= LIMIT_JSON_BODY_BYTES)
        return EXIT_OK;
    if (body.len > LIMIT_JSON_BODY_BYTES || faults.count == 0)
        return griev_fail(griev, EXIT_REFUSED, griev->content_name, TOO_LONG);
    return griev_fail(
        griev, EXIT_REFUSED, griev->content_name,
        SAY("ยังไม่ได้ส่ง แก้ไขแล้วสั่งใหม่", "nothing was sent: correct this, then run it again"));
}

/* ---- the spool ---- */

static int find_spool(const struct griev *griev, struct submission *submission)
{
    switch (spool_read(submission->path, &submission->spool)) {
    case SPOOL_OK:
        submission->found = true;
        submission->doubt = submission->spool.state == SPOOL_SENT;
        return EXIT_OK;
    case SPOOL_NONE:
        return EXIT_OK;
    case SPOOL_BROKEN:
        return griev_fail(griev, EXIT_LOCAL, submission->path,
                          SAY("เสียหาย จึงไม่ใช้ ตรวจในทะเบียนก่อนลบ",
                              "is damaged and is not used: see with griev list whether the "
                              "complaint arrived before you remove it"));
    case SPOOL_SYSTEM:
        break;
    }
    return system_trouble(griev, submission->path, SAY("อ่านไม่ได้", "cannot be read"));
}

static char *spool_path(const struct griev *griev, const struct submission *submission)
{
    return submission->beside_file
               ? memory_printf("%s" SPOOL_SUFFIX, griev->operands[0])
               : griev_kept_path(griev, "spool", submission->source, SPOOL_SUFFIX);
}

/* Where the content and its spool are, and what is there already. */
static int open_submission(struct griev *griev, struct submission *submission)
{
    const char *operand = griev->operand_count > 0 ? griev->operands[0] : NULL;

    if (operand && has_suffix(operand, SPOOL_SUFFIX)) {
        submission->is_spool = true;
        submission->beside_file = true;
        submission->path = memory_printf("%s", operand);
        const int code = find_spool(griev, submission);
        if (code == EXIT_OK && !submission->found)
            return griev_fail(griev, EXIT_LOCAL, operand, SAY("ไม่มีแฟ้มนี้", "there is no such file"));
        return code;
    }

    const int code = read_content(griev, submission);
    if (code != EXIT_OK)
        return code;
    submission->beside_file = operand && strcmp(operand, "-") != 0;
    submission->path = spool_path(griev, submission);
    return submission->path ? find_spool(griev, submission) : EXIT_LOCAL;
}

/* The file changed since its spool was written, and what that holds may be in the register. */
static int refuse_changed(const struct griev *griev, const struct submission *submission)
{
    if (submission->spool.state == SPOOL_ACCEPTED)
        return griev_fail(griev, EXIT_LOCAL, griev->operands[0],
                          SAY("ถูกแก้ไขหลังจากรับเรื่องแล้ว เรื่องใหม่ให้ใช้แฟ้มชื่อใหม่",
                              "was changed after it was accepted: save another complaint under "
                              "another name"));
    return griev_fail(griev, EXIT_LOCAL, submission->path,
                      SAY("เก็บเนื้อหาเดิมที่อาจส่งถึงแล้ว ให้สั่ง griev submit กับแฟ้มนี้ก่อน",
                          "keeps an earlier text that may have arrived: run griev submit on this "
                          "file first"));
}

/* Make the bytes to be sent, check them, and put them on disk. */
static int write_spool(const struct griev *griev, struct submission *submission)
{
    struct spool *spool = &submission->spool;
    struct span body = {0};
    int code = complete(griev, submission, &body);

    if (code == EXIT_OK)
        code = check(griev, spool->id, body);
    if (code != EXIT_OK || !spool_new_nonce(spool->nonce)) {
        memory_free_span(&body);
        return code != EXIT_OK ? code : EXIT_LOCAL;
    }
    memory_free_span(&spool->body);
    memory_free_span(&spool->answer);
    spool->state = SPOOL_SENT;
    spool->body = body;
    memcpy(spool->source, submission->source, sizeof spool->source);
    code = complainant_seal(griev, spool);
    if (code == EXIT_OK)
        code = check(griev, spool->id, spool->body);
    if (code != EXIT_OK)
        return code;
    if (submission->found ? spool_replace(submission->path, spool)
                          : spool_create(submission->path, spool))
        return EXIT_OK;
    if (errno == EEXIST)
        return griev_fail(griev, EXIT_LOCAL, submission->path, BUSY);
    return system_trouble(griev, submission->path,
                          SAY("เขียนไม่ได้ จึงไม่ส่ง", "cannot be written, so nothing was sent"));
}

/* Send an open one again as it is; from now on it may have arrived. */
static int reopen(const struct griev *griev, struct submission *submission)
{
    if (submission->spool.state != SPOOL_OPEN)
        return EXIT_OK;
    submission->spool.state = SPOOL_SENT;
    if (spool_replace(submission->path, &submission->spool))
        return EXIT_OK;
    return system_trouble(griev, submission->path,
                          SAY("เขียนไม่ได้ จึงไม่ส่ง", "cannot be written, so nothing was sent"));
}

/* Have on disk what is to be sent. */
static int prepare(const struct griev *griev, struct submission *submission)
{
    const struct spool *spool = &submission->spool;

    if (submission->is_spool)
        return reopen(griev, submission);
    if (!submission->found)
        return write_spool(griev, submission);
    if (strcmp(spool->source, submission->source) == 0)
        return reopen(griev, submission);
    return spool->state == SPOOL_OPEN ? write_spool(griev, submission)
                                      : refuse_changed(griev, submission);
}

/* ---- the answer ---- */

void print_submitted(struct griev *griev, const json_t *answer)
{
    static const struct column columns[] = {
        {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
        {TEXT("รหัสติดตาม", "Tracking code"), "track", CELL_CODE, NULL},
        {TEXT("สถานะ", "State"), "state", CELL_CODE, "state"},
        {TEXT("ส่งไปยัง", "Route"), "route", CELL_CODE, NULL},
        {TEXT("รหัสเรื่อง", "Id"), "id", CELL_CODE, NULL},
    };

    print_fields(&griev->print, columns, sizeof columns / sizeof columns[0], answer);
}

/* Note in the spool what is now known. */
static void record(const struct griev *griev, struct submission *submission, enum spool_state state,
                   struct span answer)
{
    struct spool *spool = &submission->spool;

    memory_free_span(&spool->answer);
    spool->state = state;
    spool->answer = memory_copy(answer.len <= ANSWER_BYTES_MAX ? answer : SPAN(""));
    if (!spool_replace(submission->path, spool))
        system_trouble(griev, submission->path,
                       SAY("บันทึกคำตอบไม่ได้ แต่เครื่องแม่ข่ายตอบแล้ว",
                           "could not be updated, although the server has answered"));
}

/* The same; but what the client keeps for itself has done its work with an answer. */
static void settle(const struct griev *griev, struct submission *submission, enum spool_state state,
                   struct span answer)
{
    if (submission->beside_file)
        record(griev, submission, state, answer);
    else if (!files_remove(submission->path))
        system_trouble(griev, submission->path, SAY("ลบไม่ได้", "cannot be removed"));
}

/* The server is away, but an earlier run has its answer. */
static int print_kept_answer(struct griev *griev, const struct submission *submission)
{
    const struct span text = submission->spool.answer;
    json_t *answer = json_loadb(text.data, text.len, 0, NULL);

    if (griev->json != JSON_NOT)
        griev_print_json(griev, answer, text);
    else
        print_submitted(griev, answer);
    json_decref(answer);
    griev_note(griev, submission->path,
               SAY("รับเรื่องไว้แล้วก่อนหน้านี้ คำตอบข้างต้นมาจากแฟ้มนี้",
                   "it was accepted earlier; the answer above is from this file"));
    return EXIT_OK;
}

/* No answer, or none that says whether it is stored. */
static int conclude_away(struct griev *griev, struct submission *submission, int code)
{
    if (submission->spool.state == SPOOL_ACCEPTED)
        return print_kept_answer(griev, submission);
    if (submission->doubt)
        code = EXIT_UNKNOWN; /* of an earlier run */
    else if (code == EXIT_UNAVAILABLE)
        record(griev, submission, SPOOL_OPEN, SPAN(""));
    griev_note(
        griev, submission->path,
        SAY("เก็บไว้รอส่ง ให้สั่งคำสั่งเดิมซ้ำ", "it is kept here: run the same command again to send it"));
    return code;
}

/* True if the server itself has refused: else it was not asked, or has accepted without proof. */
static bool refused_by(const struct answer *answer)
{
    return answer->http.status >= 400;
}

/* An acceptance is one when its receipt proves it; until then the same bytes go out again. */
static int prove(struct griev *griev, const struct submission *submission, const json_t *answer)
{
    const int code = receipt_check(griev, &submission->spool, answer);

    if (code != EXIT_OK)
        griev_note(griev, submission->path,
                   SAY("ยังไม่ถือว่ารับเรื่อง เก็บแฟ้มนี้ไว้ แล้วสั่งคำสั่งเดิมซ้ำเมื่อแก้ไขแล้ว",
                       "is not taken for accepted: keep this file, and run the same command again "
                       "once that is settled"));
    return code;
}

/* Add a file by a path that leads to it from everywhere. */
static void add_copy(json_t *copies, const char *path)
{
    char *whole = realpath(path, NULL);

    if (whole)
        json_array_append_new(copies, json_string(whole));
    free(whole);
}

/* The files here that hold what was told; the caller's. */
static json_t *copies_of(const struct griev *griev, const struct submission *submission,
                         const char *beside)
{
    json_t *copies = json_array();
    const bool by_options = griev->operand_count == 0;

    if (beside) {
        add_copy(copies, beside);
        add_copy(copies, submission->path);
    }
    for (const struct option *option = griev->verb->options; by_options && option->name; option++) {
        if (option->kind == OPTION_FILE || option->kind == OPTION_JSON)
            add_copy(copies, option_text(griev, option->name));
    }
    return copies;
}

/* Keep the receipt, beside the file that the complaint came from if there is one. */
static void keep_receipt(const struct griev *griev, const struct submission *submission,
                         const json_t *answer)
{
    const size_t len = strlen(submission->path) - strlen(SPOOL_SUFFIX);
    char *beside =
        submission->beside_file ? memory_printf("%.*s", (int)len, submission->path) : NULL;

    json_t *copies = copies_of(griev, submission, beside);

    receipt_keep(griev, beside, copies, answer);
    json_decref(copies);
    free(beside);
}

static int conclude(struct griev *griev, struct submission *submission, int code,
                    const struct answer *answer)
{
    const struct span text = answer->http.body;
    const bool doubt = submission->doubt || answer->http.maybe_done;

    if (code == EXIT_UNAVAILABLE || code == EXIT_UNKNOWN)
        return conclude_away(griev, submission, code);
    if (code == EXIT_OK)
        code = prove(griev, submission, answer->json);
    if (code == EXIT_OK) {
        keep_receipt(griev, submission, answer->json);
        griev_print_answer(griev, answer);
        if (fflush(griev->print.out) == 0) /* else the file keeps what nobody has seen */
            settle(griev, submission, SPOOL_ACCEPTED, text);
    } else if (code == EXIT_LOCAL || (code == EXIT_FORBIDDEN && doubt) || !refused_by(answer)) {
        /* Says nothing of what an earlier attempt has done: it stays as it is. */
    } else if (submission->spool.state != SPOOL_ACCEPTED) {
        settle(griev, submission, SPOOL_OPEN, text);
    }
    return code;
}

static int send(struct griev *griev, struct submission *submission)
{
    const struct spool *spool = &submission->spool;
    char *target = memory_printf("/v1/complaints/%s", spool->id);
    const struct https_request request = {.method = "PUT",
                                          .target = target,
                                          .body = spool->body,
                                          .nonce = spool->nonce,
                                          .repeatable = true,
                                          .changes = true};
    struct answer answer;
    const int sent = griev_send(griev, &request, &answer);
    const int code = conclude(griev, submission, sent, &answer);

    answer_done(&answer);
    free(target);
    return code;
}

static bool mixes_file_and_options(const struct griev *griev)
{
    if (griev->operand_count == 0)
        return false;
    for (const struct option *option = griev->verb->options; option->name; option++) {
        if (json_object_get(griev->given, option->name))
            return true;
    }
    return false;
}

int run_submit(struct griev *griev)
{
    struct submission submission = {0};

    if (mixes_file_and_options(griev))
        return griev_fail(griev, EXIT_USAGE, griev->operands[0],
                          SAY("ใช้แฟ้ม หรือตัวเลือก อย่างใดอย่างหนึ่ง", "give a file or options, not both"));
    if (griev->operand_count == 0 && !option_text(griev, "narrative"))
        return griev_fail(griev, EXIT_USAGE, NULL,
                          SAY("ต้องมี FILE หรือ --narrative FILE (ดู griev help submit)",
                              "needs FILE, or --narrative FILE (see griev help submit)"));

    int code = open_submission(griev, &submission);
    griev->content_name = griev->operand_count > 0 && strcmp(griev->operands[0], "-") != 0
                              ? griev->operands[0]
                              : "complaint";
    griev->content = submission.is_spool ? submission.spool.body : submission.content;
    if (code == EXIT_OK)
        code = prepare(griev, &submission);
    if (code == EXIT_OK)
        code = send(griev, &submission);
    griev->content_name = NULL;
    griev->content = (struct span){0};
    submission_done(&submission);
    return code;
}
