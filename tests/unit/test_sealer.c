/* What the daemon seals opens for whom it should, and for nobody else; and which keys it takes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/keyfile.h"
#include "sealer.h"
#include "settings.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

enum { ARENA_BYTES = 4 * 1024 * 1024, CUSTODIANS = 3 };

/* Private keys are 32 equal bytes: of the groups 0x11 and 0x22, of the custodians 1, 2, 3. */
enum { LEGAL = 0x11, ALTERNATE = 0x22 };

static const uint8_t id[SEAL_ID_BYTES] = {1, 2, 3};
static struct arena *arena;
static char legal[2][32], alternate[2][32],
    custodian[CUSTODIANS][2][32]; /* paths: private, public */

/* The path of a file in memory. */
static void file_of(char path[static 32], char *text)
{
    const int fd = memfd_create("test_sealer", 0);

    cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    keyfile_free(text);
}

static struct suite_key *key_of(uint8_t byte)
{
    uint8_t key[SEAL_KEY_BYTES];

    memset(key, byte, sizeof key);
    return suite_key_new(key);
}

static void make_pair(char paths[static 2][32], uint8_t byte)
{
    uint8_t key[SEAL_KEY_BYTES];
    struct suite_key *pair = key_of(byte);

    memset(key, byte, sizeof key);
    file_of(paths[0], keyfile_write_private(key, NULL));
    file_of(paths[1], keyfile_write_public(suite_key_public(pair)));
    suite_key_free(pair);
}

static void set_up(void)
{
    arena = arena_new(ARENA_BYTES);
    make_pair(legal, LEGAL);
    make_pair(alternate, ALTERNATE);
    for (uint8_t i = 0; i < CUSTODIANS; i++)
        make_pair(custodian[i], (uint8_t)(i + 1));
}

static void tear_down(void)
{
    arena_free(arena);
}

TestSuite(sealer, .init = set_up, .fini = tear_down);
TestSuite(keys, .init = set_up, .fini = tear_down);

/* The settings' texts; static, so that one pair of keys at a time is read with them. */
static struct settings settings;
static char origin[] = "register.example/log", instances[] = "legal:https://legal.example:8443";
static char body_keys[256], custodians[256], open_keys[256];

static void settings_make(const char *body, const char *custodian_list, const char *open)
{
    snprintf(body_keys, sizeof body_keys, "%s", body);
    snprintf(custodians, sizeof custodians, "%s", custodian_list);
    snprintf(open_keys, sizeof open_keys, "%s", open);
    settings = (struct settings){
        .origin = origin,
        .body_keys = body_keys,
        .custodians = custodians,
        .open_keys = open_keys,
        .instances = instances,
    };
}

static void good_settings(const char *open)
{
    char body[256], list[256];

    snprintf(body, sizeof body, "legal:%s alternate:%s  external:%s", legal[1], alternate[1],
             alternate[1]);
    snprintf(list, sizeof list, "7:%s 2:%s 5:%s", custodian[2][1], custodian[0][1],
             custodian[1][1]);
    settings_make(body, list, open);
}

/* A sealer of an instance that opens what `open` says; *ret_keys is to be freed after it. */
static struct sealer *sealer_of(const char *open, struct keys **ret_keys)
{
    char error[256];

    good_settings(open);
    *ret_keys = keys_read(&settings, error, sizeof error);
    cr_assert_not_null(*ret_keys, "%s", error);
    return sealer_new(*ret_keys);
}

static void done(struct sealer *sealer, struct keys *keys)
{
    sealer_free(sealer);
    keys_free(keys);
}

static struct sealer *legal_sealer(struct keys **ret_keys)
{
    char open[64];

    snprintf(open, sizeof open, "legal:%s", legal[0]);
    return sealer_of(open, ret_keys);
}

Test(sealer, the_groups_instance_opens_what_is_sealed_for_its_route_and_no_other_does)
{
    struct keys *keys, *intake_keys;
    struct sealer *sealer = legal_sealer(&keys), *intake = sealer_of("", &intake_keys);
    struct sealed sealed, other;
    struct span text;

    cr_assert(sealer_seal(intake, arena, id, SPAN("body"), KEYS_LEGAL, SPAN("เรื่อง"), &sealed));
    cr_assert(sealer_seal(intake, arena, id, SPAN("body"), KEYS_ALTERNATE, SPAN("เรื่อง"), &other));
    cr_assert_eq(sealer_open(sealer, arena, id, SPAN("body"), &sealed, &text), SEAL_OK);
    cr_expect(span_eq(text, SPAN("เรื่อง")));
    cr_expect_eq(sealer_open(intake, arena, id, SPAN("body"), &sealed, &text), SEAL_KEY);
    cr_expect_eq(sealer_open(sealer, arena, id, SPAN("body"), &other, &text), SEAL_KEY);
    done(sealer, keys);
    done(intake, intake_keys);
}

