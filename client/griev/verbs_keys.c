/* Keys of envelopes: made here, on the machine of whoever will hold them. */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/hpke.h"
#include "core/keyfile.h"
#include "core/seal.h"
#include "files.h"
#include "griev.h"
#include "memory.h"

/* ---- keygen ---- */

static const struct column key_columns[] = {
    {TEXT("กุญแจส่วนตัว", "Private key"), "private", CELL_TEXT, NULL},
    {TEXT("กุญแจสาธารณะ", "Public key"), "public", CELL_TEXT, NULL},
    {TEXT("รหัสกุญแจ", "Key id"), "key_id", CELL_CODE, NULL},
};

/* Asked for twice, since nobody sees what he types; NULL, told, if it is not given so. */
static char *ask_passphrase(const struct griev *griev)
{
    char *first = griev_ask_secret(griev, SAY("รหัสผ่านของกุญแจ:", "Passphrase of the key:"));
    char *again = griev_ask_secret(griev, SAY("อีกครั้ง:", "Again:"));

    if (!first || !again || first[0] == '\0' || strcmp(first, again) != 0) {
        griev_fail(griev, EXIT_USAGE, NULL,
                   SAY("รหัสผ่านว่าง หรือสองครั้งไม่ตรงกัน", "the passphrase is empty, or the two differ"));
        griev_forget(first);
        first = NULL;
    }
    griev_forget(again);
    return first;
}

/* Write one of the two: the private key for its owner alone, the public one for anybody. */
static int write_file(const struct griev *griev, const char *path, const char *text,
                      bool (*create)(const char *path, struct span content))
{
    if (create(path, span_of(text)))
        return EXIT_OK;
    return griev_fail(griev, EXIT_LOCAL, path,
                      errno == EEXIST ? SAY("มีอยู่แล้ว จึงไม่เขียนทับ", "is there already, and stays")
                                      : SAY("เขียนไม่ได้", "cannot be written"));
}

static void print_made(const struct griev *griev, const char *private_path, const char *public_path,
                       const uint8_t public_key[static SEAL_KEY_BYTES])
{
    uint8_t id[SEAL_KEY_ID_BYTES];
    char hex[2 * SEAL_KEY_ID_BYTES + 1];

    seal_key_id(id, public_key);
    for (size_t i = 0; i < sizeof id; i++)
        snprintf(hex + 2 * i, 3, "%02x", id[i]);
    json_t *made =
        json_pack("{s:s, s:s, s:s}", "private", private_path, "public", public_path, "key_id", hex);

    if (griev->json != JSON_NOT)
        griev_print_json(griev, made, (struct span){0});
    else
        print_fields(&griev->print, key_columns, sizeof key_columns / sizeof key_columns[0], made);
    json_decref(made);
}

int run_keygen(struct griev *griev)
{
    uint8_t seed[HPKE_SEED_BYTES], private_key[SEAL_KEY_BYTES];
    char *private_path = memory_printf("%s.key", griev->operands[0]);
    char *public_path = memory_printf("%s.pub", griev->operands[0]);
    char *passphrase = NULL;
    int code = EXIT_OK;

    if (option_flag(griev, "passphrase")) {
        passphrase = ask_passphrase(griev);
        code = passphrase ? EXIT_OK : EXIT_USAGE;
    }
    if (code == EXIT_OK && RAND_bytes(seed, sizeof seed) != 1)
        abort();
    if (code == EXIT_OK) {
        hpke_derive_key(private_key, seed);
        struct suite_key *key = suite_key_new(private_key);
        char *private_pem = keyfile_write_private(private_key, passphrase);
        char *public_pem = keyfile_write_public(suite_key_public(key));

        code = write_file(griev, private_path, private_pem, files_create);
        if (code == EXIT_OK)
            code = write_file(griev, public_path, public_pem, files_create_public);
        if (code == EXIT_OK)
            print_made(griev, private_path, public_path, suite_key_public(key));
        suite_key_free(key);
        keyfile_free(private_pem);
        keyfile_free(public_pem);
    }
    OPENSSL_cleanse(seed, sizeof seed);
    OPENSSL_cleanse(private_key, sizeof private_key);
    griev_forget(passphrase);
    free(private_path);
    free(public_path);
    return code;
}
