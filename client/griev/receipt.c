#include "receipt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base64.h"
#include "core/complaint.h"
#include "core/hex.h"
#include "files.h"
#include "memory.h"
#include "prove.h"
#include "watch.h"

enum {
    CHECK_ARENA_BYTES = 4 * 1024 * 1024,
    RECEIPT_FILE_BYTES_MAX = 2 * LIMIT_RECEIPT_BYTES,
    ASIDE_MAX = 99, /* other receipts of one number */
};

#define RECEIPT_SUFFIX ".receipt"

static struct span member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value)
               ? (struct span){json_string_value(value), json_string_length(value)}
               : (struct span){0};
}

/* ---- checking ---- */

/* The commitment to what was sent, by this principal of that unit. */
static bool commit_of(const struct spool *spool, struct span unit, struct span name,
                      struct arena *arena, struct commit *ret_commit)
{
    uint8_t nonce[COMMIT_NONCE_BYTES], body[COMMIT_BYTES], identity[COMMIT_BYTES];
    struct json_trouble trouble;
    struct complaint complaint;
    struct faults faults = {0};
    json_t *object = NULL;

    const bool good = hex_decode(span_of(spool->nonce), nonce, sizeof nonce) &&
                      json_read_object(spool->body, &object, &trouble) &&
                      complaint_read(&complaint, &faults, arena, span_of(spool->id), spool->body,
                                     object, NULL, griev_today());
    if (good) {
        const struct span fields = complaint_clear_fields(&complaint, unit, name, arena);

        commit_hash(body, complaint.body);
        commit_hash(identity, complaint.complainant);
        commit_make(ret_commit, nonce, fields.data ? fields : SPAN(""), body, identity);
    }
    json_decref(object);
    return good;
}

/* True if the leaf commits to what was sent, and the answer's opening opens it. */
static bool is_ours(const struct spool *spool, const json_t *answer, const json_t *me,
                    const struct leaf *leaf)
{
    const struct span unit = member(json_object_get(me, "unit"), "code");
    const struct span name = member(me, "name");
    struct arena *arena = arena_new(CHECK_ARENA_BYTES);
    uint8_t opening[COMMIT_OPENING_BYTES];
    struct commit commit;
    size_t len;

    const bool good = arena && unit.data && name.data &&
                      commit_of(spool, unit, name, arena, &commit) && leaf->type == LEAF_ACCEPTED &&
                      memcmp(leaf->commit, commit.commit, COMMIT_BYTES) == 0 &&
                      base64_decode(member(answer, "opening"), opening, sizeof opening, &len) &&
                      len == sizeof opening && memcmp(opening, commit.salt_m, len) == 0;
    arena_free(arena);
    return good;
}

static int check(struct griev *griev, const struct verify_log *log, const struct spool *spool,
                 const json_t *answer)
{
    const struct span text = member(answer, "receipt");
    struct verify_receipt receipt;
    struct receipt parsed;
    struct answer me;

    if (!text.data)
        return griev_fail(griev, EXIT_REFUSED, griev->settings.url,
                          SAY("ไม่ให้ใบรับ ทั้งที่ตั้งกุญแจของบันทึกไว้ จึงยังไม่ถือว่ารับเรื่อง",
                              "gives no receipt, although the log's key is set: this is not taken "
                              "for an acceptance"));
    const enum verify_fault fault = verify_receipt(log, text, &receipt);
    if (fault != VERIFY_OK)
        return prove_refuse(griev, griev->settings.url, fault);
    int code = griev_get(griev, "/v1/me", &me);
    if (code == EXIT_OK && !is_ours(spool, answer, me.json, &receipt.leaf))
        code = griev_fail(griev, EXIT_CONFLICT, griev->settings.url,
                          SAY("ให้ใบรับของสิ่งอื่น ไม่ใช่เรื่องที่ส่ง แจ้งผู้ตรวจสอบ",
                              "gives a receipt for something else than what was sent: tell an "
                              "auditor"));
    answer_done(&me);
    if (code == EXIT_OK && receipt_parse(text, &parsed))
        code = watch_take(griev, log, parsed.checkpoint);
    return code;
}

