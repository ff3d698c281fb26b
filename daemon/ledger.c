#include "ledger.h"

#include <assert.h>
#include <event2/event.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/refusal.h"
#include "core/verify.h"
#include "ledger_leaves.h"
#include "ledger_newest.h"
#include "ledger_patrol.h"
#include "ledger_pending.h"
#include "ledger_shown.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "settings.h"
#include "signer_link.h"
#include "store.h"
#include "tree.h"

enum {
    BATCH_ARENA_BYTES = 1024 * 1024, /* for the proofs of LIMIT_SIGNER_LEAVES leaves */
    RETRY_MS = 1000,                 /* when the signer or the database was no help */
    PROVE_MS = 100,                  /* how long a signature may stay unverified */
    NUDGE_MS = 1000,                 /* how long a leaf that nobody waits for may stay unsigned */
    FORK_LOOK_MS = 3000,             /* how often all is looked at while log and database differ */
};

enum state {
    STATE_AWAY,     /* no signer, or none that is ready */
    STATE_READING,  /* taking up what it has signed */
    STATE_CHECKING, /* whether the database has the same */
    STATE_READY,
    STATE_FORKED,
};

/* What the signer is asked at this moment. */
enum question {
    ASKED_NOTHING,
    ASKED_STATE,
    ASKED_GAP,
    ASKED_EXTEND,
    ASKED_FEED,
    ASKED_TILE,
    ASKED_READ,
};

struct ledger {
    struct loop *loop;
    struct store *store;
    struct signer_link *signer;
    char *origin;
    struct note_verifier key;
    struct verify_log log; /* those two */

    enum state state;
    enum question asked;
    bool missing;  /* the signer is known to be away, or not to be ready */
    bool fetching; /* leaves from the database */
    bool look;     /* at the database, before anything else is believed */
    bool nudged;   /* leaves may be there that nobody here committed for a receipt */
    bool settling; /* the database is asked how many of them last */
    bool resting;  /* nothing is asked before `again` */
    struct event *again, *turn, *prove;

    struct tree tree;               /* as it was signed */
    char note[CHECKPOINT_NOTE_MAX]; /* its checkpoint */
    size_t note_len;
    bool distrusted; /* a signature did not verify: from then on each is before it is relied on */

    struct ledger_newest newest; /* the log has to come to it */

    /* A fork that was found: what follows is not believed until everything has been looked at. */
    bool fork, spoiled; /* spoiled: the tree itself has to be read anew */
    uint64_t fork_index;

    struct ledger_patrol *patrol;
    struct ledger_shown *shown;
    struct ledger_reads reads;

    /* What the signer says it has: more than the frontier, until that has caught up. */
    uint64_t goal;
    char goal_note[CHECKPOINT_NOTE_MAX];
    size_t goal_note_len;

    struct ledger_pending pending;
    size_t sent_count; /* of those, in the extend that is being asked */
    uint64_t wanted;   /* the signer must get leaves up to there from the database first */

    /*
     * Leaves before this one last: a commit of ours that came after them came back clean. What is
     * visible beyond may not be on the standby yet, and must not be signed.
     */
    uint64_t lasting;

    void (*on_certain)(void *arg);
    void *on_certain_arg;
    bool was_certain;

    struct ledger_claims fresh; /* with a leaf, in order */
    struct ledger_claims old;   /* the leaf of each must be read */
    struct arena *batch_arena;

    atomic_bool ready, forked, frozen;
    atomic_bool unsure;    /* whether the database is the one that was signed: nobody has looked */
    atomic_int doubts;     /* of other loops, that this one has not heard of yet */
    pthread_mutex_t mutex; /* guards what follows */
    char trouble[128];
    char latest[CHECKPOINT_NOTE_MAX]; /* a copy of note */
    size_t latest_len;
};

static void next(struct ledger *ledger);
static void rest(struct ledger *ledger, uint64_t ms);

/* --- states --- */

static void set_trouble(struct ledger *ledger, const char *clause)
{
    pthread_mutex_lock(&ledger->mutex);
    snprintf(ledger->trouble, sizeof ledger->trouble, "%s", clause);
    pthread_mutex_unlock(&ledger->mutex);
}

static void set_state(struct ledger *ledger, enum state state, const char *trouble)
{
    struct log_value clause;
    const bool ready = state == STATE_READY, was_ready = ledger->state == STATE_READY;

    if (ready && !was_ready)
        log_line(LOG_NOTICE, "ledger_ready size=%" PRIu64, ledger->tree.frontier.size);
    else if (was_ready && !ready)
        log_line(LOG_WARNING, "ledger_not_ready reason=%s", log_text(&clause, trouble));
    ledger->state = state;
    if (ready) {
        ledger->fork = false;
        atomic_store(&ledger->unsure, false);
    }
    if (!ledger->fork || state == STATE_FORKED)
        set_trouble(ledger, trouble);
    atomic_store(&ledger->ready, ready);
    atomic_store(&ledger->forked, ledger->fork);
    metric_set(METRIC_LEDGER_READY, state == STATE_READY);
}

