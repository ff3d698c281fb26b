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

struct event;
struct event_base;
struct loop;

/*
 * For event_priority_set(): what must not wait until every event of a turn has been
 * handled, as others idle meanwhile. All other events have libevent's default, a lower one.
 * What comes in during a turn goes first as well if its descriptor is watched (loop_watch()).
 */
enum { LOOP_PRIORITY_URGENT = 0 };

/* A new loop, not running yet. NULL if the system refuses. */
struct loop *loop_new(void);

/* Only once it no longer runs; tasks still waiting are run first. NULL is allowed. */
void loop_free(struct loop *loop);

struct event_base *loop_base(struct loop *loop);

/* Have an event become active in so many milliseconds, instead of when it was to be before. */
void loop_after(struct event *event, uint64_t ms);

/*
 * Have loop_look() look at an event's descriptor, until that is closed: whether it can be read or,
 * with EV_WRITE in what, written. Once more for the same descriptor changes what it is watched for.
 * The event must last as long. On the loop.
 */
void loop_watch(struct loop *loop, struct event *event, short what);

/* The end of that, where the descriptor is closed later than the event ends. */
void loop_unwatch(struct loop *loop, const struct event *event);

/*
 * Said by those whose events come by the thousand, at the end of each: if something urgent has come
 * in meanwhile, its event's callback is called at once. (libevent itself could look only by asking
 * for all ready descriptors again, which by the thousand costs more than what they ask for.)
 */
void loop_look(struct loop *loop);

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
