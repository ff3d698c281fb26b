/*
 * ledger_export - the published log as a folder of files, for any web server
 *
 * Tiles and entries of every published size first, then the checkpoint, each file whole or not at
 * all. What is there already is not written again: a published file never changes, but
 * for the checkpoint. So it may be run after each publication, from a timer.
 */
#ifndef GRIEVD_LEDGER_EXPORT_H
#define GRIEVD_LEDGER_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include "core/span.h"

/* How leaves are had: fill LEAF_BYTES each from index first on; false, told, if that fails. */
struct ledger_export_source {
    bool (*leaves)(void *arg, uint64_t first, size_t count, uint8_t *ret_leaves);
    void *arg;
};

/*
 * Bring the folder to the publications of these sizes, rising, and last to the newest one's
 * checkpoint. *ret_files: how many were written. False, told on standard error.
 */
bool ledger_export(const char *folder, const struct ledger_export_source *source,
                   const uint64_t *sizes, size_t size_count, struct span checkpoint,
                   uint64_t *ret_files);

#endif
