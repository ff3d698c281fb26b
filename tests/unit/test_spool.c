/* What a spool file promises: the same bytes come back, and nothing torn is ever believed. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../client/griev/files.h"
#include "../../client/griev/memory.h"
#include "../../client/griev/spool.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define ID              "7c9e6679-7425-40de-944b-e07fc1f90ae7"
#define HEX             "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct spool example(struct span body, struct span answer)
{
    struct spool spool = {.state = SPOOL_SENT, .id = ID, .nonce = HEX, .source = HEX};

    spool.body = memory_copy(body);
    spool.answer = memory_copy(answer);
    return spool;
}

/* A folder of its own, with a path in it; both to be freed with remove_folder(). */
static char *make_path(void)
{
    char folder[] = "/tmp/test-spool-XXXXXX";

    cr_assert_not_null(mkdtemp(folder));
    return memory_printf("%s/complaint.json.griev", folder);
}

static void remove_folder(char *path)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    cr_expect_eq(rmdir(path), 0, "something was left in the folder");
    free(path);
}

Test(spool_parse, gives_back_what_was_formatted)
{
    const struct {
        const char *promise;
        struct span body, answer;
    } rows[] = {
        {"a body without an answer", SPAN("{\"narrative\":\"ทุจริต\"}"), SPAN("")},
        {"an answer beside it", SPAN("{}"), SPAN("{\"ref\":\"TH-50/2570/0007\"}")},
        {"lines that look like ours", SPAN("sha256 0\n\nanswer 5\nstate open\n"), SPAN("\n\n")},
        {"NUL and bytes that are no text", SPAN("a\0b\xff\xfe\n"), SPAN("\0")},
        {"nothing at all", SPAN(""), SPAN("")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct spool before = example(rows[i].body, rows[i].answer);
        struct span content = spool_format(&before);
        struct spool after;

        cr_assert(spool_parse(content, &after), "%s", rows[i].promise);
        cr_expect(span_eq(after.body, rows[i].body), "%s", rows[i].promise);
        cr_expect(span_eq(after.answer, rows[i].answer), "%s", rows[i].promise);
        cr_expect_str_eq(after.id, ID);
        cr_expect_str_eq(after.nonce, HEX);
        cr_expect_str_eq(after.source, HEX);
        spool_done(&before);
        spool_done(&after);
        memory_free_span(&content);
    }
}

Test(spool_parse, keeps_the_state_and_an_absent_nonce)
{
    static const enum spool_state states[] = {SPOOL_SENT, SPOOL_ACCEPTED, SPOOL_OPEN};

    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct spool before = example(SPAN("{}"), SPAN(""));
        struct spool after;

        before.state = states[i];
        before.nonce[0] = '\0';
        struct span content = spool_format(&before);
        cr_assert(spool_parse(content, &after));
        cr_expect_eq(after.state, states[i]);
        cr_expect_str_eq(after.nonce, "");
        spool_done(&before);
        spool_done(&after);
        memory_free_span(&content);
    }
}

Test(spool_parse, believes_no_torn_file)
{
    struct spool spool = example(SPAN("{\"narrative\":\"x\"}"), SPAN("{\"ref\":\"TH-50\"}"));
    struct span content = spool_format(&spool);

    for (size_t len = 0; len < content.len; len++) {
        struct spool read = {.id = "untouched"};

        cr_expect_not(spool_parse((struct span){content.data, len}, &read), "cut at %zu", len);
        cr_expect_str_eq(read.id, "untouched");
    }
    spool_done(&spool);
    memory_free_span(&content);
}

Test(spool_parse, believes_no_altered_byte)
{
    struct spool spool = example(SPAN("{\"narrative\":\"x\"}"), SPAN("{}"));
    struct span content = spool_format(&spool);
    char *bytes = (char *)content.data;

    for (size_t i = 0; i < content.len; i++) {
        struct spool read;

        bytes[i] ^= 1;
        cr_expect_not(spool_parse(content, &read), "byte %zu", i);
        bytes[i] ^= 1;
    }
    spool_done(&spool);
    memory_free_span(&content);
}

/* A content with a good checksum, whatever it holds. */
static struct span sealed(const char *text)
{
    char sum[SPOOL_HEX_CHARS + 1];

    spool_hash(span_of(text), sum);
    return span_of(memory_printf("%ssha256 %s\n", text, sum));
}

