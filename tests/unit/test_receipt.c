/* What a receipt's text promises: exactly C2SP's tlog-proof, one text for one proof. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "core/receipt.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Hashes of the specification's own example (tlog-proof.md). */
#define HASH_1 "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ="
#define HASH_2 "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA="
#define EXTRA  "AQEAAQADF3P//////////wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
#define NOTE                                                                       \
    "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n" \
    "\n— x y\n"
#define RECEIPT \
    "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex 73894\n" HASH_1 "\n" HASH_2 "\n\n" NOTE

Test(receipt, is_read_and_written_alike)
{
    struct receipt receipt;
    const struct merkle_hash *proof[2];
    char again[1024];
    struct leaf leaf;

    cr_assert(receipt_parse(SPAN(RECEIPT), &receipt));
    cr_expect_eq(receipt.index, 73894);
    cr_assert_eq(receipt.proof_count, 2);
    cr_expect_eq(receipt.proof[0].bytes[0], 0x81);
    cr_expect_eq(receipt.proof[1].bytes[0], 0x07);
    cr_expect(span_eq(receipt.checkpoint, SPAN(NOTE)));
    cr_expect_eq(leaf_decode(span_of_bytes(receipt.leaf, LEAF_BYTES), &leaf), LEAF_OK);
    cr_expect_eq(leaf.period, 202611);

    proof[0] = &receipt.proof[0];
    proof[1] = &receipt.proof[1];
    const size_t len =
        receipt_print(again, receipt.leaf, receipt.index, proof, 2, receipt.checkpoint);
    cr_expect(span_eq((struct span){again, len}, SPAN(RECEIPT)));
    cr_expect_leq(len, RECEIPT_BYTES(2, receipt.checkpoint.len));
}

Test(receipt_print, has_room_for_the_longest_proof_and_index)
{
    static const struct merkle_hash hash;
    static const uint8_t leaf[LEAF_BYTES];
    const struct merkle_hash *proof[MERKLE_PROOF_MAX];
    char *text = malloc(RECEIPT_BYTES(MERKLE_PROOF_MAX, 4)); /* exactly: a sanitizer looks */
    struct receipt receipt;

    for (size_t i = 0; i < MERKLE_PROOF_MAX; i++)
        proof[i] = &hash;
    const size_t len =
        receipt_print(text, leaf, MERKLE_SIZE_MAX, proof, MERKLE_PROOF_MAX, SPAN("note"));
    cr_expect(receipt_parse((struct span){text, len}, &receipt));
    cr_expect_eq(receipt.index, MERKLE_SIZE_MAX);
    cr_expect_eq(receipt.proof_count, MERKLE_PROOF_MAX);
    free(text);
}

Test(receipt_parse, refuses)
{
    static const struct {
        const char *promise, *text;
    } rows[] = {
        {"another title", "c2sp.org/tlog-proof@v2\nextra " EXTRA "\nindex 0\n\n" NOTE},
        {"a title with more", "c2sp.org/tlog-proof@v1 \nextra " EXTRA "\nindex 0\n\n" NOTE},
        {"no leaf", "c2sp.org/tlog-proof@v1\nindex 0\n\n" NOTE},
        {"a leaf that is too short", "c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\n" NOTE},
        {"one that is too long", "c2sp.org/tlog-proof@v1\nextra " EXTRA "AAAA\nindex 0\n\n" NOTE},
        {"no index", "c2sp.org/tlog-proof@v1\nextra " EXTRA "\n\n" NOTE},
        {"an index with a leading zero",
         "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex 00\n\n" NOTE},
        {"a negative one", "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex -1\n\n" NOTE},
        {"none after the word", "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex \n\n" NOTE},
        {"one past bigint",
         "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex 9223372036854775808\n\n" NOTE},
        {"the two exchanged", "c2sp.org/tlog-proof@v1\nindex 0\nextra " EXTRA "\n\n" NOTE},
        {"a hash that is too short",
         "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex 0\nAAAA\n\n" NOTE},
        {"a hash that is none",
         "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex 0\nexample.com\n\n" NOTE},
        {"carriage returns", "c2sp.org/tlog-proof@v1\r\nextra " EXTRA "\r\nindex 0\r\n\r\n" NOTE},
        {"no end of the proof", "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex 0\n" HASH_1 "\n"},
        {"nothing", ""},
    };
    struct receipt receipt = {.index = 99};

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        cr_expect_not(receipt_parse(span_of(rows[i].text), &receipt), "%s", rows[i].promise);
    cr_expect_eq(receipt.index, 99, "the receipt was touched");
}

Test(receipt_parse, takes_no_more_hashes_than_a_tree_has_levels)
{
    char text[8192] = "c2sp.org/tlog-proof@v1\nextra " EXTRA "\nindex 0\n";
    struct receipt receipt;

    for (size_t i = 0; i < MERKLE_PROOF_MAX + 1; i++)
        strcat(text, HASH_1 "\n");
    strcat(text, "\n" NOTE);
    cr_expect_not(receipt_parse(span_of(text), &receipt));
}
