/*
 * ledger_patrol - looking at the database without a reason
 *
 * Whoever freezes the register, puts its database back under a running daemon or rewrites a leaf of
 * long ago tells nobody. So the database's head is looked at every two seconds, and
 * all of its leaves are compared with the tree: from the first on, a step at a time, once after the
 * log was taken up and then every hour. Whatever a step meets, there is a next one.
 *
 * It only looks: what follows is the ledger's business. One loop, the ledger's.
 */
#ifndef GRIEVD_LEDGER_PATROL_H
#define GRIEVD_LEDGER_PATROL_H

#include "ledger_reads.h"

struct ledger_patrol;
struct loop;
struct store;

struct ledger_patrol_user {
    /* True while the tree is what was signed, and the database has been found to hold it. */
    bool (*steady)(void *arg);

    /* How many leaves the database has to have by now. */
    uint64_t (*due)(void *arg);

    /* The head, each time it was looked at: so many leaves, and `due` had been due before. */
    void (*head)(void *arg, uint64_t size, bool frozen, uint64_t due);

    /* As ledger_read(). */
    bool (*read)(void *arg, struct ledger_read *read);

    /* The database has not the leaf that was signed there, or has another. */
    void (*differs)(void *arg, uint64_t index);

    void *arg;
};

/* Looks once the loop runs; the tree is the ledger's. NULL if memory is out. */
struct ledger_patrol *ledger_patrol_new(struct loop *loop, struct store *store,
                                        const struct tree *tree,
                                        const struct ledger_patrol_user *user);
void ledger_patrol_free(struct ledger_patrol *patrol); /* NULL is allowed */

/* Look at the head now: the database may be another one. */
void ledger_patrol_look(struct ledger_patrol *patrol);

/* The log was taken up anew, and is steady: compare all leaves, from the first on. */
void ledger_patrol_begin(struct ledger_patrol *patrol);

#endif
