#include "ledger_shown.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "loop.h"

enum {
    RECENT = 1024, /* checkpoints that are known at once */
    LOOKS_MAX =
        64, /* that are being looked into; beyond: he shows it again with his next request */
};

struct ledger_shown {
    struct loop *loop;
    struct verify_log log;
    const struct tree *tree;
    struct ledger_shown_user user;
    atomic_int looks;
    pthread_mutex_t mutex;              /* guards what follows */
    struct ledger_sight recent[RECENT]; /* by size */
};

/* One that is looked into, from the thread that got it to the loop. */
struct look {
    struct ledger_shown *shown;
    struct ledger_sight sight;
    char note[CHECKPOINT_NOTE_MAX];
    size_t note_len;
    struct ledger_read read;
};

void ledger_shown_add(struct ledger_shown *shown, const struct ledger_sight *sight)
{
    pthread_mutex_lock(&shown->mutex);
    shown->recent[sight->size % RECENT] = *sight;
    pthread_mutex_unlock(&shown->mutex);
}

static bool is_known(struct ledger_shown *shown, const struct checkpoint *checkpoint)
{
    pthread_mutex_lock(&shown->mutex);
    const struct ledger_sight *recent = &shown->recent[checkpoint->size % RECENT];
    const bool known =
        recent->size == checkpoint->size && merkle_hash_eq(&recent->root, &checkpoint->root);
    pthread_mutex_unlock(&shown->mutex);
    return known;
}

static void look_end(struct look *look)
{
    atomic_fetch_sub(&look->shown->looks, 1);
    free(look);
}

/* Is the tree of that size the one that was shown? */
static void look_compare(struct look *look, const struct tree_tiles *tiles)
{
    struct ledger_shown *shown = look->shown;
    struct merkle_hash root;

    tree_root_at(shown->tree, tiles, look->sight.size, &root);
    if (merkle_hash_eq(&root, &look->sight.root))
        ledger_shown_add(shown, &look->sight);
    else
        shown->user.contradicted(shown->user.arg, &look->sight,
                                 (struct span){look->note, look->note_len});
}

static void look_read(struct ledger_read *read, enum err err)
{
    struct look *look = (struct look *)((char *)read - offsetof(struct look, read));
    struct tree_tiles tiles;

    if (err == ERR_NONE && look->sight.size <= look->shown->tree->frontier.size) {
        ledger_read_tiles(read, &tiles);
        look_compare(look, &tiles);
    }
    look_end(look);
}

static void look_begin(void *arg)
{
    struct look *look = arg;
    struct ledger_shown *shown = look->shown;
    struct merkle_plan plan;

    if (shown->user.demand(shown->user.arg, &look->sight,
                           (struct span){look->note, look->note_len})) {
        look_end(look);
        return;
    }
    merkle_plan_frontier(&plan, look->sight.size);
    look->read.count = tree_missing(shown->tree, &plan, look->read.tiles);
    look->read.done = look_read;
    if (look->read.count > 0 && shown->user.read(shown->user.arg, &look->read))
        return;
    if (look->read.count == 0)
        look_compare(look, &(struct tree_tiles){.count = 0});
    look_end(look);
}

bool ledger_shown_look(struct ledger_shown *shown, struct span text, struct loop *home)
{
    struct note note;
    struct checkpoint checkpoint;

    if (text.len > CHECKPOINT_NOTE_MAX || note_parse(text, &note) != NOTE_OK ||
        !checkpoint_parse(note.text, &checkpoint))
        return false;
    if (checkpoint.size == 0 || is_known(shown, &checkpoint) ||
        verify_checkpoint(&shown->log, text, &checkpoint) != VERIFY_OK)
        return true; /* what is not signed by our key shows nothing */
    const struct ledger_sight sight = {checkpoint.size, checkpoint.root};

    if (home == shown->loop && shown->user.demand(shown->user.arg, &sight, text))
        return true;
    if (atomic_fetch_add(&shown->looks, 1) >= LOOKS_MAX) {
        atomic_fetch_sub(&shown->looks, 1);
        return true;
    }
    struct look *look = calloc(1, sizeof *look);

    if (!look)
        abort();
    look->shown = shown;
    look->sight = sight;
    memcpy(look->note, text.data, text.len);
    look->note_len = text.len;
    loop_post(shown->loop, look_begin, look);
    return true;
}

struct ledger_shown *ledger_shown_new(struct loop *loop, const struct verify_log *log,
                                      const struct tree *tree, const struct ledger_shown_user *user)
{
    struct ledger_shown *shown = calloc(1, sizeof *shown);

    if (!shown)
        return NULL;
    shown->loop = loop;
    shown->log = *log;
    shown->tree = tree;
    shown->user = *user;
    pthread_mutex_init(&shown->mutex, NULL);
    return shown;
}

void ledger_shown_free(struct ledger_shown *shown)
{
    if (!shown)
        return;
    pthread_mutex_destroy(&shown->mutex);
    free(shown);
}
