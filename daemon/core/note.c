#include "note.h"

#include <assert.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base64.h"
#include "suite.h"
#include "thai.h"

enum {
    ALGORITHM_ED25519 = 1,
    KEY_ID_BYTES = 4,
    TYPED_KEY_BYTES = 1 + NOTE_KEY_BYTES, /* the algorithm before the key */
};

#define PRIVATE_PREFIX "PRIVATE+KEY+"
#define DASH           "\xe2\x80\x94 " /* U+2014 and a blank */

struct note_signer {
    EVP_PKEY *key;
    uint8_t seed[NOTE_KEY_BYTES];
    struct note_verifier verifier;
};

const char *note_fault_text(enum note_fault fault)
{
#define X(NAME, text) [NAME] = text,
    static const char *const texts[] = {NOTE_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}

static void need(bool ok)
{
    if (!ok)
        abort();
}

/* --- names and key ids ------------------------------------------------------------------ */

/* Unicode's White_Space. */
static bool is_blank(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

bool note_name_valid(struct span name)
{
    if (name.len == 0)
        return false;
    while (name.len > 0) {
        uint32_t c;
        const size_t len = utf8_next(name, &c);

        if (len == 0 || c < 0x20 || c == '+' || is_blank(c))
            return false;
        name = span_skip(name, len);
    }
    return true;
}

static uint32_t be32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t key_id_of(struct span name, const uint8_t key[static NOTE_KEY_BYTES])
{
    uint8_t digest[SUITE_HASH_BYTES];
    const uint8_t algorithm = ALGORITHM_ED25519;

    suite_hash(digest,
               (struct span[]){name, SPAN("\n"), span_of_bytes(&algorithm, 1),
                               span_of_bytes(key, NOTE_KEY_BYTES)},
               4);
    return be32(digest);
}

static struct note_verifier verifier_of(struct span name, const uint8_t key[static NOTE_KEY_BYTES])
{
    struct note_verifier verifier = {.key_id = key_id_of(name, key)};

    need(span_to_cstr(name, verifier.name, sizeof verifier.name));
    memcpy(verifier.key, key, NOTE_KEY_BYTES);
    return verifier;
}

/* --- key texts -------------------------------------------------------------------------- */

/* NAME+KEYID+base64(0x01 ‖ 32 bytes): what verifiers and, after their prefix, signers have. */
struct key_text {
    struct span name;
    uint32_t key_id;
    uint8_t typed[TYPED_KEY_BYTES];
};

static bool hex32(struct span digits, uint32_t *ret_value)
{
    uint32_t value = 0;

    if (digits.len != 2 * KEY_ID_BYTES)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        const char c = digits.data[i];

        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | (uint32_t)(c - 'a' + 10);
        else
            return false;
    }
    *ret_value = value;
    return true;
}

static bool key_text_parse(struct span text, struct key_text *ret_text)
{
    if (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    const char *plus = text.len > 0 ? memchr(text.data, '+', text.len) : NULL;
    size_t typed_len;

    if (!plus)
        return false;
    ret_text->name = (struct span){text.data, (size_t)(plus - text.data)};
    text = span_skip(text, ret_text->name.len + 1);
    if (text.len <= 2 * KEY_ID_BYTES || text.data[2 * KEY_ID_BYTES] != '+')
        return false;
    return note_name_valid(ret_text->name) && ret_text->name.len <= LIMIT_NOTE_NAME_BYTES &&
           hex32((struct span){text.data, 2 * KEY_ID_BYTES}, &ret_text->key_id) &&
           base64_decode(span_skip(text, 2 * KEY_ID_BYTES + 1), ret_text->typed, TYPED_KEY_BYTES,
                         &typed_len) &&
           typed_len == TYPED_KEY_BYTES && ret_text->typed[0] == ALGORITHM_ED25519;
}

static void key_text_print(const char *prefix, const struct note_verifier *verifier,
                           const uint8_t key[static NOTE_KEY_BYTES],
                           char ret_text[static NOTE_KEY_TEXT_MAX])
{
    uint8_t typed[TYPED_KEY_BYTES] = {ALGORITHM_ED25519};
    const int len = snprintf(ret_text, NOTE_KEY_TEXT_MAX, "%s%s+%08" PRIx32 "+", prefix,
                             verifier->name, verifier->key_id);

    memcpy(typed + 1, key, NOTE_KEY_BYTES);
    *base64_encode(ret_text + len, span_of_bytes(typed, sizeof typed)) = '\0';
    OPENSSL_cleanse(typed, sizeof typed);
}

bool note_verifier_parse(struct span text, struct note_verifier *ret_verifier)
{
    struct key_text parts;

    if (!key_text_parse(text, &parts))
        return false;
    const struct note_verifier verifier = verifier_of(parts.name, parts.typed + 1);
    if (verifier.key_id != parts.key_id)
        return false;
    *ret_verifier = verifier;
    return true;
}

void note_verifier_print(const struct note_verifier *verifier,
                         char ret_text[static NOTE_KEY_TEXT_MAX])
{
    key_text_print("", verifier, verifier->key, ret_text);
}

struct note_signer *note_signer_new(struct span name, const uint8_t seed[static NOTE_KEY_BYTES])
{
    struct note_signer *signer = malloc(sizeof *signer);
    uint8_t public_key[NOTE_KEY_BYTES];
    size_t len = sizeof public_key;

    need(signer && note_name_valid(name));
    signer->key = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed, NOTE_KEY_BYTES);
    need(signer->key && EVP_PKEY_get_raw_public_key(signer->key, public_key, &len) > 0 &&
         len == sizeof public_key);
    memcpy(signer->seed, seed, NOTE_KEY_BYTES);
    signer->verifier = verifier_of(name, public_key);
    return signer;
}

struct note_signer *note_signer_parse(struct span text)
{
    const struct span prefix = SPAN(PRIVATE_PREFIX);
    struct note_signer *signer = NULL;
    struct key_text parts;

    if (text.len < prefix.len || memcmp(text.data, prefix.data, prefix.len) != 0)
        return NULL;
    if (key_text_parse(span_skip(text, prefix.len), &parts)) {
        signer = note_signer_new(parts.name, parts.typed + 1);
        if (signer->verifier.key_id != parts.key_id) {
            note_signer_free(signer);
            signer = NULL;
        }
    }
    OPENSSL_cleanse(&parts, sizeof parts);
    return signer;
}

void note_signer_free(struct note_signer *signer)
{
    if (!signer)
        return;
    EVP_PKEY_free(signer->key);
    OPENSSL_cleanse(signer, sizeof *signer);
    free(signer);
}

const struct note_verifier *note_signer_verifier(const struct note_signer *signer)
{
    return &signer->verifier;
}

void note_signer_print(const struct note_signer *signer, char ret_text[static NOTE_KEY_TEXT_MAX])
{
    key_text_print(PRIVATE_PREFIX, &signer->verifier, signer->seed, ret_text);
}

/* --- signing ---------------------------------------------------------------------------- */

size_t note_sign(const struct note_signer *signer, struct span text,
                 char ret_line[static NOTE_SIGNATURE_LINE_MAX])
{
    uint8_t signature[KEY_ID_BYTES + NOTE_SIGNATURE_BYTES];
    size_t len = NOTE_SIGNATURE_BYTES;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    assert(text.len > 0 && text.data[text.len - 1] == '\n');
    need(context && EVP_DigestSignInit_ex(context, NULL, NULL, NULL, NULL, signer->key, NULL) > 0 &&
         EVP_DigestSign(context, signature + KEY_ID_BYTES, &len, (const uint8_t *)text.data,
                        text.len) > 0 &&
         len == NOTE_SIGNATURE_BYTES);
    EVP_MD_CTX_free(context);
    for (size_t i = 0; i < KEY_ID_BYTES; i++)
        signature[i] = (uint8_t)(signer->verifier.key_id >> (24 - 8 * i));

    char *at =
        ret_line + snprintf(ret_line, NOTE_SIGNATURE_LINE_MAX, DASH "%s ", signer->verifier.name);
    at = base64_encode(at, span_of_bytes(signature, sizeof signature));
    *at++ = '\n';
    return (size_t)(at - ret_line);
}

/* --- reading ---------------------------------------------------------------------------- */

/* UTF-8 without control characters but newlines. */
static bool characters_good(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if ((unsigned char)bytes.data[i] < 0x20 && bytes.data[i] != '\n')
            return false;
    }
    return utf8_valid(bytes);
}

