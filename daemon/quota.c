#include "quota.h"

#include <assert.h>
#include <stdlib.h>

enum {
    SLOTS_MIN = 64, /* a power of two */

    /*
     * A rate table this full of peers that are all ahead of their time is emptied: they gain one
     * burst. It takes this many peers within the time that a burst lasts.
     */
    RATE_SLOTS_MAX = 128 * 1024,
};

/* Open addressing with linear probing; a value of 0 marks a free slot. */
struct table {
    struct slot {
        uint64_t peer;
        int64_t value;
    } * slots;
    size_t size; /* a power of two, more than `used` */
    size_t used;
    uint64_t seed;
};

struct occupancy {
    struct table table; /* peer -> how many it holds */
};

struct rate {
    struct table table; /* peer -> the instant, in microseconds */
};

static bool table_init(struct table *table, size_t size, uint64_t seed)
{
    *table = (struct table){.slots = calloc(size, sizeof(struct slot)), .size = size, .seed = seed};
    return table->slots != NULL;
}

/* The slot where a peer's search begins (the finalizer of MurmurHash3 mixes every bit). */
static size_t home(const struct table *table, uint64_t peer)
{
    uint64_t hash = peer ^ table->seed;

    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (size_t)(hash ^ hash >> 33) & (table->size - 1);
}

/* The peer's slot, or the free one that it would take. */
static struct slot *find(const struct table *table, uint64_t peer)
{
    size_t at = home(table, peer);

    while (table->slots[at].value != 0 && table->slots[at].peer != peer)
        at = (at + 1) & (table->size - 1);
    return &table->slots[at];
}

static void put(struct table *table, struct slot *slot, uint64_t peer, int64_t value)
{
    assert(value != 0);
    if (slot->value == 0)
        table->used++;
    *slot = (struct slot){peer, value};
}

/* Free a slot and move up those that were searched past it. */
static void take_out(struct table *table, struct slot *slot)
{
    const size_t mask = table->size - 1;
    size_t hole = (size_t)(slot - table->slots);

    for (size_t at = (hole + 1) & mask; table->slots[at].value != 0; at = (at + 1) & mask) {
        const size_t from_home = (at - home(table, table->slots[at].peer)) & mask;
        if (from_home >= ((at - hole) & mask)) {
            table->slots[hole] = table->slots[at];
            hole = at;
        }
    }
    table->slots[hole].value = 0;
    table->used--;
}

/* Move what is worth more than `above` to a table of that size. False if memory is out. */
static bool resize(struct table *table, size_t size, int64_t above)
{
    struct table fresh;

    if (!table_init(&fresh, size, table->seed))
        return false;
    for (size_t i = 0; i < table->size; i++) {
        const struct slot *slot = &table->slots[i];
        if (slot->value > above)
            put(&fresh, find(&fresh, slot->peer), slot->peer, slot->value);
    }
    free(table->slots);
    *table = fresh;
    return true;
}

static bool half_full(const struct table *table)
{
    return table->used >= table->size / 2;
}

struct occupancy *occupancy_new(uint64_t seed)
{
    struct occupancy *occupancy = malloc(sizeof *occupancy);

    if (occupancy && !table_init(&occupancy->table, SLOTS_MIN, seed)) {
        free(occupancy);
        return NULL;
    }
    return occupancy;
}

void occupancy_free(struct occupancy *occupancy)
{
    if (occupancy)
        free(occupancy->table.slots);
    free(occupancy);
}

bool occupancy_take(struct occupancy *occupancy, uint64_t peer, uint64_t max)
{
    struct table *table = &occupancy->table;

    if (half_full(table) && !resize(table, table->size * 2, 0))
        return false;
    struct slot *slot = find(table, peer);
    if ((uint64_t)slot->value >= max)
        return false;
    put(table, slot, peer, slot->value + 1);
    return true;
}

void occupancy_give(struct occupancy *occupancy, uint64_t peer)
{
    struct slot *slot = find(&occupancy->table, peer);

    assert(slot->value > 0);
    if (slot->value == 1)
        take_out(&occupancy->table, slot);
    else
        slot->value--;
}

size_t occupancy_peers(const struct occupancy *occupancy)
{
    return occupancy->table.used;
}

struct rate *rate_new(uint64_t seed)
{
    struct rate *rate = malloc(sizeof *rate);

    if (rate && !table_init(&rate->table, SLOTS_MIN, seed)) {
        free(rate);
        return NULL;
    }
    return rate;
}

void rate_free(struct rate *rate)
{
    if (rate)
        free(rate->table.slots);
    free(rate);
}

/* Forget those whose time has passed, then make room if it is still scarce. */
static bool make_room(struct table *table, int64_t now_us)
{
    if (!resize(table, table->size, now_us))
        return false;
    if (table->used < table->size / 4)
        return true;
    return table->size < RATE_SLOTS_MAX ? resize(table, table->size * 2, 0)
                                        : resize(table, SLOTS_MIN, INT64_MAX);
}

bool rate_take(struct rate *rate, uint64_t peer, int64_t now_ms, uint64_t per_second,
               uint64_t burst)
{
    struct table *table = &rate->table;
    const int64_t now_us = now_ms * 1000;
    const int64_t step_us = per_second < 1000000 ? (int64_t)(1000000 / per_second) : 1;

    assert(per_second > 0 && burst > 0);
    if (half_full(table) && !make_room(table, now_us))
        return true; /* without memory to count, nobody is refused */
    struct slot *slot = find(table, peer);
    const int64_t due_us = slot->value > now_us ? slot->value : now_us;

    if (due_us - now_us > ((int64_t)burst - 1) * step_us)
        return false;
    put(table, slot, peer, due_us + step_us);
    return true;
}

size_t rate_peers(const struct rate *rate)
{
    return rate->table.used;
}
