#include "prove.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "files.h"
#include "memory.h"

enum { KEY_FILE_BYTES_MAX = 4096 };

struct prove_source {
    struct griev *griev;
    char *from;               /* owned; without a slash at its end */
    struct https *https;      /* NULL: a folder */
    struct settings settings; /* the run's, with another url; shares what it points to */
};

/* ---- the key ---- */

/* Where the key is: the option, else the settings; NULL, told, if neither says. */
static const char *key_path(struct griev *griev, int *ret_code)
{
    const char *given = option_text(griev, "key");

    if (given)
        return given;
    *ret_code = griev_read_settings(griev);
    if (*ret_code == EXIT_OK && griev->settings.log_key[0] != '\0')
        return griev->settings.log_key;
    if (*ret_code == EXIT_OK)
        *ret_code = EXIT_USAGE;
    griev_note(griev, NULL,
               SAY("ต้องมีกุญแจสาธารณะของบันทึก: --key FILE หรือ [log] key ในแฟ้มการตั้งค่า",
                   "the log's public key is needed: --key FILE, or [log] key in the settings"));
    return NULL;
}

int prove_log_read(struct griev *griev, struct prove_log *ret_log)
{
    int code = EXIT_OK;
    const char *path = key_path(griev, &code);
    struct span text;

    if (!path)
        return code;
    if (!files_read_text(path, KEY_FILE_BYTES_MAX, &text)) {
        char *subject = memory_printf("%s: %s", path, strerror(errno));

        griev_fail(griev, EXIT_LOCAL, subject, SAY("อ่านไม่ได้", "cannot be read"));
        free(subject);
        return EXIT_LOCAL;
    }
    const bool good = note_verifier_parse(text, &ret_log->key);
    memory_free_span(&text);
    if (!good)
        return griev_fail(griev, EXIT_LOCAL, path,
                          SAY("ไม่ใช่กุญแจสาธารณะของบันทึก (ชื่อ+รหัส+กุญแจ)",
                              "is no public key of a log (NAME+ID+KEY on one line)"));
    ret_log->log = (struct verify_log){span_of(ret_log->key.name), &ret_log->key};
    return EXIT_OK;
}

/* ---- the files ---- */

/*
 * How to reach --from. It may be anybody's server, which has no business with who asks, and what it
 * says is proved by the log's key: of the settings, if there are any, it takes the way there only.
 */
static struct settings settings_for(const struct griev *griev, char *url)
{
    static char nothing[] = "";
    const bool elsewhere = option_text(griev, "from") != NULL;
    const char *ca = option_text(griev, "ca");
    struct settings settings = griev->settings;

    settings.url = url;
    if (elsewhere)
        settings.certificate = settings.key = nothing;
    if (ca)
        settings.ca = (char *)ca;
    return settings;
}

struct prove_source *prove_source_new(struct griev *griev, const char *from, int *ret_code)
{
    const bool remote = strncmp(from, "https://", 8) == 0;

    if (remote && griev_has_settings(griev))
        *ret_code = griev_read_settings(griev);
    else if (remote && !griev->settings.url)
        settings_default(&griev->settings);
    if (*ret_code != EXIT_OK)
        return NULL;

    struct prove_source *source = memory_new(sizeof *source);
    source->griev = griev;
    source->from = memory_printf("%s", from);
    for (size_t len = strlen(from); len > 1 && source->from[len - 1] == '/'; len--)
        source->from[len - 1] = '\0';
    if (remote) {
        source->settings = settings_for(griev, source->from);
        source->https = https_new(&source->settings);
        if (!source->https)
            *ret_code = griev_fail(griev, EXIT_LOCAL, NULL,
                                   SAY("เริ่มใช้ libcurl ไม่ได้", "libcurl cannot start"));
    }
    return source;
}

void prove_source_free(struct prove_source *source)
{
    if (!source)
        return;
    https_free(source->https);
    free(source->from);
    free(source);
}

