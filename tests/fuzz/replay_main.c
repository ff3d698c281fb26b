/*
 * Runs one fuzz target over the files and folders named, without libFuzzer: so
 * that seeds and old findings are a test in every build, with any compiler.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES_MAX = 1024 * 1024 };

static void fail(const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
    exit(EXIT_FAILURE);
}

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(INPUT_BYTES_MAX);

    if (!file || !bytes)
        fail(path);
    const size_t size = fread(bytes, 1, INPUT_BYTES_MAX, file);
    if (ferror(file))
        fail(path);
    fclose(file);

    /* A block of exactly its size, so that a sanitizer sees a look past its end. */
    uint8_t *exact = malloc(size + (size == 0));
    if (!exact)
        fail(path);
    memcpy(exact, bytes, size);
    free(bytes);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static size_t replay_folder(const char *path, DIR *folder)
{
    const struct dirent *entry;
    size_t count = 0;
    char *name;

    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        if (asprintf(&name, "%s/%s", path, entry->d_name) < 0)
            fail(path);
        replay_file(name);
        free(name);
        count++;
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;

    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder) {
            count += replay_folder(argv[i], folder);
        } else {
            replay_file(argv[i]);
            count++;
        }
    }
    printf("%zu inputs replayed\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
