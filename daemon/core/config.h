/*
 * config - settings from an INI file into a struct, by one table
 *
 *     static const struct config_key keys[] = {
 *         {"server", "listen", CONFIG_TEXT, offsetof(struct settings, listen), "[::]:8443"},
 *         {"server", "workers", CONFIG_COUNT, offsetof(struct settings, workers), "1", 1, 64},
 *     };
 *
 * A program has one such table: section, key, type, place, default, limits. All
 * defaults are set first, then the text is read; an unknown section or key, a
 * value of the wrong type or outside its limits, and a key given twice are errors
 * with their line.
 *
 *     # a comment has a line of its own
 *     [server]
 *     workers = 2        ; or follows a blank and a semicolon
 *
 * The reader is our own because inih, as Debian builds it, reads at most 200 bytes
 * of a line and takes the rest for the next one: a conninfo with two hosts and
 * three certificate files is longer.
 *
 * Pure: the caller reads the file.
 */
#ifndef GRIEVD_CONFIG_H
#define GRIEVD_CONFIG_H

#include <stdint.h>

#include "span.h"

enum config_type {
    CONFIG_TEXT,     /* char *, owned by the struct; "" when unset */
    CONFIG_COUNT,    /* uint64_t within min..max */
    CONFIG_BOOL,     /* bool: yes or no */
    CONFIG_DURATION, /* uint64_t milliseconds, written 500ms, 10s, 5m, 2h, 7d; within min..max */
    CONFIG_BYTES,    /* uint64_t bytes, written 512, 64K, 25M; within min..max */
};

struct config_key {
    const char *section, *key;
    enum config_type type;
    size_t offset;             /* of the member in the program's struct */
    const char *default_value; /* NULL: the key must be given */
    uint64_t min, max;         /* for numbers, in their unit; both 0: no limits */
    const char *help;          /* one clause, for --help and the example file */
};

struct config_error {
    int line; /* 0 when no line is to blame, as with a missing key */
    char text[160];
};

/*
 * Fill the struct at `into` (zeroed by the caller). True, or false with
 * *ret_error; either way the caller frees with config_free().
 */
bool config_read(struct span text, const struct config_key *keys, size_t key_count, void *into,
                 struct config_error *ret_error);

/* Free the texts the table's keys own; the struct may be zeroed or half-filled. */
void config_free(const struct config_key *keys, size_t key_count, void *into);

#endif
