#include "filetype.h"

#include <stdint.h>

#include "thai.h"

enum { ENTRY_NAME_AT = 30, ENTRIES_MAX = 64 };

/* Bytes that stand at an offset. NULs may be among them, so their count is given by the literal. */
struct magic {
    size_t at;
    struct span bytes;
    const char *type;
};

static const struct magic magics[] = {
    {0, SPAN_INIT("%PDF-"), "application/pdf"},
    {0, SPAN_INIT("\x89PNG\r\n\x1a\n"), "image/png"},
    {0, SPAN_INIT("\xff\xd8\xff"), "image/jpeg"},
    {0, SPAN_INIT("GIF87a"), "image/gif"},
    {0, SPAN_INIT("GIF89a"), "image/gif"},
    {0, SPAN_INIT("II*\0"), "image/tiff"},
    {0, SPAN_INIT("MM\0*"), "image/tiff"},
    {8, SPAN_INIT("WEBP"), "image/webp"},
    {8, SPAN_INIT("WAVE"), "audio/wav"},
    {8, SPAN_INIT("AVI "), "video/x-msvideo"},
    {4, SPAN_INIT("ftypheic"), "image/heic"},
    {4, SPAN_INIT("ftypmif1"), "image/heic"},
    {4, SPAN_INIT("ftypM4A "), "audio/mp4"},
    {4, SPAN_INIT("ftypqt  "), "video/quicktime"},
    {4, SPAN_INIT("ftyp3g"), "video/3gpp"},
    {4, SPAN_INIT("ftyp"), "video/mp4"},
    {0, SPAN_INIT("ID3"), "audio/mpeg"},
    {0, SPAN_INIT("\xff\xfb"), "audio/mpeg"},
    {0, SPAN_INIT("\xff\xf3"), "audio/mpeg"},
    {0, SPAN_INIT("#!AMR"), "audio/amr"},
    {0, SPAN_INIT("OggS"), "audio/ogg"},
    {0, SPAN_INIT("\x1a\x45\xdf\xa3"), "video/x-matroska"},
    {0, SPAN_INIT("{\\rtf"), "application/rtf"},
    {0, SPAN_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "application/x-ole-storage"},
};

/* What lies at the root of a zip archive that is a document, and says which. */
static const struct {
    struct span folder;
    const char *type;
} office_folders[] = {
    {SPAN_INIT("word/"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {SPAN_INIT("xl/"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {SPAN_INIT("ppt/"),
     "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
};
static const char *const open_documents[] = {
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
};

static bool stands_at(struct span head, size_t at, struct span bytes)
{
    return head.len >= at && head.len - at >= bytes.len &&
           memcmp(head.data + at, bytes.data, bytes.len) == 0;
}

/* The same for what begins with RIFF and a length. */
static bool fits(struct span head, const struct magic *magic)
{
    return stands_at(head, magic->at, magic->bytes) &&
           (magic->at != 8 || stands_at(head, 0, SPAN("RIFF")));
}

static size_t number_at(struct span head, size_t at, size_t width)
{
    size_t number = 0;

    while (width-- > 0)
        number = number << 8 | (unsigned char)head.data[at + width];
    return number;
}

/* An OpenDocument's first entry is its media type, stored as it is. */
static const char *open_document(struct span archive)
{
    if (!stands_at(archive, ENTRY_NAME_AT, SPAN("mimetype")))
        return NULL;
    for (size_t i = 0; i < sizeof open_documents / sizeof open_documents[0]; i++) {
        const struct span type = span_of(open_documents[i]);
        const size_t at = ENTRY_NAME_AT + sizeof "mimetype" - 1;

        if (stands_at(archive, at, type) && stands_at(archive, at + type.len, SPAN("PK")))
            return open_documents[i];
    }
    return NULL;
}

/* By the names of the first entries, as far as each tells where the next one is. */
static const char *office_document(struct span archive)
{
    for (size_t k = 0;
         k < ENTRIES_MAX && stands_at(archive, 0, SPAN("PK\3\4")) && archive.len >= ENTRY_NAME_AT;
         k++) {
        const size_t packed = number_at(archive, 18, 4);
        const size_t skipped =
            ENTRY_NAME_AT + number_at(archive, 26, 2) + number_at(archive, 28, 2);

        for (size_t i = 0; i < sizeof office_folders / sizeof office_folders[0]; i++) {
            if (stands_at(archive, ENTRY_NAME_AT, office_folders[i].folder))
                return office_folders[i].type;
        }
        if (archive.len < skipped || archive.len - skipped < packed)
            break;
        archive = span_skip(archive, skipped + packed);
    }
    return NULL;
}

static const char *archive_type(struct span head)
{
    const char *type = open_document(head);

    if (!type)
        type = office_document(head);
    return type ? type : "application/zip";
}

/* UTF-8 without control characters; the last character may be cut off. */
static bool is_text(struct span head)
{
    uint32_t c;

    head = span_skip_mark(head);
    while (head.len > 0) {
        const size_t len = utf8_next(head, &c);

        if (len == 0)
            return head.len < 4 && (unsigned char)head.data[0] >= 0xc2;
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
            return false;
        head = span_skip(head, len);
    }
    return true;
}

const char *filetype_of(struct span head)
{
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (fits(head, &magics[i]))
            return magics[i].type;
    }
    if (stands_at(head, 0, SPAN("PK\3\4")))
        return archive_type(head);
    return head.len > 0 && is_text(head) ? "text/plain; charset=utf-8" : "application/octet-stream";
}
