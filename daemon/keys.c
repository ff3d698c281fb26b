#include "keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/keyfile.h"
#include "settings.h"

#define X(name, text) text,
static const char *const route_names[] = {KEYS_ROUTES(X)};
#undef X

bool keys_route_find(struct span name, enum keys_route *ret_route)
{
    for (int i = 0; i < KEYS_ROUTE_COUNT; i++) {
        if (span_eq(name, span_of(route_names[i]))) {
            *ret_route = (enum keys_route)i;
            return true;
        }
    }
    return false;
}

bool keys_routes_find(struct span names, unsigned *ret_routes)
{
    unsigned routes = 0;

    while (names.len > 0) {
        const char *blank = memchr(names.data, ' ', names.len);
        const size_t len = blank ? (size_t)(blank - names.data) : names.len;
        enum keys_route route;

        if (!keys_route_find((struct span){names.data, len}, &route))
            return false;
        routes |= 1U << route;
        names = span_skip(names, blank ? len + 1 : len);
    }
    *ret_routes = routes;
    return routes != 0;
}

const char *keys_route_name(enum keys_route route)
{
    assert(route < KEYS_ROUTE_COUNT);
    return route_names[route];
}

json_t *keys_opens(const struct keys *keys)
{
    json_t *list = json_array();

    for (size_t i = 0; i < KEYS_ROUTE_COUNT; i++) {
        if (keys->groups[i].opens)
            json_array_append_new(list, json_string(route_names[i]));
    }
    return list;
}

/* Where a clause about a fault goes. */
struct trouble {
    const char *setting;
    char *text;
    size_t size;
};

static bool fail(const struct trouble *trouble, const char *what, const char *why)
{
    snprintf(trouble->text, trouble->size, "%s: %s: %s", trouble->setting, what, why);
    return false;
}

/* The key of a file by one of keyfile's readers. */
static bool read_key(const char *path, bool private, uint8_t ret_key[static SEAL_KEY_BYTES],
                     const struct trouble *trouble)
{
    size_t len;
    char *pem = settings_file(path, &len);

    if (!pem)
        return fail(trouble, path, strerror(errno));
    const enum keyfile_fault fault =
        private ? keyfile_read_private((struct span){pem, len}, NULL, ret_key)
                : keyfile_read_public((struct span){pem, len}, ret_key);
    settings_file_free(pem, len);
    return fault == KEYFILE_OK || fail(trouble, path, keyfile_fault_text(fault));
}

/* Nothing was wrapped yet for a point of low order: find it before somebody trusts in it. */
static bool is_usable(const uint8_t key[static SEAL_KEY_BYTES])
{
    static const uint8_t any[SEAL_KEY_BYTES] = {1};
    uint8_t secret[SEAL_KEY_BYTES];
    struct suite_key *pair = suite_key_new(any);
    const bool usable = suite_agree(secret, pair, key);

    suite_key_free(pair);
    explicit_bzero(secret, sizeof secret);
    return usable;
}

static bool read_public(const char *path, uint8_t ret_key[static SEAL_KEY_BYTES],
                        const struct trouble *trouble)
{
    return read_key(path, false, ret_key, trouble) &&
           (is_usable(ret_key) || fail(trouble, path, "no usable key (a point of low order)"));
}

/* One "LEFT:RIGHT" of a setting. */
struct entry {
    struct span left;
    const char *right;
};
typedef bool entry_fn(struct keys *keys, const struct entry *entry, const struct trouble *trouble);

/* Call take for each blank-separated LEFT:RIGHT of a setting. */
static bool each_entry(struct keys *keys, const char *value, entry_fn *take,
                       const struct trouble *trouble)
{
    char *list = strdup(value), *rest = NULL;
    bool good = true;

    if (!list)
        abort();
    for (char *item = strtok_r(list, " \t", &rest); good && item;
         item = strtok_r(NULL, " \t", &rest)) {
        const char *colon = strchr(item, ':');

        if (!colon || colon == item || colon[1] == '\0') {
            good = fail(trouble, item, "must have a colon, and a text on both sides of it");
        } else {
            const struct entry entry = {{item, (size_t)(colon - item)}, colon + 1};
            good = take(keys, &entry, trouble);
        }
    }
    free(list);
    return good;
}

