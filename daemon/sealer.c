#include "sealer.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"

enum { POOL_BYTES = 4096 };

/* A public key and the context that wraps for it at the moment. */
struct recipient {
    const uint8_t *public_key;
    struct seal_recipient *context; /* NULL at first */
    int64_t made_ms;
    unsigned wraps;
};

/* A private key and the name that wraps have for it. */
struct own_key {
    struct suite_key *key;
    uint8_t id[SEAL_KEY_ID_BYTES];
};

struct sealer {
    const struct keys *keys;
    struct recipient groups[KEYS_ROUTE_COUNT][KEYS_PER_ROUTE_MAX];
    struct recipient custodians[SEAL_CUSTODIANS_MAX];
    struct own_key own[KEYS_PRIVATE_MAX];
    struct seal_random random;
    size_t pool_used;
    uint8_t pool[POOL_BYTES]; /* random; wiped as it is used */
};

/* --- randomness, drawn in bulk: each draw costs --- */

static void draw(void *state, uint8_t *bytes, size_t len)
{
    struct sealer *sealer = state;

    assert(len <= sizeof sealer->pool);
    if (len > sizeof sealer->pool - sealer->pool_used) {
        if (RAND_bytes(sealer->pool, sizeof sealer->pool) != 1)
            abort();
        sealer->pool_used = 0;
    }
    memcpy(bytes, sealer->pool + sealer->pool_used, len);
    OPENSSL_cleanse(sealer->pool + sealer->pool_used, len);
    sealer->pool_used += len;
}

/* --- from start to end --- */

struct sealer *sealer_new(const struct keys *keys)
{
    struct sealer *sealer = calloc(1, sizeof *sealer);

    if (!sealer)
        abort();
    sealer->keys = keys;
    sealer->random = (struct seal_random){draw, sealer};
    sealer->pool_used = sizeof sealer->pool;
    for (size_t route = 0; route < KEYS_ROUTE_COUNT; route++) {
        for (size_t i = 0; i < keys->groups[route].count; i++)
            sealer->groups[route][i].public_key = keys->groups[route].public_keys[i];
    }
    for (size_t i = 0; i < keys->custodian_count; i++)
        sealer->custodians[i].public_key = keys->custodians[i].public_key;
    for (size_t i = 0; i < keys->private_count; i++) {
        sealer->own[i].key = suite_key_new(keys->private_keys[i]);
        seal_key_id(sealer->own[i].id, suite_key_public(sealer->own[i].key));
    }
    return sealer;
}

void sealer_free(struct sealer *sealer)
{
    if (!sealer)
        return;
    for (size_t route = 0; route < KEYS_ROUTE_COUNT; route++) {
        for (size_t i = 0; i < KEYS_PER_ROUTE_MAX; i++)
            seal_recipient_free(sealer->groups[route][i].context);
    }
    for (size_t i = 0; i < SEAL_CUSTODIANS_MAX; i++)
        seal_recipient_free(sealer->custodians[i].context);
    for (size_t i = 0; i < KEYS_PRIVATE_MAX; i++)
        suite_key_free(sealer->own[i].key);
    OPENSSL_cleanse(sealer, sizeof *sealer);
    free(sealer);
}

const struct keys *sealer_keys(const struct sealer *sealer)
{
    return sealer->keys;
}

/* --- sealing --- */

/* The recipient's context, renewed when it has served long enough. */
static struct seal_recipient *context_of(struct sealer *sealer, struct recipient *recipient,
                                         int64_t now_ms)
{
    if (recipient->context &&
        (now_ms - recipient->made_ms >= SEALER_CONTEXT_MS || recipient->wraps == SEALER_WRAPS)) {
        seal_recipient_free(recipient->context);
        recipient->context = NULL;
    }
    if (!recipient->context) {
        const enum seal_fault fault =
            seal_recipient_new(&recipient->context, span_of(sealer->keys->origin),
                               recipient->public_key, &sealer->random);
        assert(fault == SEAL_OK); /* keys_read() took no key of low order */
        recipient->made_ms = now_ms;
        recipient->wraps = 0;
    }
    recipient->wraps++;
    return recipient->context;
}

