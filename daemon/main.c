/*
 * main - the program grievd
 *
 * `grievd run` reads as a list: settings, signals, workers, server, run, and
 * down again in reverse. The other verbs do one thing and end.
 */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <inttypes.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "envelopes.h"
#include "handler.h"
#include "inspect.h"
#include "intake.h"
#include "keys.h"
#include "ledger_admin.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "migrate.h"
#include "notify.h"
#include "publish.h"
#include "rewrap.h"
#include "sealer.h"
#include "server.h"
#include "settings.h"
#include "signer.h"
#include "store.h"
#include "sweep.h"
#include "tls.h"

#define CONFIG_DEFAULT        "/etc/grievd/grievd.conf"
#define SIGNER_CONFIG_DEFAULT "/etc/grievd-signer/signer.conf"
#define NOTIFY_CONFIG_DEFAULT "/etc/grievd-notify/notify.conf"

enum { WORKERS_MAX = 64, FILES_BESIDE_CONNECTIONS = 256 };

/* One thread that serves connections, with a store of its own. */
struct worker {
    struct loop *loop;
    struct store *store;
    struct sealer *sealer;
    struct handler_context context;
    bool running;
};

struct daemon {
    const char *config_path;
    struct settings *settings; /* what the stores and the intake were made with */
    struct tls *tls;
    struct keys *keys;
    struct loop *loop; /* the main thread's: accepts, hears signals, feeds the watchdog */
    int signal_fd;
    struct event *on_signal, *on_watchdog;
    int64_t watchdog_ms; /* 0: systemd asked for none */
    size_t worker_count;
    struct worker workers[WORKERS_MAX];
    struct ledger *ledger; /* NULL: a register without a log */
    struct publish *publish;
    struct intake *intake;
    struct sweep *sweep;
    struct rewrap *rewrap;
    struct server *server;
    bool stopping;
    int64_t started_ms;
};

/* --- from nothing to listening --- */

/* Before any secret is in memory: no core dump and no debugger of the same user gets at it. */
static void guard_secrets(void)
{
    const struct rlimit none = {0, 0};

    umask(077);
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        log_line(LOG_WARNING, "core_dumps_not_disabled errno=%d", errno);
}

static bool read_settings(struct daemon *daemon)
{
    struct config_error error;
    struct log_value path, clause;

    daemon->settings = settings_read(daemon->config_path, &error);
    if (!daemon->settings) {
        log_line(
            LOG_ERROR,
            "config_refused file=%s line=%d error=%s next=\"correct it, then grievd check-config\"",
            log_text(&path, daemon->config_path), error.line, log_text(&clause, error.text));
        return false;
    }
    return true;
}

/* As many descriptors as the system lets us have: every connection takes one. */
static void raise_file_limit(const struct settings *settings)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) == 0 &&
        files.rlim_cur >= settings->connections_max + FILES_BESIDE_CONNECTIONS)
        return;
    log_line(LOG_WARNING,
             "file_limit_low limit=%" PRIu64 " connections_max=%" PRIu64
             " next=\"raise LimitNOFILE or lower connections_max\"",
             (uint64_t)files.rlim_cur, settings->connections_max);
}

/* A snapshot of the TLS files; NULL, logged, when one is at fault. */
static struct tls *read_tls(const struct settings *settings)
{
    char error[512];
    struct log_value clause;
    struct tls *tls = tls_new(settings, error, sizeof error);

    if (!tls) {
        log_line(LOG_ERROR,
                 "tls_refused error=%s next=\"correct the file, then grievd check-config\"",
                 log_text(&clause, error));
        return NULL;
    }
    metric_set(METRIC_CERTIFICATE_EXPIRES, tls_expires(tls));
    if (tls_expires(tls) < (int64_t)time(NULL) + SETTINGS_CERTIFICATE_WARN_DAYS * 24 * 3600)
        log_line(LOG_WARNING, "certificate_expires at=%" PRId64 " next=\"renew it, then SIGHUP\"",
                 tls_expires(tls));
    return tls;
}

/* False, logged, when a key is missing: nothing is taken in that could not be sealed. */
static bool read_keys(struct daemon *daemon)
{
    char error[512];
    struct log_value clause;

    daemon->keys = keys_read(daemon->settings, error, sizeof error);
    if (!daemon->keys)
        log_line(LOG_ERROR,
                 "keys_refused error=%s next=\"correct [sealing], then grievd check-config\"",
                 log_text(&clause, error));
    return daemon->keys != NULL;
}

static void signal_arrived(evutil_socket_t fd, short what, void *arg);

