/*
 * receipt - what the register answered for, kept and checked by the office
 *
 * Whoever submitted a complaint keeps its receipt, below the state folder by its number and,
 * where the complaint came from a file, as FILE.receipt beside it. With the log's key in the
 * settings a submission is no success before its receipt proves it: the log's key has signed a
 * tree that holds this very complaint, under the commitment that the client computes itself
 * of what it sent.
 */
#ifndef GRIEVD_CLIENT_RECEIPT_H
#define GRIEVD_CLIENT_RECEIPT_H

#include "griev.h"
#include "spool.h"

/* Check what came as the answer to a submission: an exit code, failures told. */
int receipt_check(struct griev *griev, const struct spool *spool, const json_t *answer);

/*
 * Keep it; beside: the file the complaint came from, or NULL; copies: the files here that hold what
 * was told, a list. Trouble is told and is no failure. One of the same number that says something
 * else stays, under another name.
 */
void receipt_keep(const struct griev *griev, const char *beside, json_t *copies,
                  const json_t *answer);

/* Tell of a case that was erased which of those files are still here. Nothing of any other. */
void receipt_tell_erased(const struct griev *griev, const json_t *row);

#endif
