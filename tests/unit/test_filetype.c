/* What a file is told to be: by its bytes, whatever they are. */
#include <criterion/criterion.h>

#include "core/filetype.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

static void expect_type(struct span head, const char *type)
{
    cr_expect_str_eq(filetype_of(head), type, "%.*s", (int)head.len, head.data);
}

Test(filetype_of, knows_what_an_office_gets)
{
    static const struct {
        struct span head;
        const char *type;
    } rows[] = {
        {SPAN_INIT("%PDF-1.7\n%\xe2\xe3"), "application/pdf"},
        {SPAN_INIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png"},
        {SPAN_INIT("\xff\xd8\xff\xe0\0\x10JFIF"), "image/jpeg"},
        {SPAN_INIT("GIF89a\1\0"), "image/gif"},
        {SPAN_INIT("II*\0\x08\0\0\0"), "image/tiff"},
        {SPAN_INIT("MM\0*\0\0\0\x08"), "image/tiff"},
        {SPAN_INIT("RIFF\x24\0\0\0WAVEfmt "), "audio/wav"},
        {SPAN_INIT("RIFF\x24\0\0\0WEBPVP8 "), "image/webp"},
        {SPAN_INIT("\0\0\0\x18"
                   "ftypheic"),
         "image/heic"},
        {SPAN_INIT("\0\0\0\x18"
                   "ftypM4A "),
         "audio/mp4"},
        {SPAN_INIT("\0\0\0\x18"
                   "ftypisom"),
         "video/mp4"},
        {SPAN_INIT("ID3\4\0"), "audio/mpeg"},
        {SPAN_INIT("{\\rtf1\\ansi"), "application/rtf"},
        {SPAN_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0"), "application/x-ole-storage"},
        {SPAN_INIT("สวัสดี\n"), "text/plain; charset=utf-8"},
        {SPAN_INIT("\xef\xbb\xbf"
                   "a,b\r\n"),
         "text/plain; charset=utf-8"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_type(rows[i].head, rows[i].type);
}

Test(filetype_of, guesses_nothing)
{
    expect_type(SPAN(""), "application/octet-stream");
    expect_type(SPAN("\0\1\2"), "application/octet-stream");
    expect_type(SPAN("a\0b"), "application/octet-stream");
    expect_type(SPAN("caf\xe9 noir"), "application/octet-stream");
    expect_type(SPAN("WAVE"), "text/plain; charset=utf-8");
    expect_type(SPAN("12345678WAVE"), "text/plain; charset=utf-8");
}

Test(filetype_of, takes_a_letter_that_the_first_chunk_cuts_for_text)
{
    const struct span thai = SPAN("กขค");

    expect_type((struct span){thai.data, thai.len - 1}, "text/plain; charset=utf-8");
    expect_type((struct span){thai.data, thai.len - 2}, "text/plain; charset=utf-8");
}

/* A local header of a zip archive for a stored entry of so many bytes. */
#define ENTRY(size, name_size, name) \
    "PK\3\4\x14\0\0\0\0\0\0\0\0\0\0\0\0\0" size "\0\0\0" size "\0\0\0" name_size "\0\0\0" name

Test(filetype_of, tells_documents_from_other_archives)
{
    expect_type(SPAN(ENTRY("\5", "\5", "a.txt") "hello"), "application/zip");
    expect_type(
        SPAN(ENTRY("\2", "\x13", "[Content_Types].xml") "<>" ENTRY("\1", "\5", "xl/wb") "."),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    expect_type(
        SPAN(ENTRY("\2", "\x13", "[Content_Types].xml") "<>" ENTRY("\1", "\6", "word/d") "."),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    expect_type(SPAN(ENTRY("\x27", "\x08", "mimetype") "application/vnd.oasis.opendocument.text"
                                                       "PK\3\4"),
                "application/vnd.oasis.opendocument.text");
    expect_type(SPAN("PK\3\4"), "application/zip");
    expect_type(SPAN(ENTRY("\xff", "\xff", "word")), "application/zip");
}
