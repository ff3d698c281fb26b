/*
 * seal_tool - core/seal on the command line, for tests of one implementation against another
 *
 *     seal     ORIGIN ID NAME PUBLIC...               content  > content, a wrap for each key
 *     open     ORIGIN ID NAME PRIVATE                 content, wraps  > content
 *     file     ORIGIN ID NAME PUBLIC                  bytes  > chunks, wrap
 *     unfile   ORIGIN ID NAME PRIVATE                 chunks, wrap  > bytes
 *     rewrap   ORIGIN ID NAME PRIVATE PUBLIC          wrap  > wrap
 *     deal     ORIGIN ID NUMBER=PUBLIC...             content  > content, wraps, pairs
 *     reveal   ORIGIN ID NUMBER PRIVATE NUMBER        content, wraps, pairs  > content
 *
 * Objects are read and written in hex, one a line; content and files as they are; ID and keys
 * in hex. A content comes first; of the wraps, the first that opens is taken.
 * With -c before the command, random bytes count up from 00, as in docs/sealing.md.
 * A fault ends it with status 1 and the fault's name on standard error, 2 is for misuse.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "core/seal.h"

enum {
    INPUT_BYTES_MAX = 4 * 1024 * 1024,
    OBJECTS_MAX = 256,
};

static uint8_t counter;
static uint8_t input[INPUT_BYTES_MAX];
static size_t input_len;
static uint8_t object_bytes[INPUT_BYTES_MAX];
static struct span objects[OBJECTS_MAX];
static size_t object_count;
static uint8_t buffer[SEAL_SEALED_CONTENT_BYTES_MAX];

static void misuse(const char *what)
{
    fprintf(stderr, "seal_tool: %s\n", what);
    exit(2);
}

static void check(enum seal_fault fault)
{
#define X(name, text) #name,
    static const char *const names[] = {SEAL_FAULTS(X)};
#undef X

    if (fault != SEAL_OK) {
        fprintf(stderr, "%s\n", names[fault]);
        exit(1);
    }
}

static void draw_system(void *state, uint8_t *bytes, size_t len)
{
    (void)state;
    if (getrandom(bytes, len, 0) != (ssize_t)len)
        abort();
}

static void draw_count(void *state, uint8_t *bytes, size_t len)
{
    uint8_t *next = state;

    for (size_t i = 0; i < len; i++)
        bytes[i] = (*next)++;
}

static struct seal_random source = {draw_system, NULL};

/* --- words and lines ----------------------------------------------------------------- */

static size_t from_hex(const char *hex, size_t hex_len, uint8_t *bytes)
{
    if (hex_len % 2 != 0)
        misuse("hex has an even number of digits");
    for (size_t i = 0; i < hex_len / 2; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            misuse("that is not hex");
        bytes[i] = (uint8_t)byte;
    }
    return hex_len / 2;
}

static void word_bytes(const char *word, uint8_t *bytes, size_t len)
{
    if (!word || strlen(word) != 2 * len)
        misuse("a word in hex is missing or has another length");
    from_hex(word, 2 * len, bytes);
}

static uint16_t word_number(const char *word)
{
    const long number = word ? strtol(word, NULL, 10) : 0;

    if (number < 1 || number > UINT16_MAX)
        misuse("a custodian's number is 1 to 65535");
    return (uint16_t)number;
}

static struct suite_key *word_key(const char *word)
{
    uint8_t private_key[SEAL_KEY_BYTES];

    word_bytes(word, private_key, sizeof private_key);
    return suite_key_new(private_key);
}

static struct seal_recipient *word_recipient(const char *word, struct span origin)
{
    uint8_t public_key[SEAL_KEY_BYTES];
    struct seal_recipient *recipient = NULL;

    word_bytes(word, public_key, sizeof public_key);
    check(seal_recipient_new(&recipient, origin, public_key, &source));
    return recipient;
}

static void read_input(void)
{
    input_len = fread(input, 1, sizeof input, stdin);
    if (ferror(stdin) || !feof(stdin))
        misuse("the input is too long");
}

static struct span whole_input(void)
{
    return span_of_bytes(input, input_len);
}

