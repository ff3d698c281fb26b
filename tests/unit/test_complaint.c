/* What a submission must be: each rule a row, all faults at once, and the bytes that are bound. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/complaint.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define ID              "0f8fad5b-d9cb-469f-a165-70867728950e"
#define BOX             "7c9e6679-7425-40de-944b-e07fc1f90ae7"

static const char reference_text[] =
    "{\"version\":1,\"taxonomy\":{"
    "\"channel\":[\"box\",\"walk_in\",\"phone\",\"post\",\"web\",\"email\","
    "\"agency\",\"internal\"],"
    "\"process\":[\"production\",\"other\"],\"subject\":[\"bribery\",\"other\"],"
    "\"class\":[\"C1\",\"C2\",\"CX\",\"C0\"],"
    "\"identity\":[\"named\",\"confidential\",\"anonymous\",\"letter\"],"
    "\"accused_role\":[\"director\",\"unknown\"]},"
    "\"units\":[\"TH-50\",\"TH-90\",\"LEGAL\"],"
    "\"principals\":{\"TH-50\":\"TH-50\",\"head\":\"LEGAL\",\"triager\":\"LEGAL\"},"
    "\"routing\":{\"accused_role\":{\"director\":[10,\"external\"],"
    "\"legal_head\":[50,\"alternate\"]},"
    "\"accused_unit\":{\"LEGAL\":[70,\"alternate\"],\"BUREAU\":[30,\"external\"]},"
    "\"accused_principal\":{\"head\":[80,\"alternate\"],\"boss\":[40,\"external\"]},"
    "\"conflict\":{\"LEGAL\":[90,\"alternate\"],\"triager\":[90,\"alternate\"]}},"
    "\"fiscal_years\":[2569,2570]}";

/* The smallest submission that is in order; rows below change it. */
static const char base_text[] =
    "{\"id\":\"" ID "\",\"channel\":\"web\",\"process\":\"other\",\"subject\":\"bribery\","
    "\"class\":\"CX\",\"identity\":\"anonymous\",\"received_on\":\"2026-11-20\","
    "\"narrative\":\"เรียกรับเงิน\"}";

static const struct thai_date today = {2026, 11, 23};

static struct arena *arena;
static struct complaint_reference *reference;

static void set_up(void)
{
    arena = arena_new(LIMIT_REQUEST_ARENA_BYTES);
    reference = complaint_reference_new(span_of(reference_text));
    cr_assert(arena && reference);
}

static void tear_down(void)
{
    complaint_reference_free(reference);
    arena_free(arena);
}

TestSuite(complaint_read, .init = set_up, .fini = tear_down);
TestSuite(complaint_clear_fields, .init = set_up, .fini = tear_down);

/* base_text with the members of `changes` set, or removed where they are null. */
static struct span changed(const char *changes)
{
    json_t *object = json_loads(base_text, 0, NULL), *patch = json_loads(changes, 0, NULL);
    const char *key;
    json_t *value;

    cr_assert(object && patch, "%s", changes);
    json_object_foreach(patch, key, value)
    {
        if (json_is_null(value))
            json_object_del(object, key);
        else
            json_object_set(object, key, value);
    }
    char *text = json_dumps(object, JSON_COMPACT);
    const struct span copy = arena_copy(arena, span_of(text));
    free(text);
    json_decref(object);
    json_decref(patch);
    return copy;
}

static bool read_with(struct span text, const struct complaint_reference *known,
                      struct arena *memory, struct complaint *ret_complaint,
                      struct faults *ret_faults)
{
    struct json_trouble trouble;
    json_t *object;

    cr_assert(json_read_object(text, &object, &trouble), "%s", text.data);
    const bool ok =
        complaint_read(ret_complaint, ret_faults, memory, SPAN(ID), text, object, known, today);
    json_decref(object);
    return ok;
}

/* "slug pointer, slug pointer": every fault in the order they were found. */
static const char *listed(const struct faults *faults)
{
    struct span all = SPAN("");

    for (size_t i = 0; i < faults->count; i++)
        all = arena_printf(arena, "%s%s%s %s", all.data, i > 0 ? ", " : "",
                           fault_slug(faults->list[i].kind), faults->list[i].pointer);
    return all.data;
}

