#include "ledger_leaves.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "core/base64.h"

void ledger_leaves_ask(struct store *store, enum route_lane lane, uint64_t first, uint64_t count,
                       store_call_fn *fn, void *arg)
{
    char params[80];
    const int len = snprintf(params, sizeof params, "{\"first\":%" PRIu64 ",\"count\":%" PRIu64 "}",
                             first, count < LIMIT_SIGNER_LEAVES ? count : LIMIT_SIGNER_LEAVES);

    store_call(store, lane, "ledger_leaves", SPAN(""), (struct span){params, (size_t)len},
               (struct span){NULL, 0}, fn, arg);
}

bool ledger_leaves_read(const struct store_answer *answer, struct ledger_leaves *ret_leaves)
{
    if (answer->err != ERR_NONE)
        return false;
    json_t *object = json_loadb(answer->body.data, answer->body.len, 0, NULL);
    const json_t *text = json_object_get(object, "leaves");
    const json_int_t size = json_integer_value(json_object_get(object, "size"));
    size_t len = 0;
    const bool good =
        json_is_string(text) && size >= 0 &&
        base64_decode((struct span){json_string_value(text), json_string_length(text)},
                      ret_leaves->leaves, sizeof ret_leaves->leaves, &len) &&
        len % LEAF_BYTES == 0;

    ret_leaves->frozen = json_is_true(json_object_get(object, "frozen"));
    json_decref(object);
    ret_leaves->size = (uint64_t)size;
    ret_leaves->count = len / LEAF_BYTES;
    return good;
}

void ledger_leaves_ask_lasting(struct store *store, store_call_fn *fn, void *arg)
{
    store_call(store, LANE_WRITE, "ledger_lasting", SPAN(""), SPAN("{}"), (struct span){NULL, 0},
               fn, arg);
}

bool ledger_leaves_lasting(const struct store_answer *answer, uint64_t *ret_size)
{
    if (answer->err != ERR_NONE)
        return false;
    json_t *object = json_loadb(answer->body.data, answer->body.len, 0, NULL);
    const json_t *size = json_object_get(object, "size");
    const bool good = json_is_integer(size) && json_integer_value(size) >= 0;

    if (good)
        *ret_size = (uint64_t)json_integer_value(size);
    json_decref(object);
    return good;
}
