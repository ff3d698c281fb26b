/*
 * The verbs of attachments: attach, fetch.
 *
 * What is attached is remembered below the state folder by the case, the file's name and its
 * bytes: under which number and event_id it went. So the same command again sends the same request
 * for what did not arrive, and nothing for what did.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/http1.h"
#include "files.h"
#include "griev.h"
#include "memory.h"
#include "spool.h"

static int system_trouble(const struct griev *griev, const char *path, struct text text)
{
    char *subject = memory_printf("%s: %s", path, strerror(errno));

    griev_fail(griev, EXIT_LOCAL, subject, text);
    free(subject);
    return EXIT_LOCAL;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static void show_bytes(size_t done, size_t all)
{
    griev_progress(done / 1024, all / 1024 > 0 ? all / 1024 : 1, " KiB");
}

/* The case of the first operand, with what is attached to it; *ret_answer is the caller's. */
static int get_case(struct griev *griev, struct answer *ret_answer)
{
    char *encoded = https_encode(griev->operands[0]);
    char *target = memory_printf("/v1/complaints/%s", encoded);
    const int code = griev_get(griev, target, ret_answer);

    free(target);
    free(encoded);
    return code;
}

static char *target_of(const json_t *shown, json_int_t n)
{
    return memory_printf("/v1/complaints/%s/attachments/%" JSON_INTEGER_FORMAT,
                         json_string_value(json_object_get(shown, "id")), n);
}

static json_t *attachment_of(const json_t *shown, json_int_t n)
{
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(shown, "attachments"), i, item)
    {
        if (json_integer_value(json_object_get(item, "n")) == n)
            return item;
    }
    return NULL;
}

/* ---- attach ---- */

/* One file on its way to a case. */
struct sending {
    const char *path;
    const json_t *shown; /* the case */
    struct span content;
    struct spool spool; /* its event_id; its body is {"n": NUMBER} */
    char *spool_path;
    json_int_t n;
};

static int read_file(const struct griev *griev, struct sending *sending)
{
    if (!files_read(sending->path, LIMIT_ATTACHMENT_BYTES, &sending->content)) {
        if (errno == EFBIG)
            return griev_fail(griev, EXIT_REFUSED, sending->path,
                              SAY("ใหญ่เกิน 25 MiB", "is larger than 25 MiB"));
        return system_trouble(griev, sending->path, SAY("อ่านไม่ได้", "cannot be read"));
    }
    if (sending->content.len == 0)
        return griev_fail(griev, EXIT_REFUSED, sending->path, SAY("แฟ้มว่าง", "is empty"));
    return EXIT_OK;
}

/* Where it is remembered: by who sends, the case, the name and the bytes. */
static char *spool_path_of(const struct griev *griev, struct sending *sending)
{
    spool_hash(sending->content, sending->spool.source);
    char *what =
        memory_printf("%s\n%s\n%s", json_string_value(json_object_get(sending->shown, "id")),
                      base_name(sending->path), sending->spool.source);
    char *path = griev_kept_path(griev, "attached", what, "");

    free(what);
    return path;
}

/* The lowest number from `from` on that is not known to be taken; 0 if there is none. */
static json_int_t free_number(const json_t *shown, json_int_t from)
{
    for (json_int_t n = from; n <= LIMIT_ATTACHMENTS; n++) {
        if (!attachment_of(shown, n))
            return n;
    }
    return 0;
}

/* Keep the file under this number and a new event_id before anything is sent. */
static int keep_sending(const struct griev *griev, struct sending *sending, json_int_t n)
{
    char *body = memory_printf("{\"n\":%" JSON_INTEGER_FORMAT "}", n);
    struct spool *spool = &sending->spool;

    memory_free_span(&spool->body);
    spool->body = memory_copy(span_of(body));
    spool->state = SPOOL_SENT;
    sending->n = n;
    free(body);
    if (!spool_new_id(spool->id) || !spool_replace(sending->spool_path, spool))
        return system_trouble(griev, sending->spool_path, SAY("เขียนไม่ได้", "cannot be written"));
    return EXIT_OK;
}

/* What was kept by an earlier run. False if there was none. */
static bool find_sending(struct sending *sending)
{
    struct spool kept;

    if (spool_read(sending->spool_path, &kept) != SPOOL_OK)
        return false;
    json_t *body = json_loadb(kept.body.data, kept.body.len, 0, NULL);

    sending->spool = kept;
    sending->n = json_integer_value(json_object_get(body, "n"));
    json_decref(body);
    return sending->n > 0;
}

static int no_number(const struct griev *griev)
{
    return griev_fail(griev, EXIT_CONFLICT, NULL,
                      SAY("เรื่องนี้มีเอกสารแนบครบ 20 แฟ้มแล้ว", "the case has its twenty attachments"));
}

static bool is_taken(const struct answer *answer)
{
    const char *detail = json_string_value(json_object_get(answer->json, "detail"));

    return answer->http.status == 409 && detail &&
           strcmp(detail, "the number is taken by another file") == 0;
}

