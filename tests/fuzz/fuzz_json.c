/*
 * Any bytes at all as JSON: what is accepted keeps the rules and is what jansson alone reads, and
 * each member's span, parsed again, is the value of that member.
 */
#include <stdlib.h>

#include "core/json.h"
#include "core/thai.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok)
        abort();
}

static size_t depth_of(json_t *value)
{
    size_t deepest = 0, i;
    const char *key;
    json_t *child;

    if (!json_is_object(value) && !json_is_array(value))
        return 0;
    json_object_foreach(value, key, child) deepest =
        depth_of(child) > deepest ? depth_of(child) : deepest;
    json_array_foreach(value, i, child) deepest =
        depth_of(child) > deepest ? depth_of(child) : deepest;
    return deepest + 1;
}

/* jansson has no limit to the depth as low as ours. */
static void check_against_jansson(struct span text, const json_t *object)
{
    json_t *theirs = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);

    need(object ? json_equal(object, theirs)
                : !json_is_object(theirs) || depth_of(theirs) > LIMIT_JSON_DEPTH);
    json_decref(theirs);
}

static void check_members(struct span text, json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        struct span found;

        need(json_find_member(text, span_of(key), &found));
        need(found.len > 0 && found.data > text.data);
        need(found.data + found.len < text.data + text.len);
        json_t *again = json_loadb(found.data, found.len, JSON_DECODE_ANY, NULL);
        need(again && json_equal(again, value));
        json_decref(again);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span text = {(const char *)data, size};
    struct json_trouble trouble;
    struct span found;
    json_t *object;

    json_find_member(text, SPAN("complainant"), &found); /* on anything: stays inside */
    if (!json_read_object(text, &object, &trouble)) {
        need(trouble.reason && trouble.line >= 0 && trouble.column >= 0);
        check_against_jansson(text, NULL);
        return 0;
    }
    check_against_jansson(text, object);
    need(utf8_valid(text));
    need(depth_of(object) <= LIMIT_JSON_DEPTH);
    need(json_find_member(text, SPAN("complainant"), &found) ==
         (json_object_get(object, "complainant") != NULL));
    check_members(text, object);
    json_decref(object);
    return 0;
}
