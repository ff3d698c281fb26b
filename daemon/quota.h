/*
 * quota - how much one peer may have at a time
 *
 * Two small tables. `occupancy` counts what a peer holds (connections of one
 * address); `rate` says when a peer may go on (requests of one principal). A peer
 * is a 64-bit number that the caller makes: an address itself, or a hash of a
 * name.
 *
 * A rate is kept as one instant per peer, by which everything asked so far would
 * be due if it were asked evenly (the generic cell rate algorithm): it may lie
 * ahead by no more than the burst. Peers whose instant has passed are forgotten.
 *
 *     per_second 100, burst 200: 200 requests at once, then one every 10 ms
 *
 * Not thread-safe. Pure but for memory.
 */
#ifndef GRIEVD_QUOTA_H
#define GRIEVD_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct occupancy;
struct rate;

/* seed: random, so that nobody can choose peers that collide. NULL if memory is out. */
struct occupancy *occupancy_new(uint64_t seed);
void occupancy_free(struct occupancy *occupancy);

/* One more for the peer, unless it has max already or memory is out. */
bool occupancy_take(struct occupancy *occupancy, uint64_t peer, uint64_t max);

/* One less, taken before. */
void occupancy_give(struct occupancy *occupancy, uint64_t peer);

/* Peers that hold something. */
size_t occupancy_peers(const struct occupancy *occupancy);

struct rate *rate_new(uint64_t seed);
void rate_free(struct rate *rate);

/*
 * One more request of the peer at now_ms (monotonic), if it may; after a refusal
 * it may at most a second later. per_second and burst are at least 1.
 */
bool rate_take(struct rate *rate, uint64_t peer, int64_t now_ms, uint64_t per_second,
               uint64_t burst);

/* Peers remembered. */
size_t rate_peers(const struct rate *rate);

#endif