static void read_objects(void)
{
    uint8_t *at = object_bytes;
    const char *line = (const char *)input, *const end = line + input_len;

    for (const char *next; line < end; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        if (!next || object_count == OBJECTS_MAX)
            misuse("one object a line, and not too many");
        const size_t len = from_hex(line, (size_t)(next - line), at);
        objects[object_count++] = span_of_bytes(at, len);
        at += len;
    }
}

static void print_object(struct span object)
{
    for (size_t i = 0; i < object.len; i++)
        printf("%02x", (uint8_t)object.data[i]);
    putchar('\n');
}

static void print_bytes(struct span bytes)
{
    fwrite(bytes.data, 1, bytes.len, stdout);
}

static struct span first_object(void)
{
    if (object_count == 0)
        misuse("there is no object");
    return objects[0];
}

/* Open with what there is: the fault told is that of the last wrap. */
static void unwrap(const struct suite_key *key, const struct seal_place *place, uint8_t *ret_secret)
{
    enum seal_fault fault = SEAL_TRUNCATED;
    struct seal_object parsed;

    for (size_t i = 0; i < object_count && fault != SEAL_OK; i++)
        if (seal_parse(objects[i], &parsed) != SEAL_OK || parsed.kind == SEAL_WRAP)
            fault = seal_open_wrap(key, place, objects[i], ret_secret);
    check(fault);
}

/* --- commands ------------------------------------------------------------------------ */

static void run_seal(const struct seal_place *place, char **words)
{
    uint8_t dek[SEAL_KEY_BYTES];
    struct span sealed;

    source.draw(source.state, dek, sizeof dek);
    check(seal_content(place, dek, whole_input(), buffer, &sealed));
    print_object(sealed);
    for (; *words; words++) {
        struct seal_recipient *recipient = word_recipient(*words, place->origin);
        seal_wrap(recipient, place, dek, &source, buffer, &sealed);
        print_object(sealed);
        seal_recipient_free(recipient);
    }
}

static void run_open(const struct seal_place *place, char **words)
{
    struct suite_key *key = word_key(words[0]);
    uint8_t dek[SEAL_KEY_BYTES];
    struct span content;

    read_objects();
    unwrap(key, place, dek);
    check(seal_open_content(place, dek, first_object(), buffer, &content));
    print_bytes(content);
    suite_key_free(key);
}

static void run_file(const struct seal_place *place, char **words)
{
    struct seal_recipient *recipient;
    struct span rest = whole_input(), sealed;
    uint8_t dek[SEAL_KEY_BYTES];
    bool last;

    source.draw(source.state, dek, sizeof dek);
    for (uint32_t number = 0;; number++) {
        last = rest.len <= SEAL_CHUNK_BYTES;
        const struct span chunk = {rest.data, last ? rest.len : SEAL_CHUNK_BYTES};
        seal_chunk(place, dek, number, last, chunk, buffer, &sealed);
        print_object(sealed);
        if (last)
            break;
        rest = span_skip(rest, chunk.len);
    }
    recipient = word_recipient(words[0], place->origin);
    seal_wrap(recipient, place, dek, &source, buffer, &sealed);
    print_object(sealed);
    seal_recipient_free(recipient);
}

static void run_unfile(const struct seal_place *place, char **words)
{
    struct suite_key *key = word_key(words[0]);
    struct seal_object parsed;
    uint8_t dek[SEAL_KEY_BYTES];
    struct span bytes;
    uint32_t number = 0;
    bool last = false;

    read_objects();
    unwrap(key, place, dek);
    for (size_t i = 0; i < object_count && !last; i++) {
        if (seal_parse(objects[i], &parsed) == SEAL_OK && parsed.kind != SEAL_CHUNK)
            continue;
        check(seal_open_chunk(place, dek, number++, objects[i], buffer, &bytes, &last));
        print_bytes(bytes);
    }
    check(last ? SEAL_OK : SEAL_TRUNCATED);
    suite_key_free(key);
}