static struct seal_place place_of(const struct keys *keys, const uint8_t id[static SEAL_ID_BYTES],
                                  struct span name)
{
    struct seal_place place = {.origin = span_of(keys->origin), .name = name};

    memcpy(place.id, id, sizeof place.id);
    return place;
}

/* The content object, and room for so many bytes of wraps. False if it is too large. */
static bool seal_into(struct arena *arena, const struct seal_place *place,
                      const uint8_t dek[static SEAL_KEY_BYTES], struct span text, size_t wraps_len,
                      struct span *ret_content, uint8_t **ret_wraps)
{
    const size_t content_len = seal_content_bytes(place, text.len);
    uint8_t *content = content_len > 0 ? arena_alloc(arena, content_len) : NULL;
    uint8_t *wraps = content ? arena_alloc(arena, wraps_len) : NULL;

    if (!wraps)
        return false;
    *ret_wraps = wraps;
    return seal_content(place, dek, text, content, ret_content) == SEAL_OK;
}

/* Wrap the DEK for one key; the place behind it. */
static uint8_t *put_wrap(struct sealer *sealer, const struct seal_place *place,
                         struct recipient *recipient, int64_t now_ms,
                         const uint8_t dek[static SEAL_KEY_BYTES], uint8_t *at)
{
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX];
    struct span wrap;

    seal_wrap(context_of(sealer, recipient, now_ms), place, dek, &sealer->random, wrap_bytes,
              &wrap);
    return seal_list_put(at, wrap);
}

/* Wrap the DEK for each key of a route's group, one behind the other. */
static void put_wraps(struct sealer *sealer, const struct seal_place *place, enum keys_route route,
                      const uint8_t dek[static SEAL_KEY_BYTES], uint8_t *at)
{
    const int64_t now_ms = monotonic_ms();

    for (size_t i = 0; i < sealer->keys->groups[route].count; i++)
        at = put_wrap(sealer, place, &sealer->groups[route][i], now_ms, dek, at);
}

/* How long those are. */
static size_t wraps_bytes(const struct sealer *sealer, const struct seal_place *place,
                          enum keys_route route)
{
    return sealer->keys->groups[route].count * (SEAL_LIST_LENGTH_BYTES + seal_wrap_bytes(place));
}

static bool is_left_out(const struct sealer_without *without, uint16_t number)
{
    for (size_t i = 0; i < without->count; i++) {
        if (without->numbers[i] == number)
            return true;
    }
    return false;
}

/* Wrap the DEK for each custodian by himself; .data NULL if the arena is full. */
static struct span wraps_for_custodians(struct sealer *sealer, struct arena *arena,
                                        const struct seal_place *place,
                                        const uint8_t dek[static SEAL_KEY_BYTES],
                                        const struct sealer_without *without)
{
    const size_t count = sealer->keys->custodian_count;
    const int64_t now_ms = monotonic_ms();
    uint8_t *wraps = arena_alloc(arena, count * (SEAL_LIST_LENGTH_BYTES + seal_wrap_bytes(place)));
    uint8_t *at = wraps;

    if (!wraps)
        return (struct span){0};
    for (size_t i = 0; i < count; i++) {
        if (!is_left_out(without, sealer->keys->custodians[i].number))
            at = put_wrap(sealer, place, &sealer->custodians[i], now_ms, dek, at);
    }
    return span_of_bytes(wraps, (size_t)(at - wraps));
}

