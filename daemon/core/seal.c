#include "seal.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "hpke.h"

enum {
    CLASSES = 11,
    CLASSES_FINE = 8, /* in steps of CLASS_STEP_BYTES; then each is four times the one before */
    CLASS_STEP_BYTES = 512,
    LENGTH_BYTES = 4, /* before the content, inside */
};

static_assert(CLASS_STEP_BYTES * CLASSES_FINE << 2 * (CLASSES - CLASSES_FINE) ==
                  SEAL_CONTENT_BYTES_MAX + LENGTH_BYTES,
              "the largest class holds the largest content");
static_assert((int)HPKE_ENC_BYTES == SEAL_ENC_BYTES && (int)HPKE_KEY_BYTES == SEAL_KEY_BYTES,
              "what HPKE makes fits where it is stored");

#define LABEL(text) \
    ((struct span){text, sizeof(text)}) /* with its NUL, so no label starts another */

/* The longest things that are hashed or authenticated: a label and a place, and a bit more. */
enum { BOUND_BYTES_MAX = SEAL_HEADER_BYTES_MAX + 64 };

struct seal_recipient {
    struct hpke_context *context;
    uint8_t enc[SEAL_ENC_BYTES];
    uint8_t key_id[SEAL_KEY_ID_BYTES];
    size_t origin_len;
    char origin[SEAL_ORIGIN_BYTES_MAX];
};

const char *seal_fault_text(enum seal_fault fault)
{
#define X(name, text) [name] = text,
    static const char *const texts[] = {SEAL_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}

static bool visible_ascii(struct span text, size_t len_max)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= ' ' || text.data[i] >= 0x7f)
            return false;
    return text.len > 0 && text.len <= len_max;
}

bool seal_place_valid(const struct seal_place *place)
{
    return visible_ascii(place->origin, SEAL_ORIGIN_BYTES_MAX) &&
           visible_ascii(place->name, SEAL_NAME_BYTES_MAX);
}

static bool names_file(struct span name)
{
    const struct span prefix = SPAN("file:");

    return name.len >= prefix.len && memcmp(name.data, prefix.data, prefix.len) == 0;
}

static bool names_identity(struct span name)
{
    return span_eq(name, SPAN("identity"));
}

/* --- writing and reading bytes ------------------------------------------------------- */

/* Appends; whoever makes one knows that the room suffices. */
struct writer {
    uint8_t *start, *at;
};

static struct writer writer_of(uint8_t *buffer)
{
    return (struct writer){buffer, buffer};
}

static void put_uint(struct writer *writer, uint64_t value, size_t width)
{
    while (width-- > 0)
        *writer->at++ = (uint8_t)(value >> 8 * width);
}

static void put_bytes(struct writer *writer, const void *bytes, size_t len)
{
    memcpy(writer->at, bytes, len);
    writer->at += len;
}

static void put_span(struct writer *writer, struct span span)
{
    put_bytes(writer, span.data, span.len);
}

/* lp(x): its length in two bytes, then x */
static void put_lp(struct writer *writer, struct span span)
{
    put_uint(writer, span.len, 2);
    put_span(writer, span);
}

static struct span written(const struct writer *writer)
{
    return span_of_bytes(writer->start, (size_t)(writer->at - writer->start));
}

/* Takes from the front; once something is missing, nothing more is there. */
struct reader {
    struct span rest;
    bool short_of; /* something was missing */
};

static const uint8_t *take_bytes(struct reader *reader, size_t len)
{
    if (reader->short_of || reader->rest.len < len) {
        reader->short_of = true;
        return NULL;
    }
    const uint8_t *bytes = (const uint8_t *)reader->rest.data;
    reader->rest = span_skip(reader->rest, len);
    return bytes;
}

static uint32_t take_uint(struct reader *reader, size_t width)
{
    const uint8_t *bytes = take_bytes(reader, width);
    uint32_t value = 0;

    for (size_t i = 0; bytes && i < width; i++)
        value = value << 8 | bytes[i];
    return value;
}

static struct span take_span(struct reader *reader, size_t len)
{
    const uint8_t *bytes = take_bytes(reader, len);

    return span_of_bytes(bytes, bytes ? len : 0);
}

static struct span take_lp(struct reader *reader)
{
    return take_span(reader, take_uint(reader, 2));
}

