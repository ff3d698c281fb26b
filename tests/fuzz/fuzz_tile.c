/* Any bytes at all as the path of a tile: refused, or exactly what tile_path() writes for it. */
#include <stdlib.h>

#include "core/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span path = {(const char *)data, size};
    char again[TILE_PATH_BYTES_MAX];
    struct tile tile;

    if (tile_parse(path, &tile) && !span_eq(path, (struct span){again, tile_path(tile, again)}))
        abort();
    return 0;
}
