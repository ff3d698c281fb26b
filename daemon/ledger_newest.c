#include "ledger_newest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "log.h"
#include "settings.h"

static size_t refused(const char *reason)
{
    log_line(LOG_WARNING,
             "ledger_newest_refused reason=\"%s\" effect=\"only the signer tells what was signed\" "
             "next=\"was [ledger] newest changed, or is it another log's?\"",
             reason);
    return 0;
}

size_t ledger_newest_read(const char *path, const struct verify_log *log,
                          char ret_note[static CHECKPOINT_NOTE_MAX],
                          struct checkpoint *ret_checkpoint)
{
    size_t len;
    char *text = settings_file(path, &len);

    if (!text)
        return errno == ENOENT ? 0 : refused(strerror(errno));
    const bool fits = len <= CHECKPOINT_NOTE_MAX;

    if (fits)
        memcpy(ret_note, text, len);
    settings_file_free(text, len);
    if (!fits)
        return refused("it is too long for a checkpoint");
    const enum verify_fault fault =
        verify_checkpoint(log, (struct span){ret_note, len}, ret_checkpoint);
    return fault == VERIFY_OK ? len : refused(verify_fault_text(fault));
}

bool ledger_newest_write(const char *path, struct span note)
{
    char beside[PATH_MAX];

    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        return false;
    }
    const int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return false;
    const bool written = write(fd, note.data, note.len) == (ssize_t)note.len;
    return close(fd) == 0 && written && rename(beside, path) == 0;
}
