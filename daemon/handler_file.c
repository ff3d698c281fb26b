/*
 * Attachments, up and down, a chunk at a time (request.h).
 *
 *     up    begin ─▶ [a chunk: hash, seal, store] … ─▶ commit, and only now it is there
 *     down  open  ─▶ [a chunk: read, open, hash] … ─▶ the last one only if all is as acknowledged
 *
 * One chunk is in hand at a time, in buffers that lie in the request's arena and are used again
 * for the next: so a file of any size costs the same. While the database has a chunk, nothing is
 * read from the peer; while the peer does not read, nothing is asked of the database.
 */
#include <assert.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/base64.h"
#include "core/commit.h"
#include "core/complaint.h"
#include "core/filetype.h"
#include "core/hex.h"
#include "core/refusal.h"
#include "handler.h"
#include "ledger.h"
#include "log.h"
#include "metrics.h"
#include "route.h"
#include "sealer.h"
#include "texts.h"

enum {
    UUID_CHARS = 36,
    PLACE_CHARS = sizeof "file:20:" + UUID_CHARS,
    FIELDS_BYTES = 256, /* of M; ids, a number and a principal's name */
    SALT_HEX_CHARS = 2 * COMMIT_BYTES,
};

/* What both directions have in hand. */
struct file {
    struct request *request;
    uint8_t case_id[SEAL_ID_BYTES];
    char id[UUID_CHARS + 1]; /* of the letter; the same as text */
    char event_id[UUID_CHARS + 1];
    char attachment[UUID_CHARS + 1]; /* its rows; "" when what comes is only compared */
    char name[PLACE_CHARS];          /* of its envelope */
    struct seal_place place;
    uint8_t dek[SEAL_KEY_BYTES];
    struct suite_hasher *hasher;
    uint32_t counter; /* of the chunk in hand */
    uint8_t *plain;   /* SEAL_CHUNK_BYTES */
    uint8_t *sealed;  /* SEAL_SEALED_CHUNK_BYTES_MAX */
    LIST_ENTRY(file) link;
};

/* The files that are on their way through this worker. */
static _Thread_local LIST_HEAD(, file) transfers;

/* ERR_NONE, or why not one more is let through for somebody. */
static enum err transfers_full(const char *actor)
{
    size_t all = 0, his = 0;
    const struct file *file;

    LIST_FOREACH(file, &transfers, link)
    {
        all++;
        his += strcmp(file->request->actor, actor) == 0;
    }
    if (all >= LIMIT_TRANSFERS)
        return ERR_UNAVAILABLE;
    return his >= LIMIT_TRANSFERS_OF_ONE ? ERR_TOO_MANY : ERR_NONE;
}

/* --- the beginning and the end --- */

/* Refused, and answered, when there are too many; whoever makes one ends it with file_end(). */
static bool file_begin(struct file *file, struct request *request)
{
    struct arena *arena = request->arena;

    *file = (struct file){.request = request};
    const enum err full = transfers_full(request->actor);
    if (full != ERR_NONE) {
        request_problem(request, full, refusal_text(REFUSAL_FILES_TOO_MANY), NULL);
        return false;
    }
    file->plain = arena_alloc(arena, SEAL_CHUNK_BYTES);
    file->sealed = arena_alloc(arena, SEAL_SEALED_CHUNK_BYTES_MAX);
    if (!file->plain || !file->sealed) {
        request_problem(request, ERR_UNAVAILABLE, NULL, NULL);
        return false;
    }
    file->hasher = suite_hasher_new();
    LIST_INSERT_HEAD(&transfers, file, link);
    metric_add(METRIC_TRANSFERS, 1);
    return true;
}

/* The request is still to be answered; what was opened is wiped with its arena. */
static struct request *file_end(struct file *file)
{
    suite_hasher_free(file->hasher);
    OPENSSL_cleanse(file->dek, sizeof file->dek);
    LIST_REMOVE(file, link);
    metric_add(METRIC_TRANSFERS, -1);
    return file->request;
}

/* Call a function of schema api for the request; params is taken over. */
static void call(struct file *file, enum route_lane lane, const char *function, json_t *params,
                 struct span body, store_call_fn *fn)
{
    const struct request *request = file->request;
    char *text = params ? json_dumps(params, JSON_COMPACT) : NULL;

