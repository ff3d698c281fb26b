/*
 * A PDF, by WeasyPrint (Debian's package), which knows how Thai is shaped and
 * broken into lines.
 *
 * It runs as a child with nothing of ours: an environment of its own, no file
 * open but the page it reads, the PDF it writes and standard error. What it makes
 * goes to a file without a name, so that nothing stays behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "griev.h"
#include "memory.h"

#define PDF_BYTES_MAX ((off_t)64 * 1024 * 1024)

/* A file in memory that holds the content, read from its beginning; -1 with errno. */
static int file_of(struct span content)
{
    const int fd = memfd_create("page", MFD_CLOEXEC);

    if (fd < 0)
        return -1;
    while (content.len > 0) {
        const ssize_t written = write(fd, content.data, content.len);

        if (written < 0) {
            close(fd);
            return -1;
        }
        content = span_skip(content, (size_t)written);
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static bool content_of(int fd, struct span *ret_content)
{
    const off_t size = lseek(fd, 0, SEEK_END);
    char *data;

    if (size <= 0 || size > PDF_BYTES_MAX)
        return false;
    data = memory_new((size_t)size + 1);
    if (pread(fd, data, (size_t)size, 0) != size) {
        free(data);
        return false;
    }
    *ret_content = (struct span){data, (size_t)size};
    return true;
}

/* Run `weasyprint - -` from one file to the other; 0, or an errno, or -1 if it failed. */
static int run_weasyprint(int html, int pdf)
{
    static char *const arguments[] = {(char *)"weasyprint", (char *)"--quiet", (char *)"-",
                                      (char *)"-", NULL};
    static char *const environment[] = {(char *)"PATH=/usr/local/bin:/usr/bin:/bin",
                                        (char *)"HOME=/nonexistent", (char *)"LC_ALL=C.UTF-8",
                                        NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 0;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, html, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pdf, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1); /* libcurl's sockets */
    const int error = posix_spawnp(&child, "weasyprint", &actions, NULL, arguments, environment);

    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return error;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

int pdf_make(const struct griev *griev, struct span html, struct span *ret_pdf)
{
    const int page = file_of(html);
    const int pdf = memfd_create("pdf", MFD_CLOEXEC);
    int result = page < 0 || pdf < 0 ? errno : run_weasyprint(page, pdf);

    if (result == 0 && !content_of(pdf, ret_pdf))
        result = -1;
    if (page >= 0)
        close(page);
    if (pdf >= 0)
        close(pdf);
    if (result == 0)
        return EXIT_OK;
    return griev_fail(
        griev, EXIT_LOCAL, "weasyprint",
        result == ENOENT
            ? SAY("ไม่พบโปรแกรม ให้ติดตั้ง (apt-get install weasyprint fonts-tlwg-laksaman)",
                  "is not installed (apt-get install weasyprint fonts-tlwg-laksaman)")
            : SAY("ทำ PDF ไม่สำเร็จ", "could not make the PDF"));
}
