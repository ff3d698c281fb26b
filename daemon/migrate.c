#include "migrate.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <libpq-fe.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/span.h"
#include "envelopes.h"
#include "settings.h"

/* "grievd" in ASCII: one migration at a time in a database. */
#define ADVISORY_LOCK      "113741092189796"
#define SERVER_VERSION_MIN 150000
#define SHA256_HEX_CHARS   64
#define MIGRATION_DIGITS   3
#define CREATE_MIGRATION_TABLE                                                      \
    "CREATE TABLE IF NOT EXISTS register.migration ("                               \
    " number integer PRIMARY KEY, name text NOT NULL UNIQUE, sha256 text NOT NULL," \
    " applied_at timestamptz NOT NULL DEFAULT clock_timestamp())"

struct migrator {
    PGconn *conn;
    const struct settings *settings;
    const char *sql_dir;
};

/* A file of SQL or CSV, whole. */
struct source {
    char path[PATH_MAX];
    char *text;
    size_t len;
};

/* Names of a directory's *.sql, sorted bytewise. */
struct listing {
    struct dirent **entries;
    int count;
};

/* --- files --- */

static bool source_read(struct source *ret_source, const char *path)
{
    struct source source;

    snprintf(source.path, sizeof source.path, "%s", path);
    source.text = settings_file(path, &source.len);
    if (!source.text) {
        fprintf(stderr, "grievd migrate: %s: %s\n", path, strerror(errno));
        return false;
    }
    if (strlen(source.text) != source.len) {
        fprintf(stderr, "grievd migrate: %s: holds a NUL byte\n", path);
        settings_file_free(source.text, source.len);
        return false;
    }
    *ret_source = source;
    return true;
}

static void source_free(struct source *source)
{
    settings_file_free(source->text, source->len);
}

static bool path_join(char ret_path[static PATH_MAX], const char *directory, const char *folder,
                      const char *name)
{
    const int len =
        snprintf(ret_path, PATH_MAX, "%s%s%s/%s", directory, *folder ? "/" : "", folder, name);

    if (len < PATH_MAX)
        return true;
    fprintf(stderr, "grievd migrate: the path of %s/%s is too long\n", folder, name);
    return false;
}

static bool has_suffix(const char *name, const char *suffix)
{
    const size_t name_len = strlen(name), suffix_len = strlen(suffix);

    return name_len > suffix_len && strcmp(name + name_len - suffix_len, suffix) == 0;
}

static int is_sql(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && has_suffix(entry->d_name, ".sql");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool list_sql(struct listing *ret_listing, const struct migrator *migrator,
                     const char *folder)
{
    char path[PATH_MAX];
    struct listing listing;

    if (!path_join(path, migrator->sql_dir, "", folder))
        return false;
    listing.count = scandir(path, &listing.entries, is_sql, by_name);
    if (listing.count < 0) {
        fprintf(stderr, "grievd migrate: %s: %s; name the project's sql folder with --sql\n", path,
                strerror(errno));
        return false;
    }
    *ret_listing = listing;
    return true;
}

static void listing_free(struct listing *listing)
{
    for (int i = 0; i < listing->count; i++)
        free(listing->entries[i]);
    free(listing->entries);
}

static void sha256_hex(const struct source *source, char ret_hex[static SHA256_HEX_CHARS + 1])
{
    uint8_t digest[SHA256_HEX_CHARS / 2];

    if (EVP_Digest(source->text, source->len, digest, NULL, EVP_sha256(), NULL) != 1)
        abort();
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

/* ../share/grievd/sql beside an installed program, share/grievd/sql beside a built one. */
static bool find_sql_dir(char ret_path[static PATH_MAX])
{
    static const char *const places[] = {"../share/grievd/sql", "share/grievd/sql"};
    char program[PATH_MAX];
    const ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);

    if (len > 0) {
        program[len] = '\0';
        *strrchr(program, '/') = '\0';
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            if (path_join(ret_path, program, "", places[i]) && access(ret_path, R_OK) == 0)
                return true;
        }
    }
    fputs("grievd migrate: no SQL beside the program: name the folder with --sql\n", stderr);
    return false;
}

/* --- statements and their errors --- */

