#include "intake.h"

#include <assert.h>
#include <event2/event.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <time.h>

#include "core/base64.h"
#include "core/hex.h"
#include "core/refusal.h"
#include "core/text.h"
#include "core/thai.h"
#include "ledger.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "sealer.h"
#include "settings.h"

enum {
    TICK_MS = 100,                   /* how often deadlines are looked at while anything waits */
    REFERENCE_PERIOD_MS = 60 * 1000, /* reference data is read again */
    REFERENCE_RETRY_MS = 1000,       /* and when it could not be read */
};

/* Reference data shared by all loops: immutable, freed with its last user. */
struct snapshot {
    atomic_size_t users;
    struct complaint_reference *reference;
};

/* One submission, in its request's arena: gone once the request is answered. */
struct item {
    TAILQ_ENTRY(item) link;
    struct intake *intake;
    struct request *request;
    struct loop *home;

    struct complaint complaint;
    struct commit commit;
    enum keys_route route;
    struct store_submission submission;
    uint8_t request_hash[COMMIT_BYTES], body_hash[COMMIT_BYTES], identity_hash[COMMIT_BYTES];
    uint8_t nonce[COMMIT_NONCE_BYTES];
    char track[COMMIT_TRACK_CHARS + 1];

    int64_t deadline_ms;  /* from its arrival, then from when it was first sent */
    bool sent;            /* its first time */
    bool lost;            /* a commit of it was not heard of: only an outcome can tell */
    bool alone;           /* its batch failed over one item, perhaps this: no company */
    bool tried_key;       /* once more with an old nonce key */
    bool tried_reference; /* once more with newer reference data */
    bool tried_rival;     /* once more because a row of its batch was there all of a sudden */

    /* stored: what the answer is made of */
    struct span ref, state, case_route;
    uint8_t leaf[LEAF_BYTES];
    struct ledger_claim claim;

    /* the answer on its way home */
    enum err err;
    int status;
    struct span body;
    const char *detail;
};
TAILQ_HEAD(items, item);

struct intake {
    struct loop *loop;
    struct store *store;
    struct sealer *sealer;                                   /* of its own loop */
    struct ledger *ledger;                                   /* NULL: a register without a log */
    struct settings_nonce_key keys[SETTINGS_NONCE_KEYS_MAX]; /* the current one first */
    size_t key_count;

    struct items queue;                    /* in the order to be sent */
    struct items stale;                    /* waiting for newer reference data */
    struct item *batch[LIMIT_BATCH_ITEMS]; /* in flight; NULL where answered meanwhile */
    size_t batch_count;
    struct items stored; /* waiting for their receipts */
    struct event *pump, *tick;
    int64_t away_since_ms; /* the submission connection; 0 while it is there */

    atomic_size_t waiting; /* in queue, stale and stored */
    atomic_bool open;      /* there is a snapshot, and commits can be expected */

    struct event *reload;
    bool loading, load_again;
    char *reference_text;  /* what the snapshot was made of */
    pthread_mutex_t mutex; /* guards what follows */
    struct snapshot *snapshot;
};

/* --- reference data: who holds a snapshot --- */

/* To be given back with snapshot_put(); NULL while there is none. From any thread. */
static struct snapshot *snapshot_get(struct intake *intake)
{
    pthread_mutex_lock(&intake->mutex);
    struct snapshot *snapshot = intake->snapshot;
    if (snapshot)
        atomic_fetch_add(&snapshot->users, 1);
    pthread_mutex_unlock(&intake->mutex);
    return snapshot;
}

static void snapshot_put(struct snapshot *snapshot)
{
    if (!snapshot || atomic_fetch_sub(&snapshot->users, 1) != 1)
        return;
    complaint_reference_free(snapshot->reference);
    free(snapshot);
}

static void snapshot_replace(struct intake *intake, struct complaint_reference *reference)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);

    if (!snapshot)
        abort();
    snapshot->users = 1; /* the intake's own */
    snapshot->reference = reference;
    pthread_mutex_lock(&intake->mutex);
    struct snapshot *old = intake->snapshot;
    intake->snapshot = snapshot;
    pthread_mutex_unlock(&intake->mutex);
    snapshot_put(old);
}

/* --- on the request's loop: from bytes to an item --- */

static const struct settings_nonce_key *key_find(const struct intake *intake, int id)
{
    for (size_t i = 0; i < intake->key_count; i++) {
        if (intake->keys[i].id == id)
            return &intake->keys[i];
    }
    return NULL;
}

static void nonce_derive(struct item *item, const struct settings_nonce_key *key)
{
    commit_nonce(item->nonce, key->key, item->complaint.id, item->request_hash);
    item->submission.nonce_key_id = key->id;
}

