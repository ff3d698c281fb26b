#include "settings.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/hex.h"

#define FILE_BYTES_MAX    ((size_t)1024 * 1024)
#define CREDENTIAL_PREFIX "credential:"
#define MINUTE_MS         (UINT64_C(60) * 1000)
#define PUBLISH_MS_MIN    1000

#define AT(member) offsetof(struct settings, member)

/* section, key, type, place, default (NULL: required), min, max, help */
const struct config_key settings_keys[] = {
    {"server", "listen", CONFIG_TEXT, AT(listen), "[::]:8443", 0, 0,
     "address:port to serve HTTPS on; unused under socket activation"},
    {"server", "metrics_listen", CONFIG_TEXT, AT(metrics_listen), "", 0, 0,
     "loopback address:port or unix:/path for /metrics; empty for none"},
    {"server", "workers", CONFIG_COUNT, AT(workers), "1", 1, 64,
     "threads that serve connections; one feeds what PostgreSQL can commit"},
    {"server", "connections_max", CONFIG_COUNT, AT(connections_max), "10000", 1, 1000000,
     "connections open at a time"},
    {"server", "connections_per_address_max", CONFIG_COUNT, AT(connections_per_address_max), "256",
     1, 1000000, "connections open at a time from one IPv4 address or IPv6 /64"},
    {"server", "requests_per_second_max", CONFIG_COUNT, AT(requests_per_second_max), "100", 1,
     1000000, "requests a second of one principal, or of one address without a certificate"},
    {"server", "requests_burst", CONFIG_COUNT, AT(requests_burst), "200", 1, 1000000,
     "requests one may save up while idle"},
    {"server", "handshake_timeout", CONFIG_DURATION, AT(handshake_timeout_ms), "10s", 100,
     10 * MINUTE_MS, "how long a TLS handshake may take"},
    {"server", "head_timeout", CONFIG_DURATION, AT(head_timeout_ms), "10s", 100, 10 * MINUTE_MS,
     "how long a request's line and fields may take from their first byte"},
    {"server", "body_timeout", CONFIG_DURATION, AT(body_timeout_ms), "60s", 100, 10 * MINUTE_MS,
     "how long a request's body may take from the end of its fields; "
     "of an attachment, how long nothing of it may come"},
    {"server", "idle_timeout", CONFIG_DURATION, AT(idle_timeout_ms), "75s", 100, 60 * MINUTE_MS,
     "how long a connection may wait for its next request"},
    {"server", "write_timeout", CONFIG_DURATION, AT(write_timeout_ms), "60s", 100, 10 * MINUTE_MS,
     "how long a peer may take to read an answer; "
     "of an attachment, how long it may read nothing"},
    {"server", "drain", CONFIG_DURATION, AT(drain_ms), "30s", 0, 10 * MINUTE_MS,
     "how long SIGTERM waits for answers under way"},
    {"server", "log_level", CONFIG_TEXT, AT(log_level), "info", 0, 0,
     "error, warning, notice, info or debug"},
    {"tls", "certificate", CONFIG_TEXT, AT(certificate), NULL, 0, 0,
     "the server's certificate and chain, PEM"},
    {"tls", "key", CONFIG_TEXT, AT(key), NULL, 0, 0,
     "its private key, PEM: a path, or credential:NAME under systemd"},
    {"tls", "client_ca", CONFIG_TEXT, AT(client_ca), NULL, 0, 0,
     "the authorities whose client certificates are accepted, PEM"},
    {"tls", "client_crl", CONFIG_TEXT, AT(client_crl), "", 0, 0,
     "their revocation list, PEM; empty for none"},
    {"register", "origin", CONFIG_TEXT, AT(origin), NULL, 0, 0,
     "names this register for good in everything signed or sealed: host/log"},
    {"register", "nonce_key", CONFIG_TEXT, AT(nonce_key), NULL, 0, 0,
     "file of 64 hexadecimal digits, or credential:NAME"},
    {"register", "nonce_key_id", CONFIG_COUNT, AT(nonce_key_id), "1", 1, 32767,
     "number of that key; a new key takes a new number"},
    {"register", "nonce_key_old", CONFIG_TEXT, AT(nonce_key_old), "", 0, 0,
     "earlier keys as ID:FILE, blank-separated; keep them 90 days"},
    {"register", "sweep_interval", CONFIG_DURATION, AT(sweep_interval_ms), "60s", 100,
     60 * MINUTE_MS, "how often the clocks of the cases are looked at"},
    {"ledger", "signer", CONFIG_TEXT, AT(signer), "", 0, 0,
     "the signer's socket; without one there are no receipts"},
    {"ledger", "public_key", CONFIG_TEXT, AT(public_key), "", 0, 0,
     "file with the log's public key, as grievd signer --new-key printed it"},
    {"ledger", "newest", CONFIG_TEXT, AT(newest), "", 0, 0,
     "file that keeps the newest checkpoint over a restart; empty for none"},
    {"ledger", "publish", CONFIG_DURATION, AT(publish_ms), "7d", 0, 366 * 24 * 60 * MINUTE_MS,
     "how often the public is shown the log as it is then, 1s at least; 0s: never by this daemon"},
    {"sealing", "body_keys", CONFIG_TEXT, AT(body_keys), NULL, 0, 0,
     "public keys that texts are sealed for, as ROUTE:FILE, blank-separated; each route has one"},
    {"sealing", "custodians", CONFIG_TEXT, AT(custodians), NULL, 0, 0,
     "public keys of which any two open an identity, as NUMBER:FILE, blank-separated"},
    {"sealing", "open_keys", CONFIG_TEXT, AT(open_keys), "", 0, 0,
     "private keys this instance opens texts with, as ROUTE:FILE or ROUTE:credential:NAME"},
    {"sealing", "instances", CONFIG_TEXT, AT(instances), "", 0, 0,
     "where texts of a route are opened, as ROUTE:URL: told to who asks elsewhere"},
    {"database", "conninfo", CONFIG_TEXT, AT(conninfo), NULL, 0, 0,
     "libpq connection string of role grievd"},
    {"database", "migrate_conninfo", CONFIG_TEXT, AT(migrate_conninfo), "", 0, 0,
     "libpq connection string for grievd migrate: a member of grievd_owner"},
    {"database", "standbys", CONFIG_TEXT, AT(standbys), "", 0, 0,
     "synchronous_standby_names as the server must have it; empty for none"},
    {"database", "read_connections", CONFIG_COUNT, AT(read_connections), "4", 1, 64,
     "connections of each worker for reads"},
};
enum { KEY_COUNT = sizeof settings_keys / sizeof settings_keys[0] };
const size_t settings_key_count = KEY_COUNT;