Test(sealer, an_envelope_opens_at_its_place_only_and_whole_only)
{
    const uint8_t elsewhere[SEAL_ID_BYTES] = {9};
    struct keys *keys;
    struct sealer *sealer = legal_sealer(&keys);
    struct sealed sealed;
    struct span text = SPAN("untouched");

    cr_assert(sealer_seal(sealer, arena, id, SPAN("body"), KEYS_LEGAL, SPAN("a"), &sealed));
    cr_expect_eq(sealer_open(sealer, arena, elsewhere, SPAN("body"), &sealed, &text), SEAL_CASE);
    cr_expect_eq(sealer_open(sealer, arena, id, SPAN("other"), &sealed, &text), SEAL_KEY,
                 "no wrap of that name");
    struct sealed cut = sealed;
    cut.wraps.len--;
    cr_expect_eq(sealer_open(sealer, arena, id, SPAN("body"), &cut, &text), SEAL_TRUNCATED);
    cut = sealed;
    cut.content.len--;
    cr_expect_eq(sealer_open(sealer, arena, id, SPAN("body"), &cut, &text), SEAL_TRUNCATED);
    cut = sealed;
    cut.wraps = (struct span){0};
    cr_expect_eq(sealer_open(sealer, arena, id, SPAN("body"), &cut, &text), SEAL_KEY);
    cr_expect(span_eq(text, SPAN("untouched")));
    done(sealer, keys);
}

Test(sealer, a_context_that_has_served_long_enough_is_replaced)
{
    struct keys *keys;
    struct sealer *sealer = legal_sealer(&keys);
    struct seal_object first, last;

    for (unsigned i = 0; i <= SEALER_WRAPS; i++) {
        struct sealed sealed;
        struct span list, bytes, text;

        cr_assert(sealer_seal(sealer, arena, id, SPAN("body"), KEYS_LEGAL, SPAN("a"), &sealed));
        list = sealed.wraps;
        cr_assert(seal_list_take(&list, &bytes) && list.len == 0);
        cr_assert_eq(seal_parse(bytes, i == 0 ? &first : &last), SEAL_OK);
        if (i > 0 && i < SEALER_WRAPS)
            cr_assert_arr_eq(first.enc, last.enc, SEAL_ENC_BYTES, "wrap %u", i);
        if (i == SEALER_WRAPS)
            cr_assert_eq(sealer_open(sealer, arena, id, SPAN("body"), &sealed, &text), SEAL_OK);
    }
    cr_expect_arr_neq(first.enc, last.enc, SEAL_ENC_BYTES);
    done(sealer, keys);
}

/* A custodian's share out of the wraps. */
static struct seal_share share_of(const struct sealed *sealed, const struct seal_place *place,
                                  uint16_t number, uint8_t byte)
{
    struct seal_share share = {.number = number};
    struct seal_share_place at;
    struct span list = sealed->wraps, bytes;
    struct suite_key *key = key_of(byte);

    seal_share_place(&at, place, number);
    while (seal_list_take(&list, &bytes)) {
        if (seal_open_wrap(key, &at.place, bytes, share.secret) == SEAL_OK) {
            suite_key_free(key);
            return share;
        }
    }
    suite_key_free(key);
    cr_assert_fail("custodian %d has no share", number);
    return share;
}

