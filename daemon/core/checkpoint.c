#include "checkpoint.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base64.h"

size_t checkpoint_print(const struct checkpoint *checkpoint,
                        char ret_text[static CHECKPOINT_TEXT_MAX])
{
    char size[24];
    const int size_len = snprintf(size, sizeof size, "\n%" PRIu64 "\n", checkpoint->size);
    char *at = ret_text;

    assert(checkpoint->origin.len > 0 && checkpoint->origin.len <= LIMIT_NOTE_NAME_BYTES);
    memcpy(at, checkpoint->origin.data, checkpoint->origin.len);
    at += checkpoint->origin.len;
    memcpy(at, size, (size_t)size_len);
    at = base64_encode(at + size_len,
                       span_of_bytes(checkpoint->root.bytes, sizeof checkpoint->root.bytes));
    *at++ = '\n';
    return (size_t)(at - ret_text);
}

/* Take one line that is not empty, without its newline. */
static bool take_line(struct span *rest, struct span *ret_line)
{
    const char *newline = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;

    if (!newline || newline == rest->data)
        return false;
    *ret_line = (struct span){rest->data, (size_t)(newline - rest->data)};
    *rest = span_skip(*rest, ret_line->len + 1);
    return true;
}

bool checkpoint_parse(struct span text, struct checkpoint *ret_checkpoint)
{
    struct checkpoint checkpoint;
    struct span size, root, extension;
    struct merkle_hash empty;
    unsigned long long number;
    size_t root_len;

    if (!take_line(&text, &checkpoint.origin) || !take_line(&text, &size) ||
        !take_line(&text, &root))
        return false;
    while (text.len > 0) {
        if (!take_line(&text, &extension))
            return false;
    }
    if (checkpoint.origin.len > LIMIT_NOTE_NAME_BYTES ||
        !span_to_u64(size, MERKLE_SIZE_MAX, &number) || (size.data[0] == '0' && size.len > 1) ||
        !base64_decode(root, checkpoint.root.bytes, sizeof checkpoint.root.bytes, &root_len) ||
        root_len != sizeof checkpoint.root.bytes)
        return false;
    checkpoint.size = number;
    merkle_empty_root(&empty);
    if (checkpoint.size == 0 && !merkle_hash_eq(&checkpoint.root, &empty))
        return false;
    *ret_checkpoint = checkpoint;
    return true;
}

size_t checkpoint_sign(const struct note_signer *signer, uint64_t size,
                       const struct merkle_hash *root, char ret_note[static CHECKPOINT_NOTE_MAX])
{
    const struct checkpoint checkpoint = {
        span_of(note_signer_verifier(signer)->name),
        size,
        *root,
    };
    size_t len = checkpoint_print(&checkpoint, ret_note);

    const size_t text_len = len;
    ret_note[len++] = '\n';
    return len + note_sign(signer, (struct span){ret_note, text_len}, ret_note + len);
}
