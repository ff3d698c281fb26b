#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

enum { READ_STEP_BYTES = 64 * 1024, MARK_BYTES = 3 };

/* Read to the end or to max_bytes + 1, which tells a file that is too long. */
static bool read_all(int fd, size_t max_bytes, struct span *ret_content)
{
    char *content = memory_new(READ_STEP_BYTES + 1);
    size_t size = READ_STEP_BYTES;
    size_t len = 0;

    for (;;) {
        if (len == size) {
            size *= 2;
            content = memory_resize(content, size + 1);
        }
        const ssize_t got = read(fd, content + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            content[len] = '\0';
            *ret_content = (struct span){content, len};
            return got == 0;
        }
        len += (size_t)got;
        if (len > max_bytes) {
            *ret_content = (struct span){content, len};
            errno = EFBIG;
            return false;
        }
    }
}

bool files_read(const char *path, size_t max_bytes, struct span *ret_content)
{
    const bool standard_input = strcmp(path, "-") == 0;
    const int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct span content = {0};

    if (fd < 0)
        return false;
    const bool good = read_all(fd, max_bytes, &content);
    const int error = errno;
    if (!standard_input)
        close(fd);
    if (good)
        *ret_content = content;
    else
        memory_free_span(&content);
    errno = error;
    return good;
}

bool files_read_text(const char *path, size_t max_bytes, struct span *ret_text)
{
    struct span content;

    if (!files_read(path, max_bytes + MARK_BYTES, &content))
        return false;
    const struct span text = span_skip_mark(content);

    if (text.len > max_bytes) {
        memory_free_span(&content);
        errno = EFBIG;
        return false;
    }
    memmove((char *)content.data, text.data, text.len + 1); /* what is freed begins there */
    *ret_text = (struct span){content.data, text.len};
    return true;
}

static bool write_all(int fd, struct span content)
{
    while (content.len > 0) {
        const ssize_t written = write(fd, content.data, content.len);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            content = span_skip(content, (size_t)written);
    }
    return true;
}

/* Sync the folder that holds path, so that a name given or removed there stays so. */
static bool sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = !slash          ? memory_printf(".")
                   : slash == path ? memory_printf("/")
                                   : memory_printf("%.*s", (int)(slash - path), path);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    free(folder);
    if (fd < 0)
        return false;
    const bool good = fsync(fd) == 0;
    const int error = errno;
    close(fd);
    errno = error;
    return good;
}

/* Give the finished file its name without taking it from another file. */
static bool name_new(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    /* Some file systems know only the older way. */
    return link(temporary, path) == 0 && unlink(temporary) == 0;
}

static bool write_named(const char *path, struct span content, bool replace, mode_t mode)
{
    char *temporary = memory_printf("%s.XXXXXX", path);
    const int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 until it is written */
    bool good = fd >= 0;

    if (good) {
        good = write_all(fd, content) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
        good = close(fd) == 0 && good;
        good = good && (replace ? rename(temporary, path) == 0 : name_new(temporary, path)) &&
               sync_folder_of(path);
        if (!good) {
            const int error = errno;
            unlink(temporary);
            errno = error;
        }
    }
    free(temporary);
    return good;
}

bool files_create(const char *path, struct span content)
{
    return write_named(path, content, false, 0600);
}

bool files_create_public(const char *path, struct span content)
{
    return write_named(path, content, false, 0644);
}

bool files_replace(const char *path, struct span content)
{
    return write_named(path, content, true, 0600);
}

bool files_publish(const char *path, struct span content)
{
    return write_named(path, content, true, 0644);
}

bool files_remove(const char *path)
{
    if (unlink(path) != 0)
        return errno == ENOENT;
    return sync_folder_of(path);
}

static bool make_one_folder(const char *path)
{
    struct stat status;

    if (mkdir(path, 0700) == 0)
        return sync_folder_of(path);
    if (errno == EEXIST && stat(path, &status) == 0) {
        errno = ENOTDIR;
        return S_ISDIR(status.st_mode);
    }
    return false;
}

bool files_make_folder(const char *path)
{
    struct stat status;
    bool good = true;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return true;

    char *part = memory_printf("%s", path);
    for (char *slash = strchr(part + 1, '/'); slash && good; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        /* One above may be there and not ours to write in: only the last must be made. */
        good = stat(part, &status) == 0 || make_one_folder(part);
        *slash = '/';
    }
    good = good && make_one_folder(path);
    free(part);
    return good;
}
