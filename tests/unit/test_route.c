/* What the route table promises: one handler for a method and path, and the right refusal. */
#include <criterion/criterion.h>
#include <string.h>

#include "handler.h"
#include "route.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* The table names its handlers; matching never calls one. */
#define HANDLER(name)                           \
    void handle_##name(struct request *request) \
    {                                           \
        cr_assert_fail("%p", (void *)request);  \
    }
HANDLER(call_sql)
HANDLER(open)
HANDLER(event)
HANDLER(attach)
HANDLER(fetch)
HANDLER(document)
HANDLER(html)
HANDLER(csv)
HANDLER(xlsx)
HANDLER(submit)
HANDLER(check)
HANDLER(track)
HANDLER(healthz)
HANDLER(readyz)
HANDLER(metrics)
HANDLER(openapi)
HANDLER(log_checkpoint)
HANDLER(log_tile)
HANDLER(log_latest)
HANDLER(log_consistency)
HANDLER(log_proof)
#undef HANDLER

/* A request with that line, as the reader leaves it. */
static struct request *request_of(const char *method, const char *target)
{
    struct arena *arena = arena_new(LIMIT_REQUEST_ARENA_BYTES);
    struct request *request = arena_alloc(arena, sizeof *request);
    const char *mark = strchr(target, '?');

    *request = (struct request){.arena = arena};
    request->head.method = span_of(method);
    request->head.target = request->head.path = span_of(target);
    if (mark) {
        request->head.path.len = (size_t)(mark - target);
        request->head.query = span_of(mark + 1);
    }
    return request;
}

static const char *text_of(struct span span)
{
    static char text[256];

    cr_assert(span_to_cstr(span, text, sizeof text));
    return text;
}

