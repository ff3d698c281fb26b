#include "merkle.h"

#include <assert.h>

static const uint8_t leaf_prefix = 0x00, node_prefix = 0x01;

static struct span hash_span(const struct merkle_hash *hash)
{
    return span_of_bytes(hash->bytes, sizeof hash->bytes);
}

static void hash_leaf(struct suite_hasher *hasher, struct merkle_hash *ret_hash, struct span leaf)
{
    suite_hasher_run(hasher, ret_hash->bytes, (struct span[]){span_of_bytes(&leaf_prefix, 1), leaf},
                     2);
}

/* ret_hash may be left or right. One piece: three would cost as much again as the hashing. */
static void hash_node(struct suite_hasher *hasher, struct merkle_hash *ret_hash,
                      const struct merkle_hash *left, const struct merkle_hash *right)
{
    uint8_t bytes[1 + 2 * SUITE_HASH_BYTES] = {node_prefix};

    memcpy(bytes + 1, left->bytes, SUITE_HASH_BYTES);
    memcpy(bytes + 1 + SUITE_HASH_BYTES, right->bytes, SUITE_HASH_BYTES);
    suite_hasher_run(hasher, ret_hash->bytes, &(struct span){(const char *)bytes, sizeof bytes}, 1);
}

void merkle_leaf_hash(struct merkle_hash *ret_hash, struct span leaf)
{
    suite_hash(ret_hash->bytes, (struct span[]){span_of_bytes(&leaf_prefix, 1), leaf}, 2);
}

void merkle_node_hash(struct merkle_hash *ret_hash, const struct merkle_hash *left,
                      const struct merkle_hash *right)
{
    suite_hash(ret_hash->bytes,
               (struct span[]){span_of_bytes(&node_prefix, 1), hash_span(left), hash_span(right)},
               3);
}

void merkle_empty_root(struct merkle_hash *ret_root)
{
    suite_hash(ret_root->bytes, NULL, 0);
}

void merkle_leaf_hashes(struct merkle_hash *ret_hashes, const uint8_t *leaves, size_t leaf_bytes,
                        size_t count)
{
    struct suite_hasher *hasher = suite_hasher_new();

    for (size_t i = 0; i < count; i++)
        hash_leaf(hasher, &ret_hashes[i], span_of_bytes(leaves + i * leaf_bytes, leaf_bytes));
    suite_hasher_free(hasher);
}

/* --- appending ----------------------------------------------------------------------- */

size_t merkle_frontier_count(uint64_t size)
{
    return (size_t)__builtin_popcountll(size);
}

static void append_one(struct suite_hasher *hasher, struct merkle_frontier *frontier,
                       const struct merkle_hash *leaf_hash)
{
    struct merkle_hash node = *leaf_hash;
    size_t count = merkle_frontier_count(frontier->size);

    /* As in adding one to a binary number: each bit set at the end is a carry. */
    for (uint64_t bits = frontier->size; bits & 1; bits >>= 1)
        hash_node(hasher, &node, &frontier->nodes[--count], &node);
    frontier->nodes[count] = node;
    frontier->size++;
}

void merkle_append(struct merkle_frontier *frontier, const struct merkle_hash *leaf_hashes,
                   size_t count)
{
    assert(count <= MERKLE_SIZE_MAX - frontier->size);
    struct suite_hasher *hasher = suite_hasher_new();

    for (size_t i = 0; i < count; i++)
        append_one(hasher, frontier, &leaf_hashes[i]);
    suite_hasher_free(hasher);
}

/* Complete nodes side by side, the largest first, as one hash. */
static void fold_run(struct suite_hasher *hasher, struct merkle_hash *ret_hash,
                     const struct merkle_hash *hashes, size_t count)
{
    struct merkle_hash hash = hashes[count - 1];

    for (size_t i = count - 1; i > 0; i--)
        hash_node(hasher, &hash, &hashes[i - 1], &hash);
    *ret_hash = hash;
}

