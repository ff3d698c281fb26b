#include "signer_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

#define FILE_NAME  "log"
#define ADOPT_NAME "log.new"

enum {
    READ_ENTRIES = 4096,       /* at a time, when the file is read */
    GROWTH_BYTES = 512 * 1024, /* zeros ahead: overwriting is synced faster than growing */
};

/* A file with a tree in it, the state's or one that is being adopted. */
struct tree_file {
    int fd;
    uint64_t room;                    /* bytes the file has, entries or zeros */
    struct merkle_frontier held;      /* over the entries that can be read, and check */
    uint8_t check[STATE_CHECK_BYTES]; /* of the last of them */
};

struct signer_log {
    int folder_fd;
    char origin[LIMIT_NOTE_NAME_BYTES + 1];
    struct tree_file file;
    enum wire_condition condition;
    struct state_slot slot; /* the newest good one; its tree is what may be signed */
    bool has_slot, broken;

    bool adopting;
    struct tree_file adopted;
    uint64_t adopt_size;
    struct merkle_hash adopt_root;
};

/* --- bytes ------------------------------------------------------------------------------- */

static bool disk_fault(const char *what)
{
    log_line(LOG_ERROR, "signer_disk call=%s errno=%d next=\"free or repair the disk\"", what,
             errno);
    return false;
}

