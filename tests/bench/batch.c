/*
 * batch - how fast PostgreSQL takes batches when nothing else is in the way
 *
 *     batch CONNINFO ROWS SECONDS UNIT [UNIT ...]
 *
 * One libpq connection calls api.complaint_submit with ROWS complaints, waits for the commit, and
 * calls again. The principals are officers named as their units. What the daemon adds is TLS,
 * HTTP, JSON, commitments and sealing, so only ids and hashes change here from one complaint to
 * the next. Prints one line of JSON.
 */
#include "batch.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

/* Of a request of `load put` of 1,736 bytes: its envelope, one of a complainant, their wraps. */
enum { BODY_BYTES = 2105, IDENTITY_BYTES = 573, WRAPS_BYTES = 990 };

static struct complaint complaints[LIMIT_BATCH_ITEMS];
static struct commit commits[LIMIT_BATCH_ITEMS];
static struct store_submission submissions[LIMIT_BATCH_ITEMS];
static const struct store_submission *items[LIMIT_BATCH_ITEMS];
static char envelope[BODY_BYTES];

static double now_s(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "batch: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static void fill(void *bytes, size_t len)
{
    if (getrandom(bytes, len, 0) != (ssize_t)len)
        fail("getrandom", "too few bytes");
}

static void prepare(size_t rows, char **units, size_t unit_count)
{
    const struct complaint complaint = {
        .channel = SPAN("box"),
        .process = SPAN("production"),
        .subject = SPAN("field_pay"),
        .class = SPAN("CX"),
        .identity = SPAN("anonymous"),
        .received_on = thai_day_of(time(NULL)),
        .complainant = SPAN(""),
    };

    fill(envelope, sizeof envelope);
    for (size_t i = 0; i < rows; i++) {
        const struct span unit = span_of(units[i % unit_count]);

        complaints[i] = complaint;
        submissions[i] = (struct store_submission){.complaint = &complaints[i],
                                                   .commit = &commits[i],
                                                   .actor = unit,
                                                   .unit = unit,
                                                   .body = {envelope, BODY_BYTES},
                                                   .identity = {envelope, IDENTITY_BYTES},
                                                   .wraps = {envelope, WRAPS_BYTES},
                                                   .opening = {(const char *)commits[i].salt_m,
                                                               COMMIT_OPENING_BYTES},
                                                   .nonce_key_id = 1};
        items[i] = &submissions[i];
    }
}

static void renew(size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        fill(complaints[i].id, sizeof complaints[i].id);
        fill(&commits[i], sizeof commits[i]);
        fill(submissions[i].track_hash, sizeof submissions[i].track_hash);
    }
}

static void submit(PGconn *db, struct pgbinary *buffer, size_t rows)
{
    struct batch_params params;

    renew(rows);
    pgbinary_reset(buffer, SIZE_MAX);
    batch_encode(&params, buffer, items, rows);
    PGresult *result = PQexecPrepared(db, "submit", BATCH_COLUMNS, params.values, params.lengths,
                                      params.formats, 0);

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail("complaint_submit", PQerrorMessage(db));
    for (size_t i = 0; i < rows; i++) {
        if (strcmp(PQgetvalue(result, (int)i, 0), "201") != 0)
            fail(PQgetvalue(result, (int)i, 0), PQgetvalue(result, (int)i, 4));
    }
    PQclear(result);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        fail("usage", "batch CONNINFO ROWS SECONDS UNIT [UNIT ...]");
    const size_t rows = strtoul(argv[2], NULL, 10);
    const double seconds = strtod(argv[3], NULL);
    struct pgbinary buffer = {0};
    size_t stored = 0;

    if (rows < 1 || rows > LIMIT_BATCH_ITEMS)
        fail("ROWS", "1 to 100");
    prepare(rows, argv + 4, (size_t)argc - 4);
    PGconn *db = PQconnectdb(argv[1]);
    if (PQstatus(db) != CONNECTION_OK)
        fail("connect", PQerrorMessage(db));
    PQclear(PQprepare(db, "submit", batch_sql, BATCH_COLUMNS, NULL));

    const double start_s = now_s();
    while (now_s() - start_s < seconds) {
        submit(db, &buffer, rows);
        stored += rows;
    }
    const double took_s = now_s() - start_s;

    printf("{\"completed\":%zu,\"seconds\":%.3f,\"rate\":%.1f}\n", stored, took_s,
           (double)stored / took_s);
    PQfinish(db);
    pgbinary_free(&buffer);
    return EXIT_SUCCESS;
}