void merkle_root(const struct merkle_frontier *frontier, struct merkle_hash *ret_root)
{
    if (frontier->size == 0) {
        merkle_empty_root(ret_root);
        return;
    }
    struct suite_hasher *hasher = suite_hasher_new();

    fold_run(hasher, ret_root, frontier->nodes, merkle_frontier_count(frontier->size));
    suite_hasher_free(hasher);
}

void merkle_fold_level(struct merkle_hash *ret_root, const struct merkle_hash *hashes, size_t count)
{
    struct merkle_frontier frontier = {0};

    merkle_append(&frontier, hashes, count);
    merkle_root(&frontier, ret_root);
}

size_t merkle_frontier_encode(const struct merkle_frontier *frontier,
                              uint8_t ret_bytes[static MERKLE_FRONTIER_BYTES_MAX])
{
    const size_t nodes_bytes = merkle_frontier_count(frontier->size) * SUITE_HASH_BYTES;

    for (size_t i = 0; i < 8; i++)
        ret_bytes[i] = (uint8_t)(frontier->size >> (56 - 8 * i));
    memcpy(ret_bytes + 8, frontier->nodes, nodes_bytes);
    return 8 + nodes_bytes;
}

bool merkle_frontier_decode(struct merkle_frontier *ret_frontier, struct span bytes)
{
    uint64_t size = 0;

    if (bytes.len < 8)
        return false;
    for (size_t i = 0; i < 8; i++)
        size = size << 8 | (uint8_t)bytes.data[i];
    if (size > MERKLE_SIZE_MAX || bytes.len != 8 + merkle_frontier_count(size) * SUITE_HASH_BYTES)
        return false;
    *ret_frontier = (struct merkle_frontier){.size = size};
    memcpy(ret_frontier->nodes, bytes.data + 8, bytes.len - 8);
    return true;
}

/* --- a batch at the right edge -------------------------------------------------------- */

/* Half of count, what is left over moving up with the rest. */
static uint64_t half_up(uint64_t count)
{
    return count / 2 + count % 2;
}

/* How many nodes of all levels a batch keeps. */
static size_t batch_node_count(uint64_t first, uint64_t size)
{
    size_t count = 0;

    for (;; first /= 2, size = half_up(size)) {
        count += (size_t)(size - first);
        if (size == 1)
            return count;
    }
}

/* The level above, into nodes. */
static void batch_raise(struct suite_hasher *hasher, const struct merkle_level *below,
                        struct merkle_hash *nodes)
{
    const uint64_t first = below->first / 2, count = half_up(below->count);

    for (uint64_t i = first; i < count; i++) {
        const uint64_t left = 2 * i, right = 2 * i + 1;
        struct merkle_hash *node = &nodes[i - first];

        if (right == below->count)
            *node = below->nodes[left - below->first];
        else
            hash_node(hasher, node,
                      left < below->first ? below->left : &below->nodes[left - below->first],
                      &below->nodes[right - below->first]);
    }
}

/*
 * The frontier after the batch: for each bit of its size the last complete node of that level,
 * which is the batch's, or one that the frontier has had and where it had it.
 */
static void batch_move_frontier(const struct merkle_batch *batch, struct merkle_frontier *frontier)
{
    size_t at = 0;

    for (unsigned i = batch->level_count; i-- > 0;) {
        const struct merkle_level *level = &batch->levels[i];

        if (!(batch->size >> i & 1))
            continue;
        const uint64_t last = (batch->size >> i) - 1;
        if (last >= level->first)
            frontier->nodes[at] = level->nodes[last - level->first];
        at++;
    }
    frontier->size = batch->size;
}

