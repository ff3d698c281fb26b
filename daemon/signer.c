#include "signer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "core/verify.h"
#include "log.h"
#include "settings.h"
#include "signer_log.h"
#include "signer_wire.h"

enum {
    SIGNAL_SLOT, /* what poll() watches: signals, the listening socket, then connections */
    LISTEN_SLOT,
    CONNECTION_SLOTS,
    POLL_SLOTS = CONNECTION_SLOTS + LIMIT_SIGNER_CONNECTIONS,
    SOCKET_MODE = 0660, /* the unit's socket has the same */
};

/* One peer. fd -1: the place is free. */
struct peer {
    int fd;
    bool admin; /* root, or the signer's own user */
    size_t in_len, out_len, out_done;
    uint8_t in[WIRE_FRAME_MAX], out[WIRE_FRAME_MAX];
};

struct signer {
    const struct signer_settings *settings;
    struct note_signer *key;
    struct signer_log *log;
    int listen_fd, signal_fd;
    char *unlink_path; /* of a socket made here */
    bool stopping;
    int exit_code;
    int watchdog_ms; /* half of what systemd asked for; -1: nothing */

    const struct peer *adopter;     /* whose adoption is under way */
    char note[CHECKPOINT_NOTE_MAX]; /* of note_size, the last one signed */
    size_t note_len;
    uint64_t note_size;
    struct peer peers[LIMIT_SIGNER_CONNECTIONS];
};

/* --- answers ------------------------------------------------------------------------------ */

/* The note of the tree as it is; Ed25519 gives the same one each time. */
static struct span checkpoint(struct signer *signer)
{
    const uint64_t size = signer_log_size(signer->log);
    struct merkle_hash root;

    if (signer->note_len == 0 || signer->note_size != size) {
        signer_log_root(signer->log, &root);
        signer->note_len = checkpoint_sign(signer->key, size, &root, signer->note);
        signer->note_size = size;
    }
    return (struct span){signer->note, signer->note_len};
}

static struct wire_answer refuse(enum wire_refusal why)
{
    return (struct wire_answer){.type = WIRE_REFUSED, .refusal = why};
}

static struct wire_answer at(enum wire_answer_type type, uint64_t size)
{
    return (struct wire_answer){.type = type, .size = size};
}

static struct wire_answer with_checkpoint(struct signer *signer, enum wire_answer_type type)
{
    const struct span note = checkpoint(signer);

    return (struct wire_answer){.type = type, .size = signer->note_size, .note = note};
}

/* Why a log that is not ready does nothing. */
static enum wire_refusal condition_refusal(const struct signer *signer)
{
    return signer_log_condition(signer->log) == WIRE_CONDITION_NONE ? WIRE_NO_STATE
                                                                    : WIRE_NOT_READY;
}

static struct wire_answer answer_state(struct signer *signer)
{
    const enum wire_condition condition = signer_log_condition(signer->log);
    struct wire_answer answer = {
        .type = WIRE_STATE_IS,
        .condition = condition,
        .size = signer_log_size(signer->log),
        .held = signer_log_held(signer->log),
    };

    if (condition == WIRE_CONDITION_READY)
        answer.note = checkpoint(signer);
    return answer;
}

static struct wire_answer answer_extend(struct signer *signer, const struct wire_request *request)
{
    uint64_t index = 0;

    switch (signer_log_extend(signer->log, request->first, (const uint8_t *)request->leaves.data,
                              request->leaves.len / LEAF_BYTES, &index)) {
    case SIGNER_DONE:
        return with_checkpoint(signer, WIRE_SIGNED);
    case SIGNER_HAD:
        return with_checkpoint(signer, WIRE_HAVE);
    case SIGNER_BEHIND:
        return at(WIRE_BEHIND, index);
    case SIGNER_FORK:
        log_line(LOG_ERROR, "signer_fork index=%" PRIu64 " size=%" PRIu64, index,
                 signer_log_size(signer->log));
        return at(WIRE_FORK, index);
    case SIGNER_REFUSED:
        return refuse(signer_log_condition(signer->log) == WIRE_CONDITION_READY
                          ? WIRE_TOO_LARGE
                          : condition_refusal(signer));
    default:
        return refuse(WIRE_DISK);
    }
}

static struct wire_answer answer_read(struct signer *signer, const struct wire_request *request)
{
    static uint8_t leaves[LIMIT_SIGNER_LEAVES * LEAF_BYTES];
    const int count = signer_log_read(signer->log, request->first, request->count, leaves);