/*
 * Send it, and if the number is another's, whom we may not see, under the next one. An exit code;
 * *ret_answer is the caller's.
 */
static int send_file(struct griev *griev, struct sending *sending, struct answer *ret_answer)
{
    char *name = https_encode(base_name(sending->path));
    int code;

    for (;;) {
        char *target = target_of(sending->shown, sending->n);
        const struct https_request request = {.method = "PUT",
                                              .target = target,
                                              .body = sending->content,
                                              .is_file = true,
                                              .event_id = sending->spool.id,
                                              .file_name = name,
                                              .progress = show_bytes,
                                              .repeatable = true,
                                              .changes = true};

        code = griev_try(griev, &request, ret_answer);
        free(target);
        if (code != EXIT_OK || !is_taken(ret_answer))
            break;
        const json_int_t next = free_number(sending->shown, sending->n + 1);
        code = next > 0 ? keep_sending(griev, sending, next) : no_number(griev);
        if (code != EXIT_OK)
            break;
        answer_done(ret_answer);
    }
    free(name);
    return code == EXIT_OK ? griev_conclude(griev, ret_answer) : code;
}

/* Have it at the register, and a row about it in `rows`. */
static int put_file(struct griev *griev, struct sending *sending, json_t *rows)
{
    struct answer answer = {0};
    const json_t *there = NULL;
    int code = EXIT_OK;

    if (find_sending(sending)) {
        there = attachment_of(sending->shown, sending->n);
        const char *id = json_string_value(json_object_get(there, "event_id"));
        there = id && strcmp(id, sending->spool.id) == 0 ? there : NULL;
    } else {
        const json_int_t n = free_number(sending->shown, 1);

        code = n > 0 ? keep_sending(griev, sending, n) : no_number(griev);
    }
    if (code == EXIT_OK && !there)
        code = send_file(griev, sending, &answer);
    if (code == EXIT_OK) {
        const json_t *told = there ? there : answer.json;
        json_t *row = json_pack(
            "{s:s, s:I, s:O, s:O, s:O, s:b}", "file", sending->path, "n", sending->n, "event_id",
            json_object_get(told, "event_id"), "type", json_object_get(told, "type"), "size",
            json_object_get(told, "size"), "before", there != NULL || answer.http.status == 200);

        json_array_append_new(rows, row);
        json_array_append(json_object_get(sending->shown, "attachments"), row);
    }
    answer_done(&answer);
    return code;
}

static int attach_one(struct griev *griev, const char *path, const json_t *shown, json_t *rows)
{
    struct sending sending = {.path = path, .shown = shown};
    int code = read_file(griev, &sending);

    if (code == EXIT_OK) {
        sending.spool_path = spool_path_of(griev, &sending);
        code = sending.spool_path ? put_file(griev, &sending, rows) : EXIT_LOCAL;
    }
    spool_done(&sending.spool);
    free(sending.spool_path);
    memory_free_span(&sending.content);
    return code;
}

static void print_rows(struct griev *griev, const json_t *shown, json_t *rows)
{
    struct answer answer = {.json = json_pack("{s:O, s:O, s:O}", "id", json_object_get(shown, "id"),
                                              "ref", json_object_get(shown, "ref"), "items", rows)};

    griev_print_answer(griev, &answer);
    json_decref(answer.json);
}

int run_attach(struct griev *griev)
{
    struct answer before = {0};
    json_t *rows = json_array();
    int code = get_case(griev, &before);

    for (size_t i = 1; code == EXIT_OK && i < griev->operand_count; i++)
        code = attach_one(griev, griev->operands[i], before.json, rows);
    if (json_array_size(rows) > 0)
        print_rows(griev, before.json, rows);
    if (code != EXIT_OK && json_array_size(rows) > 0)
        griev_note(griev, NULL,
                   code == EXIT_UNAVAILABLE || code == EXIT_UNKNOWN
                       ? SAY("แฟ้มที่เหลือยังไม่ได้แนบ ให้สั่งคำสั่งเดิมซ้ำ",
                             "the other files are not attached yet: run the same command again")
                       : SAY("แฟ้มที่เหลือไม่ได้แนบ", "the other files are not attached"));
    json_decref(rows);
    answer_done(&before);
    return code;
}

/* ---- fetch ---- */

/*
 * The longest name that a file here gets, in bytes: a file system takes 255, and something comes
 * before or behind it while it is written.
 */
enum { LOCAL_NAME_BYTES = 200, LOCAL_SUFFIX_BYTES = 16 };

/* Cut out of a longer name what stands before its suffix, at a character's end. */
static struct span shortened(char *name, size_t len)
{
    const char *dot = memrchr(name, '.', len);
    size_t suffix = dot ? (size_t)(name + len - dot) : 0;

