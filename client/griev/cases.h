/*
 * cases - an auditor's look at the register's rows: is each the one that its leaf was made of?
 *
 * The leaf binds the readable fields; the register gives an auditor those fields and the opening
 * of the commitment (GET /v1/openings). So a row that was changed, exchanged, inserted or deleted
 * behind the daemon's back is named, though nobody else saw it. Where one field alone was
 * changed to or from a code, unit or day, the value that was committed is found again
 * by trying them: the opening holds the salt.
 *
 * A case that is hidden from the auditor has no row for him, like one that was deleted: it is told
 * as a leaf without a row, and only somebody it is not hidden from can tell which it is.
 */
#ifndef GRIEVD_CLIENT_CASES_H
#define GRIEVD_CLIENT_CASES_H

#include "core/audit.h"
#include "griev.h"

/* All rows of the year, as the register gives them: a list, owned. An exit code, failures told. */
int cases_fetch(struct griev *griev, unsigned year, json_t **ret_rows);

/*
 * Hold them against the leaves that audit has taken up, LEAF_BYTES each; leaves from `settled` on
 * may be newer than the rows. A list of findings, {index, ref, code, field, committed, text_en,
 * text_th}, owned; empty if all is well.
 */
json_t *cases_compare(struct griev *griev, unsigned year, const json_t *rows, const uint8_t *leaves,
                      uint64_t settled, const struct audit *audit);

#endif
