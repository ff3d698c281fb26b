/*
 * refusal - why something is refused, in Thai
 *
 * SQL and the daemon give the reason of a refusal as one English clause, which programs and
 * logs know. refusal.def has the Thai of each, with the places of what it is about.
 *
 * Pure.
 */
#ifndef GRIEVD_REFUSAL_H
#define GRIEVD_REFUSAL_H

#include "span.h"

enum { REFUSAL_BYTES_MAX = 2048, REFUSAL_HOLES_MAX = 4 };

#define R(english, thai)
#define N(name, english, thai) REFUSAL_##name,
enum refusal {
#include "refusal.def"
    REFUSAL_END
};
#undef R

/* The English clause; static storage. One with places has a % for each. */
const char *refusal_text(enum refusal refusal);

/* The English clause with its places filled, cut at the buffer's end. */
void refusal_fill(enum refusal refusal, const struct span holes[static REFUSAL_HOLES_MAX],
                  char *buffer, size_t buffer_size);

/*
 * The Thai of an English clause, cut at the buffer's end, between characters. False if the
 * table does not have it.
 */
bool refusal_thai(struct span english, char *buffer, size_t buffer_size);

#endif
