/*
 * ledger_newest - the largest tree that is known to have been signed
 *
 * This daemon's own, or one that a client has shown: the log has to come to it, and until it has
 * nothing is written.
 *
 * It is kept over a restart, in one file ([ledger] newest) with one signed checkpoint. If
 * database and signer are both put back to an earlier state, nothing of either tells; this file
 * does, before any client has to, and also while the signer is away. The file proves itself: what
 * our key has not signed is neither believed nor kept. It is replaced as a whole, and not
 * synced: after a power cut it may be an older one, or none, and then clients tell.
 */
#ifndef GRIEVD_LEDGER_NEWEST_H
#define GRIEVD_LEDGER_NEWEST_H

#include "core/verify.h"

/* A tree that was signed. */
struct ledger_sight {
    uint64_t size; /* 0: none */
    struct merkle_hash root;
};

bool ledger_sight_eq(const struct ledger_sight *one, const struct ledger_sight *other);

struct ledger_newest {
    struct ledger_sight sight;
    char note[CHECKPOINT_NOTE_MAX]; /* the checkpoint that says so */
    size_t note_len;

    char *path; /* owned; "" for no file */
    const struct verify_log *log;
    struct ledger_sight kept; /* what the file says */
    bool told;                /* that it cannot be written */
};

/* Take up what the file says, if it is there and to be believed. False if memory is out. */
bool ledger_newest_init(struct ledger_newest *newest, const char *path,
                        const struct verify_log *log);
void ledger_newest_clear(struct ledger_newest *newest); /* a zeroed one is allowed */

/* This is it from now on. The note is at most CHECKPOINT_NOTE_MAX long. */
void ledger_newest_set(struct ledger_newest *newest, const struct ledger_sight *sight,
                       struct span note);

/* Have the file say so, if it does not yet. */
void ledger_newest_keep(struct ledger_newest *newest);

#endif
