/*
 * What an envelope promises: it opens at its place with its key, to what was put in, and nothing
 * else ever opens. That its bytes are those of docs/sealing.md, tests/seal compares with a second
 * implementation.
 */
#include <signal.h>
#include <stdlib.h>

#include "core/seal.h"
#include "hex.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define FILE_NAME       "file:1:0d2a4c1e-1111-4222-8333-444455556666"

enum {
    CUSTODIANS = 3,
    HEADER_BYTES = 46, /* of an object at the place of `body` */
};

static const char narrative[] = "หัวหน้าเรียกรับเงินจากพนักงานสนาม";
static uint8_t next_random;
static struct seal_random source;
static struct seal_place body, identity, file;
static uint8_t dek[SEAL_KEY_BYTES];
static struct suite_key *key, *other_key, *custodian_keys[CUSTODIANS];
static struct seal_recipient *recipient, *other_recipient;
static struct seal_custodian custodians[CUSTODIANS];
static uint8_t buffer[SEAL_SEALED_CONTENT_BYTES_MAX], opened[SEAL_SEALED_CONTENT_BYTES_MAX];

static void draw(void *state, uint8_t *bytes, size_t len)
{
    uint8_t *next = state;

    for (size_t i = 0; i < len; i++)
        bytes[i] = (*next)++;
}

static struct suite_key *key_of(uint8_t byte)
{
    uint8_t private_key[SEAL_KEY_BYTES];

    memset(private_key, byte, sizeof private_key);
    return suite_key_new(private_key);
}

static struct seal_recipient *recipient_of(const struct suite_key *of)
{
    struct seal_recipient *made = NULL;

    cr_assert_eq(seal_recipient_new(&made, body.origin, suite_key_public(of), &source), SEAL_OK);
    return made;
}

static void set_up(void)
{
    source = (struct seal_random){draw, &next_random};
    body = (struct seal_place){SPAN("register.example/log"), {1, 2, 3}, SPAN("body")};
    identity = file = body;
    identity.name = SPAN("identity");
    file.name = SPAN(FILE_NAME);
    draw(&next_random, dek, sizeof dek);
    key = key_of(0xaa);
    other_key = key_of(0xbb);
    recipient = recipient_of(key);
    other_recipient = recipient_of(other_key);
    for (uint8_t i = 0; i < CUSTODIANS; i++) {
        custodian_keys[i] = key_of((uint8_t)(i + 1));
        custodians[i] =
            (struct seal_custodian){(uint16_t)(7 * i + 1), recipient_of(custodian_keys[i])};
    }
}

static void tear_down(void)
{
    suite_key_free(key);
    suite_key_free(other_key);
    seal_recipient_free(recipient);
    seal_recipient_free(other_recipient);
    for (size_t i = 0; i < CUSTODIANS; i++) {
        suite_key_free(custodian_keys[i]);
        seal_recipient_free(custodians[i].recipient);
    }
}

TestSuite(seal, .init = set_up, .fini = tear_down);

static struct span sealed_body(uint8_t *into)
{
    struct span sealed;

    cr_assert_eq(seal_content(&body, dek, span_of(narrative), into, &sealed), SEAL_OK);
    return sealed;
}

static struct span wrapped(const struct seal_place *place, uint8_t *into)
{
    struct span wrap;

    seal_wrap(recipient, place, dek, &source, into, &wrap);
    return wrap;
}

static void expect_fault(enum seal_fault got, enum seal_fault due, const char *what)
{
    cr_expect_eq(got, due, "%s: %s, not %s", what, seal_fault_text(got), seal_fault_text(due));
}

/* What opening says of a content, and that a refusal leaves nothing of it behind. */
static enum seal_fault open_body(const struct seal_place *place, struct span sealed)
{
    struct span content = SPAN("untouched");

    memset(opened, 0, sizeof opened);
    const enum seal_fault fault = seal_open_content(place, dek, sealed, opened, &content);
    if (fault == SEAL_OK)
        cr_expect(span_eq(content, span_of(narrative)));
    else
        cr_expect(span_eq(content, SPAN("untouched")) &&
                      !memmem(opened, sizeof opened, narrative, strlen(narrative)),
                  "a refusal told the content");
    return fault;
}

/* What unwrapping says, and that a refusal leaves the secret alone. */
static enum seal_fault open_wrap(const struct suite_key *with, const struct seal_place *place,
                                 struct span wrap)
{
    uint8_t secret[SEAL_KEY_BYTES] = {42};

    const enum seal_fault fault = seal_open_wrap(with, place, wrap, secret);
    if (fault == SEAL_OK)
        cr_expect_arr_eq(secret, dek, sizeof secret);
    else
        cr_expect(secret[0] == 42 && secret[1] == 0, "a refusal touched the secret");
    return fault;
}

/* --- content ------------------------------------------------------------------------- */

