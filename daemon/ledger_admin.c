#include "ledger_admin.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "settings.h"
#include "signer_wire.h"

struct conversation {
    int fd;
    const char *path;
    uint8_t frame[WIRE_FRAME_MAX];
};

/* --- the signer, one question after another --- */

static bool signer_connect(struct conversation *signer, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_sec = LIMIT_SIGNER_ANSWER_MS / 1000};

    signer->path = path;
    signer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (strlen(path) < sizeof address.sun_path)
        memcpy(address.sun_path, path, strlen(path));
    if (signer->fd >= 0 && address.sun_path[0] &&
        setsockopt(signer->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        connect(signer->fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return true;
    fprintf(stderr, "grievd ledger: the signer at %s: %s\n", path, strerror(errno));
    if (signer->fd >= 0)
        close(signer->fd);
    return false;
}

/* Spans of the answer point into the conversation's frame. */
static bool signer_ask(struct conversation *signer, const struct wire_request *request,
                       struct wire_answer *ret_answer)
{
    const size_t len = wire_put_request(request, signer->frame);
    struct span frame;
    size_t got = 0;

    if (send(signer->fd, signer->frame, len, MSG_NOSIGNAL) != (ssize_t)len)
        goto fail;
    do {
        const ssize_t more = recv(signer->fd, signer->frame + got, sizeof signer->frame - got, 0);

        if (more <= 0)
            goto fail;
        got += (size_t)more;
    } while (wire_take((struct span){(const char *)signer->frame, got}, &frame) == WIRE_PART);
    if (wire_get_answer(frame, ret_answer))
        return true;
    errno = EPROTO;
fail:
    fprintf(stderr, "grievd ledger: the signer at %s: %s\n", signer->path,
            errno ? strerror(errno) : "it closed the connection");
    return false;
}

static int refused(const struct wire_answer *answer)
{
    fprintf(stderr, "grievd ledger: %s\n",
            answer->type == WIRE_REFUSED ? wire_refusal_text(answer->refusal)
                                         : "the signer gave another answer than was asked for");
    return EX_DATAERR;
}

/* --- the verbs --- */

static int verb_init(struct conversation *signer)
{
    struct wire_answer answer;

    if (!signer_ask(signer, &(struct wire_request){.type = WIRE_INIT}, &answer))
        return EX_UNAVAILABLE;
    if (answer.type != WIRE_SIGNED)
        return refused(&answer);
    printf("the log begins; its first checkpoint:\n\n%.*s", (int)answer.note.len, answer.note.data);
    return EX_OK;
}

static int verb_state(struct conversation *signer)
{
    struct wire_answer answer;

    if (!signer_ask(signer, &(struct wire_request){.type = WIRE_STATE}, &answer))
        return EX_UNAVAILABLE;
    if (answer.type != WIRE_STATE_IS)
        return refused(&answer);
    printf("condition  %s\nsize       %" PRIu64 "\nheld       %" PRIu64 "\n",
           wire_condition_name(answer.condition), answer.size, answer.held);
    if (answer.note.len > 0)
        printf("\n%.*s", (int)answer.note.len, answer.note.data);
    return EX_OK;
}

static const struct {
    const char *name;
    int (*run)(struct conversation *signer);
} verbs[] = {{"init", verb_init}, {"state", verb_state}};

static size_t find(const char *verb)
{
    size_t i = 0;

    while (i < sizeof verbs / sizeof verbs[0] && strcmp(verbs[i].name, verb) != 0)
        i++;
    return i;
}

bool ledger_admin_verb(const char *verb)
{
    return verb && find(verb) < sizeof verbs / sizeof verbs[0];
}

int ledger_admin_run(const struct settings *settings, const char *verb)
{
    struct conversation signer;

    if (settings->signer[0] == '\0') {
        fputs("grievd ledger: [ledger] signer is not set\n", stderr);
        return EX_CONFIG;
    }
    if (!signer_connect(&signer, settings->signer))
        return EX_UNAVAILABLE;
    const int code = verbs[find(verb)].run(&signer);
    close(signer.fd);
    return code;
}
