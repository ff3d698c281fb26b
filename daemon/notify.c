#include "notify.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "core/limits.h"
#include "core/mail.h"
#include "log.h"
#include "loop.h"
#include "settings.h"
#include "store.h"

struct notify {
    const struct notify_settings *settings;
    struct settings database; /* what a store is made with; borrows from settings */
    char *password;           /* owned; NULL: none */
    size_t password_len;
    char host[256]; /* of Message-IDs: what stands behind the @ of the sender */
    struct loop *loop;
    struct store *store;
    struct event *due, *on_term, *on_int;
    CURL *curl;
    json_t *items; /* owned: those taken, sent one after the other */
    size_t next;
};

/* What became of one message. */
struct delivery {
    const char *outcome; /* as api.outbox_settle knows it: sent, later, never */
    char trouble[128];   /* a clause without the address; "" when sent */
};

/* --- SMTP --- */

struct upload {
    struct span rest;
    bool judged; /* a recipient was named: what the server refuses from then on is this message */
};

static size_t give_bytes(char *buffer, size_t size, size_t count, void *arg)
{
    struct upload *upload = arg;
    const size_t len = upload->rest.len < size * count ? upload->rest.len : size * count;

    memcpy(buffer, upload->rest.data, len);
    upload->rest = (struct span){upload->rest.data + len, upload->rest.len - len};
    return len;
}

/* Sees each command go out: curl says which reply it got last, and not to what. */
static int note_command(CURL *curl, curl_infotype type, char *data, size_t len, void *arg)
{
    struct upload *upload = arg;

    (void)curl;
    if (type == CURLINFO_HEADER_OUT && len > 4 && memcmp(data, "RCPT", 4) == 0)
        upload->judged = true;
    return 0;
}

static void set_server(const struct notify *notify)
{
    const struct notify_settings *settings = notify->settings;
    CURL *curl = notify->curl;

    curl_easy_setopt(curl, CURLOPT_URL, settings->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->ca[0])
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca);
    if (settings->user[0])
        curl_easy_setopt(curl, CURLOPT_USERNAME, settings->user);
    if (notify->password)
        curl_easy_setopt(curl, CURLOPT_PASSWORD, notify->password);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_SMTP_CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)LIMIT_SMTP_MS);
}

/*
 * A reply of 5xx to the message itself, from its recipient on, is final; everything
 * else may be better later, a 5xx to our login or to the sender included, which says
 * nothing of the message.
 */
static struct delivery judge(CURL *curl, CURLcode code, bool judged)
{
    struct delivery delivery = {.outcome = code == CURLE_OK ? "sent" : "later"};
    long reply = 0;

    if (code == CURLE_OK)
        return delivery;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    if (reply >= 500 && judged)
        delivery.outcome = "never";
    snprintf(delivery.trouble, sizeof delivery.trouble, "%s%s%ld", curl_easy_strerror(code),
             reply ? ", reply " : " ", reply);
    return delivery;
}

static struct delivery deliver(const struct notify *notify, const char *to, struct span message)
{
    struct upload upload = {.rest = message};
    char sender[300], recipient[300];
    struct curl_slist *recipients;

