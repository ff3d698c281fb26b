#include "tls.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "settings.h"

enum {
    VERIFY_DEPTH = 4,
    PEER_CHAIN_BYTES_MAX = 32 * 1024,
    REVOCATIONS_MAX = 32,
    VERIFIED_MAX = 1024, /* a power of two, more than a register's principals */
};

/* A revocation list under the CA certificate whose key signed it. */
struct revocation {
    X509_CRL *list;
    X509 *issuer;
};

/* A certificate that this snapshot has found good, by the SHA-256 of its every byte. */
struct verified {
    unsigned char digest[SHA256_DIGEST_LENGTH];
    int64_t good_until; /* Unix time; 0 in a free slot */
};

/*
 * Lives and dies with its SSL_CTX, whose reference count it shares. Immutable but for what it
 * remembers to have verified: the same few hundred certificates come again and again, and to
 * build and check a chain is a tenth of a handshake. That a peer holds the key is proved to
 * OpenSSL each time.
 */
struct tls {
    SSL_CTX *ctx;
    int64_t expires;
    int64_t revocation_due;
    size_t revocation_count;
    struct revocation revocations[REVOCATIONS_MAX];
    pthread_mutex_t verified_mutex;
    struct verified verified[VERIFIED_MAX];
};

/* Where a clause about what went wrong goes. */
struct trouble {
    char *text;
    size_t size;
};

static bool fail(const struct trouble *trouble, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes the clause, with what OpenSSL has to say; false, to be returned. */
static bool fail(const struct trouble *trouble, const char *format, ...)
{
    const unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    char clause[512];
    va_list args;

    va_start(args, format);
    vsnprintf(clause, sizeof clause, format, args);
    va_end(args);
    snprintf(trouble->text, trouble->size, "%s%s%s", clause, reason ? ": " : "",
             reason ? reason : "");
    ERR_clear_error();
    return false;
}

/* --- the snapshot's life --- */

static int tls_index = -1; /* of the snapshot among an SSL_CTX's extra data */
static pthread_once_t tls_index_once = PTHREAD_ONCE_INIT;

static void tls_destroy(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
    struct tls *tls = ptr;

    (void)parent;
    (void)ad;
    (void)idx;
    (void)argl;
    (void)argp;
    if (!tls)
        return;
    for (size_t i = 0; i < tls->revocation_count; i++) {
        X509_CRL_free(tls->revocations[i].list);
        X509_free(tls->revocations[i].issuer);
    }
    pthread_mutex_destroy(&tls->verified_mutex);
    free(tls);
}

static void make_index(void)
{
    tls_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, tls_destroy);
}

struct tls *tls_ref(struct tls *tls)
{
    SSL_CTX_up_ref(tls->ctx);
    return tls;
}

void tls_unref(struct tls *tls)
{
    if (tls)
        SSL_CTX_free(tls->ctx);
}

int64_t tls_expires(const struct tls *tls)
{
    return tls->expires;
}

int64_t tls_revocation_due(const struct tls *tls)
{
    return tls->revocation_due;
}

/* --- verification, at the handshake and again --- */

static int64_t unix_time(const ASN1_TIME *time)
{
    struct tm tm;

    return time && ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : INT64_MAX;
}

/* True if a list of this issuer names the certificate; *ret_listed: there is such a list. */
static bool is_revoked(const struct tls *tls, X509 *certificate, X509 *issuer, bool *ret_listed)
{
    X509_REVOKED *entry;
    bool revoked = false;

    *ret_listed = false;
    for (size_t i = 0; i < tls->revocation_count; i++) {
        const struct revocation *revocation = &tls->revocations[i];
        if (X509_cmp(revocation->issuer, issuer) != 0)
            continue;
        *ret_listed = true;
        revoked |= X509_CRL_get0_by_cert(revocation->list, &entry, certificate) == 1;
    }
    return revoked;
}

/*
 * What the lists say of a chain that is good otherwise: X509_V_OK or why not. OpenSSL's own
 * check would verify each list's signature at every handshake, and fail with a late list.
 */