/* The log and the database differ: from here on nothing is written. */
static void forked(struct ledger *ledger, uint64_t index)
{
    char clause[sizeof ledger->trouble], number[24];

    snprintf(number, sizeof number, "%" PRIu64, index);
    refusal_fill(REFUSAL_LOG_FORKED, (struct span[REFUSAL_HOLES_MAX]){span_of(number)}, clause,
                 sizeof clause);
    if (!ledger->fork || ledger->fork_index != index)
        log_line(LOG_ERROR,
                 "ledger_forked index=%" PRIu64 " size=%" PRIu64 " next=\"grievd ledger doctor\"",
                 index, ledger->tree.frontier.size);
    ledger->fork = true;
    ledger->fork_index = index;
    ledger_newest_keep(&ledger->newest);
    set_state(ledger, STATE_FORKED, clause);
    ledger->pending.count = 0; /* what is committed is read again, if it is still right then */
    ledger->wanted = ledger->lasting = 0;
    ledger->nudged = true;
    ledger_claims_fail(&ledger->fresh, ERR_FORKED);
    ledger_claims_fail(&ledger->old, ERR_FORKED);
    rest(ledger, FORK_LOOK_MS);
    event_active(ledger->turn, EV_TIMEOUT, 0); /* who reads goes on */
}

/* No part of the tree is believed, and nothing proven by it. */
static void spoil(struct ledger *ledger)
{
    ledger->spoiled = true;
    ledger_reads_fail(&ledger->reads);
}

/* What was read does not give the tree that was signed. */
static void forked_tree(struct ledger *ledger, uint64_t index)
{
    spoil(ledger);
    forked(ledger, index);
}

/* Ask nothing for a while: what was asked was no help. */
static void rest(struct ledger *ledger, uint64_t ms)
{
    ledger->resting = true;
    loop_after(ledger->again, ms);
}

static void again_due(evutil_socket_t fd, short what, void *arg)
{
    struct ledger *ledger = arg;

    (void)fd;
    (void)what;
    ledger->resting = false;
    if (ledger->state == STATE_FORKED) { /* has somebody repaired it? */
        ledger->state = STATE_AWAY;
        ledger->look = true;
        if (ledger->spoiled)
            tree_clear(&ledger->tree);
        ledger->spoiled = false;
        ledger->goal = ledger->tree.frontier.size;
    }
    next(ledger);
}

void ledger_go_on(struct ledger *ledger)
{
    if (ledger->state == STATE_FORKED) { /* what was on its way then */
        ledger_claims_fail(&ledger->fresh, ERR_FORKED);
        ledger_claims_fail(&ledger->old, ERR_FORKED);
    }
    next(ledger);
}

static void turn_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    ledger_go_on(arg);
}

/* --- receipts --- */

static void claim_settle(struct ledger *ledger, struct ledger_claim *claim, enum err err)
{
    const uint64_t index = claim->index;

    ledger_claims_end(claim, err);
    if (err == ERR_FORKED)
        forked(ledger, index);
}

/* Those whose leaves are in the batch, here as bytes; the tree is as the batch left it. */
static void fresh_settle(struct ledger *ledger, const struct merkle_batch *batch,
                         const uint8_t *leaves)
{
    const struct span note = {ledger->note, ledger->note_len};
    struct ledger_claim *claim;

    while ((claim = TAILQ_FIRST(&ledger->fresh)) && claim->index < ledger->tree.frontier.size) {
        if (batch && claim->index >= batch->first)
            claim_settle(ledger, claim, ledger_claims_prove_fresh(claim, note, batch, leaves));
        else
            ledger_claims_put(&ledger->old, claim);
    }
}

/* All claims of the tile whose leaves were read. */
static void tile_arrived(struct ledger *ledger, const struct wire_answer *answer)
{
    struct tree_tiles tiles = {.count = 0};
    const size_t count = answer->leaves.len / LEAF_BYTES;
    const uint64_t tile = answer->size / TILE_WIDTH;
    const struct span note = {ledger->note, ledger->note_len};
    struct ledger_claims mine = TAILQ_HEAD_INITIALIZER(mine);
    struct ledger_claim *claim;

    if (answer->size % TILE_WIDTH != 0 || count > TILE_WIDTH) {
        signer_link_drop(ledger->signer);
        return;
    }
    const uint8_t *leaves = (const uint8_t *)answer->leaves.data;
    tree_tiles_add(&tiles, tile, leaves, count);
    ledger_claims_of_tile(&ledger->old, tile, count, &mine);
    while ((claim = TAILQ_FIRST(&mine)))
        claim_settle(ledger, claim,
                     ledger_claims_prove_old(claim, note, &ledger->tree, leaves, &tiles));
}

