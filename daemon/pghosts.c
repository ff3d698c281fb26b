#include "pghosts.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "core/span.h"

#define PORT_MAX 65535

static_assert(PGHOSTS_MAX == 8, "the fault's text says 8");

static size_t list_length(const char *list)
{
    size_t count = 1;

    if (!list || !*list)
        return 0;
    for (const char *at = list; (at = strchr(at, ',')); at++)
        count++;
    return count;
}

/* The list's next member; moves *list behind it. Empty once the list is at its end. */
static struct span next_member(const char **list)
{
    if (!*list)
        return (struct span){NULL, 0};
    const char *comma = strchrnul(*list, ',');
    const struct span member = {*list, (size_t)(comma - *list)};

    *list = *comma ? comma + 1 : NULL;
    return member;
}

static bool is_address(const char *text)
{
    unsigned char address[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* What libpq takes for a directory, or for a name in the abstract namespace. */
static bool is_socket(const char *text)
{
    return text[0] == '/' || text[0] == '@';
}

static enum pghosts_fault check(const struct pghost *host)
{
    unsigned long long port;

    if (host->hostaddr[0] && !is_address(host->hostaddr))
        return PGHOSTS_ADDRESS;
    if (!host->hostaddr[0] && !host->host[0])
        return PGHOSTS_NONE;
    if (!host->hostaddr[0] && !is_socket(host->host) && !is_address(host->host))
        return PGHOSTS_NAME;
    if (host->port[0] && (!span_to_u64(span_of(host->port), PORT_MAX, &port) || port == 0))
        return PGHOSTS_PORT;
    return PGHOSTS_OK;
}

enum pghosts_fault pghosts_split(struct pghosts *ret_hosts, const char *host, const char *hostaddr,
                                 const char *port)
{
    const size_t names = list_length(host), addresses = list_length(hostaddr);
    const size_t ports = list_length(port);
    struct pghosts hosts = {.count = addresses ? addresses : names};

    if (hosts.count == 0)
        return PGHOSTS_NONE;
    if (hosts.count > PGHOSTS_MAX)
        return PGHOSTS_TOO_MANY;
    if ((names && names != hosts.count) || (ports > 1 && ports != hosts.count))
        return PGHOSTS_COUNT;

    for (size_t i = 0; i < hosts.count; i++) {
        struct pghost *one = &hosts.list[i];
        const char *port_of_all = port;

        if (!span_to_cstr(next_member(&host), one->host, sizeof one->host) ||
            !span_to_cstr(next_member(&hostaddr), one->hostaddr, sizeof one->hostaddr))
            return PGHOSTS_TOO_LONG;
        if (!span_to_cstr(next_member(ports > 1 ? &port : &port_of_all), one->port,
                          sizeof one->port))
            return PGHOSTS_PORT;
        const enum pghosts_fault fault = check(one);
        if (fault != PGHOSTS_OK)
            return fault;
    }

    *ret_hosts = hosts;
    return PGHOSTS_OK;
}

const char *pghosts_fault_text(enum pghosts_fault fault)
{
#define X(name, text) [name] = text,
    static const char *const texts[] = {PGHOSTS_FAULTS(X)};
#undef X

    assert((size_t)fault < sizeof texts / sizeof texts[0]);
    return texts[fault];
}
