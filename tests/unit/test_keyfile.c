/* What key files promise: ours are OpenSSL's, and nothing else passes for one. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/keyfile.h"

/* By `openssl genpkey`, not by us. */
static const char openssl_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VuBCIEIHjksaywPPYUvvExUaosdqevbg7YZzXtM/FFCrjAGhpL\n"
    "-----END PRIVATE KEY-----\n";
static const char ed25519_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEbn0/ehtEEKKQKpVyNlWNC71lW3Qv+qJy2nWnqk6pfW\n"
    "-----END PRIVATE KEY-----\n";

static const uint8_t key[SUITE_KEY_BYTES] = {1, 2, 3};

Test(keyfile, a_private_key_comes_back_as_it_was_written)
{
    uint8_t back[SUITE_KEY_BYTES];
    char *pem = keyfile_write_private(key, NULL);

    cr_expect_eq(keyfile_read_private(span_of(pem), NULL, back), KEYFILE_OK);
    cr_expect_arr_eq(back, key, sizeof key);
    cr_expect_not(keyfile_is_encrypted(span_of(pem)));
    keyfile_free(pem);
}

Test(keyfile, a_passphrase_is_needed_where_one_was_given)
{
    uint8_t back[SUITE_KEY_BYTES] = {0};
    char *pem = keyfile_write_private(key, "ความลับ");

    cr_expect(keyfile_is_encrypted(span_of(pem)));
    cr_expect_eq(keyfile_read_private(span_of(pem), NULL, back), KEYFILE_PASSPHRASE);
    cr_expect_eq(keyfile_read_private(span_of(pem), "other", back), KEYFILE_PASSPHRASE);
    cr_expect_eq(back[0], 0, "nothing was written");
    cr_expect_eq(keyfile_read_private(span_of(pem), "ความลับ", back), KEYFILE_OK);
    cr_expect_arr_eq(back, key, sizeof key);
    keyfile_free(pem);
}

Test(keyfile, a_public_key_comes_back_as_it_was_written)
{
    uint8_t back[SUITE_KEY_BYTES];
    struct suite_key *pair = suite_key_new(key);
    char *pem = keyfile_write_public(suite_key_public(pair));

    cr_expect_eq(keyfile_read_public(span_of(pem), back), KEYFILE_OK);
    cr_expect_arr_eq(back, suite_key_public(pair), sizeof back);
    cr_expect_eq(keyfile_read_private(span_of(pem), NULL, back), KEYFILE_NO_KEY);
    suite_key_free(pair);
    keyfile_free(pem);
}

Test(keyfile, openssls_own_file_is_read_and_ours_is_the_same)
{
    uint8_t back[SUITE_KEY_BYTES];

    cr_assert_eq(keyfile_read_private(span_of(openssl_private), NULL, back), KEYFILE_OK);
    char *again = keyfile_write_private(back, NULL);
    cr_expect_str_eq(again, openssl_private);
    keyfile_free(again);
}

Test(keyfile, what_is_no_such_key_is_refused_and_leaves_nothing)
{
    static const struct {
        const char *what, *pem;
        enum keyfile_fault fault;
    } rows[] = {
        {"nothing", "", KEYFILE_NO_KEY},
        {"no PEM", "key", KEYFILE_NO_KEY},
        {"a key for signatures", ed25519_private, KEYFILE_OTHER_KIND},
        {"a PEM that breaks off", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIE",
         KEYFILE_NO_KEY},
        {"a PEM of nothing", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
         KEYFILE_NO_KEY},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t back[SUITE_KEY_BYTES] = {0};

        cr_expect_eq(keyfile_read_private(span_of(rows[i].pem), NULL, back), rows[i].fault, "%s",
                     rows[i].what);
        cr_expect_eq(back[0], 0, "%s", rows[i].what);
    }
}
