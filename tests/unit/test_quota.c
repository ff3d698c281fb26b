/* What a quota promises: nobody has more than his share, and nobody pays for another. */
#include <criterion/criterion.h>

#include "quota.h"

enum { SEED = 42 };

Test(occupancy, refuses_the_one_too_many_and_takes_again_after_one_is_given_back)
{
    struct occupancy *occupancy = occupancy_new(SEED);

    for (int i = 0; i < 3; i++)
        cr_assert(occupancy_take(occupancy, 7, 3));
    cr_expect_not(occupancy_take(occupancy, 7, 3));
    cr_expect(occupancy_take(occupancy, 8, 3), "another peer is not concerned");
    occupancy_give(occupancy, 7);
    cr_expect(occupancy_take(occupancy, 7, 3));
    occupancy_free(occupancy);
}

Test(occupancy, a_lower_maximum_holds_for_those_who_have_more)
{
    struct occupancy *occupancy = occupancy_new(SEED);

    cr_assert(occupancy_take(occupancy, 7, 2));
    cr_assert(occupancy_take(occupancy, 7, 2));
    cr_expect_not(occupancy_take(occupancy, 7, 1));
    occupancy_give(occupancy, 7);
    cr_expect_not(occupancy_take(occupancy, 7, 1));
    occupancy_free(occupancy);
}

/* Peers that come and go in another order than they came leave no trace, and no other's count. */
Test(occupancy, keeps_every_count_while_thousands_come_and_go)
{
    enum { PEERS = 5000 };
    struct occupancy *occupancy = occupancy_new(SEED);

    for (uint64_t peer = 0; peer < PEERS; peer++) {
        for (uint64_t i = 0; i <= peer % 3; i++)
            cr_assert(occupancy_take(occupancy, peer << 32, 3));
    }
    cr_expect_eq(occupancy_peers(occupancy), PEERS);
    for (uint64_t k = 0; k < PEERS; k += 2) {
        const uint64_t peer = k * 7 % PEERS;
        if (peer % 2 == 0) {
            for (uint64_t i = 0; i <= peer % 3; i++)
                occupancy_give(occupancy, peer << 32);
        }
    }
    for (uint64_t peer = 1; peer < PEERS; peer += 2) {
        const uint64_t room = 2 - peer % 3;
        for (uint64_t i = 0; i < room; i++)
            cr_assert(occupancy_take(occupancy, peer << 32, 3), "peer %lu", (unsigned long)peer);
        cr_assert_not(occupancy_take(occupancy, peer << 32, 3), "peer %lu", (unsigned long)peer);
        for (int i = 0; i < 3; i++)
            occupancy_give(occupancy, peer << 32);
    }
    cr_expect_eq(occupancy_peers(occupancy), 0);
    occupancy_free(occupancy);
}

Test(rate, lets_a_burst_through_and_then_one_at_a_time)
{
    static const struct {
        const char *promise;
        int64_t now_ms;
        int asked, granted;
    } rows[] = {
        {"the burst at once, and not one more", 1000, 12, 10},
        {"too soon for another", 1050, 1, 0},
        {"after a tenth of a second one more", 1100, 2, 1},
        {"after half a second five more", 1600, 9, 5},
        {"what is not asked for is saved up to the burst, however long", 999000, 12, 10},
    };
    struct rate *rate = rate_new(SEED);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int granted = 0;
        for (int k = 0; k < rows[i].asked; k++)
            granted += rate_take(rate, 7, rows[i].now_ms, 10, 10);
        cr_expect_eq(granted, rows[i].granted, "%s: got %d", rows[i].promise, granted);
    }
    rate_free(rate);
}

Test(rate, one_peer_does_not_spend_what_is_anothers)
{
    struct rate *rate = rate_new(SEED);

    cr_assert(rate_take(rate, 7, 1000, 1, 1));
    cr_assert_not(rate_take(rate, 7, 1000, 1, 1));
    cr_expect(rate_take(rate, 8, 1000, 1, 1));
    rate_free(rate);
}

Test(rate, forgets_peers_whose_time_has_passed)
{
    struct rate *rate = rate_new(SEED);

    for (uint64_t peer = 0; peer < 100000; peer++)
        cr_assert(rate_take(rate, peer, (int64_t)peer * 10, 10, 2));
    cr_expect_lt(rate_peers(rate), 1000);
    rate_free(rate);
}

Test(rate, remembers_every_peer_that_is_ahead_of_its_time)
{
    struct rate *rate = rate_new(SEED);

    for (uint64_t peer = 0; peer < 10000; peer++)
        cr_assert(rate_take(rate, peer, 1000, 1, 1));
    for (uint64_t peer = 0; peer < 10000; peer++)
        cr_assert_not(rate_take(rate, peer, 1500, 1, 1));
    rate_free(rate);
}

Test(rate, stays_bounded_under_a_flood_of_peers)
{
    struct rate *rate = rate_new(SEED);

    for (uint64_t peer = 0; peer < 1000000; peer++)
        rate_take(rate, peer, 1000, 1, 1);
    cr_expect_leq(rate_peers(rate), 128 * 1024);
    rate_free(rate);
}
