#include "handler.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>

#include "core/base64.h"
#include "core/commit.h"
#include "core/hex.h"
#include "core/refusal.h"
#include "core/text.h"
#include "gauges.h"
#include "kept.h"
#include "log.h"
#include "metrics.h"
#include "openapi.h"
#include "render.h"
#include "route.h"
#include "sealer.h"
#include "texts.h"

enum {
    METRICS_BYTES = 16 * 1024,
    RETRY_AFTER_S = 1,
    DETAIL_CHARS = 512, /* of a refusal with an address in it */
    NUMBER_CHARS = 12,
    TROUBLE_CHARS = 128, /* of the log */
};

static _Thread_local struct handler_context context;

void handler_set_context(const struct handler_context *worker_context)
{
    context = *worker_context;
}

const struct handler_context *handler_context(void)
{
    return &context;
}

/* --- may this request come in? --- */

/* What the local listener serves: no TLS there, so nobody has a name. */
static bool is_local(const struct route *route)
{
    return route->access == ACCESS_LOCAL || route->handle == handle_healthz ||
           route->handle == handle_readyz;
}

enum err handler_admit(struct request *request, bool local_listener, const char **ret_allow)
{
    const enum err err = route_match(request, ret_allow);

    if (err != ERR_NONE)
        return err;
    const struct route *route = request->route;

    if (local_listener ? !is_local(route) : route->access == ACCESS_LOCAL)
        return ERR_NOT_FOUND;
    if (route->access == ACCESS_CERTIFICATE && request->actor[0] == '\0')
        return ERR_NO_CERTIFICATE;
    return ERR_NONE;
}

void handler_dispatch(struct request *request)
{
    assert(request->route);
    request->route->handle(request);
}

bool handler_streams(const struct request *request)
{
    return request->route && request->route->handle == handle_attach;
}

/* --- what requests are made of --- */

bool handler_field(const struct request *request, struct span name, struct span *ret_value)
{
    struct span value = {NULL, 0};

    for (size_t i = 0; i < request->head.field_count; i++) {
        const struct http1_field *field = &request->head.fields[i];

        if (!span_eq_nocase(field->name, name))
            continue;
        if (value.data)
            return false;
        value = field->value;
    }
    *ret_value = value;
    return true;
}

/* The body as a JSON object, the caller's to json_decref(); NULL once answered with why not. */
static json_t *read_object(struct request *request)
{
    struct json_trouble trouble;
    json_t *object;

    if (json_read_object(request->body, &object, &trouble))
        return object;
    char detail[DETAIL_CHARS], line[NUMBER_CHARS], column[NUMBER_CHARS];
    const struct span reason = span_of(trouble.reason);

    snprintf(line, sizeof line, "%d", trouble.line);
    snprintf(column, sizeof column, "%d", trouble.column);
    if (trouble.line > 0)
        refusal_fill(REFUSAL_CONTENT_AT,
                     (struct span[REFUSAL_HOLES_MAX]){span_of(line), span_of(column), reason},
                     detail, sizeof detail);
    else
        refusal_fill(REFUSAL_CONTENT, (struct span[REFUSAL_HOLES_MAX]){reason}, detail,
                     sizeof detail);
    request_problem(request, ERR_BAD_REQUEST, detail, NULL);
    return NULL;
}

/* The version in If-Match: "7" (one strong entity tag) or 7. False if it is neither. */
static bool read_version(struct span value, struct span *ret_digits)
{
    unsigned long long version;

    if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"')
        value = (struct span){value.data + 1, value.len - 2};
    if (!span_to_u64(value, INT64_MAX, &version))
        return false;
    *ret_digits = value;
    return true;
}

static bool put_param(json_t *params, struct span name, struct span value)
{
    char key[64];

    return span_to_cstr(name, key, sizeof key) && !json_object_get(params, key) &&
           json_object_set_new(params, key, json_stringn(value.data, value.len)) == 0;
}

/*
 * Path and query parameters and If-Match in one object. They share it, so a query
 * may not use the name of another: false, and then the detail says what is wrong.
 */