static void expect_text(struct span got, const char *expected, const char *what)
{
    if (!expected)
        cr_expect_null(got.data, "%s", what);
    else
        cr_expect(span_eq(got, span_of(expected)), "%s: got %.*s", what, (int)got.len, got.data);
}

/* The object with its '*' replaced by so many letters. */
static const char *stretched(const char *object, size_t letters)
{
    const char *star = strchr(object, '*');
    char *run = arena_alloc(arena, letters + 1);

    cr_assert(star && run);
    memset(run, 'x', letters);
    run[letters] = '\0';
    return arena_printf(arena, "%.*s%s%s", (int)(star - object), object, run, star + 1).data;
}

Test(complaint_read, takes_what_is_in_order)
{
    const struct {
        const char *promise, *changes;
    } rows[] = {
        {"the smallest submission", "{}"},
        {"today", "{\"received_on\":\"2026-11-23\"}"},
        {"the oldest year the register has", "{\"received_on\":\"2025-10-01\"}"},
        {"an office's opinion of any class", "{\"class\":\"C0\"}"},
        {"a zero-width space", "{\"narrative\":\"เรื่อง\u200bร้องเรียน\"}"},
        {"a decomposed vowel", "{\"narrative\":\"ท\u0e4d\u0e32\"}"},
        {"a doubled tone mark", "{\"narrative\":\"ที่\u0e48\"}"},
        {"emoji joined by ZWJ", "{\"narrative\":\"👨\u200d👩\u200d👧\"}"},
        {"a leading equals sign", "{\"narrative\":\"=HYPERLINK(1)\"}"},
        {"lines and stray control characters in the narrative",
         "{\"narrative\":\"a\\r\\n\\tb\\u000b\\u009f\"}"},
        {"a narrative of one byte", "{\"narrative\":\"x\"}"},
        {"the longest narrative", stretched("{\"narrative\":\"*\"}", LIMIT_NARRATIVE_BYTES)},
        {"a named complainant", "{\"identity\":\"named\",\"complainant\":{\"name\":\"ก\"}}"},
        {"a confidential complainant with all particulars",
         "{\"identity\":\"confidential\",\"complainant\":{\"name\":\"ก\",\"phone\":\"1\","
         "\"email\":\"a@b\",\"address\":\"c\"}}"},
        {"an anonymous one with a telephone", "{\"complainant\":{\"phone\":\"1\"}}"},
        {"a บัตรสนเท่ห์", "{\"identity\":\"letter\"}"},
        {"contact",
         "{\"contact\":{\"phone\":\"1\",\"email\":\"2\",\"address\":\"3\",\"note\":\"4\"}}"},
        {"the longest text", stretched("{\"contact\":{\"note\":\"*\"}}", LIMIT_TEXT_BYTES)},
        {"agency",
         "{\"channel\":\"agency\",\"source\":{\"agency\":\"ป.ป.ช.\",\"letter_no\":\"1/2\","
         "\"letter_date\":\"2026-11-01\"}}"},
        {"post", "{\"channel\":\"post\","
                 "\"source\":{\"receive_no\":\"7\",\"receive_date\":\"2026-11-19\"}}"},
        {"box", "{\"channel\":\"box\",\"box_opening\":\"" BOX "\"}"},
        {"box without an opening yet", "{\"channel\":\"box\"}"},
        {"source of any channel", "{\"source\":{\"letter_no\":\"1\"}}"},
        {"nobody accused", "{\"accused\":[],\"conflict\":[]}"},
        {"an accused without a principal", "{\"accused\":[{\"name\":\"ข\",\"position\":\"ค\"}]}"},
        {"twenty accused",
         "{\"accused\":[{\"name\":\"1\"},{\"name\":\"2\"},{\"name\":\"3\"},{\"name\":\"4\"},"
         "{\"name\":\"5\"},{\"name\":\"6\"},{\"name\":\"7\"},{\"name\":\"8\"},{\"name\":\"9\"},"
         "{\"name\":\"1\"},{\"name\":\"2\"},{\"name\":\"3\"},{\"name\":\"4\"},{\"name\":\"5\"},"
         "{\"name\":\"6\"},{\"name\":\"7\"},{\"name\":\"8\"},{\"name\":\"9\"},{\"name\":\"0\"},"
         "{\"name\":\"1\"}]}"},
        {"the id in capitals", "{\"id\":\"0F8FAD5B-D9CB-469F-A165-70867728950E\"}"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct complaint complaint;
        struct faults faults;

        cr_expect(read_with(changed(rows[i].changes), reference, arena, &complaint, &faults),
                  "%s: %s", rows[i].promise, listed(&faults));
        cr_expect_eq(faults.count, 0, "%s", rows[i].promise);
    }
}

Test(complaint_read, names_each_fault_with_its_pointer)
{
    const struct {
        const char *changes, *faults;
    } rows[] = {
        {"{\"id\":null}", "missing /id"},
        {"{\"id\":1}", "type /id"},
        {"{\"id\":\"0f8fad5b\"}", "format /id"},
        {"{\"id\":\"" BOX "\"}", "mismatch /id"},
        {"{\"channel\":null}", "missing /channel"},
        {"{\"channel\":\"pigeon\"}", "unknown-code /channel"},
        {"{\"channel\":\"web\\n\"}", "unknown-code /channel"},
        {"{\"process\":null,\"subject\":null}", "missing /process, missing /subject"},
        {"{\"process\":\"\"}", "unknown-code /process"},
        {"{\"class\":\"c1\"}", "unknown-code /class"},
        {"{\"identity\":[\"named\"]}", "type /identity"},
        {"{\"received_on\":null}", "missing /received_on"},
        {"{\"received_on\":20261120}", "type /received_on"},
        {"{\"received_on\":\"2569-11-20\"}", "format /received_on"},
        {"{\"received_on\":\"2026-11-24\"}", "future /received_on"},
        {"{\"received_on\":\"2025-09-30\"}", "no-fiscal-year /received_on"},
        {"{\"narrative\":null}", "missing /narrative"},
        {"{\"narrative\":\"\"}", "length /narrative"},
        {"{\"narrative\":{}}", "type /narrative"},
        {"{\"accused_unit\":\"TH-51\"}", "unknown-code /accused_unit"},
        {"{\"accused_role\":\"king\"}", "unknown-code /accused_role"},
        {"{\"accused\":{}}", "type /accused"},
        {"{\"accused\":[\"ก\"]}", "type /accused/0"},
        {"{\"accused\":[{\"name\":\"ก\"},{\"position\":\"ข\"}]}", "missing /accused/1/name"},
        {"{\"accused\":[{\"name\":\"\",\"principal\":\"nobody\",\"age\":1}]}",
         "unknown-key /accused/0/age, length /accused/0/name, unknown-code /accused/0/principal"},
        {"{\"conflict\":\"head\"}", "type /conflict"},
        {"{\"conflict\":[\"head\",\"nobody\",7,\"TH-50\"]}",
         "unknown-code /conflict/1, type /conflict/2"},
        {"{\"conflict\":[\"head,triager\"]}", "unknown-code /conflict/0"},
        {"{\"conflict\":[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1]}", "length /conflict"},
        {"{\"identity\":\"named\"}", "missing /complainant"},
        {"{\"identity\":\"confidential\",\"complainant\":{\"phone\":\"1\"}}",
         "missing /complainant/name"},
        {"{\"identity\":\"letter\",\"complainant\":{\"name\":\"ก\"}}", "mismatch /complainant"},
        {"{\"complainant\":\"ก\"}", "type /complainant"},
        {"{\"complainant\":{\"sealed\":{\"content\":\"\",\"wraps\":[]}}}",
         "format /complainant/sealed/content"},
        {"{\"complainant\":{\"sealed\":7}}", "type /complainant/sealed"},
        {"{\"complainant\":{\"sealed\":{\"content\":\"YQ==\",\"wraps\":7}}}",
         "length /complainant/sealed/wraps"},
        {"{\"complainant\":{\"sealed\":{\"content\":\"YQ==\",\"wraps\":[\"Y\"]}}}",
         "format /complainant/sealed/wraps"},
        {"{\"complainant\":{\"sealed\":{\"content\":\"YQ==\",\"wraps\":[],\"key\":1}}}",
         "unknown-key /complainant/sealed/key"},
        {"{\"complainant\":{\"sealed\":{\"content\":\"YQ==\",\"wraps\":[]},\"name\":\"a\"}}",
         "unknown-key /complainant/name"},
        {"{\"complainant\":{\"name\":\"\",\"phone\":1,\"email\":\"a\\nb\"}}",
         "length /complainant/name, type /complainant/phone, "
         "control-character /complainant/email"},
        {"{\"contact\":{\"fax\":\"1\"}}", "unknown-key /contact/fax"},
        {"{\"contact\":{\"note\":\"a\\u007f\",\"phone\":\"\\u0085\"}}",
         "control-character /contact/phone, control-character /contact/note"},
        {"{\"channel\":\"agency\"}", "missing /source"},
        {"{\"channel\":\"agency\",\"source\":{}}",
         "missing /source/agency, missing /source/letter_no, missing /source/letter_date"},
        {"{\"channel\":\"post\"}", "missing /source"},
        {"{\"channel\":\"post\",\"source\":{\"agency\":\"ก\"}}",
         "missing /source/receive_no, missing /source/receive_date"},
        {"{\"source\":[]}", "type /source"},
        {"{\"source\":{\"letter_no\":\"1\\nclass=C0\",\"letter_date\":\"1 ม.ค.\"}}",
         "control-character /source/letter_no, format /source/letter_date"},
        {"{\"channel\":\"box\",\"box_opening\":\"7\"}", "format /box_opening"},
        {"{\"box_opening\":\"" BOX "\"}", "mismatch /box_opening"},
        {"{\"ref\":\"TH-50/2570/0001\"}", "unknown-key /ref"},
        {"{\"a/b~c\":1}", "unknown-key /a~1b~0c"},
        {"{\"contact\":{\"ก/ข\":1}}", "unknown-key /contact/ก~1ข"},
        {stretched("{\"contact\":{\"*\":1}}", 200), "unknown-key /contact"},
        {stretched("{\"contact\":{\"*\":1}}", 87), "unknown-key /contact"},
        {stretched("{\"*\":1}", 94), stretched("unknown-key /*", 94)},
        {stretched("{\"*\":1}", 95), "unknown-key "},
        {stretched("{\"*\":1}", 300), "unknown-key "},
        {stretched("{\"narrative\":\"*\"}", LIMIT_NARRATIVE_BYTES + 1), "length /narrative"},
        {stretched("{\"contact\":{\"note\":\"*\"}}", LIMIT_TEXT_BYTES + 1), "length /contact/note"},
        {stretched("{\"class\":\"*\"}", LIMIT_CODE_BYTES + 1), "unknown-code /class"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct complaint complaint = {.id = {42}};
        struct faults faults;

        cr_expect_not(read_with(changed(rows[i].changes), reference, arena, &complaint, &faults),
                      "row %zu", i);
        cr_expect_str_eq(listed(&faults), rows[i].faults, "row %zu: got %s", i, listed(&faults));
        cr_expect_eq(complaint.id[0], 42, "row %zu: the complaint was touched", i);
    }
}

Test(complaint_read, lists_every_fault_of_an_empty_object)
{
    struct complaint complaint;
    struct faults faults;

    cr_assert_not(read_with(SPAN("{}"), reference, arena, &complaint, &faults));
    cr_expect_str_eq(listed(&faults),
                     "missing /id, missing /channel, missing /process, missing /subject, "
                     "missing /class, missing /identity, missing /received_on, missing /narrative");
}

Test(complaint_read, refuses_null_where_a_member_may_be_absent)
{
    static const char *const keys[] = {"accused_unit", "accused_role", "accused", "conflict",
                                       "complainant",  "contact",      "source",  "box_opening"};

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const struct span base = span_of(base_text);
        const struct span text =
            arena_printf(arena, "%.*s,\"%s\":null}", (int)base.len - 1, base.data, keys[i]);
        struct complaint complaint;
        struct faults faults;

        cr_expect_not(read_with(text, reference, arena, &complaint, &faults), "%s", keys[i]);
        cr_expect_eq(faults.list[0].kind, FAULT_TYPE, "%s", keys[i]);
    }
}

Test(complaint_read, says_when_there_are_more_faults_than_it_lists)
{
    const char *text = "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,"
                       "\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1,"
                       "\"s\":1,\"t\":1,\"u\":1,\"v\":1,\"w\":1,\"x\":1,\"y\":1,\"z\":1}";
    struct complaint complaint;
    struct faults faults;

    cr_assert_not(read_with(span_of(text), reference, arena, &complaint, &faults));
    cr_expect_eq(faults.count, LIMIT_FAULTS);
    cr_expect(faults.more);
}

Test(complaint_read, fills_every_field)
{
    const struct span text = changed(
        "{\"channel\":\"agency\",\"identity\":\"named\",\"accused_unit\":\"TH-90\","
        "\"accused_role\":\"director\",\"complainant\":{\"name\":\"สมชาย\"},"
        "\"accused\":[{\"name\":\"ก\",\"principal\":\"triager\"},"
        "{\"name\":\"ข\",\"principal\":\"head\"},"
        "{\"name\":\"ค\",\"principal\":\"triager\"},{\"name\":\"ง\"}],"
        "\"conflict\":[\"head\",\"TH-50\",\"LEGAL\",\"head\"],"
        "\"source\":{\"agency\":\"ป.ป.ท.\",\"letter_no\":\"ยธ 1/2\",\"letter_date\":\"2026-11-01\","
        "\"receive_no\":\"8\",\"receive_date\":\"2026-11-19\"}}");
    struct complaint c;
    struct faults faults;

    cr_assert(read_with(text, reference, arena, &c, &faults), "%s", listed(&faults));
    expect_text(c.channel, "agency", "channel");
    expect_text(c.process, "other", "process");
    expect_text(c.subject, "bribery", "subject");
    expect_text(c.class, "CX", "class");
    expect_text(c.identity, "named", "identity");
    expect_text(c.received_on_text, "2026-11-20", "received_on");
    cr_expect_eq(thai_date_compare(c.received_on, (struct thai_date){2026, 11, 20}), 0);
    expect_text(c.accused_unit, "TH-90", "accused_unit");
    expect_text(c.accused_role, "director", "accused_role");
    expect_text(c.accused_principals, "head,triager", "accused_principals");
    expect_text(c.conflict, "LEGAL,TH-50,head", "conflict");
    expect_text(c.source,
                "{\"agency\":\"ป.ป.ท.\",\"letter_no\":\"ยธ 1/2\",\"letter_date\":\"2026-11-01\","
                "\"receive_no\":\"8\",\"receive_date\":\"2026-11-19\"}",
                "source");
    expect_text(c.source_agency, "ป.ป.ท.", "source.agency");
    expect_text(c.source_letter_no, "ยธ 1/2", "source.letter_no");
    expect_text(c.source_letter_date, "2026-11-01", "source.letter_date");
    expect_text(c.source_receive_no, "8", "source.receive_no");
    expect_text(c.source_receive_date, "2026-11-19", "source.receive_date");
    expect_text(c.complainant, "{\"name\":\"สมชาย\"}", "complainant");
    cr_expect_eq(c.id[0], 0x0f);
    cr_expect_eq(c.id[15], 0x0e);
}

Test(complaint_read, leaves_absent_fields_absent)
{
    struct complaint c;
    struct faults faults;

    cr_assert(
        read_with(changed("{\"accused\":[],\"conflict\":[]}"), reference, arena, &c, &faults));
    expect_text(c.accused_unit, NULL, "accused_unit");
    expect_text(c.accused_role, NULL, "accused_role");
    expect_text(c.accused_principals, NULL, "accused_principals");
    expect_text(c.conflict, NULL, "conflict");
    expect_text(c.source, NULL, "source");
    expect_text(c.box_opening, NULL, "box_opening");
    expect_text(c.complainant, NULL, "complainant");
}

Test(complaint_read, sorts_a_prefix_before_what_it_begins)
{
    struct complaint c;
    struct faults faults;

    cr_assert(read_with(changed("{\"conflict\":[\"b\",\"ab\",\"a-b\",\"a\",\"B\",\"a\"]}"), NULL,
                        arena, &c, &faults));
    expect_text(c.conflict, "B,a,a-b,ab,b", "conflict");
}

Test(complaint_read, cuts_the_complainant_out_of_the_very_bytes_sent)
{
    const struct span text = SPAN(
        "{ \"id\":\"" ID "\",\"channel\":\"web\",\n\"process\":\"other\",\"subject\":\"bribery\","
        "\"class\":\"CX\",\"identity\":\"named\","
        "\"complain\\u0061nt\" :\t{ \"name\":\"\\u0e01\" } ,"
        "\"received_on\":\"2026-11-20\",\"narrative\":\"\\\"complainant\\\":{}\"}\n");
    struct complaint c;
    struct faults faults;

    cr_assert(read_with(text, reference, arena, &c, &faults), "%s", listed(&faults));
    expect_text(c.complainant, "{ \"name\":\"\\u0e01\" }", "I");
    expect_text(c.body,
                "{ \"id\":\"" ID
                "\",\"channel\":\"web\",\n\"process\":\"other\",\"subject\":\"bribery\","
                "\"class\":\"CX\",\"identity\":\"named\",\"complain\\u0061nt\" :\tnull ,"
                "\"received_on\":\"2026-11-20\",\"narrative\":\"\\\"complainant\\\":{}\"}\n",
                "B");
}

Test(complaint_read, binds_the_request_itself_when_there_is_no_complainant)
{
    struct complaint c;
    struct faults faults;

    cr_assert(read_with(span_of(base_text), reference, arena, &c, &faults));
    expect_text(c.body, base_text, "B");
    cr_expect_eq(c.complainant.len, 0);
}

Test(complaint_read, checks_only_the_form_without_a_reference)
{
    struct complaint c;
    struct faults faults;

    cr_expect(read_with(changed("{\"channel\":\"pigeon\",\"accused_unit\":\"X-1\","
                                "\"conflict\":[\"nobody\"],\"received_on\":\"1999-01-01\"}"),
                        NULL, arena, &c, &faults),
              "%s", listed(&faults));
    cr_expect_not(read_with(changed("{\"channel\":\"a b\",\"conflict\":[\"x,y\"],"
                                    "\"received_on\":\"2027-01-01\"}"),
                            NULL, arena, &c, &faults));
    cr_expect_str_eq(listed(&faults),
                     "unknown-code /channel, future /received_on, unknown-code /conflict/0");
}

Test(complaint_read, tells_a_full_arena_from_faults)
{
    const struct span text = changed("{\"complainant\":{\"phone\":\"1\"},\"channel\":\"box\"}");
    size_t refused = 0;

    for (size_t cap = 0; cap < 1024; cap += 16) {
        struct arena *small = arena_new(cap);
        struct complaint c;
        struct faults faults;

        if (!read_with(text, reference, small, &c, &faults)) {
            cr_expect_eq(faults.count, 0, "%zu bytes", cap);
            refused++;
        }
        arena_free(small);
    }
    cr_expect(refused > 0 && refused < 64);

    struct arena *tiny = arena_new(16);
    struct complaint c;
    struct faults faults;
    cr_expect_not(read_with(changed("{\"channel\":7}"), reference, tiny, &c, &faults));
    cr_expect_eq(faults.count, 0, "a full arena hides the faults");
    arena_free(tiny);
}

Test(complaint_read, never_holds_a_submitted_value_in_a_fault)
{
    const struct span text =
        changed("{\"id\":\"hunter2\",\"channel\":\"hunter2\",\"received_on\":\"hunter2\","
                "\"accused\":[\"hunter2\"],\"conflict\":[\"hunter2,\"],\"contact\":\"hunter2\","
                "\"box_opening\":\"hunter2\",\"source\":{\"letter_date\":\"hunter2\"}}");
    struct complaint c;
    struct faults faults;

    cr_assert_not(read_with(text, reference, arena, &c, &faults));
    cr_expect_null(strstr(listed(&faults), "hunter2"), "%s", listed(&faults));
}

Test(complaint_clear_fields, writes_present_fields_in_the_fixed_order)
{
    const struct span text = changed(
        "{\"channel\":\"box\",\"accused_unit\":\"TH-90\",\"accused_role\":\"director\","
        "\"accused\":[{\"name\":\"ก\",\"principal\":\"triager\"},"
        "{\"name\":\"ข\",\"principal\":\"head\"}],\"conflict\":[\"TH-90\",\"TH-50\"],"
        "\"source\":{\"agency\":\"ป.ป.ท.\",\"letter_no\":\"=1\",\"letter_date\":\"2026-11-01\","
        "\"receive_no\":\"8\",\"receive_date\":\"2026-11-19\"},"
        "\"box_opening\":\"7C9E6679-7425-40DE-944B-E07FC1F90AE7\"}");
    struct complaint c;
    struct faults faults;

    cr_assert(read_with(text, reference, arena, &c, &faults), "%s", listed(&faults));
    expect_text(complaint_clear_fields(&c, SPAN("TH-50"), SPAN("TH-50"), arena),
                "v=1\nid=" ID "\nunit=TH-50\nsubmitter=TH-50\nchannel=box\nprocess=other\n"
                "subject=bribery\nclass=CX\nidentity=anonymous\nreceived_on=2026-11-20\n"
                "accused_unit=TH-90\naccused_role=director\naccused=head,triager\n"
                "conflict=TH-50,TH-90\nsource.agency=ป.ป.ท.\nsource.letter_no==1\n"
                "source.letter_date=2026-11-01\nsource.receive_no=8\n"
                "source.receive_date=2026-11-19\nbox_opening=" BOX "\n",
                "M");
}

Test(complaint_clear_fields, leaves_absent_fields_out)
{
    struct complaint c;
    struct faults faults;

    cr_assert(read_with(span_of(base_text), reference, arena, &c, &faults));
    expect_text(complaint_clear_fields(&c, (struct span){0}, SPAN("TH-50"), arena),
                "v=1\nid=" ID "\nsubmitter=TH-50\nchannel=web\nprocess=other\nsubject=bribery\n"
                "class=CX\nidentity=anonymous\nreceived_on=2026-11-20\n",
                "M");

    struct arena *tiny = arena_new(16);
    cr_expect_null(complaint_clear_fields(&c, SPAN("TH-50"), SPAN("TH-50"), tiny).data);
    arena_free(tiny);
}

Test(complaint_reference_new, knows_each_principals_unit)
{
    struct complaint_reference *known = complaint_reference_new(span_of(reference_text));

    cr_assert(known);
    expect_text(complaint_unit_of(known, SPAN("head")), "LEGAL", "head");
    expect_text(complaint_unit_of(known, SPAN("TH-50")), "TH-50", "TH-50");
    expect_text(complaint_unit_of(known, SPAN("nobody")), NULL, "nobody");
    expect_text(complaint_unit_of(known, SPAN("")), NULL, "nobody at all");
    complaint_reference_free(known);
    complaint_reference_free(NULL);
}

Test(complaint_reference_new, refuses_another_shape)
{
#define TAXONOMY                                                                               \
    "\"taxonomy\":{\"channel\":[],\"process\":[],\"subject\":[],\"class\":[],\"identity\":[]," \
    "\"accused_role\":[]}"
#define ROUTING                                                                      \
    "\"routing\":{\"accused_role\":{},\"accused_unit\":{},\"accused_principal\":{}," \
    "\"conflict\":{}}"
    static const char *const rows[] = {
        "",
        "[]",
        "{}",
        "{" TAXONOMY "," ROUTING "}",
        "{" TAXONOMY "," ROUTING ",\"units\":[],\"principals\":{}}",
        "{" TAXONOMY "," ROUTING ",\"units\":[],\"fiscal_years\":[]}",
        "{" TAXONOMY "," ROUTING ",\"principals\":{},\"fiscal_years\":[]}",
        "{" TAXONOMY "," ROUTING ",\"units\":[1],\"principals\":{},\"fiscal_years\":[]}",
        "{" TAXONOMY "," ROUTING ",\"units\":[\"a,b\"],\"principals\":{},\"fiscal_years\":[]}",
        "{" TAXONOMY "," ROUTING
        ",\"units\":[],\"principals\":{\"a b\":\"U\"},\"fiscal_years\":[]}",
        "{" TAXONOMY "," ROUTING ",\"units\":[],\"principals\":{\"a\":1},\"fiscal_years\":[]}",
        "{" TAXONOMY "," ROUTING ",\"units\":[],\"principals\":{},\"fiscal_years\":[\"2570\"]}",
        "{" TAXONOMY ",\"units\":[],\"principals\":{},\"fiscal_years\":[]}",
        "{" TAXONOMY
        ",\"units\":[],\"principals\":{},\"fiscal_years\":[],\"routing\":{\"accused_role\":{"
        "\"x\":[\"alternate\"]},\"accused_unit\":{},\"accused_principal\":{},\"conflict\":{}}}",
        "{" ROUTING ",\"taxonomy\":{},\"units\":[],\"principals\":{},\"fiscal_years\":[]}",
    };
    static const char whole[] =
        "{" TAXONOMY "," ROUTING
        ",\"units\":[],\"principals\":{},\"fiscal_years\":[],\"version\":7}";

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        cr_expect_null(complaint_reference_new(span_of(rows[i])), "row %zu", i);

    struct complaint_reference *empty = complaint_reference_new(span_of(whole));
    cr_expect_not_null(empty);
    complaint_reference_free(empty);
}

Test(complaint_route, is_that_of_the_first_rule_that_speaks_of_it)
{
    static const struct {
        const char *promise;
        struct complaint complaint;
        const char *unit, *route;
    } rows[] = {
        {"nobody is accused", {.channel = {NULL, 0}}, "TH-50", "legal"},
        {"a role of no rule", {.accused_role = SPAN_INIT("unknown")}, "TH-50", "legal"},
        {"the director", {.accused_role = SPAN_INIT("director")}, "TH-50", "external"},
        {"the legal group's head", {.accused_role = SPAN_INIT("legal_head")}, "TH-50", "alternate"},
        {"its unit", {.accused_unit = SPAN_INIT("LEGAL")}, "TH-50", "alternate"},
        {"an accused head of the receiving unit, which has a rule",
         {.accused_role = SPAN_INIT("unit_head")},
         "LEGAL",
         "alternate"},
        {"and one that has none", {.accused_role = SPAN_INIT("unit_head")}, "TH-50", "legal"},
        {"a name in a list", {.accused_principals = SPAN_INIT("TH-50,head")}, "TH-50", "alternate"},
        {"the first of two rules",
         {.accused_principals = SPAN_INIT("boss,head")},
         "TH-50",
         "external"},
        {"whatever the fact",
         {.accused_unit = SPAN_INIT("BUREAU"), .conflict = SPAN_INIT("LEGAL")},
         "TH-50",
         "external"},
        {"a conflict alone", {.conflict = SPAN_INIT("TH-90,triager")}, "TH-50", "alternate"},
        {"part of a name is another name",
         {.conflict = SPAN_INIT("triage,LEGA")},
         "TH-50",
         "legal"},
    };
    struct complaint_reference *known = complaint_reference_new(span_of(reference_text));

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_text(complaint_route(known, &rows[i].complaint, span_of(rows[i].unit)),
                    rows[i].route, rows[i].promise);
    complaint_reference_free(known);
}

Test(uuid, goes_to_bytes_and_back_in_lower_case)
{
    uint8_t id[COMMIT_ID_BYTES];
    char text[37];

    cr_assert(uuid_parse(SPAN("0F8FAD5B-d9cb-469f-A165-70867728950e"), id));
    uuid_print(id, text);
    cr_expect_str_eq(text, ID);
}

Test(uuid, has_one_form)
{
    const struct span rows[] = {
        SPAN(""),
        SPAN("0f8fad5bd9cb469fa16570867728950e"),
        SPAN("{0f8fad5b-d9cb-469f-a165-70867728950e}"),
        SPAN("0f8fad5b-d9cb-469f-a165-70867728950"),
        SPAN("0f8fad5b-d9cb-469f-a165-70867728950g"),
        SPAN("0f8fad5b-d9cb-469f-a16570867728950e-"),
        SPAN("0f8fad5bd-9cb-469f-a165-70867728950e"),
        SPAN("0f8fad5b-d9cb-469f-a165-7086772895\0e"),
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t id[COMMIT_ID_BYTES] = {42};

        cr_expect_not(uuid_parse(rows[i], id), "row %zu", i);
        cr_expect_eq(id[0], 42, "row %zu: the id was touched", i);
    }
}