/*
 * Signals are read from a descriptor on the main loop. They are blocked here,
 * before any other thread exists, so that every thread inherits that.
 */
static bool hear_signals(struct daemon *daemon)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return false;
    daemon->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (daemon->signal_fd < 0)
        return false;
    daemon->on_signal = event_new(loop_base(daemon->loop), daemon->signal_fd, EV_READ | EV_PERSIST,
                                  signal_arrived, daemon);
    return daemon->on_signal && event_add(daemon->on_signal, NULL) == 0;
}

/* True while every worker's loop turns. */
static bool workers_alive(const struct daemon *daemon)
{
    const int64_t oldest_ms = monotonic_ms() - daemon->watchdog_ms / 2;

    for (size_t i = 0; i < daemon->worker_count; i++) {
        if (loop_last_tick_ms(daemon->workers[i].loop) < oldest_ms) {
            log_line(LOG_ERROR, "worker_stuck worker=%zu", i);
            return false;
        }
    }
    return true;
}

static void watchdog_due(evutil_socket_t fd, short what, void *arg)
{
    const struct daemon *daemon = arg;

    (void)fd;
    (void)what;
    if (workers_alive(daemon))
        sd_notify(0, "WATCHDOG=1");
}

/* systemd restarts us when it has heard nothing for watchdog_ms. */
static bool feed_watchdog(struct daemon *daemon)
{
    uint64_t usec;

    if (sd_watchdog_enabled(0, &usec) <= 0)
        return true;
    daemon->watchdog_ms = (int64_t)(usec / 1000);
    const struct timeval period = {(time_t)(usec / 3 / 1000000), (suseconds_t)(usec / 3 % 1000000)};

    daemon->on_watchdog = event_new(loop_base(daemon->loop), -1, EV_PERSIST, watchdog_due, daemon);
    return daemon->on_watchdog && event_add(daemon->on_watchdog, &period) == 0;
}

static void enter_worker(void *arg)
{
    handler_set_context(arg);
}

static void store_connected(void *arg)
{
    ledger_doubt(arg);
}

/* Loops with their stores; the first owns the submission connection, ledger, intake and clocks. */
static bool build_workers(struct daemon *daemon)
{
    char error[256];
    struct log_value clause;

    for (; daemon->worker_count < daemon->settings->workers; daemon->worker_count++) {
        struct worker *worker = &daemon->workers[daemon->worker_count];

        worker->loop = loop_new();
        if (!worker->loop)
            return false;
        worker->sealer = sealer_new(daemon->keys);
        worker->store = store_new(worker->loop, daemon->settings, daemon->worker_count == 0);
        if (!worker->store) {
            sealer_free(worker->sealer);
            loop_free(worker->loop);
            return false;
        }
    }

    if (daemon->settings->signer[0] != '\0') {
        daemon->ledger =
            ledger_new(daemon->workers[0].loop, daemon->workers[0].store, daemon->settings);
        if (!daemon->ledger)
            return false;
        for (size_t i = 1; i < daemon->worker_count; i++)
            store_on_connect(daemon->workers[i].store, store_connected, daemon->ledger);
        daemon->publish =
            publish_new(daemon->workers[0].store, daemon->ledger, daemon->settings->publish_ms);
        if (!daemon->publish)
            return false;
    }
    daemon->intake =
        intake_new(daemon->workers[0].loop, daemon->workers[0].store, daemon->workers[0].sealer,
                   daemon->ledger, daemon->settings, error, sizeof error);
    if (!daemon->intake)
        log_line(LOG_ERROR,
                 "intake_refused error=%s next=\"correct [register], then grievd check-config\"",
                 log_text(&clause, error));
    daemon->sweep = sweep_new(daemon->workers[0].loop, daemon->workers[0].store, daemon->ledger,
                              daemon->settings->sweep_interval_ms);
    daemon->rewrap =
        rewrap_new(daemon->workers[0].loop, daemon->workers[0].store, daemon->workers[0].sealer,
                   daemon->ledger, daemon->settings->sweep_interval_ms);
    return daemon->intake && daemon->sweep && daemon->rewrap;
}

/* Last: whatever was set up on their loops was set up by this thread alone. */
static bool start_workers(struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->worker_count; i++) {
        struct worker *worker = &daemon->workers[i];
        char name[32];

        worker->context = (struct handler_context){worker->loop,   worker->store,  worker->sealer,
                                                   daemon->intake, daemon->ledger, daemon->publish};
        loop_post(worker->loop, enter_worker, &worker->context);
        snprintf(name, sizeof name, "worker-%zu", i);
        worker->running = loop_start(worker->loop, name);
        if (!worker->running)
            return false;
    }
    return true;
}

