/*
 * What a signed note promises. The vectors are C2SP's (signed-note.md: example.com/foo) and those
 * of Go's golang.org/x/mod/sumdb/note (note_test.go: PeterNeumann and EnochRoot); Ed25519 gives
 * one signature for a text and a key, so that signing can be compared byte for byte.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "core/note.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define FOO_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define FOO_NOTE                                                                                   \
    "This is an example message.\n\n"                                                              \
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm" \
    "RKuwHjG1Yu72IneyaQM=\n"

#define PETER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_SECRET \
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define PETER_SIG                                                                 \
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2" \
    "pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ENOCH_KEY "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
#define ENOCH_SIG                                                                \
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGr" \
    "Q5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
#define GO_TEXT                                                  \
    "If you think cryptography is the answer to your problem,\n" \
    "then you don't know what your problem is.\n"

static struct note_verifier key_of(const char *text)
{
    struct note_verifier key;

    cr_assert(note_verifier_parse(span_of(text), &key), "%s", text);
    return key;
}

static enum note_fault open_note(const char *text, const char *key_text)
{
    const struct note_verifier key = key_of(key_text);
    struct note note;
    const enum note_fault fault = note_parse(span_of(text), &note);

    return fault == NOTE_OK ? note_verify(&note, &key, 1, NULL) : fault;
}

Test(note, of_the_specification_verifies)
{
    cr_expect_eq(open_note(FOO_NOTE, FOO_KEY), NOTE_OK);
}

Test(note, of_go_verifies_with_each_of_its_keys_and_ignores_the_other)
{
    const struct note_verifier both[] = {key_of(PETER_KEY), key_of(ENOCH_KEY), key_of(FOO_KEY)};
    bool has_signed[3] = {false, false, true};
    struct note note;

    cr_assert_eq(note_parse(SPAN(GO_TEXT "\n" PETER_SIG ENOCH_SIG), &note), NOTE_OK);
    cr_expect(span_eq(note.text, SPAN(GO_TEXT)));
    cr_expect_eq(note.count, 2);
    cr_expect_eq(note_verify(&note, &both[0], 1, NULL), NOTE_OK);
    cr_expect_eq(note_verify(&note, &both[1], 1, NULL), NOTE_OK);
    cr_expect_eq(note_verify(&note, &both[2], 1, NULL), NOTE_UNSIGNED);
    cr_expect_eq(note_verify(&note, both, 3, has_signed), NOTE_OK);
    cr_expect(has_signed[0] && has_signed[1] && !has_signed[2]);
}

Test(note, is_signed_as_go_signs_it)
{
    struct note_signer *signer = note_signer_parse(SPAN(PETER_SECRET));
    char line[NOTE_SIGNATURE_LINE_MAX], text[NOTE_KEY_TEXT_MAX];

    cr_assert_not_null(signer);
    const size_t len = note_sign(signer, SPAN(GO_TEXT), line);
    cr_expect(span_eq((struct span){line, len}, SPAN(PETER_SIG)));
    note_verifier_print(note_signer_verifier(signer), text);
    cr_expect_str_eq(text, PETER_KEY);
    note_signer_print(signer, text);
    cr_expect_str_eq(text, PETER_SECRET);
    note_signer_free(signer);
}

Test(note, may_hold_empty_lines_and_thai)
{
    static const uint8_t seed[NOTE_KEY_BYTES] = {1};
    struct note_signer *signer = note_signer_new(SPAN("register.example/log"), seed);
    const struct span text = SPAN("หนึ่ง\n\n\nสอง\n");
    char bytes[1024], line[NOTE_SIGNATURE_LINE_MAX];
    struct note note;

    const size_t line_len = note_sign(signer, text, line);
    const int len = snprintf(bytes, sizeof bytes, "%s\n%.*s", text.data, (int)line_len, line);
    cr_assert_eq(note_parse((struct span){bytes, (size_t)len}, &note), NOTE_OK);
    cr_expect(span_eq(note.text, text));
    cr_expect_eq(note_verify(&note, note_signer_verifier(signer), 1, NULL), NOTE_OK);
    note_signer_free(signer);
}

/* "a" signs itself by anyone's name: what a stranger may write into a note of ours. */
#define UNKNOWN_SIG "— a AAAAAAA=\n"

