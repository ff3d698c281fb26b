/*
 * checkpoint - what the log says of itself: so many leaves, this root (C2SP tlog-checkpoint)
 *
 *     register.example/log                              origin
 *     109482                                            size
 *     sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=      root
 *
 * That is the text of a note (core/note), signed by the log's key, whose name is the
 * origin. What further lines say is not ours to know; they are allowed and skipped.
 * Whether a checkpoint is to be believed is for core/verify to say.
 *
 * Pure.
 */
#ifndef GRIEVD_CHECKPOINT_H
#define GRIEVD_CHECKPOINT_H

#include "merkle.h"
#include "note.h"

enum {
    CHECKPOINT_TEXT_MAX = LIMIT_NOTE_NAME_BYTES + 1 + 20 + 1 + 44 + 1,
    CHECKPOINT_NOTE_MAX = CHECKPOINT_TEXT_MAX + 1 + NOTE_SIGNATURE_LINE_MAX,
};

struct checkpoint {
    struct span origin; /* 1 to LIMIT_NOTE_NAME_BYTES bytes */
    uint64_t size;
    struct merkle_hash root;
};

/* The text, without NUL: its length. */
size_t checkpoint_print(const struct checkpoint *checkpoint,
                        char ret_text[static CHECKPOINT_TEXT_MAX]);

/*
 * From a note's text. False if it is not a checkpoint, or says that the empty tree has
 * another root than the one it has. The origin points into the text.
 */
bool checkpoint_parse(struct span text, struct checkpoint *ret_checkpoint);

/* The note of such a tree by the log's key, whose name is the origin: its length, without NUL. */
size_t checkpoint_sign(const struct note_signer *signer, uint64_t size,
                       const struct merkle_hash *root, char ret_note[static CHECKPOINT_NOTE_MAX]);

#endif
