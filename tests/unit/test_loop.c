/* What a loop promises those who post to it from another thread. */
#include <criterion/criterion.h>
#include <semaphore.h>
#include <string.h>

#include "loop.h"

/* What the tasks of one test write down. */
struct record {
    char text[32];
    sem_t begun, go_on;
};

static void write_a(void *arg)
{
    strcat(((struct record *)arg)->text, "a");
}

static void write_b(void *arg)
{
    strcat(((struct record *)arg)->text, "b");
}

/* A task that lets others be posted while it runs. */
static void wait_and_write_a(void *arg)
{
    struct record *record = arg;

    sem_post(&record->begun);
    sem_wait(&record->go_on);
    write_a(record);
}

static void record_init(struct record *record)
{
    record->text[0] = '\0';
    sem_init(&record->begun, 0, 0);
    sem_init(&record->go_on, 0, 0);
}

Test(loop, runs_tasks_in_the_order_posted)
{
    struct record record;
    struct loop *loop = loop_new();

    record_init(&record);
    cr_assert(loop_start(loop, "test"));
    for (int i = 0; i < 4; i++) {
        loop_post(loop, write_a, &record);
        loop_post(loop, write_b, &record);
    }
    loop_stop(loop);
    loop_join(loop);
    cr_expect_str_eq(record.text, "abababab");
    loop_free(loop);
}

Test(loop, what_was_posted_before_the_stop_runs_before_the_end)
{
    struct record record;
    struct loop *loop = loop_new();

    record_init(&record);
    cr_assert(loop_start(loop, "test"));
    loop_post(loop, wait_and_write_a, &record);
    sem_wait(&record.begun);
    loop_post(loop, write_b, &record);
    loop_stop(loop);
    sem_post(&record.go_on);
    loop_join(loop);
    cr_expect_str_eq(record.text, "ab");
    loop_free(loop);
}

Test(loop, what_was_posted_after_its_end_runs_when_it_is_freed)
{
    struct record record;
    struct loop *loop = loop_new();

    record_init(&record);
    cr_assert(loop_start(loop, "test"));
    loop_stop(loop);
    loop_join(loop);
    loop_post(loop, write_a, &record);
    loop_free(loop);
    cr_expect_str_eq(record.text, "a");
}
