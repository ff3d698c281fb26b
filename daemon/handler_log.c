/*
 * handler_log - the routes that serve the log: /log/…
 *
 * A request goes to the ledger's loop, where the tree is, has the signer read what leaves it
 * needs when that is idle, and comes back with its answer to the loop it came from. The
 * public sees what is published; who has a certificate sees the log as it is.
 */
#include <stdio.h>

#include "core/base64.h"
#include "core/hex.h"
#include "core/receipt.h"
#include "core/text.h"
#include "handler.h"
#include "ledger.h"
#include "loop.h"
#include "publish.h"
#include "route.h"

#define IMMUTABLE "max-age=31536000, immutable"

enum { ENTRY_BYTES = 2 + LEAF_BYTES };

/* One request under way, in its own arena. */
struct inquiry {
    struct request *request;
    struct loop *home;
    struct ledger *ledger;
    void (*begin)(struct inquiry *inquiry);    /* on the ledger's loop */
    void (*complete)(struct inquiry *inquiry); /* there, once the leaves are read */

    struct tile tile;
    uint64_t old_size, size; /* of a consistency proof; size: of the tree that is proven in */
    uint8_t commit[COMMIT_BYTES];
    uint64_t index; /* of the leaf that may be the one asked for */
    char note[CHECKPOINT_NOTE_MAX];
    size_t note_len;
    struct merkle_plan plan;
    struct ledger_read read;

    enum err err;
    struct reply reply;
};

/* --- there and back --- */

static void answer_home(void *arg)
{
    struct inquiry *inquiry = arg;

    if (inquiry->err != ERR_NONE)
        request_problem(inquiry->request, inquiry->err, NULL, NULL);
    else
        request_reply(inquiry->request, &inquiry->reply);
}

static void answer(struct inquiry *inquiry, enum err err)
{
    inquiry->err = err;
    loop_post(inquiry->home, answer_home, inquiry);
}

static void answer_body(struct inquiry *inquiry, struct span body)
{
    inquiry->reply.status = 200;
    inquiry->reply.body = body;
    answer(inquiry, body.data ? ERR_NONE : ERR_TOO_LARGE);
}

static void begin(void *arg)
{
    struct inquiry *inquiry = arg;

    inquiry->begin(inquiry);
}

static void have_read(struct ledger_read *read, enum err err)
{
    struct inquiry *inquiry = (struct inquiry *)((char *)read - offsetof(struct inquiry, read));

    if (err == ERR_NONE)
        inquiry->complete(inquiry);
    else
        answer(inquiry, err);
}

/* Have the tiles of inquiry->read read, if there are any, and go on. */
static void read_then(struct inquiry *inquiry, void (*complete)(struct inquiry *inquiry))
{
    inquiry->complete = complete;
    inquiry->read.done = have_read;
    if (inquiry->read.count == 0)
        complete(inquiry);
    else if (!ledger_read(inquiry->ledger, &inquiry->read))
        answer(inquiry, ERR_UNAVAILABLE);
}

/* NULL, the request answered, where there is no log. */
static struct inquiry *inquiry_new(struct request *request, void (*begin_fn)(struct inquiry *))
{
    const struct handler_context *context = handler_context();
    struct inquiry *inquiry = NULL;

    if (!context->ledger)
        request_problem(request, ERR_NOT_FOUND, NULL, NULL);
    else if (!(inquiry = arena_alloc(request->arena, sizeof *inquiry)))
        request_problem(request, ERR_TOO_LARGE, NULL, NULL);
    else
        *inquiry = (struct inquiry){.request = request,
                                    .home = context->loop,
                                    .ledger = context->ledger,
                                    .begin = begin_fn};
    return inquiry;
}

static void go(struct inquiry *inquiry)
{
    loop_post(ledger_loop(inquiry->ledger), begin, inquiry);
}

