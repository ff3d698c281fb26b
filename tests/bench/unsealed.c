/*
 * unsealed - in place of daemon/sealer, so that tests/bench/run can tell what sealing costs
 *
 * The same daemon but for this file: texts go to the database as they are, in no envelope and
 * with nothing to wrap. It is linked into a program of the bench alone, is never installed, and
 * no setting of the real one leads here.
 */
#include <stdlib.h>

#include "sealer.h"

struct sealer {
    const struct keys *keys;
};

struct sealer *sealer_new(const struct keys *keys)
{
    struct sealer *sealer = malloc(sizeof *sealer);

    if (!sealer)
        abort();
    sealer->keys = keys;
    return sealer;
}

void sealer_free(struct sealer *sealer)
{
    free(sealer);
}

const struct keys *sealer_keys(const struct sealer *sealer)
{
    return sealer->keys;
}

bool sealer_seal(struct sealer *sealer, struct arena *arena, const uint8_t id[static SEAL_ID_BYTES],
                 struct span name, enum keys_route route, struct span text,
                 struct sealed *ret_sealed)
{
    (void)sealer;
    (void)arena;
    (void)id;
    (void)name;
    (void)route;
    *ret_sealed = (struct sealed){text, SPAN("")};
    return true;
}

bool sealer_seal_shown(struct sealer *sealer, struct arena *arena,
                       const uint8_t id[static SEAL_ID_BYTES], struct span name,
                       enum keys_route route, struct span text, struct sealed *ret_sealed,
                       const struct sealer_without *without, struct span *ret_custodians)
{
    (void)without;
    if (ret_custodians)
        *ret_custodians = SPAN("");
    return sealer_seal(sealer, arena, id, name, route, text, ret_sealed);
}

bool sealer_seal_identity(struct sealer *sealer, struct arena *arena,
                          const uint8_t id[static SEAL_ID_BYTES], struct span text,
                          struct sealed *ret_sealed)
{
    return sealer_seal(sealer, arena, id, SPAN("identity"), KEYS_LEGAL, text, ret_sealed);
}

bool sealer_identity_fits(const struct sealer *sealer, const uint8_t id[static SEAL_ID_BYTES],
                          const struct sealed *sealed)
{
    (void)sealer;
    (void)id;
    (void)sealed;
    return true;
}

enum seal_fault sealer_open(const struct sealer *sealer, struct arena *arena,
                            const uint8_t id[static SEAL_ID_BYTES], struct span name,
                            const struct sealed *sealed, struct span *ret_text)
{
    (void)sealer;
    (void)arena;
    (void)id;
    (void)name;
    *ret_text = sealed->content;
    return SEAL_OK;
}

/* The bench sends no files. */
struct seal_place sealer_place(const struct sealer *sealer, const uint8_t id[static SEAL_ID_BYTES],
                               struct span name)
{
    (void)sealer;
    (void)id;
    return (struct seal_place){.name = name};
}

bool sealer_make_key(struct sealer *sealer, struct arena *arena, const struct seal_place *place,
                     enum keys_route route, uint8_t ret_dek[static SEAL_KEY_BYTES],
                     struct span *ret_wraps)
{
    (void)sealer;
    (void)arena;
    (void)place;
    (void)route;
    (void)ret_dek;
    (void)ret_wraps;
    return false;
}

enum seal_fault sealer_open_key(const struct sealer *sealer, const struct seal_place *place,
                                struct span wraps, uint8_t ret_dek[static SEAL_KEY_BYTES])
{
    (void)sealer;
    (void)place;
    (void)wraps;
    (void)ret_dek;
    return SEAL_KEY;
}

enum sealer_rewrapped sealer_rewrap(struct sealer *sealer, struct arena *arena,
                                    const uint8_t id[static SEAL_ID_BYTES], struct span name,
                                    unsigned routes, struct span wraps, struct span *ret_wraps)
{
    (void)sealer;
    (void)arena;
    (void)id;
    (void)name;
    (void)routes;
    (void)wraps;
    (void)ret_wraps;
    return SEALER_AS_IT_SHOULD_BE;
}