/* --- objects ------------------------------------------------------------------------- */

static size_t header_bytes(const struct seal_place *place)
{
    return 2 + 2 + place->origin.len + SEAL_ID_BYTES + 2 + place->name.len;
}

static struct writer object_begin(uint8_t *buffer, enum seal_kind kind,
                                  const struct seal_place *place)
{
    struct writer writer = writer_of(buffer);

    assert(seal_place_valid(place));
    put_uint(&writer, SEAL_FORMAT_VERSION, 1);
    put_uint(&writer, kind, 1);
    put_lp(&writer, place->origin);
    put_bytes(&writer, place->id, SEAL_ID_BYTES);
    put_lp(&writer, place->name);
    return writer;
}

static size_t class_bytes(unsigned number)
{
    if (number <= CLASSES_FINE)
        return (size_t)CLASS_STEP_BYTES * number;
    return (size_t)CLASS_STEP_BYTES * CLASSES_FINE << 2 * (number - CLASSES_FINE);
}

/* The smallest class, 1 to CLASSES, for a content of so many bytes; 0 if there is none. */
static unsigned class_of(size_t len)
{
    for (unsigned number = 1; number <= CLASSES; number++)
        if (len <= class_bytes(number) - LENGTH_BYTES)
            return number;
    return 0;
}

/* Each of these reads what follows the header, and says whether the form is right. */

static bool read_content(struct reader *reader, struct seal_object *object)
{
    const uint32_t number = take_uint(reader, 1);

    if (reader->short_of)
        return true;
    if (number < 1 || number > CLASSES)
        return false;
    object->sealed = take_span(reader, class_bytes(number) + SUITE_TAG_BYTES);
    return !names_file(object->place.name);
}

static bool read_chunk(struct reader *reader, struct seal_object *object)
{
    object->counter = take_uint(reader, 4);
    const uint32_t last = take_uint(reader, 1);
    object->last = last == 1;
    if (reader->short_of)
        return true;
    if (last > 1 || !names_file(object->place.name))
        return false;

    /* Only the last chunk's length is free; what follows the header is all of it. */
    const size_t whole = SEAL_CHUNK_BYTES + SUITE_TAG_BYTES;
    const size_t least = SUITE_TAG_BYTES + (object->counter > 0);
    object->sealed = take_span(reader, !object->last              ? whole
                                       : reader->rest.len > least ? reader->rest.len
                                                                  : least);
    return object->sealed.len <= whole;
}

static void read_secret(struct reader *reader, struct seal_object *object)
{
    object->nonce = take_bytes(reader, SUITE_NONCE_BYTES);
    object->sealed = take_span(reader, SEAL_KEY_BYTES + SUITE_TAG_BYTES);
}

static bool read_wrap(struct reader *reader, struct seal_object *object)
{
    object->key_id = take_bytes(reader, SEAL_KEY_ID_BYTES);
    object->enc = take_bytes(reader, SEAL_ENC_BYTES);
    object->salt = take_bytes(reader, SEAL_SALT_BYTES);
    read_secret(reader, object);
    return !names_identity(object->place.name);
}

static bool read_pair(struct reader *reader, struct seal_object *object)
{
    object->first = (uint16_t)take_uint(reader, 2);
    object->second = (uint16_t)take_uint(reader, 2);
    read_secret(reader, object);
    return reader->short_of || (object->first > 0 && object->first < object->second &&
                                names_identity(object->place.name));
}

enum seal_fault seal_parse(struct span bytes, struct seal_object *ret_object)
{
    static bool (*const readers[])(struct reader *, struct seal_object *) = {
        [SEAL_CONTENT] = read_content,
        [SEAL_CHUNK] = read_chunk,
        [SEAL_WRAP] = read_wrap,
        [SEAL_PAIR] = read_pair,
    };
    struct reader reader = {bytes, false};
    struct seal_object object = {0};

    const uint32_t version = take_uint(&reader, 1);
    if (!reader.short_of && version != SEAL_FORMAT_VERSION)
        return SEAL_VERSION;
    const uint32_t kind = take_uint(&reader, 1);
    if (!reader.short_of && (kind < SEAL_CONTENT || kind > SEAL_PAIR))
        return SEAL_KIND;
    object.kind = (enum seal_kind)kind;
    object.place.origin = take_lp(&reader);
    const uint8_t *id = take_bytes(&reader, SEAL_ID_BYTES);
    object.place.name = take_lp(&reader);
    if (reader.short_of)
        return SEAL_TRUNCATED;
    memcpy(object.place.id, id, SEAL_ID_BYTES);