    if (count < 0)
        return refuse(WIRE_DISK);
    return (struct wire_answer){
        .type = WIRE_LEAVES,
        .size = request->first,
        .leaves = span_of_bytes(leaves, (size_t)count * LEAF_BYTES),
    };
}

static struct wire_answer answer_init(struct signer *signer, const struct peer *peer)
{
    if (!peer->admin)
        return refuse(WIRE_NOT_ALLOWED);
    switch (signer_log_init(signer->log)) {
    case SIGNER_DONE:
        log_line(LOG_NOTICE, "signer_initialised origin=%s", signer->settings->origin);
        return with_checkpoint(signer, WIRE_SIGNED);
    case SIGNER_REFUSED:
        return refuse(WIRE_HAS_STATE);
    default:
        return refuse(WIRE_DISK);
    }
}

static struct wire_answer answer_adopt(struct signer *signer, const struct peer *peer,
                                       const struct wire_request *request)
{
    const struct verify_log log = {span_of(signer->settings->origin),
                                   note_signer_verifier(signer->key)};
    struct checkpoint adopted;

    if (!peer->admin)
        return refuse(WIRE_NOT_ALLOWED);
    if (signer_log_condition(signer->log) == WIRE_CONDITION_READY)
        return refuse(WIRE_HAS_STATE);
    if (verify_checkpoint(&log, request->note, &adopted) != VERIFY_OK || adopted.size == 0)
        return refuse(WIRE_BAD_CHECKPOINT);
    signer->adopter = NULL;
    switch (signer_log_adopt(signer->log, adopted.size, &adopted.root)) {
    case SIGNER_DONE:
        signer->adopter = peer;
        return at(WIRE_MORE, 0);
    case SIGNER_REFUSED:
        return refuse(WIRE_OLD_CHECKPOINT);
    default:
        return refuse(WIRE_DISK);
    }
}

static struct wire_answer answer_adopt_leaves(struct signer *signer, const struct peer *peer,
                                              const struct wire_request *request)
{
    uint64_t index = 0;

    if (signer->adopter != peer)
        return refuse(WIRE_NOT_ADOPTING);
    const enum signer_outcome outcome =
        signer_log_adopt_leaves(signer->log, request->first, (const uint8_t *)request->leaves.data,
                                request->leaves.len / LEAF_BYTES, &index);
    if (outcome == SIGNER_BEHIND)
        return at(WIRE_MORE, index);
    signer->adopter = NULL;
    if (outcome == SIGNER_DONE)
        return with_checkpoint(signer, WIRE_SIGNED);
    return outcome == SIGNER_FORK ? at(WIRE_FORK, index) : refuse(WIRE_DISK);
}

static struct wire_answer answer(struct signer *signer, const struct peer *peer,
                                 const struct wire_request *request)
{
    switch (request->type) {
    case WIRE_EXTEND:
        return answer_extend(signer, request);
    case WIRE_READ:
        return answer_read(signer, request);
    case WIRE_INIT:
        return answer_init(signer, peer);
    case WIRE_ADOPT:
        return answer_adopt(signer, peer, request);
    case WIRE_ADOPT_LEAVES:
        return answer_adopt_leaves(signer, peer, request);
    default:
        return answer_state(signer);
    }
}

/* --- connections -------------------------------------------------------------------------- */

static void peer_close(struct signer *signer, struct peer *peer)
{
    if (signer->adopter == peer) {
        signer_log_adopt_end(signer->log);
        signer->adopter = NULL;
    }
    close(peer->fd);
    peer->fd = -1;
}

