/*
 * keys - whose keys texts are sealed for, and which this instance opens with
 *
 * [sealing] of the settings, its files read: public keys of every route's group, public
 * keys of the custodians and, on the instance that serves a group, that group's private
 * key. An instance that faces the offices holds public keys only.
 *
 * Read once, never changed, shared by all threads. Keys change by a restart, as
 * credentials are handed over at a start.
 */
#ifndef GRIEVD_KEYS_H
#define GRIEVD_KEYS_H

#include <jansson.h>

#include "core/seal.h"

struct settings;

/* Who a case may be sealed for: X(NAME, the route's name in the register). */
#define KEYS_ROUTES(X)             \
    X(KEYS_LEGAL, "legal")         \
    X(KEYS_ALTERNATE, "alternate") \
    X(KEYS_EXTERNAL, "external")

#define X(name, text) name,
enum keys_route { KEYS_ROUTES(X) KEYS_ROUTE_COUNT };
#undef X

enum { KEYS_PER_ROUTE_MAX = 4, KEYS_PRIVATE_MAX = 16, KEYS_INSTANCE_CHARS = 255 };

struct keys {
    char origin[SEAL_ORIGIN_BYTES_MAX + 1];
    struct keys_group {
        size_t count; /* at least 1 */
        uint8_t public_keys[KEYS_PER_ROUTE_MAX][SEAL_KEY_BYTES];
        char instance[KEYS_INSTANCE_CHARS + 1]; /* where its texts are opened; "" if not said */
        bool opens;                             /* this instance holds a private key of it */
    } groups[KEYS_ROUTE_COUNT];
    size_t custodian_count; /* SEAL_CUSTODIANS_MIN to _MAX, their numbers rising */
    struct keys_custodian {
        uint16_t number;
        uint8_t public_key[SEAL_KEY_BYTES];
    } custodians[SEAL_CUSTODIANS_MAX];
    size_t private_count;
    uint8_t private_keys[KEYS_PRIVATE_MAX][SEAL_KEY_BYTES];
};

/* NULL, with a clause in error, if a file cannot be read or a key is missing. */
struct keys *keys_read(const struct settings *settings, char *error, size_t error_size);
void keys_free(struct keys *keys); /* wiped; NULL is allowed */

/* False if there is no such route. */
bool keys_route_find(struct span name, enum keys_route *ret_route);

/* Of names with a blank between them the set, bits 1 << route; false if there is no such route. */
bool keys_routes_find(struct span names, unsigned *ret_routes);
const char *keys_route_name(enum keys_route route); /* static storage */

/* The names of the routes whose texts this instance opens, a JSON array. */
json_t *keys_opens(const struct keys *keys);

#endif