/* What the commitments are made of, hashed once: the longest of it may be bound again. */
static void item_hash(struct item *item)
{
    const struct span request = item->request->body, body = item->complaint.body;

    commit_hash(item->request_hash, request);
    if (body.data == request.data) /* nothing was cut out */
        memcpy(item->body_hash, item->request_hash, sizeof item->body_hash);
    else
        commit_hash(item->body_hash, body);
    commit_hash(item->identity_hash, item->complaint.complainant);
}

/* Bind the item to its nonce and unit. False if the arena is full. */
static bool item_commit(struct item *item)
{
    const struct span fields = complaint_clear_fields(&item->complaint, item->submission.unit,
                                                      item->submission.actor, item->request->arena);

    if (!fields.data)
        return false;
    commit_make(&item->commit, item->nonce, fields, item->body_hash, item->identity_hash);
    commit_track(item->track, item->nonce);
    const bool valid = commit_track_hash(item->submission.track_hash, span_of(item->track));
    assert(valid);
    return true;
}

/*
 * The unit the reference gives the actor, "" for none, and the route that follows, copied so
 * that the snapshot can go. False if the arena is full, or there is no key for such a route.
 */
static bool item_place(struct item *item, const struct complaint_reference *reference)
{
    const struct span unit = complaint_unit_of(reference, item->submission.actor);
    const struct span route = complaint_route(reference, &item->complaint, unit);

    item->submission.unit = arena_copy(item->request->arena, unit.data ? unit : SPAN(""));
    if (!item->submission.unit.data || !keys_route_find(route, &item->route))
        return false;
    if (item->route == KEYS_LEGAL)
        item->submission.route = (struct span){0};
    else
        item->submission.route = span_of(keys_route_name(item->route));
    return true;
}

/* salt ‖ text in the arena; .data NULL if it is full. */
static struct span salted(struct arena *arena, const uint8_t salt[static COMMIT_BYTES],
                          struct span text)
{
    return arena_joined(arena, (struct span){(const char *)salt, COMMIT_BYTES}, text);
}

/* The identity's envelope: the client's own, or one of ours. */
static bool item_seal_identity(struct item *item, struct sealer *sealer, struct sealed *ret_sealed)
{
    struct arena *arena = item->request->arena;
    const struct complaint *complaint = &item->complaint;

    item->submission.opening =
        (struct span){(const char *)item->commit.salt_m, COMMIT_OPENING_BYTES};
    if (complaint->sealed_content.data) {
        /* The salt that its content's hash is under is in nobody's envelope: it lies in the row. */
        item->submission.opening =
            arena_joined(arena, item->submission.opening,
                         (struct span){(const char *)item->commit.salt_i, COMMIT_BYTES});
        *ret_sealed = (struct sealed){complaint->sealed_content, complaint->sealed_wraps};
        return item->submission.opening.data != NULL;
    }
    const struct span text = salted(arena, item->commit.salt_i, complaint->complainant);

    return text.data && sealer_seal_identity(sealer, arena, complaint->id, text, ret_sealed);
}

/* Into envelopes, by the sealer of the loop that this happens on. False if the arena is full. */
static bool item_seal(struct item *item, struct sealer *sealer)
{
    struct arena *arena = item->request->arena;
    struct store_submission *submission = &item->submission;
    const struct span text = salted(arena, item->commit.salt_b, item->complaint.body);
    struct sealed body, identity;

    if (!text.data ||
        !sealer_seal(sealer, arena, item->complaint.id, SPAN("body"), item->route, text, &body) ||
        !item_seal_identity(item, sealer, &identity))
        return false;
    submission->body = body.content;
    submission->identity = identity.content;
    submission->wraps = arena_joined(arena, body.wraps, identity.wraps);
    return submission->wraps.data != NULL;
}

/* All that depends on the nonce and on the reference. False if the arena is full. */
static bool item_bind(struct item *item, struct sealer *sealer)
{
    return item_commit(item) && item_seal(item, sealer);
}

/* False, the request answered, if the submission has faults. */
static bool item_check(struct item *item, const json_t *object,
                       const struct complaint_reference *reference, const struct sealer *sealer)
{
    struct request *request = item->request;
    struct faults faults = {.count = 0};
    const struct thai_date today = thai_day_of((int64_t)time(NULL));

    if (complaint_read(&item->complaint, &faults, request->arena, request->path_params[0].value,
                       request->body, object, reference, today)) {
        const struct sealed sealed = {item->complaint.sealed_content, item->complaint.sealed_wraps};

        if (!sealed.content.data || sealer_identity_fits(sealer, item->complaint.id, &sealed))
            return true;
        fault_add(&faults, FAULT_MISMATCH, "/complainant/sealed");
    }
    if (faults.count > 0)
        request_problem(request, ERR_INVALID, NULL, &faults);
    else
        request_problem(request, ERR_TOO_LARGE, NULL, NULL);
    return false;
}

