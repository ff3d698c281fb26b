/*
 * base64_json - bytes as JSON has them: strings of base64
 */
#ifndef GRIEVD_CLIENT_BASE64_JSON_H
#define GRIEVD_CLIENT_BASE64_JSON_H

#include <jansson.h>

#include "core/span.h"

json_t *base64_json(struct span bytes);

/*
 * The bytes of an object's member, to be freed with memory_free_span(): none if it is not
 * there, or not base64.
 */
struct span base64_json_bytes(const json_t *object, const char *key);

#endif
