#include "refusal.h"

#include <assert.h>

#include "text.h"

#define R(english, thai) {english, thai},
static const struct {
    const char *english, *thai;
} rows[] = {
#include "refusal.def"
};
#undef R

#define R(english, thai)
#define N(name, english, thai) english,
static const char *const named[] = {
#include "refusal.def"
};
#undef R

const char *refusal_text(enum refusal refusal)
{
    assert(refusal < REFUSAL_END);
    return named[refusal];
}

/* Where the literal stands in the text: at its end for the last one of a pattern. */
static bool find_literal(struct span text, struct span literal, bool last, size_t *ret_at)
{
    for (size_t at = 1; at + literal.len <= text.len; at++) {
        const bool here = !last || at + literal.len == text.len;

        if (here && span_eq((struct span){text.data + at, literal.len}, literal)) {
            *ret_at = at;
            return true;
        }
    }
    return false;
}

/* True if the text is the pattern with something in each of its holes. */
static bool fits(const char *pattern, struct span text, struct span holes[static REFUSAL_HOLES_MAX])
{
    size_t count = 0;

    for (size_t len = strcspn(pattern, "%");; len = strcspn(pattern, "%")) {
        const struct span literal = {pattern, len};
        const bool last = pattern[len] == '\0';
        size_t at = 0;

        if (count > 0 && !find_literal(text, literal, last, &at))
            return false;
        if (count > 0)
            holes[count - 1] = (struct span){text.data, at};
        if (at + len > text.len || !span_eq((struct span){text.data + at, len}, literal))
            return false;
        text = span_skip(text, at + len);
        if (last)
            return text.len == 0;
        pattern += len + 1;
        if (count++ == REFUSAL_HOLES_MAX)
            return false;
    }
}

/* As much of it as there is room for, not ending within a character. */
static void put_cut(struct text *text, struct span more)
{
    const size_t room = text->size - 1 - text->len;

    if (more.len > room) {
        more.len = room;
        while (more.len > 0 && ((unsigned char)more.data[more.len] & 0xC0) == 0x80)
            more.len--;
    }
    text_put(text, more);
}

/* A hole may hold a clause of its own, which is shorter; what is none stays as it is. */
static void put_hole(struct text *text, struct span hole)
{
    char thai[REFUSAL_BYTES_MAX / 4];

    put_cut(text, refusal_thai(hole, thai, sizeof thai) ? span_of(thai) : hole);
}

static void fill(struct text *text, const char *thai,
                 const struct span holes[static REFUSAL_HOLES_MAX])
{
    while (*thai) {
        const size_t len = strcspn(thai, "%");

        put_cut(text, (struct span){thai, len});
        thai += len;
        if (*thai) {
            put_hole(text, holes[thai[1] - '1']);
            thai += 2;
        }
    }
}

bool refusal_thai(struct span english, char *buffer, size_t buffer_size)
{
    struct text text = {.data = buffer, .size = buffer_size};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span holes[REFUSAL_HOLES_MAX] = {0};

        if (fits(rows[i].english, english, holes)) {
            fill(&text, rows[i].thai, holes);
            buffer[text.len] = '\0';
            return true;
        }
    }
    return false;
}

void refusal_fill(enum refusal refusal, const struct span holes[static REFUSAL_HOLES_MAX],
                  char *buffer, size_t buffer_size)
{
    struct text text = {.data = buffer, .size = buffer_size};
    const char *english = refusal_text(refusal);

    for (size_t count = 0;; count++) {
        const size_t len = strcspn(english, "%");

        put_cut(&text, (struct span){english, len});
        if (english[len] == '\0')
            break;
        assert(count < REFUSAL_HOLES_MAX);
        put_cut(&text, holes[count]);
        english += len + 1;
    }
    buffer[text.len] = '\0';
}
