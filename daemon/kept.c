#include "kept.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local struct entry {
    char key[KEPT_KEY_CHARS + 1];
    char *bytes; /* NULL: free */
    size_t len;
    int64_t since_ms;
} entries[LIMIT_KEPT_ANSWERS];

static struct entry *find(const char *key)
{
    for (size_t i = 0; i < LIMIT_KEPT_ANSWERS; i++) {
        if (entries[i].bytes && strcmp(entries[i].key, key) == 0)
            return &entries[i];
    }
    return NULL;
}

static struct entry *oldest(void)
{
    struct entry *found = &entries[0];

    for (size_t i = 0; i < LIMIT_KEPT_ANSWERS; i++) {
        if (!entries[i].bytes)
            return &entries[i];
        if (entries[i].since_ms < found->since_ms)
            found = &entries[i];
    }
    return found;
}

bool kept_find(const char *key, int64_t now_ms, struct span *ret_answer)
{
    const struct entry *entry = find(key);

    if (!entry || now_ms - entry->since_ms >= LIMIT_KEPT_MS)
        return false;
    *ret_answer = (struct span){entry->bytes, entry->len};
    return true;
}

void kept_put(const char *key, struct span answer, int64_t now_ms)
{
    struct entry *entry = find(key);
    char *bytes = answer.len > 0 && answer.len <= LIMIT_KEPT_BYTES && strlen(key) <= KEPT_KEY_CHARS
                      ? malloc(answer.len)
                      : NULL;

    if (!bytes)
        return;
    if (!entry)
        entry = oldest();
    memcpy(bytes, answer.data, answer.len); /* which may be what the entry holds */
    free(entry->bytes);
    *entry = (struct entry){.bytes = bytes, .len = answer.len, .since_ms = now_ms};
    memcpy(entry->key, key, strlen(key) + 1);
}
