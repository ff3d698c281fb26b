#include "ledger_admin.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "settings.h"
#include "signer_client.h"

static int refused(const struct wire_answer *answer)
{
    fprintf(stderr, "grievd ledger: %s\n",
            answer->type == WIRE_REFUSED ? wire_refusal_text(answer->refusal)
                                         : "the signer gave another answer than was asked for");
    return EX_DATAERR;
}

/* --- the verbs --- */

static int verb_init(struct signer_client *signer)
{
    char error[256];
    struct wire_answer answer;

    if (!signer_client_call(signer, &(struct wire_request){.type = WIRE_INIT}, &answer, error,
                            sizeof error)) {
        fprintf(stderr, "grievd ledger: the signer: %s\n", error);
        return EX_UNAVAILABLE;
    }
    if (answer.type != WIRE_SIGNED)
        return refused(&answer);
    printf("the log begins; its first checkpoint:\n\n%.*s", (int)answer.note.len, answer.note.data);
    return EX_OK;
}

static const struct {
    const char *name;
    int (*run)(struct signer_client *signer);
} verbs[] = {{"init", verb_init}};

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
    char error[256];

    if (settings->signer[0] == '\0') {
        fputs("grievd ledger: [ledger] signer is not set\n", stderr);
        return EX_CONFIG;
    }
    struct signer_client *signer = signer_client_new(settings->signer, error, sizeof error);
    if (!signer) {
        fprintf(stderr, "grievd ledger: the signer at %s\n", error);
        return EX_UNAVAILABLE;
    }
    const int code = verbs[find(verb)].run(signer);
    signer_client_free(signer);
    return code;
}
