#include "complaint.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base64.h"
#include "hex.h"
#include "seal.h"

enum taxonomy {
    TAXONOMY_CHANNEL,
    TAXONOMY_PROCESS,
    TAXONOMY_SUBJECT,
    TAXONOMY_CLASS,
    TAXONOMY_IDENTITY,
    TAXONOMY_ACCUSED_ROLE,
    TAXONOMY_COUNT,
};

static const char *const taxonomy_names[TAXONOMY_COUNT] = {
    "channel", "process", "subject", "class", "identity", "accused_role",
};

/* ---- what the register knows ---- */

struct complaint_reference {
    json_t *taxonomies[TAXONOMY_COUNT]; /* sets: objects whose keys are the codes */
    json_t *units;                      /* likewise */
    json_t *principals;                 /* name: unit */
    json_t *fiscal_years;               /* array of integers */
    json_t *routing;                    /* fact: {code: [order, route]} */
};

/* What can be known of a complaint that a rule of routing speaks of. */
enum routing_fact {
    FACT_ACCUSED_ROLE,
    FACT_ACCUSED_UNIT,
    FACT_ACCUSED_PRINCIPAL,
    FACT_CONFLICT,
    FACT_COUNT,
};

static const char *const fact_names[FACT_COUNT] = {
    "accused_role",
    "accused_unit",
    "accused_principal",
    "conflict",
};

/* Safe in a list of M and on a line of it: no comma, no control character. */
static bool is_code(struct span text)
{
    if (text.len == 0 || text.len > LIMIT_CODE_BYTES)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}

static struct span string_of(const json_t *string)
{
    return (struct span){json_string_value(string), json_string_length(string)};
}

static bool is_code_string(const json_t *value)
{
    return json_is_string(value) && is_code(string_of(value));
}

/* The set of an array of codes; NULL if it is not one. */
static json_t *set_new(const json_t *codes)
{
    json_t *set = json_is_array(codes) ? json_object() : NULL;

    for (size_t i = 0; set && i < json_array_size(codes); i++) {
        const json_t *code = json_array_get(codes, i);
        if (!is_code_string(code) ||
            json_object_set_new(set, json_string_value(code), json_true()) != 0) {
            json_decref(set);
            return NULL;
        }
    }
    return set;
}

static bool set_has(const json_t *set, struct span code)
{
    return json_object_getn(set, code.data, code.len) != NULL;
}

static bool are_principals(json_t *object)
{
    const char *name;
    json_t *unit;

    if (!json_is_object(object))
        return false;
    json_object_foreach(object, name, unit)
    {
        if (!is_code(span_of(name)) || !is_code_string(unit))
            return false;
    }
    return true;
}

static bool are_years(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!json_is_integer(json_array_get(array, i)))
            return false;
    }
    return json_is_array(array);
}

/* {"accused_role": {"director": [order, "route"], …}, …}: the first rule for each code. */
static bool is_routing(json_t *routing)
{
    for (size_t i = 0; i < FACT_COUNT; i++) {
        json_t *rules = json_object_get(routing, fact_names[i]), *rule;
        const char *code;

        if (!json_is_object(rules))
            return false;
        json_object_foreach(rules, code, rule)
        {
            if (!json_is_integer(json_array_get(rule, 0)) ||
                !is_code_string(json_array_get(rule, 1)))
                return false;
        }
    }
    return true;
}

static bool reference_fill(struct complaint_reference *reference, json_t *root)
{
    const json_t *taxonomy = json_object_get(root, "taxonomy");

    for (size_t i = 0; i < TAXONOMY_COUNT; i++) {
        reference->taxonomies[i] = set_new(json_object_get(taxonomy, taxonomy_names[i]));
        if (!reference->taxonomies[i])
            return false;
    }
    reference->units = set_new(json_object_get(root, "units"));
    reference->principals = json_incref(json_object_get(root, "principals"));
    reference->fiscal_years = json_incref(json_object_get(root, "fiscal_years"));
    reference->routing = json_incref(json_object_get(root, "routing"));
    return reference->units && are_principals(reference->principals) &&
           are_years(reference->fiscal_years) && is_routing(reference->routing);
}

struct complaint_reference *complaint_reference_new(struct span text)
{
    struct json_trouble trouble;
    json_t *root;

    if (!json_read_object(text, &root, &trouble))
        return NULL;

