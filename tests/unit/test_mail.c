/* What core/mail promises: fields that no value can break, lines that SMTP carries, one id. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/mail.h"

static char buffer[MAIL_BYTES_MAX];

static const struct mail good = {
    .from = "grievd@nso.example",
    .to = "head@nso.example",
    .id = "0b7c2f5e-4a1d-4c57-9f0e-3d2a6b8c1e01",
    .host = "register.example",
    .subject = "TH-50/2570/0001",
    .text = "ok\n",
    .unix_s = 1795752000, /* date -u -d @1795752000: Fri Nov 27 04:00:00 2026 */
};

Test(mail, is_written_as_the_standards_have_it)
{
    static const char expected[] =
        "Date: Fri, 27 Nov 2026 11:00:00 +0700\r\n"
        "From: <grievd@nso.example>\r\n"
        "To: <head@nso.example>\r\n"
        "Message-ID: <0b7c2f5e-4a1d-4c57-9f0e-3d2a6b8c1e01@register.example>\r\n"
        "Subject: =?UTF-8?B?VEgtNTAvMjU3MC8wMDAx?=\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "\r\n"
        "b2sK\r\n";
    const size_t len = mail_write(&good, buffer, sizeof buffer);

    cr_assert_eq(len, sizeof expected - 1);
    cr_assert_eq(memcmp(buffer, expected, len), 0, "%.*s", (int)len, buffer);
}

Test(mail, breaks_long_subjects_between_characters)
{
    struct mail mail = good;

    mail.subject = "เลขรับ TH-50/2570/0001 ผลการพิจารณา ครบกำหนด ๑๗ พฤศจิกายน ๒๕๖๙ พ้นกำหนดแล้ว";
    const size_t len = mail_write(&mail, buffer, sizeof buffer);

    cr_assert_gt(len, 0);
    size_t line = 0;
    for (size_t i = 0; i < len; i++) {
        line = buffer[i] == '\n' ? 0 : line + 1;
        cr_assert_leq(line, 76 + 1, "with its CR");
    }
}

Test(mail, is_not_written_with_what_could_break_a_field)
{
    char long_subject[MAIL_SUBJECT_BYTES_MAX + 2] = {0};
    char long_text[MAIL_TEXT_BYTES_MAX + 2] = {0};

    memset(long_subject, 'a', sizeof long_subject - 1);
    memset(long_text, 'a', sizeof long_text - 1);
    const struct {
        const char *promise;
        struct mail mail;
    } rows[] = {
        {"a line break in the address", {"a@b", "x@y\r\nBcc: z@z", "1", "h", "s", "t", 0}},
        {"a second address", {"a@b", "x@y,z@z", "1", "h", "s", "t", 0}},
        {"no address", {"a@b", "", "1", "h", "s", "t", 0}},
        {"a bracket in the id", {"a@b", "x@y", "1>", "h", "s", "t", 0}},
        {"a line break in the subject", {"a@b", "x@y", "1", "h", "s\nX: y", "t", 0}},
        {"a subject that is too long", {"a@b", "x@y", "1", "h", long_subject, "t", 0}},
        {"a text that is too long", {"a@b", "x@y", "1", "h", "s", long_text, 0}},
        {"a subject that is not UTF-8", {"a@b", "x@y", "1", "h", "\xff", "t", 0}},
        {"a text that is not UTF-8", {"a@b", "x@y", "1", "h", "s", "\xc0\x80", 0}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(mail_write(&rows[i].mail, buffer, sizeof buffer), 0, "%s", rows[i].promise);
    cr_assert_eq(mail_write(&good, buffer, 100), 0, "a buffer that is too small");
}

Test(mail, has_room_for_the_longest)
{
    struct mail mail = good;
    static char subject[MAIL_SUBJECT_BYTES_MAX + 1], text[MAIL_TEXT_BYTES_MAX + 1];

    memset(subject, 'a', sizeof subject - 1);
    memset(text, 'a', sizeof text - 1);
    mail.subject = subject;
    mail.text = text;
    cr_assert_gt(mail_write(&mail, buffer, sizeof buffer), 0);
}
