/*
 * signer_log - the tree that the signer has signed, on disk
 *
 * One file, `log`, in a folder of its own (bytes: signer_state.h), locked by the one signer
 * that has it open. What it promises: a size that was ever given out for signing is never given
 * out again with another root, whatever crashes.
 *
 * An extension writes entries and a slot, syncs once, and only then becomes the state
 * that may be signed. After a crash the file is read from its start:
 *
 *     every slot is bad           damaged. Nothing is signed; an adoption begins anew.
 *     entries beyond the slot     taken, as far as they check: their slot was lost on the way, or
 *                                 spoiled later; a daemon had committed them in either case.
 *     entries end before it       incomplete: the slot reached the disk and they did not.
 *                                 They must be sent again, and give the slot's tree.
 *     they give another tree      damaged.
 *
 * So the newest good slot is never contradicted, and losing the older one loses nothing. What a
 * file cannot know is that it was replaced by an older copy of itself; daemons,
 * who have seen newer checkpoints, find out.
 *
 * Functions that write return SIGNER_DISK when they cannot, logged. If the disk was full
 * before the slot was written, the log is as before; else nobody knows what is on the disk, and
 * signer_log_broken() says that the program has to end and read the file again.
 */
#ifndef GRIEVD_SIGNER_LOG_H
#define GRIEVD_SIGNER_LOG_H

#include "signer_state.h"
#include "signer_wire.h"

struct signer_log;

/*
 * Open the folder's file, made if it is not there, and read all of it. NULL with a clause
 * in error: the folder cannot be used, another signer has it, or it is another origin's.
 */
struct signer_log *signer_log_open(const char *folder, const char *origin, char *error,
                                   size_t error_size);
void signer_log_free(struct signer_log *log); /* NULL is allowed */

enum wire_condition signer_log_condition(const struct signer_log *log);
bool signer_log_broken(const struct signer_log *log);

/* Leaves in the tree, and leaves that can be read: fewer when incomplete or damaged. */
uint64_t signer_log_size(const struct signer_log *log);
uint64_t signer_log_held(const struct signer_log *log);

/* The root at that size; the log is ready. */
void signer_log_root(const struct signer_log *log, struct merkle_hash *ret_root);

enum signer_outcome {
    SIGNER_DONE,    /* extended, and synced */
    SIGNER_HAD,     /* all of them were in the tree already */
    SIGNER_BEHIND,  /* *ret_index: the leaf to begin with */
    SIGNER_FORK,    /* *ret_index: this leaf is another than the one in the tree */
    SIGNER_REFUSED, /* the log's condition does not allow it, or the size would be too large */
    SIGNER_DISK,
};

/* Start an empty tree; only with no state at all. */
enum signer_outcome signer_log_init(struct signer_log *log);

/* Append what is new of these leaves, 1 to LIMIT_SIGNER_LEAVES, after comparing what is not. */
enum signer_outcome signer_log_extend(struct signer_log *log, uint64_t first, const uint8_t *leaves,
                                      size_t count, uint64_t *ret_index);

/* Copy leaves as they were sent: how many, up to signer_log_held(); -1, logged, if that fails. */
int signer_log_read(struct signer_log *log, uint64_t first, size_t count, uint8_t *ret_leaves);

/*
 * Take up a tree of at least one leaf that somebody else holds: its leaves are sent from the
 * first one on, and when they have given that root the new file takes the old one's place at
 * once. Refused when ready, and for a size below what a good slot says was signed. Beginning
 * again, or signer_log_adopt_end(), forgets one under way.
 */
enum signer_outcome signer_log_adopt(struct signer_log *log, uint64_t size,
                                     const struct merkle_hash *root);

/*
 * SIGNER_BEHIND with how far it has come in *ret_index; SIGNER_DONE when it is ready; SIGNER_FORK
 * if the tree contradicts a good slot or ends in another root, and the adoption is forgotten.
 */
enum signer_outcome signer_log_adopt_leaves(struct signer_log *log, uint64_t first,
                                            const uint8_t *leaves, size_t count,
                                            uint64_t *ret_index);
void signer_log_adopt_end(struct signer_log *log);

#endif
