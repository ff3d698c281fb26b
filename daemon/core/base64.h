/*
 * base64 - RFC 4648 section 4: the standard alphabet, padded, on one line
 *
 * Reading is strict: every byte string has exactly one text. Missing padding,
 * line breaks and stray bits in the last digit are refused, so that nobody can
 * write a signed text in a second way.
 *
 * Pure: no allocation, no I/O.
 */
#ifndef GRIEVD_BASE64_H
#define GRIEVD_BASE64_H

#include <stdint.h>

#include "span.h"

/* How many characters so many bytes take. */
#define BASE64_CHARS(bytes) (((bytes) + 2) / 3 * 4)

/* How many bytes so many characters can hold. */
#define BASE64_BYTES(chars) ((chars) / 4 * 3)

/* Write BASE64_CHARS(bytes.len) characters and no NUL; the place after them. */
char *base64_encode(char *text, struct span bytes);

/*
 * Read at most size bytes. False, with the buffer undefined, if the text is not
 * base64 or holds more.
 */
bool base64_decode(struct span text, uint8_t *buffer, size_t size, size_t *ret_len);

#endif