Test(route_match, finds_the_function_of_a_method_and_path)
{
    static const struct {
        const char *method, *path, *function;
    } rows[] = {
        {"PUT", "/v1/complaints/6f1b0c1e-2c55-4c0e-9a65-3ea9f6f2a9c1", "complaint_submit"},
        {"GET", "/v1/complaints/6f1b0c1e-2c55-4c0e-9a65-3ea9f6f2a9c1", "complaint_get"},
        {"HEAD", "/v1/complaints/6f1b0c1e-2c55-4c0e-9a65-3ea9f6f2a9c1", "complaint_get"},
        {"GET", "/v1/complaints", "complaint_list"},
        {"GET", "/v1/complaints?", "complaint_list"},
        {"GET", "/v1/complaints?limit=10", "complaint_list"},
        {"POST", "/v1/complaints/x/events", "complaint_event"},
        {"GET", "/v1/scores/2570", "score_get"},
        {"GET", "/v1/reports/2570", "report_get"},
        {"POST", "/v1/reports/2570/issue", "report_issue"},
        {"GET", "/v1/evidence", "evidence_list"},
        {"POST", "/v1/evidence/6f1b0c1e-2c55-4c0e-9a65-3ea9f6f2a9c1/end", "evidence_end"},
        {"GET", "/v1/evidence/4.1/pack", "evidence_pack"},
        {"GET", "/v1/evidence/4.1/pack.html", "evidence_pack"},
        {"GET", "/v1/units", "unit_list"},
        {"POST", "/v1/units", "unit_set"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request *request = request_of(rows[i].method, rows[i].path);
        const char *allow = NULL;

        cr_expect_eq(route_match(request, &allow), ERR_NONE, "%s", rows[i].path);
        cr_assert(request->route, "%s", rows[i].path);
        cr_expect_str_eq(request->route->function, rows[i].function, "%s", rows[i].path);
        arena_free(request->arena);
    }
}

Test(route_match, a_tile_takes_all_segments_that_are_left)
{
    static const struct {
        const char *path, *tile; /* NULL: no route */
    } rows[] = {
        {"/log/tile/0/000", "0/000"},
        {"/log/tile/0/x001/x234/067.p/3", "0/x001/x234/067.p/3"},
        {"/log/tile/entries/000", "entries/000"},
        {"/log/tile/%30/000", "0/000"},
        {"/log/tile/", NULL},
        {"/log/tile", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request *request = request_of("GET", rows[i].path);
        const char *allow = NULL;

        cr_expect_eq(route_match(request, &allow), rows[i].tile ? ERR_NONE : ERR_NOT_FOUND, "%s",
                     rows[i].path);
        if (rows[i].tile)
            cr_expect_str_eq(text_of(request->path_params[0].value), rows[i].tile, "%s",
                             rows[i].path);
        arena_free(request->arena);
    }
}

Test(route_match, the_end_of_a_segment_chooses_the_form)
{
    static const struct {
        const char *path, *fy;
        void (*handle)(struct request *request);
    } rows[] = {
        {"/v1/reports/2570.html", "2570", handle_html},
        {"/v1/reports/2570.csv", "2570", handle_csv},
        {"/v1/reports/2570.xlsx", "2570", handle_xlsx},
        {"/v1/reports/2570", "2570", handle_call_sql},
        {"/v1/reports/.html", ".html", handle_call_sql},
        {"/v1/reports/25.html.csv", "25.html", handle_csv},
        {"/v1/reports/2570.pdf", "2570.pdf", handle_call_sql},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request *request = request_of("GET", rows[i].path);
        const char *allow = NULL;

        cr_expect_eq(route_match(request, &allow), ERR_NONE, "%s", rows[i].path);
        cr_expect_eq(request->route->handle, rows[i].handle, "%s", rows[i].path);
        cr_expect_str_eq(text_of(request->path_params[0].value), rows[i].fy, "%s", rows[i].path);
        arena_free(request->arena);
    }
}

Test(route_match, every_route_is_found_by_its_own_path)
{
    for (size_t i = 0; i < route_count; i++) {
        struct request *request = request_of(routes[i].method, routes[i].path);
        const char *allow = NULL;

        cr_expect_eq(route_match(request, &allow), ERR_NONE, "%s", routes[i].path);
        cr_expect_eq(request->route, &routes[i], "%s is hidden by another", routes[i].path);
        arena_free(request->arena);
    }
}

Test(route_match, says_not_found_for_what_is_not_there)
{
    static const char *const paths[] = {
        "/",
        "//v1/units",
        "/v1",
        "/v1/",
        "/v1/unit",
        "/v1/unitss",
        "/v1/units/",
        "/v1//units",
        "/V1/units",
        "/v1/%75nits",
        "/v1/complaints/",
        "/v1/complaints//events",
        "/v1/complaints/x/events/",
        "/v1/complaints/x/y/events",
        "/v1/scores/",
        "/healthz/x",
    };

    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct request *request = request_of("GET", paths[i]);
        const char *allow = NULL;

        cr_expect_eq(route_match(request, &allow), ERR_NOT_FOUND, "%s", paths[i]);
        cr_expect_null(request->route);
        cr_expect_null(allow);
        arena_free(request->arena);
    }
}

Test(route_match, names_the_methods_a_path_has)
{
    static const struct {
        const char *method, *path, *allow;
    } rows[] = {
        {"DELETE", "/v1/complaints/x", "GET, HEAD, PUT"},
        {"POST", "/v1/complaints", "GET, HEAD"},
        {"PUT", "/v1/units", "GET, HEAD, POST"},
        {"HEAD", "/v1/track", "POST"},
        {"get", "/v1/me", "GET, HEAD"},
        {"OPTIONS", "/v1/proposals/x", "POST"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request *request = request_of(rows[i].method, rows[i].path);
        const char *allow = NULL;

        cr_expect_eq(route_match(request, &allow), ERR_METHOD, "%s", rows[i].path);
        cr_assert(allow, "%s", rows[i].path);
        cr_expect_str_eq(allow, rows[i].allow, "%s", rows[i].path);
        arena_free(request->arena);
    }
}

Test(route_match, decodes_the_path_parameter)
{
    static const struct {
        const char *promise, *path, *value;
    } rows[] = {
        {"plain text stays", "/v1/complaints/abc-1.2_~", "abc-1.2_~"},
        {"an encoded slash is part of the value", "/v1/complaints/TH-50%2F2570%2f0007",
         "TH-50/2570/0007"},
        {"Thai text is decoded", "/v1/complaints/%E0%B8%A5", "ล"},
        {"a plus is a plus", "/v1/complaints/a+b", "a+b"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request *request = request_of("GET", rows[i].path);
        const char *allow = NULL;

        cr_assert_eq(route_match(request, &allow), ERR_NONE, "%s", rows[i].promise);
        cr_expect_str_eq(text_of(request->path_params[0].name), "id");
        cr_expect_str_eq(text_of(request->path_params[0].value), rows[i].value, "%s",
                         rows[i].promise);
        cr_expect_null(request->path_params[1].name.data);
        arena_free(request->arena);
    }
}

Test(route_match, reads_the_query)
{
    struct request *request =
        request_of("GET", "/v1/complaints?limit=50&state=RECEIVED&ref=%E0%B8%A5%2F2570&fy=&late");
    const char *allow = NULL;

    cr_assert_eq(route_match(request, &allow), ERR_NONE);
    cr_assert_eq(request->query_count, 5);
    cr_expect_str_eq(text_of(request_query(request, "limit")), "50");
    cr_expect_str_eq(text_of(request_query(request, "state")), "RECEIVED");
    cr_expect_str_eq(text_of(request_query(request, "ref")), "ล/2570");
    cr_expect_eq(request_query(request, "fy").len, 0);
    cr_expect_not_null(request_query(request, "fy").data, "empty is not absent");
    cr_expect_not_null(request_query(request, "late").data, "a name alone is there");
    cr_expect_null(request_query(request, "lim").data);
    arena_free(request->arena);
}

Test(route_match, refuses_what_it_cannot_decode_or_could_read_in_two_ways)
{
    static const struct {
        const char *promise, *target;
    } rows[] = {
        {"a broken escape in the path", "/v1/complaints/%4"},
        {"an encoded NUL in the path", "/v1/complaints/a%00"},
        {"what is not UTF-8 in the path", "/v1/complaints/%C0%AF"},
        {"a broken escape in a name", "/v1/complaints?%zz=1"},
        {"a broken escape in a value", "/v1/complaints?limit=%"},
        {"a name twice", "/v1/complaints?limit=1&limit=1"},
        {"a name twice, once with escapes", "/v1/complaints?limit=1&%6Cimit=2"},
        {"a value without a name", "/v1/complaints?=1"},
        {"nothing between two ampersands", "/v1/complaints?a=1&&b=2"},
        {"too many parameters",
         "/v1/complaints?a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=&l=&m=&n=&o=&p=&q="},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request *request = request_of("GET", rows[i].target);
        const char *allow = NULL;

        cr_expect_eq(route_match(request, &allow), ERR_BAD_REQUEST, "%s", rows[i].promise);
        arena_free(request->arena);
    }
}
