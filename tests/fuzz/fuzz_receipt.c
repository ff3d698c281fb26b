/*
 * Any bytes at all as a receipt: refused, or printed again byte for byte; verified only if it is
 * the one that the seeds were made from.
 */
#include <stdlib.h>

#include "core/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok)
        abort();
}

static const struct verify_log *example_log(void)
{
    static const uint8_t seed[NOTE_KEY_BYTES] = {1};
    static struct note_signer *signer;
    static struct verify_log log;

    if (!signer) {
        signer = note_signer_new(SPAN("register.example/log"), seed);
        log = (struct verify_log){SPAN("register.example/log"), note_signer_verifier(signer)};
    }
    return &log;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span text = {(const char *)data, size};
    const struct merkle_hash *proof[MERKLE_PROOF_MAX];
    struct receipt receipt = {.index = 99};
    struct verify_receipt verified;

    const enum verify_fault fault = verify_receipt(example_log(), text, &verified);
    if (!receipt_parse(text, &receipt)) {
        need(fault == VERIFY_NOT_A_RECEIPT && receipt.index == 99);
        return 0;
    }
    if (fault == VERIFY_OK)
        need(verified.checkpoint.size == 7 && verified.index < 7);

    char *again = malloc(RECEIPT_BYTES(receipt.proof_count, receipt.checkpoint.len));
    need(again);
    for (size_t i = 0; i < receipt.proof_count; i++)
        proof[i] = &receipt.proof[i];
    const size_t len = receipt_print(again, receipt.leaf, receipt.index, proof, receipt.proof_count,
                                     receipt.checkpoint);
    need(span_eq((struct span){again, len}, text));
    free(again);
    return 0;
}
