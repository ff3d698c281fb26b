/* That hpke is RFC 9180: the published numbers, and what the RFC asks of both sides. */
#include <signal.h>

#include "core/hpke.h"
#include "hex.h"
#include "hpke_vectors.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum { MESSAGE_BYTES = 29 }; /* the published plaintext */

static uint8_t info_bytes[32], public_key[HPKE_KEY_BYTES], seed[HPKE_SEED_BYTES];
static uint8_t plaintext_bytes[MESSAGE_BYTES], enc[HPKE_ENC_BYTES];
static struct span info, plaintext;
static struct suite_key *key;
static struct hpke_context *sender, *receiver;

static void set_up(void)
{
    uint8_t private_key[HPKE_KEY_BYTES];

    info = hex_bytes(vector_info, info_bytes, sizeof info_bytes);
    plaintext = hex_bytes(vector_plaintext, plaintext_bytes, sizeof plaintext_bytes);
    hex_bytes(vector_public_r, public_key, sizeof public_key);
    hex_bytes(vector_private_r, private_key, sizeof private_key);
    hex_bytes(vector_seed_e, seed, sizeof seed);
    key = suite_key_new(private_key);
    cr_assert(hpke_sender_new(&sender, enc, public_key, info, seed));
    cr_assert(hpke_receiver_new(&receiver, key, enc, info));
}

static void tear_down(void)
{
    hpke_context_free(sender);
    hpke_context_free(receiver);
    suite_key_free(key);
}

TestSuite(hpke, .init = set_up, .fini = tear_down);

static struct span count_aad(char buffer[static 16], size_t number)
{
    return span_of_bytes(buffer, (size_t)snprintf(buffer, 16, "Count-%zu", number));
}

Test(hpke, derives_the_published_keys_from_their_seeds)
{
    static const struct {
        const char *seed, *private_key, *public_key;
    } rows[] = {
        {vector_seed_r, vector_private_r, vector_public_r},
        {vector_seed_e, vector_private_e, vector_enc},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t row_seed[HPKE_SEED_BYTES], private_key[HPKE_KEY_BYTES];

        hex_bytes(rows[i].seed, row_seed, sizeof row_seed);
        hpke_derive_key(private_key, row_seed);
        hex_expect(private_key, sizeof private_key, rows[i].private_key, "private key");
        struct suite_key *derived = suite_key_new(private_key);
        hex_expect(suite_key_public(derived), HPKE_KEY_BYTES, rows[i].public_key, "public key");
        suite_key_free(derived);
    }
}

Test(hpke, encapsulates_as_published)
{
    hex_expect(enc, sizeof enc, vector_enc, "enc");
}

Test(hpke, exports_the_published_secrets_on_both_sides)
{
    for (size_t i = 0; i < COUNT_OF(vector_exports); i++) {
        uint8_t buffer[16], of_sender[32], of_receiver[32];
        const struct span context =
            hex_bytes(vector_exports[i].exporter_context, buffer, sizeof buffer);

        hpke_export(sender, of_sender, sizeof of_sender, context);
        hpke_export(receiver, of_receiver, sizeof of_receiver, context);
        hex_expect(of_sender, sizeof of_sender, vector_exports[i].value, "sender");
        hex_expect(of_receiver, sizeof of_receiver, vector_exports[i].value, "receiver");
    }
}

Test(hpke, seals_and_opens_the_published_messages_in_their_order)
{
    for (size_t i = 0; i < COUNT_OF(vector_sealed); i++) {
        uint8_t sealed[MESSAGE_BYTES + HPKE_TAG_BYTES], opened[MESSAGE_BYTES];
        char buffer[16];
        const struct span aad = count_aad(buffer, i);

        hpke_seal(sender, sealed, aad, plaintext);
        hex_expect(sealed, sizeof sealed, vector_sealed[i], buffer);
        cr_assert(hpke_open(receiver, opened, aad, span_of_bytes(sealed, sizeof sealed)), "%zu", i);
        cr_expect_arr_eq(opened, plaintext.data, sizeof opened);
    }
}

