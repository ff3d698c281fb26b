#include "griev.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "core/principal.h"
#include "core/thai.h"
#include "files.h"
#include "memory.h"
#include "spool.h"
#include "watch.h"

enum { CERTIFICATE_BYTES_MAX = 256 * 1024 }; /* a chain */

#define PENDING_SECONDS_MAX (24 * 60 * 60) /* an older one is no longer the same intention */

/* ---- telling ---- */

void griev_note(const struct griev *griev, const char *subject, struct text text)
{
    fflush(stdout); /* what was printed before comes before it */
    if (subject) {
        char *safe = print_safe(&griev->print, span_of(subject), true);

        fprintf(stderr, "griev: %s: %s\n", safe, print_text(&griev->print, text));
        free(safe);
    } else {
        fprintf(stderr, "griev: %s\n", print_text(&griev->print, text));
    }
}

int griev_fail(const struct griev *griev, enum exit_code code, const char *subject,
               struct text text)
{
    griev_note(griev, subject, text);
    if (griev->failure && !griev->failure->detail)
        griev->failure->detail = memory_printf(
            "%s%s%s", subject ? subject : "", subject ? ": " : "", print_text(&griev->print, text));
    return (int)code;
}

enum { BAR_CHARS = 30 };

void griev_progress(size_t done, size_t all, const char *unit)
{
    char bar[BAR_CHARS + 1];
    const size_t filled = done * BAR_CHARS / all;

    if (!isatty(STDERR_FILENO))
        return;
    memset(bar, '#', filled);
    memset(bar + filled, '.', BAR_CHARS - filled);
    bar[BAR_CHARS] = '\0';
    fprintf(stderr, "\r[%s] %zu/%zu%s%s", bar, done, all, unit, done == all ? "\n" : "");
}

char *griev_ask(const struct griev *griev, struct text question)
{
    char *line = NULL;
    size_t size = 0;

    if (isatty(STDIN_FILENO))
        fprintf(stderr, "%s ", print_text(&griev->print, question));
    const ssize_t len = getline(&line, &size, stdin);
    if (len < 0) {
        free(line);
        return NULL;
    }
    const struct span text = span_skip_mark(span_of(line)); /* of a file that is piped in */

    memmove(line, text.data, text.len + 1);
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

char *griev_ask_secret(const struct griev *griev, struct text question)
{
    struct termios before, silent;
    const bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;

    if (terminal) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    char *line = griev_ask(griev, question);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    return line;
}

void griev_forget(char *secret)
{
    if (!secret)
        return;
    explicit_bzero(secret, strlen(secret));
    free(secret);
}

struct thai_date griev_today(void)
{
    return thai_day_of((int64_t)time(NULL));
}

bool griev_number(const char *text, unsigned long long max, unsigned long long *ret_value)
{
    char plain[32];

    return thai_plain_digits(span_of(text), plain, sizeof plain) &&
           span_to_u64(span_of(plain), max, ret_value);
}

char *griev_day(const char *text)
{
    struct thai_date date;

    return thai_date_read(span_of(text), &date)
               ? memory_printf("%04d-%02d-%02d", date.year, date.month, date.day)
               : NULL;
}

/* ---- settings ---- */

static enum lang lang_of_environment(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);

        if (value && value[0])
            return strncmp(value, "th", 2) == 0 ? LANG_TH : LANG_EN;
    }
    return LANG_EN;
}

/* Options first, then the settings (NULL if there are none yet), then the environment. */
static void set_print(struct griev *griev, const struct settings *settings)
{
    const char *lang = option_text(griev, "lang");
    const char *colour = option_text(griev, "colour");
    const char *no_color = getenv("NO_COLOR");

    if (!lang && settings && strcmp(settings->lang, "auto") != 0)
        lang = settings->lang;
    if (!colour)
        colour = settings ? settings->colour : "auto";
    griev->print.out = stdout;
    griev->print.lang = !lang ? lang_of_environment() : strcmp(lang, "th") == 0 ? LANG_TH : LANG_EN;
    griev->print.colour = strcmp(colour, "auto") == 0
                              ? isatty(STDOUT_FILENO) && !(no_color && no_color[0])
                              : strcmp(colour, "always") == 0;
    griev->print.thai_digits =
        option_flag(griev, "thai-digits") || (settings && settings->thai_digits);
}

