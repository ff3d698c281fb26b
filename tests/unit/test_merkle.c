/*
 * What the tree promises. Expected numbers come from three sources that know nothing of our code:
 *
 *     Google's Certificate Transparency (github.com/google/certificate-transparency): roots,
 *     paths and consistency proofs of a reference tree of eight leaves,
 *     cpp/merkletree/merkle_tree_test.cc, and a proof that a public log of 3,630,887
 *     certificates gave, python/ct/crypto/merkle_test.py
 *
 *     transparency-dev (github.com/transparency-dev/merkle): hashes of rfc6962_test.go, and 142
 *     good and bad proofs, in vectors/merkle_probes.txt
 *
 *     RFC 6962 section 2.1 itself: its recursive definitions, written out below, for all
 *     sizes up to 300
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/merkle.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum { SIZES = 300 };

static struct merkle_hash from_hex(const char *hex)
{
    struct merkle_hash hash;

    for (size_t i = 0; i < sizeof hash.bytes; i++) {
        unsigned byte;
        cr_assert_eq(sscanf(hex + 2 * i, "%2x", &byte), 1, "%s", hex);
        hash.bytes[i] = (uint8_t)byte;
    }
    return hash;
}

static void expect_hash(const struct merkle_hash *got, const char *hex, const char *what)
{
    const struct merkle_hash expected = from_hex(hex);

    cr_expect(merkle_hash_eq(got, &expected), "%s", what);
}

/* --- Certificate Transparency's reference tree ----------------------------------------- */

