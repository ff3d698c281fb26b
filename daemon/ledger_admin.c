#include "ledger_admin.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>

#include "core/verify.h"
#include "ledger_db.h"
#include "ledger_export.h"
#include "settings.h"
#include "signer_client.h"

enum {
    DIFFERS = 1,        /* the exit code of a doctor that found something */
    PATIENCE_MS = 3000, /* for a running daemon to have signed what is committed */
    LOOK_MS = 100,
    PUBLICATIONS_MAX = 65536, /* exported: a thousand years of weeks */
    LEAVES_BYTES = LIMIT_SIGNER_LEAVES * LEAF_BYTES,
};

struct admin {
    const struct settings *settings;
    const struct ledger_admin_options *options;
    struct signer_client *signer; /* NULL for verbs that do not ask it */
    struct ledger_db *db;         /* NULL for verbs that do not ask it */
};

/* --- asking --- */

static bool call(struct admin *admin, const struct wire_request *request,
                 struct wire_answer *ret_answer)
{
    char error[256];

    if (signer_client_call(admin->signer, request, ret_answer, error, sizeof error))
        return true;
    fprintf(stderr, "grievd ledger: the signer: %s\n", error);
    return false;
}

static int refused(const struct wire_answer *answer)
{
    fprintf(stderr, "grievd ledger: %s\n",
            answer->type == WIRE_REFUSED ? wire_refusal_text(answer->refusal)
                                         : "the signer gave another answer than was asked for");
    return EX_DATAERR;
}

static int db_refused(const struct admin *admin)
{
    fprintf(stderr, "grievd ledger: the database: %s\n", ledger_db_error(admin->db));
    return EX_DATAERR;
}

static bool signer_state(struct admin *admin, struct wire_answer *ret_answer)
{
    return call(admin, &(struct wire_request){.type = WIRE_STATE}, ret_answer) &&
           ret_answer->type == WIRE_STATE_IS;
}

/* The signer's leaves from an index on; *ret_count 0 at its end. Good until the next question. */
static bool signer_read(struct admin *admin, uint64_t first, const uint8_t **ret_leaves,
                        size_t *ret_count)
{
    struct wire_answer answer;
    const struct wire_request request = {
        .type = WIRE_READ, .first = first, .count = LIMIT_SIGNER_LEAVES};

    if (!call(admin, &request, &answer) || answer.type != WIRE_LEAVES)
        return false;
    *ret_leaves = (const uint8_t *)answer.leaves.data;
    *ret_count = answer.leaves.len / LEAF_BYTES;
    return true;
}

/* --- init --- */

static int verb_init(struct admin *admin)
{
    struct wire_answer answer;

    if (!call(admin, &(struct wire_request){.type = WIRE_INIT}, &answer))
        return EX_UNAVAILABLE;
    if (answer.type != WIRE_SIGNED)
        return refused(&answer);
    printf("the log begins; its first checkpoint:\n\n%.*s", (int)answer.note.len, answer.note.data);
    return EX_OK;
}

/* --- doctor: what is the case --- */

struct comparison {
    uint64_t signed_size, size; /* of the signer's tree, and what the database's head counts */
    uint64_t same;              /* so many are equal from the first on */
    bool missing;               /* in the database, from there to `resumes` */
    uint64_t resumes;
};

/* Compare leaf by leaf up to the smaller end, or the first difference. */
static int compare(struct admin *admin, struct comparison *comparison)
{
    static uint8_t ours[LEAVES_BYTES];
    const uint64_t end =
        comparison->signed_size < comparison->size ? comparison->signed_size : comparison->size;
    const uint8_t *theirs = NULL;
    size_t our_count = 0, their_count = 0;

    while (comparison->same < end) {
        const uint64_t first = comparison->same;

        if (!signer_read(admin, first, &theirs, &their_count) || their_count == 0)
            return EX_UNAVAILABLE;
        if (!ledger_db_read(admin->db, first, ours, &our_count))
            return db_refused(admin);
        const size_t count = our_count < their_count ? our_count : their_count;
        for (size_t i = 0; i < count && first + i < end; i++) {
            if (memcmp(ours + i * LEAF_BYTES, theirs + i * LEAF_BYTES, LEAF_BYTES) != 0)
                return EX_OK;
            comparison->same++;
        }
        if (our_count < their_count && comparison->same < end) {
            comparison->missing = true;
            return ledger_db_next(admin->db, comparison->same, &comparison->resumes)
                       ? EX_OK
                       : db_refused(admin);
        }
    }
    return EX_OK;
}

