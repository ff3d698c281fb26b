#include "ledger_db.h"

#include <assert.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"

enum { ERROR_CHARS = 256, NUMBER_CHARS = 24, BINARY = 1 };

struct ledger_db {
    PGconn *conn;
    char error[ERROR_CHARS];
};

/* The first line of what libpq says. */
static void keep_error(char *error, size_t size, const char *message)
{
    snprintf(error, size, "%.*s", (int)strcspn(message, "\n"), message);
}

/* NULL if the server refuses. The caller clears it. */
static PGresult *ask(struct ledger_db *db, const char *sql, int count, const char *const *values,
                     const int *lengths, const int *formats)
{
    PGresult *result = PQexecParams(db->conn, sql, count, NULL, values, lengths, formats, BINARY);
    const ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    keep_error(db->error, sizeof db->error, PQresultErrorMessage(result));
    PQclear(result);
    return NULL;
}

struct ledger_db *ledger_db_open(const char *conninfo, char *error, size_t error_size)
{
    struct ledger_db *db = calloc(1, sizeof *db);

    if (!db)
        abort();
    db->conn = PQconnectdb(conninfo);
    if (PQstatus(db->conn) == CONNECTION_OK) {
        PGresult *result = ask(db, "SET ROLE grievd_owner", 0, NULL, NULL, NULL);
        const bool good = result != NULL;

        PQclear(result);
        if (good)
            return db;
    } else {
        keep_error(db->error, sizeof db->error, PQerrorMessage(db->conn));
    }
    snprintf(error, error_size, "%s", db->error);
    ledger_db_close(db);
    return NULL;
}

void ledger_db_close(struct ledger_db *db)
{
    if (!db)
        return;
    PQfinish(db->conn);
    free(db);
}

const char *ledger_db_error(const struct ledger_db *db)
{
    return db->error;
}