Test(seal, a_content_opens_to_what_was_sealed_and_is_as_long_as_its_class)
{
    static const struct {
        size_t len, padded;
    } rows[] = {
        {0, 512},       {1, 512},        {508, 512},       {509, 1024},    {1020, 1024},
        {1021, 1536},   {1532, 1536},    {1533, 2048},     {2044, 2048},   {2045, 2560},
        {2556, 2560},   {2557, 3072},    {3068, 3072},     {3069, 3584},   {3580, 3584},
        {3581, 4096},   {4092, 4096},    {4093, 16384},    {16380, 16384}, {16381, 65536},
        {65532, 65536}, {65533, 262144}, {262140, 262144},
    };
    uint8_t *bytes = malloc(SEAL_CONTENT_BYTES_MAX);

    cr_assert(bytes);
    draw(&next_random, bytes, SEAL_CONTENT_BYTES_MAX);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct span content = span_of_bytes(bytes, rows[i].len);
        struct span sealed, back;

        cr_assert_eq(seal_content(&body, dek, content, buffer, &sealed), SEAL_OK);
        cr_expect_eq(sealed.len, HEADER_BYTES + 1 + rows[i].padded + SUITE_TAG_BYTES, "%zu",
                     rows[i].len);
        cr_expect_eq(sealed.len, seal_content_bytes(&body, rows[i].len));
        cr_assert_eq(seal_open_content(&body, dek, sealed, opened, &back), SEAL_OK);
        cr_expect(span_eq(back, content), "%zu", rows[i].len);
    }
    free(bytes);
}

Test(seal, a_content_one_byte_too_large_is_refused)
{
    static uint8_t bytes[SEAL_CONTENT_BYTES_MAX + 1];
    struct span sealed = SPAN("untouched");

    expect_fault(seal_content(&body, dek, span_of_bytes(bytes, sizeof bytes), buffer, &sealed),
                 SEAL_TOO_LARGE, "262,141 bytes");
    cr_expect(span_eq(sealed, SPAN("untouched")));
    cr_expect_eq(seal_content_bytes(&body, sizeof bytes), 0);
}

Test(seal, a_body_and_its_salt_fit_with_the_largest_request)
{
    cr_expect_gt(seal_content_bytes(&body, 240 * 1024 + 32), 0);
}

Test(seal, contents_of_one_class_look_alike)
{
    const struct span a = sealed_body(buffer);
    struct span b;

    cr_assert_eq(seal_content(&body, dek, SPAN(""), opened, &b), SEAL_OK);
    cr_expect_eq(a.len, b.len);
    cr_expect_arr_eq(a.data, b.data, HEADER_BYTES + 1, "header and class");
}

/* --- refusals: each has its own fault ------------------------------------------------ */

struct elsewhere {
    const char *what;
    struct seal_place place;
    enum seal_fault fault;
};

static void elsewhere(struct elsewhere ret_rows[static 3])
{
    ret_rows[0] = (struct elsewhere){"another register", body, SEAL_ORIGIN};
    ret_rows[0].place.origin = SPAN("registrar.example/lo");
    ret_rows[1] = (struct elsewhere){"another complaint", body, SEAL_CASE};
    ret_rows[1].place.id[15] ^= 1;
    ret_rows[2] = (struct elsewhere){"another envelope", body, SEAL_NAME};
    ret_rows[2].place.name = SPAN("bodz");
}

Test(seal, nothing_opens_elsewhere)
{
    const struct span sealed = sealed_body(buffer);
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX];
    const struct span wrap = wrapped(&body, wrap_bytes);
    struct elsewhere rows[3];

    elsewhere(rows);
    expect_fault(open_body(&body, sealed), SEAL_OK, "at its place");
    expect_fault(open_wrap(key, &body, wrap), SEAL_OK, "at its place");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect_fault(open_body(&rows[i].place, sealed), rows[i].fault, rows[i].what);
        expect_fault(open_wrap(key, &rows[i].place, wrap), rows[i].fault, rows[i].what);
    }
}

/* The places are as long as the body's, so that its header can be overwritten. */
static void write_header(const struct span object, const struct seal_place *place)
{
    char *at = (char *)object.data + 2 + 2;

    memcpy(at, place->origin.data, place->origin.len);
    memcpy(at + place->origin.len, place->id, SEAL_ID_BYTES);
    memcpy(at + place->origin.len + SEAL_ID_BYTES + 2, place->name.data, place->name.len);
}

Test(seal, a_header_that_lies_about_its_place_helps_nobody)
{
    const struct span sealed = sealed_body(buffer);
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX];
    const struct span wrap = wrapped(&body, wrap_bytes);
    struct elsewhere rows[3];

    elsewhere(rows);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        write_header(sealed, &rows[i].place);
        write_header(wrap, &rows[i].place);
        expect_fault(open_body(&rows[i].place, sealed), SEAL_ALTERED, rows[i].what);
        expect_fault(open_wrap(key, &rows[i].place, wrap), SEAL_ALTERED, rows[i].what);
    }
    write_header(sealed, &body);
    write_header(wrap, &body);
    expect_fault(open_body(&body, sealed), SEAL_OK, "written back");
    expect_fault(open_wrap(key, &body, wrap), SEAL_OK, "written back");
}

