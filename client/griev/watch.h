/*
 * watch - the log as this client has seen it: it may grow, and never change
 *
 * With the log's key in the settings, the newest checkpoint that was shown here is kept below the
 * state folder, one for each log, wherever it is served. Each run that speaks to the server with a
 * certificate first asks for its newest one, and for the proof that nothing was changed in
 * between; and sends with what it then asks the one that it keeps, so that the server
 * finds out as well. A log that contradicts what is kept is stopped at: both checkpoints
 * stay as evidence, and nothing more is sent until a person has looked.
 */
#ifndef GRIEVD_CLIENT_WATCH_H
#define GRIEVD_CLIENT_WATCH_H

#include "core/verify.h"
#include "griev.h"

/* Once a run, before its first request: an exit code, failures told. EXIT_OK without a key. */
int watch_contact(struct griev *griev);

/* The kept checkpoint in base64, for Griev-Checkpoint; NULL if there is none. */
const char *watch_header(const struct griev *griev);

/*
 * A checkpoint came with an answer and verified: the log it speaks of must be the one that is
 * kept. An exit code.
 */
int watch_take(struct griev *griev, const struct verify_log *log, struct span note);

#endif