Test(spool_parse, refuses_another_form)
{
#define HEAD(state, id, nonce, body)                                                         \
    "griev-spool 1\nstate " state "\nid " id "\nnonce " nonce "\nsource " HEX "\nbody " body \
    "\nanswer 0\n\n"
    static const struct {
        const char *promise, *text;
        bool good;
    } rows[] = {
        {"the form itself", HEAD("sent", ID, "-", "2") "{}\n\n", true},
        {"another version", "griev-spool 2\n", false},
        {"an unknown state", HEAD("lost", ID, "-", "2") "{}\n\n", false},
        {"an id that is too short", HEAD("sent", "7c9e", "-", "2") "{}\n\n", false},
        {"a nonce that is too short", HEAD("sent", ID, "00", "2") "{}\n\n", false},
        {"a body that ends early", HEAD("sent", ID, "-", "9") "{}\n\n", false},
        {"a body that goes on", HEAD("sent", ID, "-", "1") "{}\n\n", false},
        {"a body that another byte ends", HEAD("sent", ID, "-", "2") "{}x\n", false},
        {"a length past every limit", HEAD("sent", ID, "-", "99999999999999999999") "{}\n\n",
         false},
        {"something behind the answer", HEAD("sent", ID, "-", "2") "{}\n\n\n", false},
    };
#undef HEAD

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span content = sealed(rows[i].text);
        struct spool spool = {0};

        cr_expect_eq(spool_parse(content, &spool), rows[i].good, "%s", rows[i].promise);
        spool_done(&spool);
        memory_free_span(&content);
    }
}

Test(spool_create, never_takes_the_place_of_another)
{
    char *path = make_path();
    struct spool first = example(SPAN("{\"a\":1}"), SPAN(""));
    struct spool second = example(SPAN("{\"a\":2}"), SPAN(""));
    struct spool read;

    cr_assert(spool_create(path, &first));
    cr_expect_not(spool_create(path, &second));
    cr_expect_eq(errno, EEXIST);
    cr_assert_eq(spool_read(path, &read), SPOOL_OK);
    cr_expect(span_eq(read.body, SPAN("{\"a\":1}")));
    spool_done(&first);
    spool_done(&second);
    spool_done(&read);
    remove_folder(path);
}

Test(spool_create, is_for_its_owner_only)
{
    char *path = make_path();
    struct spool spool = example(SPAN("{}"), SPAN(""));
    struct stat status;

    umask(0);
    cr_assert(spool_create(path, &spool));
    cr_assert_eq(stat(path, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);
    spool_done(&spool);
    remove_folder(path);
}

Test(spool_replace, puts_the_answer_beside_the_request)
{
    char *path = make_path();
    struct spool spool = example(SPAN("{\"a\":1}"), SPAN(""));
    struct spool read;

    cr_assert(spool_create(path, &spool));
    spool.state = SPOOL_ACCEPTED;
    memory_free_span(&spool.answer);
    spool.answer = memory_copy(SPAN("{\"ref\":\"TH-50/2570/0001\"}"));
    cr_assert(spool_replace(path, &spool));
    cr_assert_eq(spool_read(path, &read), SPOOL_OK);
    cr_expect_eq(read.state, SPOOL_ACCEPTED);
    cr_expect(span_eq(read.body, SPAN("{\"a\":1}")));
    cr_expect(span_eq(read.answer, SPAN("{\"ref\":\"TH-50/2570/0001\"}")));
    spool_done(&spool);
    spool_done(&read);
    remove_folder(path);
}

Test(spool_read, tells_absent_from_broken)
{
    char *path = make_path();
    struct spool spool;

    cr_expect_eq(spool_read(path, &spool), SPOOL_NONE);
    cr_assert(files_create(path, SPAN("{\"id\":1}")));
    cr_expect_eq(spool_read(path, &spool), SPOOL_BROKEN);
    cr_expect_eq(spool_read("/", &spool), SPOOL_SYSTEM);
    remove_folder(path);
}

Test(spool_new_id, is_a_random_uuid_of_version_4)
{
    char first[SPOOL_ID_CHARS + 1], second[SPOOL_ID_CHARS + 1];

    cr_assert(spool_new_id(first) && spool_new_id(second));
    cr_expect_str_neq(first, second);
    cr_expect_eq(strlen(first), SPOOL_ID_CHARS);
    cr_expect_eq(first[14], '4');
    cr_expect_not_null(strchr("89ab", first[19]));
}

Test(spool_hash, is_sha_256_in_hex)
{
    char hash[SPOOL_HEX_CHARS + 1];

    spool_hash(SPAN("abc"), hash); /* FIPS 180-4's example */
    cr_expect_str_eq(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
