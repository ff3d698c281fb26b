/*
 * Any JSON object as a submission: what is accepted is bound by bytes that can be taken apart
 * again, and what is refused has a fault that points somewhere.
 */
#include <stdlib.h>

#include "core/complaint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char reference_text[] =
    "{\"taxonomy\":{\"channel\":[\"web\",\"box\",\"post\",\"agency\"],\"process\":[\"other\"],"
    "\"subject\":[\"other\"],\"class\":[\"C1\",\"CX\"],"
    "\"identity\":[\"named\",\"anonymous\",\"letter\"],\"accused_role\":[\"director\"]},"
    "\"units\":[\"TH-50\",\"TH-90\"],\"principals\":{\"head\":\"LEGAL\"},\"fiscal_years\":[2570],"
    "\"routing\":{\"accused_role\":{\"director\":[10,\"external\"]},\"accused_unit\":{},"
    "\"accused_principal\":{\"head\":[80,\"alternate\"]},\"conflict\":{}}}";

static void need(bool ok)
{
    if (!ok)
        abort();
}

/* M has one line a field: as many '=' signs to start lines as there are lines. */
static void check_clear_fields(struct span text)
{
    need(text.len > 0 && text.data[text.len - 1] == '\n');
    while (text.len > 0) {
        const char *newline = memchr(text.data, '\n', text.len);
        const size_t len = (size_t)(newline - text.data);

        need(len > 2 && memchr(text.data, '=', len));
        for (size_t i = 0; i < len; i++)
            need((unsigned char)text.data[i] >= 0x20 && text.data[i] != 0x7F);
        text = span_skip(text, len + 1);
    }
}

/* B has null where the object has its complainant, and I is that complainant. */
static void check_parts(const struct complaint *complaint, const json_t *object)
{
    const json_t *complainant = json_object_get(object, "complainant");
    json_t *expected = json_copy((json_t *)object);
    json_t *body = json_loadb(complaint->body.data, complaint->body.len, 0, NULL);

    if (complainant)
        json_object_set_new(expected, "complainant", json_null());
    need(body && json_equal(body, expected));
    need((complaint->complainant.len > 0) == (complainant != NULL));
    if (complainant) {
        json_t *identity =
            json_loadb(complaint->complainant.data, complaint->complainant.len, 0, NULL);
        need(identity && json_equal(identity, complainant));
        json_decref(identity);
    }
    json_decref(body);
    json_decref(expected);
}

static void check_faults(const struct faults *faults)
{
    need(faults->count > 0 && faults->count <= LIMIT_FAULTS);
    for (size_t i = 0; i < faults->count; i++) {
        const char *pointer = faults->list[i].pointer;

        need(memchr(pointer, '\0', sizeof faults->list[i].pointer) != NULL);
        need(pointer[0] == '\0' || pointer[0] == '/');
        need(utf8_valid(span_of(pointer)));
        need(fault_text(faults->list[i].kind) != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct span text = {(const char *)data, size};
    const struct thai_date today = {2026, 11, 23};
    static struct complaint_reference *reference;
    struct json_trouble trouble;
    struct complaint complaint;
    struct faults faults;
    json_t *object;

    if (!reference)
        reference = complaint_reference_new(span_of(reference_text));
    need(reference != NULL);
    if (!json_read_object(text, &object, &trouble))
        return 0;

    struct arena *arena = arena_new(LIMIT_REQUEST_ARENA_BYTES);
    const json_t *id = json_object_get(object, "id");
    const struct span path_id = span_of(id ? json_string_value(id) : NULL);

    need(arena != NULL);
    for (int known = 0; known < 2; known++) {
        if (complaint_read(&complaint, &faults, arena, path_id, text, object,
                           known ? reference : NULL, today)) {
            check_clear_fields(
                complaint_clear_fields(&complaint, SPAN("TH-50"), SPAN("TH-50"), arena));
            check_parts(&complaint, object);
        } else {
            check_faults(&faults);
        }
    }
    arena_free(arena);
    json_decref(object);
    return 0;
}
