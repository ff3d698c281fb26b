#include "err.h"

#include <assert.h>

#define X(name, slug, status, sqlstate, title_th, title) \
    {#name, slug, status, sqlstate, title_th, title},
static const struct err_info infos[] = {ERR_TABLE(X)};
#undef X

enum { INFO_COUNT = sizeof infos / sizeof infos[0] };

const struct err_info *err_info(enum err err)
{
    assert((size_t)err < INFO_COUNT);
    return &infos[err];
}

enum err err_of_sqlstate(const char *sqlstate)
{
    /* The server is away, full, read-only, shutting down, or lost a race it may win next time. */
    static const char *const passing[] = {"08", "25", "40", "53", "57", "58"};

    /* Where the server, or libpq, says that it cannot tell, neither may we. */
    if (!sqlstate || strcmp(sqlstate, "08007") == 0 || strcmp(sqlstate, "40003") == 0)
        return ERR_OUTCOME_UNKNOWN;
    for (size_t i = 0; i < INFO_COUNT; i++) {
        if (infos[i].sqlstate && strcmp(infos[i].sqlstate, sqlstate) == 0)
            return (enum err)i;
    }
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
        if (strncmp(sqlstate, passing[i], 2) == 0)
            return ERR_UNAVAILABLE;
    }
    return ERR_INTERNAL;
}

bool err_of_slug(struct span slug, enum err *ret_err)
{
    for (size_t i = 0; i < INFO_COUNT; i++) {
        if (span_eq(slug, span_of(infos[i].slug))) {
            *ret_err = (enum err)i;
            return true;
        }
    }
    return false;
}