Test(seal, another_key_opens_no_wrap_even_if_its_id_is_written_in)
{
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX];
    const struct span wrap = wrapped(&body, wrap_bytes);

    expect_fault(open_wrap(other_key, &body, wrap), SEAL_KEY, "another key");
    memcpy(wrap_bytes + HEADER_BYTES, seal_recipient_key_id(other_recipient), SEAL_KEY_ID_BYTES);
    expect_fault(open_wrap(other_key, &body, wrap), SEAL_ALTERED, "its id written in");
    expect_fault(open_wrap(key, &body, wrap), SEAL_KEY, "and the right one");
}

Test(seal, another_dek_opens_no_content)
{
    const struct span sealed = sealed_body(buffer);

    dek[31] ^= 1;
    expect_fault(open_body(&body, sealed), SEAL_ALTERED, "another DEK");
}

Test(seal, an_object_of_another_kind_or_version_is_named_so)
{
    const struct span sealed = sealed_body(buffer);
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX];
    const struct span wrap = wrapped(&body, wrap_bytes);

    expect_fault(open_body(&body, wrap), SEAL_KIND, "a wrap for a content");
    expect_fault(open_wrap(key, &body, sealed), SEAL_KIND, "a content for a wrap");
    wrap_bytes[1] = SEAL_PAIR + 1;
    expect_fault(open_wrap(key, &body, wrap), SEAL_KIND, "kind 5");
    wrap_bytes[1] = 0;
    expect_fault(open_wrap(key, &body, wrap), SEAL_KIND, "kind 0");
    for (unsigned version = 0; version < 256; version++) {
        wrap_bytes[0] = (uint8_t)version;
        if (version != SEAL_FORMAT_VERSION)
            expect_fault(open_wrap(key, &body, wrap), SEAL_VERSION, "version");
    }
    expect_fault(open_wrap(key, &body, span_of_bytes("\x02", 1)), SEAL_VERSION, "one byte");
}

/* An object with this header and tail, filled up with zeros to so many bytes behind the header. */
static struct span by_hand(enum seal_kind kind, const char *name, struct span tail, size_t tail_len)
{
    uint8_t *at = buffer;
    const size_t name_len = strlen(name);

    memset(buffer, 0, sizeof buffer);
    *at++ = SEAL_FORMAT_VERSION;
    *at++ = (uint8_t)kind;
    memcpy(at, "\0\x04host", 6);
    at += 6 + SEAL_ID_BYTES + 1;
    *at++ = (uint8_t)name_len;
    memcpy(at, name, name_len);
    at += name_len;
    memcpy(at, tail.data, tail.len);
    return span_of_bytes(buffer, (size_t)(at - buffer) + tail_len);
}

