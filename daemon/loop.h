/*
 * loop - one thread, one event base, one way in
 *
 * Everything a worker owns (connections, requests, its store) is touched by its
 * own thread only. The single door from another thread is loop_post(): the task
 * runs on the loop, in the order posted.
 *
 *     main thread ── accepted socket, new snapshot, stop ──▶ loop_post ──▶ worker
 */
#ifndef GRIEVD_LOOP_H
#define GRIEVD_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct loop;

/*
 * For event_priority_set(): what must not wait until every event of a turn has been
 * handled, as others idle meanwhile. All other events have libevent's default, a lower one.
 */
enum { LOOP_PRIORITY_URGENT = 0 };

/* A new loop, not running yet. NULL if the system refuses. */
struct loop *loop_new(void);

/* Only once it no longer runs; tasks still waiting are run first. NULL is allowed. */
void loop_free(struct loop *loop);

struct event_base *loop_base(struct loop *loop);

/* Run the loop on this thread until loop_stop(). */
void loop_run(struct loop *loop);

/* Run it on a thread of its own; loop_join() waits for that thread's end. */
bool loop_start(struct loop *loop, const char *thread_name);
void loop_join(struct loop *loop);

/* End loop_run() after what was posted before. From any thread. */
void loop_stop(struct loop *loop);

/* Have fn(arg) called on the loop. From any thread. Aborts if memory is out. */
void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg);

/* Monotonic milliseconds of the loop's last tick (from any thread): the watchdog reads it. */
int64_t loop_last_tick_ms(const struct loop *loop);

/* Monotonic milliseconds now. */
int64_t monotonic_ms(void);

#endif