const struct merkle_batch *merkle_batch_new(struct arena *arena, struct merkle_frontier *frontier,
                                            const struct merkle_hash *leaf_hashes, size_t count)
{
    assert(count > 0 && count <= MERKLE_SIZE_MAX - frontier->size);
    const uint64_t first = frontier->size;
    const size_t old_count = merkle_frontier_count(first);
    const size_t node_count = batch_node_count(first, first + count);
    struct merkle_batch *batch = arena_alloc(arena, sizeof *batch);
    struct merkle_hash *nodes = arena_alloc(arena, (node_count + old_count) * sizeof *nodes);

    if (!batch || !nodes)
        return NULL;
    *batch = (struct merkle_batch){.first = first, .size = first + count};
    struct merkle_hash *old = nodes + node_count; /* the frontier as it was, the largest first */
    memcpy(old, frontier->nodes, old_count * sizeof *old);
    memcpy(nodes, leaf_hashes, count * sizeof *nodes);

    struct suite_hasher *hasher = suite_hasher_new();
    size_t old_left = old_count;
    struct merkle_level level = {.first = first, .count = batch->size, .nodes = nodes};
    for (;;) {
        /* A node before the batch is needed where it is a left half: where first has a bit. */
        level.left = level.first & 1 ? &old[--old_left] : NULL;
        batch->levels[batch->level_count++] = level;
        if (level.count == 1)
            break;
        nodes += level.count - level.first;
        batch_raise(hasher, &level, nodes);
        level = (struct merkle_level){level.first / 2, half_up(level.count), nodes, NULL};
    }
    batch->root = level.nodes[0];
    suite_hasher_free(hasher);
    batch_move_frontier(batch, frontier);
    return batch;
}

size_t merkle_batch_proof(const struct merkle_batch *batch, uint64_t index,
                          const struct merkle_hash *ret_proof[static MERKLE_PROOF_MAX])
{
    assert(index >= batch->first && index < batch->size);
    size_t count = 0;

    for (unsigned i = 0; i + 1 < batch->level_count; i++, index /= 2) {
        const struct merkle_level *level = &batch->levels[i];
        const uint64_t sibling = index ^ 1;

        if (sibling < level->first)
            ret_proof[count++] = level->left;
        else if (sibling < level->count)
            ret_proof[count++] = &level->nodes[sibling - level->first];
    }
    return count;
}

/* --- which nodes, fetch, fold ---------------------------------------------------------- */

/* Leaves begin up to, not including, end. */
struct range {
    uint64_t begin, end;
};

/* The largest power of two below count, which is at least 2. */
static uint64_t split_of(uint64_t count)
{
    return (uint64_t)1 << (63 - __builtin_clzll(count - 1));
}

/* The complete nodes of a range that begins at a multiple of its split, the largest first. */
static size_t plan_range(struct merkle_plan *plan, struct range range)
{
    size_t run = 0;

    for (uint64_t left = range.end - range.begin; left > 0; run++) {
        const unsigned level = 63 - (unsigned)__builtin_clzll(left);

        assert(plan->count < MERKLE_PLAN_NODES_MAX);
        plan->nodes[plan->count++] = (struct merkle_node){level, (range.end - left) >> level};
        left -= (uint64_t)1 << level;
    }
    return run;
}

/* One hash of the proof for each range. They were found from the root down: the last is first. */
static void plan_ranges(struct merkle_plan *ret_plan, const struct range *ranges, size_t count)
{
    ret_plan->count = 0;
    ret_plan->proof_count = count;
    for (size_t i = 0; i < count; i++)
        ret_plan->runs[i] = (uint8_t)plan_range(ret_plan, ranges[count - 1 - i]);
}

/*
 * Go down from the whole tree to the half that holds the leaf, until only `at` is left
 * of it; the other halves are the proof.
 */
void merkle_plan_inclusion(struct merkle_plan *ret_plan, uint64_t index, uint64_t size)
{
    assert(index < size && size <= MERKLE_SIZE_MAX);
    struct range at = {0, size}, ranges[MERKLE_PROOF_MAX];
    size_t count = 0;

    while (at.end - at.begin > 1) {
        const uint64_t middle = at.begin + split_of(at.end - at.begin);

        if (index < middle) {
            ranges[count++] = (struct range){middle, at.end};
            at.end = middle;
        } else {
            ranges[count++] = (struct range){at.begin, middle};
            at.begin = middle;
        }
    }
    plan_ranges(ret_plan, ranges, count);
}

