/*
 * files - reading whole files, and writing ones that a crash cannot tear
 *
 * A written file is complete and on disk, with its name, when the function
 * returns: it is written under another name, synced, given its name in one step,
 * and the folder is synced. Its mode is 0600 unless said. Errors are in errno.
 */
#ifndef GRIEVD_CLIENT_FILES_H
#define GRIEVD_CLIENT_FILES_H

#include "core/span.h"

/*
 * Read a file, "-" being standard input. True with an owned span (a NUL behind
 * it; memory_free_span()), false with errno, EFBIG past max_bytes.
 */
bool files_read(const char *path, size_t max_bytes, struct span *ret_content);

/* The same of a text: without the byte order mark that editors of some systems begin it with. */
bool files_read_text(const char *path, size_t max_bytes, struct span *ret_text);

/* Write a file that must not exist yet: EEXIST, and nothing changed, if it does. */
bool files_create(const char *path, struct span content);

/* The same with mode 0644: anybody may read it. */
bool files_create_public(const char *path, struct span content);

/* Write a file or replace it whole. */
bool files_replace(const char *path, struct span content);

/* The same with mode 0644: anybody may read it. */
bool files_publish(const char *path, struct span content);

/* Remove a file and make that durable. A file that is not there is no error. */
bool files_remove(const char *path);

/* Make a folder, and those above it, mode 0700. One that is there is no error. */
bool files_make_folder(const char *path);

#endif