/* A bigint as the server sends it in binary. */
static uint64_t bigint_at(const PGresult *result, int row, int column)
{
    const uint8_t *bytes = (const uint8_t *)PQgetvalue(result, row, column);
    uint64_t value = 0;

    assert(PQgetlength(result, row, column) == 8);
    for (size_t i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* One bigint, of a statement with one number as its parameter; `none` where it is NULL. */
static bool ask_number(struct ledger_db *db, const char *sql, uint64_t parameter, uint64_t none,
                       uint64_t *ret_number)
{
    char text[NUMBER_CHARS];
    const char *const values[] = {text};

    snprintf(text, sizeof text, "%" PRIu64, parameter);
    PGresult *result = ask(db, sql, 1, values, NULL, NULL);
    if (!result)
        return false;
    *ret_number =
        PQntuples(result) == 0 || PQgetisnull(result, 0, 0) ? none : bigint_at(result, 0, 0);
    PQclear(result);
    return true;
}

bool ledger_db_size(struct ledger_db *db, uint64_t *ret_size)
{
    return ask_number(db, "SELECT leaf_count FROM register.head WHERE $1::bigint = 0", 0, 0,
                      ret_size);
}

bool ledger_db_lasting(struct ledger_db *db, uint64_t *ret_size)
{
    return ask_number(db,
                      "SELECT (content ->> 'size')::bigint"
                      " FROM api.ledger_lasting('', '{}', '{}') WHERE $1::bigint = 0",
                      0, 0, ret_size);
}

bool ledger_db_next(struct ledger_db *db, uint64_t from, uint64_t *ret_first)
{
    return ask_number(db, "SELECT min(first) FROM register.leaf_run WHERE first >= $1::bigint",
                      from, UINT64_MAX, ret_first);
}

bool ledger_db_lost(struct ledger_db *db, uint64_t *ret_count)
{
    return ask_number(db, "SELECT count(*) FROM register.lost_leaf WHERE $1::bigint = 0", 0, 0,
                      ret_count);
}

bool ledger_db_read(struct ledger_db *db, uint64_t first, uint8_t *ret_leaves, size_t *ret_count)
{
    char from[NUMBER_CHARS], count[NUMBER_CHARS];
    const char *const values[] = {from, count};
    uint64_t at = first;

    snprintf(from, sizeof from, "%" PRIu64, first);
    snprintf(count, sizeof count, "%d", LIMIT_SIGNER_LEAVES);
    PGresult *result =
        ask(db,
            "SELECT r.first, r.leaves FROM register.leaf_run AS r"
            " WHERE r.first >= coalesce((SELECT max(b.first) FROM register.leaf_run AS b"
            "                            WHERE b.first <= $1::bigint), 0)"
            " AND r.first < $1::bigint + $2::bigint ORDER BY r.first",
            2, values, NULL, NULL);
    if (!result)
        return false;
    for (int row = 0; row < PQntuples(result) && at < first + LIMIT_SIGNER_LEAVES; row++) {
        const uint64_t begins = bigint_at(result, row, 0);
        const size_t held = (size_t)PQgetlength(result, row, 1) / LEAF_BYTES;

        if (begins + held <= at)
            continue;
        if (begins > at)
            break;
        size_t take = (size_t)(begins + held - at);
        if (take > (size_t)(first + LIMIT_SIGNER_LEAVES - at))
            take = (size_t)(first + LIMIT_SIGNER_LEAVES - at);
        memcpy(ret_leaves + (at - first) * LEAF_BYTES,
               PQgetvalue(result, row, 1) + (at - begins) * LEAF_BYTES, take * LEAF_BYTES);
        at += take;
    }
    PQclear(result);
    *ret_count = (size_t)(at - first);
    return true;
}

bool ledger_db_restore(struct ledger_db *db, uint64_t first, const uint8_t *leaves, size_t count)
{
    char from[NUMBER_CHARS];
    const char *const values[] = {from, (const char *)leaves};
    const int lengths[] = {0, (int)(count * LEAF_BYTES)}, formats[] = {0, BINARY};

    snprintf(from, sizeof from, "%" PRIu64, first);
    PGresult *result =
        ask(db, "SELECT rules.leaves_restore($1::bigint, $2::bytea)", 2, values, lengths, formats);
    const bool good = result != NULL;

    PQclear(result);
    return good;
}

bool ledger_db_published(struct ledger_db *db, char ret_note[static CHECKPOINT_NOTE_MAX],
                         size_t *ret_len)
{
    PGresult *result = ask(db,
                           "SELECT checkpoint FROM register.log_publication"
                           " ORDER BY size DESC LIMIT 1",
                           0, NULL, NULL, NULL);
    if (!result)
        return false;
    const size_t len = PQntuples(result) > 0 ? (size_t)PQgetlength(result, 0, 0) : 0;
    const bool fits = len <= CHECKPOINT_NOTE_MAX;

    if (fits && len > 0)
        memcpy(ret_note, PQgetvalue(result, 0, 0), len);
    else if (!fits)
        snprintf(db->error, sizeof db->error, "a published checkpoint is longer than one can be");
    PQclear(result);
    *ret_len = len;
    return fits;
}

bool ledger_db_published_sizes(struct ledger_db *db, uint64_t after, uint64_t *ret_sizes,
                               size_t max, size_t *ret_count)
{
    char from[NUMBER_CHARS], count[NUMBER_CHARS];
    const char *const values[] = {from, count};

    snprintf(from, sizeof from, "%" PRIu64, after);
    snprintf(count, sizeof count, "%zu", max);
    PGresult *result = ask(db,
                           "SELECT size FROM register.log_publication WHERE size > $1::bigint"
                           " ORDER BY size LIMIT $2::bigint",
                           2, values, NULL, NULL);
    if (!result)
        return false;
    *ret_count = (size_t)PQntuples(result);
    for (size_t i = 0; i < *ret_count; i++)
        ret_sizes[i] = bigint_at(result, (int)i, 0);
    PQclear(result);
    return true;
}

bool ledger_db_freeze(struct ledger_db *db, bool frozen, bool *ret_changed)
{
    const char *const values[] = {frozen ? "t" : "f"};
    PGresult *result = ask(db,
                           "UPDATE register.head SET frozen_at = CASE WHEN $1::boolean THEN"
                           " clock_timestamp() END WHERE (frozen_at IS NOT NULL) <> $1::boolean",
                           1, values, NULL, NULL);
    if (!result)
        return false;
    *ret_changed = strcmp(PQcmdTuples(result), "1") == 0;
    PQclear(result);
    return true;
}

bool ledger_db_frozen(struct ledger_db *db, char ret_since[static LEDGER_DB_TIME_CHARS])
{
    PGresult *result = ask(db,
                           "SELECT to_char(frozen_at AT TIME ZONE 'Asia/Bangkok',"
                           " 'YYYY-MM-DD HH24:MI:SS') FROM register.head"
                           " WHERE frozen_at IS NOT NULL",
                           0, NULL, NULL, NULL);
    if (!result)
        return false;
    snprintf(ret_since, LEDGER_DB_TIME_CHARS, "%s",
             PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return true;
}
