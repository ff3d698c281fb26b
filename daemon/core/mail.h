/*
 * mail - one message as SMTP carries it
 *
 * A plain text of ours to one mailbox: RFC 5322 fields, the subject in encoded
 * words (RFC 2047) of whole characters, the text as UTF-8 in base64 (RFC 2045),
 * marked as written by a program (RFC 3834). The Message-ID is the caller's, so that a
 * message that is sent twice is one.
 *
 *     const struct mail mail = {.from = "grievd@nso.go.th", .to = "head@nso.go.th",
 *                               .id = "0b7c…", .host = "register.nso.go.th",
 *                               .subject = "TH-50/2570/0001 …", .text = "…\n", .unix_s = now};
 *     mail_write(&mail, buffer, sizeof buffer);
 *
 * Pure.
 */
#ifndef GRIEVD_MAIL_H
#define GRIEVD_MAIL_H

#include <stdint.h>

#include "span.h"

/* Enough for every message that mail_write() writes. */
enum { MAIL_SUBJECT_BYTES_MAX = 400, MAIL_TEXT_BYTES_MAX = 2000, MAIL_BYTES_MAX = 8 * 1024 };

struct mail {
    const char *from, *to; /* mailboxes: printable ASCII without blanks and <> */
    const char *id, *host; /* <id@host> */
    const char *subject;   /* UTF-8, no control characters */
    const char *text;      /* UTF-8, lines end with \n */
    int64_t unix_s;        /* when, for the Date field, which is Bangkok's */
};

/*
 * Write the message, its lines ended by CRLF. The length, or 0 if a member is
 * not what is said above or too long; nothing is sent of such a one.
 */
size_t mail_write(const struct mail *mail, char *buffer, size_t size);

#endif