#define SIGNER_AT(member) offsetof(struct signer_settings, member)

const struct config_key signer_settings_keys[] = {
    {"signer", "origin", CONFIG_TEXT, SIGNER_AT(origin), NULL, 0, 0,
     "names the log for good: [register] origin of the daemons"},
    {"signer", "key", CONFIG_TEXT, SIGNER_AT(key), NULL, 0, 0,
     "file of the log's secret key, or credential:NAME"},
    {"signer", "state_dir", CONFIG_TEXT, SIGNER_AT(state_dir), "/var/lib/grievd-signer", 0, 0,
     "folder of the tree that it has signed"},
    {"signer", "listen", CONFIG_TEXT, SIGNER_AT(listen), "/run/grievd-signer/socket", 0, 0,
     "path of its socket; unused under socket activation"},
};
enum { SIGNER_KEY_COUNT = sizeof signer_settings_keys / sizeof signer_settings_keys[0] };
const size_t signer_settings_key_count = SIGNER_KEY_COUNT;

#define NOTIFY_AT(member) offsetof(struct notify_settings, member)

const struct config_key notify_settings_keys[] = {
    {"notify", "url", CONFIG_TEXT, NOTIFY_AT(url), NULL, 0, 0,
     "the mail server: smtp://host:port, which must offer STARTTLS, or smtps://host:port"},
    {"notify", "from", CONFIG_TEXT, NOTIFY_AT(from), NULL, 0, 0,
     "the sender's mailbox; what stands behind its @ names the register in Message-IDs"},
    {"notify", "user", CONFIG_TEXT, NOTIFY_AT(user), "", 0, 0,
     "who to log in as at the mail server; empty for no login"},
    {"notify", "password", CONFIG_TEXT, NOTIFY_AT(password), "", 0, 0,
     "file of the password, or credential:NAME"},
    {"notify", "ca", CONFIG_TEXT, NOTIFY_AT(ca), "", 0, 0,
     "the authorities that may have certified the mail server, PEM; the system's if empty"},
    {"notify", "interval", CONFIG_DURATION, NOTIFY_AT(interval_ms), "60s", 100, 60 * MINUTE_MS,
     "how often the outbox is looked at"},
    {"database", "conninfo", CONFIG_TEXT, NOTIFY_AT(conninfo), NULL, 0, 0,
     "libpq connection string of role grievd_notify"},
    {"database", "standbys", CONFIG_TEXT, NOTIFY_AT(standbys), "", 0, 0,
     "synchronous_standby_names as the server must have it; empty for none"},
};
enum { NOTIFY_KEY_COUNT = sizeof notify_settings_keys / sizeof notify_settings_keys[0] };
const size_t notify_settings_key_count = NOTIFY_KEY_COUNT;

