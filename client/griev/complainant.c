#include "complainant.h"

#include <stdlib.h>

#include "base64_json.h"
#include "core/commit.h"
#include "core/complaint.h"
#include "core/hex.h"
#include "custodians.h"
#include "memory.h"

/* What the commitment binds as the complainant: its salt, then its bytes. To be freed. */
static struct span bound_content(const char *nonce_text, struct span complainant)
{
    static const uint8_t none[COMMIT_BYTES];
    uint8_t nonce[COMMIT_NONCE_BYTES];
    struct commit commit;
    char *content = memory_new(sizeof commit.salt_i + complainant.len);

    if (!hex_decode(span_of(nonce_text), nonce, sizeof nonce))
        abort();
    commit_make(&commit, nonce, SPAN(""), none, none);
    memcpy(content, commit.salt_i, sizeof commit.salt_i);
    memcpy(content + sizeof commit.salt_i, complainant.data, complainant.len);
    return (struct span){content, sizeof commit.salt_i + complainant.len};
}

/* The DEK dealt to the custodians: the list of base64 objects, or NULL for a key of low order. */
static json_t *deal(const struct seal_place *place, const uint8_t *dek,
                    const struct custodians *custodians)
{
    struct seal_custodian list[SEAL_CUSTODIANS_MAX] = {0};
    struct seal_identity identity;
    json_t *wraps = NULL;
    bool good = true;

    for (size_t i = 0; i < custodians->count; i++) {
        list[i].number = custodians->list[i].number;
        good = good &&
               seal_recipient_new(&list[i].recipient, place->origin, custodians->list[i].public_key,
                                  &custodians_random) == SEAL_OK;
    }
    if (good) {
        uint8_t *buffer = memory_new(seal_identity_bytes(place, custodians->count));

        seal_identity(place, dek, list, custodians->count, &custodians_random, buffer, &identity);
        wraps = json_array();
        for (size_t i = 0; i < identity.count; i++)
            json_array_append_new(wraps, base64_json(identity.objects[i]));
        free(buffer);
    }
    for (size_t i = 0; i < custodians->count; i++)
        seal_recipient_free(list[i].recipient);
    return wraps;
}

/* {"sealed": …} as text, to be freed; NULL for a key of low order. */
static char *seal(const struct seal_place *place, const char *nonce, struct span complainant,
                  const struct custodians *custodians)
{
    struct span content = bound_content(nonce, complainant), sealed;
    uint8_t dek[SEAL_KEY_BYTES];
    uint8_t *buffer = memory_new(seal_content_bytes(place, content.len));
    char *text = NULL;

    custodians_random.draw(custodians_random.state, dek, sizeof dek);
    if (seal_content(place, dek, content, buffer, &sealed) != SEAL_OK)
        abort(); /* a body is shorter than an envelope */
    json_t *wraps = deal(place, dek, custodians);
    if (wraps) {
        json_t *object =
            json_pack("{s{soso}}", "sealed", "content", base64_json(sealed), "wraps", wraps);

        text = json_dumps(object, JSON_COMPACT);
        json_decref(object);
    }
    explicit_bzero(dek, sizeof dek);
    memory_free_span(&content);
    free(buffer);
    return text;
}

/* True if this is somebody, in clear. */
static bool to_be_sealed(struct span complainant)
{
    json_t *value = json_loadb(complainant.data, complainant.len, JSON_DECODE_ANY, NULL);
    const bool named = json_object_size(value) > 0 && !json_object_get(value, "sealed");

    json_decref(value);
    return named;
}

int complainant_seal(const struct griev *griev, struct spool *spool)
{
    struct seal_place place = {.origin = span_of(griev->settings.origin), .name = SPAN("identity")};
    struct custodians custodians;
    struct span complainant;

    if (place.origin.len == 0 || griev->settings.custodians[0] == '\0' ||
        !json_find_member(spool->body, SPAN("complainant"), &complainant) ||
        !to_be_sealed(complainant))
        return EXIT_OK;
    const int code = custodians_read(griev, &custodians);
    if (code != EXIT_OK)
        return code;
    if (custodians.count < SEAL_CUSTODIANS_MIN || !seal_place_valid(&place) ||
        !uuid_parse(span_of(spool->id), place.id))
        return griev_fail(griev, EXIT_LOCAL, "[sealing]",
                          SAY("ต้องมีผู้รักษากุญแจอย่างน้อยสองคนและ origin ที่ถูกต้อง ยังไม่ได้ส่ง",
                              "needs two custodians and a valid origin; nothing was sent"));

    char *sealed = seal(&place, spool->nonce, complainant, &custodians);
    if (!sealed)
        return griev_fail(griev, EXIT_LOCAL, "[sealing] custodians",
                          SAY("กุญแจใช้ไม่ได้ ยังไม่ได้ส่ง", "hold an unusable key; nothing was sent"));
    const char *behind = complainant.data + complainant.len;
    char *body =
        memory_printf("%.*s%s%.*s", (int)(complainant.data - spool->body.data), spool->body.data,
                      sealed, (int)(spool->body.data + spool->body.len - behind), behind);

    free(sealed);
    memory_free_span(&spool->body);
    spool->body = span_of(body);
    return EXIT_OK;
}
