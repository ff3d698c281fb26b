/*
 * What the primitives promise: the numbers of their standards, and a refusal where the
 * standards leave a trap. X25519: RFC 7748 section 5.2; HKDF: RFC 5869 appendix A;
 * AES-256-GCM: test cases 13 to 16 of the specification of GCM (McGrew and Viega).
 */
#include <openssl/err.h>
#include <signal.h>

#include "core/suite.h"
#include "hex.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* --- X25519 -------------------------------------------------------------------------- */

Test(x25519, gives_the_published_secrets)
{
    static const struct {
        const char *private_key, *public_key, *secret;
    } rows[] = {
        {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
         "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
         "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
        {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
         "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
         "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t private_key[SUITE_KEY_BYTES], public_key[SUITE_KEY_BYTES], secret[SUITE_KEY_BYTES];

        hex_bytes(rows[i].private_key, private_key, sizeof private_key);
        hex_bytes(rows[i].public_key, public_key, sizeof public_key);
        struct suite_key *key = suite_key_new(private_key);
        cr_assert(suite_agree(secret, key, public_key));
        hex_expect(secret, sizeof secret, rows[i].secret, "secret");
        suite_key_free(key);
    }
}

/* RFC 7748 section 5.2: k and u start as 9; k becomes X25519(k, u), and u the old k. */
Test(x25519, gives_the_published_secret_after_a_thousand_turns)
{
    uint8_t k[SUITE_KEY_BYTES] = {9}, u[SUITE_KEY_BYTES] = {9}, secret[SUITE_KEY_BYTES];

    for (size_t turn = 1; turn <= 1000; turn++) {
        struct suite_key *key = suite_key_new(k);
        cr_assert(suite_agree(secret, key, u), "turn %zu", turn);
        suite_key_free(key);
        memcpy(u, k, sizeof u);
        memcpy(k, secret, sizeof k);
        if (turn == 1)
            hex_expect(k, sizeof k,
                       "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", "one");
    }
    hex_expect(k, sizeof k, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51",
               "a thousand");
}

Test(x25519, two_keys_agree_on_one_secret)
{
    uint8_t of_a[SUITE_KEY_BYTES], of_b[SUITE_KEY_BYTES];
    struct suite_key *a = suite_key_new((uint8_t[SUITE_KEY_BYTES]){1});
    struct suite_key *b = suite_key_new((uint8_t[SUITE_KEY_BYTES]){0xff, 2});

    cr_assert(suite_agree(of_a, a, suite_key_public(b)));
    cr_assert(suite_agree(of_b, b, suite_key_public(a)));
    cr_expect_arr_eq(of_a, of_b, sizeof of_a);
    suite_key_free(a);
    suite_key_free(b);
}

/*
 * All that encode a point whose order divides the cofactor: 0, 1, -1, the two of order 8,
 * and the same written above p or with the ignored top bit set.
 */
Test(x25519, refuses_every_point_of_low_order)
{
    static const char *const rows[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    struct suite_key *key = suite_key_new((uint8_t[SUITE_KEY_BYTES]){8, 1});

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t point[SUITE_KEY_BYTES], secret[SUITE_KEY_BYTES] = {42};

        hex_bytes(rows[i], point, sizeof point);
        cr_expect_not(suite_agree(secret, key, point), "%s", rows[i]);
        cr_expect_eq(secret[0], 42, "%s: the secret was touched", rows[i]);
    }
    cr_expect_eq(ERR_peek_error(), 0, "a refusal was left in OpenSSL's queue");
    suite_key_free(key);
}

Test(x25519, takes_points_near_those_and_ignores_the_top_bit)
{
    uint8_t point[SUITE_KEY_BYTES] = {2}, secret[SUITE_KEY_BYTES], same[SUITE_KEY_BYTES];
    struct suite_key *key = suite_key_new((uint8_t[SUITE_KEY_BYTES]){8, 1});

    cr_assert(suite_agree(secret, key, point));
    point[SUITE_KEY_BYTES - 1] = 0x80;
    cr_assert(suite_agree(same, key, point));
    cr_expect_arr_eq(secret, same, sizeof secret);
    suite_key_free(key);
}

/* --- SHA-256, again and again --- */

Test(hasher, gives_what_a_single_call_gives_each_time)
{
    const struct span pieces[] = {SPAN("ab"), SPAN(""), SPAN("c")};
    struct suite_hasher *hasher = suite_hasher_new();
    uint8_t expected[SUITE_HASH_BYTES], got[SUITE_HASH_BYTES];

    for (size_t count = 0; count <= COUNT_OF(pieces); count++) {
        suite_hash(expected, pieces, count);
        suite_hasher_run(hasher, got, pieces, count);
        cr_expect_arr_eq(got, expected, sizeof got, "%zu pieces", count);
    }
    suite_hasher_add(hasher, SPAN("a"));
    suite_hasher_add(hasher, SPAN(""));
    suite_hasher_run(hasher, got, &(struct span){"bc", 2}, 1);
    suite_hash(expected, &(struct span){"abc", 3}, 1);
    cr_expect_arr_eq(got, expected, sizeof got, "pieces that come one after the other");
    suite_hasher_free(hasher);
}

/* --- HKDF ---------------------------------------------------------------------------- */

Test(hkdf, gives_the_published_keys)
{
    static const struct {
        const char *ikm, *salt, *info, *prk, *okm;
    } rows[] = {
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
         "f0f1f2f3f4f5f6f7f8f9", "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
         "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
         "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
         "404142434445464748494a4b4c4d4e4f",
         "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f"
         "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
         "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
         "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
         "d0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"
         "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
         "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
         "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
         "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
         "cc30c58179ec3e87c14c01d5c1f3434f1d87"},
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
         "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
         "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t ikm[96], salt[96], info[96], prk[SUITE_HASH_BYTES], okm[96];
        const struct span key = hex_bytes(rows[i].ikm, ikm, sizeof ikm);
        const struct span context = hex_bytes(rows[i].info, info, sizeof info);
        const size_t len = strlen(rows[i].okm) / 2;

        suite_extract(prk, hex_bytes(rows[i].salt, salt, sizeof salt), &key, 1);
        hex_expect(prk, sizeof prk, rows[i].prk, "PRK");
        suite_expand(okm, len, prk, &context, 1);
        hex_expect(okm, len, rows[i].okm, "OKM");
    }
}

Test(hkdf, takes_its_input_in_pieces_and_expands_again_and_again)
{
    const uint8_t prk[SUITE_HASH_BYTES] = {7};
    const struct span whole = SPAN("one two"), pieces[] = {SPAN("one"), SPAN(" "), SPAN("two")};
    struct suite_expander *expander = suite_expander_new(prk);
    uint8_t at_once[50], in_pieces[50], once_more[50];

    suite_expand(at_once, sizeof at_once, prk, &whole, 1);
    suite_expander_run(expander, in_pieces, sizeof in_pieces, pieces, 3);
    suite_expander_run(expander, once_more, sizeof once_more, &whole, 1);
    cr_expect_arr_eq(at_once, in_pieces, sizeof at_once);
    cr_expect_arr_eq(at_once, once_more, sizeof at_once);
    suite_expander_free(expander);
}

/* The last of 255 blocks was computed with Python's hmac. */
Test(hkdf, expands_as_far_as_the_standard_goes)
{
    static uint8_t okm[SUITE_EXPAND_BYTES_MAX];
    const uint8_t prk[SUITE_HASH_BYTES] = {7};

    suite_expand(okm, sizeof okm, prk, NULL, 0);
    hex_expect(okm + sizeof okm - SUITE_HASH_BYTES, SUITE_HASH_BYTES,
               "47321726e4d8ebc131d216c60229673044d8a5e23899896712958cffb9357570", "T(255)");
}

Test(hkdf, aborts_on_a_byte_more, .signal = SIGABRT)
{
    static uint8_t okm[SUITE_EXPAND_BYTES_MAX + 1];

    suite_expand(okm, sizeof okm, (uint8_t[SUITE_HASH_BYTES]){7}, NULL, 0);
}

/* --- AES-256-GCM --------------------------------------------------------------------- */

static const struct aead_row {
    const char *key, *nonce, *aad, *plaintext, *sealed;
} aead_rows[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
     "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

struct aead {
    uint8_t key[SUITE_KEY_BYTES], nonce[SUITE_NONCE_BYTES];
    uint8_t aad_bytes[32], plaintext_bytes[80], sealed_bytes[96];
    struct span aad, plaintext, sealed;
};

static void aead_read(struct aead *aead, const struct aead_row *row)
{
    hex_bytes(row->key, aead->key, sizeof aead->key);
    hex_bytes(row->nonce, aead->nonce, sizeof aead->nonce);
    aead->aad = hex_bytes(row->aad, aead->aad_bytes, sizeof aead->aad_bytes);
    aead->plaintext =
        hex_bytes(row->plaintext, aead->plaintext_bytes, sizeof aead->plaintext_bytes);
    aead->sealed = hex_bytes(row->sealed, aead->sealed_bytes, sizeof aead->sealed_bytes);
}

Test(aes_256_gcm, gives_the_published_bytes_both_ways)
{
    for (size_t i = 0; i < COUNT_OF(aead_rows); i++) {
        struct aead aead;
        uint8_t bytes[96];

        aead_read(&aead, &aead_rows[i]);
        suite_seal(bytes, aead.key, aead.nonce, aead.aad, aead.plaintext);
        hex_expect(bytes, aead.sealed.len, aead_rows[i].sealed, "sealed");
        cr_assert(suite_open(bytes, aead.key, aead.nonce, aead.aad, aead.sealed), "row %zu", i);
        hex_expect(bytes, aead.plaintext.len, aead_rows[i].plaintext, "opened");
    }
}

Test(aes_256_gcm, seals_where_the_plaintext_lies)
{
    struct aead aead;
    uint8_t bytes[96];

    aead_read(&aead, &aead_rows[3]);
    memcpy(bytes, aead.plaintext.data, aead.plaintext.len);
    suite_seal(bytes, aead.key, aead.nonce, aead.aad, span_of_bytes(bytes, aead.plaintext.len));
    cr_expect_arr_eq(bytes, aead.sealed.data, aead.sealed.len);
}

static void expect_refused(const struct aead *aead, const char *what, size_t at)
{
    uint8_t bytes[96];

    memset(bytes, 42, sizeof bytes);
    cr_expect_not(suite_open(bytes, aead->key, aead->nonce, aead->aad, aead->sealed), "%s, bit %zu",
                  what, at);
    for (size_t i = 0; i + SUITE_TAG_BYTES < aead->sealed.len; i++)
        cr_assert_eq(bytes[i], 0, "%s, bit %zu: plaintext was left", what, at);
}

Test(aes_256_gcm, refuses_any_one_bit_changed_and_leaves_no_plaintext)
{
    struct aead aead;
    const struct {
        const char *what;
        uint8_t *bytes;
        size_t len;
    } parts[] = {{"key", aead.key, sizeof aead.key},
                 {"nonce", aead.nonce, sizeof aead.nonce},
                 {"aad", aead.aad_bytes, 20},
                 {"ciphertext or tag", aead.sealed_bytes, 76}};

    aead_read(&aead, &aead_rows[3]);
    for (size_t part = 0; part < COUNT_OF(parts); part++) {
        for (size_t bit = 0; bit < 8 * parts[part].len; bit++) {
            parts[part].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            expect_refused(&aead, parts[part].what, bit);
            parts[part].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    cr_expect_eq(ERR_peek_error(), 0, "a refusal was left in OpenSSL's queue");
}

Test(aes_256_gcm, refuses_what_is_too_short_for_a_tag)
{
    struct aead aead;
    uint8_t bytes[96] = {42};

    aead_read(&aead, &aead_rows[0]);
    for (aead.sealed.len = 0; aead.sealed.len < SUITE_TAG_BYTES; aead.sealed.len++)
        cr_expect_not(suite_open(bytes, aead.key, aead.nonce, aead.aad, aead.sealed));
    cr_expect_eq(bytes[0], 42);
}