/* The item of a request, checked and hashed; NULL once answered with what is wrong. */
static struct item *item_read(struct intake *intake, struct request *request, const json_t *object,
                              const uint8_t *nonce, const struct snapshot *snapshot,
                              const struct sealer *sealer)
{
    struct item *item = snapshot ? arena_alloc(request->arena, sizeof *item) : NULL;

    if (!item) {
        request_problem(request, ERR_UNAVAILABLE, NULL, NULL);
        return NULL;
    }
    *item = (struct item){.intake = intake, .request = request};
    item->submission.complaint = &item->complaint;
    item->submission.commit = &item->commit;
    item->submission.actor = span_of(request->actor);

    if (!item_check(item, object, snapshot->reference, sealer))
        return NULL;
    if (item->complaint.sealed_content.data && !nonce) {
        request_problem(request, ERR_BAD_REQUEST, refusal_text(REFUSAL_NONCE_MISSING), NULL);
        return NULL;
    }
    item_hash(item);
    if (nonce)
        memcpy(item->nonce, nonce, sizeof item->nonce);
    else
        nonce_derive(item, &intake->keys[0]);
    return item;
}

static void item_arrive(void *arg);

void intake_submit(struct intake *intake, struct request *request, const json_t *object,
                   const uint8_t *nonce, struct loop *home, struct sealer *sealer)
{
    struct snapshot *snapshot = snapshot_get(intake);
    struct item *item = item_read(intake, request, object, nonce, snapshot, sealer);

    if (!item)
        goto done;
    item->home = home;
    if (!item_place(item, snapshot->reference) || !item_bind(item, sealer))
        request_problem(request, ERR_TOO_LARGE, NULL, NULL);
    else if (home == intake->loop)
        item_arrive(item);
    else
        loop_post(intake->loop, item_arrive, item);
done:
    snapshot_put(snapshot);
}

/* --- on the request's loop too: what would become of it --- */

/* What the item commits to, in hex, added to a list. False if the arena is full. */
static bool list_commit(json_t *list, struct item *item)
{
    char hex[2 * COMMIT_BYTES];

    if (!item_commit(item))
        return false;
    hex_encode(hex, item->commit.commit, sizeof item->commit.commit);
    return json_array_append_new(list, json_stringn(hex, sizeof hex)) == 0;
}