/* The line of a position counted in characters from 1, as the server counts. */
static int line_of(const char *text, long position)
{
    int line = 1;

    for (long at = 1; *text && at < position; text++) {
        if (*text == '\n')
            line++;
        if ((text[1] & 0xc0) != 0x80) /* the next byte begins a character */
            at++;
    }
    return line;
}

static void print_field(const PGresult *result, int code, const char *label)
{
    const char *value = PQresultErrorField(result, code);

    if (value)
        fprintf(stderr, "  %s: %s\n", label, value);
}

/* The server's error in full; source, when given, is what it was about. */
static void print_error(const struct migrator *migrator, const PGresult *result,
                        const struct source *source)
{
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);

    fputs("grievd migrate: ", stderr);
    if (source && position)
        fprintf(stderr, "%s:%d: ", source->path, line_of(source->text, strtol(position, NULL, 10)));
    else if (source)
        fprintf(stderr, "%s: ", source->path);
    if (message)
        fprintf(stderr, "%s (%s)\n", message, sqlstate ? sqlstate : "no SQLSTATE");
    else
        fprintf(stderr, "%s", PQerrorMessage(migrator->conn)); /* ends in a newline */
    print_field(result, PG_DIAG_MESSAGE_DETAIL, "detail");
    print_field(result, PG_DIAG_MESSAGE_HINT, "hint");
    print_field(result, PG_DIAG_CONTEXT, "where");
}

static bool is_good(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN;
}

/* Statements of ours without a result. */
static bool run(const struct migrator *migrator, const char *sql)
{
    PGresult *result = PQexec(migrator->conn, sql);
    const bool good = is_good(result);

    if (!good)
        print_error(migrator, result, NULL);
    PQclear(result);
    return good;
}

/* A statement with text parameters; NULL, printed, if it fails. The caller clears the result. */
static PGresult *query(const struct migrator *migrator, const char *sql, int count,
                       const char *const *values)
{
    PGresult *result = PQexecParams(migrator->conn, sql, count, NULL, values, NULL, NULL, 0);

    if (is_good(result))
        return result;
    print_error(migrator, result, NULL);
    PQclear(result);
    return NULL;
}

/* The statements of a file. */
static bool run_source(const struct migrator *migrator, const struct source *source)
{
    PGresult *result = PQexec(migrator->conn, source->text);
    const bool good = is_good(result);

    if (!good)
        print_error(migrator, result, source);
    PQclear(result);
    return good;
}

static bool run_file(const struct migrator *migrator, const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct source source;

    if (!path_join(path, migrator->sql_dir, folder, name) || !source_read(&source, path))
        return false;
    const bool good = run_source(migrator, &source);
    source_free(&source);
    return good;
}

/* --- the numbered migrations --- */

/* NNN_name.sql is number NNN; 0 if the name is not of that form. */
static int number_of(const char *name)
{
    unsigned long long number;

    if (strlen(name) <= MIGRATION_DIGITS || name[MIGRATION_DIGITS] != '_' ||
        !span_to_u64((struct span){name, MIGRATION_DIGITS}, 999, &number))
        return 0;
    return (int)number;
}

/* Is the file of that number in the database? 1 yes, 0 no, -1 another name or content is. */
static int is_applied(const PGresult *applied, int number, const char *name, const char *sha256)
{
    for (int row = 0; row < PQntuples(applied); row++) {
        if (strtol(PQgetvalue(applied, row, 0), NULL, 10) != number)
            continue;
        if (strcmp(PQgetvalue(applied, row, 1), name) == 0 &&
            strcmp(PQgetvalue(applied, row, 2), sha256) == 0)
            return 1;
        fprintf(stderr,
                "grievd migrate: migration %03d was applied as %s with SHA-256 %s, but the file is "
                "now %s with %s;\n  put the applied file back and write a new migration\n",
                number, PQgetvalue(applied, row, 1), PQgetvalue(applied, row, 2), name, sha256);
        return -1;
    }
    return 0;
}