static const struct {
    const char *name;
    enum log_priority priority;
} log_levels[] = {
    {"error", LOG_ERROR}, {"warning", LOG_WARNING}, {"notice", LOG_NOTICE},
    {"info", LOG_INFO},   {"debug", LOG_DEBUG},
};

static bool log_level_find(const char *name, enum log_priority *ret_priority)
{
    for (size_t i = 0; i < sizeof log_levels / sizeof log_levels[0]; i++) {
        if (strcmp(name, log_levels[i].name) == 0) {
            *ret_priority = log_levels[i].priority;
            return true;
        }
    }
    return false;
}

enum log_priority settings_log_priority(const struct settings *settings)
{
    enum log_priority priority = LOG_INFO;
    const bool found = log_level_find(settings->log_level, &priority);

    assert(found); /* settings_read() refuses others */
    return priority;
}

/* host/log, as signed-note origins are written: no blanks, no '+'. */
static bool is_origin(const char *text)
{
    const char *slash = strchr(text, '/');

    if (!slash || slash == text || slash[1] == '\0' || strlen(text) > 255)
        return false;
    for (const char *c = text; *c; c++) {
        if (*c <= ' ' || *c >= 0x7f || *c == '+')
            return false;
    }
    return true;
}

/* What the table's types and limits cannot say. */
static bool check(const struct settings *settings, struct config_error *ret_error)
{
    enum log_priority priority;
    const char *fault = NULL;

    if (!log_level_find(settings->log_level, &priority))
        fault = "[server] log_level must be error, warning, notice, info or debug";
    else if (!is_origin(settings->origin))
        fault = "[register] origin must be host/log, printable ASCII without blanks and '+'";
    else if ((settings->signer[0] == '\0') != (settings->public_key[0] == '\0'))
        fault = "[ledger] needs both signer and public_key, or neither";
    else if (settings->publish_ms > 0 && settings->publish_ms < PUBLISH_MS_MIN)
        fault = "[ledger] publish must be 0s or at least 1s";
    if (!fault)
        return true;
    ret_error->line = 0;
    snprintf(ret_error->text, sizeof ret_error->text, "%s", fault);
    return false;
}

/* A file by a table into a zeroed struct. False, with what was taken still to be freed. */
static bool read_into(const char *path, const struct config_key *keys, size_t key_count, void *into,
                      struct config_error *ret_error)
{
    size_t len;
    char *text = settings_file(path, &len);

    if (!text) {
        ret_error->line = 0;
        snprintf(ret_error->text, sizeof ret_error->text, "cannot be read: %s", strerror(errno));
        return false;
    }
    const bool good = config_read((struct span){text, len}, keys, key_count, into, ret_error);
    settings_file_free(text, len);
    return good;
}

static struct settings *read_with(const char *path, const struct config_key *keys,
                                  struct config_error *ret_error)
{
    struct settings *settings = calloc(1, sizeof *settings);

