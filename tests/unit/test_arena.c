/* What an arena promises: a cap, alignment, and that nothing moves. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/arena.h"

enum { CAP = 64 * 1024 };

Test(arena_alloc, gives_room_that_is_aligned_and_not_shared)
{
    static const size_t sizes[] = {1, 7, 16, 17, 100, 4096, 5000, 3, 20000, 1, 4000, 200};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    struct arena *arena = arena_new(CAP);
    unsigned char *rooms[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        rooms[i] = arena_alloc(arena, sizes[i]);
        cr_assert(rooms[i]);
        cr_expect_eq((uintptr_t)rooms[i] % _Alignof(max_align_t), 0, "room %zu", i);
        memset(rooms[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t at = 0; at < sizes[i]; at++)
            cr_assert_eq(rooms[i][at], i, "room %zu was written over at %zu", i, at);
    }
    arena_free(arena);
}

Test(arena_alloc, stays_within_the_cap)
{
    struct arena *arena = arena_new(CAP);
    size_t count = 0;

    cr_expect_null(arena_alloc(arena, CAP + 1));
    cr_expect_null(arena_alloc(arena, SIZE_MAX), "no sum overflows");
    while (arena_alloc(arena, 1000))
        count++;
    cr_expect_eq(count, CAP / 1008, "1000 bytes take 1008 with their padding");
    cr_expect_eq(arena_used(arena), count * 1008, "a refusal takes nothing");
    cr_expect(arena_alloc(arena, CAP - arena_used(arena)), "what is left can still be had");
    cr_expect_eq(arena_used(arena), CAP);
    cr_expect_null(arena_alloc(arena, 1));
    arena_free(arena);
}

Test(arena_alloc, gives_all_of_the_cap_at_once)
{
    struct arena *arena = arena_new(CAP);

    cr_expect(arena_alloc(arena, CAP));
    cr_expect_null(arena_alloc(arena, 1));
    arena_free(arena);
}

Test(arena_alloc, keeps_using_a_block_after_a_large_room)
{
    struct arena *arena = arena_new(CAP);
    const char *before = arena_alloc(arena, 16);

    cr_assert(arena_alloc(arena, 10000));
    const char *after = arena_alloc(arena, 16);
    cr_expect(after == before + 16);
    arena_free(arena);
}

Test(arena_new, aborts_on_a_cap_that_sums_could_overflow, .signal = SIGABRT)
{
    arena_free(arena_new(SIZE_MAX));
}

Test(arena_copy, copies_with_a_nul_behind)
{
    struct arena *arena = arena_new(CAP);
    char original[] = "a\0b";
    const struct span copy = arena_copy(arena, (struct span){original, 3});

    memset(original, 'x', 3);
    cr_assert_eq(copy.len, 3);
    cr_expect_arr_eq(copy.data, "a\0b", 4);
    const struct span nothing = arena_copy(arena, (struct span){0});
    cr_assert(nothing.data, "a copy of nothing is a text of no length");
    cr_expect_str_eq(nothing.data, "");
    arena_free(arena);
}

Test(arena_copy, counts_the_nul_against_the_cap)
{
    struct arena *arena = arena_new(16);
    const char bytes[16] = "0123456789abcdef";

    cr_expect_null(arena_copy(arena, (struct span){bytes, 16}).data);
    cr_expect(arena_copy(arena, (struct span){bytes, 15}).data);
    arena_free(arena);
}

Test(arena_printf, prints_what_fits)
{
    struct arena *arena = arena_new(32);
    const struct span text = arena_printf(arena, "%s/%d", "TH-50", 2570);

    cr_expect(span_eq(text, SPAN("TH-50/2570")));
    cr_expect_eq(text.data[text.len], '\0');
    cr_expect_null(arena_printf(arena, "%64d", 1).data);
    cr_expect_eq(arena_used(arena), 16, "a refusal takes nothing");
    cr_expect_eq(arena_printf(arena, "%s", "").len, 0);
    arena_free(arena);
}

Test(arena_free, takes_null_and_an_empty_arena)
{
    arena_free(NULL);
    arena_free(arena_new(CAP));
}
