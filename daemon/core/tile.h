/*
 * tile - where the tree's hashes lie when it is published (C2SP tlog-tiles)
 *
 * A tile holds up to 256 hashes of one tile level: level 0 are the leaf hashes,
 * and each hash of level L + 1 is the node over one full tile of level L. Only
 * the last tile of a level may be partial, and no tile is empty.
 *
 *     tile/0/000              tile/1/000                  tile/entries/000
 *     tile/0/x001/067.p/112   level 0, tile 1067, 112 hashes wide
 *
 * So a complete node of core/merkle lies in one tile, as one hash or as several
 * that are folded; and any proof is made of tiles. Entry bundles, which hold the leaves
 * themselves, are numbered like level 0.
 *
 * Pure.
 */
#ifndef GRIEVD_TILE_H
#define GRIEVD_TILE_H

#include "merkle.h"

enum {
    TILE_WIDTH = 256, /* hashes of a full tile */
    TILE_HEIGHT = 8,  /* levels of the tree between two tile levels */
    TILE_BYTES = TILE_WIDTH * SUITE_HASH_BYTES,
    TILE_LEVEL_MAX = 63,     /* in a path; a tree of MERKLE_SIZE_MAX has levels up to 7 */
    TILE_LEVEL_ENTRIES = 64, /* stands for entry bundles */
    TILE_PATH_BYTES_MAX = 64,
};

struct tile {
    unsigned level;
    uint64_t index;
    unsigned width; /* 1 to TILE_WIDTH; TILE_WIDTH is a full one */
};

/* How wide that tile is in a tree of that size: 0 when the tree has none there. */
unsigned tile_width(unsigned level, uint64_t index, uint64_t size);

/* How many tiles that level has, the partial one included; 0 above the tree's last. */
uint64_t tile_count(unsigned level, uint64_t size);

/* The tile of a tree of that size that holds the node: its first hash and how many. */
struct tile_place {
    struct tile tile;
    unsigned at, count; /* count is a power of two */
};
struct tile_place tile_of(struct merkle_node node, uint64_t size);

/* The hash of a node from what its tile holds, tile.width hashes. */
void tile_node(struct tile_place place, const struct merkle_hash *hashes,
               struct merkle_hash *ret_hash);

/* The path below the log's prefix, "tile/…", and NUL; its length. */
size_t tile_path(struct tile tile, char ret_path[static TILE_PATH_BYTES_MAX]);

/* False for anything that tile_path() would not write. */
bool tile_parse(struct span path, struct tile *ret_tile);

#endif
