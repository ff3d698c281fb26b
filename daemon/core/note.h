/*
 * note - a text with signatures under it (C2SP signed-note), by Ed25519
 *
 *     register.example/log            \
 *     2
 *     +sQ…D3E=                         } the text, its last newline included, is signed
 *                                      an empty line
 *     — register.example/log Az3gr…    a signature for each who signs: name, base64 of
 *                                      u32 key id ‖ signature
 *
 * Nothing in a note is to be believed before note_verify(). Keys are texts too:
 *
 *     verifier   NAME+KEYID+base64(0x01 ‖ public key)               may be given to anyone
 *     signer     PRIVATE+KEY+NAME+KEYID+base64(0x01 ‖ seed)         a secret
 *     KEYID      the first 4 bytes of SHA-256(NAME ‖ 0x0a ‖ 0x01 ‖ public key), in hex
 *
 * Signatures by keys nobody told us about are ignored, so that a log can change
 * keys and witnesses can add theirs; one that claims a known key and does not
 * verify spoils the whole note.
 *
 * Pure: OpenSSL's Ed25519 (RFC 8032), which needs no randomness; any thread, one
 * thread a signer. Aborts if libcrypto fails otherwise than by refusing a signature.
 */
#ifndef GRIEVD_NOTE_H
#define GRIEVD_NOTE_H

#include <stdint.h>

#include "limits.h"
#include "span.h"

enum {
    NOTE_KEY_BYTES = 32,
    NOTE_SIGNATURE_BYTES = 64,
    NOTE_SIGNATURES_MAX = 16, /* as many as the specification demands of a verifier */
    /* Em dash, blank, name, blank, base64 of key id and signature, newline. */
    NOTE_SIGNATURE_LINE_MAX = 3 + 1 + LIMIT_NOTE_NAME_BYTES + 1 + 92 + 1,
    /* PRIVATE+KEY+, name, +, key id, +, base64 of 33 bytes, NUL. */
    NOTE_KEY_TEXT_MAX = 12 + LIMIT_NOTE_NAME_BYTES + 1 + 8 + 1 + 44 + 1,
};

/* X(NAME, text) */
#define NOTE_FAULTS(X)                                                              \
    X(NOTE_OK, "the note is signed by a known key")                                 \
    X(NOTE_TOO_LARGE, "the note is longer than allowed or has too many signatures") \
    X(NOTE_MALFORMED, "this is no signed note")                                     \
    X(NOTE_UNSIGNED, "no known key has signed the note")                            \
    X(NOTE_BAD_SIGNATURE, "a signature in the name of a known key does not verify")

#define X(NAME, text) NAME,
enum note_fault { NOTE_FAULTS(X) };
#undef X

const char *note_fault_text(enum note_fault fault); /* static */

/* True for what may name a key: not empty, UTF-8, no blanks, no plus. */
bool note_name_valid(struct span name);

/* --- keys ------------------------------------------------------------------------------ */

/* A public key and its name. Owns nothing. */
struct note_verifier {
    char name[LIMIT_NOTE_NAME_BYTES + 1];
    uint32_t key_id;
    uint8_t key[NOTE_KEY_BYTES];
};

/* From a key text; one newline may end it. False for other kinds of key and a wrong id. */
bool note_verifier_parse(struct span text, struct note_verifier *ret_verifier);

/* The key text and NUL. */
void note_verifier_print(const struct note_verifier *verifier,
                         char ret_text[static NOTE_KEY_TEXT_MAX]);

struct note_signer;

/* From a signer's key text; one newline may end it. NULL if it is none. */
struct note_signer *note_signer_parse(struct span text);

/* From 32 random bytes. The name is valid and at most LIMIT_NOTE_NAME_BYTES long. */
struct note_signer *note_signer_new(struct span name, const uint8_t seed[static NOTE_KEY_BYTES]);
void note_signer_free(struct note_signer *signer); /* wiped; NULL is allowed */
const struct note_verifier *note_signer_verifier(const struct note_signer *signer);

/* The secret key text and NUL; the caller wipes it. */
void note_signer_print(const struct note_signer *signer, char ret_text[static NOTE_KEY_TEXT_MAX]);

/* --- signing --------------------------------------------------------------------------- */

/* The signature line of a text, newline included, without NUL: its length. */
size_t note_sign(const struct note_signer *signer, struct span text,
                 char ret_line[static NOTE_SIGNATURE_LINE_MAX]);

/* --- reading --------------------------------------------------------------------------- */

struct note_signature {
    struct span name;
    uint32_t key_id;
    struct span base64; /* key id and signature */
};

/* A note taken apart; spans point into it. */
struct note {
    struct span text; /* what is signed: it ends in a newline */
    size_t count;
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

/* NOTE_OK here says only that it has the form of a note. */
enum note_fault note_parse(struct span bytes, struct note *ret_note);

/*
 * NOTE_OK if at least one known key has signed and no signature of a known key is bad.
 * ret_signed[i], if not NULL, says whether known[i] did.
 */
enum note_fault note_verify(const struct note *note, const struct note_verifier *known,
                            size_t known_count, bool *ret_signed);

#endif
