/*
 * signer_wire - what daemons and the signer say to each other, byte for byte
 *
 * A local stream socket. Each side sends frames; the signer answers each request with
 * one frame, in order:
 *
 *     frame = u32 length of what follows ‖ u8 type ‖ body          big-endian throughout
 *
 *     request        type  body                        answers
 *     state          1     -                           state
 *     extend         2     u64 first ‖ leaves          signed, have, behind, fork
 *     read           3     u64 first ‖ u32 count       leaves
 *     init           4     -                           signed
 *     adopt          5     checkpoint note             more
 *     adopt_leaves   6     u64 first ‖ leaves          more, signed, fork
 *
 *     answer         type  body
 *     signed         65    u64 size ‖ note             the tree ends with the request's last leaf
 *     have           66    u64 size ‖ note             it held them all, and goes on to that size
 *     behind         67    u64 size                    send the leaves from there on first
 *     fork           68    u64 index                   that leaf is not the one that was signed
 *     leaves         69    u64 first ‖ leaves          fewer than asked for, at the end
 *     state          70    u8 condition ‖ u64 size ‖ u64 held ‖ note, if ready
 *     more           71    u64 size                    adopting: send the leaves from there on
 *     refused        72    u8 why
 *
 * Leaves are LEAF_BYTES each and at most LIMIT_SIGNER_LEAVES in a frame, at least one in a
 * request. A frame that breaks this ends the connection. docs/ledger.md has the same table.
 *
 * Pure: no I/O. Client and signer use the same functions.
 */
#ifndef GRIEVD_SIGNER_WIRE_H
#define GRIEVD_SIGNER_WIRE_H

#include "core/leaf.h"
#include "core/limits.h"

enum {
    WIRE_HEAD_BYTES = 4,
    WIRE_FRAME_MAX = WIRE_HEAD_BYTES + LIMIT_SIGNER_FRAME_BYTES,
};

static_assert(1 + 8 + LIMIT_SIGNER_LEAVES * LEAF_BYTES <= LIMIT_SIGNER_FRAME_BYTES,
              "the leaves of a request fit in a frame");

enum wire_request_type {
    WIRE_STATE = 1,
    WIRE_EXTEND,
    WIRE_READ,
    WIRE_INIT,
    WIRE_ADOPT,
    WIRE_ADOPT_LEAVES,
};

struct wire_request {
    enum wire_request_type type;
    uint64_t first;     /* extend, read, adopt_leaves: index of the first leaf */
    uint32_t count;     /* read: 1 to LIMIT_SIGNER_LEAVES */
    struct span leaves; /* extend, adopt_leaves */
    struct span note;   /* adopt */
};

enum wire_answer_type {
    WIRE_SIGNED = 65,
    WIRE_HAVE,
    WIRE_BEHIND,
    WIRE_FORK,
    WIRE_LEAVES,
    WIRE_STATE_IS,
    WIRE_MORE,
    WIRE_REFUSED,
};

/* X(NAME, text): why a request is refused, from 1. */
#define WIRE_REFUSALS(X)                                                                       \
    X(WIRE_NO_STATE, "the signer has no state: grievd ledger init, or adopt a checkpoint")     \
    X(WIRE_HAS_STATE, "the signer has a state already")                                        \
    X(WIRE_NOT_READY, "the signer's state is incomplete or damaged: see its log")              \
    X(WIRE_NOT_ALLOWED, "only root and the signer's own user may do that")                     \
    X(WIRE_BAD_CHECKPOINT, "the checkpoint is not one that this log's key signed")             \
    X(WIRE_OLD_CHECKPOINT, "the checkpoint is older than what the signer knows it has signed") \
    X(WIRE_NOT_ADOPTING, "no adoption is under way, or another's is")                          \
    X(WIRE_DISK, "the signer cannot write its state: see its log")                             \
    X(WIRE_TOO_LARGE, "the log would be larger than it can be")

enum wire_refusal {
    WIRE_REFUSAL_NONE,
#define X(NAME, text) NAME,
    WIRE_REFUSALS(X)
#undef X
        WIRE_REFUSAL_END
};

/* X(NAME, name): what the signer's state is like, from 0. */
#define WIRE_CONDITIONS(X)                                                              \
    X(WIRE_CONDITION_NONE, "none") /* refuses until init or adopt */                    \
    X(WIRE_CONDITION_READY, "ready")                                                    \
    X(WIRE_CONDITION_INCOMPLETE, "incomplete") /* the last leaves must be sent again */ \
    X(WIRE_CONDITION_DAMAGED, "damaged")       /* refuses until adopt */

#define X(NAME, name) NAME,
enum wire_condition { WIRE_CONDITIONS(X) WIRE_CONDITION_END };
#undef X

struct wire_answer {
    enum wire_answer_type type;
    enum wire_condition condition; /* state_is */
    enum wire_refusal refusal;     /* refused */
    uint64_t size;      /* signed, have, behind, state_is, more; fork: index; leaves: first */
    uint64_t held;      /* state_is: leaves that can be read, less than size if incomplete */
    struct span leaves; /* leaves: may be none */
    struct span note;   /* signed, have; state_is: empty unless ready */
};

/*
 * Write a frame: its length, at most WIRE_FRAME_MAX. What a frame cannot hold is the
 * caller's bug.
 */
size_t wire_put_request(const struct wire_request *request, uint8_t *frame);
size_t wire_put_answer(const struct wire_answer *answer, uint8_t *frame);

/* Is there a frame at the front of what was received? */
enum wire_take { WIRE_FRAME, WIRE_PART, WIRE_BAD };

/* *ret_frame: the type and body; a frame takes WIRE_HEAD_BYTES more than that. */
enum wire_take wire_take(struct span received, struct span *ret_frame);

/* From a frame that wire_take() found; spans point into it. False if it breaks the rules. */
bool wire_get_request(struct span frame, struct wire_request *ret_request);
bool wire_get_answer(struct span frame, struct wire_answer *ret_answer);

const char *wire_refusal_text(enum wire_refusal refusal); /* static */
const char *wire_condition_name(enum wire_condition condition);

#endif