/* True if the newest published checkpoint counts more than the signer knows of. */
static bool was_rolled_back(struct admin *admin, uint64_t signed_size, uint64_t *ret_published)
{
    char text[CHECKPOINT_NOTE_MAX];
    size_t len = 0;
    struct note note;
    struct checkpoint checkpoint;

    if (!ledger_db_published(admin->db, text, &len) || len == 0 ||
        note_parse((struct span){text, len}, &note) != NOTE_OK ||
        !checkpoint_parse(note.text, &checkpoint))
        return false;
    *ret_published = checkpoint.size;
    return checkpoint.size > signed_size;
}

/* --- doctor: repairs --- */

/* Put back what the database lacks of the signer's leaves, up to `end`. */
static int put_back(struct admin *admin, uint64_t first, uint64_t end)
{
    const uint8_t *leaves;
    uint64_t lost = 0;
    size_t count;

    for (uint64_t at = first; at < end; at += count) {
        if (!signer_read(admin, at, &leaves, &count) || count == 0)
            return EX_UNAVAILABLE;
        if (count > end - at)
            count = (size_t)(end - at);
        if (!ledger_db_restore(admin->db, at, leaves, count))
            return db_refused(admin);
    }
    if (!ledger_db_lost(admin->db, &lost))
        return db_refused(admin);
    printf("repaired: leaves %" PRIu64 " to %" PRIu64 " are in the database again.\n"
           "%" PRIu64
           " leaves stand for what the register has no longer: ask every office to repeat"
           " what it has sent since then (griev submit FILE); each then gets its own leaf again.\n",
           first, end - 1, lost);
    return EX_OK;
}

/* Give the signer what it lacks of the database's leaves that last. */
static int feed(struct admin *admin, uint64_t first)
{
    static uint8_t leaves[LEAVES_BYTES];
    struct wire_answer answer;
    uint64_t end;
    size_t count;

    if (!ledger_db_lasting(admin->db, &end))
        return db_refused(admin);
    for (uint64_t at = first; at < end; at += count) {
        if (!ledger_db_read(admin->db, at, leaves, &count))
            return db_refused(admin);
        if (count == 0)
            break;
        if (count > end - at)
            count = (size_t)(end - at);
        const struct wire_request request = {
            .type = WIRE_EXTEND, .first = at, .leaves = span_of_bytes(leaves, count * LEAF_BYTES)};
        if (!call(admin, &request, &answer))
            return EX_UNAVAILABLE;
        if (answer.type != WIRE_SIGNED && answer.type != WIRE_HAVE)
            return refused(&answer);
    }
    printf("repaired: the signer has signed what the database has from leaf %" PRIu64 " on.\n",
           first);
    return EX_OK;
}

/* --- doctor: what to do --- */

static int tell_equal(struct admin *admin, const struct comparison *found)
{
    uint64_t lost;

    if (!ledger_db_lost(admin->db, &lost))
        return db_refused(admin);
    printf("good: the signer and the database have the same %" PRIu64 " leaves.\n", found->size);
    if (lost > 0)
        printf("%" PRIu64 " of them stand for what the register lost and no office has repeated "
               "yet.\n",
               lost);
    puts(
        "If a daemon still answers log-forked, a client or its own file ([ledger] newest) holds a"
        "\nlarger checkpoint: both were put back to an earlier state. Find the newer copy of either"
        "\n(a standby, the signer's own disk).");
    return EX_OK;
}