/* The newest checkpoint and its size; false if nothing is signed yet. */
static bool take_latest(struct inquiry *inquiry)
{
    struct note note;
    struct checkpoint checkpoint;

    inquiry->note_len = ledger_latest(inquiry->ledger, inquiry->note);
    const struct span text = {inquiry->note, inquiry->note_len};
    if (text.len == 0 || note_parse(text, &note) != NOTE_OK ||
        !checkpoint_parse(note.text, &checkpoint))
        return false;
    inquiry->size = checkpoint.size;
    return true;
}

/* --- the public's checkpoint --- */

void handle_log_checkpoint(struct request *request)
{
    const struct handler_context *context = handler_context();
    char note[CHECKPOINT_NOTE_MAX];
    const size_t len = context->publish ? publish_checkpoint(context->publish, note) : 0;
    const struct reply reply = {.status = 200,
                                .content_type = "text/plain; charset=utf-8",
                                .cache_control = "public, max-age=60",
                                .body = {note, len}};

    if (len == 0)
        request_problem(request, ERR_NOT_FOUND, NULL, NULL);
    else
        request_reply(request, &reply);
}

/* --- tiles --- */

static struct span entries_of(struct inquiry *inquiry)
{
    const size_t len = inquiry->tile.width * ENTRY_BYTES;
    char *bytes = arena_alloc(inquiry->request->arena, len);

    for (size_t i = 0; bytes && i < inquiry->tile.width; i++) {
        char *entry = bytes + i * ENTRY_BYTES;

        entry[0] = 0;
        entry[1] = LEAF_BYTES;
        memcpy(entry + 2, inquiry->read.leaves[0] + i * LEAF_BYTES, LEAF_BYTES);
    }
    return (struct span){bytes, len};
}

static void tile_complete(struct inquiry *inquiry)
{
    const struct tile tile = inquiry->tile;
    struct merkle_hash hashes[TILE_WIDTH];

    if (inquiry->read.count > 0 && inquiry->read.counts[0] < tile.width) {
        answer(inquiry, ERR_NOT_FOUND);
        return;
    }
    if (tile.level == TILE_LEVEL_ENTRIES) {
        answer_body(inquiry, entries_of(inquiry));
        return;
    }
    if (tile.level == 0)
        merkle_leaf_hashes(hashes, inquiry->read.leaves[0], LEAF_BYTES, tile.width);
    else
        tree_tile(ledger_tree(inquiry->ledger), tile, hashes);
    answer_body(inquiry,
                arena_copy(inquiry->request->arena,
                           (struct span){(const char *)hashes, tile.width * sizeof hashes[0]}));
}

static void tile_begin(struct inquiry *inquiry)
{
    const struct tile tile = inquiry->tile;
    const uint64_t size = ledger_tree(inquiry->ledger)->frontier.size;

    if (tile_width(tile.level, tile.index, size) < tile.width) {
        answer(inquiry, ERR_NOT_FOUND);
        return;
    }
    if (tile.level == 0 || tile.level == TILE_LEVEL_ENTRIES) {
        inquiry->read.count = 1;
        inquiry->read.tiles[0] = tile.index;
    }
    read_then(inquiry, tile_complete);
}