/* --- taking up what was signed --- */

/* The tree is as large as one that somebody was shown: it must be that one. */
static bool demand_met(struct ledger *ledger)
{
    struct merkle_hash root;

    if (ledger->newest.sight.size != ledger->tree.frontier.size || ledger->newest.sight.size == 0)
        return true;
    merkle_root(&ledger->tree.frontier, &root);
    if (merkle_hash_eq(&root, &ledger->newest.sight.root))
        return true;
    forked_tree(ledger, ledger->newest.sight.size - 1);
    return false;
}

/* --- signatures --- */

bool ledger_signed(const struct ledger *ledger, struct span note)
{
    struct checkpoint checkpoint;

    return verify_checkpoint(&ledger->log, note, &checkpoint) == VERIFY_OK;
}

/* Our own signer, and its signature is none: nothing more is answered under one like it. */
static void distrust(struct ledger *ledger)
{
    log_line(LOG_ERROR,
             "ledger_signature_bad size=%" PRIu64
             " effect=\"each is verified before it is used\" next=\"restart grievd-signer\"",
             ledger->tree.frontier.size);
    ledger->distrusted = true;
    pthread_mutex_lock(&ledger->mutex);
    ledger->latest_len = 0; /* nor is it shown */
    pthread_mutex_unlock(&ledger->mutex);
    signer_link_drop(ledger->signer);
    if (ledger->state != STATE_FORKED)
        set_state(ledger, STATE_AWAY, refusal_text(REFUSAL_SIGNER_SIGNATURE));
}

/*
 * To verify each signature before its answers would cost as much as all the rest of a receipt. So
 * the newest one is looked at a moment later.
 */
static void prove_due(evutil_socket_t fd, short what, void *arg)
{
    struct ledger *ledger = arg;

    (void)fd;
    (void)what;
    if (!ledger_signed(ledger, (struct span){ledger->note, ledger->note_len}))
        distrust(ledger);
}

static void prove_later(struct ledger *ledger)
{
    if (!event_pending(ledger->prove, EV_TIMEOUT, NULL))
        loop_after(ledger->prove, PROVE_MS);
}

/* The goal is reached: what was computed here is what the signer signed, or nothing is right. */
static bool goal_reached(struct ledger *ledger, const struct merkle_hash *root)
{
    struct note note;
    struct checkpoint checkpoint;
    const struct span text = {ledger->goal_note, ledger->goal_note_len};

    if (note_parse(text, &note) != NOTE_OK || !checkpoint_parse(note.text, &checkpoint) ||
        checkpoint.size != ledger->goal || !merkle_hash_eq(&checkpoint.root, root)) {
        forked_tree(ledger, ledger->tree.frontier.size);
        return false;
    }
    if (ledger->distrusted && !ledger_signed(ledger, text)) {
        distrust(ledger);
        return false;
    }
    const struct ledger_sight sight = {checkpoint.size, checkpoint.root};

    prove_later(ledger);
    memcpy(ledger->note, ledger->goal_note, ledger->goal_note_len);
    ledger->note_len = ledger->goal_note_len;
    if (ledger->newest.sight.size < checkpoint.size)
        ledger_newest_set(&ledger->newest, &sight, text);
    ledger_shown_add(ledger->shown, &sight);
    pthread_mutex_lock(&ledger->mutex);
    memcpy(ledger->latest, ledger->note, ledger->note_len);
    ledger->latest_len = ledger->note_len;
    pthread_mutex_unlock(&ledger->mutex);
    metric_set(METRIC_LEDGER_SIZE, (int64_t)ledger->tree.frontier.size);
    return true;
}

/* Leaves that follow the frontier, and lie within the goal. */
static void absorb(struct ledger *ledger, struct span leaves)
{
    struct merkle_hash root;
    const size_t count = leaves.len / LEAF_BYTES;
    const bool last = ledger->tree.frontier.size + count == ledger->goal;

    assert(count > 0 && ledger->tree.frontier.size + count <= ledger->goal);
    arena_free(ledger->batch_arena);
    ledger->batch_arena = arena_new(BATCH_ARENA_BYTES);
    const struct merkle_batch *batch = tree_append(&ledger->tree, last ? ledger->batch_arena : NULL,
                                                   (const uint8_t *)leaves.data, count);
    if (!demand_met(ledger) || !last)
        return;
    if (batch)
        root = batch->root;
    else
        merkle_root(&ledger->tree.frontier, &root);
    fresh_settle(ledger, goal_reached(ledger, &root) ? batch : NULL, (const uint8_t *)leaves.data);
}