    struct complaint_reference *reference = calloc(1, sizeof *reference);
    if (reference && !reference_fill(reference, root)) {
        complaint_reference_free(reference);
        reference = NULL;
    }
    json_decref(root);
    return reference;
}

void complaint_reference_free(struct complaint_reference *reference)
{
    if (!reference)
        return;
    for (size_t i = 0; i < TAXONOMY_COUNT; i++)
        json_decref(reference->taxonomies[i]);
    json_decref(reference->units);
    json_decref(reference->principals);
    json_decref(reference->fiscal_years);
    json_decref(reference->routing);
    free(reference);
}

struct span complaint_unit_of(const struct complaint_reference *reference, struct span principal)
{
    const json_t *unit = json_object_getn(reference->principals, principal.data, principal.len);

    return unit ? string_of(unit) : (struct span){0};
}

/* The rule that comes first of those seen so far. */
struct first_rule {
    json_int_t order;
    struct span route; /* .data NULL: none yet */
};

static void take_rule(struct first_rule *first, const struct complaint_reference *reference,
                      enum routing_fact fact, struct span code)
{
    const json_t *rules = json_object_get(reference->routing, fact_names[fact]);
    const json_t *rule = code.len > 0 ? json_object_getn(rules, code.data, code.len) : NULL;
    const json_int_t order = json_integer_value(json_array_get(rule, 0));

    if (rule && (!first->route.data || order < first->order))
        *first = (struct first_rule){order, string_of(json_array_get(rule, 1))};
}

/* Each code of a comma-joined list. */
static void take_rules(struct first_rule *first, const struct complaint_reference *reference,
                       enum routing_fact fact, struct span list)
{
    while (list.len > 0) {
        const char *comma = memchr(list.data, ',', list.len);
        const size_t len = comma ? (size_t)(comma - list.data) : list.len;

        take_rule(first, reference, fact, (struct span){list.data, len});
        list = span_skip(list, comma ? len + 1 : len);
    }
}

/* The accused one is the receiving unit's own. */
static bool accuses_own_unit(struct span role)
{
    return span_eq(role, SPAN("unit_head")) || span_eq(role, SPAN("unit_officer"));
}

struct span complaint_route(const struct complaint_reference *reference,
                            const struct complaint *complaint, struct span unit)
{
    struct first_rule first = {0};

    take_rule(&first, reference, FACT_ACCUSED_ROLE, complaint->accused_role);
    take_rule(&first, reference, FACT_ACCUSED_UNIT, complaint->accused_unit);
    if (accuses_own_unit(complaint->accused_role))
        take_rule(&first, reference, FACT_ACCUSED_UNIT, unit);
    take_rules(&first, reference, FACT_ACCUSED_PRINCIPAL, complaint->accused_principals);
    take_rules(&first, reference, FACT_CONFLICT, complaint->conflict);
    return first.route.data ? first.route : SPAN("legal");
}

static bool year_is_known(const struct complaint_reference *reference, int fiscal_year)
{
    for (size_t i = 0; i < json_array_size(reference->fiscal_years); i++) {
        if (json_integer_value(json_array_get(reference->fiscal_years, i)) == fiscal_year)
            return true;
    }
    return false;
}

/* ---- UUIDs ---- */

