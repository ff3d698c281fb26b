/* What the metrics promise: counts from any thread, and a text that Prometheus reads. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"

enum { ADDS = 1000000, THREADS = 4 };

static char *print(void)
{
    const size_t len = metrics_print(NULL, 0);
    char *text = malloc(len + 1);

    cr_assert(text);
    cr_assert_eq(metrics_print(text, len + 1), len, "the length is the same with room and without");
    cr_assert_eq(strlen(text), len);
    return text;
}

static void *add_many(void *arg)
{
    pthread_barrier_wait(arg);
    for (int i = 0; i < ADDS; i++)
        metric_add(METRIC_REQUESTS, 1);
    return NULL;
}

Test(metrics, no_count_is_lost_between_threads)
{
    pthread_t threads[THREADS];
    pthread_barrier_t start;

    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, add_many, &start);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
    cr_expect_eq(metric_get(METRIC_REQUESTS), THREADS * ADDS);
}

Test(metrics, a_gauge_can_be_set_and_go_down)
{
    metric_set(METRIC_CONNECTIONS, 5);
    metric_add(METRIC_CONNECTIONS, -2);
    cr_expect_eq(metric_get(METRIC_CONNECTIONS), 3);
}

Test(metrics, prints_help_type_and_value_of_each)
{
    metric_add(METRIC_SUBMISSIONS, 42);
    metric_set(METRIC_STORE_UP, 1);
    char *text = print();

    cr_expect(strstr(text, "# HELP grievd_submissions_total Complaints newly accepted\n"
                           "# TYPE grievd_submissions_total counter\n"
                           "grievd_submissions_total 42\n"));
    cr_expect(strstr(text, "# TYPE grievd_store_up gauge\ngrievd_store_up 1\n"));
    free(text);
}

Test(metrics, every_metric_is_printed_once_under_a_name_of_its_own)
{
    char *text = print();
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, "# TYPE ")); at++) {
        char line[128] = {0};
        memcpy(line, at, strcspn(at + 7, " ") + 8); /* "# TYPE name " */
        cr_expect_eq(strncmp(line, "# TYPE grievd_", 14), 0, "%s", line);
        cr_expect_null(strstr(at + 1, line), "%s is there twice", line);
        count++;
    }
    cr_expect_eq(count, METRIC_COUNT);
    free(text);
}

Test(metrics, a_short_buffer_is_not_overrun)
{
    char buffer[64 + 1] = {0};

    buffer[64] = '!';
    cr_expect_gt(metrics_print(buffer, 64), 64);
    cr_expect_eq(buffer[63], '\0');
    cr_expect_eq(buffer[64], '!');
}