/* Under the client's nonce, or under each that a key of ours can have given it. */
static json_t *item_commits(struct item *item, bool own_nonce)
{
    const struct intake *intake = item->intake;
    json_t *list = json_array();
    bool good = true;

    if (own_nonce)
        good = list_commit(list, item);
    for (size_t i = 0; good && !own_nonce && i < intake->key_count; i++) {
        nonce_derive(item, &intake->keys[i]);
        good = list_commit(list, item);
    }
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

/* What the register judges by: no text, and nothing of who complained. */
static json_t *item_fields(const struct complaint *complaint)
{
    struct complaint_field fields[COMPLAINT_FIELDS];
    char id[37];

    uuid_print(complaint->id, id);
    json_t *object = json_pack("{s:s}", "id", id);
    complaint_fields(complaint, fields);
    for (size_t i = 0; i < COMPLAINT_FIELDS; i++) {
        const struct span value = fields[i].value;

        if (value.len > 0)
            json_object_set_new(object, fields[i].name, json_stringn(value.data, value.len));
    }
    return object;
}

struct span intake_describe(struct intake *intake, struct request *request, const json_t *object,
                            const uint8_t *nonce, struct sealer *sealer)
{
    struct snapshot *snapshot = snapshot_get(intake);
    struct item *item = item_read(intake, request, object, nonce, snapshot, sealer);
    struct span text = {NULL, 0};

    if (item) {
        json_t *commits =
            item_place(item, snapshot->reference) ? item_commits(item, nonce != NULL) : NULL;
        json_t *fields = commits ? item_fields(&item->complaint) : NULL;
        char *dump = fields && json_object_set(fields, "commits", commits) == 0
                         ? json_dumps(fields, JSON_COMPACT)
                         : NULL;

        text = dump ? arena_copy(request->arena, span_of(dump)) : text;
        if (!text.data)
            request_problem(request, ERR_TOO_LARGE, NULL, NULL);
        free(dump);
        json_decref(fields);
        json_decref(commits);
    }
    snapshot_put(snapshot);
    return text;
}

void intake_commit(const struct intake *intake, struct span fields,
                   const uint8_t event_id[static COMMIT_ID_BYTES],
                   const uint8_t body_hash[static COMMIT_BYTES], struct commit *ret_commit)
{
    uint8_t nonce[COMMIT_NONCE_BYTES], none_hash[COMMIT_BYTES];

    commit_hash(none_hash, SPAN(""));
    commit_nonce(nonce, intake->keys[0].key, event_id, body_hash);
    commit_make(ret_commit, nonce, fields, body_hash, none_hash);
    OPENSSL_cleanse(nonce, sizeof nonce);
}

void intake_bind(const struct intake *intake, const struct request *request, const char *function,
                 const uint8_t event_id[static COMMIT_ID_BYTES],
                 uint8_t ret_commit[static COMMIT_BYTES])
{
    const struct span fields =
        arena_printf(request->arena, "v=1\nroute=%s\nid=%.*s\nactor=%s\n", function,
                     (int)request->path_params[0].value.len,
                     request->path_params[0].value.data ? request->path_params[0].value.data : "",
                     request->actor);
    uint8_t body_hash[COMMIT_BYTES];
    struct commit commit;

    commit_hash(body_hash, request->body);
    intake_commit(intake, fields.data ? fields : SPAN(""), event_id, body_hash, &commit);
    memcpy(ret_commit, commit.commit, COMMIT_BYTES);
}

bool intake_accepts(const struct intake *intake)
{
    return atomic_load(&intake->open) && atomic_load(&intake->waiting) < LIMIT_INTAKE_QUEUE &&
           (!intake->ledger || ledger_ready(intake->ledger));
}

/* --- who waits --- */

static void waiting_changed(struct intake *intake, int by)
{
    atomic_fetch_add(&intake->waiting, (size_t)by);
    metric_add(METRIC_INTAKE_QUEUE, by);
}

static void queue_append(struct intake *intake, struct item *item)
{
    TAILQ_INSERT_TAIL(&intake->queue, item, link);
    waiting_changed(intake, 1);
}

/* What was sent before goes out before what arrived since. */
static void queue_prepend(struct intake *intake, struct item *item)
{
    TAILQ_INSERT_HEAD(&intake->queue, item, link);
    waiting_changed(intake, 1);
}

static void queue_remove(struct intake *intake, struct items *from, struct item *item)
{
    TAILQ_REMOVE(from, item, link);
    waiting_changed(intake, -1);
}

/* --- and back: the answer --- */

/* The request's own loop again. The item dies with its request. */
static void item_reply(void *arg)
{
    struct item *item = arg;
    char location[64] = "/v1/complaints/";
    const struct reply reply = {
        .status = item->status, .body = item->body, .version = 1, .location = location};

    if (item->err != ERR_NONE) {
        request_problem(item->request, item->err, item->detail, NULL);
        return;
    }
    uuid_print(item->complaint.id, location + strlen(location));
    request_reply(item->request, &reply);
}

static void item_answer(struct item *item)
{
    if (item->err == ERR_OUTCOME_UNKNOWN)
        metric_add(METRIC_OUTCOME_UNKNOWN, 1);
    else if (item->err == ERR_NONE)
        metric_add(item->status == 201 ? METRIC_SUBMISSIONS : METRIC_REPLAYS, 1);
    if (item->home == item->intake->loop)
        item_reply(item);
    else
        loop_post(item->home, item_reply, item);
}

/* Answering may bring in the peer's next request, so lists are never walked meanwhile. */
static void items_answer(struct items *items)
{
    struct item *item;

    while ((item = TAILQ_FIRST(items))) {
        TAILQ_REMOVE(items, item, link);
        item_answer(item);
    }
}

/* Never "nothing was stored" of what may have been. */
static void item_fail(struct item *item, enum err err)
{
    item->err = item->lost ? ERR_OUTCOME_UNKNOWN : err;
}

/* The receipt is text of one byte a letter but for line ends, and the sign before a signature. */
#define RECEIPT_JSON_BYTES_MAX(receipt) ((receipt).len + 256 + 2)

/* What proves it: ,"index":4,"leaf":"…","opening":"…","receipt":"…" */
static void proof_print(struct text *text, const struct item *item)
{
    char opening[BASE64_CHARS(COMMIT_OPENING_BYTES)], leaf[BASE64_CHARS(LEAF_BYTES)];

    base64_encode(opening, (struct span){(const char *)item->commit.salt_m, COMMIT_OPENING_BYTES});
    base64_encode(leaf, (struct span){(const char *)item->claim.leaf, LEAF_BYTES});
    text_put(text, SPAN(",\"index\":"));
    text_put_number(text, item->claim.index);
    text_put(text, SPAN(",\"leaf\":\""));
    text_put(text, (struct span){leaf, sizeof leaf});
    text_put(text, SPAN("\",\"opening\":\""));
    text_put(text, (struct span){opening, sizeof opening});
    text_put(text, SPAN("\",\"receipt\":"));
    text_put_json(text, item->claim.receipt);
}

/* The answer to what is stored, into the arena; .data NULL if that fails. */
static struct span acceptance_print(const struct item *item)
{
    char id[37];
    const struct {
        struct span before, value;
    } members[] = {
        {SPAN("{\"id\":"), {id, sizeof id - 1}},     {SPAN(",\"ref\":"), item->ref},
        {SPAN(",\"state\":"), item->state},          {SPAN(",\"route\":"), item->case_route},
        {SPAN(",\"track\":"), span_of(item->track)},
    };
    enum { COUNT = sizeof members / sizeof members[0] };
    struct text text = {.size = sizeof "}"};

    uuid_print(item->complaint.id, id);
    for (size_t i = 0; i < COUNT; i++)
        text.size += members[i].before.len + TEXT_JSON_BYTES_MAX(members[i].value.len);
    if (item->claim.receipt.data)
        text.size += 512 + RECEIPT_JSON_BYTES_MAX(item->claim.receipt);
    text.data = arena_alloc(item->request->arena, text.size);
    if (!text.data)
        return (struct span){0};
    for (size_t i = 0; i < COUNT; i++) {
        text_put(&text, members[i].before);
        text_put_json(&text, members[i].value);
    }
    if (item->claim.receipt.data)
        proof_print(&text, item);
    text_put(&text, SPAN("}"));
    return text_span(&text);
}

static enum err err_of_status(int status)
{
    switch (status) {
    case 403:
        return ERR_FORBIDDEN;
    case 409:
        return ERR_CONFLICT;
    case 410:
        return ERR_GONE;
    case 422:
        return ERR_INVALID;
    default:
        return ERR_INTERNAL;
    }
}

/* Its receipt has come, or none will. What is stored is answered for by nothing less. */
static void item_proven(struct ledger_claim *claim, enum err err)
{
    struct item *item = (struct item *)((char *)claim - offsetof(struct item, claim));

    queue_remove(item->intake, &item->intake->stored, item);
    item->err = ERR_OUTCOME_UNKNOWN; /* it is stored, whatever the log says */
    if (err == ERR_NONE)
        item->body = acceptance_print(item);
    if (item->body.data)
        item->err = ERR_NONE;
    item_answer(item);
}

/* It is stored: claim its receipt, or, without a log, answer. True if it waits for one. */
static bool item_claim(struct item *item, const struct store_outcome *outcome)
{
    struct arena *arena = item->request->arena;

    item->lost = true; /* until it is answered for, nobody is told that nothing was stored */
    item->ref = arena_copy(arena, outcome->ref);
    item->state = arena_copy(arena, outcome->state);
    item->case_route = arena_copy(arena, outcome->route);
    if (!item->ref.data || !item->state.data || !item->case_route.data) {
        item->err = ERR_INTERNAL;
        return false;
    }
    if (!item->intake->ledger) {
        item->body = acceptance_print(item);
        item->err = item->body.data ? ERR_NONE : ERR_INTERNAL;
        return false;
    }
    item->claim = (struct ledger_claim){.index = outcome->leaf_index,
                                        .commit = item->commit.commit,
                                        .arena = arena,
                                        .done = item_proven};
    if (outcome->leaf) {
        memcpy(item->leaf, outcome->leaf, sizeof item->leaf);
        item->claim.leaf = item->leaf;
    }
    return true;
}

static bool item_take_outcome(struct item *item, const struct store_outcome *outcome)
{
    item->status = outcome->status;
    if (outcome->status == 201 || outcome->status == 200)
        return item_claim(item, outcome);
    item_fail(item, err_of_status(outcome->status));
    if (outcome->detail.data)
        item->detail = arena_copy(item->request->arena, outcome->detail).data;
    return false;
}

/* --- the queue --- */

static void open_review(struct intake *intake)
{
    atomic_store(&intake->open, intake->snapshot && store_submit_up(intake->store));
}

static void tick_arm(struct intake *intake)
{
    if (!event_pending(intake->tick, EV_TIMEOUT, NULL))
        loop_after(intake->tick, TICK_MS);
}

/* On the intake's loop: wait for the turn's end, so that what arrives together goes together. */
static void item_arrive(void *arg)
{
    struct item *item = arg;
    struct intake *intake = item->intake;

    open_review(intake);
    if (!atomic_load(&intake->open) || atomic_load(&intake->waiting) >= LIMIT_INTAKE_QUEUE) {
        item->err = ERR_UNAVAILABLE;
        item_answer(item);
        return;
    }
    item->deadline_ms = monotonic_ms() + LIMIT_STORE_COMMIT_MS;
    queue_append(intake, item);
    event_active(intake->pump, EV_TIMEOUT, 0);
    tick_arm(intake);
}

/* The ids of the batch being gathered, their first bytes side by side: quick to compare. */
struct batch_ids {
    uint64_t first[LIMIT_BATCH_ITEMS];
};

/* True if the id was not in the batch yet; then it is noted as its next. */
static bool batch_ids_add(struct batch_ids *ids, const struct intake *intake,
                          const uint8_t id[static COMMIT_ID_BYTES])
{
    uint64_t first;

    memcpy(&first, id, sizeof first);
    for (size_t i = 0; i < intake->batch_count; i++) {
        if (ids->first[i] == first &&
            memcmp(intake->batch[i]->complaint.id, id, COMMIT_ID_BYTES) == 0)
            return false;
    }
    ids->first[intake->batch_count] = first;
    return true;
}

/* Move the next batch out of the queue: different ids, and not too many bytes. */
static void batch_gather(struct intake *intake)
{
    struct batch_ids ids;
    size_t bytes = 0;
    struct item *item = TAILQ_FIRST(&intake->queue);

    while (item && intake->batch_count < LIMIT_BATCH_ITEMS) {
        struct item *next = TAILQ_NEXT(item, link);

        bytes +=
            item->submission.body.len + item->submission.identity.len + item->submission.wraps.len;
        if (intake->batch_count > 0 && (item->alone || bytes > LIMIT_BATCH_BYTES))
            break;
        if (batch_ids_add(&ids, intake, item->complaint.id)) {
            queue_remove(intake, &intake->queue, item);
            intake->batch[intake->batch_count++] = item;
        }
        if (item->alone)
            break;
        item = next;
    }
}

static void batch_done(void *arg, enum err err, const char *sqlstate,
                       const struct store_outcome *outcomes);

/* Send the next batch, if the connection is free. */
static void pump(struct intake *intake)
{
    const struct store_submission *submissions[LIMIT_BATCH_ITEMS];
    const int64_t now_ms = monotonic_ms();

    if (!store_submit_free(intake->store) || TAILQ_EMPTY(&intake->queue) ||
        (intake->ledger && !ledger_certain(intake->ledger)))
        return;
    assert(intake->batch_count == 0);
    batch_gather(intake);
    for (size_t i = 0; i < intake->batch_count; i++) {
        struct item *item = intake->batch[i];

        if (!item->sent)
            item->deadline_ms = now_ms + LIMIT_STORE_COMMIT_MS;
        item->sent = true;
        submissions[i] = &item->submission;
    }
    store_submit(intake->store, submissions, intake->batch_count, batch_done, intake);
}

static void pump_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    pump(arg);
}