static int check_revocation(const struct tls *tls, STACK_OF(X509) * chain)
{
    if (tls->revocation_count == 0)
        return X509_V_OK;

    const int last = sk_X509_num(chain) - 1; /* the trust anchor */
    for (int i = 0; i < last; i++) {
        bool listed;
        if (is_revoked(tls, sk_X509_value(chain, i), sk_X509_value(chain, i + 1), &listed))
            return X509_V_ERR_CERT_REVOKED;
        if (!listed && i == 0)
            return X509_V_ERR_UNABLE_TO_GET_CRL;
    }
    return last > 0 ? X509_V_OK : X509_V_ERR_UNABLE_TO_GET_CRL;
}

static int64_t chain_good_until(STACK_OF(X509) * chain)
{
    int64_t earliest = INT64_MAX;

    for (int i = 0; i < sk_X509_num(chain); i++) {
        const int64_t end = unix_time(X509_get0_notAfter(sk_X509_value(chain, i)));
        if (end < earliest)
            earliest = end;
    }
    return earliest;
}

/* Where a certificate of that digest is remembered. */
static struct verified *slot_of(struct tls *tls, const unsigned char *digest)
{
    return &tls->verified[(digest[0] << 8 | digest[1]) & (VERIFIED_MAX - 1)];
}

/* How long a certificate found good before stays so; 0 if it is not remembered. */
static int64_t recall(struct tls *tls, const unsigned char *digest)
{
    const struct verified *slot = slot_of(tls, digest);
    int64_t good_until = 0;

    pthread_mutex_lock(&tls->verified_mutex);
    if (slot->good_until > 0 && memcmp(slot->digest, digest, sizeof slot->digest) == 0)
        good_until = slot->good_until;
    pthread_mutex_unlock(&tls->verified_mutex);
    return good_until;
}

static void remember(struct tls *tls, const unsigned char *digest, int64_t good_until)
{
    struct verified *slot = slot_of(tls, digest);

    pthread_mutex_lock(&tls->verified_mutex);
    memcpy(slot->digest, digest, sizeof slot->digest);
    slot->good_until = good_until;
    pthread_mutex_unlock(&tls->verified_mutex);
}

/* The whole verification: chain, validity, purpose (OpenSSL), then the revocation lists. */
static bool verify_chain(struct tls *tls, X509_STORE_CTX *store_ctx, int64_t *ret_good_until)
{
    if (X509_verify_cert(store_ctx) != 1)
        return false;
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store_ctx);
    const int result = check_revocation(tls, chain);
    X509_STORE_CTX_set_error(store_ctx, result);
    *ret_good_until = chain_good_until(chain);
    return result == X509_V_OK;
}

/* The same, unless it was done before. */
static bool verify(struct tls *tls, X509_STORE_CTX *store_ctx, int64_t *ret_good_until)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    if (X509_digest(X509_STORE_CTX_get0_cert(store_ctx), EVP_sha256(), digest, NULL) != 1)
        return false;
    const int64_t good_until = recall(tls, digest);
    if (good_until >= (int64_t)time(NULL)) {
        X509_STORE_CTX_set_error(store_ctx, X509_V_OK);
        *ret_good_until = good_until;
        return true;
    }
    if (!verify_chain(tls, store_ctx, ret_good_until))
        return false;
    remember(tls, digest, *ret_good_until);
    return true;
}

/* OpenSSL asks, during a handshake. */
static int on_verify(X509_STORE_CTX *store_ctx, void *arg)
{
    int64_t good_until;

    return verify(arg, store_ctx, &good_until);
}

/* The certificate of a finished handshake, by this snapshot, be it the connection's own or not. */
static bool verify_peer(struct tls *tls, SSL *ssl, int64_t *ret_good_until)
{
    X509_STORE_CTX *store_ctx = X509_STORE_CTX_new();
    bool good = false;

    if (store_ctx &&
        X509_STORE_CTX_init(store_ctx, SSL_CTX_get_cert_store(tls->ctx),
                            SSL_get0_peer_certificate(ssl), SSL_get_peer_cert_chain(ssl)) == 1 &&
        X509_STORE_CTX_set_default(store_ctx, "ssl_client") == 1) {
        X509_STORE_CTX_set_depth(store_ctx, VERIFY_DEPTH);
        good = verify(tls, store_ctx, ret_good_until);
    }
    X509_STORE_CTX_free(store_ctx);
    ERR_clear_error();
    return good;
}

