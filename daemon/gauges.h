/*
 * gauges - the register's scores, and how its mail does, in /metrics
 *
 * A scrape must be answered at once, also while the database is away or slow,
 * because then it matters most. So they are read in the background, at most
 * once a minute and only when somebody scrapes, and a scrape gets those that were
 * read last; none at first, and none any more a quarter of an hour after the
 * database stopped answering.
 *
 *     grievd_kpi1_value 2
 *     grievd_score{code="kpi1"} 3.0000
 *
 * One set a worker thread.
 */
#ifndef GRIEVD_GAUGES_H
#define GRIEVD_GAUGES_H

#include <stdint.h>

#include "core/span.h"

struct store;

/* Have them read if they are old; now_ms is monotonic. */
void gauges_refresh(struct store *store, int64_t now_ms);

/* In the Prometheus text format; valid until the loop goes on. Empty while there are none. */
struct span gauges_text(int64_t now_ms);

#endif
