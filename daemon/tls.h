/*
 * tls - who is at the other end
 *
 * TLS 1.3 only, no tickets, no resumption, no early data. A client certificate
 * is asked for and, when given, verified against the client CA, its validity,
 * its purpose (client authentication) and the revocation list; a connection
 * without one is `anyone`. The certificate says who it is (core/principal).
 *
 * A struct tls is an immutable, reference-counted snapshot of key, chain, CA
 * and revocation list; SIGHUP makes a new one. tls_peer_check() asks the current
 * snapshot again on each request, so that a revocation, a removed CA or the end
 * of a certificate takes effect on connections already open.
 *
 * Revocation. Every list must be signed by a CA of the client CA file, which is
 * checked when the snapshot is made; while any list is configured, a certificate
 * whose issuer has none is refused. A list past its nextUpdate stays in force:
 * what it revokes stays revoked, and the rest is served, because refusing every
 * office at that hour would stop complaints from being received. The lateness is
 * the operator's to see: a warning when the file is read, and a metric.
 */
#ifndef GRIEVD_TLS_H
#define GRIEVD_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/principal.h"

struct settings;
struct tls;

/* NULL with a clause in error (as snprintf cuts it) naming the file at fault. */
struct tls *tls_new(const struct settings *settings, char *error, size_t error_size);
struct tls *tls_ref(struct tls *tls);
void tls_unref(struct tls *tls);

/* A server-side SSL for one connection; owns what it needs. NULL if memory is out. */
SSL *tls_accept(struct tls *tls);

/* Unix time at which the server's own certificate expires. */
int64_t tls_expires(const struct tls *tls);

/* Unix time at which the first of the revocation lists is due for renewal; INT64_MAX: none is. */
int64_t tls_revocation_due(const struct tls *tls);

/* What a connection keeps of its peer. */
struct tls_peer {
    char name[PRINCIPAL_CHARS + 1]; /* the principal's name, "" without a certificate */
    int64_t good_until;             /* Unix time: the first end of validity in its chain */
};

/* The peer of a finished handshake. False if there is a certificate that names no principal. */
bool tls_peer_read(SSL *ssl, struct tls_peer *ret_peer);

/*
 * True while the peer's certificate (or its absence) is still good by this
 * snapshot. Costs a comparison, except for the first time after a new snapshot:
 * then the chain is verified anew, and the connection moves over to the snapshot.
 */
bool tls_peer_check(struct tls *tls, SSL *ssl, struct tls_peer *peer, int64_t now_unix);

#endif
