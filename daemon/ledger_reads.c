#include "ledger_reads.h"

#include <assert.h>

enum { READS_MAX = 256 }; /* that wait; beyond: refused at once */

void ledger_reads_init(struct ledger_reads *reads)
{
    TAILQ_INIT(&reads->waiting);
    reads->count = 0;
}

bool ledger_reads_add(struct ledger_reads *reads, struct ledger_read *read)
{
    assert(read->count >= 1 && read->count <= TREE_READS_MAX);
    if (reads->count == READS_MAX)
        return false;
    read->done_count = 0;
    TAILQ_INSERT_TAIL(&reads->waiting, read, link);
    reads->count++;
    return true;
}

bool ledger_reads_next(const struct ledger_reads *reads, struct wire_request *ret_request)
{
    const struct ledger_read *read = TAILQ_FIRST(&reads->waiting);

    if (!read)
        return false;
    *ret_request = (struct wire_request){.type = WIRE_READ,
                                         .first = read->tiles[read->done_count] * TILE_WIDTH,
                                         .count = TILE_WIDTH};
    return true;
}

static void read_end(struct ledger_reads *reads, struct ledger_read *read, enum err err)
{
    TAILQ_REMOVE(&reads->waiting, read, link);
    reads->count--;
    read->done(read, err);
}

bool ledger_reads_take(struct ledger_reads *reads, const struct wire_answer *answer)
{
    struct ledger_read *read = TAILQ_FIRST(&reads->waiting);
    const size_t count = answer->leaves.len / LEAF_BYTES;

    if (!read)
        return true; /* given up meanwhile */
    if (answer->size != read->tiles[read->done_count] * TILE_WIDTH || count > TILE_WIDTH)
        return false;
    memcpy(read->leaves[read->done_count], answer->leaves.data, answer->leaves.len);
    read->counts[read->done_count++] = count;
    if (read->done_count == read->count)
        read_end(reads, read, ERR_NONE);
    return true;
}

void ledger_reads_fail(struct ledger_reads *reads)
{
    for (struct ledger_read *read; (read = TAILQ_FIRST(&reads->waiting));)
        read_end(reads, read, ERR_UNAVAILABLE);
}

void ledger_read_tiles(const struct ledger_read *read, struct tree_tiles *ret_tiles)
{
    ret_tiles->count = 0;
    for (size_t i = 0; i < read->count; i++)
        tree_tiles_add(ret_tiles, read->tiles[i], read->leaves[i], read->counts[i]);
}
