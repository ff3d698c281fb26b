/*
 * ledger_admin - `grievd ledger VERB`: what an operator does to the log
 *
 *     init      begin the log: once, with a signer that has no state
 *
 * Speaks to the signer as a daemon does (signer_wire.h), as root or the signer's user where it
 * changes what the signer believes. Prints to people; waits.
 */
#ifndef GRIEVD_LEDGER_ADMIN_H
#define GRIEVD_LEDGER_ADMIN_H

#include <stdbool.h>

struct settings;

/* True if there is such a verb. */
bool ledger_admin_verb(const char *verb);

/* Do it; an exit code of sysexits.h. */
int ledger_admin_run(const struct settings *settings, const char *verb);

#endif