/* --- what became of a batch --- */

enum fate {
    FATE_ANSWER,
    FATE_PROVE,  /* once its receipt is there */
    FATE_AGAIN,  /* with the next batch */
    FATE_RELOAD, /* when newer reference data is there */
};

static void reference_load(struct intake *intake);

/* The stored one was made with an older key of ours: derive this one's nonce as it was then. */
static bool item_use_old_key(struct item *item, int key_id)
{
    const struct settings_nonce_key *key = key_find(item->intake, key_id);
    const bool derived = item->submission.nonce_key_id != 0;

    if (item->tried_key || !derived || !key || key_id == item->submission.nonce_key_id)
        return false;
    item->tried_key = true;
    nonce_derive(item, key);
    return item_bind(item, item->intake->sealer);
}

/* Of a stale item and of one that may not submit nobody looked whether its id was taken before. */
static enum fate fate_of_outcome(struct item *item, const struct store_outcome *outcome)
{
    if (outcome->stale && !item->tried_reference) {
        item->tried_reference = true;
        return FATE_RELOAD;
    }
    if (outcome->stale) {
        item_fail(item, ERR_UNAVAILABLE);
        return FATE_ANSWER;
    }
    if (outcome->status != 403)
        item->lost = false;
    if (outcome->status == 409 && item_use_old_key(item, outcome->nonce_key_id))
        return FATE_AGAIN;
    return item_take_outcome(item, outcome) ? FATE_PROVE : FATE_ANSWER;
}