Test(seal, what_an_object_cannot_be_is_refused_before_any_key_is_used)
{
    const size_t tag = SUITE_TAG_BYTES, whole = 5 + SEAL_CHUNK_BYTES + tag;
    const struct {
        const char *what, *name;
        enum seal_kind kind;
        struct span tail;
        size_t tail_len;
        enum seal_fault fault;
    } rows[] = {
        {"a content", "body", SEAL_CONTENT, SPAN("\1"), 1 + 512 + tag, SEAL_OK},
        {"a file's content", FILE_NAME, SEAL_CONTENT, SPAN("\1"), 1 + 512 + tag, SEAL_MALFORMED},
        {"class 0", "body", SEAL_CONTENT, SPAN("\0"), 1 + 512 + tag, SEAL_MALFORMED},
        {"class 12", "body", SEAL_CONTENT, SPAN("\14"), 1 + 512 + tag, SEAL_MALFORMED},
        {"a class too small", "body", SEAL_CONTENT, SPAN("\1"), 1 + 1024 + tag, SEAL_MALFORMED},
        {"a class too large", "body", SEAL_CONTENT, SPAN("\2"), 1 + 512 + tag, SEAL_TRUNCATED},
        {"a name with a blank", "bo dy", SEAL_CONTENT, SPAN("\1"), 1 + 512 + tag, SEAL_MALFORMED},
        {"no name", "", SEAL_CONTENT, SPAN("\1"), 1 + 512 + tag, SEAL_MALFORMED},
        {"a chunk", FILE_NAME, SEAL_CHUNK, SPAN("\0\0\0\7\0"), whole, SEAL_OK},
        {"a body's chunk", "body", SEAL_CHUNK, SPAN("\0\0\0\7\0"), whole, SEAL_MALFORMED},
        {"last is 2", FILE_NAME, SEAL_CHUNK, SPAN("\0\0\0\7\2"), whole, SEAL_MALFORMED},
        {"short, not last", FILE_NAME, SEAL_CHUNK, SPAN("\0\0\0\7\0"), whole - 1, SEAL_TRUNCATED},
        {"a full last chunk", FILE_NAME, SEAL_CHUNK, SPAN("\0\0\0\7\1"), whole, SEAL_OK},
        {"more than full", FILE_NAME, SEAL_CHUNK, SPAN("\0\0\0\7\1"), whole + 1, SEAL_MALFORMED},
        {"an empty file", FILE_NAME, SEAL_CHUNK, SPAN("\0\0\0\0\1"), 5 + tag, SEAL_OK},
        {"an empty end", FILE_NAME, SEAL_CHUNK, SPAN("\0\0\0\7\1"), 5 + tag, SEAL_TRUNCATED},
        {"a wrap", "body", SEAL_WRAP, SPAN(""), 116, SEAL_OK},
        {"an identity's wrap", "identity", SEAL_WRAP, SPAN(""), 116, SEAL_MALFORMED},
        {"a pair", "identity", SEAL_PAIR, SPAN("\0\1\0\2"), 64, SEAL_OK},
        {"a body's pair", "body", SEAL_PAIR, SPAN("\0\1\0\2"), 64, SEAL_MALFORMED},
        {"custodian 0", "identity", SEAL_PAIR, SPAN("\0\0\0\2"), 64, SEAL_MALFORMED},
        {"one custodian twice", "identity", SEAL_PAIR, SPAN("\0\2\0\2"), 64, SEAL_MALFORMED},
        {"a falling pair", "identity", SEAL_PAIR, SPAN("\0\2\0\1"), 64, SEAL_MALFORMED},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct span object =
            by_hand(rows[i].kind, rows[i].name, rows[i].tail, rows[i].tail_len);
        struct seal_object parsed;

        expect_fault(seal_parse(object, &parsed), rows[i].fault, rows[i].what);
    }
}

/* An exact block of memory, so that a sanitizer sees a look past the end. */
static enum seal_fault parse_prefix(struct span object, size_t len)
{
    struct seal_object parsed;
    uint8_t *exact = malloc(len + (len == 0));

    cr_assert(exact);
    memcpy(exact, object.data, len);
    const enum seal_fault fault = seal_parse(span_of_bytes(exact, len), &parsed);
    free(exact);
    return fault;
}

static void expect_whole_only(struct span object, const char *what)
{
    uint8_t *longer = malloc(object.len + 1);
    struct seal_object parsed;

    cr_assert(longer);
    for (size_t len = 0; len < object.len; len++)
        cr_assert_eq(parse_prefix(object, len), SEAL_TRUNCATED, "%s: %zu bytes", what, len);
    cr_expect_eq(parse_prefix(object, object.len), SEAL_OK, "%s", what);
    memcpy(longer, object.data, object.len);
    longer[object.len] = 0;
    cr_expect_eq(seal_parse(span_of_bytes(longer, object.len + 1), &parsed), SEAL_MALFORMED, "%s",
                 what);
    free(longer);
}

static void deal(struct seal_identity *ret_identity)
{
    static uint8_t bytes[CUSTODIANS * 2 * SEAL_WRAP_BYTES_MAX];

    cr_assert_leq(seal_identity_bytes(&identity, CUSTODIANS), sizeof bytes);
    seal_identity(&identity, dek, custodians, CUSTODIANS, &source, bytes, ret_identity);
}

Test(seal, every_truncation_and_every_byte_more_is_refused)
{
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX];
    struct seal_identity dealt;

    deal(&dealt);
    expect_whole_only(sealed_body(buffer), "content");
    expect_whole_only(wrapped(&body, wrap_bytes), "wrap");
    expect_whole_only(dealt.objects[CUSTODIANS], "pair");
}