static void set_goal(struct ledger *ledger, uint64_t size, struct span note)
{
    if (size < ledger->tree.frontier.size || size < ledger->newest.sight.size ||
        note.len > sizeof ledger->goal_note) {
        forked(ledger, size); /* the signer knows less than it has signed: it was rolled back */
        return;
    }
    ledger->goal = size;
    memcpy(ledger->goal_note, note.data, note.len);
    ledger->goal_note_len = note.len;
}

/* --- the database --- */

static void fetch(struct ledger *ledger, uint64_t first, uint64_t count, store_call_fn *fn)
{
    ledger->fetching = true;
    ledger_leaves_ask(ledger->store, LANE_READ, first, count, fn, ledger);
}

/* Whether the database holds what was signed: its last leaf there, and no less. */
static void checked_well(struct ledger *ledger, bool frozen)
{
    atomic_store(&ledger->frozen, frozen);
    set_state(ledger, STATE_READY, "");
    ledger_patrol_begin(ledger->patrol);
}

static void checked(void *arg, const struct store_answer *answer)
{
    struct ledger *ledger = arg;
    struct ledger_leaves got;
    struct merkle_hash hash;
    const uint64_t size = ledger->tree.frontier.size;

    ledger->fetching = false;
    if (ledger->state != STATE_CHECKING) {
        next(ledger); /* which waited for this */
        return;
    }
    if (!ledger_leaves_read(answer, &got)) {
        rest(ledger, RETRY_MS);
        return;
    }
    if (got.size < size) {
        forked(ledger, got.size);
        return;
    }
    if (size > 0) {
        const struct merkle_hash *last = &ledger->tree.tail[(size - 1) % TILE_WIDTH];

        merkle_leaf_hash(&hash, (struct span){(const char *)got.leaves, LEAF_BYTES});
        if (got.count != 1 || !merkle_hash_eq(&hash, last)) {
            forked(ledger, size - 1);
            return;
        }
    }
    if (got.size > size)
        ledger->nudged = true;
    if (!ledger->look)
        checked_well(ledger, got.frozen);
    next(ledger);
}

static void nudge_later(struct ledger *ledger)
{
    ledger->nudged = true;
    if (!event_pending(ledger->again, EV_TIMEOUT, NULL))
        loop_after(ledger->again, NUDGE_MS);
}

static void settled(void *arg, const struct store_answer *answer)
{
    struct ledger *ledger = arg;
    uint64_t size;

    ledger->settling = false;
    if (ledger->state != STATE_READY || !ledger_leaves_lasting(answer, &size)) {
        nudge_later(ledger);
        return;
    }
    if (size > ledger->lasting)
        ledger->lasting = size;
    next(ledger);
}

/* Somebody committed leaves, here or elsewhere: learn up to where they may be signed. */
static void settle(struct ledger *ledger)
{
    ledger->nudged = false; /* who nudges after this is not meant */
    ledger->settling = true;
    ledger_leaves_ask_lasting(ledger->store, settled, ledger);
}

/* Leaves that the signer lacks, from its size on. */
static void fed(void *arg, const struct store_answer *answer)
{
    struct ledger *ledger = arg;
    struct ledger_leaves got;

    ledger->fetching = false;
    if (ledger->state != STATE_READY) {
        next(ledger); /* which waited for this */
        return;
    }
    if (!ledger_leaves_read(answer, &got)) {
        rest(ledger, RETRY_MS);
        return;
    }
    if (got.size < ledger->tree.frontier.size) {
        forked(ledger, got.size);
        return;
    }
    if (got.count == 0) { /* it speaks of leaves that it has not */
        rest(ledger, RETRY_MS);
        return;
    }
    const struct wire_request request = {
        .type = WIRE_EXTEND,
        .first = ledger->tree.frontier.size,
        .leaves = {(const char *)got.leaves, got.count * LEAF_BYTES},
    };
    ledger->asked = ASKED_FEED;
    signer_link_ask(ledger->signer, &request);
}

/* Read the leaves that last and that the signer lacks; of what is pending here, none. */
static void feed(struct ledger *ledger)
{
    const uint64_t size = ledger->tree.frontier.size;
    const bool behind = ledger->wanted > size && ledger->wanted < ledger->lasting;

    fetch(ledger, size, (behind ? ledger->wanted : ledger->lasting) - size, fed);
}

/* --- questions and answers --- */

static void ask(struct ledger *ledger, enum question question, const struct wire_request *request)
{
    ledger->asked = question;
    signer_link_ask(ledger->signer, request);
}