/* Where the signatures begin, behind the last empty line; 0 if there is none. */
static size_t signatures_at(struct span bytes)
{
    for (size_t i = bytes.len; i >= 2; i--) {
        if (bytes.data[i - 1] == '\n' && bytes.data[i - 2] == '\n')
            return i;
    }
    return 0;
}

/* The whole of it is base64, and the key id, which comes first, is followed by something. */
static bool signature_base64(struct span base64, uint32_t *ret_key_id)
{
    enum { DIGITS = 64 };
    uint8_t bytes[BASE64_BYTES(DIGITS)];
    size_t len;

    for (size_t i = 0; i < base64.len; i += DIGITS) {
        const size_t rest = base64.len - i;
        const struct span digits = {base64.data + i, rest < DIGITS ? rest : DIGITS};

        if (!base64_decode(digits, bytes, sizeof bytes, &len) ||
            (rest > DIGITS && len < sizeof bytes))
            return false;
        if (i == 0 && len > KEY_ID_BYTES)
            *ret_key_id = be32(bytes);
        else if (i == 0)
            return false;
    }
    return base64.len > 0;
}

/* One line without its newline. */
static bool signature_parse(struct span line, struct note_signature *ret_signature)
{
    const struct span dash = SPAN(DASH);
    uint32_t key_id;

    if (line.len < dash.len || memcmp(line.data, dash.data, dash.len) != 0)
        return false;
    line = span_skip(line, dash.len);
    const char *blank = line.len > 0 ? memchr(line.data, ' ', line.len) : NULL;
    if (!blank)
        return false;
    const struct span name = {line.data, (size_t)(blank - line.data)};
    const struct span base64 = span_skip(line, name.len + 1);

    if (!note_name_valid(name) || !signature_base64(base64, &key_id))
        return false;
    *ret_signature = (struct note_signature){name, key_id, base64};
    return true;
}