/* Errors that one item's content may be the cause of. */
static bool blames_an_item(const char *sqlstate)
{
    return strncmp(sqlstate, "21", 2) == 0 || strncmp(sqlstate, "22", 2) == 0 ||
           strncmp(sqlstate, "23", 2) == 0 || strncmp(sqlstate, "ZG", 2) == 0;
}

/* The batch was rolled back, or nobody knows. */
static enum fate fate_of_failure(struct item *item, enum err err, const char *sqlstate,
                                 size_t count)
{
    if (err == ERR_OUTCOME_UNKNOWN) {
        item->lost = true;
        return FATE_AGAIN;
    }
    if (strncmp(sqlstate, "40", 2) == 0)
        return FATE_AGAIN; /* a deadlock, say: the next attempt meets other rivals */
    if (strcmp(sqlstate, "23505") == 0 && !item->tried_rival) {
        item->tried_rival = true; /* another daemon stored one of the ids: now it is a replay */
        return FATE_AGAIN;
    }
    if (err == ERR_FROZEN)
        item->detail = refusal_text(REFUSAL_FROZEN);
    else if (count > 1 && blames_an_item(sqlstate)) {
        item->alone = true;
        return FATE_AGAIN;
    }
    item_fail(item, err);
    return FATE_ANSWER;
}

