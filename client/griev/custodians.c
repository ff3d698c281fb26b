#include "custodians.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/keyfile.h"
#include "files.h"
#include "memory.h"

enum { KEY_FILE_BYTES_MAX = 64 * 1024 };

static void draw(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    if (RAND_bytes(bytes, (int)len) != 1)
        abort();
}

const struct seal_random custodians_random = {draw, NULL};

/* A file's text, to be freed; .data NULL, told. */
static struct span read_pem(const struct griev *griev, const char *path)
{
    struct span pem = {NULL, 0};

    if (!files_read_text(path, KEY_FILE_BYTES_MAX, &pem))
        griev_fail(griev, EXIT_LOCAL, path, SAY("อ่านไม่ได้", "cannot be read"));
    return pem;
}

static int read_public(const struct griev *griev, const char *path, struct custodian *custodian)
{
    struct span pem = read_pem(griev, path);

    if (!pem.data)
        return EXIT_LOCAL;
    const enum keyfile_fault fault = keyfile_read_public(pem, custodian->public_key);

    memory_free_span(&pem);
    if (fault != KEYFILE_OK)
        return griev_fail(griev, EXIT_LOCAL, path,
                          SAY("ไม่ใช่กุญแจสาธารณะ X25519", "holds no X25519 public key"));
    seal_key_id(custodian->key_id, custodian->public_key);
    return EXIT_OK;
}

/* A path of the settings, relative to their folder. */
static char *beside_settings(const struct griev *griev, const char *path)
{
    const char *slash = strrchr(griev->config_path, '/');

    if (path[0] == '/' || !slash)
        return memory_printf("%s", path);
    return memory_printf("%.*s/%s", (int)(slash - griev->config_path), griev->config_path, path);
}

/* One "NUMBER:NAME:FILE". */
static int take(const struct griev *griev, char *item, struct custodians *custodians)
{
    char *name = strchr(item, ':'), *file = name ? strchr(name + 1, ':') : NULL;
    unsigned long long number;

    if (!file || custodians->count == SEAL_CUSTODIANS_MAX ||
        !span_to_u64((struct span){item, (size_t)(name - item)}, UINT16_MAX, &number) ||
        number == 0 || (size_t)(file - name - 1) > LIMIT_CODE_BYTES)
        return griev_fail(griev, EXIT_LOCAL, item,
                          SAY("[sealing] custodians ต้องเป็น NUMBER:NAME:FILE",
                              "[sealing] custodians must be NUMBER:NAME:FILE"));
    struct custodian *custodian = &custodians->list[custodians->count];
    char *path = beside_settings(griev, file + 1);

    custodian->number = (uint16_t)number;
    snprintf(custodian->name, sizeof custodian->name, "%.*s", (int)(file - name - 1), name + 1);
    const int code = read_public(griev, path, custodian);
    free(path);
    custodians->count += code == EXIT_OK;
    return code;
}

static int by_number(const void *left, const void *right)
{
    const struct custodian *a = left, *b = right;

    return (a->number > b->number) - (a->number < b->number);
}

int custodians_read(const struct griev *griev, struct custodians *ret_custodians)
{
    char *list = memory_printf("%s", griev->settings.custodians), *rest = NULL;
    int code = EXIT_OK;

    ret_custodians->count = 0;
    for (char *item = strtok_r(list, " \t", &rest); code == EXIT_OK && item;
         item = strtok_r(NULL, " \t", &rest))
        code = take(griev, item, ret_custodians);
    free(list);
    qsort(ret_custodians->list, ret_custodians->count, sizeof ret_custodians->list[0], by_number);
    for (size_t i = 1; code == EXIT_OK && i < ret_custodians->count; i++) {
        if (ret_custodians->list[i - 1].number == ret_custodians->list[i].number)
            code = griev_fail(griev, EXIT_LOCAL, ret_custodians->list[i].name,
                              SAY("[sealing] custodians มีเลขซ้ำ",
                                  "[sealing] custodians has another with this number"));
    }
    return code;
}

const struct custodian *custodian_of(const struct custodians *custodians, const char *name)
{
    for (size_t i = 0; i < custodians->count; i++) {
        if (strcmp(custodians->list[i].name, name) == 0)
            return &custodians->list[i];
    }
    return NULL;
}

struct suite_key *custodian_key(const struct griev *griev, const char *path)
{
    uint8_t private_key[SEAL_KEY_BYTES];
    char *passphrase = NULL;
    struct span pem = read_pem(griev, path);

    if (!pem.data)
        return NULL;
    if (keyfile_is_encrypted(pem))
        passphrase = griev_ask_secret(griev, SAY("รหัสผ่านของกุญแจ:", "Passphrase of the key:"));
    const enum keyfile_fault fault = keyfile_read_private(pem, passphrase, private_key);

    griev_forget(passphrase);
    memory_free_span(&pem);
    if (fault != KEYFILE_OK) {
        griev_fail(griev, EXIT_LOCAL, path,
                   SAY("เปิดกุญแจไม่ได้", "is no private key, or the passphrase does not open it"));
        return NULL;
    }
    struct suite_key *key = suite_key_new(private_key);
    explicit_bzero(private_key, sizeof private_key);
    return key;
}

struct suite_key *custodian_own_key(const struct griev *griev)
{
    const char *path = griev->settings.custodian_key;

    if (path[0] != '\0')
        return custodian_key(griev, path);
    griev_fail(griev, EXIT_LOCAL, "[sealing] key",
               SAY("ต้องระบุกุญแจส่วนตัวของผู้รักษากุญแจ", "must name a custodian's private key"));
    return NULL;
}

int custodian_tell_fault(const struct griev *griev, enum seal_fault fault)
{
    return griev_fail(griev, EXIT_CONFLICT, seal_fault_text(fault),
                      SAY("เปิดซองไม่ได้: ข้อมูลถูกแก้ไข หรือกุญแจหรือ [sealing] origin ไม่ตรง",
                          "the envelope does not open: it was altered, or key or [sealing] origin "
                          "are another register's"));
}

int custodian_find_request(struct griev *griev, struct answer *ret_answer, const json_t **ret_item)
{
    char *encoded = https_encode(griev->operands[0]);
    char *target = memory_printf("/v1/identity-requests?request=%s", encoded);
    int code = griev_get(griev, target, ret_answer);

    free(target);
    free(encoded);
    *ret_item = NULL;
    if (code != EXIT_OK)
        return code;
    *ret_item =
        griev_item(json_object_get(ret_answer->json, "items"), "request", griev->operands[0]);
    return *ret_item ? EXIT_OK
                     : griev_fail(griev, EXIT_NOT_FOUND, griev->operands[0],
                                  SAY("ไม่มีคำขอนี้", "is no request that waits for you"));
}