    if (!seal_place_valid(&object.place) || !readers[kind](&reader, &object))
        return SEAL_MALFORMED;
    if (reader.short_of)
        return SEAL_TRUNCATED;
    if (reader.rest.len > 0)
        return SEAL_MALFORMED;
    *ret_object = object;
    return SEAL_OK;
}

/* Parse what should be of that kind and lie at that place. */
static enum seal_fault parse_at(const struct seal_place *place, enum seal_kind kind,
                                struct span bytes, struct seal_object *ret_object)
{
    struct seal_object object;

    assert(seal_place_valid(place));
    const enum seal_fault fault = seal_parse(bytes, &object);
    if (fault != SEAL_OK)
        return fault;
    if (object.kind != kind)
        return SEAL_KIND;
    if (!span_eq(object.place.origin, place->origin))
        return SEAL_ORIGIN;
    if (memcmp(object.place.id, place->id, SEAL_ID_BYTES) != 0)
        return SEAL_CASE;
    if (!span_eq(object.place.name, place->name))
        return SEAL_NAME;
    *ret_object = object;
    return SEAL_OK;
}

uint8_t *seal_list_put(uint8_t *at, struct span object)
{
    struct writer writer = writer_of(at);

    assert(object.len <= UINT16_MAX);
    put_lp(&writer, object);
    return writer.at;
}

bool seal_list_take(struct span *list, struct span *ret_object)
{
    struct reader reader = {*list, false};
    const struct span object = take_lp(&reader);

    if (reader.short_of)
        return false;
    *list = reader.rest;
    *ret_object = object;
    return true;
}

/* --- content ------------------------------------------------------------------------- */

static struct span content_aad(uint8_t buffer[static BOUND_BYTES_MAX],
                               const struct seal_place *place)
{
    struct writer writer = writer_of(buffer);

    put_uint(&writer, 1, 1);
    put_lp(&writer, SPAN("grievd/seal"));
    put_lp(&writer, place->origin);
    put_bytes(&writer, place->id, SEAL_ID_BYTES);
    put_lp(&writer, place->name);
    return written(&writer);
}

size_t seal_content_bytes(const struct seal_place *place, size_t len)
{
    const unsigned number = class_of(len);

    return number > 0 ? header_bytes(place) + 1 + class_bytes(number) + SUITE_TAG_BYTES : 0;
}

enum seal_fault seal_content(const struct seal_place *place,
                             const uint8_t dek[static SEAL_KEY_BYTES], struct span content,
                             uint8_t *buffer, struct span *ret_sealed)
{
    static const uint8_t nonce[SUITE_NONCE_BYTES]; /* zeros: the key seals this and no more */
    uint8_t aad[BOUND_BYTES_MAX];
    const unsigned number = class_of(content.len);

    assert(!names_file(place->name));
    if (number == 0)
        return SEAL_TOO_LARGE;
    struct writer writer = object_begin(buffer, SEAL_CONTENT, place);
    put_uint(&writer, number, 1);

    uint8_t *padded = writer.at; /* encrypted where it lies */
    put_uint(&writer, content.len, LENGTH_BYTES);
    if (content.len > 0)
        put_span(&writer, content);
    memset(writer.at, 0, class_bytes(number) - LENGTH_BYTES - content.len);
    suite_seal(padded, dek, nonce, content_aad(aad, place),
               span_of_bytes(padded, class_bytes(number)));

    *ret_sealed = span_of_bytes(buffer, seal_content_bytes(place, content.len));
    return SEAL_OK;
}

/* The content in its padding: nothing but zeros behind it, and no smaller class would do. */
static bool unpad(struct span padded, struct span *ret_content)
{
    struct reader reader = {padded, false};
    const uint32_t len = take_uint(&reader, LENGTH_BYTES);
    const unsigned number = class_of(len);
    uint8_t sum = 0;

    if (number == 0 || class_bytes(number) != padded.len)
        return false;
    const struct span content = take_span(&reader, len);
    for (size_t i = 0; i < reader.rest.len; i++)
        sum |= (uint8_t)reader.rest.data[i];
    if (sum != 0)
        return false;
    *ret_content = content;
    return true;
}

