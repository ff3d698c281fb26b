#include "metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>

static _Atomic int64_t values[METRIC_COUNT];

#define X(name, type, prometheus, help) {type, prometheus, help},
static const struct {
    const char *type, *name, *help;
} infos[] = {METRICS_TABLE(X)};
#undef X

static_assert(sizeof infos / sizeof infos[0] == METRIC_COUNT, "one row a metric");

void metric_add(enum metric metric, int64_t amount)
{
    assert((size_t)metric < METRIC_COUNT);
    atomic_fetch_add_explicit(&values[metric], amount, memory_order_relaxed);
}

void metric_set(enum metric metric, int64_t value)
{
    assert((size_t)metric < METRIC_COUNT);
    atomic_store_explicit(&values[metric], value, memory_order_relaxed);
}

int64_t metric_get(enum metric metric)
{
    assert((size_t)metric < METRIC_COUNT);
    return atomic_load_explicit(&values[metric], memory_order_relaxed);
}

size_t metrics_print(char *buffer, size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < METRIC_COUNT; i++) {
        const int wanted =
            snprintf(len < size ? buffer + len : NULL, len < size ? size - len : 0,
                     "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n", infos[i].name, infos[i].help,
                     infos[i].name, infos[i].type, infos[i].name, metric_get((enum metric)i));
        assert(wanted >= 0);
        len += (size_t)wanted;
    }
    return len;
}