static bool write_at(int fd, const void *bytes, size_t len, uint64_t at)
{
    const uint8_t *from = bytes;

    while (len > 0) {
        const ssize_t written = pwrite(fd, from, len, (off_t)at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return disk_fault("pwrite");
        from += written;
        len -= (size_t)written;
        at += (uint64_t)written;
    }
    return true;
}

/* Read up to len bytes: how many there are; -1, logged. */
static ssize_t read_at(int fd, void *bytes, size_t len, uint64_t at)
{
    size_t done = 0;

    while (done < len) {
        const ssize_t got = pread(fd, (uint8_t *)bytes + done, len - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            disk_fault("pread");
            return -1;
        }
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static uint64_t entry_at(uint64_t index)
{
    return STATE_ENTRIES_AT + index * STATE_ENTRY_BYTES;
}

/* --- a tree's file ----------------------------------------------------------------------- */

static struct tree_file tree_file_none(void)
{
    return (struct tree_file){.fd = -1};
}

static void tree_file_close(struct tree_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    *file = tree_file_none();
}

/* Zeros up to a whole GROWTH_BYTES beyond `end`, so that most extensions overwrite. */
static bool make_room(struct tree_file *file, uint64_t end)
{
    static const uint8_t zeros[64 * 1024];

    if (end <= file->room)
        return true;
    const uint64_t room = (end + GROWTH_BYTES - 1) / GROWTH_BYTES * GROWTH_BYTES;
    for (uint64_t at = file->room; at < room;) {
        const uint64_t part = room - at < sizeof zeros ? room - at : sizeof zeros;
        if (!write_at(file->fd, zeros, (size_t)part, at))
            return false;
        at += part;
    }
    file->room = room;
    return true;
}

static void append(struct merkle_frontier *tree, const uint8_t *leaves, size_t count)
{
    struct merkle_hash hashes[READ_ENTRIES];

    assert(count <= READ_ENTRIES);
    merkle_leaf_hashes(hashes, leaves, LEAF_BYTES, count);
    merkle_append(tree, hashes, count);
}

/* Write leaves behind those held, which they then are; not synced. */
static bool write_entries(struct tree_file *file, const uint8_t *leaves, size_t count)
{
    static uint8_t entries[LIMIT_SIGNER_LEAVES * STATE_ENTRY_BYTES];
    const uint64_t first = file->held.size;
    uint8_t check[STATE_CHECK_BYTES];

    assert(count <= LIMIT_SIGNER_LEAVES);
    memcpy(check, file->check, sizeof check);
    state_entries_encode(entries, leaves, count, first, check);
    if (!make_room(file, entry_at(first + count)) ||
        !write_at(file->fd, entries, count * STATE_ENTRY_BYTES, entry_at(first)))
        return false;
    append(&file->held, leaves, count);
    memcpy(file->check, check, sizeof check);
    return true;
}

/*
 * Write the last entries once more, as many as one request may have sent: if syncing failed
 * before the program ended, the kernel still shows them and believes that they are on the disk.
 */
static bool rewrite_tail(struct tree_file *file)
{
    static uint8_t entries[LIMIT_SIGNER_LEAVES * STATE_ENTRY_BYTES];
    const uint64_t size = file->held.size;
    const uint64_t first = size > LIMIT_SIGNER_LEAVES ? size - LIMIT_SIGNER_LEAVES : 0;
    const size_t len = (size_t)(size - first) * STATE_ENTRY_BYTES;

    return read_at(file->fd, entries, len, entry_at(first)) == (ssize_t)len &&
           write_at(file->fd, entries, len, entry_at(first));
}

static bool same_tree(const struct merkle_frontier *a, const struct merkle_frontier *b)
{
    return a->size == b->size &&
           memcmp(a->nodes, b->nodes, merkle_frontier_count(a->size) * sizeof a->nodes[0]) == 0;
}

/*
 * Read all entries that check, from the first on, into file->held. *ret_met says whether
 * they pass through that tree, if they come so far.
 */
static bool read_entries(struct tree_file *file, const struct merkle_frontier *through,
                         bool *ret_met)
{
    static uint8_t entries[READ_ENTRIES * STATE_ENTRY_BYTES], leaves[READ_ENTRIES * LEAF_BYTES];
    size_t good = READ_ENTRIES;

    *ret_met = through->size == 0;
    while (good == READ_ENTRIES) {
        const uint64_t first = file->held.size;
        const ssize_t got = read_at(file->fd, entries, sizeof entries, entry_at(first));
        if (got < 0)
            return false;
        good = state_entries_decode(leaves, entries, (size_t)got / STATE_ENTRY_BYTES, first,
                                    file->check);

        const bool passes = first < through->size && through->size <= first + good;
        const size_t before = passes ? (size_t)(through->size - first) : 0;
        append(&file->held, leaves, before);
        if (passes)
            *ret_met = same_tree(&file->held, through);
        append(&file->held, leaves + before * LEAF_BYTES, good - before);
    }
    return true;
}

/* --- the state --------------------------------------------------------------------------- */

/* Write the tree as the next state and sync it, with the entries that were written before. */
static bool write_slot(const struct signer_log *log, struct tree_file *file,
                       struct state_slot *slot)
{
    uint8_t bytes[STATE_SLOT_BYTES];

    slot->generation++;
    slot->tree = file->held;
    memcpy(slot->origin, log->origin, sizeof slot->origin);
    state_slot_encode(slot, bytes);
    if (!make_room(file, STATE_ENTRIES_AT) ||
        !write_at(file->fd, bytes, sizeof bytes, slot->generation % STATE_SLOTS * STATE_SLOT_BYTES))
        return false;
    /* After a failure nobody knows what is on the disk: a second call would report success. */
    return fdatasync(file->fd) == 0 || disk_fault("fdatasync");
}

/* The state becomes what is held. If it cannot, the file must be read again. */
static enum signer_outcome commit_held(struct signer_log *log)
{
    struct state_slot slot = log->slot;

    if (!write_slot(log, &log->file, &slot)) {
        log->broken = true;
        return SIGNER_DISK;
    }
    log->slot = slot;
    log->has_slot = true;
    log->condition = WIRE_CONDITION_READY;
    return SIGNER_DONE;
}

/* What the slots and entries that were read come to. */
static bool settle(struct signer_log *log, enum state_pick pick, bool met)
{
    const uint64_t size = log->slot.tree.size, held = log->file.held.size;

    if (pick == STATE_EMPTY && held == 0) {
        log->condition = WIRE_CONDITION_NONE;
    } else if (pick != STATE_PICKED || (held >= size && !met) ||
               (held < size && size - held > LIMIT_SIGNER_LEAVES)) {
        log->condition = WIRE_CONDITION_DAMAGED;
        log_line(LOG_ERROR,
                 "signer_damaged size=%" PRIu64 " held=%" PRIu64
                 " next=\"adopt the newest checkpoint that anybody has\"",
                 size, held);
    } else if (held < size) {
        log->condition = WIRE_CONDITION_INCOMPLETE;
        log_line(LOG_WARNING, "signer_incomplete size=%" PRIu64 " held=%" PRIu64, size, held);
    } else {
        if (held > size)
            log_line(LOG_NOTICE, "signer_took_up size=%" PRIu64 " held=%" PRIu64, size, held);
        return rewrite_tail(&log->file) && commit_held(log) == SIGNER_DONE;
    }
    return true;
}

static bool read_file(struct signer_log *log, char *error, size_t error_size)
{
    static uint8_t slots[STATE_SLOTS * STATE_SLOT_BYTES];
    struct stat about;
    bool met;

    memset(slots, 0, sizeof slots);
    if (fstat(log->file.fd, &about) != 0 || read_at(log->file.fd, slots, sizeof slots, 0) < 0) {
        snprintf(error, error_size, "its file cannot be read: %s", strerror(errno));
        return false;
    }
    log->file.room = (uint64_t)about.st_size;
    const enum state_pick pick = state_pick(slots, &log->slot);
    log->has_slot = pick == STATE_PICKED;
    if (log->has_slot && strcmp(log->slot.origin, log->origin) != 0) {
        snprintf(error, error_size, "it holds the log of another origin, %s", log->slot.origin);
        return false;
    }
    if (!read_entries(&log->file, &log->slot.tree, &met) || !settle(log, pick, met)) {
        snprintf(error, error_size, "its file cannot be read or written: %s", strerror(errno));
        return false;
    }
    return true;
}

static int open_file(int folder_fd, const char *name, int flags)
{
    return openat(folder_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
}

struct signer_log *signer_log_open(const char *folder, const char *origin, char *error,
                                   size_t error_size)
{
    struct signer_log *log = calloc(1, sizeof *log);

    if (!log || !span_to_cstr(span_of(origin), log->origin, sizeof log->origin))
        abort();
    log->file = log->adopted = tree_file_none();
    log->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (log->folder_fd >= 0)
        log->file.fd = open_file(log->folder_fd, FILE_NAME, 0);
    if (log->file.fd < 0)
        snprintf(error, error_size, "%s", strerror(errno));
    /* The lock is the folder's: an adopted file takes the other's place. */
    else if (flock(log->folder_fd, LOCK_EX | LOCK_NB) != 0)
        snprintf(error, error_size, "another signer has it open");
    else if (read_file(log, error, error_size))
        return log;
    signer_log_free(log);
    return NULL;
}

void signer_log_free(struct signer_log *log)
{
    if (!log)
        return;
    signer_log_adopt_end(log);
    tree_file_close(&log->file);
    if (log->folder_fd >= 0)
        close(log->folder_fd);
    free(log);
}

enum wire_condition signer_log_condition(const struct signer_log *log)
{
    return log->condition;
}

bool signer_log_broken(const struct signer_log *log)
{
    return log->broken;
}

uint64_t signer_log_size(const struct signer_log *log)
{
    return log->slot.tree.size;
}

uint64_t signer_log_held(const struct signer_log *log)
{
    return log->file.held.size;
}

void signer_log_root(const struct signer_log *log, struct merkle_hash *ret_root)
{
    assert(log->condition == WIRE_CONDITION_READY);
    merkle_root(&log->slot.tree, ret_root);
}

enum signer_outcome signer_log_init(struct signer_log *log)
{
    if (log->condition != WIRE_CONDITION_NONE)
        return SIGNER_REFUSED;
    const enum signer_outcome outcome = commit_held(log);
    if (outcome == SIGNER_DONE && fsync(log->folder_fd) != 0) {
        log->broken = true;
        disk_fault("fsync");
        return SIGNER_DISK;
    }
    return outcome;
}

int signer_log_read(struct signer_log *log, uint64_t first, size_t count, uint8_t *ret_leaves)
{
    static uint8_t entries[(1 + LIMIT_SIGNER_LEAVES) * STATE_ENTRY_BYTES];
    const uint64_t held = log->file.held.size;
    const size_t before = first > 0; /* one entry more, for its check */
    uint8_t check[STATE_CHECK_BYTES] = {0};

    assert(count <= LIMIT_SIGNER_LEAVES);
    if (first >= held)
        return 0;
    if (count > held - first)
        count = (size_t)(held - first);
    const size_t len = (before + count) * STATE_ENTRY_BYTES;
    const ssize_t got = read_at(log->file.fd, entries, len, entry_at(first - before));
    if (before > 0)
        memcpy(check, entries + LEAF_BYTES, sizeof check);
    if (got != (ssize_t)len ||
        state_entries_decode(ret_leaves, entries + before * STATE_ENTRY_BYTES, count, first,
                             check) != count) {
        log_line(LOG_ERROR, "signer_leaf_unreadable first=%" PRIu64 " count=%zu", first, count);
        return -1;
    }
    return (int)count;
}

/* Compare leaves with those held from that index on. */
static enum signer_outcome compare(struct signer_log *log, uint64_t first, const uint8_t *leaves,
                                   size_t count, uint64_t *ret_index)
{
    static uint8_t known[LIMIT_SIGNER_LEAVES * LEAF_BYTES];

    if (signer_log_read(log, first, count, known) != (int)count)
        return SIGNER_DISK;
    for (size_t i = 0; i < count; i++) {
        if (memcmp(known + i * LEAF_BYTES, leaves + i * LEAF_BYTES, LEAF_BYTES) != 0) {
            *ret_index = first + i;
            return SIGNER_FORK;
        }
    }
    return SIGNER_HAD;
}

/* Append new leaves to a tree that is ready. */
static enum signer_outcome grow(struct signer_log *log, const uint8_t *leaves, size_t count)
{
    return write_entries(&log->file, leaves, count) ? commit_held(log) : SIGNER_DISK;
}

/* Complete a tree whose slot has survived its last entries: what comes must give that tree. */
static enum signer_outcome complete(struct signer_log *log, const uint8_t *leaves, size_t count,
                                    uint64_t *ret_index)
{
    const uint64_t missing = log->slot.tree.size - log->file.held.size;
    struct merkle_frontier tree = log->file.held;

    *ret_index = log->file.held.size;
    if (count < missing)
        return SIGNER_BEHIND;
    append(&tree, leaves, (size_t)missing);
    if (!same_tree(&tree, &log->slot.tree))
        return SIGNER_FORK;
    return grow(log, leaves, count);
}

enum signer_outcome signer_log_extend(struct signer_log *log, uint64_t first, const uint8_t *leaves,
                                      size_t count, uint64_t *ret_index)
{
    const uint64_t held = log->file.held.size;

    assert(count > 0 && count <= LIMIT_SIGNER_LEAVES);
    if ((log->condition != WIRE_CONDITION_READY && log->condition != WIRE_CONDITION_INCOMPLETE) ||
        first > MERKLE_SIZE_MAX - LIMIT_SIGNER_LEAVES)
        return SIGNER_REFUSED;
    if (first > held) {
        *ret_index = held;
        return SIGNER_BEHIND;
    }
    const size_t overlap = held - first < count ? (size_t)(held - first) : count;
    if (overlap > 0) {
        const enum signer_outcome outcome = compare(log, first, leaves, overlap, ret_index);
        if (outcome != SIGNER_HAD)
            return outcome;
    }
    leaves += overlap * LEAF_BYTES;
    count -= overlap;
    if (log->condition == WIRE_CONDITION_INCOMPLETE)
        return complete(log, leaves, count, ret_index);
    return count > 0 ? grow(log, leaves, count) : SIGNER_HAD;
}

/* --- adoption ---------------------------------------------------------------------------- */

void signer_log_adopt_end(struct signer_log *log)
{
    if (log->adopting)
        unlinkat(log->folder_fd, ADOPT_NAME, 0);
    tree_file_close(&log->adopted);
    log->adopting = false;
}

/* The tree is whole: it becomes the state in one step, the renaming. */
static enum signer_outcome adopt_finish(struct signer_log *log)
{
    struct state_slot slot = {.generation = log->has_slot ? log->slot.generation : 0};

    if (!write_slot(log, &log->adopted, &slot) ||
        renameat(log->folder_fd, ADOPT_NAME, log->folder_fd, FILE_NAME) != 0 ||
        fsync(log->folder_fd) != 0) {
        log->broken = true;
        disk_fault("rename");
        return SIGNER_DISK;
    }
    tree_file_close(&log->file);
    log->file = log->adopted;
    log->adopted = tree_file_none();
    log->adopting = false;
    log->slot = slot;
    log->has_slot = true;
    log->condition = WIRE_CONDITION_READY;
    log_line(LOG_NOTICE, "signer_adopted size=%" PRIu64, slot.tree.size);
    return SIGNER_DONE;
}

enum signer_outcome signer_log_adopt(struct signer_log *log, uint64_t size,
                                     const struct merkle_hash *root)
{
    signer_log_adopt_end(log);
    if (log->condition == WIRE_CONDITION_READY || (log->has_slot && size < log->slot.tree.size))
        return SIGNER_REFUSED;
    log->adopted.fd = open_file(log->folder_fd, ADOPT_NAME, O_TRUNC);
    if (log->adopted.fd < 0) {
        disk_fault("open");
        return SIGNER_DISK;
    }
    assert(size > 0);
    log->adopting = true;
    log->adopt_size = size;
    log->adopt_root = *root;
    return SIGNER_DONE;
}

/* True unless this is the size of the newest good slot, and the tree another. */
static bool agrees_with_slot(const struct signer_log *log, const struct merkle_frontier *tree)
{
    return !log->has_slot || tree->size != log->slot.tree.size || same_tree(tree, &log->slot.tree);
}

/* False, and stopping there, if the newest good slot contradicts them; else written or not. */
static bool adopt_append(struct signer_log *log, const uint8_t *leaves, size_t count,
                         bool *ret_written)
{
    const uint64_t at = log->adopted.held.size, size = log->slot.tree.size;
    const bool passes = log->has_slot && at < size && size < at + count;
    const size_t before = passes ? (size_t)(size - at) : count;

    *ret_written = write_entries(&log->adopted, leaves, before);
    if (*ret_written && !agrees_with_slot(log, &log->adopted.held))
        return false;
    if (*ret_written && before < count)
        *ret_written = write_entries(&log->adopted, leaves + before * LEAF_BYTES, count - before);
    return true;
}

enum signer_outcome signer_log_adopt_leaves(struct signer_log *log, uint64_t first,
                                            const uint8_t *leaves, size_t count,
                                            uint64_t *ret_index)
{
    struct merkle_hash root;
    bool written;

    if (!log->adopting)
        return SIGNER_REFUSED;
    *ret_index = log->adopted.held.size;
    if (first != log->adopted.held.size || count > log->adopt_size - first)
        return SIGNER_BEHIND;
    const bool agrees = adopt_append(log, leaves, count, &written);
    *ret_index = log->adopted.held.size;
    if (!agrees || !written) {
        signer_log_adopt_end(log);
        return agrees ? SIGNER_DISK : SIGNER_FORK;
    }
    if (*ret_index < log->adopt_size)
        return SIGNER_BEHIND;
    merkle_root(&log->adopted.held, &root);
    if (merkle_hash_eq(&root, &log->adopt_root))
        return adopt_finish(log);
    signer_log_adopt_end(log);
    return SIGNER_FORK;
}