static bool apply(const struct migrator *migrator, const struct source *source, const char *name,
                  const char *sha256)
{
    const char *const values[] = {name, sha256};

    if (!run(migrator, "BEGIN") || !run_source(migrator, source))
        return false;
    PGresult *result = query(migrator,
                             "INSERT INTO register.migration (number, name, sha256)"
                             " VALUES (left($1, 3)::integer, $1, $2)",
                             2, values);
    if (!result)
        return false;
    PQclear(result);
    if (!run(migrator, "COMMIT"))
        return false;
    printf("applied   %s\n", name);
    return true;
}

/* One migration file: applied if it is not yet. *pending counts those that status found. */
static bool migrate_file(const struct migrator *migrator, const PGresult *applied, const char *name,
                         bool status, int *pending)
{
    char path[PATH_MAX], sha256[SHA256_HEX_CHARS + 1];
    struct source source;

    if (!path_join(path, migrator->sql_dir, "migrations", name) || !source_read(&source, path))
        return false;
    sha256_hex(&source, sha256);

    const int state = is_applied(applied, number_of(name), name, sha256);
    bool good = state >= 0;
    if (status && state >= 0)
        printf("%s   %s\n", state == 1 ? "applied" : "pending", name);
    if (status && state == 0)
        ++*pending;
    else if (state == 0)
        good = apply(migrator, &source, name, sha256);
    source_free(&source);
    return good;
}

/* The files must be 001, 002, … without a gap, and none that the database has may be missing. */
static bool check_numbers(const struct listing *files, const PGresult *applied)
{
    for (int i = 0; i < files->count; i++) {
        if (number_of(files->entries[i]->d_name) != i + 1) {
            fprintf(stderr, "grievd migrate: migrations/%s: expected number %03d\n",
                    files->entries[i]->d_name, i + 1);
            return false;
        }
    }
    if (PQntuples(applied) <= files->count)
        return true;
    fprintf(stderr,
            "grievd migrate: the database has %d migrations and this release %d: it is older than "
            "the database; install the newer release\n",
            PQntuples(applied), files->count);
    return false;
}

static bool migrate_numbered(const struct migrator *migrator, bool status, int *pending)
{
    struct listing files;
    PGresult *applied = query(
        migrator, "SELECT number, name, sha256 FROM register.migration ORDER BY number", 0, NULL);

    if (!applied)
        return false;
    if (!list_sql(&files, migrator, "migrations")) {
        PQclear(applied);
        return false;
    }
    bool good = check_numbers(&files, applied);
    for (int i = 0; good && i < files.count; i++)
        good = migrate_file(migrator, applied, files.entries[i]->d_name, status, pending);
    if (good)
        printf("database  at migration %d\n", status ? PQntuples(applied) : files.count);
    listing_free(&files);
    PQclear(applied);
    return good;
}

/* --- what is created anew each time --- */

static bool create_folder(const struct migrator *migrator, const char *folder)
{
    struct listing files;
    bool good = true;

    if (!list_sql(&files, migrator, folder))
        return false;
    for (int i = 0; good && i < files.count; i++)
        good = run_file(migrator, folder, files.entries[i]->d_name);
    if (good)
        printf("created   %s: %d files\n", folder, files.count);
    listing_free(&files);
    return good;
}

/*
 * The statements that merge a CSV into its table, written by the server, which knows
 * the table: $1 the table, $2 the CSV's header. Columns: those the table lacks ('' if
 * none), stage, copy, prune, merge. The stage has the CSV's columns only. An empty text
 * is '' where the table refuses NULL. A row that is as it was is not written. Where the file
 * holds nothing but keys (who may do what), a row that left the file leaves the table.
 */
