#include "loop.h"

#include <assert.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

enum {
    TICK_MS = 1000,
    CALLS_BETWEEN_LOOKS = 4,
    LOOP_PRIORITIES = 3,
    PRIORITY_IDLE = LOOP_PRIORITIES - 1, /* once all events of a turn have been handled */
};

struct task {
    struct task *next;
    void (*fn)(void *arg);
    void *arg;
};

struct loop {
    struct event_base *base;
    struct event *wake, *tick, *idle;
    int wake_fd;
    int urgent_fd;  /* an epoll of what is watched */
    unsigned calls; /* of loop_look() since it looked */
    pthread_t thread;
    _Atomic int64_t last_tick_ms;
    atomic_bool stopped;

    pthread_mutex_t mutex; /* guards what follows */
    struct task *first, **last;
};

int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct loop *loop = arg;

    (void)fd;
    (void)what;
    atomic_store(&loop->last_tick_ms, monotonic_ms());
    log_flush(); /* it may never be idle */
}

static void on_idle(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    log_flush();
}

static void on_gathered(void *arg)
{
    event_active(((struct loop *)arg)->idle, EV_TIMEOUT, 0);
}

static struct task *take_tasks(struct loop *loop)
{
    pthread_mutex_lock(&loop->mutex);
    struct task *first = loop->first;
    loop->first = NULL;
    loop->last = &loop->first;
    pthread_mutex_unlock(&loop->mutex);
    return first;
}

static void run_tasks(struct loop *loop)
{
    for (struct task *task = take_tasks(loop); task;) {
        struct task *next = task->next;
        task->fn(task->arg);
        free(task);
        task = next;
    }
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    struct loop *loop = arg;
    eventfd_t count;

    (void)what;
    eventfd_read(fd, &count); /* before the tasks are taken, so that none is missed */
    const bool stopped = atomic_load(&loop->stopped); /* likewise: what was posted before runs */
    run_tasks(loop);
    if (stopped)
        event_base_loopbreak(loop->base);
}

/* libevent's locks are not needed: nothing but the eventfd is touched by another thread. */
static struct event_base *base_new(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (config && event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
        base = event_base_new_with_config(config);
    if (config)
        event_config_free(config);
    if (base && event_base_priority_init(base, LOOP_PRIORITIES) != 0) {
        event_base_free(base);
        return NULL;
    }
    return base;
}

struct loop *loop_new(void)
{
    const struct timeval tick = {.tv_sec = TICK_MS / 1000};
    struct loop *loop = calloc(1, sizeof *loop);

    if (!loop)
        return NULL;
    pthread_mutex_init(&loop->mutex, NULL);
    loop->last = &loop->first;
    loop->last_tick_ms = monotonic_ms();
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->urgent_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->base = base_new();
    if (loop->wake_fd < 0 || loop->urgent_fd < 0 || !loop->base)
        goto fail;
    loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
    loop->tick = event_new(loop->base, -1, EV_PERSIST, on_tick, loop);
    loop->idle = event_new(loop->base, -1, 0, on_idle, loop);
    if (!loop->wake || !loop->tick || !loop->idle ||
        event_priority_set(loop->idle, PRIORITY_IDLE) != 0 || event_add(loop->wake, NULL) ||
        event_add(loop->tick, &tick))
        goto fail;
    return loop;

fail:
    loop_free(loop);
    return NULL;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    while (loop->first)
        run_tasks(loop); /* tasks may post tasks */
    if (loop->wake)
        event_free(loop->wake);
    if (loop->tick)
        event_free(loop->tick);
    if (loop->idle)
        event_free(loop->idle);
    if (loop->base)
        event_base_free(loop->base);
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    if (loop->urgent_fd >= 0)
        close(loop->urgent_fd);
    pthread_mutex_destroy(&loop->mutex);
    free(loop);
}

struct event_base *loop_base(struct loop *loop)
{
    return loop->base;
}

void loop_after(struct event *event, uint64_t ms)
{
    const struct timeval pause = {.tv_sec = (time_t)(ms / 1000),
                                  .tv_usec = (suseconds_t)(ms % 1000 * 1000)};

    event_add(event, &pause);
}

void loop_watch(struct loop *loop, struct event *event, short what)
{
    const int fd = event_get_fd(event);
    struct epoll_event watched = {.events = EPOLLIN | (what & EV_WRITE ? (uint32_t)EPOLLOUT : 0),
                                  .data.ptr = event};

    if (epoll_ctl(loop->urgent_fd, EPOLL_CTL_ADD, fd, &watched) != 0)
        epoll_ctl(loop->urgent_fd, EPOLL_CTL_MOD, fd, &watched);
}

void loop_unwatch(struct loop *loop, const struct event *event)
{
    epoll_ctl(loop->urgent_fd, EPOLL_CTL_DEL, event_get_fd(event), NULL);
}

void loop_look(struct loop *loop)
{
    struct epoll_event urgent;

    if (++loop->calls < CALLS_BETWEEN_LOOKS)
        return;
    loop->calls = 0;
    if (epoll_wait(loop->urgent_fd, &urgent, 1, 0) <= 0)
        return;
    const struct event *event = urgent.data.ptr;
    const short what = (short)((urgent.events & ~(uint32_t)EPOLLOUT ? EV_READ : 0) |
                               (urgent.events & EPOLLOUT ? EV_WRITE : 0));

    event_get_callback(event)(event_get_fd(event), what, event_get_callback_arg(event));
}

void loop_run(struct loop *loop)
{
    log_gather(on_gathered, loop);
    event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
    log_gather_end();
}

static void *thread_main(void *arg)
{
    loop_run(arg);
    return NULL;
}

bool loop_start(struct loop *loop, const char *thread_name)
{
    sigset_t all, before;

    /* Signals are the main thread's: a thread inherits the mask it is born under. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&loop->thread, NULL, thread_main, loop);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return false;
    pthread_setname_np(loop->thread, thread_name);
    return true;
}

void loop_join(struct loop *loop)
{
    pthread_join(loop->thread, NULL);
}

static void wake(struct loop *loop)
{
    eventfd_write(loop->wake_fd, 1); /* fails only when it is full, and then it wakes anyway */
}

void loop_stop(struct loop *loop)
{
    atomic_store(&loop->stopped, true);
    wake(loop);
}

void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg)
{
    struct task *task = malloc(sizeof *task);

    if (!task)
        abort();
    *task = (struct task){.fn = fn, .arg = arg};

    pthread_mutex_lock(&loop->mutex);
    const bool was_empty = !loop->first;
    *loop->last = task;
    loop->last = &task->next;
    pthread_mutex_unlock(&loop->mutex);
    if (was_empty)
        wake(loop);
}

int64_t loop_last_tick_ms(const struct loop *loop)
{
    return atomic_load(&loop->last_tick_ms);
}