static void ask_state(struct ledger *ledger)
{
    ask(ledger, ASKED_STATE, &(struct wire_request){.type = WIRE_STATE});
}

static void ask_gap(struct ledger *ledger)
{
    const uint64_t size = ledger->tree.frontier.size;
    uint64_t missing = ledger->goal - size;

    if (ledger->newest.sight.size > size && ledger->newest.sight.size - size < missing)
        missing = ledger->newest.sight.size - size; /* there the root is to be compared */
    ask(ledger, ASKED_GAP,
        &(struct wire_request){.type = WIRE_READ,
                               .first = size,
                               .count = missing < LIMIT_SIGNER_LEAVES ? (uint32_t)missing
                                                                      : LIMIT_SIGNER_LEAVES});
}

static void ask_extend(struct ledger *ledger)
{
    ledger->sent_count =
        ledger->pending.count < LIMIT_SIGNER_LEAVES ? ledger->pending.count : LIMIT_SIGNER_LEAVES;
    ask(ledger, ASKED_EXTEND,
        &(struct wire_request){
            .type = WIRE_EXTEND,
            .first = ledger->pending.first,
            .leaves = {(const char *)ledger->pending.leaves, ledger->sent_count * LEAF_BYTES}});
}

static void ask_tile(struct ledger *ledger, uint64_t index)
{
    const uint64_t first = index - index % TILE_WIDTH;
    const uint64_t count = ledger->tree.frontier.size - first;

    ask(ledger, ASKED_TILE,
        &(struct wire_request){.type = WIRE_READ,
                               .first = first,
                               .count = count < TILE_WIDTH ? (uint32_t)count : TILE_WIDTH});
}

/* What somebody proves with, if anybody waits for it. */
static void ask_read(struct ledger *ledger)
{
    struct wire_request read;

    if (ledger_reads_next(&ledger->reads, &read))
        ask(ledger, ASKED_READ, &read);
}

/* The one next step, if none is under way. */
static void next(struct ledger *ledger)
{
    const bool certain = ledger_certain(ledger);

    if (certain && !ledger->was_certain && ledger->on_certain)
        ledger->on_certain(ledger->on_certain_arg);
    ledger->was_certain = certain;
    if (!signer_link_idle(ledger->signer) || ledger->asked != ASKED_NOTHING)
        return;
    if (ledger->state == STATE_FORKED) { /* reading goes on */
        ask_read(ledger);
        return;
    }
    if (ledger->fetching || ledger->resting)
        return;
    ledger_pending_trim(&ledger->pending, ledger->tree.frontier.size);
    if (ledger->state == STATE_AWAY) {
        ask_state(ledger);
        return;
    }
    if (ledger->tree.frontier.size < ledger->goal) {
        ask_gap(ledger);
        return;
    }
    if (ledger->newest.sight.size > ledger->goal) { /* another daemon may have fed the signer */
        ask_state(ledger);
        return;
    }
    if (ledger->state != STATE_READY || ledger->look) {
        const uint64_t size = ledger->tree.frontier.size;

        set_state(ledger, STATE_CHECKING, refusal_text(REFUSAL_LOG_COMPARED));
        ledger->look = false; /* a connection that comes up after this is another one */
        fetch(ledger, size > 0 ? size - 1 : 0, size > 0 ? 1 : 0, checked);
        return;
    }
    const struct ledger_claim *old = TAILQ_FIRST(&ledger->old);
    const uint64_t size = ledger->tree.frontier.size;
    const bool behind = ledger->wanted > size;

    if (behind && ledger->lasting > size)
        feed(ledger);
    else if (!behind && ledger->pending.count > 0)
        ask_extend(ledger);
    else if (old && old->index < size)
        ask_tile(ledger, old->index);
    else if (ledger->lasting > size)
        feed(ledger);
    else
        ask_read(ledger);
    if (ledger->nudged && !ledger->settling && (behind || ledger->pending.count == 0))
        settle(ledger);
}

static void state_arrived(struct ledger *ledger, const struct wire_answer *answer)
{
    struct checkpoint checkpoint;

    ledger->missing = answer->type != WIRE_STATE_IS || answer->condition != WIRE_CONDITION_READY;
    if (ledger->missing) {
        set_state(ledger, STATE_AWAY,
                  answer->type == WIRE_STATE_IS && answer->condition == WIRE_CONDITION_NONE
                      ? refusal_text(REFUSAL_SIGNER_NO_LOG)
                      : refusal_text(REFUSAL_SIGNER_NOT_READY));
        rest(ledger, RETRY_MS);
        return;
    }
    const enum verify_fault fault = verify_checkpoint(&ledger->log, answer->note, &checkpoint);
    if (fault != VERIFY_OK) {
        set_state(ledger, STATE_AWAY, verify_fault_text(fault));
        rest(ledger, RETRY_MS);
        return;
    }
    if (ledger->state != STATE_READY)
        set_state(ledger, STATE_READING, refusal_text(REFUSAL_LOG_READ));
    set_goal(ledger, answer->size, answer->note);
    if (ledger->state == STATE_READING && ledger->tree.frontier.size == ledger->goal) {
        struct merkle_hash root;

        merkle_root(&ledger->tree.frontier, &root);
        goal_reached(ledger, &root);
    }
}

