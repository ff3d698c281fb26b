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

enum { REFUSAL_BYTES_MAX = 2048 };

/*
 * The Thai of an English clause, cut at the buffer's end, between characters. False if the
 * table does not have it.
 */
bool refusal_thai(struct span english, char *buffer, size_t buffer_size);

#endif
