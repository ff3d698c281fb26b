/*
 * ledger_tool - the log's formats on the command line, for tests against tools that others wrote
 *
 *     key ORIGIN SEED              > the signer's key, the verifier's key; SEED is 64 hex digits
 *     publish DIR KEYFILE          leaves > DIR/checkpoint, DIR/tile/…, as a web server has them
 *     receipt KEYFILE INDEX        leaves > the receipt of one, by way of the tiles' nodes
 *     batch KEYFILE FIRST DIR      leaves > DIR/receipt.INDEX of each from FIRST on, as one batch
 *     consistency OLD              leaves > the proof's hashes in base64, one a line
 *
 * Leaves are read from standard input, 48 bytes each, as they are: a test may log what a
 * register never would. KEYFILE holds a signer's key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base64.h"
#include "core/checkpoint.h"
#include "core/receipt.h"
#include "core/tile.h"

enum { TILE_LEVELS = 4, PATH_BYTES = 4096 };

static uint8_t *leaves;
static size_t leaf_count;
static struct merkle_hash *levels[TILE_LEVELS]; /* the hashes of each tile level */

static void fail(const char *what)
{
    fprintf(stderr, "ledger_tool: %s\n", what);
    exit(2);
}

static void *must(void *memory)
{
    if (!memory)
        fail("out of memory");
    return memory;
}

static void read_leaves(void)
{
    size_t room = 1 << 20, len = 0, got;

    leaves = must(malloc(room));
    while ((got = fread(leaves + len, 1, room - len, stdin)) > 0) {
        len += got;
        if (len == room)
            leaves = must(realloc(leaves, room *= 2));
    }
    if (len % LEAF_BYTES != 0)
        fail("leaves have 48 bytes");
    leaf_count = len / LEAF_BYTES;

    levels[0] = must(calloc(leaf_count + 1, sizeof **levels));
    merkle_leaf_hashes(levels[0], leaves, LEAF_BYTES, leaf_count);
    size_t count = leaf_count / TILE_WIDTH;
    for (size_t level = 1; level < TILE_LEVELS; level++, count /= TILE_WIDTH) {
        levels[level] = must(calloc(count + 1, sizeof **levels));
        for (size_t i = 0; i < count; i++)
            merkle_fold_level(&levels[level][i], &levels[level - 1][i * TILE_WIDTH], TILE_WIDTH);
    }
}

static struct note_signer *read_key(const char *path)
{
    char text[NOTE_KEY_TEXT_MAX + 1];
    FILE *file = fopen(path, "r");

    if (!file)
        fail("the key cannot be read");
    const size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    struct note_signer *signer = note_signer_parse((struct span){text, len});
    if (!signer)
        fail("that is no signer's key");
    return signer;
}

/* --- publish --------------------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const void *bytes, size_t len)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
        fail(path);
}

static void write_tile(const char *folder, struct tile tile)
{
    char path[TILE_PATH_BYTES_MAX];

    tile_path(tile, path);
    write_file(folder, path, &levels[tile.level][tile.index * TILE_WIDTH],
               tile.width * sizeof **levels);
}

static void write_entries(const char *folder, struct tile tile)
{
    uint8_t bundle[TILE_WIDTH * (2 + LEAF_BYTES)], *at = bundle;
    char path[TILE_PATH_BYTES_MAX];

    for (size_t i = 0; i < tile.width; i++, at += LEAF_BYTES) {
        *at++ = 0;
        *at++ = LEAF_BYTES;
        memcpy(at, leaves + (tile.index * TILE_WIDTH + i) * LEAF_BYTES, LEAF_BYTES);
    }
    tile.level = TILE_LEVEL_ENTRIES;
    tile_path(tile, path);
    write_file(folder, path, bundle, (size_t)(at - bundle));
}

static size_t sign(const struct note_signer *signer, char note[static CHECKPOINT_NOTE_MAX])
{
    struct merkle_frontier frontier = {0};
    struct merkle_hash root;

    merkle_append(&frontier, levels[0], leaf_count);
    merkle_root(&frontier, &root);
    return checkpoint_sign(signer, leaf_count, &root, note);
}

static void publish(const char *folder, const struct note_signer *signer)
{
    char note[CHECKPOINT_NOTE_MAX];

    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        for (uint64_t i = 0; i < tile_count(level, leaf_count); i++) {
            const struct tile tile = {level, i, tile_width(level, i, leaf_count)};

            write_tile(folder, tile);
            if (level == 0)
                write_entries(folder, tile);
        }
    }
    write_file(folder, "checkpoint", note, sign(signer, note));
}

/* --- proofs ------------------------------------------------------------------------------ */

