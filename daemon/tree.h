/*
 * tree - the log's tree as a daemon keeps it in memory
 *
 * The frontier, the node over each full 256 leaves, and the hashes of the last, partial 256:
 * 32 bytes for each 256 leaves, and 4 more a leaf to find one by its commitment. With the leaves of
 * at most two tiles of level 0, which somebody else holds, that gives every proof (core/merkle),
 * every tile (core/tile) and every root there ever was.
 *
 * No I/O; one thread.
 */
#ifndef GRIEVD_TREE_H
#define GRIEVD_TREE_H

#include "core/leaf.h"
#include "core/tile.h"

enum { TREE_READS_MAX = 2 }; /* tiles of level 0 that a proof can need from elsewhere */

struct tree {
    struct merkle_frontier frontier;
    struct merkle_hash *groups; /* owned: the node over each full 256 leaves */
    size_t group_count, group_room;
    struct merkle_hash tail[TILE_WIDTH]; /* the hashes of the leaves after those */
    uint32_t *commits; /* owned: of each leaf, the first bytes of its commitment */
    size_t commit_room;
};

/* Back to no leaves; a zeroed tree is one. Aborts, as all of this does, when memory is out. */
void tree_clear(struct tree *tree);

/*
 * Append leaves, 1 to LIMIT_SIGNER_LEAVES, LEAF_BYTES each. With an arena, a batch in it that
 * has their proofs; NULL without one, or past its cap.
 */
const struct merkle_batch *tree_append(struct tree *tree, struct arena *arena,
                                       const uint8_t *leaves, size_t count);

/* The hashes of full or partial tiles of level 0, as whoever holds the leaves gave them. */
struct tree_tiles {
    size_t count;
    uint64_t index[TREE_READS_MAX];
    struct merkle_hash hashes[TREE_READS_MAX][TILE_WIDTH];
};

/* One more, from its leaves. */
void tree_tiles_add(struct tree_tiles *tiles, uint64_t index, const uint8_t *leaves, size_t count);

/* Which tiles of level 0 a plan over this tree needs from elsewhere: how many. */
size_t tree_missing(const struct tree *tree, const struct merkle_plan *plan,
                    uint64_t ret_index[static TREE_READS_MAX]);

/* The proof of a plan: plan->proof_count hashes. The tiles that tree_missing() named are there. */
void tree_fold(const struct tree *tree, const struct tree_tiles *tiles,
               const struct merkle_plan *plan, struct merkle_hash *ret_proof);

/* The root when it had so many leaves: at least one, and no more than it has. */
void tree_root_at(const struct tree *tree, const struct tree_tiles *tiles, uint64_t size,
                  struct merkle_hash *ret_root);

/* The hashes of a tile above level 0, which is one of this tree's. */
void tree_tile(const struct tree *tree, struct tile tile, struct merkle_hash *ret_hashes);

/*
 * The first leaf at or after that index whose commitment begins as this one does; UINT64_MAX
 * if there is none. Four bytes are compared: look at the leaf itself.
 */
uint64_t tree_find(const struct tree *tree, const uint8_t commit[static COMMIT_BYTES],
                   uint64_t from);

#endif
