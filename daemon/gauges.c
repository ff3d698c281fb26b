#include "gauges.h"

#include <jansson.h>
#include <stdio.h>

#include "store.h"

enum { GAUGES_BYTES = 8 * 1024, REFRESH_MS = 60 * 1000, STALE_MS = 15 * 60 * 1000 };

/* X(name, help), in the order in which api.score_metrics lists them. */
#define GAUGES_TABLE(X)                                                                    \
    X("grievd_kpi1_value", "Complaints that KPI 1 counts in the present fiscal year")      \
    X("grievd_received", "Complaints received in the present fiscal year")                 \
    X("grievd_silent_units", "Units with a month past its due day and not confirmed")      \
    X("grievd_evidence_level", "Level of indicators 4.1 and 4.2 by the evidence recorded") \
    X("grievd_score", "Score of an indicator or KPI of the present fiscal year")           \
    X("grievd_mail_waiting", "Reminders that wait to be sent, or to be tried again")       \
    X("grievd_mail_dead", "Reminders that could not be delivered")                         \
    X("grievd_rewrap_due", "Cases still wrapped for the group that had them before")       \
    X("grievd_cases_unhandled", "Open cases hidden from everybody who could act in them")

static _Thread_local struct {
    char text[GAUGES_BYTES];
    size_t len;
    int64_t asked_ms, read_ms; /* 0: never */
    bool asking;
} gauges;

/* Append, as long as it fits. */
static void put(const char *format, const char *a, const char *b, const char *c)
{
    const size_t left = sizeof gauges.text - gauges.len;
    const int len = snprintf(gauges.text + gauges.len, left, format, a, b, c);

    if (len > 0 && (size_t)len < left)
        gauges.len += (size_t)len;
    else
        gauges.text[gauges.len] = '\0';
}

/* One family: its help and type, then its gauges. */
static void put_family(const char *name, const char *help, const json_t *list)
{
    size_t i;
    json_t *gauge;
    bool headed = false;

    json_array_foreach(list, i, gauge)
    {
        const char *of = json_string_value(json_array_get(gauge, 0));
        const char *code = json_string_value(json_array_get(gauge, 1));
        const char *value = json_string_value(json_array_get(gauge, 2));

        if (!of || !value || strcmp(of, name) != 0)
            continue;
        if (!headed)
            put("# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
        headed = true;
        if (code)
            put("%s{code=\"%s\"} %s\n", name, code, value);
        else
            put("%s %s%s\n", name, value, "");
    }
}

static void take_answer(void *arg, const struct store_answer *answer)
{
    (void)arg;
    gauges.asking = false;
    json_t *json =
        answer->err == ERR_NONE ? json_loadb(answer->body.data, answer->body.len, 0, NULL) : NULL;
    const json_t *list = json_object_get(json, "gauges");

    if (list) {
        gauges.len = 0;
#define X(name, help) put_family(name, help, list);
        GAUGES_TABLE(X)
#undef X
        gauges.read_ms = gauges.asked_ms;
    }
    json_decref(json);
}

void gauges_refresh(struct store *store, int64_t now_ms)
{
    if (gauges.asking || (gauges.asked_ms > 0 && now_ms - gauges.asked_ms < REFRESH_MS))
        return;
    gauges.asking = true;
    gauges.asked_ms = now_ms;
    store_call(store, LANE_REPORT, "score_metrics", SPAN(""), SPAN("{}"), (struct span){NULL, 0},
               take_answer, NULL);
}

struct span gauges_text(int64_t now_ms)
{
    const bool fresh = gauges.read_ms > 0 && now_ms - gauges.read_ms < STALE_MS;

    return (struct span){gauges.text, fresh ? gauges.len : 0};
}
