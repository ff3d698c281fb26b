/* What a daemon knows of the log over its own restart, and what it does not believe. */
#include "ledger_newest.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORIGIN "register.example/log"

static char path[] = "/tmp/newest.XXXXXX";

static struct note_signer *signer_of(uint8_t first)
{
    const uint8_t seed[NOTE_KEY_BYTES] = {first};

    return note_signer_new(SPAN(ORIGIN), seed);
}

static struct verify_log log_of(const struct note_signer *signer)
{
    return (struct verify_log){SPAN(ORIGIN), note_signer_verifier(signer)};
}

/* Set the newest to a tree of that size, signed by the signer. */
static void set(struct ledger_newest *newest, uint64_t size, const struct note_signer *signer)
{
    const struct ledger_sight sight = {size, {{(uint8_t)size}}};
    char note[CHECKPOINT_NOTE_MAX];

    ledger_newest_set(newest, &sight,
                      (struct span){note, checkpoint_sign(signer, size, &sight.root, note)});
}

static void begin(void)
{
    const int fd = mkstemp(path);

    cr_assert(fd >= 0);
    close(fd);
    unlink(path);
}

static void end(void)
{
    unlink(path);
}

TestSuite(ledger_newest, .init = begin, .fini = end);

Test(ledger_newest, is_known_over_a_restart)
{
    struct note_signer *signer = signer_of(1);
    const struct verify_log log = log_of(signer);
    struct ledger_newest newest, later;
    struct stat about;

    cr_assert(ledger_newest_init(&newest, path, &log));
    cr_expect_eq(newest.sight.size, 0, "nothing is known yet");
    set(&newest, 7, signer);
    ledger_newest_keep(&newest);
    cr_assert(ledger_newest_init(&later, path, &log));
    cr_expect(ledger_sight_eq(&later.sight, &newest.sight));
    cr_expect_eq(later.note_len, newest.note_len);
    cr_assert_eq(stat(path, &about), 0);
    cr_expect_eq(about.st_mode & 0777, 0600);
    set(&later, 9, signer);
    ledger_newest_keep(&later);
    ledger_newest_clear(&newest);
    cr_assert(ledger_newest_init(&newest, path, &log));
    cr_expect_eq(newest.sight.size, 9, "a later one takes its place");
    ledger_newest_clear(&newest);
    ledger_newest_clear(&later);
    note_signer_free(signer);
}

Test(ledger_newest, is_neither_kept_nor_believed_unless_the_log_s_key_signed_it)
{
    struct note_signer *signer = signer_of(1), *other = signer_of(2);
    const struct verify_log log = log_of(signer), log_of_other = log_of(other);
    struct ledger_newest newest, of_other;

    cr_assert(ledger_newest_init(&newest, path, &log));
    set(&newest, 7, other);
    ledger_newest_keep(&newest);
    cr_expect_neq(access(path, F_OK), 0, "not kept");
    cr_assert(ledger_newest_init(&of_other, path, &log_of_other));
    set(&of_other, 7, other);
    ledger_newest_keep(&of_other);
    cr_expect_eq(access(path, F_OK), 0);
    ledger_newest_clear(&newest);
    cr_assert(ledger_newest_init(&newest, path, &log));
    cr_expect_eq(newest.sight.size, 0, "not believed");
    ledger_newest_clear(&newest);
    ledger_newest_clear(&of_other);
    note_signer_free(signer);
    note_signer_free(other);
}

Test(ledger_newest, needs_no_file)
{
    struct note_signer *signer = signer_of(1);
    const struct verify_log log = log_of(signer);
    struct ledger_newest newest;

    cr_assert(ledger_newest_init(&newest, "", &log));
    set(&newest, 7, signer);
    ledger_newest_keep(&newest);
    cr_expect_eq(newest.kept.size, 0);
    ledger_newest_clear(&newest);
    note_signer_free(signer);
}

Test(ledger_newest, goes_on_when_its_file_cannot_be_written)
{
    struct note_signer *signer = signer_of(1);
    const struct verify_log log = log_of(signer);
    struct ledger_newest newest;

    cr_assert(ledger_newest_init(&newest, "/nonexistent/newest", &log));
    set(&newest, 7, signer);
    ledger_newest_keep(&newest);
    cr_expect_eq(newest.sight.size, 7);
    cr_expect_eq(newest.kept.size, 0);
    ledger_newest_clear(&newest);
    note_signer_free(signer);
}
