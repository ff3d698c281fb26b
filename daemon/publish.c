#include "publish.h"

#include <event2/event.h>
#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger.h"
#include "log.h"
#include "loop.h"
#include "store.h"

enum { TICK_MS = 2000, ROOM_FIRST = 64 };

struct publish {
    struct store *store;
    struct ledger *ledger;
    uint64_t period_ms;
    struct event *due;
    uint64_t heartbeat; /* the index that the next checkpoint must cover; UINT64_MAX: none begun */

    pthread_mutex_t mutex; /* guards what follows */
    uint64_t *sizes;       /* owned: of all publications, rising */
    size_t count, room;
    char note[CHECKPOINT_NOTE_MAX]; /* of the newest */
    size_t note_len;
};

/* --- what is published --- */

size_t publish_checkpoint(struct publish *publish, char ret_note[static CHECKPOINT_NOTE_MAX])
{
    pthread_mutex_lock(&publish->mutex);
    const size_t len = publish->note_len;
    memcpy(ret_note, publish->note, len);
    pthread_mutex_unlock(&publish->mutex);
    return len;
}

bool publish_has(struct publish *publish, struct tile tile)
{
    bool found = false;

    pthread_mutex_lock(&publish->mutex);
    for (size_t i = publish->count; i-- > 0 && !found;)
        found = tile_width(tile.level, tile.index, publish->sizes[i]) == tile.width;
    pthread_mutex_unlock(&publish->mutex);
    return found;
}

static uint64_t newest(const struct publish *publish)
{
    return publish->count > 0 ? publish->sizes[publish->count - 1] : 0;
}

static void add(struct publish *publish, uint64_t size, struct span note)
{
    if (size <= newest(publish) || note.len > sizeof publish->note)
        return;
    pthread_mutex_lock(&publish->mutex);
    if (publish->count == publish->room) {
        publish->room = publish->room > 0 ? 2 * publish->room : ROOM_FIRST;
        publish->sizes = realloc(publish->sizes, publish->room * sizeof *publish->sizes);
        if (!publish->sizes)
            abort();
    }
    publish->sizes[publish->count++] = size;
    memcpy(publish->note, note.data, note.len);
    publish->note_len = note.len;
    pthread_mutex_unlock(&publish->mutex);
}

/* --- one step at a time --- */

static void tick_later(struct publish *publish)
{
    const uint64_t half_ms = publish->period_ms / 2;

    loop_after(publish->due, half_ms > 0 && half_ms < TICK_MS ? half_ms : TICK_MS);
}

static void call(struct publish *publish, enum route_lane lane, const char *function,
                 json_t *params, store_call_fn *fn)
{
    char *text = json_dumps(params, JSON_COMPACT);

    json_decref(params);
    if (!text)
        abort();
    store_call(publish->store, lane, function, SPAN(""), span_of(text), (struct span){NULL, 0}, fn,
               publish);
    free(text);
}

static void added(void *arg, const struct store_answer *answer)
{
    struct publish *publish = arg;

    if (answer->err == ERR_NONE)
        publish->heartbeat = UINT64_MAX;
    loop_after(publish->due, 0); /* read what there is now, whoever did it */
}

/* The heartbeat is signed: what was signed with it is what is published. */
static void publish_now(struct publish *publish)
{
    char text[CHECKPOINT_NOTE_MAX];
    const struct span note_text = {text, ledger_latest(publish->ledger, text)};
    struct note note;
    struct checkpoint checkpoint;

    if (note_parse(note_text, &note) != NOTE_OK || !checkpoint_parse(note.text, &checkpoint) ||
        checkpoint.size <= publish->heartbeat || !ledger_signed(publish->ledger, note_text)) {
        tick_later(publish);
        return;
    }
    log_line(LOG_NOTICE, "ledger_published size=%" PRIu64, checkpoint.size);
    call(publish, LANE_WRITE, "publication_add",
         json_pack("{s:I, s:s%}", "size", (json_int_t)checkpoint.size, "checkpoint", note_text.data,
                   note_text.len),
         added);
}

static void begun(void *arg, const struct store_answer *answer)
{
    struct publish *publish = arg;
    json_t *object =
        answer->err == ERR_NONE ? json_loadb(answer->body.data, answer->body.len, 0, NULL) : NULL;
    const json_t *index = json_object_get(object, "index");

    if (json_is_integer(index)) {
        publish->heartbeat = (uint64_t)json_integer_value(index);
        ledger_nudge(publish->ledger);
    }
    json_decref(object);
    tick_later(publish);
}

static void read_publications(struct publish *publish, const json_t *object)
{
    size_t i;
    const json_t *item;

    json_array_foreach(json_object_get(object, "items"), i, item)
    {
        const json_t *note = json_object_get(item, "checkpoint");

        if (json_is_string(note))
            add(publish, (uint64_t)json_integer_value(json_object_get(item, "size")),
                (struct span){json_string_value(note), json_string_length(note)});
    }
}

static void listed(void *arg, const struct store_answer *answer)
{
    struct publish *publish = arg;
    json_t *object =
        answer->err == ERR_NONE ? json_loadb(answer->body.data, answer->body.len, 0, NULL) : NULL;
    const bool due = publish->period_ms > 0 && json_is_true(json_object_get(object, "due"));

    read_publications(publish, object);
    json_decref(object);
    if (!due || !ledger_writable(publish->ledger))
        tick_later(publish);
    else if (publish->heartbeat != UINT64_MAX)
        publish_now(publish);
    else
        call(publish, LANE_WRITE, "publication_begin",
             json_pack("{s:f}", "period_s", (double)publish->period_ms / 1000), begun);
}

static void tick(evutil_socket_t fd, short what, void *arg)
{
    struct publish *publish = arg;

    (void)fd;
    (void)what;
    call(publish, LANE_READ, "publication_list",
         json_pack("{s:I, s:f}", "after", (json_int_t)newest(publish), "period_s",
                   (double)publish->period_ms / 1000),
         listed);
}

/* --- from start to end --- */

struct publish *publish_new(struct store *store, struct ledger *ledger, uint64_t period_ms)
{
    struct publish *publish = calloc(1, sizeof *publish);

    if (!publish)
        return NULL;
    publish->store = store;
    publish->ledger = ledger;
    publish->period_ms = period_ms;
    publish->heartbeat = UINT64_MAX;
    pthread_mutex_init(&publish->mutex, NULL);
    publish->due = evtimer_new(loop_base(ledger_loop(ledger)), tick, publish);
    if (!publish->due) {
        publish_free(publish);
        return NULL;
    }
    loop_after(publish->due, 0);
    return publish;
}

void publish_free(struct publish *publish)
{
    if (!publish)
        return;
    if (publish->due)
        event_free(publish->due);
    store_forget(publish->store, publish);
    pthread_mutex_destroy(&publish->mutex);
    free(publish->sizes);
    free(publish);
}