Test(seal, every_flipped_bit_of_a_content_is_refused)
{
    const struct span sealed = sealed_body(buffer);

    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        struct span content;

        buffer[bit / 8] ^= (uint8_t)(1 << bit % 8);
        const enum seal_fault fault = seal_open_content(&body, dek, sealed, opened, &content);
        cr_assert(bit / 8 <= HEADER_BYTES ? fault != SEAL_OK : fault == SEAL_ALTERED, "bit %zu: %s",
                  bit, seal_fault_text(fault));
        buffer[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    expect_fault(open_body(&body, sealed), SEAL_OK, "whole again");
}

Test(seal, every_flipped_bit_of_a_wrap_is_refused)
{
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX];
    const struct span wrap = wrapped(&body, wrap_bytes);
    const size_t key_id = HEADER_BYTES, enc = key_id + SEAL_KEY_ID_BYTES;

    for (size_t bit = 0; bit < 8 * wrap.len; bit++) {
        wrap_bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        const enum seal_fault fault = open_wrap(key, &body, wrap);
        if (bit / 8 < key_id)
            cr_assert_neq(fault, SEAL_OK, "bit %zu", bit);
        else
            cr_assert_eq(fault, bit / 8 < enc ? SEAL_KEY : SEAL_ALTERED, "bit %zu: %s", bit,
                         seal_fault_text(fault));
        wrap_bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    expect_fault(open_wrap(key, &body, wrap), SEAL_OK, "whole again");
}

/* A content by someone who has the DEK and pads in his own way. */
static struct span padded_by_hand(const void *plaintext, size_t len, size_t padded)
{
    static const uint8_t nonce[SUITE_NONCE_BYTES];
    static uint8_t filler[SEAL_CONTENT_BYTES_MAX];
    const char aad[] = "\x01\x00\x0bgrievd/seal\x00\x14register.example/log"
                       "\x01\x02\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\x00\x04"
                       "body";
    struct span sealed;

    cr_assert_eq(seal_content(&body, dek, span_of_bytes(filler, padded - 4), buffer, &sealed),
                 SEAL_OK);
    uint8_t *at = buffer + HEADER_BYTES + 1;
    memset(at, 0, padded);
    memcpy(at, plaintext, len);
    suite_seal(at, dek, nonce, span_of_bytes(aad, sizeof aad - 1), span_of_bytes(at, padded));
    return sealed;
}

Test(seal, padding_has_one_form)
{
    static uint8_t full[512] = {0, 0, 0, 3, 'a', 'b', 'c'};
    const struct {
        const char *what;
        struct span plaintext;
        size_t padded;
        enum seal_fault fault;
    } rows[] = {
        {"as we pad", span_of_bytes("\0\0\0\3abc", 7), 512, SEAL_OK},
        {"a byte behind the content", span_of_bytes("\0\0\0\3abcd", 8), 512, SEAL_MALFORMED},
        {"the last byte", span_of_bytes(full, sizeof full), 512, SEAL_MALFORMED},
        {"longer than its class", span_of_bytes("\0\0\x01\xfd", 4), 512, SEAL_MALFORMED},
        {"longer than any", span_of_bytes("\xff\xff\xff\xff", 4), 512, SEAL_MALFORMED},
        {"a class too large", span_of_bytes("\0\0\0\3abc", 7), 1024, SEAL_MALFORMED},
    };

    full[sizeof full - 1] = 1;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct span sealed =
            padded_by_hand(rows[i].plaintext.data, rows[i].plaintext.len, rows[i].padded);
        struct span content = SPAN("untouched");

        expect_fault(seal_open_content(&body, dek, sealed, opened, &content), rows[i].fault,
                     rows[i].what);
        if (rows[i].fault == SEAL_OK)
            cr_expect(span_eq(content, SPAN("abc")));
        else
            cr_expect(opened[3] == 0 && span_eq(content, SPAN("untouched")), "%s: content was left",
                      rows[i].what);
    }
}

/* --- wraps --------------------------------------------------------------------------- */

Test(seal, one_context_makes_many_wraps_and_no_two_alike)
{
    uint8_t first[SEAL_WRAP_BYTES_MAX], next[SEAL_WRAP_BYTES_MAX];
    const struct span wrap = wrapped(&body, first);

    for (size_t i = 0; i < 1000; i++) {
        const struct span again = wrapped(&body, next);
        const size_t secret = wrap.len - SEAL_SECRET_BYTES - SEAL_SALT_BYTES;

        cr_assert_eq(again.len, wrap.len);
        cr_assert_arr_eq(next, first, secret, "the same key and enc");
        if (i % 100 == 0)
            expect_fault(open_wrap(key, &body, again), SEAL_OK, "a later one");
    }
    expect_fault(open_wrap(key, &body, wrap), SEAL_OK, "the first one");
}

Test(seal, salt_and_nonce_of_a_wrap_are_drawn_for_it)
{
    uint8_t drawn[SEAL_SALT_BYTES + SUITE_NONCE_BYTES], wrap_bytes[SEAL_WRAP_BYTES_MAX];
    uint8_t state = next_random;

    draw(&state, drawn, sizeof drawn);
    wrapped(&body, wrap_bytes);
    cr_expect_arr_eq(wrap_bytes + HEADER_BYTES + SEAL_KEY_ID_BYTES + SEAL_ENC_BYTES, drawn,
                     sizeof drawn);
    cr_expect_eq(next_random, state, "nothing else was drawn");
}

Test(seal, a_key_of_low_order_is_no_recipient)
{
    struct seal_recipient *none = NULL;

    expect_fault(seal_recipient_new(&none, body.origin, (uint8_t[SEAL_KEY_BYTES]){1}, &source),
                 SEAL_WEAK_KEY, "the point 1");
    cr_expect_null(none);
}

