/*
 * The complainant's identity, opened by two custodians, each on his own machine: asked
 * for with a reason, approved by handing over a share, opened with that and one's own.
 */
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "base64_json.h"
#include "core/commit.h"
#include "core/complaint.h"
#include "custodians.h"
#include "griev.h"
#include "memory.h"

/* ---- what the server hands out, taken apart ---- */

static bool place_of(const struct griev *griev, const json_t *item, struct seal_place *ret_place)
{
    const char *id = json_string_value(json_object_get(item, "envelope_id"));

    *ret_place =
        (struct seal_place){.origin = span_of(griev->settings.origin), .name = SPAN("identity")};
    return id && uuid_parse(span_of(id), ret_place->id) && seal_place_valid(ret_place);
}

/* A wrapped share: whose it is and which key opens it, as it says itself. */
struct wrapped_share {
    struct span bytes;
    uint16_t number;
    const uint8_t *key_id;
};

/* Take the next share of a list; false if there is none. */
static bool next_share(struct span *list, struct wrapped_share *ret_share)
{
    const struct span prefix = SPAN("share:");
    struct span bytes;

    while (seal_list_take(list, &bytes)) {
        struct seal_object object;
        unsigned long long number;

        if (seal_parse(bytes, &object) != SEAL_OK || object.kind != SEAL_WRAP ||
            object.place.name.len <= prefix.len ||
            memcmp(object.place.name.data, prefix.data, prefix.len) != 0 ||
            !span_to_u64(span_skip(object.place.name, prefix.len), UINT16_MAX, &number))
            continue;
        *ret_share = (struct wrapped_share){bytes, (uint16_t)number, object.key_id};
        return true;
    }
    return false;
}

/* The wrap of a share that is for this key, and whose share it is. False if there is none. */
static bool find_share(struct span list, const struct suite_key *key, struct span *ret_wrap,
                       uint16_t *ret_number)
{
    uint8_t key_id[SEAL_KEY_ID_BYTES];
    struct wrapped_share share;

    seal_key_id(key_id, suite_key_public(key));
    while (next_share(&list, &share)) {
        if (memcmp(share.key_id, key_id, sizeof key_id) != 0)
            continue;
        *ret_wrap = share.bytes;
        *ret_number = share.number;
        return true;
    }
    return false;
}

/* ---- approving ---- */

/*
 * True if the other's share of this case is wrapped for the key that we know him by: a share
 * handed over under any other is one that he cannot open beside his own.
 */
static bool opens_with(const json_t *item, const struct custodian *other)
{
    struct span wraps = base64_json_bytes(item, "wraps"), list = wraps;
    struct wrapped_share share;
    bool same = false;

    while (!same && next_share(&list, &share))
        same = share.number == other->number &&
               memcmp(share.key_id, other->key_id, sizeof other->key_id) == 0;
    memory_free_span(&wraps);
    return same;
}

static int tell_other_key(const struct griev *griev, const struct custodian *other)
{
    griev_fail(griev, EXIT_CONFLICT, other->name,
               SAY("กุญแจใน [sealing] custodians ไม่ใช่กุญแจที่ปิดส่วนของผู้นี้ในเรื่องนี้ จึงไม่ได้ส่ง",
                   "the key in [sealing] custodians is not the one that his share of this case is "
                   "wrapped for: nothing was sent"));
    griev_note(griev, NULL,
               SAY("ให้แก้ [sealing] custodians ให้เป็นปัจจุบัน "
                   "หรือให้ผู้นั้นสั่ง griev custodian rewrap --old แฟ้มกุญแจเดิม",
                   "bring [sealing] custodians up to date, or have him run "
                   "griev custodian rewrap --old OLD.key"));
    return EXIT_CONFLICT;
}

/* One's own share, wrapped for the other, in base64; an exit code. */
static int wrap_share(const struct griev *griev, const json_t *item, const struct suite_key *key,
                      const struct custodian *other, json_t **ret_share)
{
    struct span list = base64_json_bytes(item, "wraps"), wrap, again;
    uint8_t buffer[SEAL_WRAP_BYTES_MAX];
    struct seal_share_place share;
    struct seal_place place;
    struct seal_recipient *recipient = NULL;
    uint16_t number;
    int code = EXIT_OK;

    if (!place_of(griev, item, &place) || !find_share(list, key, &wrap, &number)) {
        code = custodian_tell_fault(griev, SEAL_KEY);
    } else {
        seal_share_place(&share, &place, number);
        enum seal_fault fault =
            seal_recipient_new(&recipient, place.origin, other->public_key, &custodians_random);
        if (fault == SEAL_OK)
            fault =
                seal_rewrap(key, &share.place, wrap, recipient, &custodians_random, buffer, &again);
        if (fault != SEAL_OK)
            code = custodian_tell_fault(griev, fault);
        else
            *ret_share = base64_json(again);
    }
    seal_recipient_free(recipient);
    memory_free_span(&list);
    return code;
}

