#include "memory.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { EXIT_LOCAL_TROUBLE = 8 };

static void *checked(void *memory)
{
    if (!memory) {
        fputs("griev: out of memory\n", stderr);
        exit(EXIT_LOCAL_TROUBLE);
    }
    return memory;
}

void *memory_new(size_t size_bytes)
{
    return checked(calloc(1, size_bytes > 0 ? size_bytes : 1));
}

void *memory_resize(void *memory, size_t size_bytes)
{
    return checked(realloc(memory, size_bytes > 0 ? size_bytes : 1));
}

char *memory_printf(const char *format, ...)
{
    char *text = NULL;
    va_list args;

    va_start(args, format);
    const int length = vasprintf(&text, format, args);
    va_end(args);
    return checked(length < 0 ? NULL : text);
}

struct span memory_copy(struct span span)
{
    char *copy = memory_new(span.len + 1);

    if (span.len > 0)
        memcpy(copy, span.data, span.len);
    return (struct span){copy, span.len};
}

void memory_free_span(struct span *span)
{
    char *data = (char *)span->data;

    if (data)
        OPENSSL_cleanse(data, span->len);
    free(data);
    *span = (struct span){0};
}
