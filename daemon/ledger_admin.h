/*
 * ledger_admin - `grievd ledger VERB`: what an operator does to the log
 *
 *     init                begin the log: once, with a signer that has no state
 *     doctor [--repair]   compare the signer's leaves with the database's, say what is the case
 *                         and what to do, and do what can be done
 *     adopt CHECKPOINT    give a signer that lost its state the newest checkpoint anybody has, and
 *                         the leaves from the database
 *     export DIR          write what is published into a folder, for any web server
 *     freeze, thaw        have every daemon refuse writes, and take them again
 *
 * Speaks to the signer as a daemon does (signer_wire.h), as root or the signer's user where it
 * changes what the signer believes, and to the database as its owner (ledger_db.h). Prints to
 * people; waits.
 */
#ifndef GRIEVD_LEDGER_ADMIN_H
#define GRIEVD_LEDGER_ADMIN_H

#include <stdbool.h>

struct settings;

struct ledger_admin_options {
    const char *verb, *operand; /* operand: NULL for none */
    bool repair;
};

/* NULL if the verb, its operand and options go together; else a clause. */
const char *ledger_admin_fault(const struct ledger_admin_options *options);

/* Do it; an exit code of sysexits.h, or 1: doctor found something that is not as it must be. */
int ledger_admin_run(const struct settings *settings, const struct ledger_admin_options *options);

#endif
