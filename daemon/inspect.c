#include "inspect.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>

#include "core/span.h"
#include "keys.h"
#include "migrate.h"
#include "route.h"
#include "settings.h"
#include "signer_client.h"
#include "store.h"
#include "tls.h"

/* --- check-config --- */

/* What the checks found so far. */
struct findings {
    int faults, warnings;
};

static void found(const char *kind, const char *key, const char *format, va_list args)
{
    printf("%-8s %-20s ", kind, key);
    vprintf(format, args);
    putchar('\n');
}

static __attribute__((format(printf, 2, 3))) void good(const char *key, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    found("ok", key, format, args);
    va_end(args);
}

static __attribute__((format(printf, 3, 4))) void warn(struct findings *findings, const char *key,
                                                       const char *format, ...)
{
    va_list args;

    findings->warnings++;
    va_start(args, format);
    found("warning", key, format, args);
    va_end(args);
}

static __attribute__((format(printf, 3, 4))) void fault(struct findings *findings, const char *key,
                                                        const char *format, ...)
{
    va_list args;

    findings->faults++;
    va_start(args, format);
    found("fault", key, format, args);
    va_end(args);
}

/* A file that only its owner should read. */
static void check_private(struct findings *findings, const char *key, const char *path)
{
    struct stat about;

    if (stat(path, &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        warn(findings, key, "%s can be read by others: chmod 600 it", path);
}

/* The form only: whether the address is this machine's shows when grievd binds it. */
static bool is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    unsigned long long port;

    return colon && span_to_u64(span_of(colon + 1), 65535, &port);
}

static void check_listen(struct findings *findings, const struct settings *settings)
{
    const char *metrics = settings->metrics_listen;

    if (is_address(settings->listen))
        good("listen", "%s", settings->listen);
    else
        fault(findings, "listen", "%s is not address:port", settings->listen);

    if (metrics[0] == '\0')
        good("metrics_listen", "none");
    else if (is_address(metrics) || strncmp(metrics, "unix:/", strlen("unix:/")) == 0)
        good("metrics_listen", "%s", metrics);
    else
        fault(findings, "metrics_listen", "%s is neither address:port nor unix:/path", metrics);
}

static void check_certificate(struct findings *findings, const struct tls *tls)
{
    const time_t expires = (time_t)tls_expires(tls);
    const time_t now = time(NULL);
    const int days = (int)((expires - now) / (24 * 3600));
    struct tm day;
    char text[16];

    strftime(text, sizeof text, "%F", gmtime_r(&expires, &day));
    if (expires <= now)
        fault(findings, "certificate", "expired on %s", text);
    else if (days < SETTINGS_CERTIFICATE_WARN_DAYS)
        warn(findings, "certificate", "expires on %s, in %d days", text, days);
    else
        good("certificate", "good until %s, and the key is its own", text);
}

/* A list past its next update stays in force (tls.h), and is a warning as it is in the log. */
static void check_crl(struct findings *findings, const struct settings *settings)
{
    size_t len;

    if (settings->client_crl[0] == '\0') {
        warn(findings, "client_crl",
             "none: a stolen client certificate stays good until it expires");
        return;
    }
    char *pem = settings_file(settings->client_crl, &len);
    if (!pem)
        return; /* tls_new() has said so */

    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    for (X509_CRL *crl; (crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)); X509_CRL_free(crl)) {
        const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
        if (next && X509_cmp_current_time(next) < 0)
            warn(findings, "client_crl", "%s is past its next update; fetch the current one",
                 settings->client_crl);
        else
            good("client_crl", "%s", settings->client_crl);
    }
    BIO_free(bio);
    settings_file_free(pem, len);
}

static void check_tls(struct findings *findings, const struct settings *settings)
{
    char error[512];
    struct tls *tls = tls_new(settings, error, sizeof error);

    if (!tls) {
        fault(findings, "[tls]", "%s", error);
        return;
    }
    check_private(findings, "key", settings->key);
    check_certificate(findings, tls);
    check_crl(findings, settings);
    tls_unref(tls);
}

static void check_nonce_keys(struct findings *findings, const struct settings *settings)
{
    char error[512];
    struct settings_nonce_key keys[SETTINGS_NONCE_KEYS_MAX];
    const size_t count = settings_nonce_keys(settings, keys, error, sizeof error);

    explicit_bzero(keys, sizeof keys);
    if (count == 0) {
        fault(findings, "nonce_key", "%s", error);
        return;
    }
    check_private(findings, "nonce_key", settings->nonce_key);
    good("nonce_key", "number %d, and %zu old ones", (int)settings->nonce_key_id, count - 1);
}

/* True if one of our private keys opens what is sealed for the group now. */
static bool opens_now(const struct keys *keys, const struct keys_group *group)
{
    bool found = false;

    for (size_t i = 0; i < keys->private_count; i++) {
        struct suite_key *key = suite_key_new(keys->private_keys[i]);

        for (size_t k = 0; k < group->count; k++)
            found =
                found || memcmp(suite_key_public(key), group->public_keys[k], SEAL_KEY_BYTES) == 0;
        suite_key_free(key);
    }
    return found;
}