Test(hpke, exports_between_messages_change_neither)
{
    uint8_t sealed[MESSAGE_BYTES + HPKE_TAG_BYTES], before[32], after[32];
    char buffer[16];

    hpke_export(sender, before, sizeof before, SPAN("x"));
    hpke_seal(sender, sealed, count_aad(buffer, 0), plaintext);
    hpke_export(sender, after, sizeof after, SPAN("x"));
    hpke_seal(sender, sealed, count_aad(buffer, 1), plaintext);
    hex_expect(sealed, sizeof sealed, vector_sealed[1], "the second message");
    cr_expect_arr_eq(before, after, sizeof before);
}

Test(hpke, refuses_a_message_out_of_order_and_keeps_its_place)
{
    uint8_t sealed[2][MESSAGE_BYTES + HPKE_TAG_BYTES], opened[MESSAGE_BYTES];
    const struct span first = span_of_bytes(sealed[0], sizeof sealed[0]);
    const struct span second = span_of_bytes(sealed[1], sizeof sealed[1]);

    hpke_seal(sender, sealed[0], SPAN(""), plaintext);
    hpke_seal(sender, sealed[1], SPAN(""), plaintext);
    cr_expect_not(hpke_open(receiver, opened, SPAN(""), second), "the second came first");
    cr_expect_not(hpke_open(receiver, opened, SPAN("other"), first), "another AAD");
    cr_expect(hpke_open(receiver, opened, SPAN(""), first), "the first in its turn");
    cr_expect_not(hpke_open(receiver, opened, SPAN(""), first), "the first again");
    cr_expect(hpke_open(receiver, opened, SPAN(""), second), "the second in its turn");
}

Test(hpke, another_info_enc_or_key_opens_nothing)
{
    uint8_t sealed[MESSAGE_BYTES + HPKE_TAG_BYTES], opened[MESSAGE_BYTES], other_enc[32] = {9};
    const struct span message = span_of_bytes(sealed, sizeof sealed);
    struct suite_key *other_key = suite_key_new((uint8_t[HPKE_KEY_BYTES]){5});
    const struct {
        const char *what;
        const struct suite_key *key;
        const uint8_t *enc;
        struct span info;
    } rows[] = {{"info", key, enc, SPAN("other")},
                {"enc", key, other_enc, info},
                {"key", other_key, enc, info}};

    hpke_seal(sender, sealed, SPAN(""), plaintext);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct hpke_context *other;

        cr_assert(hpke_receiver_new(&other, rows[i].key, rows[i].enc, rows[i].info));
        cr_expect_not(hpke_open(other, opened, SPAN(""), message), "%s", rows[i].what);
        hpke_context_free(other);
    }
    suite_key_free(other_key);
}

Test(hpke, sets_up_nothing_with_a_point_of_low_order)
{
    const uint8_t weak[HPKE_KEY_BYTES] = {1};
    struct hpke_context *none = NULL;
    uint8_t untouched[HPKE_ENC_BYTES] = {42};

    cr_expect_not(hpke_sender_new(&none, untouched, weak, info, seed));
    cr_expect_not(hpke_receiver_new(&none, key, weak, info));
    cr_expect_null(none);
    cr_expect_eq(untouched[0], 42);
}

Test(hpke, a_receiver_cannot_seal, .signal = SIGABRT)
{
    uint8_t sealed[MESSAGE_BYTES + HPKE_TAG_BYTES];

    hpke_seal(receiver, sealed, SPAN(""), plaintext);
}

Test(hpke, a_sender_cannot_open, .signal = SIGABRT)
{
    uint8_t opened[MESSAGE_BYTES], sealed[MESSAGE_BYTES + HPKE_TAG_BYTES];

    hpke_seal(sender, sealed, SPAN(""), plaintext);
    hpke_open(sender, opened, SPAN(""), span_of_bytes(sealed, sizeof sealed));
}
