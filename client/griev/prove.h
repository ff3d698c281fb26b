/*
 * prove - whose log it is, and where its files lie
 *
 * Verifying trusts nothing but a verifier key that is already here: --key FILE or
 * [log] key of the settings, and never the server. A log's files (checkpoint, tiles,
 * entries) come from a folder or, over HTTPS, from any server that has a copy: they are
 * checked against the signed root, so it does not matter who keeps them.
 */
#ifndef GRIEVD_CLIENT_PROVE_H
#define GRIEVD_CLIENT_PROVE_H

#include "core/tile.h"
#include "core/verify.h"
#include "griev.h"

/* The log whose key was named; log->key points to key. An exit code, failures told. */
struct prove_log {
    struct note_verifier key;
    struct verify_log log;
};
int prove_log_read(struct griev *griev, struct prove_log *ret_log);

/* Where --from leads; NULL, told, if it cannot be used (*ret_code). */
struct prove_source;
struct prove_source *prove_source_new(struct griev *griev, const char *from, int *ret_code);
void prove_source_free(struct prove_source *source); /* NULL is allowed */

/*
 * A file of the log, at most max_bytes: an exit code. EXIT_NOT_FOUND is not told; other failures
 * are. The span is owned.
 */
int prove_fetch(struct prove_source *source, const char *path, size_t max_bytes,
                struct span *ret_content);

/*
 * A tile of a tree of that size, or of a larger one: the partial tile, else the full one that has
 * taken its place. *ret_content has at least tile.width items of item_bytes; told when there is
 * neither.
 */
int prove_fetch_tile(struct prove_source *source, struct tile tile, size_t item_bytes,
                     struct span *ret_content);

/* Tell in words that the log's files say what they must not. */
int prove_refuse(const struct griev *griev, const char *subject, enum verify_fault fault);

#endif