bool sealer_seal_shown(struct sealer *sealer, struct arena *arena,
                       const uint8_t id[static SEAL_ID_BYTES], struct span name,
                       enum keys_route route, struct span text, struct sealed *ret_sealed,
                       const struct sealer_without *without, struct span *ret_custodians)
{
    const struct seal_place place = place_of(sealer->keys, id, name);
    const size_t wraps_len = wraps_bytes(sealer, &place, route);
    uint8_t dek[SEAL_KEY_BYTES], *wraps;
    struct sealed sealed;

    draw(sealer, dek, sizeof dek);
    bool good = seal_into(arena, &place, dek, text, wraps_len, &sealed.content, &wraps);
    if (good) {
        put_wraps(sealer, &place, route, dek, wraps);
        sealed.wraps = span_of_bytes(wraps, wraps_len);
        *ret_sealed = sealed;
    }
    if (good && ret_custodians) {
        *ret_custodians = wraps_for_custodians(sealer, arena, &place, dek, without);
        good = ret_custodians->data != NULL;
    }
    OPENSSL_cleanse(dek, sizeof dek);
    suite_forget();
    return good;
}

bool sealer_seal(struct sealer *sealer, struct arena *arena, const uint8_t id[static SEAL_ID_BYTES],
                 struct span name, enum keys_route route, struct span text,
                 struct sealed *ret_sealed)
{
    return sealer_seal_shown(sealer, arena, id, name, route, text, ret_sealed, NULL, NULL);
}

struct seal_place sealer_place(const struct sealer *sealer, const uint8_t id[static SEAL_ID_BYTES],
                               struct span name)
{
    return place_of(sealer->keys, id, name);
}

bool sealer_make_key(struct sealer *sealer, struct arena *arena, const struct seal_place *place,
                     enum keys_route route, uint8_t ret_dek[static SEAL_KEY_BYTES],
                     struct span *ret_wraps)
{
    const size_t wraps_len = wraps_bytes(sealer, place, route);
    uint8_t *wraps = arena_alloc(arena, wraps_len);

    if (!wraps)
        return false;
    draw(sealer, ret_dek, SEAL_KEY_BYTES);
    put_wraps(sealer, place, route, ret_dek, wraps);
    *ret_wraps = span_of_bytes(wraps, wraps_len);
    suite_forget();
    return true;
}

bool sealer_seal_identity(struct sealer *sealer, struct arena *arena,
                          const uint8_t id[static SEAL_ID_BYTES], struct span text,
                          struct sealed *ret_sealed)
{
    const struct keys *keys = sealer->keys;
    const struct seal_place place = place_of(keys, id, SPAN("identity"));
    const size_t room = seal_identity_bytes(&place, keys->custodian_count);
    const int64_t now_ms = monotonic_ms();
    struct seal_custodian custodians[SEAL_CUSTODIANS_MAX];
    struct seal_identity identity;
    uint8_t dek[SEAL_KEY_BYTES], *at;
    uint8_t *objects = arena_alloc(arena, room);
    struct sealed sealed;

    draw(sealer, dek, sizeof dek);
    const bool good =
        objects &&
        seal_into(arena, &place, dek, text,
                  room + SEAL_IDENTITY_OBJECTS_MAX * SEAL_LIST_LENGTH_BYTES, &sealed.content, &at);
    if (good) {
        for (size_t i = 0; i < keys->custodian_count; i++)
            custodians[i] = (struct seal_custodian){
                keys->custodians[i].number, context_of(sealer, &sealer->custodians[i], now_ms)};
        seal_identity(&place, dek, custodians, keys->custodian_count, &sealer->random, objects,
                      &identity);
        sealed.wraps = (struct span){(const char *)at, 0};
        for (size_t i = 0; i < identity.count; i++)
            at = seal_list_put(at, identity.objects[i]);
        sealed.wraps.len = (size_t)((const char *)at - sealed.wraps.data);
        *ret_sealed = sealed;
    }
    OPENSSL_cleanse(dek, sizeof dek);
    suite_forget();
    return good;
}

/* --- what a client sealed --- */

static bool lies_at(const struct seal_object *object, const struct seal_place *place)
{
    return span_eq(object->place.origin, place->origin) &&
           memcmp(object->place.id, place->id, SEAL_ID_BYTES) == 0 &&
           span_eq(object->place.name, place->name);
}