Test(sealer, any_two_custodians_open_an_identity)
{
    struct keys *keys;
    struct sealer *sealer = sealer_of("", &keys);
    struct seal_place place = {.origin = SPAN("register.example/log"), .name = SPAN("identity")};
    const struct {
        uint16_t number;
        uint8_t byte;
    } people[] = {{2, 1}, {5, 2}, {7, 3}};
    struct sealed sealed;
    struct span list, bytes;
    size_t opened = 0;

    memcpy(place.id, id, sizeof place.id);
    cr_assert(sealer_seal_identity(sealer, arena, id, SPAN("นาง ก"), &sealed));
    cr_expect(sealer_identity_fits(sealer, id, &sealed), "as a client of ours would send it");
    list = sealed.wraps;
    while (seal_list_take(&list, &bytes)) {
        uint8_t dek[SEAL_KEY_BYTES], buffer[1024];
        struct seal_object object;
        struct span text;

        cr_assert_eq(seal_parse(bytes, &object), SEAL_OK);
        for (size_t a = 0; object.kind == SEAL_PAIR && a < COUNT_OF(people); a++) {
            for (size_t b = a + 1; b < COUNT_OF(people); b++) {
                if (object.first != people[a].number || object.second != people[b].number)
                    continue;
                const struct seal_share one =
                    share_of(&sealed, &place, people[a].number, people[a].byte);
                const struct seal_share two =
                    share_of(&sealed, &place, people[b].number, people[b].byte);
                cr_assert_eq(seal_open_pair(&place, &one, &two, bytes, dek), SEAL_OK);
                cr_assert_eq(seal_open_content(&place, dek, sealed.content, buffer, &text),
                             SEAL_OK);
                cr_expect(span_eq(text, SPAN("นาง ก")));
                opened++;
            }
        }
    }
    cr_expect_eq(opened, 3);
    done(sealer, keys);
}

Test(sealer, an_identity_for_others_or_elsewhere_does_not_fit)
{
    const uint8_t elsewhere[SEAL_ID_BYTES] = {9};
    char error[256], list[256];
    struct keys *keys;
    struct sealer *sealer = sealer_of("", &keys);
    struct sealed sealed, other;

    snprintf(list, sizeof list, "2:%s 5:%s", custodian[0][1], custodian[1][1]);
    settings.custodians = list;
    struct keys *fewer_keys = keys_read(&settings, error, sizeof error);
    struct sealer *fewer = sealer_new(fewer_keys);

    cr_assert(sealer_seal_identity(sealer, arena, id, SPAN("a"), &sealed));
    cr_assert(sealer_seal_identity(fewer, arena, id, SPAN("a"), &other));
    cr_expect_not(sealer_identity_fits(sealer, id, &other), "a custodian is missing");
    cr_expect_not(sealer_identity_fits(fewer, id, &sealed), "there is one too many");
    cr_expect_not(sealer_identity_fits(sealer, elsewhere, &sealed), "another complaint's");
    struct sealed mixed = {other.content, sealed.wraps};
    cr_expect(sealer_identity_fits(sealer, id, &mixed), "what only a custodian can tell");
    mixed = (struct sealed){sealed.content, {sealed.wraps.data, sealed.wraps.len - 1}};
    cr_expect_not(sealer_identity_fits(sealer, id, &mixed), "it breaks off");
    mixed = (struct sealed){sealed.content, {0}};
    cr_expect_not(sealer_identity_fits(sealer, id, &mixed), "no wraps");
    done(fewer, fewer_keys);
    done(sealer, keys);
}

/* The text with the words PUBLIC, PRIVATE and WEAK replaced by paths. */
static void fill(char ret_text[static 256], const char *text, const char *weak)
{
    const struct {
        const char *word, *path;
    } words[] = {{"PUBLIC", legal[1]}, {"PRIVATE", legal[0]}, {"WEAK", weak}};
    size_t len = 0;

    while (*text) {
        size_t i = 0;

        while (i < COUNT_OF(words) && strncmp(text, words[i].word, strlen(words[i].word)) != 0)
            i++;
        if (i < COUNT_OF(words)) {
            len += (size_t)snprintf(ret_text + len, 256 - len, "%s", words[i].path);
            text += strlen(words[i].word);
        } else {
            ret_text[len++] = *text++;
        }
    }
    ret_text[len] = '\0';
}