static int send_approval(struct griev *griev, const json_t *item, const struct custodian *other)
{
    if (!opens_with(item, other))
        return tell_other_key(griev, other);
    struct suite_key *key = custodian_own_key(griev);
    struct answer answer = {0};
    json_t *share = NULL;

    if (!key)
        return EXIT_LOCAL;
    int code = wrap_share(griev, item, key, other, &share);
    suite_key_free(key);
    if (code == EXIT_OK) {
        json_t *body =
            json_pack("{s:s, s:s, s:O}", "act", "approve", "opener", other->name, "share", share);
        json_t *given = json_pack("{s:s, s:s}", "act", "approve", "opener", other->name);
        char *target = memory_printf("/v1/identity-requests/%s", griev->operands[0]);

        code = griev_post(griev, target, given, body, 0, &answer);
        if (code == EXIT_OK)
            griev_print_answer(griev, &answer);
        free(target);
        json_decref(given);
        json_decref(body);
    }
    json_decref(share);
    answer_done(&answer);
    return code;
}

int run_identity_approve(struct griev *griev)
{
    const char *opener = option_text(griev, "opener");
    struct custodians custodians;
    struct answer answer = {0};
    const json_t *item;
    int code = custodians_read(griev, &custodians);

    if (code != EXIT_OK)
        return code;
    const struct custodian *other = opener ? custodian_of(&custodians, opener) : NULL;
    if (!other)
        return griev_fail(
            griev, EXIT_USAGE, "--opener",
            SAY("ต้องเป็นชื่อใน [sealing] custodians", "must be a name of [sealing] custodians"));
    code = custodian_find_request(griev, &answer, &item);
    if (code == EXIT_OK)
        code = send_approval(griev, item, other);
    answer_done(&answer);
    return code;
}

/* ---- opening ---- */

/* The share of this list that our key opens. */
static enum seal_fault open_share(const struct suite_key *key, const struct seal_place *place,
                                  struct span list, struct seal_share *ret_share)
{
    struct seal_share_place at;
    struct span wrap;

    if (!find_share(list, key, &wrap, &ret_share->number))
        return SEAL_KEY;
    seal_share_place(&at, place, ret_share->number);
    return seal_open_wrap(key, &at.place, wrap, ret_share->secret);
}

/* The DEK by the pair of the two shares. */
static enum seal_fault open_pair(const struct seal_place *place, const struct seal_share *one,
                                 const struct seal_share *other, struct span list,
                                 uint8_t ret_dek[static SEAL_KEY_BYTES])
{
    const uint16_t low = one->number < other->number ? one->number : other->number;
    const uint16_t high = one->number < other->number ? other->number : one->number;
    struct span bytes;

    while (seal_list_take(&list, &bytes)) {
        struct seal_object object;

        if (seal_parse(bytes, &object) == SEAL_OK && object.kind == SEAL_PAIR &&
            object.first == low && object.second == high)
            return seal_open_pair(place, one, other, bytes, ret_dek);
    }
    return SEAL_CUSTODIANS;
}

/* What a list of one would be: the delivered share as open_share() takes it. */
static struct span as_list(struct span wrap)
{
    uint8_t *bytes = malloc(SEAL_LIST_LENGTH_BYTES + wrap.len);

    if (!bytes)
        abort();
    seal_list_put(bytes, wrap);
    return (struct span){(const char *)bytes, SEAL_LIST_LENGTH_BYTES + wrap.len};
}

/*
 * True if what was opened gives the commitment's part_I: sealing authenticates nobody, and who can
 * write to the database can seal a name of his own. Of what a client sealed itself the
 * commitment binds the envelope's content.
 */
static bool is_committed(const json_t *handed, struct span opened, struct span content)
{
    const struct span bound[] = {span_skip(opened, COMMIT_BYTES), content};
    struct span recorded = base64_json_bytes(handed, "part_i");
    bool same = false;

    for (size_t i = 0; i < sizeof bound / sizeof bound[0]; i++) {
        uint8_t hash[COMMIT_BYTES], part[COMMIT_BYTES];

        commit_hash(hash, bound[i]);
        commit_part(part, COMMIT_PART_I, (const uint8_t *)opened.data, hash);
        same = same || span_eq(recorded, span_of_bytes(part, sizeof part));
    }
    memory_free_span(&recorded);
    return same;
}