static bool hyphen_before(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

bool uuid_parse(struct span text, uint8_t ret_id[static COMMIT_ID_BYTES])
{
    uint8_t id[COMMIT_ID_BYTES];
    const char *at = text.data;

    if (text.len != 36)
        return false;
    for (size_t i = 0; i < COMMIT_ID_BYTES; i++) {
        if (hyphen_before(i) && *at++ != '-')
            return false;
        const int high = hex_value(at[0]), low = hex_value(at[1]);
        if (high < 0 || low < 0)
            return false;
        id[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    memcpy(ret_id, id, sizeof id);
    return true;
}

void uuid_print(const uint8_t id[static COMMIT_ID_BYTES], char ret_text[static 37])
{
    static const char digits[] = "0123456789abcdef";
    char *at = ret_text;

    for (size_t i = 0; i < COMMIT_ID_BYTES; i++) {
        if (hyphen_before(i))
            *at++ = '-';
        *at++ = digits[id[i] >> 4];
        *at++ = digits[id[i] & 15];
    }
    *at = '\0';
}

/* ---- one check of one member ---- */

/* The state of one complaint_read(). Checks add faults and go on. */
struct check {
    struct faults *faults;
    struct arena *arena;
    bool arena_full;
    const struct complaint_reference *reference; /* NULL: codes only in form */
    struct thai_date today;
};

/* An object of the request and the pointer that leads to it, "" for the whole. */
struct place {
    const json_t *object;
    char pointer[32];
};

enum need { OPTIONAL, REQUIRED };

static struct span keep(struct check *check, struct span text)
{
    const struct span copy = arena_copy(check->arena, text);

    if (!copy.data)
        check->arena_full = true;
    return copy;
}

/* The member, or NULL; then a fault was added if it is required. */
static const json_t *member(struct check *check, const struct place *place, const char *key,
                            enum need need)
{
    const json_t *value = json_object_get(place->object, key);

    if (!value && need == REQUIRED)
        fault_add(check->faults, FAULT_MISSING, "%s/%s", place->pointer, key);
    return value;
}

/* The member as a string; .data is NULL when it is absent or of another type. */
static struct span string_member(struct check *check, const struct place *place, const char *key,
                                 enum need need)
{
    const json_t *value = member(check, place, key, need);

    if (value && !json_is_string(value)) {
        fault_add(check->faults, FAULT_TYPE, "%s/%s", place->pointer, key);
        return (struct span){0};
    }
    return value ? string_of(value) : (struct span){0};
}

/* U+0000 to U+001F, U+007F, and U+0080 to U+009F, which is C2 80 to C2 9F in UTF-8. */
static bool has_control(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c == 0x7F)
            return true;
        if (c == 0xC2 && i + 1 < text.len && (unsigned char)text.data[i + 1] < 0xA0)
            return true;
    }
    return false;
}

/* A short text as the string it is, not copied. */
static struct span check_text(struct check *check, const struct place *place, const char *key,
                              enum need need)
{
    const struct span text = string_member(check, place, key, need);

    if (!text.data)
        return text;
    if (text.len == 0 || text.len > LIMIT_TEXT_BYTES)
        fault_add(check->faults, FAULT_LENGTH, "%s/%s", place->pointer, key);
    else if (has_control(text))
        fault_add(check->faults, FAULT_CONTROL, "%s/%s", place->pointer, key);
    return text;
}

static struct span read_text(struct check *check, const struct place *place, const char *key,
                             enum need need)
{
    const struct span text = check_text(check, place, key, need);

    return text.data ? keep(check, text) : text;
}

/* A code of the set; with no set, anything in the form of one. */
static struct span read_code(struct check *check, const struct place *place, const char *key,
                             enum need need, const json_t *set)
{
    const struct span code = string_member(check, place, key, need);

    if (!code.data)
        return code;
    if (!is_code(code) || (set && !set_has(set, code)))
        fault_add(check->faults, FAULT_UNKNOWN_CODE, "%s/%s", place->pointer, key);
    return keep(check, code);
}

static struct span read_taxonomy(struct check *check, const struct place *place,
                                 enum taxonomy taxonomy, enum need need)
{
    return read_code(check, place, taxonomy_names[taxonomy], need,
                     check->reference ? check->reference->taxonomies[taxonomy] : NULL);
}

/* A day as sent; *ret_date only if it is one. */
static struct span read_date(struct check *check, const struct place *place, const char *key,
                             enum need need, struct thai_date *ret_date)
{
    const struct span text = string_member(check, place, key, need);

    if (!text.data)
        return text;
    if (!thai_date_parse(text, ret_date)) {
        fault_add(check->faults, FAULT_FORMAT, "%s/%s", place->pointer, key);
        return (struct span){0};
    }
    return keep(check, text);
}

/*
 * '~' and '/' of a key are written ~0 and ~1 (RFC 6901 section 3). A key too long
 * for a pointer fills the token, so that fault_add() names the object instead.
 */
static void report_unknown_key(struct check *check, const struct place *place, const char *key)
{
    char token[sizeof check->faults->list[0].pointer + 2];
    size_t used = 0;

    for (; *key && used + 2 < sizeof token; key++) {
        const bool escaped = *key == '~' || *key == '/';
        if (escaped)
            token[used++] = '~';
        token[used++] = *key == '/' ? '1' : *key == '~' ? '0' : *key;
    }
    token[used] = '\0';
    fault_add(check->faults, FAULT_UNKNOWN_KEY, "%s/%s", place->pointer, token);
}

static void check_keys(struct check *check, const struct place *place, const char *const *known,
                       size_t known_count)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)place->object, key, value)
    { /* jansson iterates non-const */
        size_t i = 0;
        while (i < known_count && (*known[i] != *key || strcmp(known[i], key) != 0))
            i++;
        if (i == known_count)
            report_unknown_key(check, place, key);
    }
}