void handle_log_tile(struct request *request)
{
    const struct handler_context *context = handler_context();
    const struct span rest = request->path_params[0].value;
    const struct span path =
        arena_printf(request->arena, "tile/%.*s", (int)rest.len, rest.data ? rest.data : "");
    struct inquiry *inquiry = inquiry_new(request, tile_begin);

    if (!inquiry)
        return;
    if (!path.data || !tile_parse(path, &inquiry->tile)) {
        request_problem(request, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    const bool published = publish_has(context->publish, inquiry->tile);
    if (!published && request->actor[0] == '\0') {
        request_problem(request, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    inquiry->reply.content_type = "application/octet-stream";
    inquiry->reply.cache_control = published ? "public, " IMMUTABLE : "private, " IMMUTABLE;
    go(inquiry);
}

/* --- for who has a certificate: the log as it is --- */

static void put_hash(struct text *text, const struct merkle_hash *hash)
{
    char base64[BASE64_CHARS(SUITE_HASH_BYTES)];

    base64_encode(base64, span_of_bytes(hash->bytes, sizeof hash->bytes));
    text_put(text, (struct span){base64, sizeof base64});
}

static void latest_begin(struct inquiry *inquiry)
{
    const size_t size = 64 + TEXT_JSON_BYTES_MAX(CHECKPOINT_NOTE_MAX);
    struct text text = {.data = arena_alloc(inquiry->request->arena, size), .size = size};

    if (!take_latest(inquiry)) {
        answer(inquiry, ERR_UNAVAILABLE);
        return;
    }
    if (text.data) {
        text_put(&text, SPAN("{\"size\":"));
        text_put_number(&text, inquiry->size);
        text_put(&text, SPAN(",\"checkpoint\":"));
        text_put_json(&text, (struct span){inquiry->note, inquiry->note_len});
        text_put(&text, SPAN("}"));
    }
    answer_body(inquiry, text.data ? text_span(&text) : (struct span){0});
}

void handle_log_latest(struct request *request)
{
    struct inquiry *inquiry = inquiry_new(request, latest_begin);

    if (inquiry)
        go(inquiry);
}

static void consistency_complete(struct inquiry *inquiry)
{
    const size_t size = 128 + MERKLE_CONSISTENCY_MAX * (BASE64_CHARS(SUITE_HASH_BYTES) + 3);
    struct text text = {.data = arena_alloc(inquiry->request->arena, size), .size = size};
    struct merkle_hash proof[MERKLE_CONSISTENCY_MAX];
    struct tree_tiles tiles;

    if (!text.data) {
        answer(inquiry, ERR_TOO_LARGE);
        return;
    }
    ledger_read_tiles(&inquiry->read, &tiles);
    tree_fold(ledger_tree(inquiry->ledger), &tiles, &inquiry->plan, proof);
    text_put(&text, SPAN("{\"old\":"));
    text_put_number(&text, inquiry->old_size);
    text_put(&text, SPAN(",\"size\":"));
    text_put_number(&text, inquiry->size);
    text_put(&text, SPAN(",\"consistency\":["));
    for (size_t i = 0; i < inquiry->plan.proof_count; i++) {
        text_put(&text, i > 0 ? SPAN(",\"") : SPAN("\""));
        put_hash(&text, &proof[i]);
        text_put(&text, SPAN("\""));
    }
    text_put(&text, SPAN("]}"));
    answer_body(inquiry, text_span(&text));
}

static void consistency_begin(struct inquiry *inquiry)
{
    const struct tree *tree = ledger_tree(inquiry->ledger);

    if (inquiry->size > tree->frontier.size) {
        answer(inquiry, ERR_NOT_FOUND);
        return;
    }
    merkle_plan_consistency(&inquiry->plan, inquiry->old_size, inquiry->size);
    inquiry->read.count = tree_missing(tree, &inquiry->plan, inquiry->read.tiles);
    read_then(inquiry, consistency_complete);
}

void handle_log_consistency(struct request *request)
{
    struct inquiry *inquiry = inquiry_new(request, consistency_begin);
    unsigned long long old_size, size;

    if (!inquiry)
        return;
    if (!span_to_u64(request->path_params[0].value, MERKLE_SIZE_MAX, &old_size) ||
        !span_to_u64(request->path_params[1].value, MERKLE_SIZE_MAX, &size) || old_size == 0 ||
        old_size > size) {
        request_problem(request, ERR_NOT_FOUND, NULL, NULL);
        return;
    }
    inquiry->old_size = old_size;
    inquiry->size = size;
    inquiry->reply.cache_control = "private, " IMMUTABLE;
    go(inquiry);
}

static void candidate_next(struct inquiry *inquiry, uint64_t from);

static struct span proof_print(struct inquiry *inquiry, const uint8_t *leaf)
{
    struct arena *arena = inquiry->request->arena;
    struct merkle_hash proof[MERKLE_CONSISTENCY_MAX];
    const struct merkle_hash *pointers[MERKLE_CONSISTENCY_MAX];
    const size_t count = inquiry->plan.proof_count;
    char base64[BASE64_CHARS(LEAF_BYTES)];
    char *receipt = arena_alloc(arena, RECEIPT_BYTES(count, inquiry->note_len));
    struct tree_tiles tiles;

    ledger_read_tiles(&inquiry->read, &tiles);
    tree_fold(ledger_tree(inquiry->ledger), &tiles, &inquiry->plan, proof);
    for (size_t i = 0; i < count; i++)
        pointers[i] = &proof[i];
    struct text text = {.size = 256 + TEXT_JSON_BYTES_MAX(RECEIPT_BYTES(count, inquiry->note_len))};
    text.data = arena_alloc(arena, text.size);
    if (!receipt || !text.data)
        return (struct span){0};
    const size_t len = receipt_print(receipt, leaf, inquiry->index, pointers, count,
                                     (struct span){inquiry->note, inquiry->note_len});
    base64_encode(base64, span_of_bytes(leaf, LEAF_BYTES));
    text_put(&text, SPAN("{\"index\":"));
    text_put_number(&text, inquiry->index);
    text_put(&text, SPAN(",\"leaf\":\""));
    text_put(&text, (struct span){base64, sizeof base64});
    text_put(&text, SPAN("\",\"receipt\":"));
    text_put_json(&text, (struct span){receipt, len});
    text_put(&text, SPAN("}"));
    return text_span(&text);
}

static void proof_complete(struct inquiry *inquiry)
{
    const uint64_t tile = inquiry->index / TILE_WIDTH;
    const size_t at = inquiry->index % TILE_WIDTH;
    size_t i = 0;

    while (i < inquiry->read.count && inquiry->read.tiles[i] != tile)
        i++;
    if (i == inquiry->read.count || at >= inquiry->read.counts[i]) {
        answer(inquiry, ERR_UNAVAILABLE);
        return;
    }
    const uint8_t *leaf = inquiry->read.leaves[i] + at * LEAF_BYTES;
    if (memcmp(leaf + LEAF_BYTES - COMMIT_BYTES, inquiry->commit, COMMIT_BYTES) != 0)
        candidate_next(inquiry, inquiry->index + 1);
    else
        answer_body(inquiry, proof_print(inquiry, leaf));
}

/* The next leaf that may be the one: 404 if there is none. */
static void candidate_next(struct inquiry *inquiry, uint64_t from)
{
    const struct tree *tree = ledger_tree(inquiry->ledger);
    const uint64_t tile = (inquiry->index = tree_find(tree, inquiry->commit, from)) / TILE_WIDTH;
    size_t i = 0;

    if (inquiry->index >= inquiry->size) {
        answer(inquiry, ERR_NOT_FOUND);
        return;
    }
    merkle_plan_inclusion(&inquiry->plan, inquiry->index, inquiry->size);
    inquiry->read = (struct ledger_read){0};
    inquiry->read.count = tree_missing(tree, &inquiry->plan, inquiry->read.tiles);
    while (i < inquiry->read.count && inquiry->read.tiles[i] != tile)
        i++;
    if (i == TREE_READS_MAX) { /* the tree has grown over the end of a tile since: rare */
        answer(inquiry, ERR_UNAVAILABLE);
        return;
    }
    if (i == inquiry->read.count)
        inquiry->read.tiles[inquiry->read.count++] = tile;
    read_then(inquiry, proof_complete);
}

static void proof_begin(struct inquiry *inquiry)
{
    if (take_latest(inquiry))
        candidate_next(inquiry, 0);
    else
        answer(inquiry, ERR_UNAVAILABLE);
}

void handle_log_proof(struct request *request)
{
    struct inquiry *inquiry = inquiry_new(request, proof_begin);

    if (!inquiry)
        return;
    if (hex_decode(request->path_params[0].value, inquiry->commit, sizeof inquiry->commit))
        go(inquiry);
    else
        request_problem(request, ERR_NOT_FOUND, NULL, NULL);
}
