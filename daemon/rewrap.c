#include "rewrap.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdlib.h>

#include "core/complaint.h"
#include "ledger.h"
#include "log.h"
#include "loop.h"
#include "sealer.h"
#include "store.h"
#include "texts.h"

enum { ARENA_BYTES_MAX = 16 * 1024 * 1024 };

struct rewrap {
    struct store *store;
    struct sealer *sealer;
    struct ledger *ledger;
    struct event *due;
    uint64_t interval_ms;
    json_int_t after; /* the position of the last case of this pass; 0 at its start */
};

static void again_at_once(struct rewrap *rewrap)
{
    loop_after(rewrap->due, 0);
}

static void again_later(struct rewrap *rewrap)
{
    rewrap->after = 0;
    loop_after(rewrap->due, rewrap->interval_ms);
}

/* --- one case --- */

/* One item's wraps anew, added to the list unless they are as they should be. False if not ours. */
static bool wrap_item(struct rewrap *rewrap, struct arena *arena, json_t *item, json_t *list)
{
    const char *id_text = json_string_value(json_object_get(item, "id"));
    const char *name = json_string_value(json_object_get(item, "name"));
    const char *route_names = json_string_value(json_object_get(item, "routes"));
    const struct span wraps = texts_bytes(arena, item, "wraps");
    uint8_t id[SEAL_ID_BYTES];
    unsigned routes;
    struct span anew;

    if (!id_text || !name || !route_names || !wraps.data || !uuid_parse(span_of(id_text), id) ||
        !keys_routes_find(span_of(route_names), &routes))
        return false;
    const enum sealer_rewrapped result =
        sealer_rewrap(rewrap->sealer, arena, id, span_of(name), routes, wraps, &anew);

    if (result != SEALER_REWRAPPED)
        return result == SEALER_AS_IT_SHOULD_BE;
    json_t *change = json_pack("{s:O, s:O, s:o}", "key", json_object_get(item, "key"), "old",
                               json_object_get(item, "wraps"), "new", texts_base64(arena, anew));

    return change && json_array_append_new(list, change) == 0;
}

/* Everything of a case wrapped anew, as the register takes it; NULL if some of it is not ours. */
static char *wrap_case(struct rewrap *rewrap, const json_t *found)
{
    struct arena *arena = arena_new(ARENA_BYTES_MAX);
    json_t *list = json_array();
    char *text = NULL;
    bool good = arena != NULL;
    size_t i;
    json_t *item;

    json_array_foreach(json_object_get(found, "items"), i, item)
    {
        good = good && wrap_item(rewrap, arena, item, list);
    }
    json_t *done = json_pack("{s:O, s:O, s:O}", "id", json_object_get(found, "id"), "version",
                             json_object_get(found, "version"), "wraps", list);

    if (good && done)
        text = json_dumps(done, JSON_COMPACT);
    json_decref(done);
    json_decref(list);
    arena_free(arena);
    return text;
}

/* --- one pass: case after case, until none is left --- */

static const char *ref_of(const json_t *object)
{
    const char *ref = json_string_value(json_object_get(object, "ref"));

    return ref ? ref : "";
}

static void case_stored(void *arg, const struct store_answer *answer)
{
    struct rewrap *rewrap = arg;
    struct log_value which;

    if (answer->err != ERR_NONE) {
        again_later(rewrap);
        return;
    }
    json_t *object = json_loadb(answer->body.data, answer->body.len, 0, NULL);

    if (json_is_true(json_object_get(object, "done"))) /* else it has moved on meanwhile */
        log_line(LOG_NOTICE, "rewrapped ref=%s", log_text(&which, ref_of(object)));
    json_decref(object);
    again_at_once(rewrap);
}

static void take_case(struct rewrap *rewrap, const json_t *found)
{
    char *done = wrap_case(rewrap, found);
    struct log_value which;

    rewrap->after = json_integer_value(json_object_get(found, "position"));
    if (done) {
        store_call(rewrap->store, LANE_WRITE, "rewrap_done", SPAN(""), SPAN("{}"), span_of(done),
                   case_stored, rewrap);
    } else {
        log_line(LOG_WARNING,
                 "rewrap_refused ref=%s next=\"run grievd rewrap where the key is that opens it\"",
                 log_text(&which, ref_of(found)));
        again_at_once(rewrap);
    }
    free(done);
}

static void case_found(void *arg, const struct store_answer *answer)
{
    struct rewrap *rewrap = arg;
    json_t *found =
        answer->err == ERR_NONE ? json_loadb(answer->body.data, answer->body.len, 0, NULL) : NULL;

    if (json_object_get(found, "id") && ledger_writable(rewrap->ledger))
        take_case(rewrap, found);
    else
        again_later(rewrap);
    json_decref(found);
}

static void look(evutil_socket_t fd, short what, void *arg)
{
    struct rewrap *rewrap = arg;
    json_t *params = json_pack("{s:o, s:I}", "opens", keys_opens(sealer_keys(rewrap->sealer)),
                               "after", rewrap->after);
    char *text = params ? json_dumps(params, JSON_COMPACT) : NULL;

    (void)fd;
    (void)what;
    if (text)
        store_call(rewrap->store, LANE_READ, "rewrap_next", SPAN(""), span_of(text),
                   (struct span){NULL, 0}, case_found, rewrap);
    else
        again_later(rewrap);
    free(text);
    json_decref(params);
}

struct rewrap *rewrap_new(struct loop *loop, struct store *store, struct sealer *sealer,
                          struct ledger *ledger, uint64_t interval_ms)
{
    struct rewrap *rewrap = calloc(1, sizeof *rewrap);

    if (!rewrap)
        return NULL;
    rewrap->store = store;
    rewrap->sealer = sealer;
    rewrap->ledger = ledger;
    rewrap->interval_ms = interval_ms;
    rewrap->due = event_new(loop_base(loop), -1, 0, look, rewrap);
    if (!rewrap->due) {
        rewrap_free(rewrap);
        return NULL;
    }
    if (sealer_keys(sealer)->private_count > 0)
        again_later(rewrap);
    return rewrap;
}

void rewrap_free(struct rewrap *rewrap)
{
    if (!rewrap)
        return;
    if (rewrap->due)
        event_free(rewrap->due);
    store_forget(rewrap->store, rewrap);
    free(rewrap);
}
