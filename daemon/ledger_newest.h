/*
 * ledger_newest - the newest checkpoint that a daemon knows of, over its own restart
 *
 * One file ([ledger] newest), one signed checkpoint: what the log had come to, or what a client
 * showed that it has to come to. If database and signer are both put back to an earlier state,
 * nothing of either tells; this file does, before any client has to, and also while the signer
 * is away. The file proves itself: what our key has not signed is not believed.
 *
 * Replaced as a whole, and not synced: after a power cut it may be an older one, or none, and
 * then clients tell.
 */
#ifndef GRIEVD_LEDGER_NEWEST_H
#define GRIEVD_LEDGER_NEWEST_H

#include "core/verify.h"

/*
 * Read it: the note's length, and what it says; 0 if there is none yet, or, logged, none to be
 * believed.
 */
size_t ledger_newest_read(const char *path, const struct verify_log *log,
                          char ret_note[static CHECKPOINT_NOTE_MAX],
                          struct checkpoint *ret_checkpoint);

/* Write it. False, with errno, if that fails; what was there is still there then. */
bool ledger_newest_write(const char *path, struct span note);

#endif
