/*
 * pghosts - the hosts a libpq connection string names, to be tried one by one
 *
 * libpq tries several hosts by itself, but without a time limit when it is
 * polled, and it looks names up while the caller waits. The daemon's loop can
 * afford neither, so it makes one attempt a host, with its own timer, and every
 * host must be reachable without a lookup:
 *
 *     host=/run/postgresql                         a socket directory
 *     host=10.0.0.5,10.0.0.6 port=5432             IP addresses, one port for all
 *     host=db1,db2 hostaddr=10.0.0.5,10.0.0.6      names for TLS, addresses to reach them
 *
 * The rules for lists are libpq's: hostaddr and host, when both are given, and
 * port, unless it is one for all, have the same number of members.
 *
 * Pure.
 */
#ifndef GRIEVD_PGHOSTS_H
#define GRIEVD_PGHOSTS_H

#include <stddef.h>

enum { PGHOSTS_MAX = 8 };

/* X(NAME, text): what can be wrong with them. */
#define PGHOSTS_FAULTS(X)                                                                         \
    X(PGHOSTS_OK, "the hosts are usable")                                                         \
    X(PGHOSTS_NONE,                                                                               \
      "names no host: give host as an IP address or a socket directory, or hostaddr")             \
    X(PGHOSTS_NAME, "names a host that would have to be looked up: give its address in hostaddr") \
    X(PGHOSTS_ADDRESS, "has a hostaddr that is not an IP address")                                \
    X(PGHOSTS_PORT, "has a port that is not a number from 1 to 65535")                            \
    X(PGHOSTS_COUNT, "has lists of host, hostaddr and port that do not match in length")          \
    X(PGHOSTS_TOO_MANY, "names more than 8 hosts")                                                \
    X(PGHOSTS_TOO_LONG, "has a host that is too long")

#define X(name, text) name,
enum pghosts_fault { PGHOSTS_FAULTS(X) };
#undef X

/* At least one host. Empty texts mean: not given, libpq's default. */
struct pghosts {
    size_t count;
    struct pghost {
        char host[256]; /* name, IP address or socket directory */
        char hostaddr[64];
        char port[6];
    } list[PGHOSTS_MAX];
};

/* Split libpq's three comma-separated parameters; each may be NULL or empty. */
enum pghosts_fault pghosts_split(struct pghosts *ret_hosts, const char *host, const char *hostaddr,
                                 const char *port);

/* One clause for people, after "the conninfo "; static storage. */
const char *pghosts_fault_text(enum pghosts_fault fault);

#endif