static void check_keys(struct findings *findings, const struct settings *settings)
{
    char error[512];
    struct keys *keys = keys_read(settings, error, sizeof error);
    size_t body_keys = 0;

    if (!keys) {
        fault(findings, "[sealing]", "%s", error);
        return;
    }
    for (size_t i = 0; i < KEYS_ROUTE_COUNT; i++) {
        const struct keys_group *group = &keys->groups[i];

        body_keys += group->count;
        if (group->opens && !opens_now(keys, group))
            warn(findings, "open_keys", "none is a key that texts of route %s are sealed for",
                 keys_route_name((enum keys_route)i));
    }
    good("body_keys", "%zu keys, each route has one", body_keys);
    good("custodians", "%zu, any two of them open an identity", keys->custodian_count);
    good("open_keys", "%zu", keys->private_count);
    keys_free(keys);
}

static void check_database(struct findings *findings, const struct settings *settings)
{
    char error[256];

    if (store_conninfo_check(settings->conninfo, error, sizeof error))
        good("conninfo", "is a connection string");
    else
        fault(findings, "conninfo", "%s", error);
    if (settings->migrate_conninfo[0] == '\0')
        good("migrate_conninfo", "none; needed for grievd migrate only");
    else if (migrate_conninfo_valid(settings->migrate_conninfo, error, sizeof error))
        good("migrate_conninfo", "is a connection string");
    else
        fault(findings, "migrate_conninfo", "%s", error);
}

int inspect_config(const char *config_path)
{
    struct findings findings = {0};
    struct config_error error;
    struct settings *settings = settings_read(config_path, &error);

    if (!settings) {
        printf("fault    %s:%d: %s\n", config_path, error.line, error.text);
        return EX_CONFIG;
    }
    good("file", "%s", config_path);
    good("origin", "%s", settings->origin);
    check_listen(&findings, settings);
    check_tls(&findings, settings);
    check_nonce_keys(&findings, settings);
    check_keys(&findings, settings);
    check_database(&findings, settings);
    settings_free(settings);
    printf("%d faults, %d warnings\n", findings.faults, findings.warnings);
    return findings.faults == 0 ? EX_OK : EX_CONFIG;
}

/* --- routes --- */

static const char *access_name(enum route_access access)
{
    static const char *const names[] = {
        [ACCESS_ANYONE] = "anyone", [ACCESS_CERTIFICATE] = "certificate", [ACCESS_LOCAL] = "local"};

    return names[access];
}

static const char *lane_name(enum route_lane lane)
{
    static const char *const names[] = {[LANE_NONE] = "none",
                                        [LANE_READ] = "read",
                                        [LANE_REPORT] = "report",
                                        [LANE_WRITE] = "write",
                                        [LANE_SUBMIT] = "submit"};

    return names[lane];
}

static int print_routes_json(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        json_array_append_new(
            list, json_pack("{ss ss ss ss ss? ss}", "method", route->method, "path", route->path,
                            "access", access_name(route->access), "roles", route->roles, "function",
                            route->function, "lane", lane_name(route->lane)));
    }
    const int failed = json_dumpf(list, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(list);
    return failed ? EX_IOERR : EX_OK;
}

int inspect_routes(bool json)
{
    if (json)
        return print_routes_json();
    for (size_t i = 0; i < route_count; i++) {
        const struct route *route = &routes[i];
        printf("%-4s  %-27s  %-11s  %-6s  %-20s  %s\n", route->method, route->path,
               access_name(route->access), lane_name(route->lane),
               route->function ? route->function : "-", route->roles);
    }
    return EX_OK;
}

/* --- signer --status --- */

static void print_state(const struct wire_answer *state)
{
    printf("condition  %s\nsize       %" PRIu64 "\nheld       %" PRIu64 "\n",
           wire_condition_name(state->condition), state->size, state->held);
    if (state->note.len > 0)
        printf("\n%.*s", (int)state->note.len, state->note.data);
}

int inspect_signer(const char *socket_path)
{
    const struct wire_request request = {.type = WIRE_STATE};
    struct wire_answer answer = {.type = WIRE_REFUSED};
    char error[256];

    struct signer_client *client = signer_client_new(socket_path, error, sizeof error);
    const bool answered =
        client && signer_client_call(client, &request, &answer, error, sizeof error);
    int code = EX_UNAVAILABLE;
    if (answered && answer.type == WIRE_STATE_IS) {
        print_state(&answer);
        code = answer.condition == WIRE_CONDITION_READY ? EX_OK : 1;
    } else {
        fprintf(stderr, "grievd: the signer cannot be asked: %s\n",
                answered ? "another answer than expected" : error);
    }
    signer_client_free(client);
    return code;
}