bool tls_peer_check(struct tls *tls, SSL *ssl, struct tls_peer *peer, int64_t now_unix)
{
    if (now_unix > peer->good_until)
        return false;
    if (SSL_get_SSL_CTX(ssl) == tls->ctx)
        return true;
    if (SSL_get0_peer_certificate(ssl) && !verify_peer(tls, ssl, &peer->good_until))
        return false;
    SSL_set_SSL_CTX(ssl, tls->ctx);
    return true;
}

bool tls_peer_read(SSL *ssl, struct tls_peer *ret_peer)
{
    struct tls_peer peer = {.good_until = INT64_MAX};
    X509 *certificate = SSL_get0_peer_certificate(ssl);
    struct tls *tls = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), tls_index);

    if (certificate &&
        (!principal_of(certificate, peer.name) || !verify_peer(tls, ssl, &peer.good_until)))
        return false;
    *ret_peer = peer;
    return true;
}

/* --- making a snapshot --- */

/* A PEM file in memory; freed with close_pem(). */
struct pem {
    char *content;
    size_t len;
    BIO *bio;
};

static bool open_pem(struct pem *pem, const char *path, const struct trouble *trouble)
{
    *pem = (struct pem){0};
    pem->content = settings_file(path, &pem->len);
    if (!pem->content)
        return fail(trouble, "%s: %s", path, strerror(errno));
    pem->bio = BIO_new_mem_buf(pem->content, (int)pem->len);
    return pem->bio || fail(trouble, "%s: memory is out", path);
}

static void close_pem(struct pem *pem)
{
    BIO_free(pem->bio);
    settings_file_free(pem->content, pem->len);
}

/* An encrypted key is refused rather than asked about on the terminal. */
static int no_password(char *buffer, int size, int writing, void *arg)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

/* True at the end of a PEM file that held what was looked for; forgets that error. */
static bool pem_ended(void)
{
    const unsigned long code = ERR_peek_last_error();

    if (ERR_GET_LIB(code) != ERR_LIB_PEM || ERR_GET_REASON(code) != PEM_R_NO_START_LINE)
        return false;
    ERR_clear_error();
    return true;
}

/* The server's certificate, then those that lead to its CA. */
static bool read_chain(struct tls *tls, BIO *bio, const char *path, const struct trouble *trouble)
{
    X509 *certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL);

    if (!certificate)
        return fail(trouble, "%s: no certificate in it", path);
    const int used = SSL_CTX_use_certificate(tls->ctx, certificate);
    tls->expires = unix_time(X509_get0_notAfter(certificate));
    X509_free(certificate);
    if (used != 1)
        return fail(trouble, "%s: not usable", path);

    while ((certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
        if (SSL_CTX_add0_chain_cert(tls->ctx, certificate) != 1) {
            X509_free(certificate);
            return fail(trouble, "%s: not usable", path);
        }
    }
    return pem_ended() || fail(trouble, "%s: damaged", path);
}

static bool read_key(struct tls *tls, BIO *bio, const char *path, const struct trouble *trouble)
{
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);

    if (!key)
        return fail(trouble, "%s: no unencrypted private key in it", path);
    const bool used = SSL_CTX_use_PrivateKey(tls->ctx, key) == 1;
    EVP_PKEY_free(key);
    if (!used || SSL_CTX_check_private_key(tls->ctx) != 1)
        return fail(trouble, "%s: not the key of the certificate", path);
    return true;
}

static bool read_client_ca(struct tls *tls, BIO *bio, const char *path,
                           const struct trouble *trouble)
{
    X509_STORE *store = SSL_CTX_get_cert_store(tls->ctx);
    X509 *ca;
    size_t count = 0;

    while ((ca = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
        const bool added =
            X509_STORE_add_cert(store, ca) == 1 && SSL_CTX_add_client_CA(tls->ctx, ca) == 1;
        X509_free(ca);
        if (!added)
            return fail(trouble, "%s: not usable", path);
        count++;
    }
    if (!pem_ended())
        return fail(trouble, "%s: damaged", path);
    return count > 0 || fail(trouble, "%s: no certificate in it", path);
}

/* A critical extension we do not read (partial or indirect lists) changes what a list means. */
static bool has_critical_extension(const X509_CRL *list)
{
    for (int i = 0; i < X509_CRL_get_ext_count(list); i++) {
        if (X509_EXTENSION_get_critical(X509_CRL_get_ext(list, i)))
            return true;
    }
    return false;
}

/* Keep the list under each CA certificate that signed it. False if there is none, or no room. */
static bool add_revocation(struct tls *tls, X509_CRL *list)
{
    STACK_OF(X509_OBJECT) *objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(tls->ctx));
    bool added = false;

    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        X509 *ca = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (!ca || X509_NAME_cmp(X509_get_subject_name(ca), X509_CRL_get_issuer(list)) != 0 ||
            X509_CRL_verify(list, X509_get0_pubkey(ca)) != 1)
            continue;
        if (tls->revocation_count == REVOCATIONS_MAX)
            return false;
        X509_CRL_up_ref(list);
        X509_up_ref(ca);
        tls->revocations[tls->revocation_count++] = (struct revocation){list, ca};
        added = true;
    }
    return added;
}

