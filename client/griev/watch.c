#include "watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base64.h"
#include "files.h"
#include "memory.h"
#include "prove.h"
#include "spool.h"

enum {
    LAGS_MAX = 10, /* a daemon beside the one that answered before may be a moment behind */
    LAG_MS = 200,
};

/* ---- what is kept ---- */

/* The kept checkpoint's file, or, for evidence, the one beside it; NULL, told, if there is none. */
static char *kept_path(const struct griev *griev, const struct verify_log *log, const char *suffix)
{
    char key[NOTE_KEY_TEXT_MAX], hash[SPOOL_HEX_CHARS + 1];

    note_verifier_print(log->key, key);
    spool_hash(span_of(key), hash); /* wherever it is served: it is one log */
    char *name = memory_printf("%s%s", hash, suffix);
    char *path = griev_state_path(griev, "log", name);

    free(name);
    return path;
}

static void remember(struct griev *griev, struct span note)
{
    const size_t len = BASE64_CHARS(note.len);

    free(griev->checkpoint);
    griev->checkpoint = memory_new(len + 1);
    base64_encode(griev->checkpoint, note);
}

const char *watch_header(const struct griev *griev)
{
    return griev->checkpoint;
}

static int trouble(const struct griev *griev, const char *path, struct text text)
{
    char *subject = memory_printf("%s: %s", path, strerror(errno));

    griev_fail(griev, EXIT_LOCAL, subject, text);
    free(subject);
    return EXIT_LOCAL;
}

/* The kept note, owned; empty if nothing is kept yet. */
static int read_kept(const struct griev *griev, const struct verify_log *log, const char *path,
                     struct span *ret_note, struct checkpoint *ret_checkpoint)
{
    *ret_note = (struct span){0};
    *ret_checkpoint = (struct checkpoint){0};
    if (!files_read(path, LIMIT_NOTE_BYTES, ret_note))
        return errno == ENOENT ? EXIT_OK : trouble(griev, path, SAY("อ่านไม่ได้", "cannot be read"));
    const enum verify_fault fault = verify_checkpoint(log, *ret_note, ret_checkpoint);
    if (fault == VERIFY_OK)
        return EXIT_OK;
    memory_free_span(ret_note);
    return prove_refuse(griev, path, fault);
}

/* ---- a contradiction ---- */

static void tell_evidence(const struct griev *griev, const char *kept, const char *other)
{
    griev_note(griev, kept,
               SAY("บันทึกของทะเบียนขัดกับที่เคยแสดงไว้ในแฟ้มนี้",
                   "the register's log contradicts what it showed before, which this file keeps"));
    griev_note(griev, other, SAY("คือที่แสดงครั้งนี้", "is what it shows now"));
    griev_note(griev, NULL,
               SAY("หยุดแล้ว ไม่ส่งสิ่งใด เก็บทั้งสองแฟ้มไว้ แจ้งผู้ตรวจสอบและหน่วยงานอื่นที่ส่งเรื่อง "
                   "เมื่อตรวจสอบแล้วจึงลบแฟ้มหลัง",
                   "stopped: nothing is sent. Keep both files, tell an auditor and other offices; "
                   "once it is settled, remove the second file"));
}

static int contradicted(const struct griev *griev, const struct verify_log *log, const char *kept,
                        struct span note)
{
    char *other = kept_path(griev, log, ".conflict");

    if (other && note.len > 0 && !files_replace(other, note))
        trouble(griev, other, SAY("เขียนไม่ได้", "cannot be written"));
    if (other)
        tell_evidence(griev, kept, other);
    free(other);
    return EXIT_CONFLICT;
}

/* An earlier run stopped, and nobody has settled it. */
static int check_unsettled(const struct griev *griev, const struct verify_log *log,
                           const char *kept)
{
    char *other = kept_path(griev, log, ".conflict");
    struct span note;

    if (!other)
        return EXIT_LOCAL;
    const bool there = files_read(other, LIMIT_NOTE_BYTES, &note);
    if (there) {
        memory_free_span(&note);
        tell_evidence(griev, kept, other);
    }
    free(other);
    return there ? EXIT_CONFLICT : EXIT_OK;
}

/* ---- asking ---- */

/* What the server says, once; told only by who needs it. The JSON is the caller's. */
static json_t *ask(struct griev *griev, const char *target, int *ret_status)
{
    const struct https_request request = {.method = "GET", .target = target, .repeatable = true};
    struct https_answer answer;

    https_send(griev->https, &request, &answer);
    *ret_status = answer.result == HTTPS_ANSWERED ? answer.status : 0;
    json_t *json = *ret_status == 200
                       ? json_loadb(answer.body.data, answer.body.len, JSON_REJECT_DUPLICATES, NULL)
                       : NULL;
    https_answer_done(&answer);
    return json;
}

static bool read_hashes(const json_t *list, struct merkle_hash *ret_hashes, size_t *ret_count)
{
    size_t i, len;
    const json_t *item;

    if (!json_is_array(list) || json_array_size(list) > MERKLE_CONSISTENCY_MAX)
        return false;
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item) ||
            !base64_decode((struct span){json_string_value(item), json_string_length(item)},
                           ret_hashes[i].bytes, sizeof ret_hashes[i].bytes, &len) ||
            len != sizeof ret_hashes[i].bytes)
            return false;
    }
    *ret_count = json_array_size(list);
    return true;
}