void griev_prepare_print(struct griev *griev)
{
    set_print(griev, NULL);
}

/* Tell what is wrong with the settings. */
static int refuse_settings(const struct griev *griev, int line, const char *fault)
{
    char *subject = line > 0 ? memory_printf("%s:%d: %s", griev->config_path, line, fault)
                             : memory_printf("%s: %s", griev->config_path, fault);

    griev_fail(griev, EXIT_LOCAL, subject,
               SAY("แฟ้มการตั้งค่าใช้ไม่ได้ (ดู man griev)",
                   "the settings cannot be used (see man griev, or give --config FILE)"));
    free(subject);
    return EXIT_LOCAL;
}

static void find_settings(struct griev *griev)
{
    if (!griev->config_path)
        griev->config_path = settings_default_path();
}

bool griev_has_settings(struct griev *griev)
{
    find_settings(griev);
    return option_text(griev, "config") ||
           (griev->config_path && access(griev->config_path, F_OK) == 0);
}

int griev_read_settings(struct griev *griev)
{
    struct config_error error;

    if (griev->settings.url) /* a verb needed them before it needed the server */
        return EXIT_OK;
    find_settings(griev);
    if (!griev->config_path)
        return griev_fail(griev, EXIT_LOCAL, NULL,
                          SAY("ไม่พบแฟ้มการตั้งค่า ให้ระบุ --config FILE",
                              "there is no home directory: name the settings with --config FILE"));
    if (!settings_read(&griev->settings, griev->config_path, &error))
        return refuse_settings(griev, error.line, error.text);
    set_print(griev, &griev->settings);
    return EXIT_OK;
}

int griev_configure(struct griev *griev)
{
    const int code = griev_read_settings(griev);
    const char *fault = code == EXIT_OK ? settings_server_fault(&griev->settings) : NULL;

    return fault ? refuse_settings(griev, 0, fault) : code;
}

char *griev_state_path(const struct griev *griev, const char *folder, const char *name)
{
    if (griev->settings.state[0] == '\0') {
        griev_note(griev, griev->config_path,
                   SAY("ไม่มีที่เก็บแฟ้มรอส่ง ให้ตั้ง [files] state",
                       "there is no place for what waits to be sent: set [files] state"));
        return NULL;
    }

    char *path = memory_printf("%s/%s", griev->settings.state, folder);
    if (!files_make_folder(path)) {
        char *subject = memory_printf("%s: %s", path, strerror(errno));

        griev_note(griev, subject, SAY("สร้างแฟ้มเก็บไม่ได้", "cannot be made"));
        free(subject);
        free(path);
        return NULL;
    }
    char *file = memory_printf("%s/%s", path, name);
    free(path);
    return file;
}

/* Whose certificate the settings name, "" if nobody's. False, told, if it cannot be read. */
static bool read_principal(const struct griev *griev, char ret_name[static PRINCIPAL_CHARS + 1])
{
    const char *path = griev->settings.certificate;
    struct span pem;
    bool good = path[0] == '\0';

    ret_name[0] = '\0';
    if (!good && files_read(path, CERTIFICATE_BYTES_MAX, &pem)) {
        good = principal_of_pem(pem, ret_name); /* where it names none, the server says so */
        memory_free_span(&pem);
    }
    if (!good)
        griev_fail(griev, EXIT_LOCAL, path, SAY("อ่านใบรับรองไม่ได้", "holds no certificate in PEM"));
    return good;
}