#define CHECK_KEYS(check, place, known) \
    check_keys(check, place, known, sizeof(known) / sizeof(known)[0])

/* The top's member as an object; false when it is absent or of another type. */
static bool object_member(struct check *check, const struct place *top, const char *key,
                          enum need need, struct place *ret_place)
{
    const json_t *value = member(check, top, key, need);

    if (!value)
        return false;
    if (!json_is_object(value)) {
        fault_add(check->faults, FAULT_TYPE, "/%s", key);
        return false;
    }
    ret_place->object = value;
    snprintf(ret_place->pointer, sizeof ret_place->pointer, "/%s", key);
    return true;
}

/* The member as an array of at most LIMIT_LIST_ITEMS, or NULL. */
static const json_t *array_member(struct check *check, const struct place *place, const char *key)
{
    const json_t *value = member(check, place, key, OPTIONAL);

    if (value && !json_is_array(value)) {
        fault_add(check->faults, FAULT_TYPE, "%s/%s", place->pointer, key);
        return NULL;
    }
    if (json_array_size(value) > LIMIT_LIST_ITEMS) {
        fault_add(check->faults, FAULT_LENGTH, "%s/%s", place->pointer, key);
        return NULL;
    }
    return value;
}

/* ---- lists ---- */

struct list {
    size_t count;
    struct span items[LIMIT_LIST_ITEMS];
};

static int compare_bytewise(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    const int order = memcmp(a->data, b->data, a->len < b->len ? a->len : b->len);

    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* Sorted, without repeats, comma-joined; absent when empty. */
static struct span list_join(struct check *check, struct list *list)
{
    char text[LIMIT_LIST_ITEMS * (LIMIT_CODE_BYTES + 1)];
    size_t used = 0;

    qsort(list->items, list->count, sizeof list->items[0], compare_bytewise);
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0 && span_eq(list->items[i], list->items[i - 1]))
            continue;
        if (used > 0)
            text[used++] = ',';
        memcpy(text + used, list->items[i].data, list->items[i].len);
        used += list->items[i].len;
    }
    return used > 0 ? keep(check, (struct span){text, used}) : (struct span){0};
}

/* ---- the parts of a complaint ---- */

static struct span read_accused(struct check *check, const struct place *top)
{
    static const char *const known[] = {"name", "position", "principal"};
    const json_t *accused = array_member(check, top, "accused");
    const json_t *principals = check->reference ? check->reference->principals : NULL;
    struct list list = {0};

    for (size_t i = 0; i < json_array_size(accused); i++) {
        struct place person = {.object = json_array_get(accused, i)};

        snprintf(person.pointer, sizeof person.pointer, "/accused/%zu", i);
        if (!json_is_object(person.object)) {
            fault_add(check->faults, FAULT_TYPE, "%s", person.pointer);
            continue;
        }
        CHECK_KEYS(check, &person, known);
        check_text(check, &person, "name", REQUIRED);
        check_text(check, &person, "position", OPTIONAL);
        const struct span principal = read_code(check, &person, "principal", OPTIONAL, principals);
        if (is_code(principal))
            list.items[list.count++] = principal;
    }
    return list_join(check, &list);
}

static bool is_principal_or_unit(const struct complaint_reference *reference, struct span code)
{
    return is_code(code) &&
           (!reference || set_has(reference->principals, code) || set_has(reference->units, code));
}

static struct span read_conflict(struct check *check, const struct place *top)
{
    const json_t *conflict = array_member(check, top, "conflict");
    struct list list = {0};

    for (size_t i = 0; i < json_array_size(conflict); i++) {
        const json_t *item = json_array_get(conflict, i);

        if (!json_is_string(item))
            fault_add(check->faults, FAULT_TYPE, "/conflict/%zu", i);
        else if (!is_principal_or_unit(check->reference, string_of(item)))
            fault_add(check->faults, FAULT_UNKNOWN_CODE, "/conflict/%zu", i);
        else
            list.items[list.count++] = string_of(item);
    }
    return list_join(check, &list);
}