/* To an extend, of what is pending here or was fetched. */
static void extended(struct ledger *ledger, const struct wire_answer *answer, bool pending)
{
    const size_t sent = pending ? ledger->sent_count : 0;

    switch (answer->type) {
    case WIRE_SIGNED:
    case WIRE_HAVE:
        set_goal(ledger, answer->size, answer->note);
        if (ledger->state == STATE_FORKED)
            return;
        if (sent > 0 && ledger->tree.frontier.size == ledger->pending.first &&
            ledger->newest.sight.size <= ledger->pending.first &&
            ledger->goal == ledger->pending.first + sent)
            absorb(ledger, (struct span){(const char *)ledger->pending.leaves, sent * LEAF_BYTES});
        break; /* what is in the tree now, pending_trim() drops */
    case WIRE_BEHIND:
        if (answer->size < ledger->tree.frontier.size)
            forked(ledger, answer->size); /* it was rolled back */
        else if (sent > 0)
            ledger->wanted = ledger->pending.first;
        break;
    case WIRE_FORK:
        forked(ledger, answer->size);
        break;
    default: /* refused */
        set_state(ledger, STATE_AWAY,
                  answer->type == WIRE_REFUSED ? wire_refusal_text(answer->refusal)
                                               : refusal_text(REFUSAL_SIGNER_OTHER_ANSWER));
        rest(ledger, RETRY_MS);
        break;
    }
}

static void leaves_arrived(struct ledger *ledger, const struct wire_answer *answer,
                           enum question question)
{
    const uint64_t size = ledger->tree.frontier.size;
    const size_t count = answer->leaves.len / LEAF_BYTES;

    if (answer->type != WIRE_LEAVES || count == 0) {
        signer_link_drop(ledger->signer);
        return;
    }
    if (question == ASKED_TILE) {
        tile_arrived(ledger, answer);
    } else if (question == ASKED_READ) {
        if (!ledger_reads_take(&ledger->reads, answer))
            signer_link_drop(ledger->signer);
    } else if (answer->size != size || size + count > ledger->goal) {
        signer_link_drop(ledger->signer);
    } else {
        absorb(ledger, answer->leaves);
    }
}

static void signer_up(void *arg)
{
    struct ledger *ledger = arg;

    if (ledger->state != STATE_FORKED)
        set_state(ledger, STATE_AWAY, refusal_text(REFUSAL_LOG_READ));
    next(ledger);
}

static void signer_down(void *arg)
{
    struct ledger *ledger = arg;

    ledger->asked = ASKED_NOTHING;
    ledger->missing = true;
    if (ledger->state != STATE_FORKED)
        set_state(ledger, STATE_AWAY, refusal_text(REFUSAL_SIGNER_AWAY));
    ledger_reads_fail(&ledger->reads);
}

static void answered(void *arg, const struct wire_answer *answer)
{
    struct ledger *ledger = arg;
    const enum question question = ledger->asked;

    ledger->asked = ASKED_NOTHING;
    switch (question) {
    case ASKED_STATE:
        state_arrived(ledger, answer);
        break;
    case ASKED_EXTEND:
    case ASKED_FEED:
        extended(ledger, answer, question == ASKED_EXTEND);
        break;
    case ASKED_GAP:
    case ASKED_TILE:
    case ASKED_READ:
        leaves_arrived(ledger, answer, question);
        break;
    case ASKED_NOTHING:
        break;
    }
    next(ledger);
}

/* --- from outside --- */

void ledger_claim(struct ledger *ledger, struct ledger_claim *claim)
{
    /* It may be signed already: another was there first, or it was fetched for somebody else. */
    const bool pending = claim->leaf && claim->index >= ledger->tree.frontier.size &&
                         ledger_pending_add(&ledger->pending, claim->index, claim->leaf);

    if (ledger->lasting <= claim->index)
        ledger->lasting = claim->index + 1;
    claim->waits_in = NULL;
    ledger_claims_put(pending ? &ledger->fresh : &ledger->old, claim);
    event_active(ledger->turn, EV_TIMEOUT, 0); /* what arrives together goes together */
}

