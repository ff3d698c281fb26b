#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "core/span.h"
#include "settings.h"

#define UNIX_PREFIX "unix:"

enum { BACKLOG = 4096 };

/* Where a clause about what went wrong goes. */
struct trouble {
    char *text;
    size_t size;
};

static bool fail(const struct trouble *trouble, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes the clause; false, to be returned. */
static bool fail(const struct trouble *trouble, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(trouble->text, trouble->size, format, args);
    va_end(args);
    return false;
}

/* Takes over a listening socket. */
static bool add(struct listen_sockets *sockets, int fd, bool local, const struct trouble *trouble)
{
    if (sockets->count == LISTEN_SOCKETS_MAX) {
        close(fd);
        return fail(trouble, "more than %d listening sockets", LISTEN_SOCKETS_MAX);
    }
    sockets->list[sockets->count++] = (struct listen_socket){.fd = fd, .local = local};
    return true;
}

/* Accepted sockets inherit TCP_NODELAY. */
static void set_tcp_options(int fd)
{
    const int yes = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static bool bind_one(const struct addrinfo *info, int *ret_fd)
{
    const int yes = 1, no = 0;
    const int fd = socket(info->ai_family, info->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return false;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (info->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    set_tcp_options(fd);
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        const int bind_errno = errno;
        close(fd);
        errno = bind_errno;
        return false;
    }
    *ret_fd = fd;
    return true;
}

/* address:port or [v6]:port into its parts. */
static bool split_address(const char *text, char *host, size_t host_size, const char **ret_port)
{
    const char *colon = strrchr(text, ':');
    struct span name;

    if (!colon || colon == text || colon[1] == '\0')
        return false;
    name = (struct span){text, (size_t)(colon - text)};
    if (name.len >= 2 && name.data[0] == '[' && name.data[name.len - 1] == ']')
        name = (struct span){name.data + 1, name.len - 2};
    else if (memchr(name.data, ':', name.len))
        return false;
    *ret_port = colon + 1;
    return span_to_cstr(name, host, host_size);
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

/* What `text` means as addresses to bind; NULL with a clause. */
static struct addrinfo *resolve(const char *text, const struct trouble *trouble)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *infos;
    char host[NI_MAXHOST];
    const char *port;

    if (!split_address(text, host, sizeof host, &port)) {
        fail(trouble, "%s: not an address:port", text);
        return NULL;
    }
    const int error = getaddrinfo(host, port, &hints, &infos);
    if (error) {
        fail(trouble, "%s: %s", text, gai_strerror(error));
        return NULL;
    }
    return infos;
}

/* Bind every address of the list that this machine has. */
static bool bind_all(struct listen_sockets *sockets, const struct addrinfo *info, bool local,
                     const char *text, const struct trouble *trouble)
{
    for (; info; info = info->ai_next) {
        int fd;
        if (local && !is_loopback(info->ai_addr))
            return fail(trouble, "%s: metrics are for a loopback address only", text);
        if (bind_one(info, &fd)) {
            if (!add(sockets, fd, local, trouble))
                return false;
        } else if (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL) {
            return fail(trouble, "%s: %s", text, strerror(errno));
        }
    }
    return true;
}

static bool listen_tcp(struct listen_sockets *sockets, const char *text, bool local,
                       const struct trouble *trouble)
{
    const size_t count_before = sockets->count;
    char v4[64];
    struct addrinfo *infos = resolve(text, trouble);

    if (!infos)
        return false;
    const bool bound = bind_all(sockets, infos, local, text, trouble);
    freeaddrinfo(infos);
    if (!bound || sockets->count > count_before)
        return bound;

    /* "Any address" on a machine without IPv6 is any IPv4 address. */
    if (strncmp(text, "[::]:", 5) != 0)
        return fail(trouble, "%s: not an address of this machine", text);
    snprintf(v4, sizeof v4, "0.0.0.0:%s", text + 5);
    return listen_tcp(sockets, v4, local, trouble);
}

/* A socket that a process left behind goes; one that a process serves, or a file, is an error. */
static bool clear_path(const struct sockaddr_un *address)
{
    struct stat about;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool served = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;

    close(fd);
    if (lstat(address->sun_path, &about) != 0)
        return errno == ENOENT;
    if (served || !S_ISSOCK(about.st_mode)) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(address->sun_path) == 0;
}

static bool listen_unix(struct listen_sockets *sockets, const char *path,
                        const struct trouble *trouble)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return fail(trouble, "%s: the path is too long for a socket", path);
    memcpy(address.sun_path, path, strlen(path) + 1);

    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || !clear_path(&address) ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0) {
        fail(trouble, "%s: %s", path, strerror(errno));
        close(fd);
        return false;
    }
    chmod(path, 0660);
    if (!add(sockets, fd, true, trouble))
        return false;
    sockets->list[sockets->count - 1].unlink_path = strdup(path);
    return true;
}

/* Take the sockets that systemd passed, by their names; says which kinds there were. */
static bool listen_activated(struct listen_sockets *sockets, bool *ret_https, bool *ret_metrics,
                             const struct trouble *trouble)
{
    char **names = NULL;
    const int count = sd_listen_fds_with_names(1, &names);
    bool good = count >= 0 || fail(trouble, "systemd's sockets: %s", strerror(-count));

    for (int i = 0; i < count; i++) {
        const bool local = strcmp(names[i], "metrics") == 0;
        if (good && !local && strcmp(names[i], "https") != 0)
            good = fail(trouble, "systemd passed a socket named %s; https and metrics are known",
                        names[i]);
        if (good) {
            const int fd = SD_LISTEN_FDS_START + i;
            fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
            set_tcp_options(fd);
            good = add(sockets, fd, local, trouble);
        }
        *ret_https |= good && !local;
        *ret_metrics |= good && local;
        free(names[i]);
    }
    free(names);
    return good;
}

bool listen_open(struct listen_sockets *sockets, const struct settings *settings, char *error,
                 size_t error_size)
{
    const struct trouble trouble = {error, error_size};
    const char *metrics = settings->metrics_listen;
    bool https_passed = false, metrics_passed = false;

    *sockets = (struct listen_sockets){0};
    if (!listen_activated(sockets, &https_passed, &metrics_passed, &trouble))
        return false;
    if (!https_passed && !listen_tcp(sockets, settings->listen, false, &trouble))
        return false;
    if (metrics_passed || metrics[0] == '\0')
        return true;
    if (strncmp(metrics, UNIX_PREFIX, strlen(UNIX_PREFIX)) == 0)
        return listen_unix(sockets, metrics + strlen(UNIX_PREFIX), &trouble);
    return listen_tcp(sockets, metrics, true, &trouble);
}

void listen_close(struct listen_sockets *sockets)
{
    for (size_t i = 0; i < sockets->count; i++) {
        close(sockets->list[i].fd);
        if (sockets->list[i].unlink_path)
            unlink(sockets->list[i].unlink_path);
        free(sockets->list[i].unlink_path);
    }
    sockets->count = 0;
}