    if (!text)
        abort();
    store_call(handler_context()->store, lane, function, span_of(request->actor), span_of(text),
               body, fn, file);
    free(text);
    json_decref(params);
}

/* A parameter of the path as a JSON string. */
static json_t *path_param(const struct request *request, size_t i)
{
    const struct span value = request->path_params[i].value;

    return json_stringn(value.data, value.len);
}

static bool read_uuid(const json_t *object, const char *key, char ret_uuid[static UUID_CHARS + 1])
{
    const char *text = json_string_value(json_object_get(object, key));
    uint8_t bytes[SEAL_ID_BYTES];

    if (!text || !uuid_parse(span_of(text), bytes))
        return false;
    uuid_print(bytes, ret_uuid);
    return true;
}

/* Where the file is sealed, as begin and open answer it. False if they do not say. */
static bool read_place(struct file *file, const json_t *object, enum keys_route *ret_route)
{
    const char *route = json_string_value(json_object_get(object, "route"));
    const struct span n = file->request->path_params[1].value;

    if (!read_uuid(object, "id", file->id) || !read_uuid(object, "event_id", file->event_id) ||
        !route || !keys_route_find(span_of(route), ret_route) || n.len > 2)
        return false;
    if (json_object_get(object, "attachment") && !read_uuid(object, "attachment", file->attachment))
        return false;
    uuid_parse(span_of(file->id), file->case_id);
    snprintf(file->name, sizeof file->name, "file:%.*s:%s", (int)n.len, n.data, file->event_id);
    file->place = sealer_place(handler_context()->sealer, file->case_id, span_of(file->name));
    return true;
}

/* --- up --- */

struct upload {
    struct file file;
    struct span file_name;
    enum keys_route route;
    struct span wraps;
    const char *type;
    size_t plain_len;
    uint64_t received; /* bytes, of the request's content_length */
    char *text;        /* {"chunk":"…"} */
};

/* True once all of its bytes are here. */
static bool is_whole(const struct upload *upload)
{
    return upload->received == upload->file.request->head.content_length;
}

static const char chunk_before[] = "{\"chunk\":\"", chunk_after[] = "\"}";
enum {
    CHUNK_TEXT_BYTES =
        sizeof chunk_before + BASE64_CHARS(SEAL_SEALED_CHUNK_BYTES_MAX) + sizeof chunk_after
};

static void ignore_answer(void *arg, const struct store_answer *answer)
{
    (void)arg;
    (void)answer;
}

/* It will not become whole: what has arrived goes now, or with a later sweep. */
static struct request *upload_drop(struct upload *upload)
{
    const struct request *request = upload->file.request;
    struct store *store = handler_context()->store; /* NULL where connections are cut at the end */

    if (upload->file.attachment[0] && store) {
        char params[64];
        const int len =
            snprintf(params, sizeof params, "{\"attachment\":\"%s\"}", upload->file.attachment);

        store_call(store, LANE_UPLOAD, "attachment_drop", span_of(request->actor),
                   (struct span){params, (size_t)len}, (struct span){NULL, 0}, ignore_answer, NULL);
    }
    return file_end(&upload->file);
}

static void upload_refuse(struct upload *upload, enum err err, const char *detail)
{
    request_problem(upload_drop(upload), err, detail, NULL);
}

static void upload_broken(struct request *request, enum err why)
{
    upload_refuse(request->stream_arg, why, NULL);
}

static void upload_added(void *arg, const struct store_answer *answer)
{
    struct upload *upload = arg;
    const bool comparing = !upload->file.attachment[0];

    if (comparing && answer->err == ERR_CONFLICT)
        upload_refuse(upload, ERR_CONFLICT, refusal_text(REFUSAL_FILE_NUMBER_TAKEN));
    else if (answer->err == ERR_NONE && !comparing && answer->status == 200)
        handler_answer(upload_drop(upload), answer); /* another arrival of it was first */
    else if (answer->err == ERR_NONE || answer->err == ERR_OUTCOME_UNKNOWN)
        handler_answer(file_end(&upload->file), answer);
    else
        handler_answer(upload_drop(upload), answer);
}

