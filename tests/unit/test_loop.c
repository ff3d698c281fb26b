/* What a loop promises those who post to it from another thread. */
#include <criterion/criterion.h>
#include <event2/event.h>
#include <semaphore.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

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

enum { ORDINARY = 20 };

/* Ordinary events that are all active at once; during the first something urgent comes in. */
struct traffic {
    struct loop *loop;
    struct event *ordinary[ORDINARY], *urgent;
    int urgent_fd;
    int handled;        /* ordinary ones */
    int handled_before; /* the urgent one */
};

static void ordinary_due(evutil_socket_t fd, short what, void *arg)
{
    struct traffic *traffic = arg;

    (void)fd;
    (void)what;
    if (traffic->handled++ == 0)
        eventfd_write(traffic->urgent_fd, 1);
    if (traffic->handled == ORDINARY)
        loop_stop(traffic->loop);
    loop_look(traffic->loop);
}

static void urgent_due(evutil_socket_t fd, short what, void *arg)
{
    struct traffic *traffic = arg;

    eventfd_t count;

    (void)what;
    eventfd_read(fd, &count);
    traffic->handled_before = traffic->handled;
}

static void note_what(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    *(short *)arg = what;
}

/* Look often enough that it really looks; what the watched event's callback was told, or 0. */
static short looked(struct loop *loop, short *what)
{
    *what = 0;
    for (int i = 0; i < ORDINARY; i++)
        loop_look(loop);
    return *what;
}

Test(loop, a_watched_descriptor_is_looked_at_for_what_is_waited_for_and_no_longer)
{
    struct loop *loop = loop_new();
    const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); /* can be written, not read */
    short what;
    struct event *event = event_new(loop_base(loop), fd, EV_READ, note_what, &what);

    loop_watch(loop, event, EV_READ);
    cr_expect_eq(looked(loop, &what), 0);
    loop_watch(loop, event, EV_READ | EV_WRITE);
    cr_expect_eq(looked(loop, &what), EV_WRITE);
    eventfd_write(fd, 1);
    cr_expect_eq(looked(loop, &what), EV_READ | EV_WRITE);
    loop_watch(loop, event, EV_READ);
    cr_expect_eq(looked(loop, &what), EV_READ);
    loop_unwatch(loop, event);
    cr_expect_eq(looked(loop, &what), 0);
    event_free(event);
    close(fd);
    loop_free(loop);
}

Test(loop, an_urgent_event_does_not_wait_for_all_others)
{
    struct traffic traffic = {.loop = loop_new()};
    struct event_base *base = loop_base(traffic.loop);

    traffic.urgent_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    traffic.urgent = event_new(base, traffic.urgent_fd, EV_READ, urgent_due, &traffic);
    cr_assert_eq(event_priority_set(traffic.urgent, LOOP_PRIORITY_URGENT), 0);
    cr_assert_eq(event_add(traffic.urgent, NULL), 0);
    loop_watch(traffic.loop, traffic.urgent, EV_READ);
    for (int i = 0; i < ORDINARY; i++) {
        traffic.ordinary[i] = event_new(base, -1, 0, ordinary_due, &traffic);
        event_active(traffic.ordinary[i], EV_TIMEOUT, 0);
    }
    loop_run(traffic.loop);
    cr_expect_geq(traffic.handled_before, 1);
    cr_expect_lt(traffic.handled_before, ORDINARY / 2, "it waited for %d", traffic.handled_before);
    for (int i = 0; i < ORDINARY; i++)
        event_free(traffic.ordinary[i]);
    event_free(traffic.urgent);
    close(traffic.urgent_fd);
    loop_free(traffic.loop);
}