static int tell_lost(struct admin *admin, const struct comparison *found)
{
    const bool tail = !found->missing || found->resumes == UINT64_MAX;
    const uint64_t end = tail ? found->signed_size : found->resumes;

    printf("the database is behind the log: it has no leaf %" PRIu64 " to %" PRIu64
           ", which were signed.\n"
           "Either a backup was restored, or a failover lost commits, or rows were deleted.\n",
           found->same, end - 1);
    if (admin->options->repair)
        return put_back(admin, found->same, end);
    puts("First look for the database that has them: the old primary, another standby, a later "
         "backup.\nIf there is none: grievd ledger doctor --repair puts the leaves back from the "
         "signer and notes which\ncomplaints are gone, so that each office's repeat of the same "
         "request gets its "
         "own leaf again.");
    return DIFFERS;
}

static int tell_rewritten(const struct comparison *found)
{
    printf(
        "leaf %" PRIu64 " in the database is not the one that was signed.\n"
        "The register was rewritten there, or it is another one, or a restored one that went on "
        "writing.\n"
        "Nothing can be repaired here: keep this database as it is for whoever looks into it, and "
        "restore the\nnewest backup in which leaf %" PRIu64 " is right; then grievd ledger doctor "
        "--repair puts back the rest.\n",
        found->same, found->same);
    return DIFFERS;
}

static int tell_unsigned(struct admin *admin, const struct comparison *found)
{
    uint64_t published = 0;

    if (was_rolled_back(admin, found->signed_size, &published))
        printf(
            "the signer is behind: it knows of %" PRIu64 " leaves, and a checkpoint of %" PRIu64
            " was published.\nIts state was put back to an earlier one. Make sure that no second "
            "signer runs with the newer state.\n",
            found->signed_size, published);
    else
        printf("the signer has signed %" PRIu64 " of the %" PRIu64 " leaves in the database.\n"
               "Either no daemon runs, or its state was put back to an earlier one: then make sure "
               "that no second\nsigner runs with the newer state.\n",
               found->signed_size, found->size);
    if (admin->options->repair)
        return feed(admin, found->signed_size);
    puts(
        "grievd ledger doctor --repair gives it the leaves from the database, which has them all.");
    return DIFFERS;
}

/* The signer cannot sign. */
static int tell_condition(struct admin *admin, const struct wire_answer *state)
{
    switch (state->condition) {
    case WIRE_CONDITION_NONE:
        puts(
            "the signer has no state. A new log begins with grievd ledger init; one that was "
            "signed "
            "before\ngoes on with grievd ledger adopt CHECKPOINT, the newest checkpoint or receipt "
            "anybody holds.");
        return DIFFERS;
    case WIRE_CONDITION_INCOMPLETE:
        printf("the signer lost leaves %" PRIu64 " to %" PRIu64 " in a crash.\n", state->held,
               state->size - 1);
        if (admin->options->repair)
            return feed(admin, state->held);
        puts("grievd ledger doctor --repair sends them again from the database.");
        return DIFFERS;
    default:
        puts("the signer's state is damaged: grievd ledger adopt CHECKPOINT, the newest checkpoint "
             "or "
             "receipt\nanybody holds.");
        return DIFFERS;
    }
}

/* What is committed may be on its way to the signer. */
static bool sizes_settled(struct admin *admin, struct wire_answer *ret_state,
                          struct comparison *ret_found)
{
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};

    for (int waited_ms = 0;; waited_ms += LOOK_MS) {
        if (!signer_state(admin, ret_state))
            return false;
        ret_found->signed_size = ret_state->size;
        if (!ledger_db_size(admin->db, &ret_found->size))
            return false;
        if (ret_state->condition != WIRE_CONDITION_READY || ret_found->size <= ret_state->size ||
            waited_ms >= PATIENCE_MS)
            return true;
        nanosleep(&pause, NULL);
    }
}

static int diagnose(struct admin *admin)
{
    struct comparison found = {0};
    struct wire_answer state;

    if (!sizes_settled(admin, &state, &found))
        return *ledger_db_error(admin->db) ? db_refused(admin) : EX_UNAVAILABLE;
    if (state.condition != WIRE_CONDITION_READY)
        return tell_condition(admin, &state);
    const int code = compare(admin, &found);
    if (code != EX_OK)
        return code;
    if (found.missing)
        return tell_lost(admin, &found);
    if (found.same < found.size && found.same < found.signed_size)
        return tell_rewritten(&found);
    if (found.size < found.signed_size)
        return tell_lost(admin, &found);
    if (found.signed_size < found.size)
        return tell_unsigned(admin, &found);
    return tell_equal(admin, &found);
}

