#include "ledger_patrol.h"

#include <event2/event.h>
#include <stddef.h>
#include <stdlib.h>

#include "ledger_leaves.h"
#include "loop.h"
#include "metrics.h"

enum {
    LOOK_MS = 2000, /* between two looks at the head, and before what failed is tried again */
    STEP_MS = 20,   /* between two steps of a comparison */
    REST_MS = 60 * 60 * 1000, /* and between two comparisons */
};

struct ledger_patrol {
    struct store *store;
    const struct tree *tree;
    struct ledger_patrol_user user;
    struct event *look_due, *step_due;

    uint64_t due; /* when the head was asked for */
    bool looking, look_again;

    uint64_t at;    /* compared up to there */
    uint64_t asked; /* the step under way began there */
    bool stepping;

    struct ledger_read read; /* of the signer's leaves of a tile that differs */
    uint8_t suspect[TILE_WIDTH * LEAF_BYTES];
    size_t suspect_count;
};

/* --- the head --- */

static void looked(void *arg, const struct store_answer *answer)
{
    struct ledger_patrol *patrol = arg;
    struct ledger_leaves got;
    const bool stale = patrol->look_again; /* it may have looked at another database */

    patrol->looking = patrol->look_again = false;
    loop_after(patrol->look_due, stale ? 0 : LOOK_MS);
    if (!stale && ledger_leaves_read(answer, &got))
        patrol->user.head(patrol->user.arg, got.size, got.frozen, patrol->due);
}

static void look_due(evutil_socket_t fd, short what, void *arg)
{
    struct ledger_patrol *patrol = arg;

    (void)fd;
    (void)what;
    patrol->looking = true;
    patrol->due = patrol->user.due(patrol->user.arg);
    ledger_leaves_ask(patrol->store, LANE_READ, 0, 0, looked, patrol);
}

void ledger_patrol_look(struct ledger_patrol *patrol)
{
    if (patrol->looking)
        patrol->look_again = true;
    else
        loop_after(patrol->look_due, 0);
}

/* --- all leaves --- */

void ledger_patrol_begin(struct ledger_patrol *patrol)
{
    patrol->at = 0;
    loop_after(patrol->step_due, STEP_MS);
}

static void step_again(struct ledger_patrol *patrol)
{
    loop_after(patrol->step_due, LOOK_MS);
}

/* The signer's leaves of a tile that the database has otherwise: which is the first? */
static void suspect_read(struct ledger_read *read, enum err err)
{
    struct ledger_patrol *patrol =
        (struct ledger_patrol *)((char *)read - offsetof(struct ledger_patrol, read));
    size_t at = 0;

    patrol->stepping = false;
    step_again(patrol);
    if (err != ERR_NONE || !patrol->user.steady(patrol->user.arg))
        return;
    while (at < patrol->suspect_count && at < read->counts[0] &&
           memcmp(patrol->suspect + at * LEAF_BYTES, read->leaves[0] + at * LEAF_BYTES,
                  LEAF_BYTES) == 0)
        at++;
    patrol->user.differs(patrol->user.arg, read->tiles[0] * TILE_WIDTH + at);
}

/* Ask the signer for its leaves of that tile: these are not the ones. */
static void suspect(struct ledger_patrol *patrol, uint64_t tile, const uint8_t *leaves,
                    size_t count)
{
    patrol->suspect_count = count;
    memcpy(patrol->suspect, leaves, count * LEAF_BYTES);
    patrol->read = (struct ledger_read){.count = 1, .tiles = {tile}, .done = suspect_read};
    patrol->stepping = patrol->user.read(patrol->user.arg, &patrol->read);
    if (!patrol->stepping)
        step_again(patrol);
}