/* The complainant, JSON text; *ret_content is to be freed. */
static enum seal_fault open_identity(const struct griev *griev, const json_t *handed,
                                     const struct suite_key *key, struct span *ret_content,
                                     bool *ret_committed)
{
    struct span content = base64_json_bytes(handed, "content"),
                wraps = base64_json_bytes(handed, "wraps");
    struct span delivered = base64_json_bytes(handed, "share"), list = as_list(delivered);
    uint8_t *buffer = malloc(content.len + 1), dek[SEAL_KEY_BYTES];
    struct seal_share mine = {0}, theirs = {0};
    struct seal_place place;
    struct span opened;

    if (!buffer)
        abort();
    enum seal_fault fault = place_of(griev, handed, &place) ? SEAL_OK : SEAL_ORIGIN;
    if (fault == SEAL_OK)
        fault = open_share(key, &place, wraps, &mine);
    if (fault == SEAL_OK)
        fault = open_share(key, &place, list, &theirs);
    if (fault == SEAL_OK && mine.number == theirs.number)
        fault = SEAL_CUSTODIANS;
    if (fault == SEAL_OK)
        fault = open_pair(&place, &mine, &theirs, wraps, dek);
    if (fault == SEAL_OK)
        fault = seal_open_content(&place, dek, content, buffer, &opened);
    if (fault == SEAL_OK && opened.len < COMMIT_BYTES)
        fault = SEAL_MALFORMED;
    if (fault == SEAL_OK) {
        *ret_committed = is_committed(handed, opened, content);
        *ret_content = memory_copy(span_skip(opened, COMMIT_BYTES));
    }
    OPENSSL_cleanse(dek, sizeof dek);
    OPENSSL_cleanse(&mine, sizeof mine);
    OPENSSL_cleanse(&theirs, sizeof theirs);
    OPENSSL_cleanse(buffer, content.len + 1);
    free(buffer);
    memory_free_span(&list);
    memory_free_span(&delivered);
    memory_free_span(&wraps);
    memory_free_span(&content);
    return fault;
}

static const struct column person_columns[] = {
    {TEXT("เลขที่รับ", "Number"), "ref", CELL_CODE, NULL},
    {TEXT("ชื่อ", "Name"), "complainant/name", CELL_TEXT, NULL},
    {TEXT("โทรศัพท์", "Phone"), "complainant/phone", CELL_TEXT, NULL},
    {TEXT("อีเมล", "Email"), "complainant/email", CELL_TEXT, NULL},
    {TEXT("ที่อยู่", "Address"), "complainant/address", CELL_TEXT, NULL},
};

static void print_person(const struct griev *griev, const json_t *handed, struct span content)
{
    json_t *person = json_loadb(content.data, content.len, 0, NULL);
    json_t *shown = json_pack("{s:O, s:o}", "ref", json_object_get(handed, "ref"), "complainant",
                              person ? person : json_null());

    if (griev->json != JSON_NOT)
        griev_print_json(griev, shown, (struct span){0});
    else
        print_fields(&griev->print, person_columns,
                     sizeof person_columns / sizeof person_columns[0], shown);
    json_decref(shown);
}

int run_identity_open(struct griev *griev)
{
    struct suite_key *key = custodian_own_key(griev);
    struct answer answer = {0};
    struct span content = {NULL, 0};

    if (!key)
        return EXIT_LOCAL;
    json_t *body = json_pack("{s:s}", "act", "open");
    json_t *given = json_deep_copy(body);
    char *target = memory_printf("/v1/identity-requests/%s", griev->operands[0]);
    int code = griev_post(griev, target, given, body, 0, &answer);

    if (code == EXIT_OK) {
        bool committed = true;
        const enum seal_fault fault = open_identity(griev, answer.json, key, &content, &committed);

        if (fault != SEAL_OK)
            code = custodian_tell_fault(griev, fault);
        else if (!committed)
            code =
                griev_fail(griev, EXIT_CONFLICT, NULL,
                           SAY("ซองนี้ไม่ใช่สิ่งที่ทะเบียนรับไว้: ฐานข้อมูลถูกแก้ไข",
                               "it is not what was acknowledged: somebody changed the database"));
    }
    if (code == EXIT_OK)
        print_person(griev, answer.json, content);
    memory_free_span(&content);
    suite_key_free(key);
    answer_done(&answer);
    free(target);
    json_decref(given);
    json_decref(body);
    return code;
}

