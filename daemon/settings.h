/*
 * settings - what an operator can set, and a snapshot of it
 *
 * settings_keys is the daemon's configuration table (core/config); `grievd
 * check-config` and the example file follow it. A struct settings is read once,
 * never changed, and replaced whole on SIGHUP. The signer has a file and a table of its
 * own.
 */
#ifndef GRIEVD_SETTINGS_H
#define GRIEVD_SETTINGS_H

#include "core/config.h"
#include "log.h"

/* A server certificate with less than this to go is warned about. */
enum { SETTINGS_CERTIFICATE_WARN_DAYS = 30 };

struct settings {
    /* [server] */
    char *listen;         /* address:port, [v6]:port; unused under socket activation */
    char *metrics_listen; /* loopback address:port or unix:/path; "" for none */
    uint64_t workers;
    uint64_t connections_max;             /* of this daemon */
    uint64_t connections_per_address_max; /* IPv6: per /64 */
    uint64_t requests_per_second_max;     /* per principal, or per address without one */
    uint64_t requests_burst;
    uint64_t handshake_timeout_ms; /* the states of a connection, each from its first moment */
    uint64_t head_timeout_ms;
    uint64_t body_timeout_ms;
    uint64_t idle_timeout_ms;
    uint64_t write_timeout_ms;
    uint64_t drain_ms; /* how long SIGTERM waits for answers */
    char *log_level;   /* error, warning, notice, info, debug */

    /* [tls] */
    char *certificate; /* chain, PEM */
    char *key;         /* PEM; a path, or credential:NAME under systemd */
    char *client_ca;   /* PEM bundle */
    char *client_crl;  /* PEM; "" for none, which check-config points out */

    /* [register] */
    char *origin;          /* names this register in everything signed or sealed: host/log */
    char *nonce_key;       /* file of 64 hex digits */
    uint64_t nonce_key_id; /* 1..32767 */
    char *nonce_key_old;   /* "ID:PATH ID:PATH …", kept 90 days */
    uint64_t sweep_interval_ms;

    /* [ledger] */
    char *signer;        /* the signer's socket; "" for a register without a log */
    char *public_key;    /* file: the log's verifier key */
    char *newest;        /* file that keeps the newest checkpoint over a restart; "" none */
    uint64_t publish_ms; /* how often the log is published */

    /* [sealing]: lists separated by blanks */
    char *body_keys;  /* "ROUTE:FILE …": public keys, at least one a route */
    char *custodians; /* "NUMBER:FILE …": public keys, two or more */
    char *open_keys;  /* "ROUTE:FILE …": private keys, where this instance serves the route */
    char *instances;  /* "ROUTE:URL …": where a route's texts are opened */

    /* [database] */
    char *conninfo;         /* libpq */
    char *migrate_conninfo; /* for grievd migrate only */
    char *standbys;         /* synchronous_standby_names as the server must have it; "" none */
    uint64_t read_connections;
};

extern const struct config_key settings_keys[];
extern const size_t settings_key_count;

/* Read a file. NULL, with *ret_error, if it cannot be read or has a fault. */
struct settings *settings_read(const char *path, struct config_error *ret_error);

/* The same, but a key that must be given may be absent, and is then "": for grievd migrate. */
struct settings *settings_read_some(const char *path, struct config_error *ret_error);

void settings_free(struct settings *settings);

/* log_level as log.h's number. */
enum log_priority settings_log_priority(const struct settings *settings);

/*
 * The signer's own file, signer.conf: another program under another user. Read and freed in
 * the same way.
 */
struct signer_settings {
    /* [signer] */
    char *origin;    /* names the log, as [register] origin of the daemons */
    char *key;       /* file of the log's secret key; or credential:NAME */
    char *state_dir; /* folder of the tree it has signed */
    char *listen;    /* path of its socket; unused under socket activation */
};

extern const struct config_key signer_settings_keys[];
extern const size_t signer_settings_key_count;

struct signer_settings *signer_settings_read(const char *path, struct config_error *ret_error);
void signer_settings_free(struct signer_settings *settings);

/*
 * The mailer's own file, notify.conf: a third program, user and database role. Read and freed
 * in the same way.
 */
struct notify_settings {
    /* [notify] */
    char *url;      /* smtp://host:port, with STARTTLS, or smtps:// */
    char *from;     /* the sender's mailbox */
    char *user;     /* at the mail server; "" for none */
    char *password; /* file of it, or credential:NAME; "" for none */
    char *ca;       /* authorities of the mail server, PEM; "": the system's */
    uint64_t interval_ms;

    /* [database] */
    char *conninfo; /* libpq */
    char *standbys; /* as the daemons have it */
};

extern const struct config_key notify_settings_keys[];
extern const size_t notify_settings_key_count;

struct notify_settings *notify_settings_read(const char *path, struct config_error *ret_error);
void notify_settings_free(struct notify_settings *settings);

/* Read a small secret or PEM file, at most 1 MiB, NUL-terminated, to be freed with
 * settings_file_free(), which wipes it. NULL with errno set. "credential:NAME" is
 * $CREDENTIALS_DIRECTORY/NAME. */
char *settings_file(const char *path, size_t *ret_len);
void settings_file_free(char *content, size_t len);

/* A key that nonces are derived with, by its number. */
enum { SETTINGS_KEY_BYTES = 32, SETTINGS_NONCE_KEYS_MAX = 16 };
struct settings_nonce_key {
    int id;
    uint8_t key[SETTINGS_KEY_BYTES];
};

/*
 * Read the key files that [register] names: the current key first, then the old
 * ones. The count, or 0 with a clause in error. The caller wipes the keys.
 */
size_t settings_nonce_keys(const struct settings *settings,
                           struct settings_nonce_key ret_keys[static SETTINGS_NONCE_KEYS_MAX],
                           char *error, size_t error_size);

#endif
