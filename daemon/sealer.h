/*
 * sealer - texts into envelopes, and out of them, with this instance's keys
 *
 *     sealer_seal(sealer, arena, id, SPAN("body"), route, text, &sealed)
 *         ... sealed.content and sealed.wraps are stored, and read again ...
 *     sealer_open(sealer, arena, id, SPAN("body"), sealed, &text)
 *
 * core/seal is the format and what each step costs; this is who does it with which key.
 * A context of HPKE serves each recipient for a while (SEALER_CONTEXT_MS, SEALER_WRAPS),
 * so that an envelope costs a few microseconds. Wraps are one piece of bytes, a list
 * of core/seal.
 *
 * One sealer a thread; the keys are shared and must outlive it.
 */
#ifndef GRIEVD_SEALER_H
#define GRIEVD_SEALER_H

#include "core/arena.h"
#include "core/seal.h"
#include "keys.h"

struct sealer;

/* How long one context of a recipient is used, and for how many wraps. */
enum { SEALER_CONTEXT_MS = 60 * 1000, SEALER_WRAPS = 1000 };

/* Aborts if memory is out. */
struct sealer *sealer_new(const struct keys *keys);
void sealer_free(struct sealer *sealer); /* wiped; NULL is allowed */

const struct keys *sealer_keys(const struct sealer *sealer);

/* An envelope as it is stored. */
struct sealed {
    struct span content; /* one object */
    struct span wraps;   /* a list of objects */
};

/*
 * Seal a text for a route's group, into the arena. The name is any but `identity`. False
 * if the text is larger than an envelope or the arena is full.
 */
bool sealer_seal(struct sealer *sealer, struct arena *arena, const uint8_t id[static SEAL_ID_BYTES],
                 struct span name, enum keys_route route, struct span text,
                 struct sealed *ret_sealed);

/* Numbers of custodians who are to learn nothing. */
struct sealer_without {
    size_t count;
    uint16_t numbers[SEAL_CUSTODIANS_MAX];
};

/*
 * The same, and for every custodian but those by himself: what he is asked is his to read. The
 * custodians' wraps are a list of its own, *ret_custodians (NULL: not for them).
 */
bool sealer_seal_shown(struct sealer *sealer, struct arena *arena,
                       const uint8_t id[static SEAL_ID_BYTES], struct span name,
                       enum keys_route route, struct span text, struct sealed *ret_sealed,
                       const struct sealer_without *without, struct span *ret_custodians);

/*
 * A file is sealed chunk by chunk (seal_chunk) at sealer_place(), under a key that seals nothing
 * else: made here, with its wraps for a route's group in the arena. False if the arena is full.
 * The caller wipes the key.
 */
struct seal_place sealer_place(const struct sealer *sealer, const uint8_t id[static SEAL_ID_BYTES],
                               struct span name);
bool sealer_make_key(struct sealer *sealer, struct arena *arena, const struct seal_place *place,
                     enum keys_route route, uint8_t ret_dek[static SEAL_KEY_BYTES],
                     struct span *ret_wraps);

/* That key again, with whichever of our private keys it is wrapped for; SEAL_KEY if none is. */
enum seal_fault sealer_open_key(const struct sealer *sealer, const struct seal_place *place,
                                struct span wraps, uint8_t ret_dek[static SEAL_KEY_BYTES]);

/* Seal an identity for any two of the custodians. */
bool sealer_seal_identity(struct sealer *sealer, struct arena *arena,
                          const uint8_t id[static SEAL_ID_BYTES], struct span text,
                          struct sealed *ret_sealed);

/*
 * True if an identity that a client sealed lies at its place and is for these custodians,
 * in the form and order of sealer_seal_identity(). That it opens, only they can tell.
 */
bool sealer_identity_fits(const struct sealer *sealer, const uint8_t id[static SEAL_ID_BYTES],
                          const struct sealed *sealed);

/* What sealer_rewrap() found. */
enum sealer_rewrapped {
    SEALER_AS_IT_SHOULD_BE, /* wrapped for exactly the routes' keys */
    SEALER_REWRAPPED,
    SEALER_NOT_OURS, /* none of our private keys opens it */
};

/*
 * Wrap an envelope for exactly the keys that its routes have now, if it is not: after a change
 * of keys, or of the route. routes is a set, bits 1 << route; usually of one. The list may hold
 * wraps of other envelopes, which stay; *ret_wraps is in the arena, and written only with
 * SEALER_REWRAPPED. The content is not opened.
 */
enum sealer_rewrapped sealer_rewrap(struct sealer *sealer, struct arena *arena,
                                    const uint8_t id[static SEAL_ID_BYTES], struct span name,
                                    unsigned routes, struct span wraps, struct span *ret_wraps);

/*
 * Open an envelope with whichever of our private keys it is wrapped for; SEAL_KEY if none
 * is. Wraps of other envelopes may lie in the list. The text lies in the arena, which wipes it.
 * SEAL_TOO_LARGE if the arena is full.
 */
enum seal_fault sealer_open(const struct sealer *sealer, struct arena *arena,
                            const uint8_t id[static SEAL_ID_BYTES], struct span name,
                            const struct sealed *sealed, struct span *ret_text);

#endif
