/*
 * Any bytes at all as what the log's texts may be. The first byte of the input chooses:
 *
 *     0  a signed note, with the checkpoint in it
 *     1  a verifier's key
 *     2  a signer's key
 *     3  base64
 *
 * What is taken comes out again as it went in.
 */
#include <stdlib.h>

#include "core/base64.h"
#include "core/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok)
        abort();
}

/* Go's PeterNeumann, whose note is among the seeds: no other text verifies. */
static void take_note(struct span bytes)
{
    static const struct span key_text =
        SPAN_INIT("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    static const struct span signed_text =
        SPAN_INIT("If you think cryptography is the answer to your problem,\n"
                  "then you don't know what your problem is.\n");
    struct note note = {.count = 99};
    struct note_verifier key;
    struct checkpoint checkpoint;
    char again[CHECKPOINT_TEXT_MAX];

    if (note_parse(bytes, &note) != NOTE_OK) {
        need(note.count == 99);
        return;
    }
    need(note.count >= 1 && note.count <= NOTE_SIGNATURES_MAX);
    need(note.text.len >= 2 && note.text.data[note.text.len - 1] == '\n');
    need(note_verifier_parse(key_text, &key));
    if (note_verify(&note, &key, 1, NULL) == NOTE_OK)
        need(span_eq(note.text, signed_text));
    if (checkpoint_parse(note.text, &checkpoint)) {
        const size_t len = checkpoint_print(&checkpoint, again);
        need(len <= note.text.len && memcmp(again, note.text.data, len) == 0);
    }
}

static struct span without_newline(struct span text)
{
    if (text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    return text;
}

static void take_verifier(struct span text)
{
    struct note_verifier key;
    char again[NOTE_KEY_TEXT_MAX];

    if (!note_verifier_parse(text, &key))
        return;
    note_verifier_print(&key, again);
    need(span_eq(span_of(again), without_newline(text)));
}

static void take_signer(struct span text)
{
    struct note_signer *signer = note_signer_parse(text);
    char again[NOTE_KEY_TEXT_MAX];

    if (!signer)
        return;
    note_signer_print(signer, again);
    need(span_eq(span_of(again), without_newline(text)));
    note_signer_free(signer);
}

static void take_base64(struct span text)
{
    uint8_t *bytes = malloc(BASE64_BYTES(text.len) + 1);
    char *again = malloc(text.len + 1);
    size_t len;

    need(bytes && again);
    if (base64_decode(text, bytes, BASE64_BYTES(text.len), &len)) {
        const char *end = base64_encode(again, (struct span){(const char *)bytes, len});
        need(span_eq((struct span){again, (size_t)(end - again)}, text));
    }
    free(bytes);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const modes[])(struct span) = {take_note, take_verifier, take_signer,
                                                 take_base64};

    if (size > 0 && data[0] < sizeof modes / sizeof modes[0])
        modes[data[0]]((struct span){(const char *)data + 1, size - 1});
    return 0;
}