/* The bytes of a base64 text, in the arena; .data NULL, and a fault, if it is none. */
static struct span decode(struct check *check, const json_t *text, const char *pointer)
{
    const struct span digits = json_is_string(text) ? string_of(text) : (struct span){0};
    const size_t size = BASE64_BYTES(digits.len);
    uint8_t *bytes = size > 0 ? arena_alloc(check->arena, size) : NULL;
    size_t len;

    if (size > 0 && !bytes)
        check->arena_full = true;
    if (bytes && base64_decode(digits, bytes, size, &len))
        return (struct span){(const char *)bytes, len};
    fault_add(check->faults, FAULT_FORMAT, "%s", pointer);
    return (struct span){0};
}

/* {"sealed": {"content", "wraps"}}: an envelope as docs/sealing.md has it. */
static void read_sealed(struct check *check, const struct place *person,
                        struct complaint *complaint)
{
    static const char *const known_person[] = {"sealed"}, *const known[] = {"content", "wraps"};
    const json_t *object = json_object_get(person->object, "sealed");
    const struct place place = {object, "/complainant/sealed"};
    const json_t *wraps = json_object_get(object, "wraps");

    CHECK_KEYS(check, person, known_person);
    if (!json_is_object(object)) {
        fault_add(check->faults, FAULT_TYPE, "%s", place.pointer);
        return;
    }
    CHECK_KEYS(check, &place, known);
    complaint->sealed_content =
        decode(check, json_object_get(object, "content"), "/complainant/sealed/content");
    if (!json_is_array(wraps) || json_array_size(wraps) > SEAL_IDENTITY_OBJECTS_MAX) {
        fault_add(check->faults, FAULT_LENGTH, "/complainant/sealed/wraps");
        return;
    }

    uint8_t *list = arena_alloc(check->arena, SEAL_IDENTITY_OBJECTS_MAX *
                                                  (SEAL_LIST_LENGTH_BYTES + SEAL_WRAP_BYTES_MAX));
    uint8_t *at = list;
    if (!list) {
        check->arena_full = true;
        return;
    }
    for (size_t i = 0; i < json_array_size(wraps); i++) {
        const struct span wrap =
            decode(check, json_array_get(wraps, i), "/complainant/sealed/wraps");

        if (wrap.len > SEAL_WRAP_BYTES_MAX)
            fault_add(check->faults, FAULT_LENGTH, "/complainant/sealed/wraps");
        else if (wrap.data)
            at = seal_list_put(at, wrap);
    }
    complaint->sealed_wraps = (struct span){(const char *)list, (size_t)(at - list)};
}

/* Who named himself has a name here; a บัตรสนเท่ห์ has nobody. */
static void check_complainant(struct check *check, const struct place *top, struct span identity,
                              struct complaint *complaint)
{
    static const char *const known[] = {"name", "phone", "email", "address"};
    const bool named = span_eq(identity, SPAN("named")) || span_eq(identity, SPAN("confidential"));
    struct place person;

    if (!object_member(check, top, "complainant", named ? REQUIRED : OPTIONAL, &person))
        return;
    if (span_eq(identity, SPAN("letter")))
        fault_add(check->faults, FAULT_MISMATCH, "%s", person.pointer);
    if (json_object_get(person.object, "sealed")) {
        read_sealed(check, &person, complaint);
        return;
    }
    CHECK_KEYS(check, &person, known);
    check_text(check, &person, "name", named ? REQUIRED : OPTIONAL);
    check_text(check, &person, "phone", OPTIONAL);
    check_text(check, &person, "email", OPTIONAL);
    check_text(check, &person, "address", OPTIONAL);
}

static void check_contact(struct check *check, const struct place *top)
{
    static const char *const known[] = {"phone", "email", "address", "note"};
    struct place contact;

    if (!object_member(check, top, "contact", OPTIONAL, &contact))
        return;
    CHECK_KEYS(check, &contact, known);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        check_text(check, &contact, known[i], OPTIONAL);
}

