/*
 * Any bytes at all as a key file: refused with a reason, or a key that reads back from what we
 * would write for it. The first byte of the input chooses what the rest is:
 *
 *     0  PEM, to hold a public key
 *     1  PEM, to hold a private one
 *
 * No file is read with a passphrase here: how often that is hashed is the file's to say, and one
 * that is mutated could take hours.
 */
#include <openssl/err.h>
#include <stdlib.h>

#include "core/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok)
        abort();
}

static void take_public(struct span pem)
{
    uint8_t key[SUITE_KEY_BYTES] = {0}, again[SUITE_KEY_BYTES];
    const uint8_t none[SUITE_KEY_BYTES] = {0};

    if (keyfile_read_public(pem, key) != KEYFILE_OK) {
        need(memcmp(key, none, sizeof key) == 0);
        return;
    }
    char *text = keyfile_write_public(key);

    need(keyfile_read_public(span_of(text), again) == KEYFILE_OK);
    need(memcmp(key, again, sizeof key) == 0);
    keyfile_free(text);
}

static void take_private(struct span pem)
{
    uint8_t key[SUITE_KEY_BYTES] = {0}, again[SUITE_KEY_BYTES];
    const uint8_t none[SUITE_KEY_BYTES] = {0};
    const enum keyfile_fault fault = keyfile_read_private(pem, NULL, key);

    if (fault != KEYFILE_OK) {
        need(memcmp(key, none, sizeof key) == 0);
        need(fault != KEYFILE_PASSPHRASE || keyfile_is_encrypted(pem));
        return;
    }
    char *text = keyfile_write_private(key, NULL);

    need(keyfile_read_private(span_of(text), NULL, again) == KEYFILE_OK);
    need(memcmp(key, again, sizeof key) == 0);
    keyfile_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const modes[])(struct span) = {take_public, take_private};

    if (size > 0 && data[0] < sizeof modes / sizeof modes[0])
        modes[data[0]](span_of_bytes(data + 1, size - 1));
    need(ERR_peek_error() == 0);
    return 0;
}
