/* What the error table promises its readers: the daemon, the client and the SQL. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>

#include "core/err.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define X(name, slug, status, sqlstate, title_th, title) name,
static const enum err all[] = {ERR_TABLE(X)};
#undef X

Test(err_info, tells_rows_apart)
{
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const struct err_info *a = err_info(all[i]);

        for (size_t j = 0; j < i; j++) {
            const struct err_info *b = err_info(all[j]);
            cr_expect_str_neq(a->slug, b->slug, "%s and %s", a->name, b->name);
            cr_expect(!a->sqlstate || !b->sqlstate || strcmp(a->sqlstate, b->sqlstate) != 0,
                      "%s and %s", a->name, b->name);
        }
    }
}

Test(err_info, says_one_thing_in_each_column)
{
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const struct err_info *info = err_info(all[i]);
        const bool is_error = info->status >= 400 && info->status <= 599;

        cr_expect_eq(is_error, all[i] != ERR_NONE, "%s: status %d", info->name, info->status);
        cr_expect_eq(strncmp(info->name, "ERR_", 4), 0, "%s", info->name);
        cr_expect_eq(strspn(info->slug, "abcdefghijklmnopqrstuvwxyz-"), strlen(info->slug),
                     "%s: the slug is part of a URN", info->name);
        cr_expect(strlen(info->title) > 0, "%s", info->name);
        if (info->sqlstate) {
            cr_expect_eq(strncmp(info->sqlstate, "ZG", 2), 0, "%s", info->name);
            cr_expect_eq(atoi(info->sqlstate + 2), info->status,
                         "%s: the SQLSTATE ends in the status", info->name);
        }
    }
}

Test(err_info, aborts_past_the_table, .signal = SIGABRT)
{
    err_info((enum err)COUNT_OF(all));
}

Test(err_of_sqlstate, maps_what_sql_functions_raise)
{
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        const char *sqlstate = err_info(all[i])->sqlstate;

        if (sqlstate)
            cr_expect_eq(err_of_sqlstate(sqlstate), all[i], "%s", sqlstate);
    }
}

Test(err_of_sqlstate, maps_what_the_server_raises)
{
    static const struct {
        const char *promise, *sqlstate;
        enum err err;
    } rows[] = {
        {"the connection failed", "08006", ERR_UNAVAILABLE},
        {"read-only, as a standby is", "25006", ERR_UNAVAILABLE},
        {"a deadlock", "40P01", ERR_UNAVAILABLE},
        {"the disk is full", "53100", ERR_UNAVAILABLE},
        {"too many connections", "53300", ERR_UNAVAILABLE},
        {"shutting down", "57P01", ERR_UNAVAILABLE},
        {"starting up", "57P03", ERR_UNAVAILABLE},
        {"an input or output error", "58030", ERR_UNAVAILABLE},
        {"the server cannot tell whether it committed", "08007", ERR_OUTCOME_UNKNOWN},
        {"nor whether the statement completed", "40003", ERR_OUTCOME_UNKNOWN},
        {"libpq lost the connection and has no SQLSTATE", NULL, ERR_OUTCOME_UNKNOWN},
        {"a unique key broken is a fault of ours", "23505", ERR_INTERNAL},
        {"so is a permission that lacks", "42501", ERR_INTERNAL},
        {"and a row of our class that is not in the table", "ZG999", ERR_INTERNAL},
        {"and nonsense", "", ERR_INTERNAL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        cr_expect_eq(err_of_sqlstate(rows[i].sqlstate), rows[i].err, "%s: got %s", rows[i].promise,
                     err_info(err_of_sqlstate(rows[i].sqlstate))->name);
}

Test(err_of_slug, finds_every_row_and_nothing_else)
{
    static const struct span strangers[] = {SPAN_INIT(""), SPAN_INIT("Not-Found"),
                                            SPAN_INIT("not-found "), SPAN_INIT("not-foun")};

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        enum err err;
        cr_assert(err_of_slug(span_of(err_info(all[i])->slug), &err));
        cr_expect_eq(err, all[i]);
    }
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        enum err err = ERR_GONE;
        cr_expect_not(err_of_slug(strangers[i], &err), "stranger %zu", i);
        cr_expect_eq(err, ERR_GONE, "stranger %zu: err was touched", i);
    }
}
