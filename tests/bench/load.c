/*
 * load - load for a server over mutual TLS, from one thread
 *
 *     load put   PUT complaints, each with an id of its own and 1.5 KiB of Thai text
 *     load get   GET complaints by the serial ids that `load put --serial` made
 *     load post  POST a tracking code to one path
 *     load handshake   connect, shake hands, part
 *     load idle  one request on each connection, then wait until standard input ends
 *
 * Closed loop: each connection sends its next request once it has the last answer. With --rate
 * the loop is open: requests fall due by the clock whatever the server does, and a latency runs
 * from the moment its request was due. The clock starts when all connections are open. Prints
 * one line of JSON.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    CERTIFICATES_MAX = 32,
    REQUEST_BYTES = 4096,
    HEAD_BYTES = 2048,
    TEXT_BYTES = 1536,
    UUID_CHARS = 36,
    DIALING_MAX = 32, /* connections opened at a time, so that no listen queue overflows */
    DRAIN_MS = 5000,
    NS_PER_MS = 1000000,
};

static const uint64_t ns_per_s = 1000000000;

enum mode { MODE_PUT, MODE_GET, MODE_POST, MODE_HANDSHAKE, MODE_IDLE };
static const char *const mode_names[] = {"put", "get", "post", "handshake", "idle"};

static struct options {
    enum mode mode;
    uint16_t port;
    const char *ca;
    const char *certificates[CERTIFICATES_MAX]; /* with their keys at the same path, .key */
    size_t certificate_count;
    size_t connections;
    double seconds;
    double rate; /* requests a second; 0: closed loop */
    const char *path;
    uint64_t
        serial; /* put: how many complaints to send, with serial ids; get: how many there are */
} options = {.connections = 1, .seconds = 3, .path = "/"};

enum state { CLOSED, DIALING, READY, BUSY, PARTING };

struct connection {
    SSL *ssl;
    int fd;
    enum state state;
    bool wants_write;
    bool unsent;       /* OpenSSL still holds the request */
    uint64_t began_ns; /* when the request was due, or the handshake began */
    char head[HEAD_BYTES];
    size_t head_len;
    size_t body_left;
    bool in_body;
};

/* Latencies by buckets: 64 to each power of two of microseconds, so within 1.6 %. */
enum { SUB_BITS = 6, SUBS = 1 << SUB_BITS, BUCKETS = SUBS * 40 };

static struct tally {
    uint64_t started, completed, errors, retry_after;
    uint64_t statuses[600];
    uint64_t buckets[BUCKETS];
} tally;

static struct request {
    char bytes[REQUEST_BYTES];
    size_t len;
    size_t id_at[2]; /* where the id stands; 0: nowhere */
} request;

static SSL_CTX *contexts[CERTIFICATES_MAX];
static struct connection *connections;
static struct connection **idle; /* READY, as a stack */
static size_t idle_count, dialing_count, dialed_count, busy_count;
static int poller;
static bool running; /* the clock runs: requests are sent, answers are counted */
static uint64_t random_state, serial_next, start_ns, end_ns;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(EXIT_FAILURE);
}

static uint64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * ns_per_s + (uint64_t)time.tv_nsec;
}

/* splitmix64 (public domain algorithm by Sebastiano Vigna). */
static uint64_t next_random(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* --- requests --- */

/* TEXT_BYTES of Thai: three bytes a letter, a blank now and then. */
static void make_text(char ret_text[static TEXT_BYTES + 1])
{
    static const char words[] = "พบการเบิกค่าพาหนะงานสนามทั้งที่ไม่ได้ออกพื้นที่สำรวจ ";
    const size_t words_len = sizeof words - 1;
    size_t len = 0;

    while (len + words_len <= TEXT_BYTES) {
        memcpy(ret_text + len, words, words_len);
        len += words_len;
    }
    memset(ret_text + len, '.', TEXT_BYTES - len);
    ret_text[TEXT_BYTES] = '\0';
}

static void put_request(const char *method, const char *path, const char *body)
{
    const int len = snprintf(request.bytes, sizeof request.bytes,
                             "%s %s HTTP/1.1\r\nHost: localhost\r\n"
                             "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                             method, path, strlen(body), body);

    assert(len > 0 && (size_t)len < sizeof request.bytes);
    request.len = (size_t)len;
}

static void make_put(void)
{
    static const char id[] = "00000000-0000-4000-8000-000000000000";
    char text[TEXT_BYTES + 1], path[64], body[REQUEST_BYTES], day[16];
    const time_t bangkok = time(NULL) + (time_t)7 * 60 * 60;
    struct tm tm;

    make_text(text);
    strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&bangkok, &tm));
    snprintf(path, sizeof path, "/v1/complaints/%s", id);
    const int len =
        snprintf(body, sizeof body,
                 "{\"id\":\"%s\",\"channel\":\"box\",\"process\":\"production\","
                 "\"subject\":\"field_pay\",\"class\":\"CX\",\"identity\":\"anonymous\","
                 "\"received_on\":\"%s\",\"narrative\":\"%s\"}",
                 id, day, text);
    assert(len > 0 && (size_t)len < sizeof body);
    put_request("PUT", path, body);
    request.id_at[0] = sizeof "PUT /v1/complaints/" - 1;
    request.id_at[1] = (size_t)(strstr(request.bytes, "\"id\":\"") - request.bytes) + 6;
}