Test(seal, a_wrap_with_an_enc_of_low_order_does_not_open)
{
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX];
    const struct span wrap = wrapped(&body, wrap_bytes);

    memset(wrap_bytes + HEADER_BYTES + SEAL_KEY_ID_BYTES, 0, SEAL_ENC_BYTES);
    expect_fault(open_wrap(key, &body, wrap), SEAL_ALTERED, "enc 0");
}

Test(seal, rewrapping_moves_a_secret_to_another_key_and_leaves_the_content)
{
    uint8_t wrap_bytes[SEAL_WRAP_BYTES_MAX], moved_bytes[SEAL_WRAP_BYTES_MAX];
    const struct span sealed = sealed_body(buffer), wrap = wrapped(&body, wrap_bytes);
    struct span moved = SPAN("untouched");

    expect_fault(seal_rewrap(other_key, &body, wrap, other_recipient, &source, moved_bytes, &moved),
                 SEAL_KEY, "without the key");
    cr_expect(span_eq(moved, SPAN("untouched")));
    expect_fault(seal_rewrap(key, &body, wrap, other_recipient, &source, moved_bytes, &moved),
                 SEAL_OK, "with the key");
    expect_fault(open_wrap(other_key, &body, moved), SEAL_OK, "the new key, the new wrap");
    expect_fault(open_wrap(key, &body, moved), SEAL_KEY, "the old key, the new wrap");
    expect_fault(open_wrap(other_key, &body, wrap), SEAL_KEY, "the new key, the old wrap");
    expect_fault(open_body(&body, sealed), SEAL_OK, "the content");
}

/* --- identity ------------------------------------------------------------------------ */

static struct seal_share share_of(size_t custodian, struct span wrap)
{
    struct seal_share share = {.number = custodians[custodian].number};
    struct seal_share_place place;

    seal_share_place(&place, &identity, share.number);
    cr_assert_eq(seal_open_wrap(custodian_keys[custodian], &place.place, wrap, share.secret),
                 SEAL_OK);
    return share;
}

Test(seal, any_two_custodians_open_an_identity)
{
    struct seal_identity dealt;
    size_t pair = CUSTODIANS;

    deal(&dealt);
    cr_assert_eq(dealt.count, CUSTODIANS + CUSTODIANS * (CUSTODIANS - 1) / 2);
    for (size_t a = 0; a < CUSTODIANS; a++) {
        for (size_t b = a + 1; b < CUSTODIANS; b++, pair++) {
            const struct seal_share of_a = share_of(a, dealt.objects[a]);
            const struct seal_share of_b = share_of(b, dealt.objects[b]);
            uint8_t back[SEAL_KEY_BYTES] = {0}, turned[SEAL_KEY_BYTES] = {0};

            expect_fault(seal_open_pair(&identity, &of_a, &of_b, dealt.objects[pair], back),
                         SEAL_OK, "a and b");
            expect_fault(seal_open_pair(&identity, &of_b, &of_a, dealt.objects[pair], turned),
                         SEAL_OK, "b and a");
            cr_expect_arr_eq(back, dek, sizeof back);
            cr_expect_arr_eq(turned, dek, sizeof turned);
        }
    }
}

Test(seal, one_share_is_not_enough_however_it_is_passed_off)
{
    struct seal_identity dealt;
    uint8_t back[SEAL_KEY_BYTES] = {42};

    deal(&dealt);
    const struct seal_share own = share_of(0, dealt.objects[0]);
    const struct span pair = dealt.objects[CUSTODIANS]; /* of the first and the second */
    struct seal_share forged = own;
    expect_fault(seal_open_pair(&identity, &own, &own, pair, back), SEAL_CUSTODIANS, "twice");
    forged.number = custodians[1].number;
    expect_fault(seal_open_pair(&identity, &own, &forged, pair, back), SEAL_ALTERED, "renumbered");
    forged.number = custodians[2].number;
    expect_fault(seal_open_pair(&identity, &own, &forged, pair, back), SEAL_CUSTODIANS,
                 "another number");
    memset(forged.secret, 0, sizeof forged.secret);
    forged.number = custodians[1].number;
    expect_fault(seal_open_pair(&identity, &own, &forged, pair, back), SEAL_ALTERED, "zeros");
    cr_expect_eq(back[0], 42);
}

Test(seal, a_share_opens_only_for_its_custodian_under_its_number)
{
    struct seal_identity dealt;
    struct seal_share_place place;

    deal(&dealt);
    seal_share_place(&place, &identity, custodians[0].number);
    cr_expect(span_eq(place.place.name, SPAN("share:1")));
    expect_fault(open_wrap(custodian_keys[1], &place.place, dealt.objects[0]), SEAL_KEY,
                 "another custodian");
    seal_share_place(&place, &identity, custodians[1].number);
    cr_expect(span_eq(place.place.name, SPAN("share:8")));
    expect_fault(open_wrap(custodian_keys[0], &place.place, dealt.objects[0]), SEAL_NAME,
                 "another number");
}