void ledger_forget(struct ledger *ledger, struct ledger_claim *claim)
{
    (void)ledger;
    if (claim->waits_in)
        ledger_claims_take(claim);
}

void ledger_look_again(struct ledger *ledger)
{
    ledger->look = true;
    /* What was committed there need not be here, nor last: it is read again. */
    ledger->pending.count = ledger->sent_count = 0;
    ledger->wanted = ledger->lasting = 0;
    ledger->nudged = true;
    atomic_store(&ledger->unsure, true);
    ledger_patrol_look(ledger->patrol);
    if (ledger->state != STATE_READY)
        return;
    /* Nothing more is sent to it before that, whatever is under way. */
    set_state(ledger, STATE_CHECKING, refusal_text(REFUSAL_LOG_COMPARED));
    next(ledger);
}

static void doubted(void *arg)
{
    struct ledger *ledger = arg;

    ledger_look_again(ledger);
    atomic_fetch_sub(&ledger->doubts, 1);
}

void ledger_doubt(struct ledger *ledger)
{
    atomic_fetch_add(&ledger->doubts, 1);
    loop_post(ledger->loop, doubted, ledger);
}

static void nudged(void *arg)
{
    nudge_later(arg);
}

void ledger_nudge(struct ledger *ledger)
{
    loop_post(ledger->loop, nudged, ledger);
}

bool ledger_ready(const struct ledger *ledger)
{
    return atomic_load(&ledger->ready);
}

bool ledger_certain(const struct ledger *ledger)
{
    return ledger_ready(ledger) && ledger->newest.sight.size <= ledger->tree.frontier.size;
}

void ledger_on_certain(struct ledger *ledger, void (*fn)(void *arg), void *arg)
{
    ledger->on_certain = fn;
    ledger->on_certain_arg = arg;
}

enum err ledger_refusal(const struct ledger *ledger)
{
    if (atomic_load(&ledger->forked))
        return ERR_FORKED;
    if (atomic_load(&ledger->frozen))
        return ERR_FROZEN;
    if (atomic_load(&ledger->unsure) || atomic_load(&ledger->doubts) > 0)
        return ERR_UNAVAILABLE;
    return ERR_NONE;
}

bool ledger_writable(const struct ledger *ledger)
{
    return !ledger || (ledger_ready(ledger) && ledger_refusal(ledger) == ERR_NONE);
}

void ledger_trouble(struct ledger *ledger, char *ret_text, size_t size)
{
    const bool frozen = ledger_refusal(ledger) == ERR_FROZEN;

    pthread_mutex_lock(&ledger->mutex);
    snprintf(ret_text, size, "%s", frozen ? refusal_text(REFUSAL_FROZEN) : ledger->trouble);
    pthread_mutex_unlock(&ledger->mutex);
}

/* --- reads --- */

const struct tree *ledger_tree(const struct ledger *ledger)
{
    return &ledger->tree;
}

struct loop *ledger_loop(const struct ledger *ledger)
{
    return ledger->loop;
}

size_t ledger_latest(struct ledger *ledger, char ret_note[static CHECKPOINT_NOTE_MAX])
{
    pthread_mutex_lock(&ledger->mutex);
    const size_t len = ledger->latest_len;
    memcpy(ret_note, ledger->latest, len);
    pthread_mutex_unlock(&ledger->mutex);
    return len;
}

bool ledger_read(struct ledger *ledger, struct ledger_read *read)
{
    if (ledger->state == STATE_AWAY || ledger->missing || ledger->spoiled ||
        !ledger_reads_add(&ledger->reads, read))
        return false;
    event_active(ledger->turn, EV_TIMEOUT, 0);
    return true;
}

/* --- what the patrol finds --- */

static bool is_steady(void *arg)
{
    const struct ledger *ledger = arg;

    return ledger->state == STATE_READY;
}

static uint64_t leaves_due(void *arg)
{
    const struct ledger *ledger = arg;

    return ledger->newest.sight.size > ledger->tree.frontier.size ? ledger->newest.sight.size
                                                                  : ledger->tree.frontier.size;
}

static void head_seen(void *arg, uint64_t size, bool frozen, uint64_t due)
{
    struct ledger *ledger = arg;

    atomic_store(&ledger->frozen, frozen);
    ledger_newest_keep(&ledger->newest);
    if (size < due) {
        if (ledger->state != STATE_FORKED)
            forked(ledger, size);
        return;
    }
    if (ledger->missing && ledger->state == STATE_AWAY)
        atomic_store(&ledger->unsure, false); /* as much as can be known without the signer */
    if (size > ledger->tree.frontier.size)
        nudge_later(ledger); /* whoever committed that may have gone without having it signed */
}

static bool read_for(void *arg, struct ledger_read *read)
{
    return ledger_read(arg, read);
}

