/* What a checkpoint's text promises; the long one is C2SP's own example (tlog-checkpoint.md). */
#include <criterion/criterion.h>

#include "core/checkpoint.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define ROOT  "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define EMPTY "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

Test(checkpoint, of_the_specification_is_read_and_written_alike)
{
    const struct span text = SPAN("example.com/behind-the-sofa\n20852163\n" ROOT "\n");
    char again[CHECKPOINT_TEXT_MAX];
    struct checkpoint checkpoint;

    cr_assert(checkpoint_parse(text, &checkpoint));
    cr_expect(span_eq(checkpoint.origin, SPAN("example.com/behind-the-sofa")));
    cr_expect_eq(checkpoint.size, 20852163);
    cr_expect_eq(checkpoint.root.bytes[0], 0x0a);
    const size_t len = checkpoint_print(&checkpoint, again);
    cr_expect(span_eq((struct span){again, len}, text));
}

Test(checkpoint_parse, takes_and_refuses)
{
    static const struct {
        const char *promise, *text;
        bool good;
    } rows[] = {
        {"three lines", "o\n1\n" ROOT "\n", true},
        {"more are somebody else's", "o\n1\n" ROOT "\nmore\nand more\n", true},
        {"if they are not empty", "o\n1\n" ROOT "\n\n", false},
        {"an origin with blanks is allowed", "go.sum database tree\n1\n" ROOT "\n", true},
        {"an empty one is not", "\n1\n" ROOT "\n", false},
        {"the last line ends", "o\n1\n" ROOT, false},
        {"the root is there", "o\n1\n", false},
        {"a size has no leading zero", "o\n01\n" ROOT "\n", false},
        {"no sign", "o\n+1\n" ROOT "\n", false},
        {"is decimal", "o\n0x1\n" ROOT "\n", false},
        {"the largest size", "o\n9223372036854775807\n" ROOT "\n", true},
        {"and one more", "o\n9223372036854775808\n" ROOT "\n", false},
        {"the empty tree has its root", "o\n0\n" EMPTY "\n", true},
        {"and no other", "o\n0\n" ROOT "\n", false},
        {"a root has 32 bytes", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n", false},
        {"not 33", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2JV\n", false},
        {"one text for each root", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", false},
        {"something at all", "", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct checkpoint checkpoint;
        cr_expect_eq(checkpoint_parse(span_of(rows[i].text), &checkpoint), rows[i].good, "%s",
                     rows[i].promise);
    }
}

Test(checkpoint_sign, makes_a_note_in_the_name_of_the_origin)
{
    static const uint8_t seed[NOTE_KEY_BYTES] = {9};
    struct note_signer *signer = note_signer_new(SPAN("register.example/log"), seed);
    struct merkle_hash root = {{1, 2, 3}};
    char bytes[CHECKPOINT_NOTE_MAX];
    struct checkpoint checkpoint;
    struct note note;

    const size_t len = checkpoint_sign(signer, 7, &root, bytes);
    cr_assert_eq(note_parse((struct span){bytes, len}, &note), NOTE_OK);
    cr_expect_eq(note_verify(&note, note_signer_verifier(signer), 1, NULL), NOTE_OK);
    cr_assert(checkpoint_parse(note.text, &checkpoint));
    cr_expect(span_eq(checkpoint.origin, SPAN("register.example/log")));
    cr_expect_eq(checkpoint.size, 7);
    cr_expect(merkle_hash_eq(&checkpoint.root, &root));
    note_signer_free(signer);
}

Test(checkpoint_sign, has_room_for_the_longest_name_and_size)
{
    static const uint8_t seed[NOTE_KEY_BYTES] = {9};
    char name[LIMIT_NOTE_NAME_BYTES], bytes[CHECKPOINT_NOTE_MAX];
    struct merkle_hash root = {0};
    struct checkpoint checkpoint;
    struct note note;

    memset(name, 'n', sizeof name);
    struct note_signer *signer = note_signer_new((struct span){name, sizeof name}, seed);
    const size_t len = checkpoint_sign(signer, MERKLE_SIZE_MAX, &root, bytes);
    cr_assert_leq(len, sizeof bytes);
    cr_assert_eq(note_parse((struct span){bytes, len}, &note), NOTE_OK);
    cr_expect(checkpoint_parse(note.text, &checkpoint));
    note_signer_free(signer);
}