/* Writes are refused for that alone, however well the two agree. It is no fault: the code stays. */
static int tell_frozen(struct admin *admin, int code)
{
    char since[LEDGER_DB_TIME_CHARS];

    if (!ledger_db_frozen(admin->db, since))
        return db_refused(admin);
    if (since[0])
        printf("the register is frozen since %s (Bangkok), by grievd ledger freeze: every daemon "
               "refuses writes.\n%s grievd ledger thaw has them taken again.\n",
               since, code == EX_OK ? "When the work is done," : "Once the above is settled,");
    return code;
}

static int verb_doctor(struct admin *admin)
{
    const int code = diagnose(admin);

    return code == EX_OK || code == DIFFERS ? tell_frozen(admin, code) : code;
}

/* --- adopt --- */

/* The checkpoint in a file, which may be a receipt; the note points into the text. */
static bool checkpoint_in(struct span text, struct span *ret_note, struct checkpoint *ret)
{
    struct receipt receipt;
    struct note note;

    *ret_note = receipt_parse(text, &receipt) ? receipt.checkpoint : text;
    return note_parse(*ret_note, &note) == NOTE_OK && checkpoint_parse(note.text, ret);
}

static int adopt(struct admin *admin, struct span note, const struct checkpoint *checkpoint)
{
    static uint8_t leaves[LEAVES_BYTES];
    struct wire_request request = {.type = WIRE_ADOPT, .note = note};
    struct wire_answer answer;
    size_t count;

    for (;;) {
        if (!call(admin, &request, &answer))
            return EX_UNAVAILABLE;
        if (answer.type == WIRE_SIGNED)
            break;
        if (answer.type == WIRE_FORK) {
            printf("the database's leaves do not give that checkpoint: from leaf %" PRIu64
                   " on they are not those\nthat were signed. Restore a database that has them.\n",
                   answer.size);
            return DIFFERS;
        }
        if (answer.type != WIRE_MORE)
            return refused(&answer);
        if (!ledger_db_read(admin->db, answer.size, leaves, &count))
            return db_refused(admin);
        if (count > checkpoint->size - answer.size)
            count = (size_t)(checkpoint->size - answer.size);
        if (count == 0) {
            printf("the database has %" PRIu64 " leaves and the checkpoint counts %" PRIu64
                   ": restore a database that\nhas them all.\n",
                   answer.size, checkpoint->size);
            return DIFFERS;
        }
        request = (struct wire_request){.type = WIRE_ADOPT_LEAVES,
                                        .first = answer.size,
                                        .leaves = span_of_bytes(leaves, count * LEAF_BYTES)};
    }
    printf("the signer goes on from:\n\n%.*s\nIf it ever signed more than that, whoever holds the "
           "newer checkpoint will find out.\n",
           (int)answer.note.len, answer.note.data);
    return EX_OK;
}

static int verb_adopt(struct admin *admin)
{
    const char *path = admin->options->operand;
    size_t len;
    char *text = settings_file(path, &len);
    struct span note;
    struct checkpoint checkpoint;

    if (!text) {
        fprintf(stderr, "grievd ledger: %s: %s\n", path, strerror(errno));
        return EX_NOINPUT;
    }
    int code = EX_DATAERR;
    if (checkpoint_in((struct span){text, len}, &note, &checkpoint))
        code = adopt(admin, note, &checkpoint);
    else
        fprintf(stderr, "grievd ledger: %s: is no signed checkpoint and no receipt\n", path);
    settings_file_free(text, len);
    return code;
}

/* --- export --- */

static bool export_leaves(void *arg, uint64_t first, size_t count, uint8_t *ret_leaves)
{
    const uint8_t *leaves;
    size_t held;

    if (!signer_read(arg, first, &leaves, &held))
        return false;
    if (held < count) {
        fputs("grievd ledger: the signer has less than was published: grievd ledger doctor\n",
              stderr);
        return false;
    }
    memcpy(ret_leaves, leaves, count * LEAF_BYTES);
    return true;
}