/* RFC 9162 section 2.1.4.1: down to the subtree that both trees have whole, at old's edge. */
void merkle_plan_consistency(struct merkle_plan *ret_plan, uint64_t old_size, uint64_t new_size)
{
    assert(old_size > 0 && old_size <= new_size && new_size <= MERKLE_SIZE_MAX);
    struct range at = {0, new_size}, ranges[MERKLE_CONSISTENCY_MAX];
    size_t count = 0;

    while (at.end != old_size) {
        const uint64_t middle = at.begin + split_of(at.end - at.begin);

        if (old_size <= middle) {
            ranges[count++] = (struct range){middle, at.end};
            at.end = middle;
        } else {
            ranges[count++] = (struct range){at.begin, middle};
            at.begin = middle;
        }
    }
    /* From the first leaf on it is the old root, which the verifier has. */
    if (at.begin > 0)
        ranges[count++] = at;
    plan_ranges(ret_plan, ranges, count);
}

void merkle_plan_frontier(struct merkle_plan *ret_plan, uint64_t size)
{
    assert(size <= MERKLE_SIZE_MAX);
    ret_plan->count = 0;
    ret_plan->proof_count = plan_range(ret_plan, (struct range){0, size});
    memset(ret_plan->runs, 1, sizeof ret_plan->runs);
}

void merkle_fold(const struct merkle_plan *plan, const struct merkle_hash *hashes,
                 struct merkle_hash *ret_proof)
{
    struct suite_hasher *hasher = suite_hasher_new();

    for (size_t i = 0; i < plan->proof_count; hashes += plan->runs[i++])
        fold_run(hasher, &ret_proof[i], hashes, plan->runs[i]);
    suite_hasher_free(hasher);
}

/* --- verifying ------------------------------------------------------------------------ */

bool merkle_verify_inclusion(uint64_t index, uint64_t size, const struct merkle_hash *leaf_hash,
                             const struct merkle_hash *proof, size_t proof_count,
                             const struct merkle_hash *root)
{
    if (index >= size || size > MERKLE_SIZE_MAX)
        return false;
    uint64_t fn = index, sn = size - 1; /* named as in the RFC */
    struct merkle_hash r = *leaf_hash;

    for (size_t i = 0; i < proof_count; i++) {
        if (sn == 0)
            return false;
        if (fn & 1 || fn == sn) {
            merkle_node_hash(&r, &proof[i], &r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            merkle_node_hash(&r, &r, &proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && merkle_hash_eq(&r, root);
}

/* What is left when both sizes are known to differ; fr and sr start as proof's first hash. */
static bool verify_growth(uint64_t fn, uint64_t sn, const struct merkle_hash *first,
                          const struct merkle_hash *proof, size_t proof_count,
                          const struct merkle_hash *old_root, const struct merkle_hash *new_root)
{
    struct merkle_hash fr = *first, sr = *first;

    for (; fn & 1; fn >>= 1)
        sn >>= 1;
    for (size_t i = 0; i < proof_count; i++) {
        if (sn == 0)
            return false;
        if (fn & 1 || fn == sn) {
            merkle_node_hash(&fr, &proof[i], &fr);
            merkle_node_hash(&sr, &proof[i], &sr);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            merkle_node_hash(&sr, &sr, &proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && merkle_hash_eq(&fr, old_root) && merkle_hash_eq(&sr, new_root);
}

bool merkle_verify_consistency(uint64_t old_size, uint64_t new_size,
                               const struct merkle_hash *old_root,
                               const struct merkle_hash *new_root, const struct merkle_hash *proof,
                               size_t proof_count)
{
    if (old_size == 0 || old_size > new_size || new_size > MERKLE_SIZE_MAX)
        return false;
    if (old_size == new_size)
        return proof_count == 0 && merkle_hash_eq(old_root, new_root);
    /* An old tree that is one complete node is in the new one as it is. */
    if ((old_size & (old_size - 1)) == 0)
        return proof_count > 0 && verify_growth(old_size - 1, new_size - 1, old_root, proof,
                                                proof_count, old_root, new_root);
    return proof_count > 0 && verify_growth(old_size - 1, new_size - 1, proof, proof + 1,
                                            proof_count - 1, old_root, new_root);
}