static bool put_params(json_t *params, const struct request *request, const char **ret_detail)
{
    struct span if_match, digits;

    *ret_detail = refusal_text(REFUSAL_IF_MATCH);
    if (!handler_field(request, SPAN("If-Match"), &if_match))
        return false;
    if (if_match.data &&
        (!read_version(if_match, &digits) || !put_param(params, SPAN("if_match"), digits)))
        return false;
    *ret_detail = refusal_text(REFUSAL_QUERY_UNUSABLE);
    for (size_t i = 0; i < LIMIT_PATH_PARAMS && request->path_params[i].name.data; i++) {
        if (!put_param(params, request->path_params[i].name, request->path_params[i].value))
            return false;
    }
    for (size_t i = 0; i < request->query_count; i++) {
        if (span_eq(request->query_params[i].name, SPAN("if_match")) ||
            span_eq(request->query_params[i].name, SPAN("commit")) ||
            !put_param(params, request->query_params[i].name, request->query_params[i].value))
            return false;
    }
    return true;
}

/* What binds the request, where it changes something: its commitment, in hex. */
static bool put_commit(json_t *params, const struct request *request, const json_t *object)
{
    const char *text = json_string_value(json_object_get(object, "event_id"));
    uint8_t event_id[COMMIT_ID_BYTES] = {0}, commit[COMMIT_BYTES];
    char hex[2 * COMMIT_BYTES];

    if (request->route->lane != LANE_WRITE)
        return true;
    if (text && !uuid_parse(span_of(text), event_id))
        memset(event_id, 0, sizeof event_id); /* the function refuses it */
    intake_bind(context.intake, request, request->route->function, event_id, commit);
    hex_encode(hex, commit, sizeof commit);
    return put_param(params, SPAN("commit"), (struct span){hex, sizeof hex});
}

/*
 * The parameters as JSON text in the arena, with the request's commitment, and what `add` puts
 * there too (NULL: nothing); .data NULL once answered with why not.
 */
static struct span read_params(struct request *request, const json_t *object,
                               bool (*add)(json_t *params, const void *arg), const void *arg)
{
    const char *detail;
    struct span text = {NULL, 0};
    json_t *params = json_object();

    if (!params || !put_params(params, request, &detail) || !put_commit(params, request, object)) {
        request_problem(request, ERR_BAD_REQUEST, params ? detail : NULL, NULL);
        json_decref(params);
        return text;
    }
    char *dump = !add || add(params, arg) ? json_dumps(params, JSON_COMPACT) : NULL;

    if (dump)
        text = arena_copy(request->arena, span_of(dump));
    free(dump);
    json_decref(params);
    if (!text.data)
        request_problem(request, ERR_TOO_LARGE, NULL, NULL);
    return text;
}

/* --- nearly every route: one SQL function --- */

/* What anyone may read may be kept by whoever is on the way; the rest by nobody. */
static const char *cache_control(const struct request *request)
{
    return request->route->access == ACCESS_ANYONE && request->body.data == NULL
               ? "public, max-age=3600"
               : NULL;
}

void handler_answer(void *arg, const struct store_answer *answer)
{
    struct request *request = arg;
    const struct reply reply = {.status = answer->status,
                                .body = answer->body,
                                .version = answer->version,
                                .cache_control = cache_control(request)};

    if (answer->err == ERR_NONE) {
        if (request->route->lane == LANE_WRITE && context.ledger)
            ledger_nudge(context.ledger);
        request_reply(request, &reply);
        return;
    }
    /* What may not be seen and what does not exist are the same bytes, whoever says so. */
    const bool tell = answer->detail.data && answer->err != ERR_NOT_FOUND;
    request_refusal(request, answer->err,
                    tell ? arena_copy(request->arena, answer->detail).data : NULL,
                    tell ? answer->members : SPAN(""));
}

static bool is_get(const struct request *request)
{
    return strcmp(request->route->method, "GET") == 0;
}

/* The newest checkpoint that the client saw, as base64 of the note. False if it is none. */
static bool note_checkpoint(const struct request *request)
{
    uint8_t note[BASE64_BYTES(BASE64_CHARS(CHECKPOINT_NOTE_MAX))];
    struct span header;
    size_t len;

    if (!handler_field(request, SPAN("Griev-Checkpoint"), &header))
        return false;
    return !header.data || (base64_decode(header, note, sizeof note, &len) &&
                            ledger_seen(context.ledger, span_of_bytes(note, len), context.loop));
}

