/*
 * migrate - bring the database to the version of this program
 *
 *     sql/migrations/NNN_name.sql     once each, a transaction each, in order
 *     register.content_plain          texts of before there were envelopes: sealed
 *     sql/rules, api, report/NAME.sql every time, together in one transaction with
 *     sql/reference/NAME.csv          merged into their tables, in the order of ORDER,
 *     units, principals               when given, and
 *     sql/privileges.sql              last
 *
 * A migration that was applied must never change: its SHA-256 is kept in
 * register.migration, and another one is refused. The rest is created anew each
 * time, so a release is migrations plus today's functions. Everything runs as
 * grievd_owner under one advisory lock; a failure leaves the database at the
 * last migration that succeeded, with the functions it had.
 *
 * Synchronous libpq: with envelopes the only user of it beside the store.
 */
#ifndef GRIEVD_MIGRATE_H
#define GRIEVD_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>

struct settings;

struct migrate_options {
    const char *sql_dir;    /* NULL: the one installed, or built, beside the program */
    const char *units;      /* CSV of the agency's units; NULL for none */
    const char *principals; /* CSV of its principals; NULL for none */
    bool status;            /* only say what is applied */
};

/*
 * Migrate, as [database] migrate_conninfo says, with a line on standard output for each
 * step and errors in full on standard error. Returns the program's exit code: EX_OK;
 * 1 if status finds something to apply; EX_CONFIG, EX_UNAVAILABLE, EX_DATAERR.
 */
int migrate_run(const struct settings *settings, const struct migrate_options *options);

/* True if libpq understands the connection string; else a clause in error. */
bool migrate_conninfo_valid(const char *conninfo, char *error, size_t error_size);

#endif
