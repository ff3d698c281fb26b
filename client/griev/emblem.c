/*
 * The emblem on the cover memo. An official memo carries the Garuda, 1.5 cm high, of
 * which no drawing comes with this program: the page leaves a place for it, and
 * the office names its own picture, [report] emblem in the settings.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "files.h"
#include "griev.h"
#include "memory.h"

enum { EMBLEM_BYTES_MAX = 1024 * 1024 };

static const char place[] = "<div class=\"emblem\">";

/* NULL if it is no picture that a page can have. */
static const char *media_type_of(struct span picture)
{
    static const char png[] = "\x89PNG\r\n\x1a\n";

    if (picture.len >= sizeof png - 1 && memcmp(picture.data, png, sizeof png - 1) == 0)
        return "image/png";
    return memmem(picture.data, picture.len, "<svg", 4) ? "image/svg+xml" : NULL;
}

static int fail_emblem(const struct griev *griev, const char *why, struct text text)
{
    char *subject = memory_printf("[report] emblem: %s%s", griev->settings.emblem, why);
    const int code = griev_fail(griev, EXIT_LOCAL, subject, text);

    free(subject);
    return code;
}

/* The page with the picture in it, so that nothing has to be fetched. */
static struct span with_picture(struct span html, size_t at, const char *type, struct span picture)
{
    char *base64 = memory_new(BASE64_CHARS(picture.len) + 1);

    *base64_encode(base64, picture) = '\0';
    char *page = memory_printf("%.*s<img alt=\"\" src=\"data:%s;base64,%s\">%.*s", (int)at,
                               html.data, type, base64, (int)(html.len - at), html.data + at);
    free(base64);
    return span_of(page);
}

int emblem_place(const struct griev *griev, struct span html, struct span *ret_html)
{
    const char *found = memmem(html.data, html.len, place, sizeof place - 1);
    struct span picture;

    if (griev->settings.emblem[0] == '\0' || !found) {
        *ret_html = span_of(memory_printf("%.*s", (int)html.len, html.data));
        return EXIT_OK;
    }
    if (!files_read(griev->settings.emblem, EMBLEM_BYTES_MAX, &picture)) {
        char *why = memory_printf(": %s", strerror(errno));
        const int code = fail_emblem(griev, why, SAY("อ่านไม่ได้", "cannot be read"));

        free(why);
        return code;
    }

    const char *type = media_type_of(picture);
    const size_t at = (size_t)(found - html.data) + sizeof place - 1;

    if (type)
        *ret_html = with_picture(html, at, type, picture);
    memory_free_span(&picture);
    return type ? EXIT_OK
                : fail_emblem(griev, "", SAY("ไม่ใช่ PNG หรือ SVG", "is neither PNG nor SVG"));
}
