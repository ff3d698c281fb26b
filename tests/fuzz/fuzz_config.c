/* Any bytes at all as a configuration: every value within its limits, or an error that says why. */
#include <stdlib.h>

#include "core/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sample {
    char *name, *note;
    uint64_t count, wait_ms, room_bytes;
    bool on;
};

static const struct config_key keys[] = {
    {"a", "name", CONFIG_TEXT, offsetof(struct sample, name), NULL, 0, 0, "required"},
    {"a", "note", CONFIG_TEXT, offsetof(struct sample, note), "none", 0, 0, "optional"},
    {"a", "count", CONFIG_COUNT, offsetof(struct sample, count), "1", 1, 64, "number"},
    {"b", "wait", CONFIG_DURATION, offsetof(struct sample, wait_ms), "1s", 10, 86400000, "time"},
    {"b", "room", CONFIG_BYTES, offsetof(struct sample, room_bytes), "1K", 1, 1048576, "size"},
    {"b", "on", CONFIG_BOOL, offsetof(struct sample, on), "no", 0, 0, "switch"},
};
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

static void need(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_error error = {.line = -1};
    struct sample sample = {0};

    if (config_read((struct span){(const char *)data, size}, keys, KEY_COUNT, &sample, &error)) {
        need(sample.name && sample.name[0] != '\0' && sample.note);
        need(strchr(sample.name, '\n') == NULL);
        need(sample.count >= 1 && sample.count <= 64);
        need(sample.wait_ms >= 10 && sample.wait_ms <= 86400000);
        need(sample.room_bytes >= 1 && sample.room_bytes <= 1048576);
    } else {
        need(error.line >= 0 && error.text[0] != '\0');
    }
    config_free(keys, KEY_COUNT, &sample);
    need(!sample.name && !sample.note);
    return 0;
}