/* Take the next object, which must be of that kind and lie there. */
static bool take_object(struct span *list, enum seal_kind kind, const struct seal_place *place,
                        struct seal_object *ret_object)
{
    struct span bytes;

    return seal_list_take(list, &bytes) && seal_parse(bytes, ret_object) == SEAL_OK &&
           ret_object->kind == kind && lies_at(ret_object, place);
}

static bool shares_fit(const struct keys *keys, const struct seal_place *place, struct span *list)
{
    for (size_t i = 0; i < keys->custodian_count; i++) {
        uint8_t key_id[SEAL_KEY_ID_BYTES];
        struct seal_share_place share;
        struct seal_object object;

        seal_share_place(&share, place, keys->custodians[i].number);
        seal_key_id(key_id, keys->custodians[i].public_key);
        if (!take_object(list, SEAL_WRAP, &share.place, &object) ||
            memcmp(object.key_id, key_id, sizeof key_id) != 0)
            return false;
    }
    return true;
}

static bool pairs_fit(const struct keys *keys, const struct seal_place *place, struct span *list)
{
    for (size_t a = 0; a < keys->custodian_count; a++) {
        for (size_t b = a + 1; b < keys->custodian_count; b++) {
            struct seal_object object;

            if (!take_object(list, SEAL_PAIR, place, &object) ||
                object.first != keys->custodians[a].number ||
                object.second != keys->custodians[b].number)
                return false;
        }
    }
    return true;
}

bool sealer_identity_fits(const struct sealer *sealer, const uint8_t id[static SEAL_ID_BYTES],
                          const struct sealed *sealed)
{
    const struct seal_place place = place_of(sealer->keys, id, SPAN("identity"));
    struct span list = sealed->wraps;
    struct seal_object object;

    return seal_parse(sealed->content, &object) == SEAL_OK && object.kind == SEAL_CONTENT &&
           lies_at(&object, &place) && shares_fit(sealer->keys, &place, &list) &&
           pairs_fit(sealer->keys, &place, &list) && list.len == 0;
}

/* --- opening --- */

static const struct own_key *own_key_of(const struct sealer *sealer, const uint8_t *key_id)
{
    for (size_t i = 0; i < sealer->keys->private_count; i++) {
        if (memcmp(sealer->own[i].id, key_id, SEAL_KEY_ID_BYTES) == 0)
            return &sealer->own[i];
    }
    return NULL;
}

/* The DEK, by the first wrap of this envelope that is for a key of ours. */
static enum seal_fault open_wraps(const struct sealer *sealer, const struct seal_place *place,
                                  struct span list, uint8_t ret_dek[static SEAL_KEY_BYTES])
{
    struct span bytes;

    while (seal_list_take(&list, &bytes)) {
        struct seal_object object;

        const enum seal_fault fault = seal_parse(bytes, &object);
        if (fault != SEAL_OK)
            return fault;
        if (object.kind != SEAL_WRAP || !span_eq(object.place.name, place->name))
            continue;
        const struct own_key *own = own_key_of(sealer, object.key_id);
        if (own)
            return seal_open_wrap(own->key, place, bytes, ret_dek);
    }
    return list.len > 0 ? SEAL_TRUNCATED : SEAL_KEY;
}

enum seal_fault sealer_open_key(const struct sealer *sealer, const struct seal_place *place,
                                struct span wraps, uint8_t ret_dek[static SEAL_KEY_BYTES])
{
    const enum seal_fault fault = open_wraps(sealer, place, wraps, ret_dek);

    suite_forget();
    return fault;
}

enum seal_fault sealer_open(const struct sealer *sealer, struct arena *arena,
                            const uint8_t id[static SEAL_ID_BYTES], struct span name,
                            const struct sealed *sealed, struct span *ret_text)
{
    const struct seal_place place = place_of(sealer->keys, id, name);
    uint8_t dek[SEAL_KEY_BYTES];
    uint8_t *buffer = arena_alloc(arena, sealed->content.len + 1);

    if (!buffer)
        return SEAL_TOO_LARGE;
    enum seal_fault fault = open_wraps(sealer, &place, sealed->wraps, dek);
    if (fault == SEAL_OK)
        fault = seal_open_content(&place, dek, sealed->content, buffer, ret_text);
    OPENSSL_cleanse(dek, sizeof dek);
    suite_forget();
    return fault;
}