bool handler_may_write(struct request *request)
{
    char trouble[TROUBLE_CHARS];

    if (!context.ledger)
        return true;
    if (!note_checkpoint(request)) {
        request_problem(request, ERR_BAD_REQUEST, refusal_text(REFUSAL_CHECKPOINT), NULL);
        return false;
    }
    const enum err refusal = ledger_refusal(context.ledger);
    if (refusal == ERR_NONE)
        return true;
    ledger_trouble(context.ledger, trouble, sizeof trouble);
    request_problem(request, refusal, trouble, NULL);
    return false;
}

void handle_call_sql(struct request *request)
{
    const struct route *route = request->route;
    json_t *object = NULL; /* the body, well-formed; its bytes go as they came */

    if (route->lane == LANE_WRITE && !handler_may_write(request))
        return;
    if (!is_get(request) && !(object = read_object(request)))
        return;
    const struct span params = read_params(request, object, NULL, NULL);

    json_decref(object);
    if (params.data)
        store_call(context.store, route->lane, route->function, span_of(request->actor), params,
                   is_get(request) ? (struct span){NULL, 0} : request->body, handler_answer,
                   request);
}

/* --- a document, on paper --- */

typedef bool render_fn(const json_t *answer, const struct render_options *options,
                       struct span *ret_file);

/* ?lang=th|en, ?digits=arabic|thai, ?form=memo. False with what is wrong. */
static bool read_render_options(const struct request *request, struct render_options *ret_options,
                                const char **ret_detail)
{
    const struct span lang = request_query(request, "lang");
    const struct span digits = request_query(request, "digits");
    const struct span form = request_query(request, "form");

    *ret_detail = refusal_text(REFUSAL_LANG);
    if (lang.data && !span_eq(lang, SPAN("th")) && !span_eq(lang, SPAN("en")))
        return false;
    *ret_detail = refusal_text(REFUSAL_DIGITS);
    if (digits.data && !span_eq(digits, SPAN("arabic")) && !span_eq(digits, SPAN("thai")))
        return false;
    *ret_detail = refusal_text(REFUSAL_FORM);
    if (form.data && !span_eq(form, SPAN("memo")))
        return false;
    *ret_options = (struct render_options){
        .lang = span_eq(lang, SPAN("en")) ? RENDER_EN : RENDER_TH,
        .thai_digits = span_eq(digits, SPAN("thai")),
        .memo = form.data != NULL,
    };
    return true;
}

static void keep_answer(const struct request *request, const struct store_answer *answer);

static void reply_rendered(struct request *request, const struct store_answer *answer,
                           render_fn *render, const char *content_type)
{
    struct render_options options;
    const char *detail;
    struct span file;

    if (answer->err != ERR_NONE) {
        handler_answer(request, answer);
        return;
    }
    if (cache_control(request))
        keep_answer(request, answer);
    json_t *json = json_loadb(answer->body.data, answer->body.len, 0, NULL);
    const bool good =
        json && read_render_options(request, &options, &detail) && render(json, &options, &file);

    json_decref(json);
    if (!good) {
        request_problem(request, ERR_INTERNAL, NULL, NULL);
        return;
    }
    const struct reply reply = {.status = answer->status,
                                .content_type = content_type,
                                .cache_control = cache_control(request),
                                .body = file};

    request_reply(request, &reply);
    free((void *)file.data);
}

static void reply_html(void *arg, const struct store_answer *answer)
{
    reply_rendered(arg, answer, render_html, "text/html; charset=utf-8");
}

static void reply_csv(void *arg, const struct store_answer *answer)
{
    reply_rendered(arg, answer, render_csv, "text/csv; charset=utf-8");
}

