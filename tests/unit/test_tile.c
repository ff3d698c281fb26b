/*
 * Where hashes lie, as C2SP's tlog-tiles says: its own examples (index 1234067, a tree of 70,000,
 * one of 256), and every node of every size up to 300 found again in its tile.
 */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/tile.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    struct tile tile;
    const char *path;
} paths[] = {
    {{0, 0, 256}, "tile/0/000"},
    {{0, 999, 256}, "tile/0/999"},
    {{1, 1000, 256}, "tile/1/x001/000"},
    {{0, 1234067, 256}, "tile/0/x001/x234/067"},
    {{0, 273, 112}, "tile/0/273.p/112"},
    {{2, 0, 1}, "tile/2/000.p/1"},
    {{63, 0, 255}, "tile/63/000.p/255"},
    {{TILE_LEVEL_ENTRIES, 1067, 8}, "tile/entries/x001/067.p/8"},
    {{TILE_LEVEL_ENTRIES, 0, 256}, "tile/entries/000"},
    {{0, MERKLE_SIZE_MAX, 256}, "tile/0/x009/x223/x372/x036/x854/x775/807"},
};

Test(tile_path, is_written_and_read_as_specified)
{
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        char path[TILE_PATH_BYTES_MAX];
        struct tile tile = {0};

        cr_expect_eq(tile_path(paths[i].tile, path), strlen(paths[i].path));
        cr_expect_str_eq(path, paths[i].path);
        cr_assert(tile_parse(span_of(paths[i].path), &tile), "%s", paths[i].path);
        cr_expect(tile.level == paths[i].tile.level && tile.index == paths[i].tile.index &&
                      tile.width == paths[i].tile.width,
                  "%s", paths[i].path);
    }
}

Test(tile_parse, refuses_any_other_path)
{
    static const char *const refused[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/000/",
        "tile/0/x000/000",
        "tile/0/x001",
        "tile/0/x001/x000",
        "tile/0/001/000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1/",
        "tile/0/../000",
        "tile/8/0/000",
        "/tile/0/000",
        "tile/entry/000",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x009/x223/x372/x036/x854/x775/807",
    };
    struct tile tile = {7, 7, 7};

    for (size_t i = 0; i < COUNT_OF(refused); i++)
        cr_expect_not(tile_parse(span_of(refused[i]), &tile), "%s", refused[i]);
    cr_expect(tile.level == 7 && tile.index == 7 && tile.width == 7, "the tile was touched");
}

/* The example of the specification: "Partial Tiles". */
Test(tile_width, counts_as_the_specification_does)
{
    cr_expect_eq(tile_count(0, 70000), 274);
    cr_expect_eq(tile_width(0, 272, 70000), 256);
    cr_expect_eq(tile_width(0, 273, 70000), 112);
    cr_expect_eq(tile_width(0, 274, 70000), 0);
    cr_expect_eq(tile_count(1, 70000), 2);
    cr_expect_eq(tile_width(1, 0, 70000), 256);
    cr_expect_eq(tile_width(1, 1, 70000), 17);
    cr_expect_eq(tile_count(2, 70000), 1);
    cr_expect_eq(tile_width(2, 0, 70000), 1);
    cr_expect_eq(tile_count(3, 70000), 0);
    cr_expect_eq(tile_width(TILE_LEVEL_ENTRIES, 273, 70000), 112);

    cr_expect_eq(tile_width(0, 0, 256), 256);
    cr_expect_eq(tile_width(0, 1, 256), 0, "an empty tile is none");
    cr_expect_eq(tile_width(1, 0, 256), 1);
    cr_expect_eq(tile_count(0, 0), 0);
    cr_expect_eq(tile_count(63, MERKLE_SIZE_MAX), 0);
    cr_expect_eq(tile_width(7, 0, MERKLE_SIZE_MAX), 127);
}

enum { LEAVES = 70000 };

static struct merkle_hash levels[3][LEAVES]; /* of the tiles, of a tree of LEAVES */

/* The hash of a complete node by the tree's definition, from its leaf hashes. */
static struct merkle_hash node_hash(unsigned level, uint64_t index)
{
    struct merkle_hash hash;

    merkle_fold_level(&hash, &levels[0][index << level], (size_t)1 << level);
    return hash;
}

Test(tile_of, finds_every_kind_of_node_in_a_tree_of_70000)
{
    for (size_t i = 0; i < LEAVES; i++)
        merkle_leaf_hash(&levels[0][i], span_of_bytes(&i, sizeof i));
    for (size_t level = 1; level < 3; level++) {
        for (size_t i = 0; i < (size_t)LEAVES >> (8 * level); i++)
            merkle_fold_level(&levels[level][i], &levels[level - 1][i * TILE_WIDTH], TILE_WIDTH);
    }
    for (unsigned level = 0; level < 17; level++) {
        const uint64_t count = (uint64_t)LEAVES >> level;
        for (uint64_t index = 0; index < count; index += 1 + count / 7) {
            const struct tile_place place = tile_of((struct merkle_node){level, index}, LEAVES);
            const struct merkle_hash expected = node_hash(level, index);
            struct merkle_hash hash;

            tile_node(place, &levels[place.tile.level][place.tile.index * TILE_WIDTH], &hash);
            cr_assert(merkle_hash_eq(&hash, &expected), "level %u, index %lu", level,
                      (unsigned long)index);
        }
    }
}

Test(tile_of, aborts_on_a_node_that_the_tree_does_not_have, .signal = SIGABRT)
{
    tile_of((struct merkle_node){1, 2}, 5);
}