static const char *const merge_statements =
    "WITH given AS ("
    " SELECT name, ord FROM unnest(string_to_array($2::text, ',')) WITH ORDINALITY AS u (name, ord)"
    "), known AS ("
    " SELECT g.ord, a.attname AS name, quote_ident(a.attname) AS q,"
    "   format_type(a.atttypid, a.atttypmod) AS type,"
    "   t.typcategory = 'S' AND a.attnotnull AS is_text,"
    "   coalesce(a.attnum = ANY (i.indkey), false) AS is_key"
    " FROM given g JOIN pg_attribute a ON a.attname = g.name"
    " JOIN pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary"
    " WHERE a.attrelid = to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped"
    "), parts AS ("
    " SELECT string_agg(q, ', ' ORDER BY ord) AS columns,"
    "   string_agg(q || ' ' || type, ', ' ORDER BY ord) AS stage,"
    "   string_agg(q, ', ') FILTER (WHERE is_text) AS texts,"
    "   string_agg(q, ', ') FILTER (WHERE is_key) AS keys,"
    "   string_agg(format('s.%1$s = t.%1$s', q), ' AND ') FILTER (WHERE is_key) AS same,"
    "   string_agg(format('%1$s = EXCLUDED.%1$s', q), ', ') FILTER (WHERE NOT is_key) AS sets,"
    "   string_agg('t.' || q, ', ' ORDER BY ord) FILTER (WHERE NOT is_key) AS old,"
    "   string_agg('EXCLUDED.' || q, ', ' ORDER BY ord) FILTER (WHERE NOT is_key) AS new"
    " FROM known)"
    "SELECT (SELECT coalesce(string_agg(name, ', ' ORDER BY ord), '') FROM given"
    "    WHERE name NOT IN (SELECT name FROM known)),"
    "  format('CREATE TEMPORARY TABLE stage (%s) ON COMMIT DROP', stage),"
    "  format('COPY pg_temp.stage (%s) FROM STDIN (FORMAT csv, HEADER true%s)', columns,"
    "    ', FORCE_NOT_NULL (' || texts || ')'),"
    "  format('DELETE FROM %s t WHERE %L AND NOT EXISTS"
    "    (SELECT FROM pg_temp.stage s WHERE %s)', $1::text, sets IS NULL, same),"
    "  format('WITH merged AS (INSERT INTO %1$s AS t (%2$s) SELECT %2$s FROM pg_temp.stage"
    "    ON CONFLICT (%3$s) DO %4$s RETURNING t.xmax = 0 AS is_new)"
    "    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new)"
    "      FROM merged',"
    "    $1::text, columns, keys,"
    "    CASE WHEN sets IS NULL THEN 'NOTHING' ELSE format("
    "      'UPDATE SET %s WHERE ROW(%s) IS DISTINCT FROM ROW(%s)', sets, old, new) END)"
    " FROM parts";

enum { MERGE_UNKNOWN, MERGE_STAGE, MERGE_COPY, MERGE_PRUNE, MERGE_MERGE };

/* Feed a CSV to a COPY FROM STDIN. */
static bool copy_in(const struct migrator *migrator, const char *sql, const struct source *csv)
{
    if (!run(migrator, sql))
        return false;
    assert(csv->len <= INT_MAX);
    if (PQputCopyData(migrator->conn, csv->text, (int)csv->len) != 1 ||
        PQputCopyEnd(migrator->conn, NULL) != 1) {
        fprintf(stderr, "grievd migrate: %s: %s", csv->path, PQerrorMessage(migrator->conn));
        return false;
    }

    bool good = true;
    for (PGresult *result; (result = PQgetResult(migrator->conn)) != NULL; PQclear(result)) {
        if (good && !is_good(result)) {
            print_error(migrator, result, csv);
            good = false;
        }
    }
    return good;
}

/* The first line of a CSV, NUL-terminated, to be freed. */
static char *header_of(const struct source *csv)
{
    char *header = strndup(csv->text, strcspn(csv->text, "\r\n"));

    if (!header)
        abort();
    return header;
}

/* The counts of one merge, if it changed anything. */
static void print_merged(const char *table, const PGresult *counts, PGresult *pruned)
{
    const char *added = PQgetvalue(counts, 0, 0), *changed = PQgetvalue(counts, 0, 1);
    const char *removed = PQcmdTuples(pruned);

    if (strcmp(added, "0") != 0 || strcmp(changed, "0") != 0 || strcmp(removed, "0") != 0)
        printf("merged    %s: %s new, %s changed, %s removed\n", table, added, changed, removed);
}

static bool merge_stage(const struct migrator *migrator, const PGresult *statements,
                        const struct source *csv, const char *table)
{
    PGresult *counts = NULL;
    PGresult *pruned = PQexec(migrator->conn, PQgetvalue(statements, 0, MERGE_PRUNE));
    bool good = is_good(pruned);

    if (good) {
        counts = PQexec(migrator->conn, PQgetvalue(statements, 0, MERGE_MERGE));
        good = is_good(counts);
    }
    if (good)
        print_merged(table, counts, pruned);
    else
        print_error(migrator, counts ? counts : pruned, csv);
    PQclear(counts);
    PQclear(pruned);
    return good;
}