static void reply_xlsx(void *arg, const struct store_answer *answer)
{
    reply_rendered(arg, answer, render_xlsx,
                   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
}

/* A public answer depends on its year and months only; anything else in a query is refused. */
static bool asks_what_is_public(const struct request *request)
{
    static const char *const known[] = {"months", "lang", "digits", "form"};

    for (size_t i = 0; i < request->query_count; i++) {
        size_t k = 0;

        while (k < sizeof known / sizeof known[0] &&
               !span_eq(request->query_params[i].name, span_of(known[k])))
            k++;
        if (k == sizeof known / sizeof known[0])
            return false;
    }
    return true;
}

/* What was published (months) is one row to read, and the next publication replaces it at once. */
static bool read_public_key(const struct request *request, char ret_key[static KEPT_KEY_CHARS + 1])
{
    const struct span year = request->path_params[0].value;

    return !request_query(request, "months").data && year.len > 0 && year.len <= 8 &&
           snprintf(ret_key, KEPT_KEY_CHARS + 1, "%s %.*s", request->route->function, (int)year.len,
                    year.data) <= KEPT_KEY_CHARS;
}

/* Keep what the database said, then answer with it in the form asked for. */
static void keep_answer(const struct request *request, const struct store_answer *answer)
{
    char key[KEPT_KEY_CHARS + 1];

    struct span kept;

    if (answer->err == ERR_NONE && read_public_key(request, key) &&
        !kept_find(key, request->started_ms, &kept))
        kept_put(key, answer->body, request->started_ms);
}

/* True if the request is one of anyone's and has been answered: by what is kept, or with a no. */
static bool reply_kept(struct request *request, store_call_fn *reply)
{
    char key[KEPT_KEY_CHARS + 1];
    struct store_answer answer = {.err = ERR_NONE, .status = 200};

    if (!cache_control(request))
        return false;
    if (!asks_what_is_public(request))
        request_problem(request, ERR_BAD_REQUEST, refusal_text(REFUSAL_QUERY_UNKNOWN), NULL);
    else if (read_public_key(request, key) && kept_find(key, request->started_ms, &answer.body))
        reply(request, &answer);
    else
        return false;
    return true;
}

static void ask_for_document(struct request *request, store_call_fn *reply)
{
    const struct route *route = request->route;
    struct render_options options;
    const char *detail;

    if (!read_render_options(request, &options, &detail)) {
        request_problem(request, ERR_BAD_REQUEST, detail, NULL);
        return;
    }
    if (reply_kept(request, reply))
        return;
    const struct span params = read_params(request, NULL, NULL, NULL);

    if (params.data)
        store_call(context.store, route->lane, route->function, span_of(request->actor), params,
                   (struct span){NULL, 0}, reply, request);
}

static void reply_json(void *arg, const struct store_answer *answer)
{
    if (cache_control(arg))
        keep_answer(arg, answer);
    handler_answer(arg, answer);
}

void handle_document(struct request *request)
{
    ask_for_document(request, reply_json);
}

void handle_html(struct request *request)
{
    ask_for_document(request, reply_html);
}

void handle_csv(struct request *request)
{
    ask_for_document(request, reply_csv);
}

void handle_xlsx(struct request *request)
{
    ask_for_document(request, reply_xlsx);
}

/* --- the few that need C --- */

/* Whoever opens a text compares it with what was acknowledged: salt_B ‖ B gives part_B. */
static bool is_committed(struct span text, struct span part_b)
{
    uint8_t hash[COMMIT_BYTES], part[COMMIT_BYTES];

    if (text.len < COMMIT_BYTES || part_b.len != COMMIT_BYTES)
        return false;
    commit_hash(hash, span_skip(text, COMMIT_BYTES));
    commit_part(part, COMMIT_PART_B, (const uint8_t *)text.data, hash);
    return memcmp(part, part_b.data, sizeof part) == 0;
}

void handler_note_refused(const struct request *request, const char *ref, const char *why)
{
    struct log_value number, clause;

    metric_add(METRIC_OPENINGS_REFUSED, 1);
    log_line(LOG_ERROR, "opening_refused request=%s ref=%s reason=%s", request->id,
             log_text(&number, ref), log_text(&clause, why));
}

void handler_refuse_opened(struct request *request, const char *ref, const char *why)
{
    handler_note_refused(request, ref, why);
    request_problem(request, ERR_INTERNAL, refusal_text(REFUSAL_TEXT_ALTERED), NULL);
}

/* One text of an event into the answer: {"event_id", "field", "text"}. False once answered. */
static bool open_event_text(struct request *request, const json_t *object, const json_t *told,
                            json_t *texts)
{
    const char *event_id = json_string_value(json_object_get(told, "event_id"));
    const char *told_by = json_string_value(json_object_get(told, "told_by"));
    const char *field = json_string_value(json_object_get(told, "field"));
    const char *id_text = json_string_value(json_object_get(object, "id"));
    uint8_t id[SEAL_ID_BYTES];
    struct span text;

    const enum seal_fault fault = event_id && told_by && field && uuid_parse(span_of(id_text), id)
                                      ? texts_open(context.sealer, request->arena, id, told_by,
                                                   field, json_object_get(told, "envelope"), &text)
                                      : SEAL_MALFORMED;
    if (fault != SEAL_OK) {
        handler_refuse_opened(request, json_string_value(json_object_get(object, "ref")),
                              seal_fault_text(fault));
        return false;
    }
    json_array_append_new(texts, json_pack("{s:s, s:s, s:s%}", "event_id", event_id, "field", field,
                                           "text", text.data, text.len));
    return true;
}

/* The texts of the case's events as JSON in the arena; .data NULL once answered with why not. */
static struct span open_event_texts(struct request *request, const json_t *object)
{
    const json_t *told = json_object_get(object, "texts");
    json_t *texts = json_array();
    struct span list = {NULL, 0};
    bool good = true;

    for (size_t i = 0; good && i < json_array_size(told); i++)
        good = open_event_text(request, object, json_array_get(told, i), texts);
    if (good) {
        char *dump = json_dumps(texts, JSON_COMPACT);

        list = dump ? arena_copy(request->arena, span_of(dump)) : list;
        if (dump)
            OPENSSL_cleanse(dump, strlen(dump));
        free(dump);
        if (!list.data)
            request_problem(request, ERR_TOO_LARGE, NULL, NULL);
    }
    json_decref(texts);
    return list;
}

/* {"id", "ref", "body", "texts"}: the body's bytes as they came. */
static void reply_opened(struct request *request, const json_t *object, uint64_t version,
                         struct span body)
{
    const struct span id = span_of(json_string_value(json_object_get(object, "id")));
    const struct span ref = span_of(json_string_value(json_object_get(object, "ref")));
    const struct span texts = open_event_texts(request, object);
    struct text text = {.size = 64 + id.len + TEXT_JSON_BYTES_MAX(ref.len) + body.len + texts.len};

    if (!texts.data)
        return;
    text.data = arena_alloc(request->arena, text.size);
    if (!text.data) {
        request_problem(request, ERR_TOO_LARGE, NULL, NULL);
        return;
    }
    text_put(&text, SPAN("{\"id\":"));
    text_put_json(&text, id);
    text_put(&text, SPAN(",\"ref\":"));
    text_put_json(&text, ref);
    text_put(&text, SPAN(",\"body\":"));
    text_put(&text, body);
    text_put(&text, SPAN(",\"texts\":"));
    text_put(&text, texts);
    text_put(&text, SPAN("}"));
    request_reply(request, &(const struct reply){
                               .status = 200, .version = version, .body = text_span(&text)});
}

static void open_body(struct request *request, const json_t *object, uint64_t version)
{
    struct arena *arena = request->arena;
    const char *ref = json_string_value(json_object_get(object, "ref"));
    const struct sealed sealed = {texts_bytes(arena, object, "body"),
                                  texts_bytes(arena, object, "wraps")};
    const struct span part_b = texts_bytes(arena, object, "part_b");
    const struct span id_text = span_of(json_string_value(json_object_get(object, "envelope_id")));
    uint8_t id[SEAL_ID_BYTES];
    struct span text;

    if (!sealed.content.data || !sealed.wraps.data || !uuid_parse(id_text, id)) {
        request_problem(request, ERR_INTERNAL, NULL, NULL);
        return;
    }
    const enum seal_fault fault =
        sealer_open(context.sealer, arena, id, SPAN("body"), &sealed, &text);

    if (fault != SEAL_OK)
        handler_refuse_opened(request, ref, seal_fault_text(fault));
    else if (!is_committed(text, part_b))
        handler_refuse_opened(request, ref, "it is not what the commitment binds");
    else
        reply_opened(request, object, version, span_skip(text, COMMIT_BYTES));
}

void handler_refuse_elsewhere(struct request *request, const json_t *object)
{
    const char *route_text = json_string_value(json_object_get(object, "route"));
    const char *instance = "";
    enum keys_route route;

    if (route_text && keys_route_find(span_of(route_text), &route))
        instance = sealer_keys(context.sealer)->groups[route].instance;
    char detail[DETAIL_CHARS];

    refusal_fill(instance[0] ? REFUSAL_ELSEWHERE_AT : REFUSAL_ELSEWHERE,
                 (struct span[REFUSAL_HOLES_MAX]){span_of(instance)}, detail, sizeof detail);
    request_problem(request, ERR_FORBIDDEN, detail, NULL);
}

static void open_answered(void *arg, const struct store_answer *answer)
{
    struct request *request = arg;
    struct json_trouble trouble;
    json_t *object;

    if (answer->err != ERR_NONE) {
        handler_answer(request, answer);
        return;
    }
    if (!json_read_object(answer->body, &object, &trouble)) {
        request_problem(request, ERR_INTERNAL, NULL, NULL);
        return;
    }
    if (answer->status == 200)
        open_body(request, object, answer->version);
    else
        handler_refuse_elsewhere(request, object);
    json_decref(object);
}

json_t *handler_opens(void)
{
    return keys_opens(sealer_keys(context.sealer));
}

/* As a parameter that no query can set. */
static bool put_opens(json_t *params, const void *arg)
{
    (void)arg;
    return json_object_set_new(params, "opens", handler_opens()) == 0;
}

void handle_open(struct request *request)
{
    if (!handler_may_write(request))
        return;
    json_t *object = read_object(request);

    if (!object)
        return;
    json_decref(object);
    const struct span params = read_params(request, NULL, put_opens, NULL);

    if (params.data)
        store_call(context.store, request->route->lane, request->route->function,
                   span_of(request->actor), params, request->body, open_answered, request);
}

/* --- an event with texts: first where it happens, then sealed, then as any other --- */

struct told {
    struct request *request;
    json_t *object;
    struct texts_place place;
};

static bool put_sealed_for(json_t *params, const void *arg)
{
    const struct told *told = arg;

    return json_object_set_new(params, "sealed_for",
                               json_string(keys_route_name(told->place.route))) == 0;
}

/* Answer a request whose texts are at fault. */
static void refuse_texts(struct request *request, const struct faults *faults, size_t bytes_max)
{
    char detail[DETAIL_CHARS], limit[NUMBER_CHARS];

    snprintf(limit, sizeof limit, "%zu", bytes_max);
    refusal_fill(REFUSAL_TEXT_BYTES, (struct span[REFUSAL_HOLES_MAX]){span_of(limit)}, detail,
                 sizeof detail);
    request_problem(request, ERR_INVALID, detail, faults);
}

/* Where and for whom, as sealing_place says. False if it does not. */
static bool read_sealing_place(const json_t *object, struct texts_place *ret_place)
{
    const char *id = json_string_value(json_object_get(object, "id"));
    const char *route = json_string_value(json_object_get(object, "route"));
    const json_t *number;
    size_t i;

    *ret_place = (struct texts_place){
        .custodians = json_is_true(json_object_get(object, "custodians")),
    };
    json_array_foreach(json_object_get(object, "without"), i, number)
    {
        if (ret_place->without.count < SEAL_CUSTODIANS_MAX)
            ret_place->without.numbers[ret_place->without.count++] =
                (uint16_t)json_integer_value(number);
    }
    return id && uuid_parse(span_of(id), ret_place->case_id) && route &&
           keys_route_find(span_of(route), &ret_place->route);
}

/* The request with its texts sealed, as JSON in the arena; .data NULL once answered. */
static struct span seal_told(struct told *told, const json_t *place)
{
    struct request *request = told->request;
    struct faults faults = {.count = 0};
    struct span text = {NULL, 0};

    if (!read_sealing_place(place, &told->place)) {
        request_problem(request, ERR_INTERNAL, NULL, NULL);
        return text;
    }
    if (told->place.custodians)
        texts_told(told->object, LIMIT_CUSTODIAN_TEXT_BYTES, &faults);
    if (faults.count > 0) {
        refuse_texts(request, &faults, LIMIT_CUSTODIAN_TEXT_BYTES);
        return text;
    }
    char *dump = texts_seal(context.sealer, request->arena, &told->place, told->object)
                     ? json_dumps(told->object, JSON_COMPACT)
                     : NULL;

    if (dump)
        text = arena_copy(request->arena, span_of(dump));
    free(dump);
    if (!text.data)
        request_problem(request, ERR_TOO_LARGE, NULL, NULL);
    return text;
}

static void place_answered(void *arg, const struct store_answer *answer)
{
    struct told *told = arg;
    struct request *request = told->request;
    json_t *object = told->object; /* with what is answered `told` is gone */
    struct json_trouble trouble;
    json_t *place = NULL;

    if (answer->err != ERR_NONE) {
        json_decref(object);
        handler_answer(request, answer);
        return;
    }
    if (!json_read_object(answer->body, &place, &trouble))
        place = json_object();
    const struct span body = seal_told(told, place);
    const struct span params =
        body.data ? read_params(request, object, put_sealed_for, told) : (struct span){0};

    json_decref(place);
    json_decref(object);
    if (params.data)
        store_call(context.store, request->route->lane, request->route->function,
                   span_of(request->actor), params, body, handler_answer, request);
}

/* Ask where its texts are sealed and for whom (sealing_place). Owns the object. */
static void ask_for_place(struct request *request, json_t *object)
{
    struct told *told = arena_alloc(request->arena, sizeof *told);
    const json_t *event_id = json_object_get(object, "event_id");
    json_t *asked = json_pack("{s:s, s:s%, s:O?}", "function", request->route->function, "id",
                              request->path_params[0].value.data, request->path_params[0].value.len,
                              "event_id", event_id);
    char *params = asked ? json_dumps(asked, JSON_COMPACT) : NULL;

    json_decref(asked);
    if (!told || !params) {
        free(params);
        json_decref(object);
        request_problem(request, ERR_BAD_REQUEST, NULL, NULL);
        return;
    }
    *told = (struct told){.request = request, .object = object};
    store_call(context.store, LANE_READ, "sealing_place", span_of(request->actor), span_of(params),
               (struct span){NULL, 0}, place_answered, told);
    free(params);
}

void handle_event(struct request *request)
{
    struct faults faults = {.count = 0};

    if (!handler_may_write(request))
        return;
    json_t *object = read_object(request);

    if (!object)
        return;
    const bool told = texts_told(object, LIMIT_NARRATIVE_BYTES, &faults);

    if (faults.count > 0) {
        json_decref(object);
        refuse_texts(request, &faults, LIMIT_NARRATIVE_BYTES);
    } else if (told) {
        ask_for_place(request, object);
    } else {
        json_decref(object);
        handle_call_sql(request);
    }
}

/*
 * The object that is submitted, the caller's to json_decref(), with the nonce that came with it
 * (*ret_nonce NULL: none) in nonce; NULL once answered with why nothing is taken.
 */
static json_t *read_submission(struct request *request, uint8_t nonce[static COMMIT_NONCE_BYTES],
                               const uint8_t **ret_nonce)
{
    struct span header;

    if (!handler_may_write(request))
        return NULL;
    if (!intake_accepts(context.intake)) {
        char trouble[TROUBLE_CHARS] = "";

        if (context.ledger)
            ledger_trouble(context.ledger, trouble, sizeof trouble);
        request_problem(request, ERR_UNAVAILABLE, trouble[0] ? trouble : NULL, NULL);
        return NULL;
    }
    if (!handler_field(request, SPAN("Griev-Nonce"), &header) ||
        (header.data && !hex_decode(header, nonce, COMMIT_NONCE_BYTES))) {
        request_problem(request, ERR_BAD_REQUEST, refusal_text(REFUSAL_NONCE), NULL);
        return NULL;
    }
    *ret_nonce = header.data ? nonce : NULL;
    return read_object(request);
}

void handle_submit(struct request *request)
{
    uint8_t bytes[COMMIT_NONCE_BYTES];
    const uint8_t *nonce;
    json_t *object = read_submission(request, bytes, &nonce);

    if (!object)
        return;
    intake_submit(context.intake, request, object, nonce, context.loop, context.sealer);
    json_decref(object);
}

/* No text leaves this: the register judges the readable fields and what they commit to. */
void handle_check(struct request *request)
{
    uint8_t bytes[COMMIT_NONCE_BYTES];
    const uint8_t *nonce;
    json_t *object = read_submission(request, bytes, &nonce);

    if (!object)
        return;
    const struct span fields =
        intake_describe(context.intake, request, object, nonce, context.sealer);

    json_decref(object);
    if (fields.data)
        store_call(context.store, request->route->lane, request->route->function,
                   span_of(request->actor), SPAN("{}"), fields, handler_answer, request);
}

/* {"track": "…"} and nothing else, as a hash. False, the request answered, if it is not that. */
static bool read_track(struct request *request, uint8_t ret_hash[static COMMIT_BYTES])
{
    struct faults faults = {.count = 0};
    json_t *object = read_object(request);

    if (!object)
        return false;
    const json_t *track = json_object_get(object, "track");

    if (!track)
        fault_add(&faults, FAULT_MISSING, "/track");
    else if (!json_is_string(track))
        fault_add(&faults, FAULT_TYPE, "/track");
    if (json_object_size(object) > (track ? 1U : 0U))
        fault_add(&faults, FAULT_UNKNOWN_KEY, "%s", "");
    const bool is_code =
        faults.count == 0 && commit_track_hash(ret_hash, (struct span){json_string_value(track),
                                                                       json_string_length(track)});

    json_decref(object);
    if (faults.count > 0)
        request_problem(request, ERR_INVALID, NULL, &faults);
    else if (!is_code)
        request_problem(request, ERR_NOT_FOUND, NULL, NULL); /* as any code not known */
    return is_code;
}

/* The code itself goes no further than this: the register knows its hash, the log nothing. */
void handle_track(struct request *request)
{
    uint8_t hash[COMMIT_BYTES];
    char hex[2 * COMMIT_BYTES + 1];

    if (!read_track(request, hash))
        return;
    hex_encode(hex, hash, sizeof hash);
    hex[2 * COMMIT_BYTES] = '\0';
    const struct span body = arena_printf(request->arena, "{\"track_hash\":\"%s\"}", hex);

    if (!body.data)
        request_problem(request, ERR_TOO_LARGE, NULL, NULL);
    else
        store_call(context.store, request->route->lane, request->route->function, SPAN(""),
                   SPAN("{}"), body, handler_answer, request);
}

void handle_healthz(struct request *request)
{
    const struct reply reply = {.status = 200, .body = SPAN("{\"status\":\"ok\"}")};

    request_reply(request, &reply);
}

void handle_readyz(struct request *request)
{
    const char *trouble = store_trouble(context.store);
    char ledger[TROUBLE_CHARS] = "";
    struct reply reply = {.status = 200, .body = SPAN("{\"status\":\"ok\"}")};

    if (context.ledger)
        ledger_trouble(context.ledger, ledger, sizeof ledger);
    if (!trouble[0])
        trouble = ledger;
    if (!trouble[0] && !intake_accepts(context.intake))
        trouble = "submissions are not accepted at this moment";
    if (trouble[0]) {
        reply.status = 503;
        reply.retry_after_s = RETRY_AFTER_S;
        reply.body =
            arena_printf(request->arena, "{\"status\":\"unavailable\",\"reason\":\"%s\"}", trouble);
    }
    request_reply(request, &reply);
}

void handle_metrics(struct request *request)
{
    gauges_refresh(context.store, request->started_ms);

    const struct span scores = gauges_text(request->started_ms);
    char *text = arena_alloc(request->arena, METRICS_BYTES + scores.len);
    const size_t len = text ? metrics_print(text, METRICS_BYTES) : 0;

    assert(len < METRICS_BYTES);
    if (text)
        memcpy(text + len, scores.data, scores.len);
    const struct reply reply = {
        .status = 200,
        .content_type = "text/plain; version=0.0.4; charset=utf-8",
        .body = {text, text ? len + scores.len : 0},
    };

    request_reply(request, &reply);
}

void handle_openapi(struct request *request)
{
    const struct reply reply = {
        .status = 200,
        .cache_control = "public, max-age=300",
        .body = {openapi_json, openapi_json_len},
    };

    request_reply(request, &reply);
}
