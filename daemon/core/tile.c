#include "tile.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum { LEVELS = 8 }; /* 256 to this power is more than MERKLE_SIZE_MAX */

static_assert(TILE_WIDTH == 1 << TILE_HEIGHT, "a tile is a subtree of that height");

/* How many complete hashes that tile level has. */
static uint64_t hash_count(unsigned level, uint64_t size)
{
    if (level == TILE_LEVEL_ENTRIES)
        level = 0;
    return level < LEVELS ? size >> (level * TILE_HEIGHT) : 0;
}

unsigned tile_width(unsigned level, uint64_t index, uint64_t size)
{
    const uint64_t count = hash_count(level, size);

    if (index >= count / TILE_WIDTH)
        return index == count / TILE_WIDTH ? (unsigned)(count % TILE_WIDTH) : 0;
    return TILE_WIDTH;
}

uint64_t tile_count(unsigned level, uint64_t size)
{
    const uint64_t count = hash_count(level, size);

    return count / TILE_WIDTH + (count % TILE_WIDTH > 0);
}

struct tile_place tile_of(struct merkle_node node, uint64_t size)
{
    const unsigned level = node.level / TILE_HEIGHT, height = node.level % TILE_HEIGHT;
    const uint64_t first = node.index << height; /* among the hashes of the tile level */
    const struct tile_place place = {
        .tile = {level, first / TILE_WIDTH, tile_width(level, first / TILE_WIDTH, size)},
        .at = (unsigned)(first % TILE_WIDTH),
        .count = 1U << height,
    };

    assert(place.at + place.count <= place.tile.width);
    return place;
}

void tile_node(struct tile_place place, const struct merkle_hash *hashes,
               struct merkle_hash *ret_hash)
{
    if (place.count == 1)
        *ret_hash = hashes[place.at];
    else
        merkle_fold_level(ret_hash, hashes + place.at, place.count);
}

/* Three digits an element, all but the last after an x: 1234067 is x001/x234/067. */
static size_t print_index(uint64_t index, char *text, size_t size)
{
    char elements[TILE_PATH_BYTES_MAX];
    size_t at = sizeof elements - 1;

    elements[at] = '\0';
    for (bool last = true; last || index > 0; index /= 1000, last = false) {
        char element[8];
        const int len =
            snprintf(element, sizeof element, last ? "%03u" : "x%03u/", (unsigned)(index % 1000));

        at -= (size_t)len;
        memcpy(elements + at, element, (size_t)len);
    }
    return (size_t)snprintf(text, size, "%s", elements + at);
}

size_t tile_path(struct tile tile, char ret_path[static TILE_PATH_BYTES_MAX])
{
    const size_t size = TILE_PATH_BYTES_MAX;
    size_t len;

    assert(tile.level <= TILE_LEVEL_ENTRIES && tile.width >= 1 && tile.width <= TILE_WIDTH);
    if (tile.level == TILE_LEVEL_ENTRIES)
        len = (size_t)snprintf(ret_path, size, "tile/entries/");
    else
        len = (size_t)snprintf(ret_path, size, "tile/%u/", tile.level);
    len += print_index(tile.index, ret_path + len, size - len);
    if (tile.width < TILE_WIDTH)
        len += (size_t)snprintf(ret_path + len, size - len, ".p/%u", tile.width);
    return len;
}

/* Take so many bytes off the front; false if there are not so many. */
static bool take(struct span *rest, size_t len, struct span *ret_taken)
{
    if (rest->len < len)
        return false;
    *ret_taken = (struct span){rest->data, len};
    *rest = span_skip(*rest, len);
    return true;
}

/* Take what comes before the next such character, and the character. */
static bool take_until(struct span *rest, char end, struct span *ret_taken)
{
    const char *found = rest->len > 0 ? memchr(rest->data, end, rest->len) : NULL;

    if (!found)
        return false;
    *ret_taken = (struct span){rest->data, (size_t)(found - rest->data)};
    *rest = span_skip(*rest, ret_taken->len + 1);
    return true;
}

static bool parse_index(struct span *rest, uint64_t *ret_index)
{
    uint64_t index = 0;
    bool more = true;

    while (more) {
        struct span element;
        unsigned long long value;

        more = rest->len > 0 && rest->data[0] == 'x';
        if (more)
            *rest = span_skip(*rest, 1);
        if (!take(rest, 3, &element) || !span_to_u64(element, 999, &value) ||
            index > (MERKLE_SIZE_MAX - value) / 1000)
            return false;
        index = index * 1000 + value;
        if (more && (!take(rest, 1, &element) || element.data[0] != '/'))
            return false;
    }
    *ret_index = index;
    return true;
}

bool tile_parse(struct span path, struct tile *ret_tile)
{
    struct span rest = path, word;
    unsigned long long level = TILE_LEVEL_ENTRIES, width = TILE_WIDTH;
    struct tile tile;
    char again[TILE_PATH_BYTES_MAX];

    if (!take_until(&rest, '/', &word) || !span_eq(word, SPAN("tile")) ||
        !take_until(&rest, '/', &word))
        return false;
    if (!span_eq(word, SPAN("entries")) && !span_to_u64(word, TILE_LEVEL_MAX, &level))
        return false;
    if (!parse_index(&rest, &tile.index))
        return false;
    if (rest.len > 0 && (!take(&rest, 3, &word) || !span_eq(word, SPAN(".p/")) ||
                         !span_to_u64(rest, TILE_WIDTH - 1, &width) || width == 0))
        return false;
    tile.level = (unsigned)level;
    tile.width = (unsigned)width;

    /* One path a tile: no zeros too many, no leading x000. */
    if (!span_eq(path, (struct span){again, tile_path(tile, again)}))
        return false;
    *ret_tile = tile;
    return true;
}