/* --- other keys --- */

/* Whom an envelope is wrapped for: each key once, though two routes may have it. */
struct targets {
    size_t count;
    struct recipient *list[KEYS_ROUTE_COUNT * KEYS_PER_ROUTE_MAX];
};

static bool is_target(const struct targets *targets, const uint8_t key_id[SEAL_KEY_ID_BYTES])
{
    for (size_t i = 0; i < targets->count; i++) {
        uint8_t id[SEAL_KEY_ID_BYTES];

        seal_key_id(id, targets->list[i]->public_key);
        if (memcmp(id, key_id, sizeof id) == 0)
            return true;
    }
    return false;
}

static struct targets targets_of(struct sealer *sealer, unsigned routes)
{
    struct targets targets = {.count = 0};

    for (size_t route = 0; route < KEYS_ROUTE_COUNT; route++) {
        for (size_t i = 0; (routes & 1U << route) && i < sealer->keys->groups[route].count; i++) {
            struct recipient *recipient = &sealer->groups[route][i];
            uint8_t id[SEAL_KEY_ID_BYTES];

            seal_key_id(id, recipient->public_key);
            if (!is_target(&targets, id))
                targets.list[targets.count++] = recipient;
        }
    }
    return targets;
}

/* True if the list has a wrap of this envelope for each target, and for nobody else. */
static bool wrapped_right(const struct targets *targets, struct span name, struct span list)
{
    struct span bytes;
    size_t found = 0, others = 0;

    while (seal_list_take(&list, &bytes)) {
        struct seal_object object;

        if (seal_parse(bytes, &object) != SEAL_OK || object.kind != SEAL_WRAP ||
            !span_eq(object.place.name, name))
            continue;
        const bool known = is_target(targets, object.key_id);

        found += known;
        others += !known;
    }
    return found == targets->count && others == 0;
}

/* The list's objects that are no wraps of this envelope, behind `at`; the place behind them. */
static uint8_t *put_others(uint8_t *at, struct span name, struct span list)
{
    struct span bytes;

    while (seal_list_take(&list, &bytes)) {
        struct seal_object object;

        if (seal_parse(bytes, &object) != SEAL_OK || object.kind != SEAL_WRAP ||
            !span_eq(object.place.name, name))
            at = seal_list_put(at, bytes);
    }
    return at;
}

enum sealer_rewrapped sealer_rewrap(struct sealer *sealer, struct arena *arena,
                                    const uint8_t id[static SEAL_ID_BYTES], struct span name,
                                    unsigned routes, struct span wraps, struct span *ret_wraps)
{
    const struct seal_place place = place_of(sealer->keys, id, name);
    const struct targets targets = targets_of(sealer, routes);
    const size_t room = targets.count * (SEAL_LIST_LENGTH_BYTES + seal_wrap_bytes(&place));
    const int64_t now_ms = monotonic_ms();
    uint8_t dek[SEAL_KEY_BYTES];

    if (wrapped_right(&targets, name, wraps))
        return SEALER_AS_IT_SHOULD_BE;
    uint8_t *list = arena_alloc(arena, room + wraps.len), *at = list;
    if (!list || open_wraps(sealer, &place, wraps, dek) != SEAL_OK)
        return SEALER_NOT_OURS;
    for (size_t i = 0; i < targets.count; i++)
        at = put_wrap(sealer, &place, targets.list[i], now_ms, dek, at);
    at = put_others(at, name, wraps);
    *ret_wraps = span_of_bytes(list, (size_t)(at - list));
    OPENSSL_cleanse(dek, sizeof dek);
    suite_forget();
    return SEALER_REWRAPPED;
}