/* Does the later tree hold the earlier one? By the server's proof, checked here. */
static enum verify_fault compare(struct griev *griev, const struct checkpoint *old,
                                 const struct checkpoint *new, bool *ret_asked)
{
    struct merkle_hash proof[MERKLE_CONSISTENCY_MAX] = {{{0}}};
    size_t count = 0;
    int status;

    *ret_asked = true;
    if (old->size == new->size || old->size == 0)
        return old->size == 0 && new->size > 0 ? VERIFY_OK : verify_consistency(old, new, proof, 0);
    char *target = memory_printf("/log/consistency/%llu/%llu", (unsigned long long)old->size,
                                 (unsigned long long)new->size);
    json_t *answer = ask(griev, target, &status);
    const bool good = read_hashes(json_object_get(answer, "consistency"), proof, &count);

    json_decref(answer);
    free(target);
    *ret_asked = status == 200 && good;
    return verify_consistency(old, new, proof, count);
}

static int no_proof(const struct griev *griev)
{
    return griev_fail(griev, EXIT_UNAVAILABLE, griev->settings.url,
                      SAY("ไม่แสดงหลักฐานว่าบันทึกไม่ถูกแก้ไข ลองใหม่ภายหลัง",
                          "gives no proof that its log still holds what it showed before: try "
                          "again"));
}

/* Hold a verified checkpoint against the kept one, and keep the larger. */
static int hold(struct griev *griev, const struct verify_log *log, const char *path,
                struct span note)
{
    struct checkpoint seen, kept;
    struct span kept_note;
    bool asked;
    int code = read_kept(griev, log, path, &kept_note, &kept);

    if (code != EXIT_OK)
        return code;
    const bool verified = verify_checkpoint(log, note, &seen) == VERIFY_OK;
    if (!verified) {
        code = EXIT_REFUSED;
    } else if (kept_note.len > 0) {
        const bool grown = seen.size >= kept.size;
        const enum verify_fault fault =
            grown ? compare(griev, &kept, &seen, &asked) : compare(griev, &seen, &kept, &asked);

        if (!asked)
            code = no_proof(griev);
        else if (fault != VERIFY_OK && !(kept.size == 0 && seen.size == 0))
            code = contradicted(griev, log, path, note);
    }
    if (code == EXIT_OK && (kept_note.len == 0 || seen.size > kept.size)) {
        if (!files_replace(path, note))
            code = trouble(griev, path, SAY("เขียนไม่ได้", "cannot be written"));
        remember(griev, note);
    } else if (kept_note.len > 0) {
        remember(griev, kept_note);
    }
    memory_free_span(&kept_note);
    return code;
}

int watch_take(struct griev *griev, const struct verify_log *log, struct span note)
{
    char *path = kept_path(griev, log, "");
    const int code = path ? hold(griev, log, path, note) : EXIT_LOCAL;

    free(path);
    return code;
}

/* ---- at each contact ---- */

/* The server's newest checkpoint, owned; empty: none to show now. *ret_gone: it has no log. */
static struct span ask_latest(struct griev *griev, uint64_t at_least, bool *ret_gone)
{
    const struct timespec pause = {.tv_nsec = LAG_MS * 1000000L};
    struct span note = {0};

    *ret_gone = false;
    for (int lag = 0; lag < LAGS_MAX; lag++) {
        int status;
        json_t *answer = ask(griev, "/log/latest", &status);
        const json_t *text = json_object_get(answer, "checkpoint");
        const uint64_t size = (uint64_t)json_integer_value(json_object_get(answer, "size"));

        memory_free_span(&note);
        if (json_is_string(text))
            note = memory_copy((struct span){json_string_value(text), json_string_length(text)});
        json_decref(answer);
        *ret_gone = status == 404;
        if (status != 200 || size >= at_least)
            break;
        nanosleep(&pause, NULL);
    }
    return note;
}

static int contact(struct griev *griev, const struct verify_log *log, const char *path)
{
    struct checkpoint kept, seen;
    struct span kept_note;
    bool gone;
    int code = read_kept(griev, log, path, &kept_note, &kept);

    if (code == EXIT_OK)
        code = check_unsettled(griev, log, path);
    if (code != EXIT_OK) {
        memory_free_span(&kept_note);
        return code;
    }
    struct span note = ask_latest(griev, kept.size, &gone);
    if (note.len > 0) {
        const enum verify_fault fault = verify_checkpoint(log, note, &seen);

        if (fault != VERIFY_OK)
            code = prove_refuse(griev, griev->settings.url, fault);
        else if (seen.size < kept.size) /* it had time enough to come to it */
            code = contradicted(griev, log, path, note);
        else
            code = hold(griev, log, path, note);
    } else if (gone && kept_note.len > 0) {
        code = griev_fail(griev, EXIT_CONFLICT, path,
                          SAY("ทะเบียนไม่มีบันทึกแล้ว ทั้งที่เคยแสดงไว้ในแฟ้มนี้ แจ้งผู้ตรวจสอบ",
                              "the register has no log any more, although it showed this: tell an "
                              "auditor"));
    } else if (kept_note.len > 0) { /* whatever is asked next says what is the matter */
        remember(griev, kept_note);
    }
    memory_free_span(&note);
    memory_free_span(&kept_note);
    return code;
}

int watch_contact(struct griev *griev)
{
    struct prove_log log;

    if (griev->settings.log_key[0] == '\0' || griev->settings.certificate[0] == '\0' ||
        griev->settings.state[0] == '\0')
        return EXIT_OK;
    int code = prove_log_read(griev, &log);
    if (code != EXIT_OK)
        return code;
    char *path = kept_path(griev, &log.log, "");
    code = path ? contact(griev, &log.log, path) : EXIT_LOCAL;
    free(path);
    return code;
}