static bool merge_with(const struct migrator *migrator, const PGresult *statements,
                       const struct source *csv, const char *table)
{
    if (PQgetlength(statements, 0, MERGE_UNKNOWN) > 0) {
        fprintf(stderr, "grievd migrate: %s:1: %s has no column %s\n", csv->path, table,
                PQgetvalue(statements, 0, MERGE_UNKNOWN));
        return false;
    }
    if (PQgetisnull(statements, 0, MERGE_MERGE)) {
        fprintf(stderr, "grievd migrate: %s:1: the key of %s is not among the columns\n", csv->path,
                table);
        return false;
    }
    return run(migrator, PQgetvalue(statements, 0, MERGE_STAGE)) &&
           copy_in(migrator, PQgetvalue(statements, 0, MERGE_COPY), csv) &&
           merge_stage(migrator, statements, csv, table) &&
           run(migrator, "DROP TABLE pg_temp.stage");
}

static bool merge_csv(const struct migrator *migrator, const char *path, const char *table)
{
    struct source csv;

    if (!source_read(&csv, path))
        return false;
    char *header = header_of(&csv);
    const char *const values[] = {table, header};
    PGresult *statements = query(migrator, merge_statements, 2, values);
    const bool good = statements && merge_with(migrator, statements, &csv, table);

    PQclear(statements);
    free(header);
    source_free(&csv);
    return good;
}

/* sql/reference/NAME.csv into register.NAME, for each line of ORDER. */
static bool merge_reference(const struct migrator *migrator)
{
    char path[PATH_MAX], table[128];
    struct source order;

    if (!path_join(path, migrator->sql_dir, "reference", "ORDER") || !source_read(&order, path))
        return false;

    bool good = true;
    int tables = 0;
    char *rest = NULL;
    for (char *name = strtok_r(order.text, "\n", &rest); good && name;
         name = strtok_r(NULL, "\n", &rest)) {
        const int stem = (int)strlen(name) - (int)strlen(".csv");

        if (!has_suffix(name, ".csv") || stem > 63) {
            fprintf(stderr, "grievd migrate: %s: %s is not the name of a CSV\n", order.path, name);
            good = false;
            break;
        }
        snprintf(table, sizeof table, "register.%.*s", stem, name);
        good = path_join(path, migrator->sql_dir, "reference", name) &&
               merge_csv(migrator, path, table);
        tables++;
    }
    if (good)
        printf("merged    reference: %d tables\n", tables);
    source_free(&order);
    return good;
}

static bool create_all(const struct migrator *migrator, const struct migrate_options *options)
{
    /* Functions may name functions of files that come later. */
    return run(migrator, "BEGIN; SET LOCAL check_function_bodies = off") &&
           create_folder(migrator, "rules") && create_folder(migrator, "api") &&
           create_folder(migrator, "report") && merge_reference(migrator) &&
           (!options->units || merge_csv(migrator, options->units, "register.unit")) &&
           (!options->principals ||
            merge_csv(migrator, options->principals, "register.principal")) &&
           run_file(migrator, "", "privileges.sql") && run(migrator, "COMMIT");
}

/* --- the session --- */

