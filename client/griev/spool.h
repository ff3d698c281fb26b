/*
 * spool - what was sent, kept so that it can be sent again to the byte
 *
 * A request that changes something is written here, and synced, before it goes
 * out. Should the answer be lost, the same command sends the same bytes under
 * the same id and nonce, and the server recognises them. One file is one
 * request:
 *
 *     griev-spool 1
 *     state sent
 *     id 7c9e6679-7425-40de-944b-e07fc1f90ae7
 *     nonce 64 hex digits, or -
 *     source SHA-256 of what the person gave, 64 hex digits
 *     body 1234
 *     answer 0
 *
 *     (1234 bytes) newline (0 bytes) newline
 *     sha256 64 hex digits, of every byte before this line
 *
 * The checksum makes a torn or altered file evident: it is refused, never
 * guessed at. Files are mode 0600; they hold narratives.
 */
#ifndef GRIEVD_CLIENT_SPOOL_H
#define GRIEVD_CLIENT_SPOOL_H

#include "core/span.h"

enum {
    SPOOL_ID_CHARS = 36,
    SPOOL_HEX_CHARS = 64,
    SPOOL_BYTES_MAX = 2 * 1024 * 1024, /* of a file */
};

/* X(NAME, word in the file): what is known of the request. */
#define SPOOL_STATES(X)                                                                   \
    X(SPOOL_SENT, "sent")         /* it may have arrived: to be sent again as it is */    \
    X(SPOOL_ACCEPTED, "accepted") /* the answer says so; sending again changes nothing */ \
    X(SPOOL_OPEN, "open")         /* not accepted: a corrected content may take its place and id */

#define X(name, word) name,
enum spool_state { SPOOL_STATES(X) };
#undef X

struct spool {
    enum spool_state state;
    char id[SPOOL_ID_CHARS + 1];
    char nonce[SPOOL_HEX_CHARS + 1]; /* "" for none */
    char source[SPOOL_HEX_CHARS + 1];
    struct span body;   /* owned */
    struct span answer; /* owned; len 0: none yet */
};

/* Frees what the struct owns. It may be zeroed. */
void spool_done(struct spool *spool);

/* The file's bytes, owned by the caller (memory_free_span()). Pure. */
struct span spool_format(const struct spool *spool);

/* The reverse. False, with *ret_spool untouched, for anything that spool_format() did not make. */
bool spool_parse(struct span content, struct spool *ret_spool);

enum spool_result {
    SPOOL_OK,
    SPOOL_NONE,   /* there is no such file */
    SPOOL_BROKEN, /* it is not a spool file, or not whole */
    SPOOL_SYSTEM, /* errno says why */
};

enum spool_result spool_read(const char *path, struct spool *ret_spool);

/* Write it, synced with its folder. create never replaces: errno is EEXIST then. */
bool spool_create(const char *path, const struct spool *spool);
bool spool_replace(const char *path, const struct spool *spool);

/* A new random UUID (version 4), and 32 random bytes in hex. False if the system has none. */
bool spool_new_id(char ret_id[static SPOOL_ID_CHARS + 1]);
bool spool_new_nonce(char ret_nonce[static SPOOL_HEX_CHARS + 1]);

/* SHA-256 in lower-case hex. */
void spool_hash(struct span content, char ret_hex[static SPOOL_HEX_CHARS + 1]);

#endif
