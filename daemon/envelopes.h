/*
 * envelopes - what is stored, sealed anew: for `grievd migrate` and `grievd rewrap`
 *
 * Both go through the register a hundred rows a transaction, so that each can be stopped at
 * any moment and goes on where it was. Both talk with libpq directly, as programs that run
 * and end. Errors and progress are printed for people, each in a line.
 */
#ifndef GRIEVD_ENVELOPES_H
#define GRIEVD_ENVELOPES_H

#include <libpq-fe.h>
#include <stdbool.h>

struct settings;

/*
 * Seal the texts that lie in clear in register.content_plain, if it is there, and drop it.
 * False, printed, if the keys of [sealing] cannot be read or the database refuses.
 */
bool envelopes_seal_plain(PGconn *conn, const struct settings *settings);

/*
 * The program `grievd rewrap`: wrap bodies, files and the texts of events and proposals for exactly
 * the keys that [sealing] body_keys has for their route, those that a key of open_keys opens. After
 * a new key or a key taken away; for a case that changed its route see rewrap.h. The program's exit
 * code: EX_OK, or EX_CONFIG, EX_UNAVAILABLE, EX_DATAERR.
 */
int envelopes_rewrap(const struct settings *settings);

#endif
