/*
 * signer - the program `grievd signer`: holds the log's key, and signs what it has extended
 *
 * One per log, under a user of its own, without network and database. Daemons send the leaves
 * they have committed over a local socket (signer_wire.h); it appends them to its own tree,
 * syncs (signer_log.h), and signs the new root. It never signs a tree that does not
 * extend the last one, so a database that was rolled back or rewritten gets no signature.
 *
 * Connections are served by one thread, each request before the next one of its connection;
 * a peer that does not read its answer gets no further one. What can make the signer begin a
 * tree (init, adopt) is for root and the signer's own user, by SO_PEERCRED; for the
 * rest the socket's mode decides.
 */
#ifndef GRIEVD_SIGNER_H
#define GRIEVD_SIGNER_H

struct signer_settings;

/* Serve until SIGTERM or SIGINT; an exit code of sysexits.h. */
int signer_run(const struct signer_settings *settings);

/*
 * Make a key for the origin: the secret into a new file, which nobody else may read, and the
 * public key on standard output. An exit code of sysexits.h.
 */
int signer_new_key(const struct signer_settings *settings, const char *path);

#endif
