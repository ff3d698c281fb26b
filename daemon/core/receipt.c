#include "receipt.h"

#include <inttypes.h>
#include <stdio.h>

#include "base64.h"

#define TITLE "c2sp.org/tlog-proof@v1"

static char *put(char *at, struct span text)
{
    memcpy(at, text.data, text.len);
    return at + text.len;
}

size_t receipt_print(char *text, const uint8_t leaf[static LEAF_BYTES], uint64_t index,
                     const struct merkle_hash *const *proof, size_t proof_count,
                     struct span checkpoint)
{
    char number[32];
    char *at = put(text, SPAN(TITLE "\nextra "));

    at = base64_encode(at, span_of_bytes(leaf, LEAF_BYTES));
    const int len = snprintf(number, sizeof number, "\nindex %" PRIu64 "\n", index);
    at = put(at, (struct span){number, (size_t)len});
    for (size_t i = 0; i < proof_count; i++) {
        at = base64_encode(at, span_of_bytes(proof[i]->bytes, sizeof proof[i]->bytes));
        *at++ = '\n';
    }
    *at++ = '\n';
    at = put(at, checkpoint);
    return (size_t)(at - text);
}

/* Take one line, without its newline; it may be empty. */
static bool take_line(struct span *rest, struct span *ret_line)
{
    const char *newline = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;

    if (!newline)
        return false;
    *ret_line = (struct span){rest->data, (size_t)(newline - rest->data)};
    *rest = span_skip(*rest, ret_line->len + 1);
    return true;
}

/* What follows the word on the next line. */
static bool take_after(struct span *rest, struct span word, struct span *ret_value)
{
    struct span line;

    if (!take_line(rest, &line) || line.len < word.len ||
        memcmp(line.data, word.data, word.len) != 0)
        return false;
    *ret_value = span_skip(line, word.len);
    return true;
}

static bool take_proof(struct span *rest, struct receipt *receipt)
{
    struct span line;
    size_t len;

    while (take_line(rest, &line)) {
        if (line.len == 0)
            return true;
        if (receipt->proof_count == MERKLE_PROOF_MAX)
            return false;
        struct merkle_hash *hash = &receipt->proof[receipt->proof_count++];
        if (!base64_decode(line, hash->bytes, sizeof hash->bytes, &len) ||
            len != sizeof hash->bytes)
            return false;
    }
    return false;
}

bool receipt_parse(struct span text, struct receipt *ret_receipt)
{
    struct receipt receipt;
    struct span rest = text, value;
    unsigned long long index;
    size_t len;

    receipt.proof_count = 0;
    if (text.len > LIMIT_RECEIPT_BYTES || !take_after(&rest, SPAN(TITLE), &value) || value.len > 0)
        return false;
    if (!take_after(&rest, SPAN("extra "), &value) ||
        !base64_decode(value, receipt.leaf, sizeof receipt.leaf, &len) || len != LEAF_BYTES)
        return false;
    if (!take_after(&rest, SPAN("index "), &value) ||
        !span_to_u64(value, MERKLE_SIZE_MAX, &index) || (value.data[0] == '0' && value.len > 1))
        return false;
    receipt.index = index;
    if (!take_proof(&rest, &receipt))
        return false;
    receipt.checkpoint = rest;
    *ret_receipt = receipt;
    return true;
}
