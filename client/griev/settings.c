#include "settings.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "files.h"
#include "memory.h"

enum { SETTINGS_BYTES_MAX = 64 * 1024 };

#define AT(member) offsetof(struct settings, member)

/* section, key, type, place, default, min, max, help */
const struct config_key settings_keys[] = {
    {"server", "url", CONFIG_TEXT, AT(url), "", 0, 0, "where grievd listens: https://host:port"},
    {"server", "ca", CONFIG_TEXT, AT(ca), "", 0, 0, "the only authorities trusted, PEM"},
    {"server", "proxy", CONFIG_TEXT, AT(proxy), "", 0, 0, "HTTP proxy to reach the server through"},
    {"server", "connect_timeout", CONFIG_DURATION, AT(connect_timeout_ms), "5s", 100, 120000,
     "how long a connection may take"},
    {"server", "timeout", CONFIG_DURATION, AT(timeout_ms), "30s", 100, 600000,
     "how long one attempt may take, connecting included"},
    {"server", "retries", CONFIG_COUNT, AT(retries), "4", 0, 20,
     "attempts after the first, for requests that carry their own id"},
    {"server", "certificate", CONFIG_TEXT, AT(certificate), "", 0, 0, "whose certificate, PEM"},
    {"server", "key", CONFIG_TEXT, AT(key), "", 0, 0, "its private key, PEM"},
    {"sealing", "origin", CONFIG_TEXT, AT(origin), "", 0, 0,
     "the register's origin, as its daemon has it"},
    {"sealing", "custodians", CONFIG_TEXT, AT(custodians), "", 0, 0,
     "public keys of all custodians, as NUMBER:NAME:FILE, blank-separated"},
    {"sealing", "key", CONFIG_TEXT, AT(custodian_key), "", 0, 0,
     "a custodian's own private key, to approve and open with"},
    {"print", "lang", CONFIG_TEXT, AT(lang), "auto", 0, 0, "th, en or auto"},
    {"print", "colour", CONFIG_TEXT, AT(colour), "auto", 0, 0, "auto, always or never"},
    {"print", "thai_digits", CONFIG_BOOL, AT(thai_digits), "no", 0, 0, "Thai digits in print"},
    {"files", "state", CONFIG_TEXT, AT(state), "", 0, 0, "folder for what waits to be sent again"},
    {"report", "emblem", CONFIG_TEXT, AT(emblem), "", 0, 0,
     "the emblem on cover memos, a PNG or SVG file"},
    {"log", "key", CONFIG_TEXT, AT(log_key), "", 0, 0, "the public key of the register's log"},
};
const size_t settings_key_count = sizeof settings_keys / sizeof settings_keys[0];

/* The first of: the variable; the folder below HOME. NULL without either. */
static char *user_folder(const char *variable, const char *below_home)
{
    const char *folder = getenv(variable);
    const char *home = getenv("HOME");

    if (folder && folder[0] == '/')
        return memory_printf("%s/griev", folder);
    return home && home[0] == '/' ? memory_printf("%s/%s/griev", home, below_home) : NULL;
}

char *settings_default_path(void)
{
    const char *named = getenv("GRIEV_CONFIG");

    if (named && named[0])
        return memory_printf("%s", named);

    char *folder = user_folder("XDG_CONFIG_HOME", ".config");
    char *path = folder ? memory_printf("%s/griev.conf", folder) : NULL;

    free(folder);
    return path;
}

/* Replace a relative path by one that begins with the folder of the settings' file. */
static void make_absolute(char **path, const char *settings_path)
{
    const char *slash = strrchr(settings_path, '/');

    if ((*path)[0] == '\0' || (*path)[0] == '/' || !slash)
        return;
    char *joined = memory_printf("%.*s/%s", (int)(slash - settings_path), settings_path, *path);
    free(*path);
    *path = joined;
}

static bool one_of(const char *value, const char *const choices[static 3])
{
    return strcmp(value, choices[0]) == 0 || strcmp(value, choices[1]) == 0 ||
           strcmp(value, choices[2]) == 0;
}

/* What the table cannot say: the form of the URL, pairs, and choices. */
static const char *fault_of(const struct settings *settings)
{
    if (settings->url[0] != '\0' &&
        (strncmp(settings->url, "https://", 8) != 0 || settings->url[8] == '\0'))
        return "[server] url must begin with https://";
    if (strpbrk(settings->url, "?# "))
        return "[server] url must not hold a query, a fragment or a blank";
    if ((settings->certificate[0] == '\0') != (settings->key[0] == '\0'))
        return "[server] certificate and key are given together or not at all";
    if ((settings->origin[0] == '\0') != (settings->custodians[0] == '\0'))
        return "[sealing] origin and custodians are given together or not at all: with one of "
               "them, complainants would go unsealed";
    if (settings->custodian_key[0] != '\0' && settings->custodians[0] == '\0')
        return "[sealing] key needs origin and custodians beside it";
    if (!one_of(settings->lang, (const char *const[]){"th", "en", "auto"}))
        return "[print] lang is th, en or auto";
    if (!one_of(settings->colour, (const char *const[]){"auto", "always", "never"}))
        return "[print] colour is auto, always or never";
    return NULL;
}

const char *settings_server_fault(const struct settings *settings)
{
    return settings->url[0] == '\0'  ? "[server] url is required"
           : settings->ca[0] == '\0' ? "[server] ca is required"
                                     : NULL;
}

static void complete(struct settings *settings, const char *path)
{
    for (size_t len = strlen(settings->url); len > 0 && settings->url[len - 1] == '/'; len--)
        settings->url[len - 1] = '\0';
    make_absolute(&settings->ca, path);
    make_absolute(&settings->certificate, path);
    make_absolute(&settings->key, path);
    make_absolute(&settings->custodian_key, path);
    make_absolute(&settings->state, path);
    make_absolute(&settings->emblem, path);
    make_absolute(&settings->log_key, path);
    if (settings->state[0] == '\0') {
        char *folder = user_folder("XDG_STATE_HOME", ".local/state");

        if (folder) {
            free(settings->state);
            settings->state = folder;
        }
    }
}

bool settings_read(struct settings *ret_settings, const char *path, struct config_error *ret_error)
{
    struct span text;

    *ret_settings = (struct settings){0};
    if (!files_read_text(path, SETTINGS_BYTES_MAX, &text)) {
        *ret_error = (struct config_error){0};
        snprintf(ret_error->text, sizeof ret_error->text, "%s", strerror(errno));
        return false;
    }

    bool good = config_read(text, settings_keys, settings_key_count, ret_settings, ret_error);
    memory_free_span(&text);
    if (!good)
        return false;

    const char *fault = fault_of(ret_settings);
    if (fault) {
        *ret_error = (struct config_error){0};
        snprintf(ret_error->text, sizeof ret_error->text, "%s", fault);
        return false;
    }
    complete(ret_settings, path);
    return true;
}

void settings_default(struct settings *ret_settings)
{
    struct config_error error;

    *ret_settings = (struct settings){0};
    const bool good =
        config_read(SPAN(""), settings_keys, settings_key_count, ret_settings, &error);

    assert(good); /* no key must be given */
    (void)good;
}

void settings_done(struct settings *settings)
{
    config_free(settings_keys, settings_key_count, settings);
}