static bool find_group(struct keys *keys, const struct entry *entry, struct keys_group **ret_group,
                       const struct trouble *trouble)
{
    enum keys_route route;

    if (!keys_route_find(entry->left, &route))
        return fail(trouble, entry->right, "must follow one of legal:, alternate:, external:");
    *ret_group = &keys->groups[route];
    return true;
}

static bool take_body_key(struct keys *keys, const struct entry *entry,
                          const struct trouble *trouble)
{
    struct keys_group *group;

    if (!find_group(keys, entry, &group, trouble))
        return false;
    if (group->count == KEYS_PER_ROUTE_MAX)
        return fail(trouble, entry->right, "too many keys for one route");
    if (!read_public(entry->right, group->public_keys[group->count], trouble))
        return false;
    group->count++;
    return true;
}

static bool take_open_key(struct keys *keys, const struct entry *entry,
                          const struct trouble *trouble)
{
    struct keys_group *group;

    if (!find_group(keys, entry, &group, trouble))
        return false;
    if (keys->private_count == KEYS_PRIVATE_MAX)
        return fail(trouble, entry->right, "too many keys");
    if (!read_key(entry->right, true, keys->private_keys[keys->private_count], trouble))
        return false;
    keys->private_count++;
    group->opens = true;
    return true;
}

static bool take_instance(struct keys *keys, const struct entry *entry,
                          const struct trouble *trouble)
{
    struct keys_group *group;

    if (!find_group(keys, entry, &group, trouble))
        return false;
    if (strlen(entry->right) >= sizeof group->instance)
        return fail(trouble, entry->right, "too long");
    memcpy(group->instance, entry->right, strlen(entry->right) + 1);
    return true;
}

static bool take_custodian(struct keys *keys, const struct entry *entry,
                           const struct trouble *trouble)
{
    struct keys_custodian *custodian = &keys->custodians[keys->custodian_count];
    unsigned long long number;

    if (keys->custodian_count == SEAL_CUSTODIANS_MAX)
        return fail(trouble, entry->right, "too many custodians");
    if (!span_to_u64(entry->left, UINT16_MAX, &number) || number == 0)
        return fail(trouble, entry->right, "must follow a number from 1 to 65535 and a colon");
    if (!read_public(entry->right, custodian->public_key, trouble))
        return false;
    custodian->number = (uint16_t)number;
    keys->custodian_count++;
    return true;
}

static int by_number(const void *left, const void *right)
{
    const struct keys_custodian *a = left, *b = right;

    return (a->number > b->number) - (a->number < b->number);
}

static bool check_custodians(struct keys *keys, const struct trouble *trouble)
{
    if (keys->custodian_count < SEAL_CUSTODIANS_MIN)
        return fail(trouble, "too few", "any two of them open an identity");
    qsort(keys->custodians, keys->custodian_count, sizeof keys->custodians[0], by_number);
    for (size_t i = 1; i < keys->custodian_count; i++) {
        if (keys->custodians[i].number == keys->custodians[i - 1].number)
            return fail(trouble, "a number", "is given twice");
    }
    return true;
}

static bool check_groups(const struct keys *keys, const struct trouble *trouble)
{
    for (int i = 0; i < KEYS_ROUTE_COUNT; i++) {
        if (keys->groups[i].count == 0)
            return fail(trouble, route_names[i], "has no key");
    }
    return true;
}

struct keys *keys_read(const struct settings *settings, char *error, size_t error_size)
{
    const struct trouble body = {"body_keys", error, error_size};
    const struct trouble custodians = {"custodians", error, error_size};
    const struct trouble open = {"open_keys", error, error_size};
    const struct trouble instances = {"instances", error, error_size};
    struct keys *keys = calloc(1, sizeof *keys);

    if (!keys)
        abort();
    snprintf(keys->origin, sizeof keys->origin, "%s", settings->origin);
    if (each_entry(keys, settings->body_keys, take_body_key, &body) && check_groups(keys, &body) &&
        each_entry(keys, settings->custodians, take_custodian, &custodians) &&
        check_custodians(keys, &custodians) &&
        each_entry(keys, settings->open_keys, take_open_key, &open) &&
        each_entry(keys, settings->instances, take_instance, &instances))
        return keys;
    keys_free(keys);
    return NULL;
}

void keys_free(struct keys *keys)
{
    if (!keys)
        return;
    explicit_bzero(keys, sizeof *keys);
    free(keys);
}
