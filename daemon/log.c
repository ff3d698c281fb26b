#include "log.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_BYTES = 2048, /* longer lines are cut */
    VALUE_BYTES = 400,
    GATHERED_BYTES = PIPE_BUF, /* a pipe takes that whole, whoever else writes to it */
};

/* What a thread has gathered. */
static _Thread_local struct {
    void (*told)(void *arg); /* NULL: it gathers nothing */
    void *arg;
    size_t len;
    char lines[GATHERED_BYTES];
} gathered;

static _Atomic enum log_priority least_priority = LOG_INFO;

void log_set_priority(enum log_priority least)
{
    least_priority = least;
}

/* Nothing sensible can be done about a log that cannot be written. */
static void write_out(const char *lines, size_t len)
{
    const ssize_t written = write(STDERR_FILENO, lines, len);
    (void)written;
}

void log_flush(void)
{
    if (gathered.len > 0)
        write_out(gathered.lines, gathered.len);
    gathered.len = 0;
}

void log_gather(void (*told)(void *arg), void *arg)
{
    gathered.told = told;
    gathered.arg = arg;
}

void log_gather_end(void)
{
    log_flush();
    gathered.told = NULL;
}

static void gather(const char *line, size_t len)
{
    if (gathered.len + len > sizeof gathered.lines)
        log_flush();
    memcpy(gathered.lines + gathered.len, line, len);
    gathered.len += len;
    if (gathered.len == len)
        gathered.told(gathered.arg);
}

void log_line(enum log_priority priority, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;

    if (priority > least_priority)
        return;
    const int prefix = snprintf(line, sizeof line, "<%d>", (int)priority);
    const size_t room = sizeof line - (size_t)prefix - 1; /* one byte stays for the newline */

    va_start(args, format);
    const int wanted = vsnprintf(line + prefix, room, format, args);
    va_end(args);
    assert(wanted >= 0);

    size_t len = (size_t)prefix + ((size_t)wanted < room ? (size_t)wanted : room - 1);
    for (size_t i = (size_t)prefix; i < len; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?'; /* a value that skipped log_text() must not forge a second line */
    }
    line[len++] = '\n';

    if (gathered.told && priority >= LOG_INFO) {
        gather(line, len);
        return;
    }
    log_flush(); /* so that lines stay in their order */
    write_out(line, len);
}

/* Write one byte as it may stand between quotes; returns how many characters that took. */
static size_t escape(char *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";

    if (c == '"' || c == '\\') {
        out[0] = '\\';
        out[1] = (char)c;
        return 2;
    }
    if (c < 0x20 || c == 0x7f) {
        memcpy(out, (const char[]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4);
        return 4;
    }
    out[0] = (char)c;
    return 1;
}

/* True for the second and later bytes of a UTF-8 character, which a cut must not tear off. */
static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

const char *log_text(struct log_value *buffer, const char *text)
{
    static_assert(VALUE_BYTES + 8 + sizeof "\"...\"" <= sizeof buffer->text, "a cut value fits");
    size_t len = 0;

    buffer->text[len++] = '"';
    for (; *text && (len <= VALUE_BYTES || (len <= VALUE_BYTES + 3 && continues(*text))); text++)
        len += escape(buffer->text + len, (unsigned char)*text);
    if (*text) {
        memcpy(buffer->text + len, "...", 3);
        len += 3;
    }
    buffer->text[len++] = '"';
    buffer->text[len] = '\0';
    return buffer->text;
}
