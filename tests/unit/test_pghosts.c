/* What splitting a conninfo's hosts promises: one row per promise. */
#include <criterion/criterion.h>

#include "pghosts.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

Test(pghosts_split, makes_one_attempt_of_each_host)
{
    static const struct {
        const char *promise, *host, *hostaddr, *port;
        size_t count;
        struct pghost last;
    } rows[] = {
        {"a socket directory", "/run/postgresql", NULL, NULL, 1, {"/run/postgresql", "", ""}},
        {"an abstract socket", "@pg", "", "", 1, {"@pg", "", ""}},
        {"an IPv4 address", "10.0.0.5", NULL, "5432", 1, {"10.0.0.5", "", "5432"}},
        {"an IPv6 address", "2001:db8::5", NULL, NULL, 1, {"2001:db8::5", "", ""}},
        {"an address without a name", NULL, "10.0.0.5", NULL, 1, {"", "10.0.0.5", ""}},
        {"a name with its address", "db1", "10.0.0.5", NULL, 1, {"db1", "10.0.0.5", ""}},
        {"one port for all", "10.0.0.5,10.0.0.6", NULL, "6432", 2, {"10.0.0.6", "", "6432"}},
        {"a port for each", "10.0.0.5,/run", NULL, "1,65535", 2, {"/run", "", "65535"}},
        {"an empty port among several", "/a,/b", NULL, "5433,", 2, {"/b", "", ""}},
        {"names and addresses pair up", "a,b,c", "::1,::2,::3", NULL, 3, {"c", "::3", ""}},
        {"an address may be left to the host", "a,/run", "10.0.0.1,", NULL, 2, {"/run", "", ""}},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pghosts hosts;
        const enum pghosts_fault fault =
            pghosts_split(&hosts, rows[i].host, rows[i].hostaddr, rows[i].port);

        cr_assert_eq(fault, PGHOSTS_OK, "%s: %s", rows[i].promise, pghosts_fault_text(fault));
        cr_assert_eq(hosts.count, rows[i].count, "%s", rows[i].promise);
        const struct pghost *last = &hosts.list[hosts.count - 1];
        cr_expect_str_eq(last->host, rows[i].last.host, "%s", rows[i].promise);
        cr_expect_str_eq(last->hostaddr, rows[i].last.hostaddr, "%s", rows[i].promise);
        cr_expect_str_eq(last->port, rows[i].last.port, "%s", rows[i].promise);
    }
}

Test(pghosts_split, names_the_fault_and_leaves_the_hosts_alone)
{
    static const struct {
        const char *promise, *host, *hostaddr, *port;
        enum pghosts_fault fault;
    } rows[] = {
        {"nothing given", NULL, NULL, NULL, PGHOSTS_NONE},
        {"a port alone", "", "", "5432", PGHOSTS_NONE},
        {"a hole in the list", "/run,", NULL, NULL, PGHOSTS_NONE},
        {"a name would block the loop", "localhost", NULL, NULL, PGHOSTS_NAME},
        {"a name among addresses", "10.0.0.5,db2", NULL, NULL, PGHOSTS_NAME},
        {"a name whose address is missing", "db1,db2", "10.0.0.5,", NULL, PGHOSTS_NAME},
        {"an address that is none", NULL, "10.0.0.256", NULL, PGHOSTS_ADDRESS},
        {"port 0", "/run", NULL, "0", PGHOSTS_PORT},
        {"port past the last", "/run", NULL, "65536", PGHOSTS_PORT},
        {"a port with letters", "/run", NULL, "543x", PGHOSTS_PORT},
        {"more names than addresses", "a,b", "::1", NULL, PGHOSTS_COUNT},
        {"more ports than hosts", "/run", NULL, "1,2", PGHOSTS_COUNT},
        {"nine hosts", "/1,/2,/3,/4,/5,/6,/7,/8,/9", NULL, NULL, PGHOSTS_TOO_MANY},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pghosts hosts = {.count = 99};
        const enum pghosts_fault fault =
            pghosts_split(&hosts, rows[i].host, rows[i].hostaddr, rows[i].port);

        cr_expect_eq(fault, rows[i].fault, "%s: %s", rows[i].promise, pghosts_fault_text(fault));
        cr_expect_eq(hosts.count, 99, "%s: the hosts were touched", rows[i].promise);
    }
}

Test(pghosts_split, refuses_a_host_that_does_not_fit)
{
    struct pghosts hosts;
    char host[300];

    memset(host, '/', sizeof host - 1);
    host[sizeof host - 1] = '\0';
    cr_expect_eq(pghosts_split(&hosts, host, NULL, NULL), PGHOSTS_TOO_LONG);
}
