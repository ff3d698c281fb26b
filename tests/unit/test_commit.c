/*
 * What a commitment is, byte for byte. The expected digests were computed apart from our code,
 * with nothing but Python's hashlib and hmac:
 *
 *     H = lambda b: hashlib.sha256(b).digest()
 *     nonce, key, id = bytes(range(32)), bytes(range(32, 64)), bytes(range(16))
 *     salt_X = hmac.new(nonce, b"grievd/X/v1\0" + b"\x01", "sha256").digest()
 *     part_X = H(b"grievd/X/v1\0" + salt_X + H(X))
 *     commit = H(b"grievd/commit/v1\0" + part_M + part_B + part_I)
 *     commit_nonce = hmac.new(key, id + H(B), "sha256").digest()
 *     track = H(b"grievd/track/v1\0" + nonce)[:16]; stored = H(b"grievd/track-hash/v1\0" + track)
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "core/commit.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static const char clear_fields_text[] =
    "v=1\nid=00010203-0405-0607-0809-0a0b0c0d0e0f\nunit=TH-50\n";
static const char body_text[] = "{\"narrative\":\"ที่ทำการ\",\"complainant\":null}";
static const char identity_text[] = "{\"name\":\"ก\"}";

static struct span clear_fields, body, identity;
static uint8_t nonce[COMMIT_NONCE_BYTES], key[COMMIT_KEY_BYTES], id[COMMIT_ID_BYTES];

static void set_up(void)
{
    for (uint8_t i = 0; i < 32; i++) {
        nonce[i] = i;
        key[i] = (uint8_t)(32 + i);
    }
    memcpy(id, nonce, sizeof id);
    clear_fields = span_of(clear_fields_text);
    body = span_of(body_text);
    identity = span_of(identity_text);
}

TestSuite(commit, .init = set_up);

/* The commitment to these bytes of M, B and I. */
static struct commit commit_to(const uint8_t *of_nonce, struct span m, struct span b, struct span i)
{
    uint8_t body_hash[COMMIT_BYTES], identity_hash[COMMIT_BYTES];
    struct commit c;

    commit_hash(body_hash, b);
    commit_hash(identity_hash, i);
    commit_make(&c, of_nonce, m, body_hash, identity_hash);
    return c;
}

static void expect_hex(const uint8_t bytes[static COMMIT_BYTES], const char *hex, const char *what)
{
    char got[2 * COMMIT_BYTES + 1];

    for (size_t i = 0; i < COMMIT_BYTES; i++)
        snprintf(got + 2 * i, 3, "%02x", bytes[i]);
    cr_expect_str_eq(got, hex, "%s: got %s", what, got);
}

Test(commit, binds_the_three_parts_as_published)
{
    const struct commit c = commit_to(nonce, clear_fields, body, identity);
    expect_hex(c.salt_m, "1a67765f8066e35b6756956b1dd8dbfb972ae562157d2be00398cfa09fee59c1",
               "salt_M");
    expect_hex(c.salt_b, "b627f085129f8360a45cc0d794617f1eed4b42342d30112a279d9e12946a5c39",
               "salt_B");
    expect_hex(c.salt_i, "1b27797a2a53e43dd254a1667e212966b207ed29a53dae5eb718cafc03d068fb",
               "salt_I");
    expect_hex(c.part_m, "b97210a83d8410a5768fef8b523300a00d0a5e0f9a4dbd4c8b5bc6a97aa07568",
               "part_M");
    expect_hex(c.part_b, "5acf0a67be55a1f3690b2b5eac324d3e4ae4640324979ac235e3f0a259ab911f",
               "part_B");
    expect_hex(c.part_i, "840e9063eb0776d9bfdd0d25987a04055575217d06cd9306190a7443355704b5",
               "part_I");
    expect_hex(c.commit, "efdb3a314683c6d5e6a8c3d4174b623444f3d178df5d2963029d8db96b13023a",
               "commit");
}

Test(commit, takes_an_absent_complainant_as_empty)
{
    const struct commit c = commit_to(nonce, clear_fields, body, (struct span){0});
    expect_hex(c.part_i, "bb3c0da2aeb26f9a89b01c20a1d2a65f595a5d4f231a2def4813f8a248ffa9ae",
               "part_I");
    expect_hex(c.commit, "d2c65aab66703ca16417d18dbaf5a887d7ad499e7ff3da76b3e1e300b2f1c257",
               "commit");
}

Test(commit, changes_with_every_input)
{
    const struct commit first = commit_to(nonce, clear_fields, body, identity);
    struct commit other = commit_to(nonce, clear_fields, body, identity);

    cr_expect_arr_eq(&first, &other, sizeof first, "the same input gives the same commitment");

    other = commit_to(nonce, body, clear_fields, identity);
    cr_expect_arr_neq(first.commit, other.commit, COMMIT_BYTES, "M and B changed places");
    other = commit_to(key, clear_fields, body, identity);
    cr_expect_arr_neq(first.commit, other.commit, COMMIT_BYTES, "another nonce");
    cr_expect_arr_neq(first.salt_m, other.salt_m, COMMIT_BYTES, "another nonce, another salt");
}

