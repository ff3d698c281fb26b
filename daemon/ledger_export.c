#include "ledger_export.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/leaf.h"
#include "core/tile.h"

enum {
    ENTRY_BYTES = 2 + LEAF_BYTES,
    FILE_MODE = 0644,
    FOLDER_MODE = 0755,
    HASH_LEVELS = 8, /* tile levels of hashes that a tree can have */
};

struct export
{
    const char *folder;
    const struct ledger_export_source *source;
    uint64_t files;
};

static bool fail(const char *path)
{
    fprintf(stderr, "grievd ledger: %s: %s\n", path, strerror(errno));
    return false;
}

/* --- files --- */

static bool make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        const bool there = mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST;
        if (!there)
            fail(path);
        *slash = '/';
        if (!there)
            return false;
    }
    return true;
}

static bool write_whole(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t done = write(fd, bytes, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return fsync(fd) == 0;
}

/* Under another name first, so that nobody ever reads half of it. */
static bool put_file(struct export *export, const char *name, const uint8_t *bytes, size_t len)
{
    char path[PATH_MAX], fresh[PATH_MAX + 8];

    if (snprintf(path, sizeof path, "%s/%s", export->folder, name) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return fail(export->folder);
    }
    snprintf(fresh, sizeof fresh, "%s.new", path);
    if (!make_folders(path))
        return false;
    const int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return fail(fresh);
    const bool good = write_whole(fd, bytes, len);
    if (close(fd) != 0 || !good || rename(fresh, path) != 0)
        return fail(fresh);
    export->files++;
    return true;
}

static bool is_there(const struct export *export, const char *name)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", export->folder, name);
    return access(path, R_OK) == 0;
}

/* The 256 hashes of a full tile that was written before. */
static bool read_tile(const struct export *export, struct tile tile,
                      struct merkle_hash ret_hashes[static TILE_WIDTH])
{
    char name[TILE_PATH_BYTES_MAX], path[PATH_MAX];

    tile_path(tile, name);
    snprintf(path, sizeof path, "%s/%s", export->folder, name);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fail(path);
    const size_t count = fread(ret_hashes, sizeof *ret_hashes, TILE_WIDTH, file);
    fclose(file);
    if (count == TILE_WIDTH)
        return true;
    errno = EINVAL; /* it was cut short */
    return fail(path);
}

/* --- tiles --- */

/* The hashes of a tile: of leaves, or each of a full tile below. */
static bool hashes_of(struct export *export, struct tile tile, const uint8_t *leaves,
                      struct merkle_hash *ret_hashes)
{
    struct merkle_hash below[TILE_WIDTH];

    if (tile.level == 0) {
        merkle_leaf_hashes(ret_hashes, leaves, LEAF_BYTES, tile.width);
        return true;
    }
    for (unsigned i = 0; i < tile.width; i++) {
        const struct tile full = {tile.level - 1, tile.index * TILE_WIDTH + i, TILE_WIDTH};

        if (!read_tile(export, full, below))
            return false;
        merkle_fold_level(&ret_hashes[i], below, TILE_WIDTH);
    }
    return true;
}

static bool put_entries(struct export *export, const char *name, const uint8_t *leaves,
                        unsigned width)
{
    uint8_t entries[TILE_WIDTH * ENTRY_BYTES];

    for (size_t i = 0; i < width; i++) {
        entries[i * ENTRY_BYTES] = 0;
        entries[i * ENTRY_BYTES + 1] = LEAF_BYTES;
        memcpy(entries + i * ENTRY_BYTES + 2, leaves + i * LEAF_BYTES, LEAF_BYTES);
    }
    return put_file(export, name, entries, width * ENTRY_BYTES);
}

static bool put_tile(struct export *export, struct tile tile)
{
    uint8_t leaves[TILE_WIDTH * LEAF_BYTES];
    struct merkle_hash hashes[TILE_WIDTH];
    char name[TILE_PATH_BYTES_MAX];

    if (tile.width == 0)
        return true;
    tile_path(tile, name);
    if (is_there(export, name))
        return true;
    if ((tile.level == 0 || tile.level == TILE_LEVEL_ENTRIES) &&
        !export->source->leaves(export->source->arg, tile.index * TILE_WIDTH, tile.width, leaves))
        return false;
    if (tile.level == TILE_LEVEL_ENTRIES)
        return put_entries(export, name, leaves, tile.width);
    return hashes_of(export, tile, leaves, hashes) &&
           put_file(export, name, (const uint8_t *)hashes, tile.width * sizeof hashes[0]);
}

/* The tiles of one level that a tree of that size has, and one of `before` had not. */
static bool put_level(struct export *export, unsigned level, uint64_t before, uint64_t size)
{
    const uint64_t count = tile_count(level, size);
    uint64_t index = tile_count(level, before);

    for (index = index > 0 ? index - 1 : 0; index < count; index++) {
        if (!put_tile(export, (struct tile){level, index, tile_width(level, index, size)}))
            return false;
    }
    return true;
}

bool ledger_export(const char *folder, const struct ledger_export_source *source,
                   const uint64_t *sizes, size_t size_count, struct span checkpoint,
                   uint64_t *ret_files)
{
    struct export export = {.folder = folder, .source = source};
    uint64_t before = 0;

    for (size_t i = 0; i < size_count; before = sizes[i++]) {
        if (!put_level(&export, TILE_LEVEL_ENTRIES, before, sizes[i]))
            return false;
        for (unsigned level = 0; level < HASH_LEVELS; level++) {
            if (!put_level(&export, level, before, sizes[i]))
                return false;
        }
    }
    if (checkpoint.len > 0 &&
        !put_file(&export, "checkpoint", (const uint8_t *)checkpoint.data, checkpoint.len))
        return false;
    *ret_files = export.files;
    return true;
}
