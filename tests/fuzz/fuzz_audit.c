/*
 * Any bytes at all as the leaves of a log and as a frontier: counted without a fault of ours, the
 * same however they come in, and every acceptance in exactly one class.
 */
#include <stdlib.h>

#include "core/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok)
        abort();
}

/* Of a few years, which the seeds are of: all of them would take longer than the rest. */
static void expect_sums(const struct audit *audit)
{
    for (unsigned year = 2568; year <= 2571; year++) {
        struct audit_count count;
        uint64_t sum = 0;

        audit_year(audit, year, &count);
        for (unsigned class = LEAF_CLASS_C1; class < LEAF_CLASS_END; class ++)
            sum += count.classes[class];
        need(sum == count.received && count.erased <= count.received);
    }
}

static void take_frontier(struct span bytes)
{
    struct merkle_frontier frontier;
    uint8_t again[MERKLE_FRONTIER_BYTES_MAX];

    if (merkle_frontier_decode(&frontier, bytes))
        need(span_eq(span_of_bytes(again, merkle_frontier_encode(&frontier, again)), bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct audit *at_once = audit_new(), *one_by_one = audit_new();
    const struct audit_finding *findings, *other_findings;
    const size_t count = size / LEAF_BYTES;
    struct merkle_hash root, other_root;

    take_frontier((struct span){(const char *)data, size});
    need(at_once && one_by_one && audit_leaves(at_once, data, count));
    for (size_t i = 0; i < count; i++)
        need(audit_leaves(one_by_one, data + i * LEAF_BYTES, 1));
    audit_root(at_once, &root);
    audit_root(one_by_one, &other_root);
    need(merkle_hash_eq(&root, &other_root));
    need(audit_findings(at_once, &findings) == audit_findings(one_by_one, &other_findings));
    expect_sums(at_once);
    audit_free(at_once);
    audit_free(one_by_one);
    return 0;
}
