#include "mail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "thai.h"

enum {
    WORD_BYTES = 39, /* of text in one encoded word: its line has 76 characters at most */
    LINE_BYTES = 57, /* of text in one line of base64, which has 76 */
    ADDRESS_BYTES_MAX = 254,
    DAY_S = 24 * 60 * 60,
    BANGKOK_S = 7 * 60 * 60,
};

struct writer {
    char *buffer;
    size_t size, len;
    bool full;
};

static void put(struct writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void put(struct writer *writer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const int len =
        vsnprintf(writer->buffer + writer->len, writer->size - writer->len, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= writer->size - writer->len)
        writer->full = true;
    else
        writer->len += (size_t)len;
}

static void put_base64(struct writer *writer, struct span bytes)
{
    char text[BASE64_CHARS(LINE_BYTES) + 1];

    *base64_encode(text, bytes) = '\0';
    put(writer, "%s", text);
}

/* As much of the text as fits into max bytes and ends between two characters. */
static struct span take_whole(struct span *text, size_t max)
{
    size_t len = text->len < max ? text->len : max;

    while (len < text->len && len > 0 && ((unsigned char)text->data[len] & 0xc0) == 0x80)
        len--;
    const struct span taken = {text->data, len};

    *text = (struct span){text->data + len, text->len - len};
    return taken;
}

static void put_subject(struct writer *writer, struct span text)
{
    put(writer, "Subject:");
    while (text.len > 0) {
        put(writer, " =?UTF-8?B?");
        put_base64(writer, take_whole(&text, WORD_BYTES));
        put(writer, text.len > 0 ? "?=\r\n" : "?=");
    }
    put(writer, "\r\n");
}

static void put_date(struct writer *writer, int64_t unix_s)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const struct thai_date day = thai_day_of(unix_s);
    const int64_t local_s = unix_s + BANGKOK_S;
    const int second = (int)(local_s % DAY_S);

    put(writer, "Date: %s, %d %s %d %02d:%02d:%02d +0700\r\n", days[local_s / DAY_S % 7], day.day,
        months[day.month - 1], day.year, second / 3600, second / 60 % 60, second % 60);
}

static void put_text(struct writer *writer, struct span text)
{
    while (text.len > 0) {
        const size_t len = text.len < LINE_BYTES ? text.len : LINE_BYTES;

        put_base64(writer, (struct span){text.data, len});
        put(writer, "\r\n");
        text = (struct span){text.data + len, text.len - len};
    }
}

/* Printable ASCII that no field could mistake for its own. */
static bool is_plain(const char *text)
{
    const size_t len = strlen(text);

    if (len == 0 || len > ADDRESS_BYTES_MAX)
        return false;
    for (const char *c = text; *c; c++) {
        if (*c <= ' ' || *c >= 0x7f || strchr("<>(),;:\\\"", *c))
            return false;
    }
    return true;
}

static bool is_line(const char *text)
{
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    }
    return text[0] != '\0' && strlen(text) <= MAIL_SUBJECT_BYTES_MAX && utf8_valid(span_of(text));
}

size_t mail_write(const struct mail *mail, char *buffer, size_t size)
{
    struct writer writer = {.buffer = buffer, .size = size};

    if (!is_plain(mail->from) || !is_plain(mail->to) || !is_plain(mail->id) ||
        !is_plain(mail->host) || !is_line(mail->subject) || mail->unix_s < 0 ||
        strlen(mail->text) > MAIL_TEXT_BYTES_MAX || !utf8_valid(span_of(mail->text)))
        return 0;
    put_date(&writer, mail->unix_s);
    put(&writer, "From: <%s>\r\nTo: <%s>\r\nMessage-ID: <%s@%s>\r\n", mail->from, mail->to,
        mail->id, mail->host);
    put_subject(&writer, span_of(mail->subject));
    put(&writer, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
    put_text(&writer, span_of(mail->text));
    return writer.full ? 0 : writer.len;
}