static bool is_admin(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

static struct peer *free_peer(struct signer *signer)
{
    for (size_t i = 0; i < LIMIT_SIGNER_CONNECTIONS; i++) {
        if (signer->peers[i].fd < 0)
            return &signer->peers[i];
    }
    return NULL;
}

static void accept_peer(struct signer *signer)
{
    const int fd = accept4(signer->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct peer *peer = free_peer(signer);

    if (fd < 0)
        return;
    if (!peer) {
        log_line(LOG_WARNING, "signer_full connections=%d", LIMIT_SIGNER_CONNECTIONS);
        close(fd);
        return;
    }
    peer->fd = fd;
    peer->admin = is_admin(fd);
    peer->in_len = peer->out_len = peer->out_done = 0;
}

/* Send what is left of the answer; false if the connection is gone. */
static bool send_rest(struct peer *peer)
{
    while (peer->out_done < peer->out_len) {
        const ssize_t sent = send(peer->fd, peer->out + peer->out_done,
                                  peer->out_len - peer->out_done, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN;
        peer->out_done += (size_t)sent;
    }
    peer->out_len = peer->out_done = 0;
    return true;
}

/* Answer the requests that have arrived whole, one after the other; false to end it. */
static bool serve(struct signer *signer, struct peer *peer)
{
    struct span frame;
    struct wire_request request;

    while (peer->out_len == 0 && !signer_log_broken(signer->log)) {
        switch (wire_take(span_of_bytes(peer->in, peer->in_len), &frame)) {
        case WIRE_PART:
            return true;
        case WIRE_BAD:
            return false;
        case WIRE_FRAME:
            break;
        }
        if (!wire_get_request(frame, &request))
            return false;
        const struct wire_answer given = answer(signer, peer, &request);

        const size_t taken = WIRE_HEAD_BYTES + frame.len;
        peer->out_len = wire_put_answer(&given, peer->out);
        peer->in_len -= taken;
        memmove(peer->in, peer->in + taken, peer->in_len);
        if (!send_rest(peer))
            return false;
    }
    return true;
}

static bool receive(struct peer *peer)
{
    const ssize_t got = recv(peer->fd, peer->in + peer->in_len, sizeof peer->in - peer->in_len, 0);

    if (got > 0)
        peer->in_len += (size_t)got;
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static void peer_ready(struct signer *signer, struct peer *peer, short events)
{
    bool good = true;

    if (peer->out_len > 0)
        good = send_rest(peer);
    else if (events & (POLLIN | POLLHUP | POLLERR))
        good = receive(peer);
    if (!good || !serve(signer, peer))
        peer_close(signer, peer);
}

/* --- start and stop ------------------------------------------------------------------------ */

static bool hear_signals(struct signer *signer)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return false;
    signer->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return signer->signal_fd >= 0;
}

/* A socket of our own, where systemd handed over none. */
static bool bind_socket(struct signer *signer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = signer->settings->listen;

    if (!span_to_cstr(span_of(path), address.sun_path, sizeof address.sun_path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    signer->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (signer->listen_fd < 0)
        return false;
    unlink(path); /* of a signer that was killed; the state's lock says that none is alive */
    if (bind(signer->listen_fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return false;
    signer->unlink_path = strdup(path);
    return signer->unlink_path && chmod(path, SOCKET_MODE) == 0 &&
           listen(signer->listen_fd, LIMIT_SIGNER_CONNECTIONS) == 0;
}

static bool open_socket(struct signer *signer)
{
    if (sd_listen_fds(1) < 1)
        return bind_socket(signer);
    signer->listen_fd = SD_LISTEN_FDS_START;
    return sd_is_socket_unix(signer->listen_fd, SOCK_STREAM, 1, NULL, 0) > 0 &&
           fcntl(signer->listen_fd, F_SETFL, O_NONBLOCK) == 0;
}

static struct note_signer *read_key(const struct signer_settings *settings)
{
    struct log_value path;
    size_t len;
    char *text = settings_file(settings->key, &len);

    if (!text) {
        log_line(LOG_ERROR, "signer_key_refused file=%s errno=%d", log_text(&path, settings->key),
                 errno);
        return NULL;
    }
    struct note_signer *key = note_signer_parse((struct span){text, len});
    settings_file_free(text, len);
    if (key && strcmp(note_signer_verifier(key)->name, settings->origin) == 0)
        return key;
    log_line(LOG_ERROR,
             "signer_key_refused file=%s next=\"it must hold the key of [signer] origin, made by "
             "grievd signer --new-key\"",
             log_text(&path, settings->key));
    note_signer_free(key);
    return NULL;
}

static int start(struct signer *signer)
{
    const struct signer_settings *settings = signer->settings;
    char error[256];
    struct log_value clause;
    uint64_t usec;

    signer->key = read_key(settings);
    if (!signer->key)
        return EX_CONFIG;
    signer->log = signer_log_open(settings->state_dir, settings->origin, error, sizeof error);
    if (!signer->log) {
        log_line(LOG_ERROR, "signer_state_refused error=%s", log_text(&clause, error));
        return EX_OSERR;
    }
    if (!hear_signals(signer) || !open_socket(signer)) {
        log_line(LOG_ERROR, "signer_listen_failed errno=%d", errno);
        return EX_OSERR;
    }
    signer->watchdog_ms = sd_watchdog_enabled(0, &usec) > 0 ? (int)(usec / 2000) : -1;
    return EX_OK;
}

static void tear_down(struct signer *signer)
{
    for (size_t i = 0; i < LIMIT_SIGNER_CONNECTIONS; i++) {
        if (signer->peers[i].fd >= 0)
            peer_close(signer, &signer->peers[i]);
    }
    if (signer->unlink_path)
        unlink(signer->unlink_path);
    free(signer->unlink_path);
    if (signer->listen_fd >= 0)
        close(signer->listen_fd);
    if (signer->signal_fd >= 0)
        close(signer->signal_fd);
    signer_log_free(signer->log);
    note_signer_free(signer->key);
}

/* What to wait for: a peer whose answer is not read is not read from either. */
static void watch(const struct signer *signer, struct pollfd fds[static POLL_SLOTS])
{
    fds[SIGNAL_SLOT] = (struct pollfd){.fd = signer->signal_fd, .events = POLLIN};
    fds[LISTEN_SLOT] = (struct pollfd){.fd = signer->listen_fd, .events = POLLIN};
    for (size_t i = 0; i < LIMIT_SIGNER_CONNECTIONS; i++) {
        const struct peer *peer = &signer->peers[i];
        fds[CONNECTION_SLOTS + i] =
            (struct pollfd){.fd = peer->fd, .events = peer->out_len > 0 ? POLLOUT : POLLIN};
    }
}

static void loop(struct signer *signer)
{
    struct pollfd fds[POLL_SLOTS];

    while (!signer->stopping) {
        watch(signer, fds);
        if (poll(fds, POLL_SLOTS, signer->watchdog_ms) < 0 && errno != EINTR) {
            log_line(LOG_ERROR, "signer_poll errno=%d", errno);
            signer->exit_code = EX_OSERR;
            return;
        }
        if (signer->watchdog_ms >= 0)
            sd_notify(0, "WATCHDOG=1");
        for (size_t i = 0; i < LIMIT_SIGNER_CONNECTIONS; i++) {
            const struct pollfd *fd = &fds[CONNECTION_SLOTS + i];
            if (fd->fd >= 0 && fd->revents != 0)
                peer_ready(signer, &signer->peers[i], fd->revents);
        }
        if (fds[LISTEN_SLOT].revents != 0)
            accept_peer(signer);
        if (signer_log_broken(signer->log)) { /* started again, it reads what the disk has */
            signer->exit_code = EX_IOERR;
            return;
        }
        signer->stopping = fds[SIGNAL_SLOT].revents != 0;
    }
}

int signer_run(const struct signer_settings *settings)
{
    struct signer *signer = calloc(1, sizeof *signer);

    if (!signer)
        abort();
    signer->settings = settings;
    signer->listen_fd = signer->signal_fd = -1;
    for (size_t i = 0; i < LIMIT_SIGNER_CONNECTIONS; i++)
        signer->peers[i].fd = -1;
    signer->exit_code = start(signer);
    if (signer->exit_code == EX_OK) {
        log_line(LOG_NOTICE, "signer_ready condition=%s size=%" PRIu64,
                 wire_condition_name(signer_log_condition(signer->log)),
                 signer_log_size(signer->log));
        sd_notify(0, "READY=1");
        loop(signer);
        sd_notify(0, "STOPPING=1");
    }
    const int code = signer->exit_code;
    tear_down(signer);
    free(signer);
    log_line(LOG_NOTICE, "signer_stopped code=%d", code);
    return code;
}

/* --- a new key ----------------------------------------------------------------------------- */

static bool write_secret(const char *path, const struct note_signer *signer)
{
    char text[NOTE_KEY_TEXT_MAX + 1];
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0400);

    if (fd < 0)
        return false;
    note_signer_print(signer, text);
    const size_t len = strlen(text);
    text[len] = '\n';
    const bool good = write(fd, text, len + 1) == (ssize_t)(len + 1) && fsync(fd) == 0;
    explicit_bzero(text, sizeof text);
    return close(fd) == 0 && good;
}

int signer_new_key(const struct signer_settings *settings, const char *path)
{
    uint8_t seed[NOTE_KEY_BYTES];
    char text[NOTE_KEY_TEXT_MAX];

    if (getrandom(seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        return EX_OSERR;
    struct note_signer *signer = note_signer_new(span_of(settings->origin), seed);
    explicit_bzero(seed, sizeof seed);
    const bool written = write_secret(path, signer);
    if (written) {
        note_verifier_print(note_signer_verifier(signer), text);
        puts(text);
    } else {
        fprintf(stderr, "grievd: %s: %s\n", path, strerror(errno));
    }
    note_signer_free(signer);
    return written ? EX_OK : EX_CANTCREAT;
}