    snprintf(sender, sizeof sender, "<%s>", notify->settings->from);
    snprintf(recipient, sizeof recipient, "<%s>", to);
    recipients = curl_slist_append(NULL, recipient);
    set_server(notify);
    curl_easy_setopt(notify->curl, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(notify->curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(notify->curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(notify->curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(notify->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(notify->curl, CURLOPT_DEBUGFUNCTION, note_command);
    curl_easy_setopt(notify->curl, CURLOPT_DEBUGDATA, &upload);
    curl_easy_setopt(notify->curl, CURLOPT_VERBOSE, 1L); /* or it is told of no command */
    const CURLcode code = curl_easy_perform(notify->curl);
    const struct delivery delivery = judge(notify->curl, code, upload.judged);

    curl_easy_reset(notify->curl); /* of what ends with this function; the connection stays */
    curl_slist_free_all(recipients);
    return delivery;
}

static const char *member(const json_t *item, const char *name)
{
    const char *text = json_string_value(json_object_get(item, name));

    return text ? text : "";
}

static struct delivery send_item(const struct notify *notify, const json_t *item)
{
    static char buffer[MAIL_BYTES_MAX];
    const struct mail mail = {
        .from = notify->settings->from,
        .to = member(item, "email"),
        .id = member(item, "id"),
        .host = notify->host,
        .subject = member(item, "subject"),
        .text = member(item, "text"),
        .unix_s = (int64_t)time(NULL),
    };
    const size_t len = mail_write(&mail, buffer, sizeof buffer);

    if (len == 0)
        return (struct delivery){"never", "the message cannot be written"};
    return deliver(notify, mail.to, (struct span){buffer, len});
}

/* --- the outbox --- */

static void send_next(struct notify *notify);

static void wait_for_more(struct notify *notify, bool at_once)
{
    const uint64_t wait_ms = at_once ? 0 : notify->settings->interval_ms;
    const struct timeval wait = {(time_t)(wait_ms / 1000), (suseconds_t)(wait_ms % 1000 * 1000)};

    json_decref(notify->items);
    notify->items = NULL;
    event_add(notify->due, &wait);
}

static void settled(void *arg, const struct store_answer *answer)
{
    struct notify *notify = arg;

    if (answer->err != ERR_NONE) { /* what is left comes again when its loan is over */
        log_line(LOG_WARNING, "notify_unsettled error=%s", err_info(answer->err)->name);
        wait_for_more(notify, false);
        return;
    }
    notify->next++;
    send_next(notify);
}

static void settle(struct notify *notify, const char *id, const struct delivery *delivery)
{
    json_t *body = json_pack("{s:s, s:s, s:s*}", "id", id, "outcome", delivery->outcome, "trouble",
                             delivery->trouble[0] ? delivery->trouble : NULL);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

    if (!text)
        abort(); /* memory is out */
    store_call(notify->store, LANE_WRITE, "outbox_settle", SPAN(""), SPAN("{}"), span_of(text),
               settled, notify);
    free(text);
    json_decref(body);
}

static void send_next(struct notify *notify)
{
    const json_t *item = json_array_get(notify->items, notify->next);

    if (!item) {
        wait_for_more(notify, notify->next >= LIMIT_OUTBOX_LOAN);
        return;
    }
    const struct delivery delivery = send_item(notify, item);
    struct log_value trouble;

    if (strcmp(delivery.outcome, "never") == 0)
        log_line(LOG_WARNING, "mail_refused id=%s trouble=%s", member(item, "id"),
                 log_text(&trouble, delivery.trouble));
    else if (delivery.trouble[0])
        log_line(LOG_WARNING, "mail_delayed id=%s trouble=%s", member(item, "id"),
                 log_text(&trouble, delivery.trouble));
    else
        log_line(LOG_INFO, "mail_sent id=%s", member(item, "id"));
    settle(notify, member(item, "id"), &delivery);
}

static void taken(void *arg, const struct store_answer *answer)
{
    struct notify *notify = arg;

    if (answer->err != ERR_NONE) {
        if (answer->err != ERR_UNAVAILABLE) /* that one the store has told */
            log_line(LOG_WARNING, "outbox_failed error=%s", err_info(answer->err)->name);
        wait_for_more(notify, false);
        return;
    }
    json_t *content = json_loadb(answer->body.data, answer->body.len, 0, NULL);

    notify->items = json_incref(json_object_get(content, "items"));
    json_decref(content);
    notify->next = 0;
    send_next(notify);
}

static void take_due(evutil_socket_t fd, short what, void *arg)
{
    struct notify *notify = arg;
    char body[64];

    (void)fd;
    (void)what;
    snprintf(body, sizeof body, "{\"most\":%d}", (int)LIMIT_OUTBOX_LOAN);
    store_call(notify->store, LANE_WRITE, "outbox_take", SPAN(""), SPAN("{}"), span_of(body), taken,
               notify);
}

/* --- start and stop --- */

static void stop(evutil_socket_t fd, short what, void *arg)
{
    struct notify *notify = arg;

    (void)fd;
    (void)what;
    sd_notify(0, "STOPPING=1");
    loop_stop(notify->loop);
}

static bool read_password(struct notify *notify)
{
    struct log_value path;

    if (notify->settings->password[0] == '\0')
        return true;
    notify->password = settings_file(notify->settings->password, &notify->password_len);
    if (!notify->password) {
        log_line(LOG_ERROR, "notify_refused file=%s error=\"the password cannot be read\"",
                 log_text(&path, notify->settings->password));
        return false;
    }
    notify->password[strcspn(notify->password, "\r\n")] = '\0';
    return true;
}

static int start(struct notify *notify)
{
    const struct timeval at_once = {0, 0};

    if (!read_password(notify))
        return EX_CONFIG;
    notify->loop = loop_new();
    notify->curl = curl_easy_init();
    if (!notify->loop || !notify->curl)
        return EX_OSERR;
    notify->store = store_new(notify->loop, &notify->database, false);
    if (!notify->store)
        return EX_CONFIG;
    struct event_base *base = loop_base(notify->loop);

    notify->on_term = evsignal_new(base, SIGTERM, stop, notify);
    notify->on_int = evsignal_new(base, SIGINT, stop, notify);
    notify->due = event_new(base, -1, 0, take_due, notify);
    if (!notify->on_term || !notify->on_int || !notify->due ||
        event_add(notify->on_term, NULL) != 0 || event_add(notify->on_int, NULL) != 0 ||
        event_add(notify->due, &at_once) != 0)
        return EX_OSERR;
    return EX_OK;
}

static void tear_down(struct notify *notify)
{
    struct event *const events[] = {notify->on_term, notify->on_int, notify->due};

    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (events[i])
            event_free(events[i]);
    }
    if (notify->store)
        store_forget(notify->store, notify);
    store_free(notify->store);
    loop_free(notify->loop);
    curl_easy_cleanup(notify->curl);
    json_decref(notify->items);
    if (notify->password)
        settings_file_free(notify->password, notify->password_len);
}

int notify_run(const struct notify_settings *settings)
{
    struct notify notify = {
        .settings = settings,
        .database = {.conninfo = settings->conninfo,
                     .standbys = settings->standbys,
                     .read_connections = 1},
    };

    snprintf(notify.host, sizeof notify.host, "%s", strchr(settings->from, '@') + 1);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return EX_OSERR;
    const int code = start(&notify);

    if (code == EX_OK) {
        log_line(LOG_NOTICE, "notify_ready");
        sd_notify(0, "READY=1");
        loop_run(notify.loop);
    }
    tear_down(&notify);
    curl_global_cleanup();
    log_line(LOG_NOTICE, "notify_stopped code=%d", code);
    return code;
}