static bool listen_and_serve(struct daemon *daemon)
{
    char error[256];
    struct log_value clause;
    struct loop *loops[WORKERS_MAX];

    for (size_t i = 0; i < daemon->worker_count; i++)
        loops[i] = daemon->workers[i].loop;
    daemon->server = server_new(daemon->loop, loops, daemon->worker_count, daemon->settings,
                                daemon->tls, error, sizeof error);
    if (!daemon->server)
        log_line(LOG_ERROR,
                 "listen_failed error=%s next=\"free the address or change [server] listen\"",
                 log_text(&clause, error));
    return daemon->server != NULL;
}

/* Everything up to the first connection, in order; what was built stays for tear_down(). */
static int start(struct daemon *daemon)
{
    daemon->started_ms = monotonic_ms();
    guard_secrets();
    if (!read_settings(daemon))
        return EX_CONFIG;
    log_set_priority(settings_log_priority(daemon->settings));
    raise_file_limit(daemon->settings);
    if (OPENSSL_init_ssl(0, NULL) != 1)
        return EX_SOFTWARE;
    daemon->tls = read_tls(daemon->settings);
    if (!daemon->tls || !read_keys(daemon))
        return EX_CONFIG;
    daemon->loop = loop_new();
    if (!daemon->loop || !hear_signals(daemon) || !feed_watchdog(daemon)) {
        log_line(LOG_ERROR, "start_failed errno=%d", errno);
        return EX_OSERR;
    }
    if (!build_workers(daemon))
        return EX_CONFIG;
    if (!listen_and_serve(daemon))
        return EX_OSERR;
    if (!start_workers(daemon)) {
        log_line(LOG_ERROR, "start_failed errno=%d", errno);
        return EX_OSERR;
    }
    return EX_OK;
}

/* --- while it runs --- */

/*
 * SIGHUP: new certificates, revocation list and [server] limits, or none of them.
 * The stores keep the settings they were made with: [database], [register] and
 * workers change by a restart.
 */
static void reload(struct daemon *daemon)
{
    struct daemon fresh = {.config_path = daemon->config_path};

    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, monotonic_ms() * 1000);
    if (read_settings(&fresh) && (fresh.tls = read_tls(fresh.settings))) {
        server_reload(daemon->server, fresh.settings, fresh.tls);
        tls_unref(daemon->tls);
        daemon->tls = fresh.tls;
        log_line(LOG_NOTICE, "reloaded");
    } else {
        log_line(LOG_ERROR, "reload_refused effect=\"the earlier configuration stays\"");
    }
    settings_free(fresh.settings);
    sd_notify(0, "READY=1");
}

static void drained(void *arg)
{
    const struct daemon *daemon = arg;

    loop_stop(daemon->loop);
}

/* SIGTERM, SIGINT: finish what was begun, then end; a second one ends at once. */
static void stop(struct daemon *daemon, uint32_t signal_number)
{
    if (daemon->stopping) {
        log_line(LOG_WARNING, "ended signal=%u effect=\"requests under way were cut\"",
                 signal_number);
        _exit(EX_TEMPFAIL);
    }
    daemon->stopping = true;
    log_line(LOG_NOTICE, "stopping signal=%u", signal_number);
    sd_notify(0, "STOPPING=1");
    server_drain(daemon->server, drained, daemon);
}

static void signal_arrived(evutil_socket_t fd, short what, void *arg)
{
    struct daemon *daemon = arg;
    struct signalfd_siginfo info;

    (void)what;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo != SIGHUP)
            stop(daemon, info.ssi_signo);
        else if (!daemon->stopping)
            reload(daemon);
    }
}

/* --- and down again --- */

static void tear_down(struct daemon *daemon)
{
    /* The first last: it still takes what the others have posted to intake and ledger. */
    for (size_t i = daemon->worker_count; i-- > 0;) {
        if (!daemon->workers[i].running)
            continue;
        loop_stop(daemon->workers[i].loop);
        loop_join(daemon->workers[i].loop);
    }
    rewrap_free(daemon->rewrap);
    sweep_free(daemon->sweep);
    intake_free(daemon->intake);
    publish_free(daemon->publish);
    ledger_free(daemon->ledger);
    for (size_t i = 0; i < daemon->worker_count; i++)
        store_free(daemon->workers[i].store);
    server_free(daemon->server);
    for (size_t i = 0; i < daemon->worker_count; i++) {
        loop_free(daemon->workers[i].loop);
        sealer_free(daemon->workers[i].sealer);
    }
    if (daemon->on_watchdog)
        event_free(daemon->on_watchdog);
    if (daemon->on_signal)
        event_free(daemon->on_signal);
    if (daemon->signal_fd >= 0)
        close(daemon->signal_fd);
    loop_free(daemon->loop);
    keys_free(daemon->keys);
    tls_unref(daemon->tls);
    settings_free(daemon->settings);
}