static size_t prove(const struct merkle_plan *plan, struct merkle_hash *proof)
{
    struct merkle_hash nodes[MERKLE_PLAN_NODES_MAX];

    for (size_t i = 0; i < plan->count; i++) {
        const struct tile_place place = tile_of(plan->nodes[i], leaf_count);
        tile_node(place, &levels[place.tile.level][place.tile.index * TILE_WIDTH], &nodes[i]);
    }
    merkle_fold(plan, nodes, proof);
    return plan->proof_count;
}

static size_t print_receipt(char *text, const struct note_signer *signer, uint64_t index,
                            const struct merkle_hash *const *proof, size_t count)
{
    char note[CHECKPOINT_NOTE_MAX];

    const struct span checkpoint = {note, sign(signer, note)};
    return receipt_print(text, leaves + index * LEAF_BYTES, index, proof, count, checkpoint);
}

static void receipt(const struct note_signer *signer, uint64_t index)
{
    char text[RECEIPT_BYTES(MERKLE_PROOF_MAX, CHECKPOINT_NOTE_MAX)];
    struct merkle_hash hashes[MERKLE_CONSISTENCY_MAX];
    const struct merkle_hash *proof[MERKLE_CONSISTENCY_MAX];
    struct merkle_plan plan;

    if (index >= leaf_count)
        fail("there is no such leaf");
    merkle_plan_inclusion(&plan, index, leaf_count);
    const size_t count = prove(&plan, hashes);
    for (size_t i = 0; i < count; i++)
        proof[i] = &hashes[i];
    fwrite(text, 1, print_receipt(text, signer, index, proof, count), stdout);
}

static void batch(const struct note_signer *signer, uint64_t first, const char *folder)
{
    char text[RECEIPT_BYTES(MERKLE_PROOF_MAX, CHECKPOINT_NOTE_MAX)], name[64];
    struct merkle_frontier frontier = {0};
    struct arena *arena = must(arena_new((size_t)1 << 30));

    if (first >= leaf_count)
        fail("there is no such leaf");
    merkle_append(&frontier, levels[0], first);
    const struct merkle_batch *leaves_of = must((void *)(uintptr_t)merkle_batch_new(
        arena, &frontier, levels[0] + first, leaf_count - first));
    for (uint64_t i = first; i < leaf_count; i++) {
        const struct merkle_hash *proof[MERKLE_PROOF_MAX];
        const size_t count = merkle_batch_proof(leaves_of, i, proof);

        snprintf(name, sizeof name, "receipt.%lu", (unsigned long)i);
        write_file(folder, name, text, print_receipt(text, signer, i, proof, count));
    }
    arena_free(arena);
}

static void consistency(uint64_t old_size)
{
    struct merkle_hash proof[MERKLE_CONSISTENCY_MAX];
    char text[BASE64_CHARS(SUITE_HASH_BYTES) + 1] = "";
    struct merkle_plan plan;

    if (old_size == 0 || old_size > leaf_count)
        fail("there is no such earlier size");
    merkle_plan_consistency(&plan, old_size, leaf_count);
    const size_t count = prove(&plan, proof);
    for (size_t i = 0; i < count; i++) {
        base64_encode(text, span_of_bytes(proof[i].bytes, sizeof proof[i].bytes));
        puts(text);
    }
}

/* --- the command line ---------------------------------------------------------------------- */

static void key(const char *origin, const char *hex)
{
    uint8_t seed[NOTE_KEY_BYTES];
    char text[NOTE_KEY_TEXT_MAX];

    for (size_t i = 0; i < sizeof seed; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            fail("a seed has 64 hex digits");
        seed[i] = (uint8_t)byte;
    }
    struct note_signer *signer = note_signer_new(span_of(origin), seed);
    note_signer_print(signer, text);
    puts(text);
    note_verifier_print(note_signer_verifier(signer), text);
    puts(text);
    note_signer_free(signer);
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    struct note_signer *signer = NULL;

    if (strcmp(command, "key") == 0 && argc == 4 && strlen(argv[3]) == 64) {
        key(argv[2], argv[3]);
        return 0;
    }
    read_leaves();
    if (strcmp(command, "publish") == 0 && argc == 4)
        publish(argv[2], signer = read_key(argv[3]));
    else if (strcmp(command, "receipt") == 0 && argc == 4)
        receipt(signer = read_key(argv[2]), strtoull(argv[3], NULL, 10));
    else if (strcmp(command, "batch") == 0 && argc == 5)
        batch(signer = read_key(argv[2]), strtoull(argv[3], NULL, 10), argv[4]);
    else if (strcmp(command, "consistency") == 0 && argc == 3)
        consistency(strtoull(argv[2], NULL, 10));
    else
        fail("see the head of ledger_tool.c for its commands");
    note_signer_free(signer);
    for (size_t i = 0; i < TILE_LEVELS; i++)
        free(levels[i]);
    free(leaves);
    return 0;
}
