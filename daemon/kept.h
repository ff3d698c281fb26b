/*
 * kept - the last answers to what anyone may ask
 *
 * A table for the public takes the database a tenth of a second in a large
 * register, and whoever asks for it needs no certificate. So an answer is kept
 * for a minute, and asking again and again costs no more than asking once.
 * LIMIT_KEPT_ANSWERS of them, the oldest making room. One set a worker thread.
 */
#ifndef GRIEVD_KEPT_H
#define GRIEVD_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/limits.h"
#include "core/span.h"

enum { KEPT_KEY_CHARS = 63 };

/* The answer kept under that key, valid until the next kept_put(). False if there is none. */
bool kept_find(const char *key, int64_t now_ms, struct span *ret_answer);

/* Keep a copy. A key or an answer that is too long is not kept. now_ms is monotonic. */
void kept_put(const char *key, struct span answer, int64_t now_ms);

#endif