enum seal_fault seal_open_content(const struct seal_place *place,
                                  const uint8_t dek[static SEAL_KEY_BYTES], struct span sealed,
                                  uint8_t *buffer, struct span *ret_content)
{
    static const uint8_t nonce[SUITE_NONCE_BYTES];
    uint8_t aad[BOUND_BYTES_MAX];
    struct seal_object object;

    const enum seal_fault fault = parse_at(place, SEAL_CONTENT, sealed, &object);
    if (fault != SEAL_OK)
        return fault;
    if (!suite_open(buffer, dek, nonce, content_aad(aad, place), object.sealed))
        return SEAL_ALTERED;

    const struct span padded = span_of_bytes(buffer, object.sealed.len - SUITE_TAG_BYTES);
    if (!unpad(padded, ret_content)) {
        OPENSSL_cleanse(buffer, padded.len);
        return SEAL_MALFORMED;
    }
    return SEAL_OK;
}

static void chunk_nonce(uint8_t ret_nonce[static SUITE_NONCE_BYTES], uint32_t counter, bool last)
{
    struct writer writer = writer_of(ret_nonce);

    put_uint(&writer, 0, 7);
    put_uint(&writer, counter, 4);
    put_uint(&writer, last, 1);
}

void seal_chunk(const struct seal_place *place, const uint8_t dek[static SEAL_KEY_BYTES],
                uint32_t counter, bool last, struct span bytes, uint8_t *buffer,
                struct span *ret_sealed)
{
    uint8_t aad[BOUND_BYTES_MAX], nonce[SUITE_NONCE_BYTES];

    assert(names_file(place->name));
    assert(last ? bytes.len <= SEAL_CHUNK_BYTES : bytes.len == SEAL_CHUNK_BYTES);
    assert(bytes.len > 0 || counter == 0);
    struct writer writer = object_begin(buffer, SEAL_CHUNK, place);
    put_uint(&writer, counter, 4);
    put_uint(&writer, last, 1);
    chunk_nonce(nonce, counter, last);
    suite_seal(writer.at, dek, nonce, content_aad(aad, place), bytes);
    writer.at += bytes.len + SUITE_TAG_BYTES;
    *ret_sealed = written(&writer);
}

enum seal_fault seal_open_chunk(const struct seal_place *place,
                                const uint8_t dek[static SEAL_KEY_BYTES], uint32_t counter,
                                struct span sealed, uint8_t *buffer, struct span *ret_bytes,
                                bool *ret_last)
{
    uint8_t aad[BOUND_BYTES_MAX], nonce[SUITE_NONCE_BYTES];
    struct seal_object object;

    const enum seal_fault fault = parse_at(place, SEAL_CHUNK, sealed, &object);
    if (fault != SEAL_OK)
        return fault;
    if (object.counter != counter)
        return SEAL_CHUNK_ORDER;
    chunk_nonce(nonce, counter, object.last);
    if (!suite_open(buffer, dek, nonce, content_aad(aad, place), object.sealed))
        return SEAL_ALTERED;
    *ret_bytes = span_of_bytes(buffer, object.sealed.len - SUITE_TAG_BYTES);
    *ret_last = object.last;
    return SEAL_OK;
}

/* --- wraps --------------------------------------------------------------------------- */

void seal_key_id(uint8_t ret_key_id[static SEAL_KEY_ID_BYTES],
                 const uint8_t public_key[static SEAL_KEY_BYTES])
{
    const struct span key = span_of_bytes(public_key, SEAL_KEY_BYTES);
    uint8_t digest[SUITE_HASH_BYTES];

    suite_hash(digest, &key, 1);
    memcpy(ret_key_id, digest, SEAL_KEY_ID_BYTES);
}

/* What an HPKE context is for: "grievd/hpke/v1\0" ‖ lp(origin) ‖ key_id. */
static struct span hpke_info(uint8_t buffer[static BOUND_BYTES_MAX], struct span origin,
                             const uint8_t key_id[static SEAL_KEY_ID_BYTES])
{
    struct writer writer = writer_of(buffer);

    put_span(&writer, LABEL("grievd/hpke/v1"));
    put_lp(&writer, origin);
    put_bytes(&writer, key_id, SEAL_KEY_ID_BYTES);
    return written(&writer);
}

