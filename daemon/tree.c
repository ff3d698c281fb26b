#include "tree.h"

#include <assert.h>
#include <stdlib.h>

#include "core/limits.h"

enum { GROUPS_FIRST = 64, COMMITS_FIRST = 4096 };

void tree_clear(struct tree *tree)
{
    free(tree->groups);
    free(tree->commits);
    *tree = (struct tree){0};
}

/* --- appending --- */

static void *grow(void *items, size_t *room, size_t first, size_t wanted, size_t item_bytes)
{
    if (wanted <= *room)
        return items;
    *room = *room > 0 ? 2 * *room : first;
    items = realloc(items, *room * item_bytes);
    if (!items)
        abort();
    return items;
}

static uint32_t beginning_of(const uint8_t *commit)
{
    uint32_t value;

    memcpy(&value, commit, sizeof value);
    return value;
}

static void keep(struct tree *tree, uint64_t index, const struct merkle_hash *hash,
                 const uint8_t *leaf)
{
    const size_t at = index % TILE_WIDTH;

    tree->commits =
        grow(tree->commits, &tree->commit_room, COMMITS_FIRST, index + 1, sizeof *tree->commits);
    tree->commits[index] = beginning_of(leaf + LEAF_BYTES - COMMIT_BYTES);
    tree->tail[at] = *hash;
    if (at < TILE_WIDTH - 1)
        return;
    tree->groups = grow(tree->groups, &tree->group_room, GROUPS_FIRST, tree->group_count + 1,
                        sizeof *tree->groups);
    merkle_fold_level(&tree->groups[tree->group_count++], tree->tail, TILE_WIDTH);
}

const struct merkle_batch *tree_append(struct tree *tree, struct arena *arena,
                                       const uint8_t *leaves, size_t count)
{
    struct merkle_hash hashes[LIMIT_SIGNER_LEAVES];
    const uint64_t first = tree->frontier.size;
    const struct merkle_batch *batch = NULL;

    assert(count > 0 && count <= LIMIT_SIGNER_LEAVES);
    merkle_leaf_hashes(hashes, leaves, LEAF_BYTES, count);
    if (arena)
        batch = merkle_batch_new(arena, &tree->frontier, hashes, count);
    if (!batch)
        merkle_append(&tree->frontier, hashes, count);
    for (size_t i = 0; i < count; i++)
        keep(tree, first + i, &hashes[i], leaves + i * LEAF_BYTES);
    return batch;
}

/* --- proofs --- */

/* The tile of level 0 that a node's hash must be made from; UINT64_MAX: it is in memory. */
static uint64_t tile_needed(const struct tree *tree, struct merkle_node node)
{
    const uint64_t tile = (node.index << node.level) / TILE_WIDTH;

    return node.level >= TILE_HEIGHT || tile == tree->group_count ? UINT64_MAX : tile;
}

void tree_tiles_add(struct tree_tiles *tiles, uint64_t index, const uint8_t *leaves, size_t count)
{
    assert(tiles->count < TREE_READS_MAX && count <= TILE_WIDTH);
    tiles->index[tiles->count] = index;
    merkle_leaf_hashes(tiles->hashes[tiles->count++], leaves, LEAF_BYTES, count);
}

size_t tree_missing(const struct tree *tree, const struct merkle_plan *plan,
                    uint64_t ret_index[static TREE_READS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < plan->count; i++) {
        const uint64_t tile = tile_needed(tree, plan->nodes[i]);
        size_t at = 0;

        while (at < count && ret_index[at] != tile)
            at++;
        if (tile == UINT64_MAX || at < count)
            continue;
        assert(count < TREE_READS_MAX);
        ret_index[count++] = tile;
    }
    return count;
}

static void node_hash(const struct tree *tree, const struct tree_tiles *tiles,
                      struct merkle_node node, struct merkle_hash *ret_hash)
{
    const uint64_t first = node.index << node.level;
    const uint64_t tile = tile_needed(tree, node);
    const struct merkle_hash *hashes = tree->tail;

    if (node.level >= TILE_HEIGHT) {
        merkle_fold_level(ret_hash, tree->groups + (first >> TILE_HEIGHT),
                          (size_t)1 << (node.level - TILE_HEIGHT));
        return;
    }
    if (tile != UINT64_MAX) {
        size_t at = 0;

        while (at < tiles->count && tiles->index[at] != tile)
            at++;
        assert(at < tiles->count);
        hashes = tiles->hashes[at];
    }
    merkle_fold_level(ret_hash, hashes + first % TILE_WIDTH, (size_t)1 << node.level);
}

void tree_fold(const struct tree *tree, const struct tree_tiles *tiles,
               const struct merkle_plan *plan, struct merkle_hash *ret_proof)
{
    struct merkle_hash nodes[MERKLE_PLAN_NODES_MAX];

    for (size_t i = 0; i < plan->count; i++)
        node_hash(tree, tiles, plan->nodes[i], &nodes[i]);
    merkle_fold(plan, nodes, ret_proof);
}

void tree_root_at(const struct tree *tree, const struct tree_tiles *tiles, uint64_t size,
                  struct merkle_hash *ret_root)
{
    struct merkle_plan plan;
    struct merkle_frontier frontier = {.size = size};

    assert(size > 0 && size <= tree->frontier.size);
    merkle_plan_frontier(&plan, size);
    tree_fold(tree, tiles, &plan, frontier.nodes);
    merkle_root(&frontier, ret_root);
}

void tree_tile(const struct tree *tree, struct tile tile, struct merkle_hash *ret_hashes)
{
    const unsigned level = tile.level * TILE_HEIGHT;

    assert(tile.level > 0 && tile.level < TILE_LEVEL_ENTRIES);
    for (unsigned i = 0; i < tile.width; i++) {
        const struct merkle_node node = {level, tile.index * TILE_WIDTH + i};

        node_hash(tree, NULL, node, &ret_hashes[i]);
    }
}

uint64_t tree_find(const struct tree *tree, const uint8_t commit[static COMMIT_BYTES],
                   uint64_t from)
{
    const uint32_t wanted = beginning_of(commit);

    for (uint64_t i = from; i < tree->frontier.size; i++) {
        if (tree->commits[i] == wanted)
            return i;
    }
    return UINT64_MAX;
}