Test(commit, derives_the_nonce_of_a_request_that_brought_none)
{
    uint8_t request_hash[COMMIT_BYTES], derived[COMMIT_NONCE_BYTES];

    commit_hash(request_hash, body);
    commit_nonce(derived, key, id, request_hash);
    expect_hex(derived, "247f68c6654e6f9432558613bca2594297173e44dd4474d8c160bab31cc3fdf4",
               "nonce");
}

Test(commit, derives_the_tracking_code_from_the_nonce)
{
    char track[COMMIT_TRACK_CHARS + 1];

    commit_track(track, nonce);
    cr_expect_str_eq(track, "4X9AHTP4RH20F3HTQCTGT4MXFR");
}

Test(commit, finds_a_tracking_code_however_it_was_typed)
{
    const struct {
        struct span typed;
        const char *hash;
    } rows[] = {
        {SPAN("4X9AHTP4RH20F3HTQCTGT4MXFR"),
         "a9fbdfb39b0d9c2bca533880ab706d4ad280575e6a61b21f655f706fd8bad294"},
        {SPAN("4x9ahtp4rh20f3htqctgt4mxfr"),
         "a9fbdfb39b0d9c2bca533880ab706d4ad280575e6a61b21f655f706fd8bad294"},
        {SPAN(" 4X9A-HTP4-RH2O-F3HT-QCTG-T4MX-FR\r\n"),
         "a9fbdfb39b0d9c2bca533880ab706d4ad280575e6a61b21f655f706fd8bad294"},
        {SPAN("00000000000000000000000000"),
         "e80640202474903ad9b31039e6ae25cc870a17a85a1ed64f739ff4f11264bb3e"},
        {SPAN("OOOOOOOOOOOOOoooooooooooo0"),
         "e80640202474903ad9b31039e6ae25cc870a17a85a1ed64f739ff4f11264bb3e"},
        {SPAN("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
         "3f8e6d9cd3613453436ebafb84a38097809fddcb703ed57f40af255664263567"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t hash[COMMIT_BYTES];

        cr_assert(commit_track_hash(hash, rows[i].typed), "row %zu", i);
        expect_hex(hash, rows[i].hash, rows[i].typed.data);
    }
}

Test(commit, reads_i_and_l_as_one)
{
    uint8_t as_digit[COMMIT_BYTES], as_letter[COMMIT_BYTES];

    cr_assert(commit_track_hash(as_digit, SPAN("11110000000000000000000000")));
    cr_assert(commit_track_hash(as_letter, SPAN("IiLl0000000000000000000000")));
    cr_expect_arr_eq(as_digit, as_letter, COMMIT_BYTES);
}

Test(commit, refuses_what_is_no_tracking_code)
{
    const struct span rows[] = {
        SPAN(""),
        SPAN("4X9AHTP4RH20F3HTQCTGT4MXF"),   /* a digit short */
        SPAN("4X9AHTP4RH20F3HTQCTGT4MXFR0"), /* a digit more */
        SPAN("8X9AHTP4RH20F3HTQCTGT4MXFR"),  /* more than 128 bits */
        SPAN("4U9AHTP4RH20F3HTQCTGT4MXFR"),  /* U is not in the alphabet */
        SPAN("4X9AHTP4RH20F3HTQCTGT4MXF\0"), /* nor is NUL */
        SPAN("4X9AHTP4RH20F3HTQCTGT4MX๙"),
        SPAN("4X9AHTP4RH20F3HTQCTGT4MXF'"),
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t hash[COMMIT_BYTES] = {42};

        cr_expect_not(commit_track_hash(hash, rows[i]), "row %zu", i);
        cr_expect_eq(hash[0], 42, "row %zu: the hash was touched", i);
    }
}

Test(commit, opens_with_what_the_office_keeps_and_with_nothing_else)
{
    const uint8_t secret[COMMIT_NONCE_BYTES] = {7}, text[COMMIT_BYTES] = {1},
                  person[COMMIT_BYTES] = {2};
    uint8_t opening[COMMIT_OPENING_BYTES], opened[COMMIT_BYTES];
    struct commit commit;

    commit_make(&commit, secret, SPAN("v=1\nclass=C1\n"), text, person);
    memcpy(opening, commit.salt_m, sizeof opening);
    commit_open(opened, opening, SPAN("v=1\nclass=C1\n"));
    cr_expect_arr_eq(opened, commit.commit, COMMIT_BYTES);
    commit_open(opened, opening, SPAN("v=1\nclass=C2\n"));
    cr_expect_arr_neq(opened, commit.commit, COMMIT_BYTES);
    for (size_t i = 0; i < sizeof opening; i += COMMIT_BYTES) {
        opening[i] ^= 1;
        commit_open(opened, opening, SPAN("v=1\nclass=C1\n"));
        cr_expect_arr_neq(opened, commit.commit, COMMIT_BYTES, "%zu", i);
        opening[i] ^= 1;
    }
}
