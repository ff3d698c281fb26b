#include "ledger_newest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "settings.h"

bool ledger_sight_eq(const struct ledger_sight *one, const struct ledger_sight *other)
{
    return one->size == other->size && merkle_hash_eq(&one->root, &other->root);
}

void ledger_newest_set(struct ledger_newest *newest, const struct ledger_sight *sight,
                       struct span note)
{
    newest->sight = *sight;
    memcpy(newest->note, note.data, note.len);
    newest->note_len = note.len;
}

/* --- its file --- */

/* Beside it, and then in its place. False, with errno, if that fails. */
static bool replace(const char *path, struct span text)
{
    char beside[PATH_MAX];

    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        return false;
    }
    const int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return false;
    const bool written = write(fd, text.data, text.len) == (ssize_t)text.len;
    return close(fd) == 0 && written && rename(beside, path) == 0;
}

void ledger_newest_keep(struct ledger_newest *newest)
{
    const struct span note = {newest->note, newest->note_len};
    struct checkpoint checkpoint;

    if (newest->path[0] == '\0' || ledger_sight_eq(&newest->kept, &newest->sight) ||
        verify_checkpoint(newest->log, note, &checkpoint) != VERIFY_OK)
        return;
    const bool kept = replace(newest->path, note);

    if (kept)
        newest->kept = newest->sight;
    else if (!newest->told)
        log_line(LOG_ERROR,
                 "ledger_newest_unkept errno=%d next=\"can [ledger] newest be written?\"", errno);
    newest->told = !kept;
}

static void refused(const char *reason)
{
    log_line(LOG_WARNING,
             "ledger_newest_refused reason=\"%s\" effect=\"only the signer tells what was signed\" "
             "next=\"was [ledger] newest changed, or is it another log's?\"",
             reason);
}

static void recall(struct ledger_newest *newest)
{
    struct checkpoint checkpoint;
    size_t len;
    char *text = settings_file(newest->path, &len);

    if (!text) {
        if (errno != ENOENT)
            refused(strerror(errno));
        return;
    }
    const enum verify_fault fault =
        len > sizeof newest->note
            ? VERIFY_NOT_A_CHECKPOINT
            : verify_checkpoint(newest->log, (struct span){text, len}, &checkpoint);

    if (fault != VERIFY_OK) {
        refused(verify_fault_text(fault));
    } else {
        newest->kept = (struct ledger_sight){checkpoint.size, checkpoint.root};
        ledger_newest_set(newest, &newest->kept, (struct span){text, len});
    }
    settings_file_free(text, len);
}

bool ledger_newest_init(struct ledger_newest *newest, const char *path,
                        const struct verify_log *log)
{
    *newest = (struct ledger_newest){.path = strdup(path), .log = log};
    if (!newest->path)
        return false;
    if (path[0] != '\0')
        recall(newest);
    return true;
}

void ledger_newest_clear(struct ledger_newest *newest)
{
    free(newest->path);
    newest->path = NULL;
}