/* What one wrap is for, and as .len + SEAL_KEY_ID_BYTES its AAD: the key id follows it. */
static struct span kek_context(uint8_t buffer[static BOUND_BYTES_MAX],
                               const struct seal_place *place,
                               const uint8_t salt[static SEAL_SALT_BYTES],
                               const uint8_t key_id[static SEAL_KEY_ID_BYTES])
{
    struct writer writer = writer_of(buffer);

    put_span(&writer, LABEL("grievd/kek/v1"));
    put_bytes(&writer, place->id, SEAL_ID_BYTES);
    put_lp(&writer, place->name);
    put_bytes(&writer, salt, SEAL_SALT_BYTES);
    const struct span context = written(&writer);
    put_bytes(&writer, key_id, SEAL_KEY_ID_BYTES);
    return context;
}

enum seal_fault seal_recipient_new(struct seal_recipient **ret_recipient, struct span origin,
                                   const uint8_t public_key[static SEAL_KEY_BYTES],
                                   const struct seal_random *random)
{
    struct seal_recipient *recipient = OPENSSL_zalloc(sizeof *recipient);
    uint8_t info[BOUND_BYTES_MAX], seed[HPKE_SEED_BYTES];

    assert(visible_ascii(origin, SEAL_ORIGIN_BYTES_MAX));
    if (!recipient)
        abort();
    memcpy(recipient->origin, origin.data, origin.len);
    recipient->origin_len = origin.len;
    seal_key_id(recipient->key_id, public_key);

    random->draw(random->state, seed, sizeof seed);
    const bool usable = hpke_sender_new(&recipient->context, recipient->enc, public_key,
                                        hpke_info(info, origin, recipient->key_id), seed);
    OPENSSL_cleanse(seed, sizeof seed);
    if (!usable) {
        seal_recipient_free(recipient);
        return SEAL_WEAK_KEY;
    }
    *ret_recipient = recipient;
    return SEAL_OK;
}

const uint8_t *seal_recipient_key_id(const struct seal_recipient *recipient)
{
    return recipient->key_id;
}

void seal_recipient_free(struct seal_recipient *recipient)
{
    if (!recipient)
        return;
    hpke_context_free(recipient->context);
    OPENSSL_free(recipient);
}

size_t seal_wrap_bytes(const struct seal_place *place)
{
    return header_bytes(place) + SEAL_KEY_ID_BYTES + SEAL_ENC_BYTES + SEAL_SALT_BYTES +
           SEAL_SECRET_BYTES;
}

void seal_wrap(struct seal_recipient *recipient, const struct seal_place *place,
               const uint8_t secret[static SEAL_KEY_BYTES], const struct seal_random *random,
               uint8_t *buffer, struct span *ret_wrap)
{
    uint8_t drawn[SEAL_SALT_BYTES + SUITE_NONCE_BYTES];
    const uint8_t *salt = drawn, *nonce = drawn + SEAL_SALT_BYTES;
    uint8_t kek[SUITE_KEY_BYTES], bound[BOUND_BYTES_MAX];

    assert(!names_identity(place->name));
    assert(span_eq(place->origin, span_of_bytes(recipient->origin, recipient->origin_len)));
    random->draw(random->state, drawn, sizeof drawn);

    struct writer writer = object_begin(buffer, SEAL_WRAP, place);
    put_bytes(&writer, recipient->key_id, SEAL_KEY_ID_BYTES);
    put_bytes(&writer, recipient->enc, SEAL_ENC_BYTES);
    put_bytes(&writer, drawn, sizeof drawn);

    const struct span context = kek_context(bound, place, salt, recipient->key_id);
    hpke_export(recipient->context, kek, sizeof kek, context);
    suite_seal(writer.at, kek, nonce, span_of_bytes(bound, context.len + SEAL_KEY_ID_BYTES),
               span_of_bytes(secret, SEAL_KEY_BYTES));
    writer.at += SEAL_KEY_BYTES + SUITE_TAG_BYTES;
    OPENSSL_cleanse(kek, sizeof kek);
    *ret_wrap = written(&writer);
}