static char *hashed_path(const struct griev *griev, const char *folder, const char *whose,
                         const char *what, const char *suffix)
{
    char hash[SPOOL_HEX_CHARS + 1];
    char *identity = memory_printf("%s\n%s", whose, what);

    spool_hash(span_of(identity), hash);
    char *name = memory_printf("%s%s", hash, suffix);
    char *path = griev_state_path(griev, folder, name);
    free(identity);
    free(name);
    return path;
}

char *griev_kept_path(const struct griev *griev, const char *folder, const char *what,
                      const char *suffix)
{
    char principal[PRINCIPAL_CHARS + 1];

    if (!read_principal(griev, principal))
        return NULL;
    char *path = hashed_path(griev, folder, principal, what, suffix);
    if (!path || access(path, F_OK) == 0)
        return path;

    /* What an earlier version kept: the address and the certificate's place were in the name. */
    char *whose = memory_printf("%s\n%s", griev->settings.url, griev->settings.certificate);
    char *old = hashed_path(griev, folder, whose, what, suffix);

    free(whose);
    if (!old || access(old, F_OK) != 0) {
        free(old);
        return path;
    }
    free(path);
    return old;
}

/* ---- sending ---- */

void answer_done(struct answer *answer)
{
    json_decref(answer->json);
    https_answer_done(&answer->http);
    *answer = (struct answer){0};
}

int griev_try(struct griev *griev, const struct https_request *request, struct answer *ret_answer)
{
    *ret_answer = (struct answer){0};
    if (!griev->https) {
        griev->https = https_new(&griev->settings);
        if (!griev->https)
            return griev_fail(griev, EXIT_LOCAL, NULL,
                              SAY("เริ่มใช้ libcurl ไม่ได้", "libcurl cannot start"));
        const int code = watch_contact(griev);
        if (code != EXIT_OK)
            return code;
    }

    struct https_request sent = *request;
    sent.checkpoint = watch_header(griev);
    sent.language = griev->print.lang == LANG_TH ? "th" : "en";
    https_send(griev->https, &sent, &ret_answer->http);
    const struct span body = ret_answer->http.body;
    if (body.len > 0)
        ret_answer->json = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
    return EXIT_OK;
}

static int send_for(struct griev *griev, const struct https_request *request, bool is_file,
                    struct answer *ret_answer)
{
    const int code = griev_try(griev, request, ret_answer);

    ret_answer->is_file = is_file;
    return code == EXIT_OK ? griev_conclude(griev, ret_answer) : code;
}

int griev_send(struct griev *griev, const struct https_request *request, struct answer *ret_answer)
{
    return send_for(griev, request, false, ret_answer);
}

static int get(struct griev *griev, const char *target, bool is_file, struct answer *ret_answer)
{
    const struct https_request request = {.method = "GET", .target = target, .repeatable = true};

    return send_for(griev, &request, is_file, ret_answer);
}

int griev_get(struct griev *griev, const char *target, struct answer *ret_answer)
{
    return get(griev, target, false, ret_answer);
}

int griev_get_file(struct griev *griev, const char *target, struct answer *ret_answer)
{
    return get(griev, target, true, ret_answer);
}

void griev_load_taxonomy(struct griev *griev)
{
    const struct https_request request = {.method = "GET", .target = "/v1/taxonomy"};
    struct https_answer answer;

    if (griev->json != JSON_NOT || griev->taxonomy)
        return;
    https_send(griev->https, &request, &answer);
    if (answer.status == 200)
        griev->taxonomy = json_loadb(answer.body.data, answer.body.len, 0, NULL);
    griev->print.taxonomy = griev->taxonomy;
    https_answer_done(&answer);
}

/* ---- the request of a verb's row ---- */

static char *append(char *text, const char *more)
{
    char *longer = memory_printf("%s%s", text, more);

    free(text);
    return longer;
}

static char *append_encoded(char *text, const char *more)
{
    char *encoded = https_encode(more);

    text = append(text, encoded);
    free(encoded);
    return text;
}