/* What binds it: the letter, the number, the sender, and the bytes. */
static void upload_commit(const struct upload *upload, struct commit *ret_commit)
{
    const struct file *file = &upload->file;
    const struct span n = file->request->path_params[1].value;
    uint8_t hash[COMMIT_BYTES], event_id[COMMIT_ID_BYTES];
    char fields[FIELDS_BYTES];

    suite_hasher_run(file->hasher, hash, NULL, 0);
    uuid_parse(span_of(file->event_id), event_id);
    const int len =
        snprintf(fields, sizeof fields, "v=1\nroute=attachment_add\nid=%s\nn=%.*s\nactor=%s\n",
                 file->id, (int)n.len, n.data, file->request->actor);
    assert(len > 0 && (size_t)len < sizeof fields);
    intake_commit(handler_context()->intake, (struct span){fields, (size_t)len}, event_id, hash,
                  ret_commit);
}

static json_t *upload_text(struct upload *upload, const char *member, struct span text)
{
    const struct file *file = &upload->file;
    struct texts_place place = {.route = upload->route};

    memcpy(place.case_id, file->case_id, sizeof place.case_id);
    return texts_seal_one(handler_context()->sealer, file->request->arena, &place, file->event_id,
                          member, text);
}

/* What the register is told of it, as JSON; NULL if memory is out. */
static char *upload_body(struct upload *upload, const struct commit *commit)
{
    struct arena *arena = upload->file.request->arena;
    char salt[SALT_HEX_CHARS];

    hex_encode(salt, commit->salt_b, sizeof commit->salt_b);
    json_t *body =
        json_pack("{s:i, s:I, s:s, s:o, s:o, s:o, s:o}", "chunks", (int)upload->file.counter,
                  "size", (json_int_t)upload->received, "type", upload->type, "wraps",
                  texts_base64(arena, upload->wraps), "opening",
                  texts_base64(arena, span_of_bytes(commit->salt_m, COMMIT_OPENING_BYTES)), "name",
                  upload_text(upload, "name", upload->file_name), "salt",
                  upload_text(upload, "salt", (struct span){salt, sizeof salt}));
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

    json_decref(body);
    return text;
}

static void upload_finish(struct upload *upload)
{
    struct file *file = &upload->file;
    struct commit commit;
    char hex[2 * COMMIT_BYTES];

    upload_commit(upload, &commit);
    hex_encode(hex, commit.commit, sizeof commit.commit);
    char *body = file->attachment[0] ? upload_body(upload, &commit) : strdup("{}");
    json_t *params = json_pack(
        "{s:o, s:o, s:s, s:s, s:s, s:s%}", "id", path_param(file->request, 0), "n",
        path_param(file->request, 1), "event_id", file->event_id, "sealed_for",
        keys_route_name(upload->route), "attachment", file->attachment, "commit", hex, sizeof hex);

    OPENSSL_cleanse(&commit, sizeof commit);
    if (!body) {
        json_decref(params);
        upload_refuse(upload, ERR_UNAVAILABLE, NULL);
        return;
    }
    call(file, file->request->route->lane, file->request->route->function, params, span_of(body),
         upload_added);
    free(body);
}

/* The chunk in hand is dealt with: the next, or the end. */
static void upload_next(struct upload *upload)
{
    struct request *request = upload->file.request;

    upload->file.counter++;
    upload->plain_len = 0;
    if (is_whole(upload))
        upload_finish(upload);
    else
        request_receive(request, SEAL_CHUNK_BYTES);
}

static void upload_stored(void *arg, const struct store_answer *answer)
{
    struct upload *upload = arg;

    if (answer->err == ERR_NONE)
        upload_next(upload);
    else
        handler_answer(upload_drop(upload), answer);
}

static void upload_store(struct upload *upload, struct span chunk)
{
    struct file *file = &upload->file;
    char *at = upload->text;
    struct span sealed;

    seal_chunk(&file->place, file->dek, file->counter, is_whole(upload), chunk, file->sealed,
               &sealed);
    suite_forget();
    memcpy(at, chunk_before, sizeof chunk_before - 1);
    at = base64_encode(at + sizeof chunk_before - 1, sealed);
    memcpy(at, chunk_after, sizeof chunk_after - 1);
    at += sizeof chunk_after - 1;
    call(file, LANE_UPLOAD, "attachment_chunk_add",
         json_pack("{s:s, s:i}", "attachment", file->attachment, "counter", (int)file->counter),
         (struct span){upload->text, (size_t)(at - upload->text)}, upload_stored);
}