Test(seal, a_share_of_another_complaint_opens_no_pair)
{
    struct seal_identity dealt, other_dealt;
    static uint8_t other_bytes[CUSTODIANS * 2 * SEAL_WRAP_BYTES_MAX];
    uint8_t back[SEAL_KEY_BYTES];

    deal(&dealt);
    const struct seal_share a = share_of(0, dealt.objects[0]), b = share_of(1, dealt.objects[1]);
    identity.id[0] ^= 1;
    seal_identity(&identity, dek, custodians, CUSTODIANS, &source, other_bytes, &other_dealt);
    expect_fault(seal_open_pair(&identity, &a, &b, other_dealt.objects[CUSTODIANS], back),
                 SEAL_ALTERED, "the other's pair");
    expect_fault(seal_open_pair(&identity, &a, &b, dealt.objects[CUSTODIANS], back), SEAL_CASE,
                 "its own pair, at the other's place");
}

Test(seal, an_approval_hands_one_share_to_the_other_custodian)
{
    struct seal_identity dealt;
    struct seal_share_place place;
    uint8_t approval_bytes[SEAL_WRAP_BYTES_MAX], back[SEAL_KEY_BYTES] = {0};
    struct seal_share delivered = {.number = custodians[0].number};
    struct span approval;

    deal(&dealt);
    seal_share_place(&place, &identity, custodians[0].number);
    cr_assert_eq(seal_rewrap(custodian_keys[0], &place.place, dealt.objects[0],
                             custodians[2].recipient, &source, approval_bytes, &approval),
                 SEAL_OK);
    expect_fault(open_wrap(custodian_keys[1], &place.place, approval), SEAL_KEY, "a third one");
    cr_assert_eq(seal_open_wrap(custodian_keys[2], &place.place, approval, delivered.secret),
                 SEAL_OK);
    const struct seal_share own = share_of(2, dealt.objects[2]);
    expect_fault(seal_open_pair(&identity, &own, &delivered, dealt.objects[CUSTODIANS + 1], back),
                 SEAL_OK, "the pair of both");
    cr_expect_arr_eq(back, dek, sizeof back);
}