static void make_get(void)
{
    const int len = snprintf(request.bytes, sizeof request.bytes,
                             "GET /v1/complaints/%036d HTTP/1.1\r\nHost: localhost\r\n\r\n", 0);

    request.len = (size_t)len;
    request.id_at[0] = sizeof "GET /v1/complaints/" - 1;
}

/* What a complainant sends to ask after his case, with a code that cannot be one. */
static void make_post(void)
{
    put_request("POST", options.path, "{\"track\":\"17DA-6772-RWA8-DFFX-4CY3-P6VG-8!\"}");
}

static void make_plain_get(void)
{
    request.len = (size_t)snprintf(request.bytes, sizeof request.bytes,
                                   "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", options.path);
}

static void make_request(void)
{
    switch (options.mode) {
    case MODE_PUT:
        make_put();
        break;
    case MODE_GET:
        make_get();
        break;
    case MODE_POST:
        make_post();
        break;
    case MODE_HANDSHAKE:
    case MODE_IDLE:
        make_plain_get();
        break;
    }
}

/* The ids of pgbench's script have the same form. */
static void print_serial_id(char ret_id[static UUID_CHARS + 1], uint64_t number)
{
    snprintf(ret_id, UUID_CHARS + 1, "00000000-0000-4000-8000-1%011" PRIu64,
             number % UINT64_C(100000000000));
}