/* True if the database's leaves of a tile are those of the tree, as far as that goes. */
static bool tile_agrees(const struct tree *tree, uint64_t tile, const uint8_t *leaves, size_t count)
{
    struct merkle_hash hashes[TILE_WIDTH], group;

    merkle_leaf_hashes(hashes, leaves, LEAF_BYTES, count);
    if (tile == tree->group_count)
        return memcmp(hashes, tree->tail, count * sizeof hashes[0]) == 0;
    if (count < TILE_WIDTH)
        return true; /* it has filled meanwhile: the next time */
    merkle_fold_level(&group, hashes, TILE_WIDTH);
    return merkle_hash_eq(&group, &tree->groups[tile]);
}

/* Go on with these leaves up to size. False, and the rest is somebody else's, if a tile differs. */
static bool compare(struct ledger_patrol *patrol, const struct ledger_leaves *got, uint64_t size)
{
    for (size_t done = 0; done < LIMIT_SIGNER_LEAVES && patrol->at < size; done += TILE_WIDTH) {
        const uint64_t left = size - patrol->at;
        const size_t count = left < TILE_WIDTH ? (size_t)left : TILE_WIDTH;
        const size_t held = got->count <= done ? 0 : got->count - done;
        const uint8_t *leaves = got->leaves + done * LEAF_BYTES;
        const uint64_t tile = patrol->at / TILE_WIDTH;

        if (held < count || !tile_agrees(patrol->tree, tile, leaves, count)) {
            suspect(patrol, tile, leaves, held < count ? held : count);
            return false;
        }
        patrol->at += count;
    }
    return true;
}

static void stepped(void *arg, const struct store_answer *answer)
{
    struct ledger_patrol *patrol = arg;
    struct ledger_leaves got;

    patrol->stepping = false;
    if (!ledger_leaves_read(answer, &got) || patrol->asked != patrol->at ||
        !patrol->user.steady(patrol->user.arg)) {
        step_again(patrol);
        return;
    }
    /* What it had when it was asked, and what is signed by now. */
    const uint64_t signed_size = patrol->tree->frontier.size;
    const uint64_t size = got.size < signed_size ? got.size : signed_size;

    if (!compare(patrol, &got, size))
        return;
    const bool ended = patrol->at >= size;
    if (ended) {
        metric_add(METRIC_LEDGER_COMPARISONS, 1);
        patrol->at = 0;
    }
    loop_after(patrol->step_due, ended ? REST_MS : STEP_MS);
}

static void step_due(evutil_socket_t fd, short what, void *arg)
{
    struct ledger_patrol *patrol = arg;

    (void)fd;
    (void)what;
    if (patrol->stepping)
        return; /* its answer sees to the next one */
    if (!patrol->user.steady(patrol->user.arg) || patrol->tree->frontier.size == 0) {
        step_again(patrol);
        return;
    }
    patrol->asked = patrol->at;
    patrol->stepping = true;
    ledger_leaves_ask(patrol->store, LANE_REPORT, patrol->at, LIMIT_SIGNER_LEAVES, stepped, patrol);
}

/* --- from start to end --- */

struct ledger_patrol *ledger_patrol_new(struct loop *loop, struct store *store,
                                        const struct tree *tree,
                                        const struct ledger_patrol_user *user)
{
    struct ledger_patrol *patrol = calloc(1, sizeof *patrol);

    if (!patrol)
        return NULL;
    patrol->store = store;
    patrol->tree = tree;
    patrol->user = *user;
    patrol->look_due = evtimer_new(loop_base(loop), look_due, patrol);
    patrol->step_due = evtimer_new(loop_base(loop), step_due, patrol);
    if (!patrol->look_due || !patrol->step_due) {
        ledger_patrol_free(patrol);
        return NULL;
    }
    loop_after(patrol->look_due, LOOK_MS);
    return patrol;
}

void ledger_patrol_free(struct ledger_patrol *patrol)
{
    if (!patrol)
        return;
    store_forget(patrol->store, patrol);
    if (patrol->look_due)
        event_free(patrol->look_due);
    if (patrol->step_due)
        event_free(patrol->step_due);
    free(patrol);
}
