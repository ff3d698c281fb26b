/* What is kept of answers, and for how long. */
#include "kept.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(kept, gives_an_answer_again_for_a_minute)
{
    struct span answer;

    cr_expect_not(kept_find("a", 5, &answer));
    kept_put("a", SPAN("one"), 5);
    cr_assert(kept_find("a", 5 + LIMIT_KEPT_MS - 1, &answer));
    cr_expect(span_eq(answer, SPAN("one")));
    cr_expect_not(kept_find("b", 6, &answer), "under its own key");
    cr_expect_not(kept_find("a", 5 + LIMIT_KEPT_MS, &answer), "and no longer");
    kept_put("a", SPAN("two"), 5 + LIMIT_KEPT_MS);
    cr_assert(kept_find("a", 6 + LIMIT_KEPT_MS, &answer));
    cr_expect(span_eq(answer, SPAN("two")), "a new one takes its place");
}

Test(kept, makes_room_by_the_oldest_and_keeps_nothing_too_long)
{
    static char large[LIMIT_KEPT_BYTES + 1];
    char key[KEPT_KEY_CHARS + 2];
    struct span answer;

    for (int i = 0; i <= LIMIT_KEPT_ANSWERS; i++) {
        snprintf(key, sizeof key, "%d", i);
        kept_put(key, SPAN("x"), i + 1);
    }
    cr_expect_not(kept_find("0", 2, &answer));
    cr_expect(kept_find("1", 2, &answer) && kept_find(key, 2, &answer));
    kept_put("large", (struct span){large, sizeof large}, 100);
    cr_expect_not(kept_find("large", 100, &answer));
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    kept_put(key, SPAN("x"), 100);
    cr_expect_not(kept_find(key, 100, &answer));
}