/* Another agency's letter is known by its number, a letter in the post by our own register's. */
static void read_source(struct check *check, const struct place *top, struct span request,
                        struct complaint *complaint)
{
    static const char *const known[] = {"agency", "letter_no", "letter_date", "receive_no",
                                        "receive_date"};
    const enum need agency = span_eq(complaint->channel, SPAN("agency")) ? REQUIRED : OPTIONAL;
    const enum need post = span_eq(complaint->channel, SPAN("post")) ? REQUIRED : OPTIONAL;
    struct thai_date date;
    struct place source;

    if (!object_member(check, top, "source", agency == REQUIRED ? agency : post, &source))
        return;
    CHECK_KEYS(check, &source, known);
    complaint->source_agency = read_text(check, &source, "agency", agency);
    complaint->source_letter_no = read_text(check, &source, "letter_no", agency);
    complaint->source_letter_date = read_date(check, &source, "letter_date", agency, &date);
    complaint->source_receive_no = read_text(check, &source, "receive_no", post);
    complaint->source_receive_date = read_date(check, &source, "receive_date", post, &date);
    const bool found = json_find_member(request, SPAN("source"), &complaint->source);
    assert(found);
}

static void read_id(struct check *check, const struct place *top, struct span path_id,
                    struct complaint *complaint)
{
    const struct span text = string_member(check, top, "id", REQUIRED);
    uint8_t expected[COMMIT_ID_BYTES];

    if (!text.data)
        return;
    if (!uuid_parse(text, complaint->id))
        fault_add(check->faults, FAULT_FORMAT, "/id");
    else if (!uuid_parse(path_id, expected) ||
             memcmp(complaint->id, expected, sizeof expected) != 0)
        fault_add(check->faults, FAULT_MISMATCH, "/id");
}

static void read_received_on(struct check *check, const struct place *top,
                             struct complaint *complaint)
{
    complaint->received_on_text =
        read_date(check, top, "received_on", REQUIRED, &complaint->received_on);
    if (!complaint->received_on_text.data)
        return;
    if (thai_date_compare(complaint->received_on, check->today) > 0)
        fault_add(check->faults, FAULT_FUTURE, "/received_on");
    else if (check->reference &&
             !year_is_known(check->reference, thai_fiscal_year(complaint->received_on)))
        fault_add(check->faults, FAULT_NO_YEAR, "/received_on");
}

static void check_narrative(struct check *check, const struct place *top)
{
    const struct span narrative = string_member(check, top, "narrative", REQUIRED);

    if (narrative.data && (narrative.len == 0 || narrative.len > LIMIT_NARRATIVE_BYTES))
        fault_add(check->faults, FAULT_LENGTH, "/narrative");
}

static struct span read_box_opening(struct check *check, const struct place *top,
                                    struct span channel)
{
    const struct span text = string_member(check, top, "box_opening", OPTIONAL);
    uint8_t id[COMMIT_ID_BYTES];
    char lower_case[37];

    if (!text.data)
        return text;
    if (!span_eq(channel, SPAN("box")))
        fault_add(check->faults, FAULT_MISMATCH, "/box_opening");
    if (!uuid_parse(text, id)) {
        fault_add(check->faults, FAULT_FORMAT, "/box_opening");
        return (struct span){0};
    }
    uuid_print(id, lower_case);
    return keep(check, span_of(lower_case));
}

/* Copy to `at`; returns the place behind. */
static char *append(char *at, struct span bytes)
{
    memcpy(at, bytes.data, bytes.len);
    return at + bytes.len;
}

/* B and I: the request's own bytes, cut at the value of "complainant". */
static void cut_complainant(struct check *check, struct span request, struct complaint *complaint)
{
    struct span *value = &complaint->complainant;

    if (!json_find_member(request, SPAN("complainant"), value)) {
        complaint->body = request;
        return;
    }
    const struct span before = {request.data, (size_t)(value->data - request.data)};
    const struct span after = span_skip(request, before.len + value->len);
    const size_t size = before.len + SPAN("null").len + after.len;
    char *body = arena_alloc(check->arena, size);

    if (!body) {
        check->arena_full = true;
        return;
    }
    append(append(append(body, before), SPAN("null")), after);
    complaint->body = (struct span){body, size};
}

