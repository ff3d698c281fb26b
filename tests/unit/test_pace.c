/* What a pace promises: who goes on, quickly enough and not for ever, is not cut. */
#include <criterion/criterion.h>

#include "core/pace.h"

enum { STALL_MS = 60 * 1000, MIB = 1024 * 1024 };

Test(pace_deadline, is_a_stall_away_at_the_beginning)
{
    const struct pace pace = pace_begin(1000);

    cr_expect_eq(pace_deadline(&pace, STALL_MS), 1000 + STALL_MS);
}

Test(pace_deadline, moves_with_what_has_arrived)
{
    struct pace pace = pace_begin(0);

    pace_moved(&pace, 320 * 1024, 30 * 1000); /* 20 s worth of the least pace */
    cr_expect_eq(pace_deadline(&pace, STALL_MS), STALL_MS + 20 * 1000);
}

Test(pace_deadline, gives_no_more_than_a_stall_to_who_was_quick)
{
    struct pace pace = pace_begin(0);

    pace_moved(&pace, 10 * MIB, 1000);
    cr_expect_eq(pace_deadline(&pace, STALL_MS), 1000 + STALL_MS);
}

Test(pace_deadline, ends_who_trickles)
{
    struct pace pace = pace_begin(0);
    int64_t now_ms = 0;

    while (now_ms < pace_deadline(&pace, STALL_MS)) /* 8 KiB/s: half of what is asked for */
        pace_moved(&pace, 8 * 1024, now_ms += 1000);
    cr_expect_eq(now_ms, 2 * STALL_MS);
}

Test(pace_deadline, lets_a_whole_file_through_at_the_least_pace)
{
    struct pace pace = pace_begin(0);
    int64_t now_ms = 0;

    for (int64_t second = 0; second < 25 * MIB / PACE_BYTES_PER_S; second++) {
        cr_assert_lt(now_ms, pace_deadline(&pace, STALL_MS));
        pace_moved(&pace, PACE_BYTES_PER_S, now_ms += 1000);
    }
}

Test(pace_deadline, is_never_later_than_the_end)
{
    struct pace pace = pace_begin(0);

    pace_moved(&pace, 1024 * MIB, PACE_MS - 10);
    cr_expect_eq(pace_deadline(&pace, STALL_MS), PACE_MS);
}

Test(pace_waited, is_not_counted_against_him)
{
    struct pace pace = pace_begin(0);

    pace_waited(&pace, 1000, 9000);
    cr_expect_eq(pace_deadline(&pace, STALL_MS), STALL_MS + 8000);
    pace_waited(&pace, 9000, 2 * (int64_t)PACE_MS);
    cr_expect_eq(pace_deadline(&pace, STALL_MS), PACE_MS, "but for the end");
}
