/*
 * listen - the sockets to accept on: systemd's, or our own
 *
 * Under socket activation they are told apart by their names (FileDescriptorName=
 * in systemd.socket(5)): "https" and "metrics". Whichever of the two systemd did
 * not pass is bound here, by settings->listen and settings->metrics_listen.
 *
 *     address:port  [v6]:port  [::]:port (IPv4 as well)  unix:/path (metrics only)
 */
#ifndef GRIEVD_LISTEN_H
#define GRIEVD_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

struct settings;

enum { LISTEN_SOCKETS_MAX = 8 };

struct listen_sockets {
    size_t count;
    struct listen_socket {
        int fd;            /* listening, non-blocking */
        bool local;        /* "metrics": a loopback address or a Unix socket, plaintext */
        char *unlink_path; /* of a Unix socket that was made here; else NULL */
    } list[LISTEN_SOCKETS_MAX];
};

/* Open all of them. False with a clause in error; listen_close() in either case. */
bool listen_open(struct listen_sockets *sockets, const struct settings *settings, char *error,
                 size_t error_size);

/* Close them and remove the Unix sockets made here. */
void listen_close(struct listen_sockets *sockets);

#endif
