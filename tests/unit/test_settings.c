/* What a configuration file and the files it names promise. */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/limits.h"
#include "settings.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define KEY_DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"

#define REQUIRED                                                          \
    "[tls]\ncertificate = c.pem\nkey = k.pem\nclient_ca = ca.pem\n"       \
    "[database]\nconninfo = dbname=grievd\n"                              \
    "[sealing]\nbody_keys = legal:l.pub alternate:a.pub external:a.pub\n" \
    "custodians = 1:1.pub 2:2.pub\n"                                      \
    "[register]\nnonce_key = nonce.key\n"

#define ORIGIN "origin = grievd.example/log\n"

/* The path of a new file with those bytes, in memory; it lives until its slot's next use. */
static const char *file_with(const char *bytes, size_t len)
{
    static char paths[4][32];
    static size_t slot;
    char *path = paths[slot++ % COUNT_OF(paths)];
    const int fd = memfd_create("test_settings", 0);

    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, bytes, len), (ssize_t)len);
    snprintf(path, sizeof paths[0], "/proc/self/fd/%d", fd);
    return path;
}

static const char *text_file(const char *text)
{
    return file_with(text, strlen(text));
}

static struct settings *settings_of(const char *text, struct config_error *error)
{
    return settings_read(text_file(text), error);
}

Test(settings_read, fills_what_is_absent_with_defaults)
{
    struct config_error error;
    struct settings *settings = settings_of(REQUIRED ORIGIN, &error);

    cr_assert_not_null(settings, "%d: %s", error.line, error.text);
    cr_expect_str_eq(settings->listen, "[::]:8443");
    cr_expect_str_eq(settings->client_crl, "");
    cr_expect_eq(settings->workers, 1);
    cr_expect_eq(settings->drain_ms, 30000);
    cr_expect_eq(settings->handshake_timeout_ms, LIMIT_HANDSHAKE_MS);
    cr_expect_eq(settings->head_timeout_ms, LIMIT_HEAD_MS);
    cr_expect_eq(settings->body_timeout_ms, LIMIT_BODY_MS);
    cr_expect_eq(settings->idle_timeout_ms, LIMIT_IDLE_MS);
    cr_expect_eq(settings->write_timeout_ms, LIMIT_WRITE_MS);
    cr_expect_eq(settings->nonce_key_id, 1);
    cr_expect_eq(settings_log_priority(settings), LOG_INFO);
    settings_free(settings);
}

Test(settings_read, takes_what_is_given)
{
    struct config_error error;
    struct settings *settings = settings_of(REQUIRED ORIGIN "[server]\nlisten = 127.0.0.1:9000\n"
                                                            "drain = 5s\nlog_level = debug\n",
                                            &error);

    cr_assert_not_null(settings, "%d: %s", error.line, error.text);
    cr_expect_str_eq(settings->listen, "127.0.0.1:9000");
    cr_expect_eq(settings->drain_ms, 5000);
    cr_expect_eq(settings_log_priority(settings), LOG_DEBUG);
    cr_expect_str_eq(settings->origin, "grievd.example/log");
    settings_free(settings);
}

Test(settings_read, takes_publishing_once_a_second_or_never)
{
    static const struct {
        const char *text;
        uint64_t ms;
    } rows[] = {{"1s", 1000}, {"0s", 0}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[1024];
        struct config_error error;

        snprintf(text, sizeof text, REQUIRED ORIGIN "[ledger]\npublish = %s\n", rows[i].text);
        struct settings *settings = settings_of(text, &error);

        cr_assert_not_null(settings, "%s: %s", rows[i].text, error.text);
        cr_expect_eq(settings->publish_ms, rows[i].ms);
        settings_free(settings);
    }
}