/* --- the command line --- */

struct options {
    const char *config; /* NULL: the verb's default */
    const char *new_key;
    bool json;
    struct ledger_admin_options ledger;
    struct migrate_options migrate;
};

static const char *config_path(const struct options *options)
{
    return options->config ? options->config : CONFIG_DEFAULT;
}

static int verb_run(const struct options *options)
{
    struct daemon daemon = {.config_path = config_path(options), .signal_fd = -1};
    const int code = start(&daemon);

    if (code == EX_OK) {
        log_line(LOG_NOTICE, "listening version=" GRIEVD_VERSION " start_ms=%" PRId64,
                 monotonic_ms() - daemon.started_ms);
        sd_notify(0, "READY=1");
        loop_run(daemon.loop);
    }
    tear_down(&daemon);
    log_line(LOG_NOTICE, "stopped code=%d", code);
    return code;
}

static int config_refused(const char *path, const struct config_error *error)
{
    fprintf(stderr, "grievd: %s:%d: %s\n", path, error->line, error->text);
    return EX_CONFIG;
}

static int verb_signer(const struct options *options)
{
    const char *path = options->config ? options->config : SIGNER_CONFIG_DEFAULT;
    struct config_error error;

    guard_secrets();
    struct signer_settings *settings = signer_settings_read(path, &error);
    if (!settings)
        return config_refused(path, &error);
    int code;
    if (options->new_key)
        code = signer_new_key(settings, options->new_key);
    else if (options->migrate.status)
        code = inspect_signer(settings->listen);
    else
        code = signer_run(settings);
    signer_settings_free(settings);
    return code;
}

static int verb_notify(const struct options *options)
{
    const char *path = options->config ? options->config : NOTIFY_CONFIG_DEFAULT;
    struct config_error error;

    guard_secrets();
    struct notify_settings *settings = notify_settings_read(path, &error);
    if (!settings)
        return config_refused(path, &error);
    const int code = notify_run(settings);
    notify_settings_free(settings);
    return code;
}

static int verb_migrate(const struct options *options)
{
    struct config_error error;
    struct settings *settings = settings_read_some(config_path(options), &error);

    if (!settings)
        return config_refused(config_path(options), &error);
    const int code = migrate_run(settings, &options->migrate);
    settings_free(settings);
    return code;
}

static int verb_ledger(const struct options *options)
{
    struct config_error error;
    struct settings *settings = settings_read_some(config_path(options), &error);

    if (!settings)
        return config_refused(config_path(options), &error);
    const int code = ledger_admin_run(settings, &options->ledger);
    settings_free(settings);
    return code;
}

static int verb_rewrap(const struct options *options)
{
    struct config_error error;

    guard_secrets();
    struct settings *settings = settings_read(config_path(options), &error);
    if (!settings)
        return config_refused(config_path(options), &error);
    const int code = envelopes_rewrap(settings);
    settings_free(settings);
    return code;
}

static int verb_check_config(const struct options *options)
{
    return inspect_config(config_path(options));
}

static int verb_routes(const struct options *options)
{
    return inspect_routes(options->json);
}

