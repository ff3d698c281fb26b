#include "signer_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

struct signer_client {
    int fd;
    size_t frame_len; /* of the frame in `in` that was given out */
    size_t in_len;
    uint8_t in[WIRE_FRAME_MAX], out[WIRE_FRAME_MAX];
};

static bool connect_to(struct signer_client *client, const char *path)
{
    const struct timeval limit = {LIMIT_SIGNER_CALL_MS / 1000, LIMIT_SIGNER_CALL_MS % 1000 * 1000};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (!span_to_cstr(span_of(path), address.sun_path, sizeof address.sun_path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return client->fd >= 0 &&
           setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
           setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0 &&
           connect(client->fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

struct signer_client *signer_client_new(const char *path, char *error, size_t error_size)
{
    struct signer_client *client = calloc(1, sizeof *client);

    if (!client)
        abort();
    client->fd = -1;
    if (connect_to(client, path))
        return client;
    snprintf(error, error_size, "%s: %s", path, strerror(errno));
    signer_client_free(client);
    return NULL;
}

void signer_client_free(struct signer_client *client)
{
    if (!client)
        return;
    if (client->fd >= 0)
        close(client->fd);
    free(client);
}

static bool send_all(int fd, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

/* Wait for a whole frame; false with errno, EPROTO for one that breaks the rules. */
static bool receive_frame(struct signer_client *client, struct span *ret_frame)
{
    for (;;) {
        const enum wire_take taken =
            wire_take((struct span){(const char *)client->in, client->in_len}, ret_frame);
        if (taken == WIRE_FRAME)
            return true;
        errno = EPROTO;
        if (taken == WIRE_BAD)
            return false;
        const ssize_t got =
            recv(client->fd, client->in + client->in_len, sizeof client->in - client->in_len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = ECONNRESET;
        if (got <= 0)
            return false;
        client->in_len += (size_t)got;
    }
}

bool signer_client_call(struct signer_client *client, const struct wire_request *request,
                        struct wire_answer *ret_answer, char *error, size_t error_size)
{
    struct span frame;

    client->in_len -= client->frame_len;
    memmove(client->in, client->in + client->frame_len, client->in_len);
    client->frame_len = 0;
    if (!send_all(client->fd, client->out, wire_put_request(request, client->out)) ||
        !receive_frame(client, &frame)) {
        snprintf(error, error_size, "%s", errno == EAGAIN ? "it does not answer" : strerror(errno));
        return false;
    }
    client->frame_len = WIRE_HEAD_BYTES + frame.len;
    if (wire_get_answer(frame, ret_answer))
        return true;
    snprintf(error, error_size, "%s", strerror(EPROTO));
    return false;
}