static void batch_done(void *arg, enum err err, const char *sqlstate,
                       const struct store_outcome *outcomes)
{
    struct intake *intake = arg;
    const size_t count = intake->batch_count;
    struct items done, stored;
    struct item *each;
    bool reload = false, unclaimed = false;

    TAILQ_INIT(&done);
    TAILQ_INIT(&stored);
    intake->batch_count = 0;
    for (size_t i = count; i-- > 0;) {
        struct item *item = intake->batch[i];

        if (!item) { /* answered at its deadline */
            unclaimed = true;
            continue;
        }
        const enum fate fate = err == ERR_NONE ? fate_of_outcome(item, &outcomes[i])
                                               : fate_of_failure(item, err, sqlstate, count);
        if (fate == FATE_AGAIN) {
            queue_prepend(intake, item);
        } else if (fate == FATE_PROVE) {
            TAILQ_INSERT_HEAD(&stored, item, link);
            waiting_changed(intake, 1);
        } else if (fate == FATE_RELOAD) {
            TAILQ_INSERT_HEAD(&intake->stale, item, link);
            waiting_changed(intake, 1);
            reload = true;
        } else {
            TAILQ_INSERT_HEAD(&done, item, link);
        }
    }
    metric_add(METRIC_BATCHES, err == ERR_NONE);
    TAILQ_FOREACH(each, &stored, link)
    ledger_claim(intake->ledger, &each->claim);
    if (unclaimed && err == ERR_NONE && intake->ledger)
        ledger_nudge(intake->ledger); /* it has its leaf all the same */
    TAILQ_CONCAT(&intake->stored, &stored, link);
    open_review(intake);
    pump(intake);
    if (reload)
        reference_load(intake);
    items_answer(&done);
    if (intake->ledger)
        ledger_go_on(intake->ledger);
}

/* --- deadlines --- */

/* Move what has waited too long to done: past its deadline, or unsent and the database away. */
static void expire(struct intake *intake, struct items *from, struct items *done, bool away,
                   int64_t now_ms)
{
    struct item *item = TAILQ_FIRST(from);

    while (item) {
        struct item *next = TAILQ_NEXT(item, link);

        if (item->deadline_ms <= now_ms || (away && !item->lost)) {
            queue_remove(intake, from, item);
            item_fail(item, ERR_UNAVAILABLE);
            TAILQ_INSERT_TAIL(done, item, link);
        }
        item = next;
    }
}

static void expire_batch(struct intake *intake, struct items *done, int64_t now_ms)
{
    for (size_t i = 0; i < intake->batch_count; i++) {
        struct item *item = intake->batch[i];

        if (item && item->deadline_ms <= now_ms) {
            intake->batch[i] = NULL;
            item->err = ERR_OUTCOME_UNKNOWN;
            TAILQ_INSERT_TAIL(done, item, link);
        }
    }
}

static void expire_stored(struct intake *intake, struct items *done, int64_t now_ms)
{
    struct item *item, *next;

    for (item = TAILQ_FIRST(&intake->stored); item; item = next) {
        next = TAILQ_NEXT(item, link);
        if (item->deadline_ms > now_ms)
            continue;
        ledger_forget(intake->ledger, &item->claim);
        queue_remove(intake, &intake->stored, item);
        item->err = ERR_OUTCOME_UNKNOWN;
        TAILQ_INSERT_TAIL(done, item, link);
    }
}

/* A connection that comes back at once (a restart) leaves the queue in peace. */
static bool is_away(struct intake *intake, int64_t now_ms)
{
    if (store_submit_up(intake->store))
        intake->away_since_ms = 0;
    else if (intake->away_since_ms == 0)
        intake->away_since_ms = now_ms;
    return intake->away_since_ms != 0 && now_ms - intake->away_since_ms >= LIMIT_STORE_RETRY_MS;
}

static void tick_due(evutil_socket_t fd, short what, void *arg)
{
    struct intake *intake = arg;
    const int64_t now_ms = monotonic_ms();
    const bool away = is_away(intake, now_ms);
    struct items done;

    (void)fd;
    (void)what;
    TAILQ_INIT(&done);
    expire(intake, &intake->queue, &done, away, now_ms);
    expire(intake, &intake->stale, &done, away, now_ms);
    expire_batch(intake, &done, now_ms);
    expire_stored(intake, &done, now_ms);
    open_review(intake);
    pump(intake);
    items_answer(&done);
    if (atomic_load(&intake->waiting) > 0 || intake->batch_count > 0)
        tick_arm(intake);
    else
        intake->away_since_ms = 0;
}

/* --- reference data: how it comes --- */

/* Newer reference data is there: bind the items to what it gives and send them once more. */
static void stale_retry(struct intake *intake)
{
    struct snapshot *snapshot = snapshot_get(intake);
    struct items done;
    struct item *item;

    TAILQ_INIT(&done);
    while ((item = TAILQ_LAST(&intake->stale, items))) {
        queue_remove(intake, &intake->stale, item);
        if (item_place(item, snapshot->reference) && item_bind(item, intake->sealer)) {
            queue_prepend(intake, item);
        } else {
            item_fail(item, ERR_TOO_LARGE);
            TAILQ_INSERT_HEAD(&done, item, link);
        }
    }
    snapshot_put(snapshot);
    pump(intake);
    items_answer(&done);
}

