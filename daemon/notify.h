/*
 * notify - the program `grievd notify`: brings the register's reminders to the mail server
 *
 * A program of its own, under its own user and database role, which may take
 * messages from the outbox and say what became of them, nothing else. A message
 * names a case by its number and what is due, never its content.
 *
 *     outbox_take ─▶ a few messages, each lent for a while ─▶ SMTP ─▶ outbox_settle
 *
 * What is not settled (a crash, no database) is lent again later and goes out
 * under the same Message-ID: at least once. A refusal of the mail server that is
 * final, or too many tries, makes it a dead letter, which administrators see.
 *
 * SMTP is libcurl's, and only under TLS: smtp:// with STARTTLS, or smtps://. A
 * message is sent while the loop waits; there is nothing else to do.
 */
#ifndef GRIEVD_NOTIFY_H
#define GRIEVD_NOTIFY_H

struct notify_settings;

/* Serve until SIGTERM or SIGINT; an exit code of sysexits.h. */
int notify_run(const struct notify_settings *settings);

#endif