enum seal_fault seal_open_wrap(const struct suite_key *key, const struct seal_place *place,
                               struct span wrap, uint8_t ret_secret[static SEAL_KEY_BYTES])
{
    uint8_t key_id[SEAL_KEY_ID_BYTES], kek[SUITE_KEY_BYTES], secret[SEAL_KEY_BYTES];
    uint8_t bound[BOUND_BYTES_MAX];
    struct hpke_context *receiver;
    struct seal_object object;

    const enum seal_fault fault = parse_at(place, SEAL_WRAP, wrap, &object);
    if (fault != SEAL_OK)
        return fault;
    seal_key_id(key_id, suite_key_public(key));
    if (memcmp(object.key_id, key_id, sizeof key_id) != 0)
        return SEAL_KEY;
    if (!hpke_receiver_new(&receiver, key, object.enc, hpke_info(bound, place->origin, key_id)))
        return SEAL_ALTERED;

    const struct span context = kek_context(bound, place, object.salt, key_id);
    hpke_export(receiver, kek, sizeof kek, context);
    hpke_context_free(receiver);
    const struct span aad = span_of_bytes(bound, context.len + SEAL_KEY_ID_BYTES);
    const bool opened = suite_open(secret, kek, object.nonce, aad, object.sealed);
    if (opened)
        memcpy(ret_secret, secret, sizeof secret);
    OPENSSL_cleanse(kek, sizeof kek);
    OPENSSL_cleanse(secret, sizeof secret);
    return opened ? SEAL_OK : SEAL_ALTERED;
}

enum seal_fault seal_rewrap(const struct suite_key *key, const struct seal_place *place,
                            struct span wrap, struct seal_recipient *recipient,
                            const struct seal_random *random, uint8_t *buffer,
                            struct span *ret_wrap)
{
    uint8_t secret[SEAL_KEY_BYTES];

    const enum seal_fault fault = seal_open_wrap(key, place, wrap, secret);
    if (fault != SEAL_OK)
        return fault;
    seal_wrap(recipient, place, secret, random, buffer, ret_wrap);
    OPENSSL_cleanse(secret, sizeof secret);
    return SEAL_OK;
}

/* --- identity ------------------------------------------------------------------------ */

void seal_share_place(struct seal_share_place *ret_share, const struct seal_place *identity,
                      uint16_t number)
{
    assert(names_identity(identity->name) && number > 0);
    const int len = snprintf(ret_share->name, sizeof ret_share->name, "share:%u", number);
    ret_share->place = *identity;
    ret_share->place.name = span_of_bytes(ret_share->name, (size_t)len);
}

/*
 * The key of a pair, the lower number first: HKDF-SHA256(S_a ‖ S_b, salt u16 a ‖ u16 b,
 * info "grievd/pair/v1\0" ‖ lp(origin) ‖ id). The AAD is that info, then the salt.
 */
static struct span pair_key(uint8_t ret_key[static SUITE_KEY_BYTES],
                            uint8_t buffer[static BOUND_BYTES_MAX],
                            const struct seal_place *identity, const struct seal_share *a,
                            const struct seal_share *b)
{
    struct writer writer = writer_of(buffer);
    uint8_t prk[SUITE_HASH_BYTES];

    assert(a->number > 0 && a->number < b->number);
    put_span(&writer, LABEL("grievd/pair/v1"));
    put_lp(&writer, identity->origin);
    put_bytes(&writer, identity->id, SEAL_ID_BYTES);
    const struct span info = written(&writer);
    const uint8_t *salt = writer.at;
    put_uint(&writer, a->number, 2);
    put_uint(&writer, b->number, 2);

    suite_extract(prk, span_of_bytes(salt, 4),
                  (struct span[]){span_of_bytes(a->secret, SEAL_KEY_BYTES),
                                  span_of_bytes(b->secret, SEAL_KEY_BYTES)},
                  2);
    suite_expand(ret_key, SUITE_KEY_BYTES, prk, &info, 1);
    OPENSSL_cleanse(prk, sizeof prk);
    return written(&writer);
}

