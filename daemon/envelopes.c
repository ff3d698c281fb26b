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
#include "texts.h"

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

/* A statement with two binary parameters: the key of a row and its new wraps. */
static bool update(PGconn *conn, const char *sql, struct span key, struct span wraps)
{
    const char *const values[] = {key.data, wraps.data};
    const int lengths[] = {(int)key.len, (int)wraps.len}, formats[] = {1, 1};
    PGresult *result = PQexecParams(conn, sql, 2, NULL, values, lengths, formats, 1);
    const bool good = is_good(result);

    if (!good)
        fprintf(stderr, "grievd: %s", PQerrorMessage(conn));
    PQclear(result);
    return good;
}

enum { ROW_KEY, ROW_ID, ROW_ROUTE, ROW_WRAPS, ROW_NAME };

/* Make the wraps of one envelope of the row anew, where they must be, by that UPDATE. */
static bool rewrap_named(PGconn *conn, struct sealer *sealer, struct arena *arena,
                         const PGresult *rows, int row, struct span name, const char *sql,
                         struct tally *tally)
{
    enum keys_route route;
    struct span wraps;

    if (!keys_route_find(value(rows, row, ROW_ROUTE), &route)) {
        tally->not_ours++;
        return true;
    }
    const enum sealer_rewrapped result =
        sealer_rewrap(sealer, arena, (const uint8_t *)value(rows, row, ROW_ID).data, name, route,
                      value(rows, row, ROW_WRAPS), &wraps);

    count(tally, result);
    return result != SEALER_REWRAPPED || update(conn, sql, value(rows, row, ROW_KEY), wraps);
}

static bool rewrap_body(PGconn *conn, struct sealer *sealer, struct arena *arena,
                        const PGresult *rows, int row, struct tally *tally)
{
    return rewrap_named(conn, sealer, arena, rows, row, SPAN("body"),
                        "UPDATE register.content SET wraps = $2::bytea WHERE position = $1::bigint",
                        tally);
}

/* A file: its chunks stay as they are. */
static bool rewrap_file(PGconn *conn, struct sealer *sealer, struct arena *arena,
                        const PGresult *rows, int row, struct tally *tally)
{
    return rewrap_named(
        conn, sealer, arena, rows, row, value(rows, row, ROW_NAME),
        "UPDATE register.attachment SET wraps = $2::bytea WHERE position = $1::bigint", tally);
}

/* The texts of an event, JSON: its fields with the wraps of each made anew where they must be. */
static bool rewrap_event(PGconn *conn, struct sealer *sealer, struct arena *arena,
                         const PGresult *rows, int row, struct tally *tally)
{
    const struct span id = value(rows, row, ROW_ID), text = value(rows, row, ROW_WRAPS);
    json_t *fields = json_loadb(text.data, text.len, 0, NULL);
    enum keys_route route;
    bool good = true;

    if (!fields || !keys_route_find(value(rows, row, ROW_ROUTE), &route)) {
        json_decref(fields);
        tally->not_ours++;
        return true;
    }
    const enum sealer_rewrapped result =
        texts_rewrap(sealer, arena, (const uint8_t *)id.data, route, fields);

    count(tally, result);
    if (result == SEALER_REWRAPPED) {
        char *dump = json_dumps(fields, JSON_COMPACT);

        good = dump && update(conn,
                              "UPDATE register.event SET fields = convert_from($2::bytea, 'UTF8')"
                              "::jsonb WHERE position = $1::bigint",
                              value(rows, row, ROW_KEY), span_of(dump));
        free(dump);
    }
    json_decref(fields);
    return good;
}

typedef bool rewrap_fn(PGconn *conn, struct sealer *sealer, struct arena *arena,
                       const PGresult *rows, int row, struct tally *tally);

/* The rows of one statement, in one transaction; *ret_last is the position of the last. */
static bool rewrap_some(PGconn *conn, struct sealer *sealer, const char *sql, rewrap_fn *rewrap,
                        uint64_t *last, int *ret_count, struct tally *tally)
{
    uint64_t after = htobe64(*last);
    const char *const values[] = {(const char *)&after};
    const int lengths[] = {sizeof after}, formats[] = {1};

    if (!run(conn, "BEGIN"))
        return false;
    PGresult *rows = PQexecParams(conn, sql, 1, NULL, values, lengths, formats, 1);
    bool good = is_good(rows);

    if (!good)
        fprintf(stderr, "grievd: %s", PQerrorMessage(conn));
    for (int row = 0; good && row < PQntuples(rows); row++) {
        struct arena *arena = arena_new(ARENA_BYTES_MAX);

        good = arena && rewrap(conn, sealer, arena, rows, row, tally);
        memcpy(last, PQgetvalue(rows, row, ROW_KEY), sizeof *last);
        *last = be64toh(*last);
        arena_free(arena);
    }
    *ret_count = good ? PQntuples(rows) : 0;
    PQclear(rows);
    return good && run(conn, "COMMIT");
}

static bool rewrap_all(PGconn *conn, struct sealer *sealer, const char *what, const char *sql,
                       rewrap_fn *rewrap)
{
    struct tally tally = {0};
    uint64_t last = 0;
    long seen = 0;

    for (int some = ROWS; some > 0; seen += some) {
        if (!rewrap_some(conn, sealer, sql, rewrap, &last, &some, &tally))
            return false;
        if (some > 0 && (seen + some) % (100L * ROWS) == 0)
            printf("%-9s %ld looked at so far\n", what, seen + some);
    }
    printf("%-9s %ld wrapped anew, %ld as they should be, %ld that no key here opens\n", what,
           tally.rewrapped, tally.right, tally.not_ours);
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
    struct sealer *sealer = sealer_new(keys);
    PGconn *conn = PQconnectdb(settings->migrate_conninfo);
    int code = EX_UNAVAILABLE;

    if (PQstatus(conn) != CONNECTION_OK) {
        fprintf(stderr, "grievd: %s", PQerrorMessage(conn));
    } else {
        const bool good =
            run(conn, "SET ROLE grievd_owner") &&
            rewrap_all(conn, sealer, "bodies",
                       "SELECT t.position, c.id, c.route, t.wraps FROM register.content AS t"
                       " JOIN register.complaint AS c ON c.position = t.position"
                       " WHERE t.position > $1::bigint ORDER BY t.position LIMIT 100"
                       " FOR UPDATE OF t",
                       rewrap_body) &&
            rewrap_all(conn, sealer, "texts",
                       "SELECT e.position, c.id, c.route, convert_to(e.fields::text, 'UTF8')"
                       " FROM register.event AS e"
                       " JOIN register.complaint AS c ON c.id = e.complaint"
                       " WHERE e.position > $1::bigint AND EXISTS (SELECT FROM"
                       "   jsonb_each(e.fields) AS f WHERE f.value ? 'wraps')"
                       " ORDER BY e.position LIMIT 100 FOR UPDATE OF e",
                       rewrap_event) &&
            rewrap_all(conn, sealer, "files",
                       "SELECT a.position, c.id, c.route, a.wraps,"
                       "  'file:' || a.n || ':' || a.event_id"
                       " FROM register.attachment AS a"
                       " JOIN register.complaint AS c ON c.id = a.complaint"
                       " WHERE a.position > $1::bigint ORDER BY a.position LIMIT 100"
                       " FOR UPDATE OF a",
                       rewrap_file);

        code = good ? EX_OK : EX_DATAERR;
    }
    PQfinish(conn);
    sealer_free(sealer);
    keys_free(keys);
    return code;
}
