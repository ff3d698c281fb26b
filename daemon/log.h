/*
 * log - one line an event, on standard error, for journald
 *
 *     <6>request id=4f1c… actor=TH-50 method=PUT route=complaint_submit status=201 ms=3
 *
 * The number is the syslog priority that journald reads (sd-daemon(3)). The
 * first word names the event; the rest is key=value, values quoted when they
 * hold blanks and escaped to one line always. Nothing a complainant or officer
 * wrote is ever logged: callers pass names, codes, numbers and error texts.
 *
 * Lines are written whole, from any thread. A thread that writes thousands a second may have its
 * ordinary ones gathered, and written together when it has nothing better to do. A leaf: knows
 * nothing of the rest.
 */
#ifndef GRIEVD_LOG_H
#define GRIEVD_LOG_H

#include <stdint.h>

enum log_priority { LOG_ERROR = 3, LOG_WARNING = 4, LOG_NOTICE = 5, LOG_INFO = 6, LOG_DEBUG = 7 };

/* Lines less urgent than this are not written. From any thread. */
void log_set_priority(enum log_priority least);

/* format is "event key=%s key=%d …"; log_text() makes a value safe where it is not known to be. */
void log_line(enum log_priority priority, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * From now on gather this thread's lines of LOG_INFO and less urgent ones; told() is called with
 * the first of them, and sees to it that log_flush() is called soon, on this thread. They
 * are also written when there are 4 KiB of them, and before a line that is more urgent.
 */
void log_gather(void (*told)(void *arg), void *arg);

/* Write what this thread has gathered. */
void log_flush(void);

/* The same, and gather no more. */
void log_gather_end(void);

/*
 * A foreign text (an OpenSSL or libpq message, a path) as one quoted value:
 * control characters escaped, cut at 400 bytes. The result lives in the
 * caller's buffer.
 */
struct log_value {
    char text[512];
};
const char *log_text(struct log_value *buffer, const char *text);

#endif