bool complaint_read(struct complaint *ret_complaint, struct faults *ret_faults, struct arena *arena,
                    struct span path_id, struct span request, const json_t *object,
                    const struct complaint_reference *reference, struct thai_date today)
{
    static const char *const known[] = {
        "id",           "channel",   "process", "subject",     "class",       "identity",
        "received_on",  "narrative", "accused", "conflict",    "complainant", "accused_unit",
        "accused_role", "contact",   "source",  "box_opening",
    };
    struct check check = {
        .faults = ret_faults, .arena = arena, .reference = reference, .today = today};
    const struct place top = {.object = object};
    struct complaint c = {0};

    ret_faults->count = 0;
    ret_faults->more = false;
    CHECK_KEYS(&check, &top, known);
    read_id(&check, &top, path_id, &c);
    c.channel = read_taxonomy(&check, &top, TAXONOMY_CHANNEL, REQUIRED);
    c.process = read_taxonomy(&check, &top, TAXONOMY_PROCESS, REQUIRED);
    c.subject = read_taxonomy(&check, &top, TAXONOMY_SUBJECT, REQUIRED);
    c.class = read_taxonomy(&check, &top, TAXONOMY_CLASS, REQUIRED);
    c.identity = read_taxonomy(&check, &top, TAXONOMY_IDENTITY, REQUIRED);
    read_received_on(&check, &top, &c);
    check_narrative(&check, &top);
    c.accused_unit =
        read_code(&check, &top, "accused_unit", OPTIONAL, reference ? reference->units : NULL);
    c.accused_role = read_taxonomy(&check, &top, TAXONOMY_ACCUSED_ROLE, OPTIONAL);
    c.accused_principals = read_accused(&check, &top);
    c.conflict = read_conflict(&check, &top);
    check_complainant(&check, &top, c.identity, &c);
    check_contact(&check, &top);
    read_source(&check, &top, request, &c);
    c.box_opening = read_box_opening(&check, &top, c.channel);
    cut_complainant(&check, request, &c);
    if (c.sealed_content.data)
        c.complainant = c.sealed_content;

    if (check.arena_full)
        ret_faults->count = 0;
    if (check.arena_full || ret_faults->count > 0)
        return false;
    *ret_complaint = c;
    return true;
}

/* ---- M ---- */

void complaint_fields(const struct complaint *complaint,
                      struct complaint_field ret_fields[static COMPLAINT_FIELDS])
{
    const struct complaint_field fields[] = {
        {"channel", complaint->channel},
        {"process", complaint->process},
        {"subject", complaint->subject},
        {"class", complaint->class},
        {"identity", complaint->identity},
        {"received_on", complaint->received_on_text},
        {"accused_unit", complaint->accused_unit},
        {"accused_role", complaint->accused_role},
        {"accused", complaint->accused_principals},
        {"conflict", complaint->conflict},
        {"source.agency", complaint->source_agency},
        {"source.letter_no", complaint->source_letter_no},
        {"source.letter_date", complaint->source_letter_date},
        {"source.receive_no", complaint->source_receive_no},
        {"source.receive_date", complaint->source_receive_date},
        {"box_opening", complaint->box_opening},
    };

    static_assert(sizeof fields / sizeof fields[0] == COMPLAINT_FIELDS, "each has its place");
    memcpy(ret_fields, fields, sizeof fields);
}

struct span complaint_clear_fields(const struct complaint *complaint, struct span unit,
                                   struct span submitter, struct arena *arena)
{
    enum { OWN_COUNT = 4, FIELD_COUNT = OWN_COUNT + COMPLAINT_FIELDS };
    char id[37];
    struct complaint_field fields[FIELD_COUNT] = {
        {"v", SPAN("1")},
        {"id", {id, sizeof id - 1}},
        {"unit", unit},
        {"submitter", submitter},
    };
    size_t size = 0;

    uuid_print(complaint->id, id);
    complaint_fields(complaint, fields + OWN_COUNT);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        assert(!has_control(fields[i].value));
        if (fields[i].value.len > 0)
            size += strlen(fields[i].name) + fields[i].value.len + 2;
    }

    char *text = arena_alloc(arena, size), *at = text;
    if (!text)
        return (struct span){0};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (fields[i].value.len == 0)
            continue;
        at = append(at, span_of(fields[i].name));
        at = append(at, SPAN("="));
        at = append(at, fields[i].value);
        at = append(at, SPAN("\n"));
    }
    assert(at == text + size);
    return (struct span){text, size};
}