/* ---- all envelopes, a page at a time ---- */

typedef int page_fn(struct griev *griev, const json_t *items, void *arg);

/* Have each page handled; an exit code. */
static int each_page(struct griev *griev, page_fn *handle, void *arg)
{
    json_int_t after = 0;
    int code = EXIT_OK;

    for (size_t pages = 0; code == EXIT_OK && pages < PAGES_MAX; pages++) {
        struct answer answer;
        char *target = memory_printf("/v1/custody?after=%" JSON_INTEGER_FORMAT, after);

        code = griev_get(griev, target, &answer);
        free(target);
        const json_t *items = json_object_get(answer.json, "items");
        const size_t count = json_array_size(items);

        if (code == EXIT_OK && count > 0) {
            code = handle(griev, items, arg);
            after =
                json_integer_value(json_object_get(json_array_get(items, count - 1), "position"));
        }
        answer_done(&answer);
        if (count == 0)
            break;
    }
    return code;
}

/* ---- custodian check ---- */

struct check {
    struct custodians custodians;
    json_int_t envelopes, strange; /* strange: with a share for an unknown key */
    json_t *unknown;               /* key ids in hex, each once */
};

/* False, its id noted, if no custodian has the key. */
static bool is_known(struct check *check, const uint8_t key_id[static SEAL_KEY_ID_BYTES])
{
    char hex[2 * SEAL_KEY_ID_BYTES + 1];
    size_t k;
    json_t *known;

    for (size_t i = 0; i < check->custodians.count; i++) {
        if (memcmp(check->custodians.list[i].key_id, key_id, SEAL_KEY_ID_BYTES) == 0)
            return true;
    }
    for (size_t i = 0; i < SEAL_KEY_ID_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", key_id[i]);
    json_array_foreach(check->unknown, k, known)
    {
        if (strcmp(json_string_value(known), hex) == 0)
            return false;
    }
    json_array_append_new(check->unknown, json_string(hex));
    return false;
}

static int check_page(struct griev *griev, const json_t *items, void *arg)
{
    struct check *check = arg;
    size_t i;
    json_t *item;

    (void)griev;
    json_array_foreach(items, i, item)
    {
        struct span wraps = base64_json_bytes(item, "wraps"), list = wraps, bytes;
        bool strange = false;

        check->envelopes++;
        while (seal_list_take(&list, &bytes)) {
            struct seal_object object;

            if (seal_parse(bytes, &object) == SEAL_OK && object.kind == SEAL_WRAP &&
                !span_eq(object.place.name, SPAN("body")) && !is_known(check, object.key_id))
                strange = true;
        }
        check->strange += strange;
        memory_free_span(&wraps);
    }
    return EXIT_OK;
}

void print_custodian_check(struct griev *griev, const json_t *answer)
{
    const struct print *print = &griev->print;
    const json_t *all = json_object_get(answer, "envelopes");
    const json_t *some = json_object_get(answer, "of_unknown");
    char *envelopes = print_value(print, CELL_NUMBER, all);
    char *strange = print_value(print, CELL_NUMBER, some);
    char *unknown = print_value(print, CELL_LIST, json_object_get(answer, "unknown"));

    print_line(print, STYLE_PLAIN, "%s %s",
               print_text(print, SAY("จำนวนซองตัวผู้ร้องที่ตรวจ:", "identities that were checked:")),
               envelopes);
    if (json_integer_value(some) > 0)
        print_line(print, STYLE_BAD, "%s %s (%s)",
                   print_text(print, SAY("ปิดด้วยกุญแจที่ไม่มีใน [sealing] custodians:",
                                         "wrapped for a key that is not in [sealing] custodians:")),
                   strange, unknown);
    else if (json_integer_value(all) > 0)
        print_line(print, STYLE_GOOD, "%s",
                   print_text(print, SAY("ทุกซองปิดด้วยกุญแจใน [sealing] custodians เท่านั้น",
                                         "each is wrapped for keys of [sealing] custodians only")));
    free(envelopes);
    free(strange);
    free(unknown);
}

int run_custodian_check(struct griev *griev)
{
    struct check check = {.unknown = json_array()};
    int code = custodians_read(griev, &check.custodians);

    if (code == EXIT_OK && check.custodians.count == 0)
        code = griev_fail(griev, EXIT_LOCAL, "[sealing] custodians",
                          SAY("ต้องระบุ", "must name the custodians' public keys"));
    if (code == EXIT_OK)
        code = each_page(griev, check_page, &check);
    if (code == EXIT_OK) {
        struct answer shown = {.json = json_pack("{s:I, s:I, s:O}", "envelopes", check.envelopes,
                                                 "of_unknown", check.strange, "unknown",
                                                 check.unknown)};

        griev_print_answer(griev, &shown);
        json_decref(shown.json);
        if (check.strange > 0) {
            code = griev_fail(griev, EXIT_CONFLICT, NULL,
                              SAY("มีซองที่ปิดด้วยกุญแจที่ไม่รู้จัก",
                                  "identities are sealed for a key that no custodian has"));
            griev_note(griev, NULL,
                       SAY("หากผู้รักษากุญแจเปลี่ยนกุญแจ ให้แก้ [sealing] custodians ให้เป็นปัจจุบัน "
                           "และให้ผู้นั้นสั่ง griev custodian rewrap --old แฟ้มกุญแจเดิม; "
                           "หากไม่มีผู้ใดรู้จักกุญแจนั้น ให้แจ้งผู้ดูแลระบบทันที",
                           "if a custodian has changed his key, bring [sealing] custodians up to "
                           "date, and have him run griev custodian rewrap --old OLD.key; if nobody "
                           "knows the key, tell the administrator at once"));
        }
    }
    json_decref(check.unknown);
    return code;
}

/* ---- custodian rewrap ---- */

struct rotation {
    struct suite_key *old;
    struct seal_recipient *recipient;
    json_int_t envelopes, changed;
};

/* The share of one item wrapped anew, as the server takes it; NULL if none is for the old key. */
static json_t *rotate_one(const struct griev *griev, const struct rotation *rotation,
                          const json_t *item)
{
    struct span wraps = base64_json_bytes(item, "wraps"), wrap, again;
    uint8_t buffer[SEAL_WRAP_BYTES_MAX];
    struct seal_share_place share;
    struct seal_place place;
    uint16_t number;
    json_t *change = NULL;

    if (place_of(griev, item, &place) && find_share(wraps, rotation->old, &wrap, &number)) {
        seal_share_place(&share, &place, number);
        if (seal_rewrap(rotation->old, &share.place, wrap, rotation->recipient, &custodians_random,
                        buffer, &again) == SEAL_OK)
            change = json_pack("{s:O, s:o, s:o}", "position", json_object_get(item, "position"),
                               "old", base64_json(wrap), "new", base64_json(again));
    }
    memory_free_span(&wraps);
    return change;
}

static int rotate_page(struct griev *griev, const json_t *items, void *arg)
{
    struct rotation *rotation = arg;
    json_t *changes = json_array();
    struct answer answer = {0};
    size_t i;
    json_t *item;
    int code = EXIT_OK;

    json_array_foreach(items, i, item)
    {
        json_t *change = rotate_one(griev, rotation, item);

        if (change)
            json_array_append_new(changes, change);
    }
    rotation->envelopes += (json_int_t)json_array_size(items);
    if (json_array_size(changes) > 0) {
        json_t *body = json_pack("{s:O}", "wraps", changes);
        json_t *given = json_deep_copy(body);

        code = griev_post(griev, "/v1/custody", given, body, 0, &answer);
        rotation->changed += json_integer_value(json_object_get(answer.json, "changed"));
        json_decref(given);
        json_decref(body);
    }
    json_decref(changes);
    answer_done(&answer);
    return code;
}

int run_custodian_rewrap(struct griev *griev)
{
    const char *path = option_text(griev, "old");
    struct rotation rotation = {0};
    struct suite_key *own = custodian_own_key(griev);
    int code = EXIT_LOCAL;

    if (own && !path)
        code = griev_fail(griev, EXIT_USAGE, "--old", SAY("ต้องระบุ", "must be given"));
    else if (own && (rotation.old = custodian_key(griev, path)))
        code = EXIT_OK;
    if (code == EXIT_OK && seal_recipient_new(&rotation.recipient, span_of(griev->settings.origin),
                                              suite_key_public(own), &custodians_random) == SEAL_OK)
        code = each_page(griev, rotate_page, &rotation);
    if (code == EXIT_OK) {
        struct answer shown = {.json = json_pack("{s:I, s:I}", "envelopes", rotation.envelopes,
                                                 "changed", rotation.changed)};

        griev_print_answer(griev, &shown);
        json_decref(shown.json);
    }
    seal_recipient_free(rotation.recipient);
    suite_key_free(rotation.old);
    suite_key_free(own);
    return code;
}