static void print_random_id(char ret_id[static UUID_CHARS + 1])
{
    const uint64_t high = next_random(), low = next_random();

    snprintf(ret_id, UUID_CHARS + 1, "%08x-%04x-4%03x-%04x-%012" PRIx64, (unsigned)(high >> 32),
             (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
             (unsigned)(low >> 48 & 0x3fff) | 0x8000, low & 0xffffffffffff);
}

/* Give the request its next id. */
static void renew_request(void)
{
    char id[UUID_CHARS + 1];

    if (request.id_at[0] == 0)
        return;
    if (options.mode == MODE_GET)
        print_serial_id(id, next_random() % options.serial);
    else if (options.serial > 0)
        print_serial_id(id, serial_next++);
    else
        print_random_id(id);
    for (size_t i = 0; i < 2 && request.id_at[i] > 0; i++)
        memcpy(request.bytes + request.id_at[i], id, UUID_CHARS);
}

/* --- what is counted --- */

static size_t bucket_of(uint64_t us)
{
    unsigned shift = 0;

    while (us >> shift >= 2 * SUBS)
        shift++;
    const size_t bucket = (size_t)shift * SUBS + (size_t)(us >> shift);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static double bucket_ms(size_t bucket)
{
    const size_t shift = bucket < 2 * SUBS ? 0 : bucket / SUBS - 1;
    const uint64_t us = (uint64_t)(bucket - shift * SUBS) << shift;

    return (double)us / 1000;
}

static void count_latency(uint64_t began_ns)
{
    tally.completed++;
    tally.buckets[bucket_of((now_ns() - began_ns) / 1000)]++;
}

static double percentile_ms(double share)
{
    uint64_t seen = 0;

    for (size_t i = 0; i < BUCKETS; i++) {
        seen += tally.buckets[i];
        if (seen > 0 && (double)seen >= share * (double)tally.completed)
            return bucket_ms(i);
    }
    return 0;
}

static void print_tally(double seconds)
{
    struct rusage usage;
    const char *comma = "";

    getrusage(RUSAGE_SELF, &usage);
    printf("{\"completed\":%" PRIu64 ",\"started\":%" PRIu64 ",\"errors\":%" PRIu64
           ",\"retry_after\":%" PRIu64 ",\"seconds\":%.3f,\"rate\":%.1f,\"statuses\":{",
           tally.completed, tally.started, tally.errors, tally.retry_after, seconds,
           (double)tally.completed / seconds);
    for (size_t i = 0; i < sizeof tally.statuses / sizeof tally.statuses[0]; i++) {
        if (tally.statuses[i] > 0) {
            printf("%s\"%zu\":%" PRIu64, comma, i, tally.statuses[i]);
            comma = ",";
        }
    }
    printf("},\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"cpu_s\":%.3f}\n",
           percentile_ms(0.5), percentile_ms(0.9), percentile_ms(0.99),
           (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

/* --- connections --- */

static void listen_for(struct connection *connection, bool write)
{
    struct epoll_event event = {.events = EPOLLIN | (write ? EPOLLOUT : 0), .data.ptr = connection};

    if (connection->wants_write != write)
        epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event);
    connection->wants_write = write;
}

static void hang_up(struct connection *connection)
{
    dialing_count -= connection->state == DIALING;
    busy_count -= connection->state == BUSY;
    SSL_free(connection->ssl);
    close(connection->fd);
    connection->state = CLOSED;
}

static void fail(struct connection *connection)
{
    if (tally.errors++ == 0)
        fprintf(stderr, "load: state %d: %s\n", (int)connection->state,
                ERR_reason_error_string(ERR_peek_error()));
    ERR_clear_error();
    hang_up(connection);
}

static int open_socket(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(options.port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int one = 1;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        die("socket: %s", strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        die("connect: %s", strerror(errno));
    return fd;
}

static void dial(struct connection *connection)
{
    SSL_CTX *context = contexts[dialed_count++ % options.certificate_count];

    connection->fd = open_socket();
    connection->ssl = SSL_new(context);
    if (!connection->ssl || !SSL_set_fd(connection->ssl, connection->fd))
        die("out of memory");
    SSL_set_tlsext_host_name(connection->ssl, "localhost");
    SSL_set_connect_state(connection->ssl);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event);
    connection->wants_write = true;
    connection->state = DIALING;
    connection->began_ns = now_ns();
    dialing_count++;
}

/* Open what is not open yet, some at a time. */
static void dial_more(void)
{
    while (dialing_count < DIALING_MAX && dialed_count < options.connections)
        dial(&connections[dialed_count]);
}

/* False if the connection is gone. OpenSSL has encrypted a request once and asks for no more. */
static bool flush(struct connection *connection)
{
    const int written = SSL_write(connection->ssl, request.bytes, (int)request.len);

    connection->unsent = written <= 0;
    if (written <= 0 && SSL_get_error(connection->ssl, written) != SSL_ERROR_WANT_WRITE) {
        fail(connection);
        return false;
    }
    listen_for(connection, connection->unsent);
    return true;
}

static void send_request(struct connection *connection, uint64_t due_ns)
{
    renew_request();
    connection->state = BUSY;
    connection->began_ns = due_ns;
    busy_count++;
    tally.started++;
    flush(connection);
}

static bool may_send(void)
{
    return running &&
           (options.mode != MODE_PUT || options.serial == 0 || serial_next < options.serial);
}

/* The connection is free for the next request. */
static void become_ready(struct connection *connection)
{
    connection->state = READY;
    if (may_send() && options.rate <= 0)
        send_request(connection, now_ns());
    else
        idle[idle_count++] = connection;
}

static void part(struct connection *connection)
{
    connection->state = PARTING;
    listen_for(connection, false);
    SSL_shutdown(connection->ssl);
}

static void shake_hands(struct connection *connection)
{
    const int done = SSL_do_handshake(connection->ssl);

    if (done == 1) {
        dialing_count--;
        listen_for(connection, false);
        if (options.mode == MODE_HANDSHAKE)
            part(connection);
        else
            become_ready(connection);
        return;
    }
    const int error = SSL_get_error(connection->ssl, done);

    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        listen_for(connection, error == SSL_ERROR_WANT_WRITE);
    else
        fail(connection);
}

/* --- answers --- */

static void take_answer(struct connection *connection)
{
    unsigned status = 0;

    if (sscanf(connection->head, "HTTP/1.1 %3u", &status) != 1 || status >= 600)
        die("not an answer: %.60s", connection->head);
    if (running) {
        tally.statuses[status]++;
        tally.retry_after += strcasestr(connection->head, "\r\nRetry-After:") != NULL;
        count_latency(connection->began_ns);
    }
    connection->head_len = 0;
    connection->in_body = false;
    busy_count--;
    become_ready(connection);
}

/* Returns how many bytes of the head were taken; it may not be complete yet. */
static size_t read_head(struct connection *connection, const char *data, size_t len)
{
    const size_t room = sizeof connection->head - 1 - connection->head_len;
    const size_t take = len < room ? len : room;
    const size_t before = connection->head_len;

    memcpy(connection->head + before, data, take);
    connection->head[before + take] = '\0';
    connection->head_len += take;
    const char *end = strstr(connection->head, "\r\n\r\n");

    if (!end) {
        if (take < len)
            die("a head of more than %d bytes", HEAD_BYTES);
        return take;
    }
    const size_t head_len = (size_t)(end - connection->head) + 4;

    connection->head[head_len] = '\0';
    const char *length = strcasestr(connection->head, "\r\nContent-Length:");

    if (!length)
        die("an answer without Content-Length");
    connection->body_left = strtoul(length + sizeof "\r\nContent-Length:" - 1, NULL, 10);
    connection->in_body = true;
    return head_len - before;
}

static void take_bytes(struct connection *connection, const char *data, size_t len)
{
    while (len > 0 && connection->state == BUSY) {
        size_t taken;

        if (!connection->in_body) {
            taken = read_head(connection, data, len);
        } else {
            taken = len < connection->body_left ? len : connection->body_left;
            connection->body_left -= taken;
        }
        data += taken;
        len -= taken;
        if (connection->in_body && connection->body_left == 0)
            take_answer(connection);
    }
}

/* After our own end the server's comes; a certificate it refused would be an error here. */
static void end_parting(struct connection *connection, int error)
{
    if (error != SSL_ERROR_ZERO_RETURN) {
        fail(connection);
    } else {
        count_latency(connection->began_ns);
        hang_up(connection);
    }
    if (running)
        dial(connection);
}

static void read_some(struct connection *connection)
{
    static char data[16 * 1024];
    const int len = SSL_read(connection->ssl, data, sizeof data);

    if (len > 0) {
        take_bytes(connection, data, (size_t)len);
        return;
    }
    const int error = SSL_get_error(connection->ssl, len);

    if (error == SSL_ERROR_WANT_READ)
        return;
    if (connection->state == PARTING)
        end_parting(connection, error);
    else
        fail(connection);
}

static void serve(struct connection *connection)
{
    if (connection->state == DIALING)
        shake_hands(connection);
    else if (!connection->unsent || flush(connection))
        read_some(connection);
}

/* --- the run --- */

static void poll_once(int timeout_ms)
{
    struct epoll_event events[256];
    const int count = epoll_wait(poller, events, 256, timeout_ms);

    for (int i = 0; i < count; i++) {
        struct connection *connection = events[i].data.ptr;

        if (connection->state != CLOSED)
            serve(connection);
    }
}

static void open_all(void)
{
    dial_more();
    while (dialing_count > 0) {
        poll_once(100);
        dial_more();
    }
    if (tally.errors > 0)
        die("%" PRIu64 " connections could not be opened", tally.errors);
}

/* Open loop: what is due goes out, as far as connections are free. */
static void send_due(uint64_t *due_count)
{
    const uint64_t now = now_ns();

    for (;;) {
        const uint64_t due = start_ns + (uint64_t)((double)*due_count * 1e9 / options.rate);

        if (due > now || idle_count == 0)
            return;
        (*due_count)++;
        send_request(idle[--idle_count], due);
    }
}

static void start_closed(void)
{
    if (options.mode == MODE_HANDSHAKE) {
        for (size_t i = 0; i < options.connections; i++)
            dial(&connections[i]);
        return;
    }
    while (idle_count > 0 && may_send())
        send_request(idle[--idle_count], start_ns);
}

static bool is_over(void)
{
    if (options.serial > 0 && options.mode == MODE_PUT)
        return serial_next >= options.serial && busy_count == 0;
    return now_ns() >= end_ns;
}

static void run(void)
{
    uint64_t due_count = 0;

    if (options.mode != MODE_HANDSHAKE)
        open_all();
    running = true;
    start_ns = now_ns();
    end_ns = start_ns + (uint64_t)(options.seconds * 1e9);
    if (options.rate <= 0)
        start_closed();
    while (!is_over()) {
        if (options.rate > 0)
            send_due(&due_count);
        poll_once(options.rate > 0 ? 1 : 10);
    }
    const double seconds = (double)(now_ns() - start_ns) / 1e9;

    running = false;
    for (const uint64_t last = now_ns() + (uint64_t)DRAIN_MS * NS_PER_MS;
         busy_count > 0 && now_ns() < last;)
        poll_once(10);
    print_tally(seconds);
}

/* Each connection makes a request, one after the other, and stays. */
static void run_idle(void)
{
    char byte;

    open_all();
    while (idle_count > 0) {
        send_request(idle[--idle_count], now_ns());
        while (busy_count > 0) {
            const size_t waiting = idle_count;

            poll_once(1000);
            idle_count = waiting;
        }
    }
    if (tally.errors > 0)
        die("%" PRIu64 " connections were lost", tally.errors);
    printf("{\"idle\":%zu}\n", options.connections);
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        continue;
}

static SSL_CTX *make_context(const char *certificate)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    char key[512];
    const size_t stem = strlen(certificate) - (sizeof ".pem" - 1);

    snprintf(key, sizeof key, "%.*s.key", (int)stem, certificate);
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) ||
        SSL_CTX_load_verify_locations(context, options.ca, NULL) != 1 ||
        SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        die("%s, %s, %s: %s", options.ca, certificate, key,
            ERR_reason_error_string(ERR_peek_error()));
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
    /* All requests are as long as each other, and one is encrypted when it is first written. */
    SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    return context;
}

static void prepare(void)
{
    struct rlimit files;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (getrandom(&random_state, sizeof random_state, 0) != sizeof random_state)
        die("getrandom: %s", strerror(errno));
    for (size_t i = 0; i < options.certificate_count; i++)
        contexts[i] = make_context(options.certificates[i]);
    connections = calloc(options.connections, sizeof *connections);
    idle = calloc(options.connections, sizeof *idle);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (!connections || !idle || poller < 0)
        die("out of memory");
    make_request();
}

static const char usage[] =
    "usage: load put|get|post|handshake|idle --port N --ca PEM --cert PEM [--cert PEM ...]\n"
    "            [--connections N] [--seconds S] [--rate PER_SECOND] [--path PATH] [--serial N]\n"
    "\n"
    "The key of NAME.pem is NAME.key. --serial: put sends this many complaints with serial ids,\n"
    "get asks for these. --path: of post, and of the one request of idle.\n";

static void read_options(int argc, char **argv)
{
    static const struct option names[] = {
        {"port", required_argument, NULL, 'p'},    {"ca", required_argument, NULL, 'a'},
        {"cert", required_argument, NULL, 'c'},    {"connections", required_argument, NULL, 'n'},
        {"seconds", required_argument, NULL, 's'}, {"rate", required_argument, NULL, 'r'},
        {"path", required_argument, NULL, 'u'},    {"serial", required_argument, NULL, 'i'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (option) {
        case 'p':
            options.port = (uint16_t)strtoul(optarg, NULL, 10);
            break;
        case 'a':
            options.ca = optarg;
            break;
        case 'c':
            if (options.certificate_count == CERTIFICATES_MAX)
                die("too many certificates");
            options.certificates[options.certificate_count++] = optarg;
            break;
        case 'n':
            options.connections = strtoul(optarg, NULL, 10);
            break;
        case 's':
            options.seconds = strtod(optarg, NULL);
            break;
        case 'r':
            options.rate = strtod(optarg, NULL);
            break;
        case 'u':
            options.path = optarg;
            break;
        case 'i':
            options.serial = strtoull(optarg, NULL, 10);
            break;
        case 'h':
            fputs(usage, stdout);
            exit(EXIT_SUCCESS);
        default:
            fputs(usage, stderr);
            exit(2);
        }
    }
}

static void read_mode(int argc, char **argv)
{
    const char *name = optind == argc - 1 ? argv[optind] : "";

    for (size_t i = 0; i < sizeof mode_names / sizeof mode_names[0]; i++) {
        if (strcmp(name, mode_names[i]) == 0) {
            options.mode = (enum mode)i;
            if (options.port > 0 && options.ca && options.certificate_count > 0 &&
                options.connections > 0 && (options.mode != MODE_GET || options.serial > 0))
                return;
        }
    }
    fputs(usage, stderr);
    exit(2);
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    read_mode(argc, argv);
    prepare();
    if (options.mode == MODE_IDLE)
        run_idle();
    else
        run();
    return EXIT_SUCCESS;
}