static void upload_take(struct request *request, struct span piece)
{
    struct upload *upload = request->stream_arg;
    struct file *file = &upload->file;

    assert(piece.len <= SEAL_CHUNK_BYTES - upload->plain_len);
    memcpy(file->plain + upload->plain_len, piece.data, piece.len);
    upload->plain_len += piece.len;
    upload->received += piece.len;
    if (upload->plain_len < SEAL_CHUNK_BYTES && !is_whole(upload))
        return;

    const struct span chunk = span_of_bytes(file->plain, upload->plain_len);
    suite_hasher_add(file->hasher, chunk);
    if (file->counter == 0)
        upload->type = filetype_of(chunk);
    if (file->attachment[0])
        upload_store(upload, chunk);
    else
        upload_next(upload);
}

static const struct request_stream upload_stream = {.take = upload_take, .broken = upload_broken};

/* Of a number that is taken: whether the bytes can be the same at all. */
static bool size_fits(const struct request *request, const json_t *size)
{
    return !size || (uint64_t)json_integer_value(size) == request->head.content_length;
}

static void upload_begun(void *arg, const struct store_answer *answer)
{
    struct upload *upload = arg;
    struct file *file = &upload->file;
    struct request *request = file->request;
    struct json_trouble trouble;
    json_t *object = NULL;

    if (answer->err != ERR_NONE) {
        handler_answer(file_end(file), answer);
        return;
    }
    const bool good = json_read_object(answer->body, &object, &trouble) &&
                      read_place(file, object, &upload->route);
    const bool fits = size_fits(request, json_object_get(object, "size"));

    json_decref(object);
    if (!good) {
        upload_refuse(upload, ERR_INTERNAL, NULL);
    } else if (!fits) {
        upload_refuse(upload, ERR_CONFLICT, refusal_text(REFUSAL_FILE_NUMBER_TAKEN));
    } else if (!sealer_make_key(handler_context()->sealer, request->arena, &file->place,
                                upload->route, file->dek, &upload->wraps)) {
        upload_refuse(upload, ERR_UNAVAILABLE, NULL);
    } else {
        request_receive(request, SEAL_CHUNK_BYTES);
    }
}

/* A name that is one: of a file, not of a folder or a way out of one. */
static bool is_file_name(struct span name)
{
    return name.len > 0 && name.len <= LIMIT_FILE_NAME_BYTES && !span_eq(name, SPAN(".")) &&
           !span_eq(name, SPAN("..")) && !memchr(name.data, '/', name.len) &&
           !memchr(name.data, '\\', name.len);
}

/* What comes beside the bytes, in the head; NULL, or what is wrong with it. */
static const char *read_upload_head(struct upload *upload)
{
    struct request *request = upload->file.request;
    struct span event_id, encoded;
    uint8_t id[COMMIT_ID_BYTES];

    if (!handler_field(request, SPAN("Griev-Event-Id"), &event_id) || !event_id.data ||
        !uuid_parse(event_id, id))
        return refusal_text(REFUSAL_EVENT_ID);
    uuid_print(id, upload->file.event_id);
    if (!handler_field(request, SPAN("Griev-File-Name"), &encoded) || !encoded.data)
        return refusal_text(REFUSAL_FILE_NAME);
    char *buffer = arena_alloc(request->arena, encoded.len + 1);
    if (!buffer || !http1_decode(encoded, buffer, encoded.len + 1, &upload->file_name) ||
        !is_file_name(upload->file_name))
        return refusal_text(REFUSAL_FILE_NAME_BYTES);
    return NULL;
}

