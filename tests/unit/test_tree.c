/* What the daemon's tree promises: every root, tile and proof that it ever had, it still gives. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "tree.h"

enum { LEAVES = 1500 };

static uint8_t leaves[LEAVES * LEAF_BYTES];

/* A tree of so many leaves, appended a few at a time. */
static struct tree *tree_of(size_t size, size_t step)
{
    struct tree *tree = calloc(1, sizeof *tree);

    for (size_t i = 0; i < LEAVES; i++) {
        memset(leaves + i * LEAF_BYTES, (int)(i * 7), LEAF_BYTES);
        memcpy(leaves + i * LEAF_BYTES + 16, &i, sizeof i);
    }
    for (size_t at = 0; at < size; at += step)
        tree_append(tree, NULL, leaves + at * LEAF_BYTES, size - at < step ? size - at : step);
    return tree;
}

static void tree_end(struct tree *tree)
{
    tree_clear(tree);
    free(tree);
}

/* The tiles that a plan lacks, as who holds the leaves would give them. */
static void give(const struct tree *tree, const struct merkle_plan *plan, struct tree_tiles *tiles)
{
    tiles->count = tree_missing(tree, plan, tiles->index);
    for (size_t i = 0; i < tiles->count; i++)
        merkle_leaf_hashes(tiles->hashes[i], leaves + tiles->index[i] * TILE_WIDTH * LEAF_BYTES,
                           LEAF_BYTES, TILE_WIDTH);
}

static void root_of(size_t size, struct merkle_hash *ret_root)
{
    struct merkle_hash *hashes = calloc(size, sizeof *hashes);

    merkle_leaf_hashes(hashes, leaves, LEAF_BYTES, size);
    merkle_fold_level(ret_root, hashes, size);
    free(hashes);
}

Test(tree, gives_every_root_that_it_ever_had)
{
    static const size_t sizes[] = {1, 2, 255, 256, 257, 511, 512, 513, 1024, 1499, 1500};
    struct tree *tree = tree_of(LEAVES, 100);
    struct tree_tiles *tiles = calloc(1, sizeof *tiles);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct merkle_plan plan;
        struct merkle_hash root, expected;

        merkle_plan_frontier(&plan, sizes[i]);
        give(tree, &plan, tiles);
        tree_root_at(tree, tiles, sizes[i], &root);
        root_of(sizes[i], &expected);
        cr_expect(merkle_hash_eq(&root, &expected), "%zu", sizes[i]);
    }
    free(tiles);
    tree_end(tree);
}

Test(tree, proves_any_two_sizes_consistent_with_two_tiles_from_elsewhere)
{
    struct tree *tree = tree_of(LEAVES, 1);
    struct tree_tiles *tiles = calloc(1, sizeof *tiles);

    for (size_t old = 1; old <= LEAVES; old += 37) {
        for (size_t new = old; new <= LEAVES; new += 91) {
            struct merkle_plan plan;
            struct merkle_hash proof[MERKLE_CONSISTENCY_MAX], old_root, new_root;

            merkle_plan_consistency(&plan, old, new);
            give(tree, &plan, tiles);
            tree_fold(tree, tiles, &plan, proof);
            root_of(old, &old_root);
            root_of(new, &new_root);
            cr_assert(
                merkle_verify_consistency(old, new, &old_root, &new_root, proof, plan.proof_count),
                "%zu %zu", old, new);
        }
    }
    free(tiles);
    tree_end(tree);
}

Test(tree, gives_tiles_above_the_leaves)
{
    struct tree *tree = tree_of(LEAVES, LIMIT_SIGNER_LEAVES);
    struct merkle_hash tile[TILE_WIDTH], expected;

    tree_tile(tree, (struct tile){1, 0, LEAVES / TILE_WIDTH}, tile);
    for (size_t i = 0; i < LEAVES / TILE_WIDTH; i++) {
        struct merkle_hash hashes[TILE_WIDTH];

        merkle_leaf_hashes(hashes, leaves + i * TILE_WIDTH * LEAF_BYTES, LEAF_BYTES, TILE_WIDTH);
        merkle_fold_level(&expected, hashes, TILE_WIDTH);
        cr_expect(merkle_hash_eq(&tile[i], &expected), "%zu", i);
    }
    tree_end(tree);
}

Test(tree, finds_a_leaf_by_its_commitment)
{
    struct tree *tree = tree_of(LEAVES, 256);
    const uint8_t nobody[COMMIT_BYTES] = {0xff, 0xff, 0xff, 0xff};

    for (size_t i = 0; i < LEAVES; i += 101)
        cr_expect_eq(tree_find(tree, leaves + i * LEAF_BYTES + 16, 0), i);
    cr_expect_eq(tree_find(tree, leaves + 16, 1), UINT64_MAX);
    cr_expect_eq(tree_find(tree, nobody, 0), UINT64_MAX);
    tree_end(tree);
}

Test(tree, is_empty_again_when_cleared)
{
    struct tree *tree = tree_of(700, 300);
    struct merkle_hash root, expected;

    tree_clear(tree);
    cr_expect_eq(tree->frontier.size, 0);
    tree_append(tree, NULL, leaves, 3);
    merkle_root(&tree->frontier, &root);
    root_of(3, &expected);
    cr_expect(merkle_hash_eq(&root, &expected));
    tree_end(tree);
}