Test(settings_read, refuses_and_says_where)
{
    static const struct {
        const char *promise, *text;
        int line;
        const char *says;
    } rows[] = {
        {"a required key must be there", REQUIRED, 0, "origin"},
        {"an unknown key is named by its line", REQUIRED ORIGIN "[server]\nworker = 2\n", 14,
         "worker"},
        {"a number keeps its limits", REQUIRED ORIGIN "[server]\nworkers = 65\n", 14, "workers"},
        {"a log level is one of five", REQUIRED ORIGIN "[server]\nlog_level = loud\n", 0,
         "log_level"},
        {"an origin has a host and a log", REQUIRED "origin = grievd.example\n", 0, "origin"},
        {"an origin has no plus sign", REQUIRED "origin = a+b/log\n", 0, "origin"},
        {"an origin has no blank", REQUIRED "origin = a b/log\n", 0, "origin"},
        {"nobody publishes more than once a second", REQUIRED ORIGIN "[ledger]\npublish = 999ms\n",
         0, "publish"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct config_error error = {.line = -1};

        cr_expect_null(settings_of(rows[i].text, &error), "%s", rows[i].promise);
        cr_expect_eq(error.line, rows[i].line, "%s: line %d", rows[i].promise, error.line);
        cr_expect_not_null(strstr(error.text, rows[i].says), "%s: %s", rows[i].promise, error.text);
    }
}

Test(settings_read, says_why_a_file_cannot_be_read)
{
    struct config_error error;

    cr_expect_null(settings_read("/nonexistent/grievd.conf", &error));
    cr_expect_eq(error.line, 0);
    cr_expect_not_null(strstr(error.text, strerror(ENOENT)), "%s", error.text);
}

Test(settings_read_some, needs_no_key)
{
    struct config_error error;
    const char *path = text_file("[database]\nmigrate_conninfo = dbname=x\n");
    struct settings *settings = settings_read_some(path, &error);

    cr_assert_not_null(settings, "%d: %s", error.line, error.text);
    cr_expect_str_eq(settings->migrate_conninfo, "dbname=x");
    cr_expect_str_eq(settings->conninfo, "");
    settings_free(settings);
}

Test(settings_read_some, still_refuses_an_unknown_key)
{
    struct config_error error;

    cr_expect_null(settings_read_some(text_file("[database]\ncon = 1\n"), &error));
    cr_expect_eq(error.line, 2);
}

Test(settings_file, reads_up_to_a_mebibyte_and_no_more)
{
    enum { MEBIBYTE = 1024 * 1024 };
    char *big = malloc(MEBIBYTE + 1);
    size_t len = 0;

    memset(big, 'x', MEBIBYTE + 1);
    char *content = settings_file(file_with(big, MEBIBYTE), &len);
    cr_assert_not_null(content);
    cr_expect_eq(len, MEBIBYTE);
    cr_expect_eq(content[len], '\0');
    settings_file_free(content, len);

    len = 7;
    cr_expect_null(settings_file(file_with(big, MEBIBYTE + 1), &len));
    cr_expect_eq(errno, EFBIG);
    cr_expect_eq(len, 7, "the length was touched");
    free(big);
}

Test(settings_file, finds_a_credential_by_its_name)
{
    char name[64];
    size_t len;

    setenv("CREDENTIALS_DIRECTORY", "/proc/self/fd", 1);
    snprintf(name, sizeof name, "credential:%s", strrchr(text_file("secret"), '/') + 1);

    char *content = settings_file(name, &len);
    cr_assert_not_null(content);
    cr_expect_str_eq(content, "secret");
    settings_file_free(content, len);

    cr_expect_null(settings_file("credential:../stat", &len), "a name leads out of the folder");
    unsetenv("CREDENTIALS_DIRECTORY");
    cr_expect_null(settings_file(name, &len));
    cr_expect_eq(errno, ENOENT);
}

/* Settings that name the current key and a list of old ones, each "%" in it a good file. */
static size_t keys_read(const char *key_text, const char *old_format,
                        struct settings_nonce_key keys[static SETTINGS_NONCE_KEYS_MAX], char *error,
                        size_t error_size)
{
    char old[1024];
    char *path = strdup(text_file(key_text));
    const char *old_path = text_file(KEY_DIGITS "\n");
    const struct settings settings = {.nonce_key = path, .nonce_key_id = 2, .nonce_key_old = old};

    old[0] = '\0';
    for (const char *c = old_format; *c; c++) {
        const size_t len = strlen(old);
        if (*c == '%')
            snprintf(old + len, sizeof old - len, "%s", old_path);
        else
            snprintf(old + len, sizeof old - len, "%c", *c);
    }
    const size_t count = settings_nonce_keys(&settings, keys, error, error_size);
    free(path);
    return count;
}

Test(settings_nonce_keys, reads_the_current_key_first)
{
    struct settings_nonce_key keys[SETTINGS_NONCE_KEYS_MAX];
    char error[256] = "";

    cr_assert_eq(keys_read(KEY_DIGITS "\n", "1:% 32767:%", keys, error, sizeof error), 3, "%s",
                 error);
    cr_expect_eq(keys[0].id, 2);
    cr_expect_eq(keys[1].id, 1);
    cr_expect_eq(keys[2].id, 32767);
    for (size_t i = 0; i < SETTINGS_KEY_BYTES; i++)
        cr_expect_eq(keys[0].key[i], i);
}

Test(settings_nonce_keys, refuses_and_says_why)
{
    static const struct {
        const char *promise, *key, *old, *says;
    } rows[] = {
        {"a short key", "00ff", "", "64 hexadecimal digits"},
        {"an odd number of digits", "0", "", "64 hexadecimal digits"},
        {"a key with more behind it", KEY_DIGITS "00", "", "64 hexadecimal digits"},
        {"a key that is no number", "x", "", "64 hexadecimal digits"},
        {"an old key without a number", KEY_DIGITS, "%", "ID:FILE"},
        {"an old key without a file", KEY_DIGITS, "1:", "ID:FILE"},
        {"a number past int2", KEY_DIGITS, "32768:%", "ID:FILE"},
        {"the number zero", KEY_DIGITS, "0:%", "ID:FILE"},
        {"a number used twice", KEY_DIGITS, "1:% 1:%", "two keys"},
        {"the current number again", KEY_DIGITS, "2:%", "two keys"},
        {"a file that is not there", KEY_DIGITS, "1:/nonexistent", "No such file"},
        {"too many keys", KEY_DIGITS,
         "3:% 4:% 5:% 6:% 7:% 8:% 9:% 10:% 11:% 12:% 13:% 14:% 15:% 16:% 17:% 18:%", "more than"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct settings_nonce_key keys[SETTINGS_NONCE_KEYS_MAX] = {{.id = 99}};
        char error[256] = "";

        cr_expect_eq(keys_read(rows[i].key, rows[i].old, keys, error, sizeof error), 0, "%s",
                     rows[i].promise);
        cr_expect_not_null(strstr(error, rows[i].says), "%s: %s", rows[i].promise, error);
        cr_expect_eq(keys[0].id, 99, "%s: keys were touched", rows[i].promise);
    }
}

Test(settings_log_priority, aborts_on_a_level_never_checked, .signal = SIGABRT)
{
    char level[] = "loud";

    settings_log_priority(&(struct settings){.log_level = level});
}

/* The row for a key of a section in one of the tables; NULL if it has none. */
static const struct config_key *key_of(const struct config_key *keys, size_t count,
                                       const char *section, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].key, key) == 0)
            return &keys[i];
    }
    return NULL;
}