static int fetch_file(struct prove_source *source, const char *path, size_t max_bytes,
                      struct span *ret_content)
{
    char *full = memory_printf("%s/%s", source->from, path);
    int code = EXIT_OK;

    if (!files_read(full, max_bytes, ret_content)) {
        char *subject = memory_printf("%s: %s", full, strerror(errno));

        code = errno == ENOENT || errno == ENOTDIR ? EXIT_NOT_FOUND
                                                   : griev_fail(source->griev, EXIT_LOCAL, subject,
                                                                SAY("อ่านไม่ได้", "cannot be read"));
        free(subject);
    }
    free(full);
    return code;
}

static int fetch_url(struct prove_source *source, const char *path, size_t max_bytes,
                     struct span *ret_content)
{
    char *target = memory_printf("/%s", path);
    const struct https_request request = {.method = "GET", .target = target, .repeatable = true};
    struct https_answer answer;
    int code = EXIT_OK;

    https_send(source->https, &request, &answer);
    if (answer.result == HTTPS_ANSWERED && answer.status == 404)
        code = EXIT_NOT_FOUND;
    else if (answer.result != HTTPS_ANSWERED || answer.status != 200) {
        char *subject = memory_printf("%s%s: %s (HTTP %d)", source->from, target, answer.trouble,
                                      answer.status);

        code = griev_fail(source->griev, EXIT_UNAVAILABLE, subject,
                          SAY("ดึงไม่ได้ ลองใหม่ภายหลัง", "cannot be fetched: try again"));
        free(subject);
    } else if (answer.body.len > max_bytes) {
        code = griev_fail(source->griev, EXIT_REFUSED, target,
                          SAY("ใหญ่เกินกำหนด", "is larger than it may be"));
    } else {
        *ret_content = memory_copy(answer.body);
    }
    https_answer_done(&answer);
    free(target);
    return code;
}

int prove_fetch(struct prove_source *source, const char *path, size_t max_bytes,
                struct span *ret_content)
{
    return source->https ? fetch_url(source, path, max_bytes, ret_content)
                         : fetch_file(source, path, max_bytes, ret_content);
}

int prove_fetch_tile(struct prove_source *source, struct tile tile, size_t item_bytes,
                     struct span *ret_content)
{
    const unsigned width = tile.width;
    char path[TILE_PATH_BYTES_MAX];
    int code;

    tile_path(tile, path);
    code = prove_fetch(source, path, TILE_WIDTH * item_bytes, ret_content);
    if (code == EXIT_NOT_FOUND && width < TILE_WIDTH) {
        tile.width = TILE_WIDTH;
        tile_path(tile, path);
        code = prove_fetch(source, path, TILE_WIDTH * item_bytes, ret_content);
    }
    if (code == EXIT_NOT_FOUND)
        return griev_fail(source->griev, EXIT_NOT_FOUND, path,
                          SAY("ไม่มีในแฟ้มของบันทึก", "is not among the log's files"));
    if (code == EXIT_OK && ret_content->len < width * item_bytes) {
        memory_free_span(ret_content);
        return griev_fail(source->griev, EXIT_REFUSED, path,
                          SAY("สั้นกว่าที่ต้องเป็น", "is shorter than it must be"));
    }
    return code;
}

/* ---- what is wrong ---- */

int prove_refuse(const struct griev *griev, const char *subject, enum verify_fault fault)
{
    const bool against_the_log = fault == VERIFY_FORKED || fault == VERIFY_INCONSISTENT;
    char thai[WORDS_BYTES];

    griev_note(griev, subject, fault_clause(verify_fault_text(fault), thai));
    if (against_the_log)
        griev_note(griev, NULL,
                   SAY("เก็บทั้งสองแฟ้มไว้: เป็นหลักฐานต่อผู้ดูแลบันทึก แจ้งผู้ตรวจสอบ",
                       "keep both files: they are evidence against the log's operator; tell an "
                       "auditor"));
    return against_the_log ? EXIT_CONFLICT : EXIT_REFUSED;
}
