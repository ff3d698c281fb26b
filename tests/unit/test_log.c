/* What the log promises: an event is one line, whatever a value holds. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

static int pipe_fds[2];

static void capture(void)
{
    cr_assert_eq(pipe(pipe_fds), 0);
    fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK);
    cr_assert_geq(dup2(pipe_fds[1], STDERR_FILENO), 0);
}

/* What was written since the last call; standing storage. */
static const char *captured(void)
{
    static char text[8192];
    const ssize_t len = read(pipe_fds[0], text, sizeof text - 1);

    text[len > 0 ? len : 0] = '\0';
    return text;
}

Test(log_line, is_priority_event_and_newline, .init = capture)
{
    log_line(LOG_NOTICE, "started port=%d", 8443);
    cr_expect_str_eq(captured(), "<5>started port=8443\n");
}

Test(log_line, leaves_out_what_is_less_urgent_than_asked_for, .init = capture)
{
    log_line(LOG_DEBUG, "detail");
    cr_expect_str_eq(captured(), "", "debug is not written unless asked for");
    log_set_priority(LOG_WARNING);
    log_line(LOG_NOTICE, "news");
    cr_expect_str_eq(captured(), "");
    log_line(LOG_WARNING, "trouble");
    cr_expect_str_eq(captured(), "<4>trouble\n");
}

Test(log_line, stays_one_line_whatever_a_value_holds, .init = capture)
{
    log_line(LOG_ERROR, "event text=%s", "a\nb\r\x1b[2J\x7f<0>forged");
    cr_expect_str_eq(captured(), "<3>event text=a?b??[2J?<0>forged\n");
}

Test(log_line, keeps_thai_text_as_it_is, .init = capture)
{
    log_line(LOG_ERROR, "event unit=%s", "กลุ่มนิติการ");
    cr_expect_str_eq(captured(), "<3>event unit=กลุ่มนิติการ\n");
}

Test(log_line, cuts_what_is_too_long_and_still_ends_the_line, .init = capture)
{
    char value[5000];

    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    log_line(LOG_ERROR, "event value=%s", value);
    const char *line = captured();
    cr_expect_lt(strlen(line), 2049);
    cr_expect_gt(strlen(line), 2000);
    cr_expect_eq(line[strlen(line) - 1], '\n');
    cr_expect_eq(strchr(line, '\n'), line + strlen(line) - 1);
}

Test(log_text, quotes_and_escapes)
{
    static const struct {
        const char *promise, *text, *value;
    } rows[] = {
        {"a text is quoted", "no such file", "\"no such file\""},
        {"an empty text is a value too", "", "\"\""},
        {"quotes and backslashes are escaped", "a \"b\" \\c", "\"a \\\"b\\\" \\\\c\""},
        {"control characters are escaped", "a\nb\tc\x7f", "\"a\\x0ab\\x09c\\x7f\""},
        {"text beyond ASCII stays", "ไม่พบ", "\"ไม่พบ\""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct log_value value;
        cr_expect_str_eq(log_text(&value, rows[i].text), rows[i].value, "%s", rows[i].promise);
    }
}

Test(log_text, cuts_long_texts_and_says_so)
{
    struct log_value value;
    char text[2000];

    for (int c = 'x'; c; c = c == 'x' ? '\n' : '\0') {
        memset(text, c, sizeof text - 1);
        text[sizeof text - 1] = '\0';
        log_text(&value, text);
        const size_t len = strlen(value.text);
        cr_expect_leq(len, 410);
        cr_expect_str_eq(value.text + len - 4, "...\"");
    }
}

static void count(void *arg)
{
    ++*(int *)arg;
}

Test(log_gather, ordinary_lines_are_written_together_and_before_an_urgent_one, .init = capture)
{
    int told = 0;

    log_gather(count, &told);
    log_line(LOG_INFO, "one");
    log_line(LOG_INFO, "two");
    cr_expect_str_eq(captured(), "");
    cr_expect_eq(told, 1, "the first of them tells");
    log_flush();
    cr_expect_str_eq(captured(), "<6>one\n<6>two\n");

    log_line(LOG_INFO, "three");
    log_line(LOG_WARNING, "trouble");
    cr_expect_str_eq(captured(), "<6>three\n<4>trouble\n");
    cr_expect_eq(told, 2);
    log_line(LOG_INFO, "four");
    log_gather_end();
    cr_expect_str_eq(captured(), "<6>four\n");
    log_line(LOG_INFO, "five");
    cr_expect_str_eq(captured(), "<6>five\n");
}

Test(log_gather, never_holds_more_than_a_pipe_takes_at_once, .init = capture)
{
    int told = 0;
    const char *lines = captured();

    log_gather(count, &told);
    for (int i = 0; lines[0] == '\0'; i++) {
        cr_assert_lt(i, 4096, "nothing is written");
        log_line(LOG_INFO, "line=%d", i);
        lines = captured();
    }
    cr_expect_leq(strlen(lines), PIPE_BUF, "a pipe takes them whole");
}