int receipt_check(struct griev *griev, const struct spool *spool, const json_t *answer)
{
    struct prove_log log;

    if (griev->settings.log_key[0] == '\0')
        return EXIT_OK;
    const int code = prove_log_read(griev, &log);
    return code == EXIT_OK ? check(griev, &log.log, spool, answer) : code;
}

/* ---- keeping ---- */

/* Where the receipt of a number is: TH-50/2570/0001 is TH-50_2570_0001.json. */
static char *kept_path(const struct griev *griev, const char *ref)
{
    char *name = memory_printf("%s.json", ref);

    for (char *slash = strchr(name, '/'); slash; slash = strchr(slash, '/'))
        *slash = '_';
    char *path = name[0] == '.' ? NULL : griev_state_path(griev, "receipts", name);
    free(name);
    return path;
}

static void put(const struct griev *griev, const char *path, struct span text)
{
    if (files_replace(path, text))
        return;
    char *subject = memory_printf("%s: %s", path, strerror(errno));

    griev_note(griev, subject, SAY("เก็บใบรับไม่ได้", "the receipt could not be kept"));
    free(subject);
}

/* What is kept in a file; NULL if there is nothing, or nothing that can be read. The caller's. */
static json_t *kept_read(const char *path)
{
    struct span text;
    json_t *kept = NULL;

    if (files_read(path, RECEIPT_FILE_BYTES_MAX, &text)) {
        kept = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
        memory_free_span(&text);
    }
    return kept;
}

/* The file under another name as well, the first of PATH.1, PATH.2 … that is free; to be freed. */
static char *keep_aside(const char *path)
{
    for (int n = 1; n <= ASIDE_MAX; n++) {
        char *aside = memory_printf("%s.%d", path, n);

        if (link(path, aside) == 0)
            return aside;
        free(aside);
        if (errno != EEXIST)
            break;
    }
    return NULL;
}

/*
 * A receipt of the same number that says something else is evidence, of another register or of one
 * that was put back: it is never replaced. False, told, if it cannot be kept aside.
 */
static bool may_replace(const struct griev *griev, const char *path, const json_t *answer)
{
    json_t *kept = kept_read(path);
    const json_t *leaf = json_object_get(kept, "leaf");
    const bool other = leaf && !json_equal(leaf, json_object_get(answer, "leaf"));
    char *aside = other ? keep_aside(path) : NULL;

    json_decref(kept);
    if (other)
        griev_note(griev, aside ? aside : path,
                   SAY("เลขที่เดียวกันเคยมีใบรับของสิ่งอื่น ยังเก็บไว้ที่นี่ ให้แจ้งผู้ตรวจสอบ",
                       "an earlier receipt of this number says something else, and stays here: "
                       "tell an auditor"));
    const bool may = !other || aside;
    free(aside);
    return may;
}

void receipt_keep(const struct griev *griev, const char *beside, json_t *copies,
                  const json_t *answer)
{
    const struct span receipt = member(answer, "receipt");
    const char *ref = json_string_value(json_object_get(answer, "ref"));
    char *path = receipt.data && ref ? kept_path(griev, ref) : NULL;

    if (path) {
        json_t *kept = json_pack(
            "{s:O*, s:O*, s:O*, s:O*, s:O}", "index", json_object_get(answer, "index"), "leaf",
            json_object_get(answer, "leaf"), "opening", json_object_get(answer, "opening"),
            "receipt", json_object_get(answer, "receipt"), "copies", copies);
        char *text = json_dumps(kept, JSON_INDENT(1));

        if (may_replace(griev, path, answer))
            put(griev, path, span_of(text));
        free(text);
        json_decref(kept);
    }
    free(path);
    if (receipt.data && beside) {
        char *file = memory_printf("%s" RECEIPT_SUFFIX, beside);

        put(griev, file, receipt);
        free(file);
    }
}

