#include "texts.h"

#include <stdio.h>

#include "core/base64.h"
#include "core/complaint.h"

const char *const texts_members[] = {"text", "reason", "finding"};
const size_t texts_member_count = sizeof texts_members / sizeof texts_members[0];

static struct span string_of(const json_t *string)
{
    return (struct span){json_string_value(string), json_string_length(string)};
}

bool texts_told(const json_t *request, size_t bytes_max, struct faults *faults)
{
    bool told = false;

    for (size_t i = 0; i < texts_member_count; i++) {
        const json_t *text = json_object_get(request, texts_members[i]);

        if (!text || json_is_null(text))
            continue;
        told = true;
        if (!json_is_string(text))
            fault_add(faults, FAULT_TYPE, "/%s", texts_members[i]);
        else if (span_is_blank(string_of(text)) || json_string_length(text) > bytes_max)
            fault_add(faults, FAULT_LENGTH, "/%s", texts_members[i]);
    }
    return told;
}

enum { EVENT_AT = sizeof "event:" - 1 }; /* where the event's id stands in a name */

/* The name of the envelope: "event:" ‖ the event's id in lower case ‖ ":" ‖ the member's. */
struct name {
    char text[SEAL_NAME_BYTES_MAX];
    size_t len;
};

static bool name_make(struct name *ret_name, const char *event_id, const char *member)
{
    uint8_t id[COMMIT_ID_BYTES];
    char lower_case[37];

    if (!event_id || !uuid_parse(span_of(event_id), id))
        return false;
    uuid_print(id, lower_case);
    const int len =
        snprintf(ret_name->text, sizeof ret_name->text, "event:%s:%s", lower_case, member);
    ret_name->len = (size_t)len;
    return len > 0 && ret_name->len < sizeof ret_name->text;
}

json_t *texts_base64(struct arena *arena, struct span bytes)
{
    const size_t len = BASE64_CHARS(bytes.len);
    char *text = arena_alloc(arena, len);

    if (!text)
        return NULL;
    base64_encode(text, bytes);
    return json_stringn_nocheck(text, len);
}

json_t *texts_seal_one(struct sealer *sealer, struct arena *arena, const struct texts_place *place,
                       const char *event_id, const char *member, struct span text)
{
    struct span custodians;
    struct sealed sealed;
    struct name name;

    if (!name_make(&name, event_id, member) ||
        !sealer_seal_shown(sealer, arena, place->case_id, (struct span){name.text, name.len},
                           place->route, text, &sealed, &place->without,
                           place->custodians ? &custodians : NULL))
        return NULL;
    json_t *envelope =
        json_pack("{s:s%, s:o, s:o}", "event", name.text + EVENT_AT, (size_t)36, "content",
                  texts_base64(arena, sealed.content), "wraps", texts_base64(arena, sealed.wraps));

    if (place->custodians &&
        json_object_set_new(envelope, "custodians", texts_base64(arena, custodians)) != 0) {
        json_decref(envelope);
        return NULL;
    }
    return envelope;
}

bool texts_seal(struct sealer *sealer, struct arena *arena, const struct texts_place *place,
                json_t *request)
{
    const char *event_id = json_string_value(json_object_get(request, "event_id"));
    uint8_t id[COMMIT_ID_BYTES];

    for (size_t i = 0; i < texts_member_count; i++) {
        const json_t *text = json_object_get(request, texts_members[i]);

        if (!json_is_string(text))
            continue;
        if (!event_id || !uuid_parse(span_of(event_id), id)) {
            json_object_del(request, texts_members[i]); /* without an event_id it is refused */
            continue;
        }
        json_t *envelope =
            texts_seal_one(sealer, arena, place, event_id, texts_members[i], string_of(text));
        if (!envelope || json_object_set_new(request, texts_members[i], envelope) != 0)
            return false;
    }
    return true;
}

struct span texts_bytes(struct arena *arena, const json_t *object, const char *key)
{
    const json_t *text = json_object_get(object, key);
    const size_t size = BASE64_BYTES(json_string_length(text));
    uint8_t *bytes = arena_alloc(arena, size);
    size_t len;

    if (!json_is_string(text) || !bytes || !base64_decode(string_of(text), bytes, size, &len))
        return (struct span){0};
    return (struct span){(const char *)bytes, len};
}

/* Its wraps would only be somebody else's: say what is the case before looking among them. */
static bool is_elsewhere(struct span content, const struct name *name)
{
    struct seal_object object;

    return seal_parse(content, &object) == SEAL_OK &&
           !span_eq(object.place.name, (struct span){name->text, name->len});
}

enum seal_fault texts_open(const struct sealer *sealer, struct arena *arena,
                           const uint8_t case_id[static 16], const char *event_id,
                           const char *member, const json_t *envelope, struct span *ret_text)
{
    const struct sealed sealed = {texts_bytes(arena, envelope, "content"),
                                  texts_bytes(arena, envelope, "wraps")};
    struct name name;

    if (!sealed.content.data || !sealed.wraps.data || !name_make(&name, event_id, member))
        return SEAL_MALFORMED;
    if (is_elsewhere(sealed.content, &name))
        return SEAL_NAME;
    return sealer_open(sealer, arena, case_id, (struct span){name.text, name.len}, &sealed,
                       ret_text);
}