Test(sealer, wraps_for_every_key_of_several_routes_once_and_for_no_other)
{
    const unsigned all = 1U << KEYS_LEGAL | 1U << KEYS_ALTERNATE | 1U << KEYS_EXTERNAL;
    char open[256];
    struct keys *keys;
    struct sealed sealed;
    struct span anew, again, object, list;
    size_t count = 0;

    snprintf(open, sizeof open, "legal:%s", legal[0]);
    struct sealer *sealer = sealer_of(open, &keys);

    cr_assert(sealer_seal(sealer, arena, id, SPAN("body"), KEYS_LEGAL, SPAN("text"), &sealed));
    cr_expect_eq(
        sealer_rewrap(sealer, arena, id, SPAN("body"), 1U << KEYS_LEGAL, sealed.wraps, &anew),
        SEALER_AS_IT_SHOULD_BE);
    cr_assert_eq(sealer_rewrap(sealer, arena, id, SPAN("body"), all, sealed.wraps, &anew),
                 SEALER_REWRAPPED);
    for (list = anew; seal_list_take(&list, &object);)
        count++;
    cr_expect_eq(count, 2, "alternate and external have one key");
    cr_expect_eq(sealer_rewrap(sealer, arena, id, SPAN("body"), all, anew, &again),
                 SEALER_AS_IT_SHOULD_BE);
    cr_assert_eq(sealer_rewrap(sealer, arena, id, SPAN("body"), 1U << KEYS_ALTERNATE, anew, &again),
                 SEALER_REWRAPPED);
    sealed.wraps = again;
    cr_expect_eq(sealer_open(sealer, arena, id, SPAN("body"), &sealed, &object), SEAL_KEY,
                 "the former group's key opens it no more");
    cr_expect_eq(sealer_rewrap(sealer, arena, id, SPAN("body"), all, again, &anew),
                 SEALER_NOT_OURS);
    sealer_free(sealer);
    keys_free(keys);
}

Test(keys, are_refused_with_the_setting_that_is_at_fault)
{
    char good_body[256], good_custodians[256], weak[32];
    const struct {
        const char *promise, *body, *custodians, *open, *says;
    } rows[] = {
        {"every route has a key", "legal:PUBLIC alternate:PUBLIC", NULL, "",
         "external: has no key"},
        {"a route is one of three", "legal:PUBLIC other:PUBLIC", NULL, "", "legal:, alternate:"},
        {"a key is a file", "legal:/none alternate:PUBLIC external:PUBLIC", NULL, "", "/none"},
        {"of a public key", "legal:PRIVATE alternate:PUBLIC external:PUBLIC", NULL, "", "no PEM"},
        {"that can be used", "legal:WEAK alternate:PUBLIC external:PUBLIC", NULL, "", "low order"},
        {"an entry has two sides", "legal", NULL, "", "colon"},
        {"one custodian is too few", NULL, "1:PUBLIC", "", "custodians: too few"},
        {"a number is a custodian's own", NULL, "1:PUBLIC 1:PUBLIC", "", "given twice"},
        {"a number is not 0", NULL, "0:PUBLIC 1:PUBLIC", "", "from 1"},
        {"what opens is a private key", NULL, NULL, "legal:PUBLIC", "open_keys"},
    };
    static const uint8_t low_order[SEAL_KEY_BYTES] = {1};

    file_of(weak, keyfile_write_public(low_order));
    good_settings("");
    snprintf(good_body, sizeof good_body, "%s", body_keys);
    snprintf(good_custodians, sizeof good_custodians, "%s", custodians);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const given[] = {rows[i].body, rows[i].custodians, rows[i].open};
        char filled[3][256], error[256] = "";

        for (size_t k = 0; k < COUNT_OF(given); k++)
            fill(filled[k], given[k] ? given[k] : "", weak);
        settings_make(given[0] ? filled[0] : good_body, given[1] ? filled[1] : good_custodians,
                      filled[2]);
        struct keys *keys = keys_read(&settings, error, sizeof error);
        cr_expect_null(keys, "%s", rows[i].promise);
        cr_expect_not_null(strstr(error, rows[i].says), "%s: %s", rows[i].promise, error);
        keys_free(keys);
    }
}

Test(keys, an_instance_knows_what_it_opens_and_where_else_to_ask)
{
    struct keys *keys;
    struct sealer *sealer = legal_sealer(&keys);

    cr_expect(keys->groups[KEYS_LEGAL].opens);
    cr_expect_not(keys->groups[KEYS_ALTERNATE].opens);
    cr_expect_str_eq(keys->groups[KEYS_LEGAL].instance, "https://legal.example:8443");
    cr_expect_str_eq(keys->groups[KEYS_EXTERNAL].instance, "");
    cr_expect_eq(keys->custodian_count, 3);
    cr_expect_eq(keys->custodians[0].number, 2, "in the order of their numbers");
    cr_expect_eq(keys->custodians[2].number, 7);
    done(sealer, keys);
}