/* Query parameters, for a GET: the options that name one. */
static char *append_query(const struct griev *griev, char *target)
{
    const char *separator = "?";

    for (const struct option *option = griev->verb->options; option && option->name; option++) {
        const json_t *given = json_object_get(griev->given, option->name);
        char number[32];

        if (!given || option->member[0] == '\0')
            continue;
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(given));
        target = append(target, separator);
        target = append(target, option->member);
        target = append(target, "=");
        target = append_encoded(target, json_is_string(given) ? json_string_value(given) : number);
        separator = "&";
    }
    return target;
}

char *griev_target(const struct griev *griev)
{
    char *target = memory_printf("%s", "");
    const char *path = griev->verb->path;
    size_t next = 0;

    for (const char *hole = strstr(path, "{}"); hole; hole = strstr(path, "{}")) {
        char *before = memory_printf("%.*s", (int)(hole - path), path);

        target = append(target, before);
        target = append_encoded(target, next < griev->operand_count ? griev->operands[next] : "");
        free(before);
        next++;
        path = hole + 2;
    }
    target = append(target, path);
    return strcmp(griev->verb->method, "GET") == 0 ? append_query(griev, target) : target;
}

/* ---- changes ---- */

/* What the same command finds its request by again; to be freed. */
static char *pending_what(const char *target, const json_t *given)
{
    char *members = given ? json_dumps(given, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    char *what = memory_printf("%s\n%s", target, members ? members : "");

    free(members);
    return what;
}

/* A request of this name whose outcome is still unknown. One from long ago is forgotten. */
static bool find_pending(const struct griev *griev, const char *path, struct spool *ret_spool)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return false;
    if (time(NULL) - status.st_mtime > PENDING_SECONDS_MAX ||
        spool_read(path, ret_spool) != SPOOL_OK) {
        files_remove(path);
        return false;
    }
    griev_note(griev, NULL,
               SAY("คำขอเดิมยังไม่ทราบผล จึงส่งคำขอเดิมซ้ำ",
                   "the outcome of this command was unknown: the same request is sent again"));
    return true;
}

/* Keep the body under a new event_id. */
static bool make_pending(const char *path, const char *what, json_t *body, struct spool *ret_spool)
{
    struct spool spool = {.state = SPOOL_SENT};

    if (!spool_new_id(spool.id))
        return false;
    json_object_set_new(body, "event_id", json_string(spool.id));
    spool_hash(span_of(what), spool.source);

    char *text = json_dumps(body, JSON_COMPACT);
    spool.body = memory_copy(span_of(text));
    free(text);
    if (!spool_create(path, &spool)) {
        spool_done(&spool);
        return false;
    }
    *ret_spool = spool;
    return true;
}

/* Have the request on disk: one whose outcome is unknown (*ret_doubt), or a new one. */
static int keep_pending(const struct griev *griev, const char *path, const char *what, json_t *body,
                        struct spool *ret_spool, bool *ret_doubt)
{
    *ret_doubt = find_pending(griev, path, ret_spool);
    if (*ret_doubt || make_pending(path, what, body, ret_spool))
        return EXIT_OK;

    if (errno == EEXIST)
        return griev_fail(griev, EXIT_LOCAL, griev->verb->name, BUSY);
    char *subject = memory_printf("%s: %s", path, strerror(errno));
    griev_fail(griev, EXIT_LOCAL, subject, SAY("เขียนไม่ได้", "cannot be written"));
    free(subject);
    return EXIT_LOCAL;
}

/*
 * Forget the request, unless its outcome is still unknown: an answer that never
 * reached the register says nothing of what an earlier attempt has done.
 */
static int settle_pending(const char *path, int code, bool doubt)
{
    switch (code) {
    case EXIT_UNAVAILABLE:
    case EXIT_UNKNOWN:
        code = doubt ? EXIT_UNKNOWN : code;
        break;
    case EXIT_FORBIDDEN:
    case EXIT_LOCAL:
        break;
    default:
        doubt = false;
    }
    if (code != EXIT_UNKNOWN && !doubt)
        files_remove(path);
    return code;
}