void handle_attach(struct request *request)
{
    struct upload *upload = arena_alloc(request->arena, sizeof *upload);

    if (!handler_may_write(request))
        return;
    if (!upload || request->head.content_length == 0) {
        request_problem(request, upload ? ERR_INVALID : ERR_UNAVAILABLE,
                        upload ? refusal_text(REFUSAL_FILE_EMPTY) : NULL, NULL);
        return;
    }
    *upload = (struct upload){.text = arena_alloc(request->arena, CHUNK_TEXT_BYTES)};
    if (!upload->text) {
        request_problem(request, ERR_UNAVAILABLE, NULL, NULL);
        return;
    }
    if (!file_begin(&upload->file, request))
        return;
    const char *trouble = read_upload_head(upload);
    if (trouble) {
        upload_refuse(upload, ERR_BAD_REQUEST, trouble);
        return;
    }
    request->stream = &upload_stream;
    request->stream_arg = upload;
    call(&upload->file, LANE_UPLOAD, "attachment_begin",
         json_pack("{s:o, s:o, s:s}", "id", path_param(request, 0), "n", path_param(request, 1),
                   "event_id", upload->file.event_id),
         (struct span){NULL, 0}, upload_begun);
}

/* --- down --- */

struct download {
    struct file file;
    const char *ref, *type;
    struct span file_name, part_b;
    uint8_t salt_b[COMMIT_BYTES];
    uint64_t size, opened; /* bytes: of the file, and opened so far */
    uint64_t version;
    uint32_t chunks;
    struct span piece; /* opened and not handed over yet */
    bool begun;        /* its head is out: what goes wrong now can only be cut */
};

static void download_broken(struct request *request, enum err why)
{
    struct download *download = request->stream_arg;

    request_problem(file_end(&download->file), why, NULL, NULL);
}

/* What is stored is not what was acknowledged. */
static void download_refuse(struct download *download, const char *why)
{
    struct request *request = file_end(&download->file);

    if (download->begun) {
        handler_note_refused(request, download->ref, why);
        request_cut(request);
    } else {
        handler_refuse_opened(request, download->ref, why);
    }
}

static void download_read(struct download *download);

/* The peer has what was sent. */
static void download_more(struct request *request)
{
    struct download *download = request->stream_arg;
    const struct span piece = download->piece;
    const bool head_only = span_eq(request->head.method, SPAN("HEAD"));

    download->piece = (struct span){NULL, 0};
    if (head_only || (piece.len == 0 && download->file.counter == download->chunks))
        request_reply_end(file_end(&download->file));
    else if (piece.len > 0)
        request_reply_piece(request, piece);
    else
        download_read(download);
}

static const struct request_stream download_stream = {.more = download_more,
                                                      .broken = download_broken};

/* salt_B and the hash of all that was opened give part_B, and nothing is missing. */
static bool is_as_acknowledged(struct download *download)
{
    uint8_t hash[COMMIT_BYTES], part[COMMIT_BYTES];

    suite_hasher_run(download->file.hasher, hash, NULL, 0);
    commit_part(part, COMMIT_PART_B, download->salt_b, hash);
    return download->opened == download->size &&
           span_eq(download->part_b, span_of_bytes(part, sizeof part));
}

/* Open a chunk; NULL, or why not. The last one is held against the commitment first. */
static const char *open_chunk(struct download *download, struct span base64)
{
    struct file *file = &download->file;
    struct span opened;
    bool last;
    size_t len;

    if (!base64_decode(base64, file->sealed, SEAL_SEALED_CHUNK_BYTES_MAX, &len))
        return seal_fault_text(SEAL_MALFORMED);
    const enum seal_fault fault =
        seal_open_chunk(&file->place, file->dek, file->counter, span_of_bytes(file->sealed, len),
                        file->plain, &opened, &last);
    suite_forget();
    if (fault != SEAL_OK)
        return seal_fault_text(fault);
    if (last != (file->counter + 1 == download->chunks))
        return seal_fault_text(SEAL_CHUNK_ORDER);
    suite_hasher_add(file->hasher, opened);
    download->opened += opened.len;
    download->piece = opened;
    file->counter++;
    return !last || is_as_acknowledged(download) ? NULL : "it is not what the commitment binds";
}

static void download_chunk(void *arg, const struct store_answer *answer)
{
    struct download *download = arg;
    struct request *request = download->file.request;

    if (answer->err != ERR_NONE) {
        file_end(&download->file);
        if (download->begun)
            request_cut(request);
        else
            handler_answer(request, answer);
        return;
    }
    const char *trouble = open_chunk(download, answer->body);
    if (trouble) {
        download_refuse(download, trouble);
    } else if (download->begun) {
        download_more(request);
    } else {
        download->begun = true;
        request_reply_begin(request,
                            &(const struct reply){.status = 200,
                                                  .content_type = download->type,
                                                  .version = download->version,
                                                  .file_name = download->file_name},
                            download->size);
    }
}