/* Lines "key = value" are settings, "#key = value" shows a default, "# text" explains. */
static void expect_example(const char *path, const struct config_key *keys, size_t count)
{
    char line[256], section[32] = "", key[64], value[128];
    size_t seen = 0;
    FILE *example = fopen(path, "r");

    cr_assert_not_null(example, "%s", path);
    while (fgets(line, sizeof line, example)) {
        const bool shows_default = line[0] == '#';

        if (sscanf(line, "[%31[a-z]]", section) == 1)
            continue;
        value[0] = '\0';
        if (sscanf(line + shows_default, "%63[a-z_] = %127[^\n]", key, value) < 1 ||
            !strchr(line, '='))
            continue;
        const struct config_key *row = key_of(keys, count, section, key);
        cr_assert_not_null(row, "[%s] %s is no setting", section, key);
        cr_expect_eq(shows_default, row->default_value && strcmp(value, row->default_value) == 0,
                     "[%s] %s: \"%s\" and the default differ", section, key, value);
        seen++;
    }
    fclose(example);
    cr_expect_eq(seen, count, "%s: %zu of %zu settings are shown", path, seen, count);
}

Test(example, names_every_key_once_with_its_default)
{
    expect_example(EXAMPLE_CONF, settings_keys, settings_key_count);
    expect_example(SIGNER_CONF, signer_settings_keys, signer_settings_key_count);
    expect_example(NOTIFY_CONF, notify_settings_keys, notify_settings_key_count);
}

Test(example, can_be_read)
{
    struct config_error error;
    struct settings *settings = settings_read(EXAMPLE_CONF, &error);
    struct signer_settings *signer = signer_settings_read(SIGNER_CONF, &error);
    struct notify_settings *notify = notify_settings_read(NOTIFY_CONF, &error);

    cr_assert_not_null(settings, "%d: %s", error.line, error.text);
    cr_assert_not_null(signer, "%d: %s", error.line, error.text);
    cr_expect_str_eq(signer->state_dir, "/var/lib/grievd-signer");
    cr_assert_not_null(notify, "%d: %s", error.line, error.text);
    cr_expect_eq(notify->interval_ms, 60 * 1000);
    notify_settings_free(notify);
    signer_settings_free(signer);
    settings_free(settings);
}

Test(notify_settings_read, needs_a_server_under_tls_and_one_sender)
{
    static const struct {
        const char *promise, *url, *from;
    } refused[] = {
        {"another protocol", "http://mail.example", "a@b"},
        {"a name without a protocol", "mail.example:25", "a@b"},
        {"a sender without a host", "smtp://mail.example", "a"},
        {"a sender without a name", "smtp://mail.example", "@b"},
        {"two senders", "smtp://mail.example", "a@b,c@d"},
    };
    struct config_error error;

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char text[256];

        snprintf(text, sizeof text, "[notify]\nurl = %s\nfrom = %s\n[database]\nconninfo = x\n",
                 refused[i].url, refused[i].from);
        cr_expect_null(notify_settings_read(text_file(text), &error), "%s", refused[i].promise);
    }
}

Test(signer_settings_read, needs_an_origin_that_can_name_a_key)
{
    struct config_error error;

    cr_expect_null(signer_settings_read(text_file("[signer]\nkey = k\n"), &error));
    cr_expect_null(signer_settings_read(text_file("[signer]\nkey = k\norigin = a b/c\n"), &error));
    cr_expect_not_null(strstr(error.text, "origin"), "%s", error.text);
    cr_expect_null(
        signer_settings_read(text_file("[signer]\nkey = k\norigin = a/b\n[tls]\n"), &error),
        "sections of the daemon are not the signer's");
}