Test(seal, every_flipped_bit_of_a_pair_is_refused)
{
    struct seal_identity dealt;
    uint8_t back[SEAL_KEY_BYTES];

    deal(&dealt);
    const struct seal_share a = share_of(0, dealt.objects[0]), b = share_of(1, dealt.objects[1]);
    const struct span pair = dealt.objects[CUSTODIANS];
    uint8_t *bytes = (uint8_t *)pair.data;

    for (size_t bit = 0; bit < 8 * pair.len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cr_assert_neq(seal_open_pair(&identity, &a, &b, pair, back), SEAL_OK, "bit %zu", bit);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    expect_fault(seal_open_pair(&identity, &a, &b, pair, back), SEAL_OK, "whole again");
}

Test(seal, as_many_custodians_as_allowed_fit_the_room_that_is_asked_for)
{
    struct seal_custodian many[SEAL_CUSTODIANS_MAX];
    struct seal_identity dealt;
    struct seal_place far = identity;
    char origin[SEAL_ORIGIN_BYTES_MAX];

    memset(origin, 'o', sizeof origin);
    far.origin = span_of_bytes(origin, sizeof origin);
    for (uint16_t i = 0; i < SEAL_CUSTODIANS_MAX; i++) {
        many[i].number = (uint16_t)(UINT16_MAX - SEAL_CUSTODIANS_MAX + 1 + i);
        cr_assert_eq(
            seal_recipient_new(&many[i].recipient, far.origin, suite_key_public(key), &source),
            SEAL_OK);
    }
    uint8_t *room = malloc(seal_identity_bytes(&far, SEAL_CUSTODIANS_MAX));
    seal_identity(&far, dek, many, SEAL_CUSTODIANS_MAX, &source, room, &dealt);
    cr_expect_eq(dealt.count, SEAL_IDENTITY_OBJECTS_MAX);
    for (size_t i = 0; i < dealt.count; i++) {
        struct seal_object object;
        cr_expect_eq(seal_parse(dealt.objects[i], &object), SEAL_OK, "object %zu", i);
    }
    free(room);
    for (size_t i = 0; i < SEAL_CUSTODIANS_MAX; i++)
        seal_recipient_free(many[i].recipient);
}

/* --- files --------------------------------------------------------------------------- */

static struct span chunk_of(uint32_t counter, bool last, size_t len, uint8_t *into)
{
    static uint8_t bytes[SEAL_CHUNK_BYTES];
    struct span sealed;

    memset(bytes, 'x', len);
    seal_chunk(&file, dek, counter, last, span_of_bytes(bytes, len), into, &sealed);
    return sealed;
}

static enum seal_fault open_chunk(uint32_t counter, struct span sealed, size_t *ret_len,
                                  bool *ret_last)
{
    struct span bytes;

    const enum seal_fault fault =
        seal_open_chunk(&file, dek, counter, sealed, opened, &bytes, ret_last);
    if (fault == SEAL_OK)
        *ret_len = bytes.len;
    return fault;
}

Test(seal, chunks_open_in_their_turn_and_say_which_is_the_last)
{
    static const struct {
        uint32_t counter;
        bool last;
        size_t len;
    } rows[] = {{0, false, SEAL_CHUNK_BYTES},
                {1, true, 1},
                {7, true, SEAL_CHUNK_BYTES},
                {0, true, 0},
                {0, true, 100},
                {UINT32_MAX, true, 5}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct span sealed = chunk_of(rows[i].counter, rows[i].last, rows[i].len, buffer);
        size_t len = 42;
        bool last = !rows[i].last;

        expect_fault(open_chunk(rows[i].counter + 1, sealed, &len, &last), SEAL_CHUNK_ORDER,
                     "out of turn");
        expect_fault(open_chunk(rows[i].counter, sealed, &len, &last), SEAL_OK, "in its turn");
        cr_expect(len == rows[i].len && last == rows[i].last, "row %zu", i);
    }
}

Test(seal, a_chunk_cannot_be_renumbered_or_made_the_last)
{
    const struct span sealed = chunk_of(3, false, SEAL_CHUNK_BYTES, buffer);
    uint8_t *counter = buffer + 2 + 2 + 20 + 16 + 2 + strlen(FILE_NAME), *last = counter + 4;
    size_t len;
    bool is_last;

    counter[3] = 4;
    expect_fault(open_chunk(4, sealed, &len, &is_last), SEAL_ALTERED, "renumbered");
    counter[3] = 3;
    last[0] = 1;
    expect_fault(open_chunk(3, sealed, &len, &is_last), SEAL_ALTERED, "made the last");
    last[0] = 2;
    expect_fault(open_chunk(3, sealed, &len, &is_last), SEAL_MALFORMED, "last is 2");
    last[0] = 0;
    expect_fault(open_chunk(3, sealed, &len, &is_last), SEAL_OK, "whole again");
    expect_fault(open_chunk(3, (struct span){sealed.data, sealed.len - 1}, &len, &is_last),
                 SEAL_TRUNCATED, "a byte less");
}

Test(seal, content_and_chunks_do_not_pass_for_each_other)
{
    const struct span sealed = sealed_body(buffer);
    size_t len;
    bool last;

    expect_fault(open_chunk(0, sealed, &len, &last), SEAL_KIND, "a content for a chunk");
    buffer[1] = SEAL_CHUNK;
    expect_fault(open_chunk(0, sealed, &len, &last), SEAL_MALFORMED, "a chunk named body");
}

/* --- callers' bugs ------------------------------------------------------------------- */

Test(seal, aborts_when_an_identity_is_to_be_wrapped_for_one_key, .signal = SIGABRT)
{
    wrapped(&identity, buffer);
}

Test(seal, aborts_when_a_recipient_is_of_another_register, .signal = SIGABRT)
{
    body.origin = SPAN("other.example/log");
    wrapped(&body, buffer);
}

Test(seal, aborts_when_two_custodians_have_one_number, .signal = SIGABRT)
{
    struct seal_identity dealt;

    custodians[1].number = custodians[0].number;
    deal(&dealt);
}

Test(seal, aborts_when_a_chunk_in_the_middle_is_short, .signal = SIGABRT)
{
    chunk_of(0, false, 100, buffer);
}

Test(seal, aborts_at_a_place_that_is_none, .signal = SIGABRT)
{
    body.name = SPAN("two words");
    wrapped(&body, buffer);
}

Test(seal, places_are_visible_ascii_within_the_limits)
{
    static char longest[SEAL_ORIGIN_BYTES_MAX + 1];
    struct seal_place place = body;

    memset(longest, 'x', sizeof longest);
    place.name = span_of_bytes(longest, SEAL_NAME_BYTES_MAX);
    place.origin = span_of_bytes(longest, SEAL_ORIGIN_BYTES_MAX);
    cr_expect(seal_place_valid(&place));
    place.name.len++;
    cr_expect_not(seal_place_valid(&place), "a name of 129 bytes");
    place.name.len--;
    place.origin.len++;
    cr_expect_not(seal_place_valid(&place), "an origin of 256 bytes");
    for (size_t i = 0; i < 3; i++) {
        place = body;
        place.name = (struct span[]){SPAN(""), SPAN("a\0b"), SPAN("กล่อง")}[i];
        cr_expect_not(seal_place_valid(&place), "name %zu", i);
    }
}