static bool read_revocations(struct tls *tls, BIO *bio, const char *path,
                             const struct trouble *trouble)
{
    X509_CRL *list;

    while ((list = PEM_read_bio_X509_CRL(bio, NULL, no_password, NULL))) {
        const bool partial = has_critical_extension(list);
        const bool added = !partial && add_revocation(tls, list);
        const int64_t due = unix_time(X509_CRL_get0_nextUpdate(list));
        if (added && due < tls->revocation_due)
            tls->revocation_due = due;
        X509_CRL_free(list);
        if (partial)
            return fail(trouble, "%s: has a list with a critical extension", path);
        if (!added)
            return fail(trouble, "%s: has a list that no client CA signed, or too many", path);
    }
    if (!pem_ended())
        return fail(trouble, "%s: damaged", path);
    return tls->revocation_count > 0 || fail(trouble, "%s: no revocation list in it", path);
}

/* Of the protocols a client offers we speak one; a client of another is turned away here. */
static int choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_len,
                           const unsigned char *offered, unsigned offered_len, void *arg)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;

    (void)ssl;
    (void)arg;
    if (SSL_select_next_proto(&chosen, ret_len, ours, sizeof ours - 1, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *ret = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static bool set_protocol(struct tls *tls)
{
    SSL_CTX *ctx = tls->ctx;

    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 /* HTTP's framing tells a cut message; TCP's end is enough. */
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(ctx, 1); /* a record in one read(2), not two */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_verify_depth(ctx, VERIFY_DEPTH);
    SSL_CTX_set_cert_verify_callback(ctx, on_verify, tls);
    SSL_CTX_set_max_cert_list(ctx, PEER_CHAIN_BYTES_MAX);
    return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
           SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                         "TLS_CHACHA20_POLY1305_SHA256") == 1 &&
           SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") == 1;
}

/* Read one file of the settings by the function for it. */
static bool read_file(struct tls *tls, const char *path,
                      bool (*read)(struct tls *, BIO *, const char *, const struct trouble *),
                      const struct trouble *trouble)
{
    struct pem pem;
    const bool good = open_pem(&pem, path, trouble) && read(tls, pem.bio, path, trouble);

    close_pem(&pem);
    return good;
}

static bool read_files(struct tls *tls, const struct settings *settings,
                       const struct trouble *trouble)
{
    return read_file(tls, settings->certificate, read_chain, trouble) &&
           read_file(tls, settings->key, read_key, trouble) &&
           read_file(tls, settings->client_ca, read_client_ca, trouble) &&
           (settings->client_crl[0] == '\0' ||
            read_file(tls, settings->client_crl, read_revocations, trouble));
}

struct tls *tls_new(const struct settings *settings, char *error, size_t error_size)
{
    const struct trouble trouble = {error, error_size};
    struct tls *tls = calloc(1, sizeof *tls);
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    pthread_once(&tls_index_once, make_index);
    ERR_clear_error();
    if (!tls || !ctx || tls_index < 0 || SSL_CTX_set_ex_data(ctx, tls_index, tls) != 1) {
        SSL_CTX_free(ctx);
        free(tls);
        fail(&trouble, "memory is out");
        return NULL;
    }
    tls->ctx = ctx;
    pthread_mutex_init(&tls->verified_mutex, NULL);
    tls->revocation_due = INT64_MAX;
    if (!set_protocol(tls)) {
        fail(&trouble, "TLS 1.3 cannot be set up");
        tls_unref(tls);
        return NULL;
    }
    if (!read_files(tls, settings, &trouble)) {
        tls_unref(tls);
        return NULL;
    }
    return tls;
}

SSL *tls_accept(struct tls *tls)
{
    return SSL_new(tls->ctx);
}