    if (!settings)
        abort();
    if (read_into(path, keys, settings_key_count, settings, ret_error))
        return settings;
    settings_free(settings);
    return NULL;
}

struct settings *settings_read(const char *path, struct config_error *ret_error)
{
    struct settings *settings = read_with(path, settings_keys, ret_error);

    if (!settings || check(settings, ret_error))
        return settings;
    settings_free(settings);
    return NULL;
}

struct settings *settings_read_some(const char *path, struct config_error *ret_error)
{
    struct config_key keys[KEY_COUNT];

    for (size_t i = 0; i < KEY_COUNT; i++) {
        keys[i] = settings_keys[i];
        if (!keys[i].default_value)
            keys[i].default_value = "";
    }
    return read_with(path, keys, ret_error);
}

struct signer_settings *signer_settings_read(const char *path, struct config_error *ret_error)
{
    struct signer_settings *settings = calloc(1, sizeof *settings);

    if (!settings)
        abort();
    if (!read_into(path, signer_settings_keys, SIGNER_KEY_COUNT, settings, ret_error)) {
        signer_settings_free(settings);
        return NULL;
    }
    if (is_origin(settings->origin))
        return settings;
    ret_error->line = 0;
    snprintf(ret_error->text, sizeof ret_error->text,
             "[signer] origin must be host/log, printable ASCII without blanks and '+'");
    signer_settings_free(settings);
    return NULL;
}

/* One mailbox, as mail_write() takes it; only under TLS. */
static const char *notify_fault(const struct notify_settings *settings)
{
    const char *at = strchr(settings->from, '@');

    if (!at || at == settings->from || at[1] == '\0' || strchr(at + 1, '@') ||
        strlen(settings->from) > 254)
        return "[notify] from must be one mailbox, name@host";
    if (strncmp(settings->url, "smtp://", 7) != 0 && strncmp(settings->url, "smtps://", 8) != 0)
        return "[notify] url must begin with smtp:// or smtps://";
    return NULL;
}

struct notify_settings *notify_settings_read(const char *path, struct config_error *ret_error)
{
    struct notify_settings *settings = calloc(1, sizeof *settings);
    const char *fault;

    if (!settings)
        abort();
    if (!read_into(path, notify_settings_keys, NOTIFY_KEY_COUNT, settings, ret_error)) {
        notify_settings_free(settings);
        return NULL;
    }
    fault = notify_fault(settings);
    if (!fault)
        return settings;
    ret_error->line = 0;
    snprintf(ret_error->text, sizeof ret_error->text, "%s", fault);
    notify_settings_free(settings);
    return NULL;
}

void notify_settings_free(struct notify_settings *settings)
{
    if (!settings)
        return;
    config_free(notify_settings_keys, NOTIFY_KEY_COUNT, settings);
    free(settings);
}

void signer_settings_free(struct signer_settings *settings)
{
    if (!settings)
        return;
    config_free(signer_settings_keys, SIGNER_KEY_COUNT, settings);
    free(settings);
}

void settings_free(struct settings *settings)
{
    if (!settings)
        return;
    config_free(settings_keys, settings_key_count, settings);
    free(settings);
}

