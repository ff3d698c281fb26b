/*
 * Any JSON as a request that tells texts, or as an event's fields that hold sealed ones. What is a
 * text is sealed and comes back; what says it is an envelope is refused with a reason, or is the
 * seeds'. Wraps are made anew for another group only where they open.
 */
#include <stdlib.h>

#include "texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 8 * 1024 * 1024 };

static const uint8_t case_id[SEAL_ID_BYTES] = {0x6f, 0x1d, 0x2c, 0x3b, 0x4a, 0x59, 0x4e, 0x68,
                                               0x8f, 0x77, 0x0a, 0x1b, 0x2c, 0x3d, 0x4e, 0x5f};
static const char sealed_text[] = "narrative"; /* in the seeds that open */

static struct keys keys = {.origin = "register.example/log", .private_count = 2};
static struct sealer *sealer;

static void need(bool ok)
{
    if (!ok)
        abort();
}

/* Groups with private keys of 32 equal bytes, as in docs/sealing.md; we have those of all. */
static void make_sealer(void)
{
    for (size_t i = 0; i < KEYS_ROUTE_COUNT; i++) {
        uint8_t *private_key = keys.private_keys[i == KEYS_LEGAL ? 0 : 1];

        memset(private_key, i == KEYS_LEGAL ? 0xaa : 0xbb, SEAL_KEY_BYTES);
        struct suite_key *pair = suite_key_new(private_key);
        keys.groups[i].count = 1;
        memcpy(keys.groups[i].public_keys[0], suite_key_public(pair), SEAL_KEY_BYTES);
        suite_key_free(pair);
    }
    sealer = sealer_new(&keys);
}

/* At the event that the envelope itself names. */
static enum seal_fault open_one(struct arena *arena, const char *member, const json_t *envelope,
                                struct span *ret_text)
{
    return texts_open(sealer, arena, case_id, json_string_value(json_object_get(envelope, "event")),
                      member, envelope, ret_text);
}

static bool opens_to(struct arena *arena, const json_t *fields, const char *member,
                     struct span expected)
{
    const json_t *envelope = json_object_get(fields, member);
    struct span text;

    return open_one(arena, member, envelope, &text) == SEAL_OK && span_eq(text, expected);
}

static void go_round(struct arena *arena, const json_t *request)
{
    struct texts_place place = {.route = KEYS_LEGAL, .custodians = true};
    json_t *fields = json_deep_copy(request);

    memcpy(place.case_id, case_id, sizeof place.case_id);
    need(fields && texts_seal(sealer, arena, &place, fields));
    for (size_t i = 0; i < texts_member_count; i++) {
        const json_t *told = json_object_get(request, texts_members[i]);
        const struct span text = {json_string_value(told), json_string_length(told)};

        /* Without a good event_id there is nothing of it. */
        need(!json_is_string(told) || !json_object_get(fields, texts_members[i]) ||
             opens_to(arena, fields, texts_members[i], text));
    }
    json_decref(fields);
}

static void take_wraps(struct arena *arena, struct span wraps)
{
    const unsigned routes = 1U << KEYS_LEGAL | 1U << KEYS_ALTERNATE;
    struct span anew;

    if (sealer_rewrap(sealer, arena, case_id, SPAN("body"), routes, wraps, &anew) ==
        SEALER_REWRAPPED)
        need(sealer_rewrap(sealer, arena, case_id, SPAN("body"), routes, anew, &wraps) ==
             SEALER_AS_IT_SHOULD_BE);
}

static void take_envelopes(struct arena *arena, const json_t *request)
{
    for (size_t i = 0; i < texts_member_count; i++) {
        const json_t *envelope = json_object_get(request, texts_members[i]);
        const struct span wraps = texts_bytes(arena, envelope, "wraps");
        struct span text;

        if (open_one(arena, texts_members[i], envelope, &text) == SEAL_OK)
            need(span_eq(text, span_of(sealed_text)));
        if (wraps.data)
            take_wraps(arena, wraps);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *request = json_loadb((const char *)data, size, 0, NULL);
    struct faults faults = {.count = 0};

    if (!sealer)
        make_sealer();
    if (json_is_object(request)) {
        struct arena *arena = arena_new(ARENA_BYTES);

        need(arena);
        if (texts_told(request, LIMIT_NARRATIVE_BYTES, &faults) && faults.count == 0)
            go_round(arena, request);
        take_envelopes(arena, request);
        arena_free(arena);
    }
    json_decref(request);
    return 0;
}