static void leaf_differs(void *arg, uint64_t index)
{
    forked(arg, index);
}

/* --- what clients have been shown --- */

static bool demanded(void *arg, const struct ledger_sight *sight, struct span note)
{
    struct ledger *ledger = arg;

    if (sight->size <= ledger->tree.frontier.size)
        return false;
    if (sight->size > ledger->newest.sight.size)
        ledger_newest_set(&ledger->newest, sight, note);
    event_active(ledger->turn, EV_TIMEOUT, 0);
    return true;
}

static void contradicted(void *arg, const struct ledger_sight *sight, struct span note)
{
    struct ledger *ledger = arg;

    if (ledger->state != STATE_FORKED)
        forked(ledger, sight->size - 1);
    ledger_newest_set(&ledger->newest, sight, note); /* both cannot be: until somebody has looked */
    ledger_newest_keep(&ledger->newest);
    spoil(ledger);
}

bool ledger_seen(struct ledger *ledger, struct span note, struct loop *home)
{
    return ledger_shown_look(ledger->shown, note, home);
}

/* --- from start to end --- */

static bool key_read(struct ledger *ledger, const char *path)
{
    size_t len;
    char *text = settings_file(path, &len);
    const bool good = text && note_verifier_parse((struct span){text, len}, &ledger->key) &&
                      strcmp(ledger->key.name, ledger->origin) == 0;

    if (!good)
        log_line(LOG_ERROR,
                 "ledger_key_refused next=\"[ledger] public_key must hold the public key "
                 "of [register] origin, as grievd signer --new-key printed it\"");
    settings_file_free(text, len);
    return good;
}

/* What looks for it, each with a view of the tree. */
static bool watchers_make(struct ledger *ledger)
{
    ledger->patrol = ledger_patrol_new(ledger->loop, ledger->store, &ledger->tree,
                                       &(struct ledger_patrol_user){.steady = is_steady,
                                                                    .due = leaves_due,
                                                                    .head = head_seen,
                                                                    .read = read_for,
                                                                    .differs = leaf_differs,
                                                                    .arg = ledger});
    ledger->shown = ledger_shown_new(
        ledger->loop, &ledger->log, &ledger->tree,
        &(struct ledger_shown_user){
            .demand = demanded, .read = read_for, .contradicted = contradicted, .arg = ledger});
    return ledger->patrol && ledger->shown;
}

struct ledger *ledger_new(struct loop *loop, struct store *store, const struct settings *settings)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);

    if (!ledger)
        abort();
    ledger->loop = loop;
    ledger->store = store;
    ledger->look = true;
    ledger->unsure = true;
    TAILQ_INIT(&ledger->fresh);
    TAILQ_INIT(&ledger->old);
    ledger_reads_init(&ledger->reads);
    pthread_mutex_init(&ledger->mutex, NULL);
    set_trouble(ledger, refusal_text(REFUSAL_LOG_NOT_COMPARED));
    ledger->origin = strdup(settings->origin);
    ledger->log = (struct verify_log){span_of(ledger->origin), &ledger->key};
    ledger->again = evtimer_new(loop_base(loop), again_due, ledger);
    ledger->turn = evtimer_new(loop_base(loop), turn_due, ledger);
    ledger->prove = evtimer_new(loop_base(loop), prove_due, ledger);
    ledger->signer = signer_link_new(
        loop, settings->signer,
        &(struct signer_link_user){
            .up = signer_up, .down = signer_down, .answer = answered, .arg = ledger});
    if (!ledger->origin || !ledger->again || !ledger->turn || !ledger->prove ||
        !watchers_make(ledger) || !ledger->signer) {
        log_line(LOG_ERROR, "ledger_failed next=\"[ledger] signer must be the path of a socket\"");
        ledger_free(ledger);
        return NULL;
    }
    if (!key_read(ledger, settings->public_key)) {
        ledger_free(ledger);
        return NULL;
    }
    if (!ledger_newest_init(&ledger->newest, settings->newest, &ledger->log))
        abort();
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    if (ledger->newest.path)
        ledger_newest_keep(&ledger->newest);
    store_forget(ledger->store, ledger);
    ledger_reads_fail(&ledger->reads);
    signer_link_free(ledger->signer);
    if (ledger->again)
        event_free(ledger->again);
    if (ledger->turn)
        event_free(ledger->turn);
    if (ledger->prove)
        event_free(ledger->prove);
    ledger_patrol_free(ledger->patrol);
    ledger_shown_free(ledger->shown);
    arena_free(ledger->batch_arena);
    pthread_mutex_destroy(&ledger->mutex);
    tree_clear(&ledger->tree);
    free(ledger->origin);
    ledger_newest_clear(&ledger->newest);
    free(ledger);
}