/* Open path, or the credential it names; -1 with errno. */
static int file_open(const char *path)
{
    const size_t prefix_len = strlen(CREDENTIAL_PREFIX);
    if (strncmp(path, CREDENTIAL_PREFIX, prefix_len) != 0)
        return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    const char *name = path + prefix_len;
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    char full[4096];
    if (!directory || *name == '\0' || strchr(name, '/')) {
        errno = ENOENT;
        return -1;
    }
    if ((size_t)snprintf(full, sizeof full, "%s/%s", directory, name) >= sizeof full) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(full, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* Fill buffer from fd: the bytes read, or -1 with errno. */
static ssize_t read_all(int fd, char *buffer, size_t size)
{
    size_t len = 0;

    while (len < size) {
        const ssize_t got = read(fd, buffer + len, size - len);
        if (got < 0 && errno != EINTR)
            return -1;
        if (got == 0)
            break;
        if (got > 0)
            len += (size_t)got;
    }
    return (ssize_t)len;
}

char *settings_file(const char *path, size_t *ret_len)
{
    const int fd = file_open(path);
    if (fd < 0)
        return NULL;

    /* A pipe has no size: what counts is the bytes that come, one past the limit at most. */
    struct stat about;
    size_t size = FILE_BYTES_MAX + 1;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && (size_t)about.st_size < size)
        size = (size_t)about.st_size;

    char *content = malloc(size + 1);
    if (!content)
        abort();
    const ssize_t len = read_all(fd, content, size);
    const int read_errno = len < 0 ? errno : EFBIG;
    close(fd);
    if (len < 0 || (size_t)len > FILE_BYTES_MAX) {
        settings_file_free(content, size);
        errno = read_errno;
        return NULL;
    }
    content[len] = '\0';
    *ret_len = (size_t)len;
    return content;
}

void settings_file_free(char *content, size_t len)
{
    if (!content)
        return;
    explicit_bzero(content, len);
    free(content);
}

/* A key file: 64 hexadecimal digits and nothing else but blanks around them. */
static bool key_file(const char *path, uint8_t ret_key[static SETTINGS_KEY_BYTES], char *error,
                     size_t error_size)
{
    static const char blanks[] = " \t\r\n";
    size_t len;
    char *content = settings_file(path, &len);

    if (!content) {
        snprintf(error, error_size, "%s: %s", path, strerror(errno));
        return false;
    }

    uint8_t key[SETTINGS_KEY_BYTES];
    const char *digits = content + strspn(content, blanks);
    const struct span text = {digits, strcspn(digits, blanks)};
    const bool valid = hex_decode(text, key, sizeof key) &&
                       text.data + text.len + strspn(text.data + text.len, blanks) == content + len;
    if (valid)
        memcpy(ret_key, key, sizeof key);
    else
        snprintf(error, error_size, "%s: must hold %zu hexadecimal digits (openssl rand -hex %zu)",
                 path, 2 * sizeof key, sizeof key);
    explicit_bzero(key, sizeof key);
    settings_file_free(content, len);
    return valid;
}

/* One "ID:PATH" of nonce_key_old. */
static bool old_key(const char *item, struct settings_nonce_key *ret_key, char *error,
                    size_t error_size)
{
    const char *colon = strchr(item, ':');
    unsigned long long id;

    if (!colon || colon[1] == '\0' ||
        !span_to_u64((struct span){item, (size_t)(colon - item)}, 32767, &id) || id == 0) {
        snprintf(error, error_size, "nonce_key_old: \"%s\" is not ID:FILE", item);
        return false;
    }
    if (!key_file(colon + 1, ret_key->key, error, error_size))
        return false;
    ret_key->id = (int)id;
    return true;
}

static bool has_id(const struct settings_nonce_key *keys, size_t count, int id)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].id == id)
            return true;
    }
    return false;
}

size_t settings_nonce_keys(const struct settings *settings,
                           struct settings_nonce_key ret_keys[static SETTINGS_NONCE_KEYS_MAX],
                           char *error, size_t error_size)
{
    struct settings_nonce_key keys[SETTINGS_NONCE_KEYS_MAX];
    size_t count = 1;
    bool good = key_file(settings->nonce_key, keys[0].key, error, error_size);

    keys[0].id = (int)settings->nonce_key_id;
    char *list = strdup(settings->nonce_key_old);
    if (!list)
        abort();
    char *rest = NULL;
    for (char *item = strtok_r(list, " ", &rest); good && item; item = strtok_r(NULL, " ", &rest)) {
        if (count == SETTINGS_NONCE_KEYS_MAX) {
            snprintf(error, error_size, "nonce_key_old: more than %d keys", (int)count - 1);
            good = false;
        } else if (!old_key(item, &keys[count], error, error_size)) {
            good = false;
        } else if (has_id(keys, count, keys[count].id)) {
            snprintf(error, error_size, "nonce_key_old: %d is the number of two keys",
                     keys[count].id);
            good = false;
        } else {
            count++;
        }
    }
    free(list);
    if (good)
        memcpy(ret_keys, keys, count * sizeof keys[0]);
    explicit_bzero(keys, sizeof keys);
    return good ? count : 0;
}
