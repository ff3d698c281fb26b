/*
 * pace - how long a peer may take over something long
 *
 * A body of 25 MiB cannot have one short deadline, and must not have none. While one is on its
 * way, whoever is at the other end must
 *
 *     go on         some bytes have moved within the last `stall_ms`
 *     be quick      PACE_BYTES_PER_S on the average, with `stall_ms` to begin with
 *     come to an end    within PACE_MS, whatever happens
 *
 * What passes while he waits for us is not counted against him, but for the last.
 *
 * Pure: the caller hands in the time, monotonic and in milliseconds.
 */
#ifndef GRIEVD_PACE_H
#define GRIEVD_PACE_H

#include <stdint.h>

enum { PACE_BYTES_PER_S = 16 * 1024, PACE_MS = 30 * 60 * 1000 };

struct pace {
    int64_t began_ms, moved_ms; /* when it began, and when bytes moved last */
    int64_t ours_ms;            /* how much of the time was ours */
    uint64_t bytes;
};

static inline struct pace pace_begin(int64_t now_ms)
{
    return (struct pace){.began_ms = now_ms, .moved_ms = now_ms};
}

/* Bytes have moved. */
void pace_moved(struct pace *pace, uint64_t bytes, int64_t now_ms);

/* Since since_ms he has waited for us, and waits no longer. */
void pace_waited(struct pace *pace, int64_t since_ms, int64_t now_ms);

/* When it is too late for him, if nothing moves until then. */
int64_t pace_deadline(const struct pace *pace, int64_t stall_ms);

#endif
