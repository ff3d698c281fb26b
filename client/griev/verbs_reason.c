/*
 * What waits for a custodian, with its reason: that lies sealed for each of them as well, and is
 * opened here, so that he can read it before he approves.
 */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base64_json.h"
#include "core/complaint.h"
#include "custodians.h"
#include "griev.h"
#include "memory.h"

/* The DEK of a text that was told to the custodians, by the wrap that is for our key. */
static enum seal_fault open_told_wrap(const struct suite_key *key, const struct seal_place *place,
                                      struct span list, uint8_t ret_dek[static SEAL_KEY_BYTES])
{
    uint8_t key_id[SEAL_KEY_ID_BYTES];
    struct span bytes;

    seal_key_id(key_id, suite_key_public(key));
    while (seal_list_take(&list, &bytes)) {
        struct seal_object object;

        if (seal_parse(bytes, &object) == SEAL_OK && object.kind == SEAL_WRAP &&
            memcmp(object.key_id, key_id, sizeof key_id) == 0)
            return seal_open_wrap(key, place, bytes, ret_dek);
    }
    return SEAL_KEY;
}

/* A reason that an event of the case told; NULL, the fault told, if its envelope does not open. */
static json_t *open_reason(const struct griev *griev, const struct suite_key *key, const char *id,
                           const char *event_id, const json_t *envelope)
{
    char *name = memory_printf("event:%s:reason", event_id ? event_id : "");
    struct seal_place place = {.origin = span_of(griev->settings.origin), .name = span_of(name)};
    struct span content = base64_json_bytes(envelope, "content"),
                wraps = base64_json_bytes(envelope, "wraps"), text;
    uint8_t *buffer = malloc(content.len + 1), dek[SEAL_KEY_BYTES];
    json_t *reason = NULL;

    if (!buffer)
        abort();
    enum seal_fault fault =
        id && uuid_parse(span_of(id), place.id) && seal_place_valid(&place) ? SEAL_OK : SEAL_ORIGIN;
    if (fault == SEAL_OK)
        fault = open_told_wrap(key, &place, wraps, dek);
    if (fault == SEAL_OK)
        fault = seal_open_content(&place, dek, content, buffer, &text);
    if (fault == SEAL_OK && !(reason = json_stringn(text.data, text.len)))
        fault = SEAL_MALFORMED; /* no UTF-8 */
    if (fault != SEAL_OK)
        custodian_tell_fault(griev, fault);
    OPENSSL_cleanse(dek, sizeof dek);
    OPENSSL_cleanse(buffer, content.len + 1);
    free(buffer);
    memory_free_span(&wraps);
    memory_free_span(&content);
    free(name);
    return reason;
}

/* Put the opened reason, if there is one, in the place of its envelope; an exit code. */
static int put_reason(const struct griev *griev, const struct suite_key *key, const char *id,
                      const char *event_id, json_t *told)
{
    const json_t *envelope = json_object_get(told, "reason");
    const bool sealed = json_is_object(envelope);
    json_t *reason = sealed ? open_reason(griev, key, id, event_id, envelope) : NULL;

    json_object_set_new(told, "reason", reason ? reason : json_null());
    if (!sealed)
        griev_note(griev, NULL,
                   SAY("เหตุผลไม่ได้ปิดไว้ให้ผู้รักษากุญแจอ่าน", "a reason was not sealed for custodians"));
    return sealed && !reason ? EXIT_CONFLICT : EXIT_OK;
}

/* What a list of them does not show. */
static const struct column more_columns[] = {
    {TEXT("ขอเมื่อ", "Asked on"), "asked_at", CELL_TIME, NULL},
    {TEXT("เปิดเมื่อ", "Opened"), "opened_at", CELL_TIME, NULL},
    {TEXT("เหตุผล", "Reason"), "reason", CELL_TEXT, NULL},
};
static const struct column refusal_columns[] = {
    {TEXT("ไม่อนุมัติโดย", "Refused by"), "by", CELL_CODE, NULL},
    {TEXT("เมื่อ", "On"), "at", CELL_TIME, NULL},
    {TEXT("เหตุผล", "Reason"), "reason", CELL_TEXT, NULL},
};

void print_with_reason(struct griev *griev, const json_t *answer)
{
    const json_t *refusals = json_object_get(answer, "refusals");

    print_fields(&griev->print, griev->verb->columns, griev->verb->column_count, answer);
    print_fields(&griev->print, more_columns, sizeof more_columns / sizeof more_columns[0], answer);
    if (json_array_size(refusals) > 0)
        print_items(&griev->print, refusal_columns,
                    sizeof refusal_columns / sizeof refusal_columns[0], refusals);
}

int run_identity_show(struct griev *griev)
{
    struct suite_key *key = custodian_own_key(griev);
    struct answer answer = {0};
    const json_t *item;
    size_t i;
    json_t *refusal;

    if (!key)
        return EXIT_LOCAL;
    int code = custodian_find_request(griev, &answer, &item);

    if (code == EXIT_OK) {
        struct answer shown = {.json = json_deep_copy(item)};

        json_object_del(shown.json, "wraps");
        json_object_del(shown.json, "envelope_id");
        const char *id = json_string_value(json_object_get(item, "id"));

        code = put_reason(griev, key, id, griev->operands[0], shown.json);
        json_array_foreach(json_object_get(shown.json, "refusals"), i, refusal)
        {
            const char *event_id = json_string_value(json_object_get(refusal, "event_id"));
            const int next = put_reason(griev, key, id, event_id, refusal);

            code = code == EXIT_OK ? next : code;
        }
        griev_print_answer(griev, &shown);
        json_decref(shown.json);
    }
    suite_key_free(key);
    answer_done(&answer);
    return code;
}

/* The proposal of that id; or about the case of that number, the open one before the newest. */
static const json_t *proposal_of(const json_t *items, const char *named)
{
    if (!strchr(named, '/'))
        return griev_item(items, "id", named);
    const json_t *open = proposal_about(items, named);

    return open ? open : griev_item(items, "ref", named);
}

int run_proposal_show(struct griev *griev)
{
    struct answer answer = {0}, shown = {0};
    struct suite_key *key = NULL;
    int code = griev_get(griev, "/v1/proposals", &answer);
    const json_t *item = proposal_of(json_object_get(answer.json, "items"), griev->operands[0]);

    if (code == EXIT_OK && !item)
        code = griev_fail(griev, EXIT_NOT_FOUND, griev->operands[0],
                          SAY("ไม่มีข้อเสนอนี้", "is no proposal that you may see"));
    if (code == EXIT_OK && json_is_object(json_object_get(item, "reason"))) {
        key = custodian_own_key(griev);
        code = key ? EXIT_OK : EXIT_LOCAL;
    }
    if (code == EXIT_OK) {
        shown.json = json_deep_copy(item);
        if (key)
            code =
                put_reason(griev, key, json_string_value(json_object_get(item, "complaint")),
                           json_string_value(json_object_get(item, "reason_event_id")), shown.json);
        griev_load_taxonomy(griev);
        griev_print_answer(griev, &shown);
    }
    json_decref(shown.json);
    suite_key_free(key);
    answer_done(&answer);
    return code;
}