Test(note_parse, refuses_what_is_no_note)
{
    static const struct {
        const char *promise, *text;
        enum note_fault fault;
    } rows[] = {
        {"it needs signatures", GO_TEXT, NOTE_MALFORMED},
        {"at least one", GO_TEXT "\n", NOTE_MALFORMED},
        {"and a text", "\n" UNKNOWN_SIG, NOTE_MALFORMED},
        {"of more than an empty line", "\n\n" UNKNOWN_SIG, NOTE_MALFORMED},
        {"the last line ends", "text\n\n— a AAAAAAA=", NOTE_MALFORMED},
        {"it has no control characters", "te\001xt\n\n" UNKNOWN_SIG, NOTE_MALFORMED},
        {"no carriage returns", "text\r\n\n" UNKNOWN_SIG, NOTE_MALFORMED},
        {"no tabs", "te\txt\n\n" UNKNOWN_SIG, NOTE_MALFORMED},
        {"it is UTF-8", "te\xffxt\n\n" UNKNOWN_SIG, NOTE_MALFORMED},
        {"nothing follows the signatures", "text\n\n" UNKNOWN_SIG "more\n", NOTE_MALFORMED},
        {"a name has no blank", "text\n\n— a b AAAAAAA=\n", NOTE_MALFORMED},
        {"not even one of Unicode's", "text\n\n— a\u2003b AAAAAAA=\n", NOTE_MALFORMED},
        {"no plus", "text\n\n— a+b AAAAAAA=\n", NOTE_MALFORMED},
        {"a signer has a name", "text\n\n—  AAAAAAA=\n", NOTE_MALFORMED},
        {"the dash is an em dash", "text\n\n- a AAAAAAA=\n", NOTE_MALFORMED},
        {"a signature is more than its key id", "text\n\n— a AAAAAA==\n", NOTE_MALFORMED},
        {"and base64", "text\n\n— a AAAAAAA\n", NOTE_MALFORMED},
        {"to its end", "text\n\n— a AAAAAAAA*AAA\n", NOTE_MALFORMED},
        {"without padding inside",
         "text\n\n— a AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=AAAA\n",
         NOTE_MALFORMED},
        {"an unknown signature is no fault", "text\n\n" UNKNOWN_SIG, NOTE_OK},
    };
    struct note note = {.count = 99};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct note parsed = note;
        const enum note_fault fault = note_parse(span_of(rows[i].text), &parsed);

        cr_expect_eq(fault, rows[i].fault, "%s: %s", rows[i].promise, note_fault_text(fault));
        cr_expect(fault == NOTE_OK || parsed.count == 99, "%s: touched", rows[i].promise);
    }
}

Test(note_parse, takes_sixteen_signatures_and_no_more)
{
    char text[2048] = "text\n\n";
    struct note note;

    for (size_t i = 0; i < 16; i++)
        strcat(text, UNKNOWN_SIG);
    cr_expect_eq(note_parse(span_of(text), &note), NOTE_OK);
    cr_expect_eq(note.count, 16);
    strcat(text, UNKNOWN_SIG);
    cr_expect_eq(note_parse(span_of(text), &note), NOTE_TOO_LARGE);
}

Test(note_parse, takes_no_more_than_its_limit)
{
    static char big[LIMIT_NOTE_BYTES + 1];
    const struct span end = SPAN("\n\n" UNKNOWN_SIG);
    struct note note;

    memset(big, 'x', sizeof big);
    memcpy(big + LIMIT_NOTE_BYTES - end.len, end.data, end.len);
    cr_expect_eq(note_parse((struct span){big, LIMIT_NOTE_BYTES}, &note), NOTE_OK);
    cr_expect_eq(note_parse((struct span){big, LIMIT_NOTE_BYTES + 1}, &note), NOTE_TOO_LARGE);
}