static int verb_export(struct admin *admin)
{
    static uint64_t sizes[PUBLICATIONS_MAX];
    const struct ledger_export_source source = {.leaves = export_leaves, .arg = admin};
    char note[CHECKPOINT_NOTE_MAX];
    uint64_t files = 0;
    size_t count, len;

    if (!ledger_db_published_sizes(admin->db, 0, sizes, PUBLICATIONS_MAX, &count) ||
        !ledger_db_published(admin->db, note, &len))
        return db_refused(admin);
    if (count == 0) {
        puts("nothing is published yet");
        return DIFFERS;
    }
    umask(022); /* the public reads it */
    if (!ledger_export(admin->options->operand, &source, sizes, count, (struct span){note, len},
                       &files))
        return EX_IOERR;
    printf("%s has the log of %" PRIu64 " leaves as published: %" PRIu64 " files written\n",
           admin->options->operand, sizes[count - 1], files);
    return EX_OK;
}

/* --- freeze, thaw --- */

static int set_frozen(struct admin *admin, bool frozen)
{
    bool changed;

    if (!ledger_db_freeze(admin->db, frozen, &changed))
        return db_refused(admin);
    printf("%s%s\n", changed ? "" : "as it was: ",
           frozen ? "every daemon refuses writes, until grievd ledger thaw" : "writes are taken");
    return EX_OK;
}

static int verb_freeze(struct admin *admin)
{
    return set_frozen(admin, true);
}

static int verb_thaw(struct admin *admin)
{
    return set_frozen(admin, false);
}

/* --- which verb --- */

static const struct verb {
    const char *name;
    const char *operand; /* what it is called; NULL: none */
    bool signer, db, repairs;
    int (*run)(struct admin *admin);
} verbs[] = {
    {"init", NULL, true, false, false, verb_init},
    {"doctor", NULL, true, true, true, verb_doctor},
    {"adopt", "CHECKPOINT", true, true, false, verb_adopt},
    {"export", "DIR", true, true, false, verb_export},
    {"freeze", NULL, false, true, false, verb_freeze},
    {"thaw", NULL, false, true, false, verb_thaw},
};

static const struct verb *find(const char *name)
{
    for (size_t i = 0; name && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

const char *ledger_admin_fault(const struct ledger_admin_options *options)
{
    const struct verb *verb = find(options->verb);

    if (!verb)
        return "init, doctor, adopt, export, freeze or thaw is to follow";
    if ((verb->operand != NULL) != (options->operand != NULL))
        return verb->operand ? "a file or folder is to follow" : "no operand is to follow";
    return options->repair && !verb->repairs ? "only doctor repairs" : NULL;
}

static bool connect_both(struct admin *admin, const struct verb *verb)
{
    char error[256];

    if (verb->signer) {
        admin->signer = signer_client_new(admin->settings->signer, error, sizeof error);
        if (!admin->signer) {
            fprintf(stderr, "grievd ledger: the signer at %s\n", error);
            return false;
        }
    }
    if (verb->db) {
        admin->db = ledger_db_open(admin->settings->migrate_conninfo, error, sizeof error);
        if (!admin->db) {
            fprintf(stderr, "grievd ledger: the database: %s\n", error);
            return false;
        }
    }
    return true;
}

int ledger_admin_run(const struct settings *settings, const struct ledger_admin_options *options)
{
    const struct verb *verb = find(options->verb);
    struct admin admin = {.settings = settings, .options = options};

    if (verb->signer && settings->signer[0] == '\0') {
        fputs("grievd ledger: [ledger] signer is not set\n", stderr);
        return EX_CONFIG;
    }
    if (verb->db && settings->migrate_conninfo[0] == '\0') {
        fputs("grievd ledger: set [database] migrate_conninfo, a member of grievd_owner\n", stderr);
        return EX_CONFIG;
    }
    const int code = connect_both(&admin, verb) ? verb->run(&admin) : EX_UNAVAILABLE;
    signer_client_free(admin.signer);
    ledger_db_close(admin.db);
    return code;
}