    if (len <= LOCAL_NAME_BYTES)
        return (struct span){name, len};
    if (suffix > LOCAL_SUFFIX_BYTES)
        suffix = 0;
    size_t stem = LOCAL_NAME_BYTES - suffix;

    while (stem > 0 && ((unsigned char)name[stem] & 0xC0) == 0x80)
        stem--;
    memmove(name + stem, name + len - suffix, suffix);
    return (struct span){name, stem + suffix};
}

/* The name that the file had, fit for a folder of ours; to be freed. */
static char *local_name(const struct https_answer *http, json_int_t n)
{
    char buffer[LIMIT_FILE_NAME_BYTES];
    struct span name;

    if (!http->file_name[0] ||
        !http1_decode(span_of(http->file_name), buffer, sizeof buffer, &name) || name.len == 0)
        return memory_printf("attachment-%" JSON_INTEGER_FORMAT, n);
    for (size_t i = 0; i < name.len; i++) {
        if (buffer[i] == '/' || buffer[i] == '\\' || (i == 0 && buffer[i] == '.'))
            buffer[i] = '_';
    }
    name = shortened(buffer, name.len);
    return memory_printf("%.*s", (int)name.len, name.data);
}

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* True if the file is there and has these bytes. */
static bool holds(const char *path, struct span content)
{
    struct span there;

    if (!files_read(path, LIMIT_ATTACHMENT_BYTES, &there))
        return false;
    const bool same = span_eq(there, content);

    memory_free_span(&there);
    return same;
}

/* Write it under that name, or, where another file has it, behind its number. */
static int write_file(const struct griev *griev, struct span content, char **path,
                      const char *folder, const char *name, json_int_t n)
{
    if (files_create(*path, content) || (errno == EEXIST && holds(*path, content)))
        return EXIT_OK;
    if (errno == EEXIST && folder) {
        free(*path);
        *path = memory_printf("%s/%" JSON_INTEGER_FORMAT "-%s", folder, n, name);
        if (files_create(*path, content) || (errno == EEXIST && holds(*path, content)))
            return EXIT_OK;
    }
    return system_trouble(griev, *path, SAY("เขียนไม่ได้", "cannot be written"));
}

static int fetch_one(struct griev *griev, const json_t *shown, const json_t *item, json_t *rows)
{
    const json_int_t n = json_integer_value(json_object_get(item, "n"));
    const char *output = option_text(griev, "output");
    const char *folder = !output ? "." : is_folder(output) ? output : NULL;
    struct answer answer = {0};
    char *target = target_of(shown, n);
    const struct https_request request = {.method = "GET",
                                          .target = target,
                                          .is_file = true,
                                          .progress = show_bytes,
                                          .repeatable = true};
    int code = griev_try(griev, &request, &answer);

    answer.is_file = true;
    if (code == EXIT_OK)
        code = griev_conclude(griev, &answer);
    if (code == EXIT_OK) {
        char *name = local_name(&answer.http, n);
        char *path = folder ? memory_printf("%s/%s", folder, name) : memory_printf("%s", output);

        code = write_file(griev, answer.http.body, &path, folder, name, n);
        if (code == EXIT_OK)
            json_array_append_new(rows, json_pack("{s:s, s:I, s:O, s:I}", "file", path, "n", n,
                                                  "type", json_object_get(item, "type"), "size",
                                                  (json_int_t)answer.http.body.len));
        free(path);
        free(name);
    }
    answer_done(&answer);
    free(target);
    return code;
}

/* Those that are asked for, of which one must be there: a new list. */
static json_t *asked_for(const struct griev *griev, const json_t *shown)
{
    if (griev->operand_count < 2)
        return json_deep_copy(json_object_get(shown, "attachments"));
    json_t *item = attachment_of(shown, strtoll(griev->operands[1], NULL, 10));

    return item ? json_pack("[O]", item) : json_array();
}

int run_fetch(struct griev *griev)
{
    const char *output = option_text(griev, "output");
    struct answer shown = {0};
    json_t *rows = json_array(), *items = NULL;
    int code = get_case(griev, &shown);
    size_t i;
    json_t *item;

    if (code == EXIT_OK) {
        items = asked_for(griev, shown.json);
        if (json_array_size(items) == 0)
            code = griev_fail(griev, EXIT_NOT_FOUND, griev->operands[griev->operand_count - 1],
                              SAY("ไม่มีเอกสารแนบนี้", "there is no such attachment"));
        else if (json_array_size(items) > 1 && output && !is_folder(output))
            code = griev_fail(griev, EXIT_USAGE, "--output",
                              SAY("ต้องเป็นโฟลเดอร์", "must be a folder for several files"));
    }
    json_array_foreach(items, i, item)
    {
        if (code == EXIT_OK)
            code = fetch_one(griev, shown.json, item, rows);
    }
    if (json_array_size(rows) > 0)
        print_rows(griev, shown.json, rows);
    json_decref(items);
    json_decref(rows);
    answer_done(&shown);
    return code;
}