Test(note_verify, refuses_a_changed_text_and_any_changed_bit_of_the_signature)
{
    char text[] = FOO_NOTE;
    const size_t signature_at = strlen(text) - 92;

    text[0] ^= 1;
    cr_expect_eq(open_note(text, FOO_KEY), NOTE_BAD_SIGNATURE);
    text[0] ^= 1;
    for (size_t i = signature_at; i < sizeof text - 3; i++) {
        const char was = text[i];

        text[i] = was == 'A' ? 'B' : 'A';
        const enum note_fault fault = open_note(text, FOO_KEY);
        cr_expect(fault == NOTE_BAD_SIGNATURE || fault == NOTE_UNSIGNED || fault == NOTE_MALFORMED,
                  "digit %zu", i);
        text[i] = was;
    }
    cr_expect_eq(open_note(text, FOO_KEY), NOTE_OK);
}

Test(note_verify, lets_a_bad_signature_in_a_known_name_spoil_a_good_one)
{
    char text[1024];
    char bad[] = PETER_SIG;

    bad[60] = bad[60] == 'A' ? 'B' : 'A';
    snprintf(text, sizeof text, GO_TEXT "\n" PETER_SIG "%s", bad);
    cr_expect_eq(open_note(text, PETER_KEY), NOTE_BAD_SIGNATURE);
    snprintf(text, sizeof text, GO_TEXT "\n" ENOCH_SIG "%s", bad);
    cr_expect_eq(open_note(text, ENOCH_KEY), NOTE_OK, "of a key that nobody told us about");
}

Test(note_verify, knows_a_key_by_name_and_id_together)
{
    static const char other_name[] =
        GO_TEXT "\n"
                "— Nobody x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
                "qdngotpRZb6KE6RyyBwJnAM=\n";
    static const char other_id[] = GO_TEXT
        "\n"
        "— PeterNeumann xxxxx/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
        "qdngotpRZb6KE6RyyBwJnAM=\n";

    cr_expect_eq(open_note(other_name, PETER_KEY), NOTE_UNSIGNED);
    cr_expect_eq(open_note(other_id, PETER_KEY), NOTE_UNSIGNED);
}

/* Every part of a key text is needed: no piece and no changed character is a key (as in Go). */
Test(note_verifier_parse, refuses_every_mangling)
{
    char text[] = PETER_KEY;
    const size_t len = strlen(text);
    struct note_verifier key;

    for (size_t i = 0; i <= len; i++) {
        for (size_t j = i; j <= len; j++) {
            if (i > 0 || j < len)
                cr_expect_not(note_verifier_parse((struct span){text + i, j - i}, &key));
        }
    }
    for (size_t i = 0; i < len; i++) {
        text[i]++;
        cr_expect_not(note_verifier_parse(span_of(text), &key), "%s", text);
        text[i]--;
    }
    cr_expect(note_verifier_parse(SPAN(PETER_KEY "\n"), &key), "a line of a file");
    cr_expect_not(note_verifier_parse(SPAN(PETER_KEY "\n\n"), &key));
    cr_expect_not(note_verifier_parse(
        SPAN("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), &key));
}

Test(note_signer_parse, refuses_every_mangling)
{
    char text[] = PETER_SECRET;
    const size_t len = strlen(text);

    for (size_t i = 0; i < len; i++) {
        text[i]++;
        cr_expect_null(note_signer_parse(span_of(text)), "%s", text);
        text[i]--;
        cr_expect_null(note_signer_parse((struct span){text, i}));
    }
    cr_expect_null(note_signer_parse(SPAN(PETER_KEY)), "a public key signs nothing");
}

Test(note_verifier_parse, takes_names_up_to_the_limit)
{
    static const uint8_t seed[NOTE_KEY_BYTES] = {7};
    char name[LIMIT_NOTE_NAME_BYTES + 2], text[NOTE_KEY_TEXT_MAX + 1];
    struct note_verifier key;

    memset(name, 'n', sizeof name);
    struct note_signer *signer = note_signer_new((struct span){name, LIMIT_NOTE_NAME_BYTES}, seed);
    note_verifier_print(note_signer_verifier(signer), text);
    cr_expect(note_verifier_parse(span_of(text), &key));
    note_signer_print(signer, text);
    struct note_signer *again = note_signer_parse(span_of(text));
    cr_expect_not_null(again);
    note_signer_free(again);
    note_signer_free(signer);
}