/* ---- what was erased ---- */

void receipt_tell_erased(const struct griev *griev, const json_t *row)
{
    const char *ref = json_string_value(json_object_get(row, "ref"));
    const json_t *erased_at = json_object_get(row, "erased_at");
    char *path = ref && erased_at && griev->settings.state[0] ? kept_path(griev, ref) : NULL;
    json_t *kept = path ? kept_read(path) : NULL;
    char *at = erased_at ? print_value(&griev->print, CELL_TIME, erased_at) : NULL;
    char *th = memory_printf("เนื้อหาของ %s ถูกลบแล้วเมื่อ %s ให้ลบแฟ้มนี้", ref ? ref : "", at ? at : "");
    char *en = memory_printf("%s was erased at %s: delete this copy", ref ? ref : "", at ? at : "");
    size_t i;
    json_t *copy;

    json_array_foreach(json_object_get(kept, "copies"), i, copy)
    {
        if (json_is_string(copy) && access(json_string_value(copy), F_OK) == 0)
            griev_note(griev, json_string_value(copy), SAY(th, en));
    }
    free(th);
    free(en);
    free(at);
    free(path);
    json_decref(kept);
}

/* ---- griev receipt ---- */

/* True if the person has heard what it means, and wants it all the same. */
static bool confirmed(const struct griev *griev)
{
    griev_note(
        griev, NULL,
        SAY("คำเตือน: ผู้ใดพบใบรับนี้กับผู้ร้องเรียน ย่อมรู้ว่าผู้นั้นร้องเรียนในเดือนนั้น "
            "โดยปกติให้เพียงรหัสติดตาม ให้ใบรับเมื่อผู้ร้องเรียนขอเอง",
            "warning: whoever finds this receipt on the complainant knows that he complained, "
            "and in which month. Normally he gets the tracking code only; give this when he "
            "asks for it himself"));
    char *line = griev_ask(
        griev, SAY("ผู้ร้องเรียนขอใบรับ (พิมพ์ ใช่):", "the complainant asks for it (type yes):"));
    const bool yes = line && (strcmp(line, "yes") == 0 || strcmp(line, "ใช่") == 0);

    free(line);
    return yes;
}

static int print_receipt(struct griev *griev, const json_t *kept)
{
    const struct span receipt = member(kept, "receipt");

    if (option_flag(griev, "for-complainant")) {
        if (!confirmed(griev))
            return griev_fail(griev, EXIT_REFUSED, NULL, SAY("ไม่ได้พิมพ์", "nothing was printed"));
        fwrite(receipt.data, 1, receipt.len, griev->print.out);
    } else if (griev->json != JSON_NOT) {
        griev_print_json(griev, kept, (struct span){0});
    } else {
        fwrite(receipt.data, 1, receipt.len, griev->print.out);
    }
    return EXIT_OK;
}

int run_receipt(struct griev *griev)
{
    int code = griev_configure(griev);
    char *path = code == EXIT_OK ? kept_path(griev, griev->operands[0]) : NULL;

    if (!path)
        return code != EXIT_OK ? code : EXIT_LOCAL;
    json_t *kept = kept_read(path);
    if (member(kept, "receipt").data) {
        code = print_receipt(griev, kept);
    } else if (access(path, F_OK) == 0) {
        code = griev_fail(griev, EXIT_LOCAL, path, SAY("เสียหาย", "is damaged"));
    } else {
        code =
            griev_fail(griev, EXIT_NOT_FOUND, path,
                       SAY("ไม่มีใบรับในเครื่องนี้ ให้สั่ง griev submit กับแฟ้มเดิมอีกครั้ง",
                           "is not here: the receipt was kept where the complaint was submitted; "
                           "griev submit of the same file brings it again"));
    }
    json_decref(kept);
    free(path);
    return code;
}