/* Make the text the reference of what comes from now on. False if it is not one. */
static bool reference_take(struct intake *intake, struct span text)
{
    if (intake->reference_text && span_eq(span_of(intake->reference_text), text))
        return true;
    struct complaint_reference *reference = complaint_reference_new(text);

    if (!reference)
        return false;
    free(intake->reference_text);
    intake->reference_text = strndup(text.data, text.len);
    snapshot_replace(intake, reference);
    log_line(LOG_INFO, "reference_loaded bytes=%zu", text.len);
    return true;
}

static void reference_answered(void *arg, const struct store_answer *answer)
{
    struct intake *intake = arg;
    bool loaded = false;

    intake->loading = false;
    if (intake->load_again) {
        reference_load(intake);
        return;
    }
    if (answer->err == ERR_NONE && answer->status == 200) {
        loaded = reference_take(intake, answer->body);
        if (!loaded)
            log_line(LOG_ERROR, "reference_malformed bytes=%zu", answer->body.len);
    }
    loop_after(intake->reload, loaded ? REFERENCE_PERIOD_MS : REFERENCE_RETRY_MS);
    open_review(intake);
    if (loaded)
        stale_retry(intake);
}

/* Read it; if it is being read already, once more after that, as it may have changed since. */
static void reference_load(struct intake *intake)
{
    intake->load_again = intake->loading;
    if (intake->loading)
        return;
    intake->loading = true;
    store_call(intake->store, LANE_READ, "reference", SPAN(""), SPAN("{}"), (struct span){NULL, 0},
               reference_answered, intake);
}

static void reload_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    reference_load(arg);
}

static void store_connected(void *arg)
{
    struct intake *intake = arg;

    open_review(intake);
    reference_load(intake);
    if (intake->ledger)
        ledger_look_again(intake->ledger);
    pump(intake);
}

/* What waited for the log to come to a checkpoint that somebody has seen goes on. */
static void ledger_certain_again(void *arg)
{
    const struct intake *intake = arg;

    event_active(intake->pump, EV_TIMEOUT, 0);
}

/* --- from start to end --- */

static_assert((int)SETTINGS_KEY_BYTES == (int)COMMIT_KEY_BYTES, "a nonce key is one for commit");

struct intake *intake_new(struct loop *loop, struct store *store, struct sealer *sealer,
                          struct ledger *ledger, const struct settings *settings, char *error,
                          size_t error_size)
{
    struct intake *intake = calloc(1, sizeof *intake);

    snprintf(error, error_size, "out of memory");
    if (!intake)
        return NULL;
    intake->loop = loop;
    intake->store = store;
    intake->sealer = sealer;
    intake->ledger = ledger;
    TAILQ_INIT(&intake->queue);
    TAILQ_INIT(&intake->stale);
    TAILQ_INIT(&intake->stored);
    pthread_mutex_init(&intake->mutex, NULL);
    intake->pump = event_new(loop_base(loop), -1, 0, pump_due, intake);
    intake->tick = event_new(loop_base(loop), -1, 0, tick_due, intake);
    intake->reload = event_new(loop_base(loop), -1, 0, reload_due, intake);
    if (intake->pump && intake->tick && intake->reload)
        intake->key_count = settings_nonce_keys(settings, intake->keys, error, error_size);
    if (intake->key_count == 0) {
        intake_free(intake);
        return NULL;
    }
    store_on_connect(store, store_connected, intake);
    if (ledger)
        ledger_on_certain(ledger, ledger_certain_again, intake);
    return intake;
}

/* Loops no longer run, so every request can be answered from here. */
static void answer_all(struct intake *intake)
{
    struct items done;

    TAILQ_INIT(&done);
    expire(intake, &intake->queue, &done, false, INT64_MAX);
    expire(intake, &intake->stale, &done, false, INT64_MAX);
    expire_batch(intake, &done, INT64_MAX);
    expire_stored(intake, &done, INT64_MAX);
    for (struct item *item; (item = TAILQ_FIRST(&done));) {
        TAILQ_REMOVE(&done, item, link);
        item_reply(item);
    }
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    store_forget(intake->store, intake);
    if (intake->ledger)
        ledger_on_certain(intake->ledger, NULL, NULL);
    answer_all(intake);
    if (intake->pump)
        event_free(intake->pump);
    if (intake->tick)
        event_free(intake->tick);
    if (intake->reload)
        event_free(intake->reload);
    snapshot_put(intake->snapshot);
    free(intake->reference_text);
    pthread_mutex_destroy(&intake->mutex);
    OPENSSL_cleanse(intake->keys, sizeof intake->keys);
    free(intake);
}