/* True if the register would not take a body, to which an event_id is added yet. */
static bool is_too_long(const json_t *body)
{
    const size_t event_id = sizeof ",\"event_id\":\"\"" - 1 + SPOOL_ID_CHARS;

    static_assert(LIMIT_JSON_BODY_BYTES == 240 * 1024, "as TOO_LONG says");
    return json_dumpb(body, NULL, 0, JSON_COMPACT) + event_id > LIMIT_JSON_BODY_BYTES;
}

int griev_post(struct griev *griev, const char *target, const json_t *given, json_t *body,
               uint64_t if_match, struct answer *ret_answer)
{
    struct spool spool = {0};
    bool doubt = false;

    *ret_answer = (struct answer){0};
    if (is_too_long(body))
        return griev_fail(griev, EXIT_REFUSED, griev->verb->name, TOO_LONG);
    char *what = pending_what(target, given);
    char *path = griev_kept_path(griev, "pending", what, "");
    int code = path ? keep_pending(griev, path, what, body, &spool, &doubt) : EXIT_LOCAL;
    if (code == EXIT_OK) {
        const struct https_request request = {.method = "POST",
                                              .target = target,
                                              .body = spool.body,
                                              .if_match = if_match,
                                              .repeatable = true,
                                              .changes = true};

        const int sent = griev_send(griev, &request, ret_answer);
        code = settle_pending(path, sent, doubt || ret_answer->http.maybe_done);
        if (code != sent)
            griev_note(griev, NULL,
                       SAY("ยังไม่ทราบผลของครั้งก่อน ให้สั่งคำสั่งเดิมซ้ำ",
                           "the earlier outcome is still unknown: run the same command again"));
    }
    spool_done(&spool);
    free(path);
    free(what);
    return code;
}

/* ---- printing ---- */

/* Byte for byte for programs; a terminal would obey some characters that JSON holds as they are. */
static void put_json(const struct print *print, struct span text)
{
    if (isatty(fileno(print->out))) {
        char *safe = print_safe(print, text, true);

        fputs(safe, print->out);
        free(safe);
    } else {
        fwrite(text.data, 1, text.len, print->out);
    }
    fputc('\n', print->out);
}

void griev_print_json(const struct griev *griev, const json_t *json, struct span as_sent)
{
    if (griev->failure)
        griev->failure->answered = true;
    if (griev->json == JSON_AS_SENT && as_sent.len > 0) {
        put_json(&griev->print, as_sent);
        return;
    }
    char *text = json_dumps(json, griev->json == JSON_INDENTED ? JSON_INDENT(2) : JSON_COMPACT);

    if (text)
        put_json(&griev->print, span_of(text));
    free(text);
}

static bool shows_codes(const struct verb *verb)
{
    for (size_t i = 0; i < verb->column_count; i++) {
        if (verb->columns[i].taxonomy)
            return true;
    }
    return false;
}

void griev_print_answer(struct griev *griev, const struct answer *answer)
{
    const struct verb *verb = griev->verb;
    const json_t *items = json_object_get(answer->json, "items");

    if (shows_codes(verb))
        griev_load_taxonomy(griev);
    if (griev->json != JSON_NOT)
        griev_print_json(griev, answer->json, answer->http.body);
    else if (verb->print)
        verb->print(griev, answer->json);
    else if (json_is_array(items))
        print_items(&griev->print, verb->columns, verb->column_count, items);
    else
        print_fields(&griev->print, verb->columns, verb->column_count, answer->json);
}

const json_t *griev_item(const json_t *items, const char *member, const char *text)
{
    size_t i;
    json_t *item;

    json_array_foreach(items, i, item)
    {
        const char *value = json_string_value(json_object_get(item, member));

        if (value && strcmp(value, text) == 0)
            return item;
    }
    return NULL;
}