static void print_notice(void *arg, const PGresult *result)
{
    (void)arg;
    fprintf(stderr, "%s: %s\n", PQresultErrorField(result, PG_DIAG_SEVERITY),
            PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
}

/* True if the one column of the one row is "t". */
static bool is_true(const struct migrator *migrator, const char *sql)
{
    PGresult *result = query(migrator, sql, 0, NULL);
    const bool yes = result && strcmp(PQgetvalue(result, 0, 0), "t") == 0;

    PQclear(result);
    return yes;
}

/* Is this a server and a database that the register can live in? */
static bool check_server(const struct migrator *migrator)
{
    static const struct {
        const char *sql, *fault;
    } rows[] = {
        {"SELECT NOT pg_is_in_recovery()", "it is a standby; connect to the primary"},
        {"SELECT current_setting('server_encoding') = 'UTF8'",
         "its encoding is not UTF8; create it with --encoding=UTF8 --template=template0"},
        {"SELECT to_regrole('grievd_owner') IS NOT NULL"
         " AND to_regnamespace('register') IS NOT NULL",
         "it is not prepared; as a superuser feed sql/install.sql to psql first"},
        {"SELECT pg_has_role('grievd_owner', 'MEMBER')",
         "this login is not a member of grievd_owner; see [database] migrate_conninfo"},
    };

    if (PQserverVersion(migrator->conn) < SERVER_VERSION_MIN) {
        fputs("grievd migrate: PostgreSQL 15 or later is needed\n", stderr);
        return false;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!is_true(migrator, rows[i].sql)) {
            fprintf(stderr, "grievd migrate: database %s: %s\n", PQdb(migrator->conn),
                    rows[i].fault);
            return false;
        }
    }
    return true;
}

/* One migration at a time, as the owner, with names that mean the same for every login. */
static bool begin_session(const struct migrator *migrator)
{
    if (!is_true(migrator, "SELECT pg_try_advisory_lock(" ADVISORY_LOCK ")")) {
        puts("waiting   for another migration to end");
        if (!run(migrator, "SELECT pg_advisory_lock(" ADVISORY_LOCK ")"))
            return false;
    }
    return run(migrator, "SET ROLE grievd_owner; SET search_path = pg_catalog;"
                         "SET timezone = 'Asia/Bangkok'; SET lock_timeout = '30s'");
}

static int migrate_session(const struct migrator *migrator, const struct migrate_options *options)
{
    int pending = 0;

    if (!check_server(migrator) || !begin_session(migrator))
        return EX_DATAERR;
    if (options->status && is_true(migrator, "SELECT to_regclass('register.migration') IS NULL")) {
        puts("pending   everything: nothing is applied yet");
        return EXIT_FAILURE;
    }
    if ((!options->status &&
         !run(migrator, "SET client_min_messages = warning;" CREATE_MIGRATION_TABLE)) ||
        !migrate_numbered(migrator, options->status, &pending))
        return EX_DATAERR;
    if (options->status)
        return pending > 0 ? EXIT_FAILURE : EX_OK;
    if (!envelopes_seal_plain(migrator->conn, migrator->settings) || !create_all(migrator, options))
        return EX_DATAERR;
    printf("done      database %s is of this release\n", PQdb(migrator->conn));
    return EX_OK;
}

int migrate_run(const struct settings *settings, const struct migrate_options *options)
{
    char sql_dir[PATH_MAX];
    struct migrator migrator = {.sql_dir = options->sql_dir, .settings = settings};

    if (*settings->migrate_conninfo == '\0') {
        fputs("grievd migrate: set [database] migrate_conninfo, a member of grievd_owner\n",
              stderr);
        return EX_CONFIG;
    }
    if (!migrator.sql_dir) {
        if (!find_sql_dir(sql_dir))
            return EX_CONFIG;
        migrator.sql_dir = sql_dir;
    }

    setvbuf(stdout, NULL, _IOLBF, 0); /* each step shows when it is done, in a pipe too */
    int code = EX_UNAVAILABLE;
    migrator.conn = PQconnectdb(settings->migrate_conninfo);
    if (PQstatus(migrator.conn) == CONNECTION_OK &&
        PQsetClientEncoding(migrator.conn, "UTF8") == 0) {
        PQsetNoticeReceiver(migrator.conn, print_notice, NULL);
        code = migrate_session(&migrator, options);
    } else {
        fprintf(stderr, "grievd migrate: %s", PQerrorMessage(migrator.conn));
    }
    PQfinish(migrator.conn);
    return code;
}

bool migrate_conninfo_valid(const char *conninfo, char *error, size_t error_size)
{
    char *clause = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &clause);
    const bool valid = options != NULL;

    if (!valid)
        snprintf(error, error_size, "%.*s", (int)strcspn(clause ? clause : "", "\n"),
                 clause ? clause : "");
    PQfreemem(clause);
    PQconninfoFree(options);
    return valid;
}