static struct span wrap_for_pair(const struct seal_place *identity,
                                 const uint8_t dek[static SEAL_KEY_BYTES],
                                 const struct seal_share *a, const struct seal_share *b,
                                 const struct seal_random *random, uint8_t *buffer)
{
    uint8_t key[SUITE_KEY_BYTES], bound[BOUND_BYTES_MAX], nonce[SUITE_NONCE_BYTES];
    const struct span aad = pair_key(key, bound, identity, a, b);
    struct writer writer = object_begin(buffer, SEAL_PAIR, identity);

    random->draw(random->state, nonce, sizeof nonce);
    put_uint(&writer, a->number, 2);
    put_uint(&writer, b->number, 2);
    put_bytes(&writer, nonce, sizeof nonce);
    suite_seal(writer.at, key, nonce, aad, span_of_bytes(dek, SEAL_KEY_BYTES));
    writer.at += SEAL_KEY_BYTES + SUITE_TAG_BYTES;
    OPENSSL_cleanse(key, sizeof key);
    return written(&writer);
}

size_t seal_identity_bytes(const struct seal_place *identity, size_t custodian_count)
{
    const size_t pair_count = custodian_count * (custodian_count - 1) / 2;
    const size_t pair = header_bytes(identity) + 4 + SEAL_SECRET_BYTES;

    const size_t share = pair - 4 + SEAL_KEY_ID_BYTES + SEAL_ENC_BYTES + SEAL_SALT_BYTES +
                         sizeof "share:65535" - sizeof "identity"; /* at most */

    return custodian_count * share + pair_count * pair;
}

/* One share for each custodian, wrapped for him; returns the first byte after the wraps. */
static uint8_t *deal_shares(const struct seal_place *identity,
                            const struct seal_custodian *custodians, size_t count,
                            const struct seal_random *random, uint8_t *buffer,
                            struct seal_share *ret_shares, struct seal_identity *ret_identity)
{
    for (size_t i = 0; i < count; i++) {
        assert(custodians[i].number > (i > 0 ? custodians[i - 1].number : 0));
        ret_shares[i].number = custodians[i].number;
        random->draw(random->state, ret_shares[i].secret, SEAL_KEY_BYTES);
    }
    for (size_t i = 0; i < count; i++) {
        struct span *wrap = &ret_identity->objects[ret_identity->count++];
        struct seal_share_place share;

        seal_share_place(&share, identity, custodians[i].number);
        seal_wrap(custodians[i].recipient, &share.place, ret_shares[i].secret, random, buffer,
                  wrap);
        buffer += wrap->len;
    }
    return buffer;
}

void seal_identity(const struct seal_place *identity, const uint8_t dek[static SEAL_KEY_BYTES],
                   const struct seal_custodian *custodians, size_t custodian_count,
                   const struct seal_random *random, uint8_t *buffer,
                   struct seal_identity *ret_identity)
{
    struct seal_share shares[SEAL_CUSTODIANS_MAX];

    assert(names_identity(identity->name));
    assert(custodian_count >= SEAL_CUSTODIANS_MIN && custodian_count <= SEAL_CUSTODIANS_MAX);
    ret_identity->count = 0;
    buffer =
        deal_shares(identity, custodians, custodian_count, random, buffer, shares, ret_identity);
    for (size_t a = 0; a < custodian_count; a++) {
        for (size_t b = a + 1; b < custodian_count; b++) {
            struct span *pair = &ret_identity->objects[ret_identity->count++];

            *pair = wrap_for_pair(identity, dek, &shares[a], &shares[b], random, buffer);
            buffer += pair->len;
        }
    }
    OPENSSL_cleanse(shares, sizeof shares);
}

enum seal_fault seal_open_pair(const struct seal_place *identity, const struct seal_share *one,
                               const struct seal_share *other, struct span pair,
                               uint8_t ret_dek[static SEAL_KEY_BYTES])
{
    const struct seal_share *a = one->number < other->number ? one : other;
    const struct seal_share *b = a == one ? other : one;
    uint8_t key[SUITE_KEY_BYTES], dek[SEAL_KEY_BYTES], bound[BOUND_BYTES_MAX];
    struct seal_object object;

    assert(names_identity(identity->name));
    const enum seal_fault fault = parse_at(identity, SEAL_PAIR, pair, &object);
    if (fault != SEAL_OK)
        return fault;
    if (object.first != a->number || object.second != b->number)
        return SEAL_CUSTODIANS;

    const struct span aad = pair_key(key, bound, identity, a, b);
    const bool opened = suite_open(dek, key, object.nonce, aad, object.sealed);
    if (opened)
        memcpy(ret_dek, dek, sizeof dek);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(dek, sizeof dek);
    return opened ? SEAL_OK : SEAL_ALTERED;
}
