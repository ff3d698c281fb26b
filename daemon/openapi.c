/*
 * The file's bytes are laid into read-only data by the assembler: no tool, no
 * copy in hexadecimal, and the compiler gives the object its usual notes.
 */
#include "openapi.h"

#include <assert.h>

__asm__(".pushsection .rodata\n"
        ".global openapi_json\n"
        ".type openapi_json, %object\n"
        "openapi_json:\n"
        ".incbin \"" OPENAPI_JSON_PATH "\"\n"
        ".set openapi_json_bytes, . - openapi_json\n"
        ".byte 0\n"
        ".size openapi_json, . - openapi_json\n"
        ".balign 8\n"
        ".global openapi_json_len\n"
        ".type openapi_json_len, %object\n"
        "openapi_json_len:\n"
        ".8byte openapi_json_bytes\n"
        ".size openapi_json_len, 8\n"
        ".popsection\n");

static_assert(sizeof(size_t) == 8, "openapi_json_len is laid out for 64 bits");