static const struct span ct_leaves[8] = {
    SPAN_INIT(""),
    SPAN_INIT("\x00"),
    SPAN_INIT("\x10"),
    SPAN_INIT("\x20\x21"),
    SPAN_INIT("\x30\x31"),
    SPAN_INIT("\x40\x41\x42\x43"),
    SPAN_INIT("\x50\x51\x52\x53\x54\x55\x56\x57"),
    SPAN_INIT("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
};

static const char *const ct_roots[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

/* Complete nodes of that tree by level and index, by appending its leaves. */
static struct merkle_hash ct_nodes[4][8];

static void make_ct_nodes(void)
{
    for (size_t i = 0; i < 8; i++)
        merkle_leaf_hash(&ct_nodes[0][i], ct_leaves[i]);
    for (size_t level = 1; level < 4; level++) {
        for (size_t i = 0; i < (size_t)8 >> level; i++)
            merkle_node_hash(&ct_nodes[level][i], &ct_nodes[level - 1][2 * i],
                             &ct_nodes[level - 1][2 * i + 1]);
    }
}

TestSuite(published, .init = make_ct_nodes);

static size_t ct_prove(const struct merkle_plan *plan, struct merkle_hash *ret_proof)
{
    struct merkle_hash hashes[MERKLE_PLAN_NODES_MAX];

    for (size_t i = 0; i < plan->count; i++)
        hashes[i] = ct_nodes[plan->nodes[i].level][plan->nodes[i].index];
    merkle_fold(plan, hashes, ret_proof);
    return plan->proof_count;
}

Test(published, hashes_are_those_of_transparency_dev)
{
    struct merkle_hash hash;

    merkle_empty_root(&hash);
    expect_hash(&hash, ct_roots[0], "the empty tree");
    merkle_leaf_hash(&hash, SPAN(""));
    expect_hash(&hash, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "an empty leaf");
    merkle_leaf_hash(&hash, SPAN("L123456"));
    expect_hash(&hash, "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56",
                "a leaf");
    struct merkle_hash left, right;
    for (uint8_t i = 0; i < 32; i++) {
        left.bytes[i] = i;
        right.bytes[i] = (uint8_t)(32 + i);
    }
    merkle_node_hash(&hash, &left, &right);
    expect_hash(&hash, "1a378704c17da31e2d05b6d121c2bb2c7d76f6ee6fa8f983e596c2d034963c57",
                "a node, of Certificate Transparency");
}

Test(published, roots_are_those_of_certificate_transparency)
{
    struct merkle_frontier one_by_one = {0};
    struct merkle_hash root;

    merkle_root(&one_by_one, &root);
    expect_hash(&root, ct_roots[0], "size 0");
    for (size_t size = 1; size <= 8; size++) {
        struct merkle_frontier at_once = {0};

        merkle_append(&one_by_one, &ct_nodes[0][size - 1], 1);
        merkle_root(&one_by_one, &root);
        expect_hash(&root, ct_roots[size], "one by one");
        merkle_append(&at_once, ct_nodes[0], size);
        merkle_root(&at_once, &root);
        expect_hash(&root, ct_roots[size], "at once");
        merkle_fold_level(&root, ct_nodes[0], size);
        expect_hash(&root, ct_roots[size], "folded");
    }
}

Test(published, inclusion_proofs_are_those_of_certificate_transparency)
{
    static const struct {
        uint64_t index, size;
        size_t count;
        const char *proof[3];
    } rows[] = {
        {0, 1, 0, {NULL}},
        {0,
         8,
         3,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {5,
         8,
         3,
         {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {2, 3, 1, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
        {1,
         5,
         3,
         {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct merkle_plan plan;
        struct merkle_hash proof[MERKLE_CONSISTENCY_MAX], root = from_hex(ct_roots[rows[i].size]);

        merkle_plan_inclusion(&plan, rows[i].index, rows[i].size);
        cr_assert_eq(ct_prove(&plan, proof), rows[i].count, "row %zu", i);
        for (size_t j = 0; j < rows[i].count; j++)
            expect_hash(&proof[j], rows[i].proof[j], "a hash of the proof");
        cr_expect(merkle_verify_inclusion(rows[i].index, rows[i].size, &ct_nodes[0][rows[i].index],
                                          proof, rows[i].count, &root));
    }
}

Test(published, consistency_proofs_are_those_of_certificate_transparency)
{
    static const struct {
        uint64_t old_size, new_size;
        size_t count;
        const char *proof[3];
    } rows[] = {
        {1, 1, 0, {NULL}},
        {1,
         8,
         3,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {6,
         8,
         3,
         {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {2,
         5,
         2,
         {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct merkle_plan plan;
        struct merkle_hash proof[MERKLE_CONSISTENCY_MAX];
        const struct merkle_hash old_root = from_hex(ct_roots[rows[i].old_size]);
        const struct merkle_hash new_root = from_hex(ct_roots[rows[i].new_size]);

        merkle_plan_consistency(&plan, rows[i].old_size, rows[i].new_size);
        cr_assert_eq(ct_prove(&plan, proof), rows[i].count, "row %zu", i);
        for (size_t j = 0; j < rows[i].count; j++)
            expect_hash(&proof[j], rows[i].proof[j], "a hash of the proof");
        cr_expect(merkle_verify_consistency(rows[i].old_size, rows[i].new_size, &old_root,
                                            &new_root, proof, rows[i].count));
    }
}

/* A certificate that a public log had accepted in January 2013 and proved later. */
Test(published, a_proof_of_a_public_log_verifies)
{
    static const char *const hex[] = {
        "1a208aeebcd1b39fe2de247ee8db9454e1e93a312d206b87f6ca9cc6ec6f1ddd",
        "0a1b78b383f580856f433c01a5741e160d451c185910027f6cc9f828687a40c4",
        "3d1745789bc63f2da15850de1c12a5bf46ed81e1cc90f086148b1662e79aab3d",
        "9095b61e14d8990acf390905621e62b1714fb8e399fbb71de5510e0aef45affe",
        "0a332b91b8fab564e6afd1dd452449e04619b18accc0ff9aa8393cd4928451f2",
        "2336f0181d264aed6d8f3a6507ca14a8d3b3c3a23791ac263e845d208c1ee330",
        "b4ce56e300590500360c146c6452edbede25d4ed83919278749ee5dbe178e048",
        "933f6ddc848ea562e4f9c5cfb5f176941301dad0c6fdb9d1fbbe34fac1be6966",
        "b95a6222958a86f74c030be27c44f57dbe313e5e7c7f4ffb98bcbd3a03bb52f2",
        "daeeb3ce5923defd0faeb8e0c210b753b85b809445d7d3d3cd537a9aabaa9c45",
        "7fadd0a13e9138a2aa6c3fdec4e2275af233b94812784f66bcca9aa8e989f2bc",
        "1864e6ba3e32878610546539734fb5eeae2529991f130c575c73a7e25a2a7c56",
        "12842d1202b1dc6828a17ab253c02e7ce9409b5192430feba44189f39cc02d66",
        "29af64b16fa3053c13d02ac63aa75b23aa468506e44c3a2315edc85d2dc22b11",
        "b527b99934a0bd9edd154e449b0502e2c499bba783f3bc3dfe23364b6b532009",
        "4584db8ae8e351ace08e01f306378a92bfd43611714814f3d834a2842d69faa8",
        "86a9a41573b0d6e4292f01e93243d6cc65b30f06606fc6fa57390e7e90ed580f",
        "a88b98fbe84d4c6aae8db9d1605dfac059d9f03fe0fcb0d5dff1295dacba09e6",
        "06326dc617a6d1f7021dc536026dbfd5fffc6f7c5531d48ef6ccd1ed1569f2a1",
        "f41fe8fdc3a2e4e8345e30216e7ebecffee26ff266eeced208a6c2a3cf08f960",
        "40cf5bde8abb76983f3e98ba97aa36240402975674e120f234b3448911090f8d",
        "b3222dc8658538079883d980d7fdc2bef9285344ea34338968f736b04aeb387a",
    };
    const struct merkle_hash root =
        from_hex("78316a05c9bcf14a3a4548f5b854a9adfcd46a4c034401b3ce7eb7ac2f1d0ecb");
    const struct merkle_hash leaf =
        from_hex("7a395c866d5ecdb0cccb623e011dbc392cd348d1d1d72776174e127a24b09c78");
    struct merkle_hash proof[COUNT_OF(hex)];

    for (size_t i = 0; i < COUNT_OF(hex); i++)
        proof[i] = from_hex(hex[i]);
    cr_expect(merkle_verify_inclusion(848049, 3630887, &leaf, proof, COUNT_OF(proof), &root));
    cr_expect_not(merkle_verify_inclusion(848048, 3630887, &leaf, proof, COUNT_OF(proof), &root));
    cr_expect_not(
        merkle_verify_inclusion(848049, 3630887, &leaf, proof, COUNT_OF(proof) - 1, &root));
}

Test(published, probes_of_transparency_dev_are_judged_as_they_say)
{
    char line[8192], kind[16], verdict[8];
    uint64_t a, b;
    int at;
    size_t good_count = 0, count = 0;
    FILE *probes = fopen(VECTORS "/merkle_probes.txt", "r");

    cr_assert_not_null(probes);
    while (fgets(line, sizeof line, probes)) {
        struct merkle_hash hashes[64];
        size_t hash_count = 0;

        if (line[0] == '#')
            continue;
        cr_assert_eq(sscanf(line, "%15s %7s %lu %lu %n", kind, verdict, &a, &b, &at), 4);
        for (const char *hex = line + at; strlen(hex) >= 64; hex += 65)
            hashes[hash_count++] = from_hex(hex);
        const struct merkle_hash *proof = hashes + 2;
        const bool verified =
            strcmp(kind, "inclusion") == 0
                ? merkle_verify_inclusion(a, b, &hashes[1], proof, hash_count - 2, &hashes[0])
                : merkle_verify_consistency(a, b, &hashes[0], &hashes[1], proof, hash_count - 2);
        cr_expect_eq(verified, strcmp(verdict, "good") == 0, "%s", line);
        good_count += verified;
        count++;
    }
    fclose(probes);
    cr_expect_eq(count, 142);
    cr_expect_eq(good_count, 11);
}

/* --- the RFC's own definitions, for every size up to SIZES ------------------------------ */

static struct merkle_hash leaves[SIZES];

/* MTH(D[begin:end]), each computed once. */
static struct merkle_hash mth_known[SIZES + 1][SIZES + 1];
static bool mth_is_known[SIZES + 1][SIZES + 1];

static void make_leaves(void)
{
    for (size_t i = 0; i < SIZES; i++) {
        char text[16];
        const int len = snprintf(text, sizeof text, "leaf %zu", i);
        merkle_leaf_hash(&leaves[i], (struct span){text, (size_t)len});
    }
}

TestSuite(rfc, .init = make_leaves);

static size_t rfc_split(size_t count)
{
    size_t k = 1;

    while (2 * k < count)
        k *= 2;
    return k;
}

static const struct merkle_hash *mth(size_t begin, size_t end)
{
    struct merkle_hash *known = &mth_known[begin][end];

    if (mth_is_known[begin][end])
        return known;
    if (end == begin)
        merkle_empty_root(known);
    else if (end - begin == 1)
        *known = leaves[begin];
    else
        merkle_node_hash(known, mth(begin, begin + rfc_split(end - begin)),
                         mth(begin + rfc_split(end - begin), end));
    mth_is_known[begin][end] = true;
    return known;
}

/* PATH(m, D[begin:end]), m counted from the first leaf of all. */
static size_t rfc_path(size_t m, size_t begin, size_t end, struct merkle_hash *path)
{
    if (end - begin == 1)
        return 0;
    const size_t middle = begin + rfc_split(end - begin);
    const size_t len =
        m < middle ? rfc_path(m, begin, middle, path) : rfc_path(m, middle, end, path);
    path[len] = m < middle ? *mth(middle, end) : *mth(begin, middle);
    return len + 1;
}

/* SUBPROOF(m, D[begin:end], b). */
static size_t rfc_subproof(size_t m, size_t begin, size_t end, bool b, struct merkle_hash *proof)
{
    if (m == end) {
        if (b)
            return 0;
        proof[0] = *mth(begin, end);
        return 1;
    }
    const size_t middle = begin + rfc_split(end - begin);
    const size_t len = m <= middle ? rfc_subproof(m, begin, middle, b, proof)
                                   : rfc_subproof(m, middle, end, false, proof);
    proof[len] = m <= middle ? *mth(middle, end) : *mth(begin, middle);
    return len + 1;
}

static void fetch(const struct merkle_plan *plan, struct merkle_hash *hashes)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct merkle_node node = plan->nodes[i];
        hashes[i] = *mth(node.index << node.level, (node.index + 1) << node.level);
    }
}

static void expect_proof(const struct merkle_hash *got, size_t got_count,
                         const struct merkle_hash *expected, size_t expected_count)
{
    cr_assert_eq(got_count, expected_count);
    cr_assert_arr_eq(got, expected, expected_count * sizeof *expected);
}

Test(rfc, roots_of_every_size)
{
    struct merkle_frontier frontier = {0};
    struct merkle_hash root;

    for (size_t size = 1; size <= SIZES; size++) {
        merkle_append(&frontier, &leaves[size - 1], 1);
        merkle_root(&frontier, &root);
        cr_assert(merkle_hash_eq(&root, mth(0, size)), "size %zu", size);
    }
}

Test(rfc, inclusion_of_every_leaf_in_every_size)
{
    for (size_t size = 1; size <= SIZES; size++) {
        for (size_t index = 0; index < size; index++) {
            struct merkle_plan plan;
            struct merkle_hash hashes[MERKLE_PLAN_NODES_MAX], proof[MERKLE_CONSISTENCY_MAX];
            struct merkle_hash expected[MERKLE_CONSISTENCY_MAX];

            merkle_plan_inclusion(&plan, index, size);
            fetch(&plan, hashes);
            merkle_fold(&plan, hashes, proof);
            expect_proof(proof, plan.proof_count, expected, rfc_path(index, 0, size, expected));
            cr_assert(merkle_verify_inclusion(index, size, &leaves[index], proof, plan.proof_count,
                                              mth(0, size)));
        }
    }
}

Test(rfc, consistency_of_every_two_sizes)
{
    for (size_t size = 1; size <= SIZES; size++) {
        for (size_t old = 1; old <= size; old++) {
            struct merkle_plan plan;
            struct merkle_hash hashes[MERKLE_PLAN_NODES_MAX], proof[MERKLE_CONSISTENCY_MAX];
            struct merkle_hash expected[MERKLE_CONSISTENCY_MAX];

            merkle_plan_consistency(&plan, old, size);
            fetch(&plan, hashes);
            merkle_fold(&plan, hashes, proof);
            expect_proof(proof, plan.proof_count, expected,
                         rfc_subproof(old, 0, size, true, expected));
            cr_assert(merkle_verify_consistency(old, size, mth(0, old), mth(0, size), proof,
                                                plan.proof_count),
                      "%zu to %zu", old, size);
        }
    }
}

/* Every first size, and batches of 1, 2, 3, … leaves, the steps growing with them. */
Test(rfc, a_batch_proves_each_of_its_leaves_after_every_size)
{
    for (size_t first = 0; first < SIZES; first++) {
        for (size_t count = 1; first + count <= SIZES; count += 1 + count / 8) {
            struct arena *arena = arena_new(1024 * 1024);
            struct merkle_frontier frontier = {0};

            merkle_append(&frontier, leaves, first);
            const struct merkle_batch *batch =
                merkle_batch_new(arena, &frontier, leaves + first, count);
            cr_assert_not_null(batch);
            cr_assert_eq(batch->size, first + count);
            cr_assert_eq(frontier.size, first + count);
            cr_assert(merkle_hash_eq(&batch->root, mth(0, first + count)), "%zu + %zu", first,
                      count);
            for (size_t i = first; i < first + count; i++) {
                const struct merkle_hash *proof[MERKLE_PROOF_MAX];
                struct merkle_hash expected[MERKLE_CONSISTENCY_MAX];
                const size_t expected_count = rfc_path(i, 0, first + count, expected);

                cr_assert_eq(merkle_batch_proof(batch, i, proof), expected_count);
                for (size_t j = 0; j < expected_count; j++)
                    cr_assert(merkle_hash_eq(proof[j], &expected[j]), "%zu of %zu + %zu", i, first,
                              count);
            }
            struct merkle_frontier expected = {0};
            merkle_append(&expected, leaves, first + count);
            cr_assert_arr_eq(frontier.nodes, expected.nodes,
                             merkle_frontier_count(first + count) * sizeof expected.nodes[0]);
            arena_free(arena);
        }
    }
}

Test(rfc, a_frontier_comes_back_from_its_bytes_and_from_its_nodes)
{
    struct merkle_frontier frontier = {0}, again;
    uint8_t bytes[MERKLE_FRONTIER_BYTES_MAX];

    for (size_t size = 0; size <= SIZES; size++) {
        const size_t len = merkle_frontier_encode(&frontier, bytes);
        cr_assert(merkle_frontier_decode(&again, span_of_bytes(bytes, len)));
        cr_assert_eq(again.size, size);
        cr_assert_arr_eq(again.nodes, frontier.nodes,
                         merkle_frontier_count(size) * sizeof frontier.nodes[0]);
        cr_assert_not(merkle_frontier_decode(&again, span_of_bytes(bytes, len - 1)));

        struct merkle_plan plan;
        struct merkle_hash hashes[MERKLE_PLAN_NODES_MAX];
        merkle_plan_frontier(&plan, size);
        cr_assert_eq(plan.count, merkle_frontier_count(size));
        fetch(&plan, hashes);
        cr_assert_arr_eq(hashes, frontier.nodes, plan.count * sizeof hashes[0]);
        if (size < SIZES)
            merkle_append(&frontier, &leaves[size], 1);
    }
}

/* --- what verifying refuses --------------------------------------------------------------- */

Test(rfc, no_other_index_size_leaf_root_or_length_verifies)
{
    for (size_t size = 2; size <= 40; size++) {
        for (size_t index = 0; index < size; index++) {
            struct merkle_hash proof[MERKLE_CONSISTENCY_MAX] = {0};
            const size_t count = rfc_path(index, 0, size, proof);
            const struct merkle_hash *leaf = &leaves[index], *root = mth(0, size);

            for (size_t other = 0; other <= size + 1; other++) {
                if (other != index)
                    cr_assert_not(merkle_verify_inclusion(other, size, leaf, proof, count, root));
            }
            cr_assert_not(merkle_verify_inclusion(index, size, root, proof, count, root));
            cr_assert_not(merkle_verify_inclusion(index, size, leaf, proof, count, leaf));
            cr_assert_not(merkle_verify_inclusion(index, size, leaf, proof, count - 1, root));
            cr_assert_not(merkle_verify_inclusion(index, size, leaf, proof, count + 1, root));
            for (size_t i = 0; i < count; i++) {
                proof[i].bytes[i] ^= 1;
                cr_assert_not(merkle_verify_inclusion(index, size, leaf, proof, count, root));
                proof[i].bytes[i] ^= 1;
            }
        }
    }
}

Test(rfc, no_other_history_verifies)
{
    for (size_t size = 2; size <= 40; size++) {
        for (size_t old = 1; old < size; old++) {
            struct merkle_hash proof[MERKLE_CONSISTENCY_MAX] = {0};
            const size_t count = rfc_subproof(old, 0, size, true, proof);
            const struct merkle_hash *was = mth(0, old), *is = mth(0, size);

            for (size_t i = 0; i < count; i++) {
                proof[i].bytes[31] ^= 0x80;
                cr_assert_not(merkle_verify_consistency(old, size, was, is, proof, count));
                proof[i].bytes[31] ^= 0x80;
            }
            cr_assert_not(merkle_verify_consistency(old, size, is, was, proof, count));
            cr_assert_not(merkle_verify_consistency(old, size, was, is, proof, count - 1));
            cr_assert_not(merkle_verify_consistency(old, size, was, is, proof, count + 1));
            cr_assert_not(merkle_verify_consistency(size, old, was, is, proof, count));
            cr_assert_not(merkle_verify_consistency(0, size, was, is, proof, count));
            cr_assert_not(merkle_verify_consistency(0, size, mth(0, 0), is, proof, 0));
        }
    }
}

/* --- sizes that no test can fill: of equal leaves, a node's hash depends on its level only --- */

static struct merkle_hash equal_node[MERKLE_LEVELS];

static void make_equal_nodes(void)
{
    merkle_leaf_hash(&equal_node[0], SPAN("equal"));
    for (size_t i = 1; i < MERKLE_LEVELS; i++)
        merkle_node_hash(&equal_node[i], &equal_node[i - 1], &equal_node[i - 1]);
}

TestSuite(huge, .init = make_equal_nodes);

static struct merkle_frontier equal_frontier(uint64_t size)
{
    struct merkle_frontier frontier = {.size = size};
    struct merkle_plan plan;

    merkle_plan_frontier(&plan, size);
    for (size_t i = 0; i < plan.count; i++)
        frontier.nodes[i] = equal_node[plan.nodes[i].level];
    return frontier;
}

static size_t equal_prove(const struct merkle_plan *plan, struct merkle_hash *proof)
{
    struct merkle_hash hashes[MERKLE_PLAN_NODES_MAX];

    for (size_t i = 0; i < plan->count; i++)
        hashes[i] = equal_node[plan->nodes[i].level];
    merkle_fold(plan, hashes, proof);
    return plan->proof_count;
}

static const uint64_t huge_sizes[] = {
    MERKLE_SIZE_MAX,         MERKLE_SIZE_MAX - 1, (uint64_t)1 << 62,  ((uint64_t)1 << 62) + 1,
    ((uint64_t)1 << 62) - 1, 0x5555555555555555,  0x2aaaaaaaaaaaaaaa, 1000000007,
    999999999999999999,
};

Test(huge, proofs_hold_to_the_largest_size)
{
    for (size_t i = 0; i < COUNT_OF(huge_sizes); i++) {
        const uint64_t size = huge_sizes[i];
        const uint64_t indexes[] = {0, 1, size / 3, size / 2, size - 2, size - 1};
        const struct merkle_frontier frontier = equal_frontier(size);
        struct merkle_hash root, old_root, proof[MERKLE_CONSISTENCY_MAX];
        struct merkle_plan plan;

        merkle_root(&frontier, &root);
        for (size_t j = 0; j < COUNT_OF(indexes); j++) {
            merkle_plan_inclusion(&plan, indexes[j], size);
            const size_t count = equal_prove(&plan, proof);
            cr_assert_leq(count, MERKLE_PROOF_MAX);
            cr_assert(
                merkle_verify_inclusion(indexes[j], size, &equal_node[0], proof, count, &root));

            const struct merkle_frontier old = equal_frontier(indexes[j] + 1);
            merkle_root(&old, &old_root);
            merkle_plan_consistency(&plan, indexes[j] + 1, size);
            const size_t old_count = equal_prove(&plan, proof);
            cr_assert_leq(old_count, MERKLE_CONSISTENCY_MAX);
            cr_assert(merkle_verify_consistency(indexes[j] + 1, size, &old_root, &root, proof,
                                                old_count));
        }
    }
}

Test(huge, a_batch_can_end_at_the_largest_size)
{
    struct merkle_frontier frontier = equal_frontier(MERKLE_SIZE_MAX - 100);
    struct merkle_hash batch_leaves[100], proof[MERKLE_PROOF_MAX];
    struct arena *arena = arena_new(1024 * 1024);

    for (size_t i = 0; i < 100; i++)
        batch_leaves[i] = equal_node[0];
    const struct merkle_batch *batch = merkle_batch_new(arena, &frontier, batch_leaves, 100);
    for (uint64_t i = batch->first; i < batch->size; i++) {
        const struct merkle_hash *pointers[MERKLE_PROOF_MAX];
        const size_t count = merkle_batch_proof(batch, i, pointers);

        for (size_t j = 0; j < count; j++)
            proof[j] = *pointers[j];
        cr_assert(
            merkle_verify_inclusion(i, batch->size, &equal_node[0], proof, count, &batch->root));
    }
    arena_free(arena);
}

Test(huge, verifying_refuses_what_is_larger)
{
    const struct merkle_hash *hash = &equal_node[0];

    cr_expect_not(merkle_verify_inclusion(0, MERKLE_SIZE_MAX + 1, hash, hash, 1, hash));
    cr_expect_not(merkle_verify_inclusion(UINT64_MAX, UINT64_MAX, hash, hash, 1, hash));
    cr_expect_not(merkle_verify_consistency(1, UINT64_MAX, hash, hash, hash, 1));
}

/* --- bounds ---------------------------------------------------------------------------------- */

Test(merkle, a_full_arena_leaves_the_frontier_as_it_was)
{
    struct merkle_frontier frontier = {0};
    struct merkle_hash hashes[100] = {0};
    struct arena *arena = arena_new(1024);

    cr_expect_null(merkle_batch_new(arena, &frontier, hashes, 100));
    cr_expect_eq(frontier.size, 0);
    arena_free(arena);
}

Test(merkle, a_frontier_of_too_large_a_size_is_refused)
{
    uint8_t bytes[8 + 64 * 32] = {0x80};
    struct merkle_frontier frontier = {.size = 7};

    cr_expect_not(merkle_frontier_decode(&frontier, span_of_bytes(bytes, 8 + 32)));
    cr_expect_not(merkle_frontier_decode(&frontier, span_of_bytes(bytes, 7)));
    cr_expect_eq(frontier.size, 7, "the frontier was touched");
}

Test(merkle, aborts_on_an_index_outside_the_tree, .signal = SIGABRT)
{
    struct merkle_plan plan;

    merkle_plan_inclusion(&plan, 5, 5);
}

Test(merkle, aborts_on_a_consistency_with_nothing, .signal = SIGABRT)
{
    struct merkle_plan plan;

    merkle_plan_consistency(&plan, 0, 5);
}
