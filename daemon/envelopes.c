#include "envelopes.h"

#include <assert.h>
#include <endian.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/arena.h"
#include "sealer.h"
#include "settings.h"

enum {
    ROWS = 100, /* of one transaction */
    ARENA_BYTES_MAX = 4 * 1024 * 1024,
};

static bool is_good(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* A statement without parameters, its values in binary; NULL, printed, if it fails. */
static PGresult *query(PGconn *conn, const char *sql)
{
    PGresult *result = PQexecParams(conn, sql, 0, NULL, NULL, NULL, NULL, 1);

    if (is_good(result))
        return result;
    fprintf(stderr, "grievd: %s", PQerrorMessage(conn));
    PQclear(result);
    return NULL;
}

static bool run(PGconn *conn, const char *sql)
{
    PGresult *result = query(conn, sql);

    PQclear(result);
    return result != NULL;
}

static struct span value(const PGresult *result, int row, int column)
{
    return (struct span){PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
}

/* --- what lay in clear --- */

enum { PLAIN_POSITION, PLAIN_ID, PLAIN_ROUTE, PLAIN_BODY, PLAIN_IDENTITY };

/* Both envelopes of a row. False, printed, if there is no key for its route. */
static bool seal_row(struct sealer *sealer, struct arena *arena, const PGresult *rows, int row,
                     struct span ret_values[static 3])
{
    const struct span id = value(rows, row, PLAIN_ID);
    enum keys_route route;
    struct sealed body, identity;

    assert(id.len == SEAL_ID_BYTES);
    if (!keys_route_find(value(rows, row, PLAIN_ROUTE), &route)) {
        fprintf(stderr, "grievd: a case has a route that no key can be named for\n");
        return false;
    }
    if (!sealer_seal(sealer, arena, (const uint8_t *)id.data, SPAN("body"), route,
                     value(rows, row, PLAIN_BODY), &body) ||
        !sealer_seal_identity(sealer, arena, (const uint8_t *)id.data,
                              value(rows, row, PLAIN_IDENTITY), &identity)) {
        fprintf(stderr, "grievd: a text is larger than an envelope\n");
        return false;
    }
    ret_values[0] = body.content;
    ret_values[1] = identity.content;
    ret_values[2] = arena_joined(arena, body.wraps, identity.wraps);
    return ret_values[2].data != NULL;
}

/* The row, sealed, in register.content. */
static bool store_row(PGconn *conn, const PGresult *rows, int row,
                      const struct span values[static 3])
{
    const struct span position = value(rows, row, PLAIN_POSITION);
    const char *params[4] = {position.data};
    int lengths[4] = {(int)position.len};
    const int formats[4] = {1, 1, 1, 1};

    for (int i = 0; i < 3; i++) {
        assert(values[i].len <= INT_MAX);
        params[i + 1] = values[i].data;
        lengths[i + 1] = (int)values[i].len;
    }
    PGresult *result = PQexecParams(conn,
                                    "INSERT INTO register.content (position, body, identity, wraps)"
                                    " VALUES ($1::bigint, $2::bytea, $3::bytea, $4::bytea)",
                                    4, NULL, params, lengths, formats, 1);
    const bool good = is_good(result);

    if (!good)
        fprintf(stderr, "grievd: %s", PQerrorMessage(conn));
    PQclear(result);
    return good;
}

static bool seal_rows(PGconn *conn, struct sealer *sealer, const PGresult *rows)
{
    bool good = true;

    for (int row = 0; good && row < PQntuples(rows); row++) {
        struct arena *arena = arena_new(ARENA_BYTES_MAX);
        struct span values[3];

        good = arena && seal_row(sealer, arena, rows, row, values) &&
               store_row(conn, rows, row, values);
        arena_free(arena);
    }
    return good;
}

/* The next rows in one transaction; *ret_count is 0 when none is left. */
static bool seal_some(PGconn *conn, struct sealer *sealer, int *ret_count)
{
    if (!run(conn, "BEGIN"))
        return false;
    PGresult *rows = query(conn, "WITH next AS ("
                                 " SELECT p.position FROM register.content_plain AS p"
                                 " ORDER BY p.position LIMIT 100"
                                 "), taken AS ("
                                 " DELETE FROM register.content_plain AS p USING next AS n"
                                 " WHERE p.position = n.position"
                                 " RETURNING p.position, p.body, p.complainant"
                                 ") SELECT t.position, c.id, c.route, t.body, t.complainant"
                                 " FROM taken AS t"
                                 " JOIN register.complaint AS c ON c.position = t.position"
                                 " ORDER BY t.position");
    if (!rows)
        return false;
    const int count = PQntuples(rows);
    const bool good = seal_rows(conn, sealer, rows) && run(conn, "COMMIT");

    PQclear(rows);
    if (good)
        *ret_count = count;
    return good;
}

static bool seal_all(PGconn *conn, struct sealer *sealer)
{
    long sealed = 0;

    for (int count = ROWS; count > 0;) {
        if (!seal_some(conn, sealer, &count))
            return false;
        sealed += count;
        if (count > 0 && sealed % (100L * ROWS) == 0)
            printf("sealed    %ld complaints so far\n", sealed);
    }
    if (!run(conn, "DROP TABLE register.content_plain"))
        return false;
    printf("sealed    %ld complaints that lay in clear\n", sealed);
    return true;
}

bool envelopes_seal_plain(PGconn *conn, const struct settings *settings)
{
    char error[512];
    PGresult *found = query(conn, "SELECT to_regclass('register.content_plain') IS NOT NULL");
    const bool waits = found && *PQgetvalue(found, 0, 0) != 0;

    if (!found)
        return false;
    PQclear(found);
    if (!waits)
        return true;
    struct keys *keys = keys_read(settings, error, sizeof error);
    if (!keys) {
        fprintf(stderr, "grievd: texts lie in clear, to be sealed with the keys of [sealing]: %s\n",
                error);
        return false;
    }
    struct sealer *sealer = sealer_new(keys);
    const bool good = seal_all(conn, sealer);

    sealer_free(sealer);
    keys_free(keys);
    return good;
}

/* --- for other keys --- */

/* What a pass did. */
struct tally {
    long rewrapped, right, not_ours;
};

static void count(struct tally *tally, enum sealer_rewrapped result)
{
    tally->right += result == SEALER_AS_IT_SHOULD_BE;
    tally->rewrapped += result == SEALER_REWRAPPED;
    tally->not_ours += result == SEALER_NOT_OURS;
}

static void print_tally(const char *what, const struct tally *tally)
{
    printf("%-9s %ld wrapped anew, %ld as they should be, %ld that no key here opens\n", what,
           tally->rewrapped, tally->right, tally->not_ours);
}

struct pass {
    PGconn *conn;
    struct sealer *sealer;
    struct tally bodies, files, texts;
    uint64_t last; /* the position of the last case looked at */
    long cases;
};

/*
 * What there is of the next cases: their items of rules.wrapped(), one row each, and of a case
 * without any one row of NULLs.
 */
static const char next_cases[] =
    "SELECT (s.x).position, (s.x).id, (s.x).version, w.key, w.id, w.name,"
    " array_to_string(w.routes, ' '), w.wraps"
    " FROM (SELECT x FROM register.complaint AS x WHERE x.position > $1::bigint"
    "       ORDER BY x.position LIMIT 100) AS s"
    " LEFT JOIN LATERAL rules.wrapped(s.x) AS w ON true ORDER BY 1";
enum {
    ROW_POSITION,
    ROW_CASE,
    ROW_VERSION,
    ROW_KEY,
    ROW_ID,
    ROW_NAME,
    ROW_ROUTES,
    ROW_WRAPS,
};

/* A statement with binary parameters that answers one boolean. False, printed, if it fails. */
static bool settle(PGconn *conn, const char *sql, const struct span *params, int count)
{
    const char *values[4];
    int lengths[4];
    const int formats[4] = {1, 1, 1, 1};

    assert(count <= 4);
    for (int i = 0; i < count; i++) {
        values[i] = params[i].data;
        lengths[i] = (int)params[i].len;
    }
    PGresult *result = PQexecParams(conn, sql, count, NULL, values, lengths, formats, 1);
    const bool good = is_good(result);

    if (!good)
        fprintf(stderr, "grievd: %s", PQerrorMessage(conn));
    PQclear(result);
    return good;
}

/* One item: false if the database refuses, *ret_result what became of it. */
static bool rewrap_item(struct pass *pass, struct arena *arena, const PGresult *rows, int row,
                        enum sealer_rewrapped *ret_result)
{
    const struct span id = value(rows, row, ROW_ID), wraps = value(rows, row, ROW_WRAPS);
    unsigned routes;
    struct span anew;

    assert(id.len == SEAL_ID_BYTES);
    *ret_result = keys_routes_find(value(rows, row, ROW_ROUTES), &routes)
                      ? sealer_rewrap(pass->sealer, arena, (const uint8_t *)id.data,
                                      value(rows, row, ROW_NAME), routes, wraps, &anew)
                      : SEALER_NOT_OURS;
    if (*ret_result != SEALER_REWRAPPED)
        return true;
    const struct span params[] = {value(rows, row, ROW_CASE), value(rows, row, ROW_KEY), wraps,
                                  anew};

    return settle(pass->conn,
                  "SELECT rules.wrapped_anew(c, $2::text, $3::bytea, $4::bytea)"
                  " FROM register.complaint AS c WHERE c.id = $1::uuid",
                  params, 4);
}

/* Where an envelope of that name (docs/sealing.md) is counted. */
static struct tally *tally_of(struct pass *pass, struct span name)
{
    const struct span file = SPAN("file:");

    if (span_eq(name, SPAN("body")))
        return &pass->bodies;
    return name.len > file.len && memcmp(name.data, file.data, file.len) == 0 ? &pass->files
                                                                              : &pass->texts;
}

/* The items of one case, which are the rows from `row` on; *ret_row is behind them. */
static bool rewrap_case(struct pass *pass, struct arena *arena, const PGresult *rows, int row,
                        int *ret_row)
{
    const struct span id = value(rows, row, ROW_CASE);
    const struct span done[] = {id, value(rows, row, ROW_VERSION)};
    bool good = true, ours = true;

    for (; good && row < PQntuples(rows) && span_eq(value(rows, row, ROW_CASE), id); row++) {
        enum sealer_rewrapped result;

        if (PQgetisnull(rows, row, ROW_KEY))
            continue;
        good = rewrap_item(pass, arena, rows, row, &result);
        ours = ours && result != SEALER_NOT_OURS;
        if (span_eq(value(rows, row, ROW_ID), id)) /* a part's are counted with its letter */
            count(tally_of(pass, value(rows, row, ROW_NAME)), result);
    }
    *ret_row = row;
    return good &&
           (!ours || settle(pass->conn, "SELECT rules.wrapped_all($1::uuid, $2::bigint)", done, 2));
}

/* The next hundred cases in one transaction; *ret_count is 0 when none is left. */
static bool rewrap_some(struct pass *pass, int *ret_count)
{
    const uint64_t after = htobe64(pass->last);
    const char *const values[] = {(const char *)&after};
    const int lengths[] = {sizeof after}, formats[] = {1};
    int cases = 0;

    if (!run(pass->conn, "BEGIN"))
        return false;
    PGresult *rows = PQexecParams(pass->conn, next_cases, 1, NULL, values, lengths, formats, 1);
    bool good = is_good(rows);

    if (!good)
        fprintf(stderr, "grievd: %s", PQerrorMessage(pass->conn));
    for (int row = 0; good && row < PQntuples(rows); cases++) {
        struct arena *arena = arena_new(ARENA_BYTES_MAX);

        memcpy(&pass->last, PQgetvalue(rows, row, ROW_POSITION), sizeof pass->last);
        pass->last = be64toh(pass->last);
        good = arena && rewrap_case(pass, arena, rows, row, &row);
        arena_free(arena);
    }
    *ret_count = cases;
    PQclear(rows);
    return good && run(pass->conn, "COMMIT");
}

static bool rewrap_all(struct pass *pass)
{
    for (int some = ROWS; some > 0; pass->cases += some) {
        if (!rewrap_some(pass, &some))
            return false;
        if (some > 0 && (pass->cases + some) % (100L * ROWS) == 0)
            printf("cases     %ld looked at so far\n", pass->cases + some);
    }
    print_tally("bodies", &pass->bodies);
    print_tally("files", &pass->files);
    print_tally("texts", &pass->texts);
    return true;
}

int envelopes_rewrap(const struct settings *settings)
{
    char error[512];
    struct keys *keys = keys_read(settings, error, sizeof error);

    if (!keys) {
        fprintf(stderr, "grievd: %s\n", error);
        return EX_CONFIG;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct pass pass = {.conn = PQconnectdb(settings->migrate_conninfo),
                        .sealer = sealer_new(keys)};
    int code = EX_UNAVAILABLE;

    if (PQstatus(pass.conn) != CONNECTION_OK)
        fprintf(stderr, "grievd: %s", PQerrorMessage(pass.conn));
    else
        code = run(pass.conn, "SET ROLE grievd_owner") && rewrap_all(&pass) ? EX_OK : EX_DATAERR;
    PQfinish(pass.conn);
    sealer_free(pass.sealer);
    keys_free(keys);
    return code;
}