static void download_read(struct download *download)
{
    struct file *file = &download->file;

    call(file, LANE_READ, "attachment_chunk_read",
         json_pack("{s:o, s:s, s:i}", "id", path_param(file->request, 0), "attachment",
                   file->attachment, "counter", (int)file->counter),
         (struct span){NULL, 0}, download_chunk);
}

static const char *kept_string(struct arena *arena, const json_t *object, const char *key)
{
    return arena_copy(arena, span_of(json_string_value(json_object_get(object, key)))).data;
}

/* What the register says of it; false if it does not fit together. */
static bool read_opened(struct download *download, const json_t *object)
{
    struct arena *arena = download->file.request->arena;
    const json_int_t size = json_integer_value(json_object_get(object, "size"));
    const json_int_t chunks = json_integer_value(json_object_get(object, "chunks"));
    enum keys_route route;

    download->ref = kept_string(arena, object, "ref");
    download->type = kept_string(arena, object, "type");
    download->part_b = texts_bytes(arena, object, "part_b");
    download->size = (uint64_t)size;
    download->chunks = (uint32_t)chunks;
    return size > 0 && size <= LIMIT_ATTACHMENT_BYTES && chunks > 0 && download->ref &&
           download->type && download->part_b.data && read_place(&download->file, object, &route);
}

/* The key, the name and the salt, out of their envelopes. */
static enum seal_fault open_envelopes(struct download *download, const json_t *object)
{
    struct file *file = &download->file;
    struct arena *arena = file->request->arena;
    const struct sealer *sealer = handler_context()->sealer;
    const struct span wraps = texts_bytes(arena, object, "wraps");
    struct span salt;

    enum seal_fault fault = sealer_open_key(sealer, &file->place, wraps, file->dek);
    if (fault == SEAL_OK)
        fault = texts_open(sealer, arena, file->case_id, file->event_id, "name",
                           json_object_get(object, "name"), &download->file_name);
    if (fault == SEAL_OK)
        fault = texts_open(sealer, arena, file->case_id, file->event_id, "salt",
                           json_object_get(object, "salt"), &salt);
    if (fault == SEAL_OK && (!is_file_name(download->file_name) ||
                             !hex_decode(salt, download->salt_b, sizeof download->salt_b)))
        fault = SEAL_MALFORMED;
    return fault;
}

static void download_opened(void *arg, const struct store_answer *answer)
{
    struct download *download = arg;
    struct json_trouble trouble;
    json_t *object = NULL;

    if (answer->err != ERR_NONE) {
        handler_answer(file_end(&download->file), answer);
        return;
    }
    if (!json_read_object(answer->body, &object, &trouble)) {
        request_problem(file_end(&download->file), ERR_INTERNAL, NULL, NULL);
        return;
    }
    download->version = answer->version;
    if (answer->status != 200) {
        handler_refuse_elsewhere(file_end(&download->file), object);
    } else if (!read_opened(download, object)) {
        request_problem(file_end(&download->file), ERR_INTERNAL, NULL, NULL);
    } else {
        const enum seal_fault fault = open_envelopes(download, object);

        if (handler_context()->ledger)
            ledger_nudge(handler_context()->ledger);
        if (fault != SEAL_OK)
            download_refuse(download, seal_fault_text(fault));
        else
            download_read(download);
    }
    json_decref(object);
}

void handle_fetch(struct request *request)
{
    struct download *download = arena_alloc(request->arena, sizeof *download);

    if (!handler_may_write(request))
        return;
    if (!download) {
        request_problem(request, ERR_UNAVAILABLE, NULL, NULL);
        return;
    }
    *download = (struct download){0};
    if (!file_begin(&download->file, request))
        return;
    request->stream = &download_stream;
    request->stream_arg = download;
    call(&download->file, request->route->lane, request->route->function,
         json_pack("{s:o, s:o, s:o}", "id", path_param(request, 0), "n", path_param(request, 1),
                   "opens", handler_opens()),
         (struct span){NULL, 0}, download_opened);
}
