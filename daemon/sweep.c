#include "sweep.h"

#include <event2/event.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "ledger.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "store.h"

struct sweep {
    struct store *store;
    struct ledger *ledger;
    struct event *due;
    uint64_t interval_ms;
};

/* What one pass did: how many events, and whether another has work at once. */
static bool read_answer(struct span body, int64_t *ret_done, bool *ret_more)
{
    json_t *answer = json_loadb(body.data, body.len, 0, NULL);
    const json_t *done = json_object_get(answer, "done");

    *ret_done = json_integer_value(done);
    *ret_more = json_is_true(json_object_get(answer, "more"));
    const bool good = json_is_integer(done);
    json_decref(answer);
    return good;
}

static void swept(void *arg, const struct store_answer *answer)
{
    struct sweep *sweep = arg;
    int64_t done = 0;
    bool more = false;

    if (answer->err == ERR_NONE && read_answer(answer->body, &done, &more)) {
        metric_add(METRIC_SWEPT, done);
        if (done > 0)
            log_line(LOG_INFO, "swept events=%" PRId64, done);
        if (done > 0 && sweep->ledger)
            ledger_nudge(sweep->ledger);
    } else if (answer->err != ERR_UNAVAILABLE) { /* that one the store has told */
        log_line(LOG_WARNING, "sweep_failed error=%s effect=\"the next one makes up for it\"",
                 err_info(answer->err)->name);
    }
    loop_after(sweep->due, more ? 0 : sweep->interval_ms);
}

static void sweep_due(evutil_socket_t fd, short what, void *arg)
{
    struct sweep *sweep = arg;

    (void)fd;
    (void)what;
    if (!ledger_writable(sweep->ledger)) {
        loop_after(sweep->due, sweep->interval_ms);
        return;
    }
    store_call(sweep->store, LANE_WRITE, "sweep", SPAN(""), SPAN("{}"), (struct span){NULL, 0},
               swept, sweep);
}

struct sweep *sweep_new(struct loop *loop, struct store *store, struct ledger *ledger,
                        uint64_t interval_ms)
{
    struct sweep *sweep = calloc(1, sizeof *sweep);

    if (!sweep)
        return NULL;
    sweep->store = store;
    sweep->ledger = ledger;
    sweep->interval_ms = interval_ms;
    sweep->due = event_new(loop_base(loop), -1, 0, sweep_due, sweep);
    if (!sweep->due) {
        sweep_free(sweep);
        return NULL;
    }
    loop_after(sweep->due, interval_ms);
    return sweep;
}

void sweep_free(struct sweep *sweep)
{
    if (!sweep)
        return;
    if (sweep->due)
        event_free(sweep->due);
    store_forget(sweep->store, sweep);
    free(sweep);
}