static const struct verb {
    const char *name, *options, *help;
    int (*run)(const struct options *options);
} verbs[] = {
    {"run", "c", "serve until SIGTERM; SIGHUP reads certificates and limits again", verb_run},
    {"signer", "ckt", "hold the log's key and sign what extends it, until SIGTERM", verb_signer},
    {"notify", "c", "send the reminders in the outbox by mail, until SIGTERM", verb_notify},
    {"ledger", "cr", "init, doctor, adopt FILE, export DIR, freeze, thaw", verb_ledger},
    {"migrate", "cSupt", "bring the database to this version", verb_migrate},
    {"rewrap", "c", "wrap what is sealed for the keys that [sealing] has now", verb_rewrap},
    {"check-config", "c", "check the configuration and the files it names", verb_check_config},
    {"routes", "j", "print the API's routes", verb_routes},
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"new-key", required_argument, NULL, 'k'},
    {"sql", required_argument, NULL, 'S'},
    {"units", required_argument, NULL, 'u'},
    {"principals", required_argument, NULL, 'p'},
    {"status", no_argument, NULL, 't'},
    {"repair", no_argument, NULL, 'r'},
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void print_help(void)
{
    printf("grievd " GRIEVD_VERSION ", the register of corruption complaints\n\nUsage:\n");
    printf("  grievd VERB [OPTIONS]\n  grievd --help | --version\n\nVerbs:\n");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        printf("  %-14s %s\n", verbs[i].name, verbs[i].help);
    fputs(
        "\nOptions:\n"
        "  --config FILE      run, ledger, migrate, rewrap, check-config: settings\n"
        "                     (" CONFIG_DEFAULT ")\n"
        "                     signer: settings (" SIGNER_CONFIG_DEFAULT ")\n"
        "                     notify: settings (" NOTIFY_CONFIG_DEFAULT ")\n"
        "  --new-key FILE     signer: write a new secret key, print the public one, and end\n"
        "  --sql DIR          migrate: the SQL to apply (the one installed with this program)\n"
        "  --units FILE       migrate: merge these units (CSV)\n"
        "  --principals FILE  migrate: merge these principals (CSV)\n"
        "  --status           migrate: say what is applied and what is not; change nothing\n"
        "                     signer: ask the running one what it has signed\n"
        "  --repair           ledger doctor: do what can be done, not only say it\n"
        "  --json             routes: for programs\n"
        "\nExit codes:\n"
        "   0  done\n"
        "   1  migrate --status: something is not applied yet; signer --status: not ready;\n"
        "      ledger: the log and the database are not as they must be\n"
        "  64  the command line is wrong\n"
        "  65  migrate: the SQL or CSV files contradict the database or fail in it;\n"
        "      ledger: the signer or the database refuses\n"
        "  66  ledger: a file cannot be read\n"
        "  69  migrate, ledger: the database cannot be reached; signer, ledger: the signer cannot\n"
        "  70  a library failed that should not\n"
        "  71  the system refuses (address in use, no threads)\n"
        "  73  signer --new-key: the file cannot be made\n"
        "  74  signer: its state cannot be written; ledger: a file cannot\n"
        "  75  a second SIGTERM cut requests short\n"
        "  78  the configuration, or a file it names, is at fault\n",
        stdout);
}

static int usage_error(const char *text, const char *argument)
{
    fprintf(stderr, "grievd: %s%s; see grievd --help\n", text, argument);
    return EX_USAGE;
}

/* False if the verb does not take that option. */
static bool take_option(const struct verb *verb, int option, struct options *options)
{
    if (!strchr(verb->options, option))
        return false;
    switch (option) {
    case 'c':
        options->config = optarg;
        break;
    case 'k':
        options->new_key = optarg;
        break;
    case 'S':
        options->migrate.sql_dir = optarg;
        break;
    case 'u':
        options->migrate.units = optarg;
        break;
    case 'p':
        options->migrate.principals = optarg;
        break;
    case 't':
        options->migrate.status = true;
        break;
    case 'r':
        options->ledger.repair = true;
        break;
    case 'j':
        options->json = true;
        break;
    default:
        break;
    }
    return true;
}

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; name && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(name, verbs[i].name) == 0)
            return &verbs[i];
    }
    return NULL;
}

/* The next word, if it is no option; NULL. */
static const char *operand(int argc, char **argv)
{
    return optind < argc && argv[optind][0] != '-' ? argv[optind++] : NULL;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    const struct verb *verb = find_verb(argc > 1 ? argv[1] : NULL);
    int option;

    optind = verb ? 2 : 1;
    if (verb && verb->run == verb_ledger) {
        options.ledger.verb = operand(argc, argv);
        options.ledger.operand = operand(argc, argv);
    }
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+hV", long_options, NULL)) != -1) {
        if (option == 'h') {
            print_help();
            return EX_OK;
        }
        if (option == 'V') {
            puts("grievd " GRIEVD_VERSION);
            return EX_OK;
        }
        if (option == '?')
            return usage_error("unknown option, or its value is missing: ", argv[optind - 1]);
        if (!verb || !take_option(verb, option, &options))
            return usage_error("not an option here: ", argv[optind - 1]);
    }
    if (!verb)
        return optind < argc ? usage_error("unknown verb: ", argv[optind])
                             : usage_error("a verb is missing", "");
    if (optind < argc)
        return usage_error("unexpected argument: ", argv[optind]);
    const char *fault = verb->run == verb_ledger ? ledger_admin_fault(&options.ledger) : NULL;
    return fault ? usage_error("ledger: ", fault) : verb->run(&options);
}