static void run_rewrap(const struct seal_place *place, char **words)
{
    struct suite_key *key = word_key(words[0]);
    struct seal_recipient *recipient = word_recipient(words[1], place->origin);
    struct span wrap;

    read_objects();
    check(seal_rewrap(key, place, first_object(), recipient, &source, buffer, &wrap));
    print_object(wrap);
    seal_recipient_free(recipient);
    suite_key_free(key);
}

static void run_deal(const struct seal_place *place, char **words)
{
    struct seal_custodian custodians[SEAL_CUSTODIANS_MAX];
    struct seal_identity identity;
    uint8_t dek[SEAL_KEY_BYTES];
    struct span sealed;
    size_t count = 0;

    source.draw(source.state, dek, sizeof dek);
    check(seal_content(place, dek, whole_input(), buffer, &sealed));
    print_object(sealed);
    for (; words[count] && count < SEAL_CUSTODIANS_MAX; count++) {
        char *equals = strchr(words[count], '=');
        custodians[count].recipient = word_recipient(equals ? equals + 1 : NULL, place->origin);
        custodians[count].number = word_number(words[count]);
    }
    seal_identity(place, dek, custodians, count, &source, buffer, &identity);
    for (size_t i = 0; i < identity.count; i++)
        print_object(identity.objects[i]);
    while (count > 0)
        seal_recipient_free(custodians[--count].recipient);
}

/* The DEK by the pair of the two numbers, or the fault of the last pair there is. */
static void join(const struct seal_place *place, const struct seal_share *one,
                 const struct seal_share *other, uint8_t *ret_dek)
{
    enum seal_fault fault = SEAL_TRUNCATED;
    struct seal_object parsed;

    for (size_t i = 0; i < object_count && fault != SEAL_OK; i++)
        if (seal_parse(objects[i], &parsed) == SEAL_OK && parsed.kind == SEAL_PAIR)
            fault = seal_open_pair(place, one, other, objects[i], ret_dek);
    check(fault);
}

static void run_reveal(const struct seal_place *place, char **words)
{
    struct seal_share shares[2] = {{.number = word_number(words[0])}};
    struct suite_key *key = word_key(words[1]);
    struct seal_share_place share_place;
    uint8_t dek[SEAL_KEY_BYTES];
    struct span content;

    shares[1].number = word_number(words[2]);
    read_objects();
    for (size_t i = 0; i < 2; i++) {
        seal_share_place(&share_place, place, shares[i].number);
        unwrap(key, &share_place.place, shares[i].secret);
    }
    join(place, &shares[0], &shares[1], dek);
    check(seal_open_content(place, dek, first_object(), buffer, &content));
    print_bytes(content);
    suite_key_free(key);
}

static const struct command {
    const char *verb;
    const char *name; /* of the envelope, where the command does not say it */
    int words_min, words_max;
    void (*run)(const struct seal_place *place, char **words);
} commands[] = {
    {"seal", NULL, 1, 16, run_seal},          {"open", NULL, 1, 1, run_open},
    {"file", NULL, 1, 1, run_file},           {"unfile", NULL, 1, 1, run_unfile},
    {"rewrap", NULL, 2, 2, run_rewrap},       {"deal", "identity", 2, 16, run_deal},
    {"reveal", "identity", 3, 3, run_reveal},
};

int main(int argc, char **argv)
{
    struct seal_place place = {0};
    char **words = argv + 1;

    if (argc > 1 && strcmp(*words, "-c") == 0) {
        source = (struct seal_random){draw_count, &counter};
        words++;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const struct command *command = &commands[i];
        const int fixed = command->name ? 3 : 4;
        const int count = (int)(argv + argc - words) - fixed;

        if (count < command->words_min || count > command->words_max ||
            strcmp(words[0], command->verb) != 0)
            continue;
        place.origin = span_of(words[1]);
        word_bytes(words[2], place.id, sizeof place.id);
        place.name = span_of(command->name ? command->name : words[3]);
        if (!seal_place_valid(&place))
            misuse("that is no place");
        read_input();
        command->run(&place, words + fixed);
        return EXIT_SUCCESS;
    }
    misuse("see the head of seal_tool.c");
}