enum note_fault note_parse(struct span bytes, struct note *ret_note)
{
    if (bytes.len > LIMIT_NOTE_BYTES)
        return NOTE_TOO_LARGE;
    if (!characters_good(bytes))
        return NOTE_MALFORMED;
    const size_t at = signatures_at(bytes);
    if (at < 2 || at == bytes.len)
        return NOTE_MALFORMED;

    struct note note = {.text = {bytes.data, at - 1}};
    for (struct span rest = span_skip(bytes, at); rest.len > 0;) {
        const char *newline = memchr(rest.data, '\n', rest.len);

        if (!newline)
            return NOTE_MALFORMED;
        if (note.count == NOTE_SIGNATURES_MAX)
            return NOTE_TOO_LARGE;
        const struct span line = {rest.data, (size_t)(newline - rest.data)};
        if (!signature_parse(line, &note.signatures[note.count++]))
            return NOTE_MALFORMED;
        rest = span_skip(rest, line.len + 1);
    }
    if (note.text.len < 2) /* at least one character on its line */
        return NOTE_MALFORMED;
    *ret_note = note;
    return NOTE_OK;
}

static bool signature_good(const struct note_signature *signature, struct span text,
                           const struct note_verifier *verifier)
{
    uint8_t bytes[KEY_ID_BYTES + NOTE_SIGNATURE_BYTES];
    size_t len;

    if (!base64_decode(signature->base64, bytes, sizeof bytes, &len) || len != sizeof bytes)
        return false;
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, verifier->key, NOTE_KEY_BYTES);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    need(key && context);

    ERR_set_mark();
    const bool good = EVP_DigestVerifyInit_ex(context, NULL, NULL, NULL, NULL, key, NULL) > 0 &&
                      EVP_DigestVerify(context, bytes + KEY_ID_BYTES, NOTE_SIGNATURE_BYTES,
                                       (const uint8_t *)text.data, text.len) == 1;
    ERR_pop_to_mark();
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}

enum note_fault note_verify(const struct note *note, const struct note_verifier *known,
                            size_t known_count, bool *ret_signed)
{
    size_t good_count = 0;

    for (size_t i = 0; i < known_count; i++) {
        bool has_signed = false;

        for (size_t j = 0; j < note->count; j++) {
            const struct note_signature *signature = &note->signatures[j];

            if (signature->key_id != known[i].key_id ||
                !span_eq(signature->name, span_of(known[i].name)))
                continue;
            if (!signature_good(signature, note->text, &known[i]))
                return NOTE_BAD_SIGNATURE;
            has_signed = true;
        }
        good_count += has_signed;
        if (ret_signed)
            ret_signed[i] = has_signed;
    }
    return good_count > 0 ? NOTE_OK : NOTE_UNSIGNED;
}
