/*
 * settings - where the register is, who is asking, and how answers are printed
 *
 * settings_keys is the client's configuration table (core/config). A file names
 * little more than a server and a certificate; client/griev/griev.conf.example
 * shows every key:
 *
 *     [server]
 *     url = https://register.example:8443
 *     ca = ca.pem
 *     certificate = TH-50.pem
 *     key = TH-50.key
 *
 * Paths that do not begin with / are relative to the folder of the file, so that
 * a folder with a configuration and its keys can be moved as one.
 */
#ifndef GRIEVD_CLIENT_SETTINGS_H
#define GRIEVD_CLIENT_SETTINGS_H

#include "core/config.h"

struct settings {
    /* [server] */
    char *url;   /* https://host[:port][/prefix], without a slash at its end */
    char *ca;    /* PEM bundle; the only authorities trusted; "" for those of the system */
    char *proxy; /* http://host:port for CONNECT; "" for none, whatever the environment says */
    uint64_t connect_timeout_ms;
    uint64_t timeout_ms; /* of one attempt, connecting included */
    uint64_t retries;    /* attempts after the first, for requests that may be repeated */
    char *certificate;   /* PEM chain; "" asks as anyone */
    char *key;           /* PEM */

    /* [sealing]: of whoever seals or opens an identity himself */
    char *origin;        /* the register's, as its daemon has it; "" to let the server seal */
    char *custodians;    /* "NUMBER:NAME:FILE …": public keys of all custodians */
    char *custodian_key; /* a custodian's own private key */

    /* [print] */
    char *lang;   /* th, en, or auto: from LC_ALL, LC_MESSAGES or LANG */
    char *colour; /* auto, always, never */
    bool thai_digits;

    /* [files] */
    char *state; /* folder for what waits to be sent again */

    /* [report] */
    char *emblem; /* file of the picture on cover memos; "" leaves its place empty */

    /* [log] */
    char *log_key; /* file of the public key of the register's log; "" for none */
};

extern const struct config_key settings_keys[];
extern const size_t settings_key_count;

/*
 * Where settings are without --config: $GRIEV_CONFIG, else
 * $XDG_CONFIG_HOME/griev/griev.conf, else ~/.config/griev/griev.conf. To be
 * freed; NULL when there is no home directory either.
 */
char *settings_default_path(void);

/*
 * Read the file and put paths in their final form. True, or false with
 * *ret_error; either way the caller frees with settings_done().
 */
bool settings_read(struct settings *ret_settings, const char *path, struct config_error *ret_error);

/* Settings of who has no file: they name no server. */
void settings_default(struct settings *ret_settings);

/* What they lack to ask a server, in a clause; NULL if nothing. */
const char *settings_server_fault(const struct settings *settings);
void settings_done(struct settings *settings);

#endif
