/*
 * openapi - the API's own description, docs/openapi.json, as built in
 */
#ifndef GRIEVD_OPENAPI_H
#define GRIEVD_OPENAPI_H

#include <stddef.h>

extern const char openapi_json[]; /* openapi_json_len bytes, and NUL */
extern const size_t openapi_json_len;

#endif
