/* What a request promises: one answer, whole, with nothing of the peer's own words in it. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "metrics.h"
#include "request.h"
#include "route.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* What the connection was given. */
static struct {
    size_t count;
    char text[64 * 1024];
    bool close;
} given;

static void take_answer(struct request *request, char *bytes, size_t len, bool close)
{
    (void)request;
    cr_assert(len < sizeof given.text);
    memcpy(given.text, bytes, len);
    given.text[len] = '\0';
    given.close = close;
    given.count++;
    OPENSSL_clear_free(bytes, len);
}

static void quiet(void)
{
    log_set_priority(LOG_ERROR);
}

/* A request with that head, as the server makes it. */
static struct request *request_of(const char *head_text)
{
    static int connection;
    struct http1_reader reader;
    struct http1_head head;
    struct span body;
    size_t used;
    char copy[4096];

    strcpy(copy, head_text);
    http1_init(&reader, LIMIT_JSON_BODY_BYTES);
    cr_assert_eq(http1_read(&reader, span_of(copy), &used, &head, &body), HTTP1_HEAD);
    struct request *request = request_new(&head, (struct span){copy, used}, "TH-50");
    memset(copy, '#', sizeof copy); /* nothing may point there any more */
    request->connection = &connection;
    request->answer = take_answer;
    return request;
}

#define GET  "GET /v1/me?x=1 HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n"
#define HEAD "HEAD /v1/me HTTP/1.1\r\nHost: a.example\r\n\r\n"

static bool has_line(const char *line)
{
    char wanted[256];

    snprintf(wanted, sizeof wanted, "\r\n%s\r\n", line);
    const char *end = strstr(given.text, "\r\n\r\n");
    const char *found = strstr(given.text, wanted);
    return found && end && found <= end;
}

static const char *body_given(void)
{
    const char *end = strstr(given.text, "\r\n\r\n");

    cr_assert(end);
    return end + 4;
}

TestSuite(request, .init = quiet);

Test(request, keeps_its_head_when_the_input_is_gone)
{
    struct request *request = request_of(GET);

    cr_expect(span_eq(request->head.method, SPAN("GET")));
    cr_expect(span_eq(request->head.path, SPAN("/v1/me")));
    cr_expect(span_eq(request->head.query, SPAN("x=1")));
    cr_expect(span_eq(request->head.host, SPAN("a.example")));
    cr_expect(span_eq(http1_field(&request->head, SPAN("accept")), SPAN("*/*")));
    cr_expect_str_eq(request->actor, "TH-50");
    request_free(request);
}

Test(request, has_an_id_of_16_hex_digits_that_no_other_has)
{
    struct request *requests[200];

    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        requests[i] = request_of(GET);
        cr_assert_eq(strspn(requests[i]->id, "0123456789abcdef"), 16);
        cr_assert_eq(strlen(requests[i]->id), 16);
        for (size_t k = 0; k < i; k++)
            cr_assert_str_neq(requests[i]->id, requests[k]->id);
    }
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        request_free(requests[i]);
}

Test(request, knows_whether_a_body_follows_and_is_json)
{
    static const struct {
        const char *promise, *fields;
        bool body, json;
    } rows[] = {
        {"no length, no body", "Content-Type: application/json\r\n", false, true},
        {"length 0, no body", "Content-Length: 0\r\n", false, false},
        {"a length", "Content-Length: 2\r\nContent-Type: application/json\r\n", true, true},
        {"chunked", "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n", true, true},
        {"a parameter", "Content-Type: application/json; charset=utf-8\r\n", false, true},
        {"a parameter after blanks", "Content-Type: application/json \t;charset=utf-8\r\n", false,
         true},
        {"other letters", "content-type: Application/JSON\r\n", false, true},
        {"a longer type", "Content-Type: application/json-seq\r\n", false, false},
        {"another type", "Content-Type: text/plain\r\n", false, false},
        {"an empty type", "Content-Type:\r\n", false, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char head[512];
        snprintf(head, sizeof head, "PUT / HTTP/1.1\r\nHost: a\r\n%s\r\n", rows[i].fields);
        struct request *request = request_of(head);
        cr_expect_eq(request_has_body(request), rows[i].body, "%s", rows[i].promise);
        cr_expect_eq(request_is_json(request), rows[i].json, "%s", rows[i].promise);
        request_free(request);
    }
}

Test(request, is_answered_in_one_piece_with_head_and_body)
{
    struct request *request = request_of(GET);
    char id_line[64];

    snprintf(id_line, sizeof id_line, "X-Request-Id: %s", request->id);
    request_reply(request, &(struct reply){.status = 200, .body = SPAN("{\"a\":1}")});
    cr_assert_eq(given.count, 1);
    cr_expect_not(given.close);
    cr_expect_eq(strncmp(given.text, "HTTP/1.1 200 OK\r\nDate: ", 23), 0);
    cr_expect(has_line("Content-Type: application/json"));
    cr_expect(has_line("Content-Length: 7"));
    cr_expect(has_line("Cache-Control: no-store"));
    cr_expect(has_line("X-Content-Type-Options: nosniff"));
    cr_expect(has_line(id_line));
    cr_expect_null(strstr(given.text, "Connection:"));
    cr_expect_null(strstr(given.text, "ETag:"));
    cr_expect_null(strstr(given.text, "Retry-After:"));
    cr_expect_str_eq(body_given(), "{\"a\":1}");
}

Test(request, has_a_date_in_the_form_of_http)
{
    char day[4], month[4];
    int date, year, hour, minute, second;

    request_reply(request_of(GET), &(struct reply){.status = 200});
    const char *line = strstr(given.text, "\r\nDate: ");
    cr_assert(line);
    cr_expect_eq(sscanf(line, "\r\nDate: %3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT\r\n", day,
                        &date, month, &year, &hour, &minute, &second),
                 7);
    cr_expect_eq(strstr(line + 2, "\r\n") - line, 2 + 6 + 29);
}

Test(request, says_what_the_reply_says)
{
    request_reply(request_of(GET), &(struct reply){.status = 201,
                                                   .content_type = "text/plain",
                                                   .body = SPAN("x"),
                                                   .version = 18446744073709551615U,
                                                   .cache_control = "max-age=60",
                                                   .retry_after_s = 7,
                                                   .location = "/v1/complaints/1",
                                                   .allow = "PUT",
                                                   .close = true});
    cr_expect_eq(strncmp(given.text, "HTTP/1.1 201 Created\r\n", 22), 0);
    cr_expect(has_line("Content-Type: text/plain"));
    cr_expect(has_line("ETag: \"18446744073709551615\""));
    cr_expect(has_line("Cache-Control: max-age=60"));
    cr_expect(has_line("Retry-After: 7"));
    cr_expect(has_line("Location: /v1/complaints/1"));
    cr_expect(has_line("Allow: PUT"));
    cr_expect(has_line("Connection: close"));
    cr_expect(given.close);
}

Test(request, head_gets_the_head_of_get_and_no_body)
{
    request_reply(request_of(HEAD), &(struct reply){.status = 200, .body = SPAN("{\"a\":1}")});
    cr_expect(has_line("Content-Length: 7"));
    cr_expect_str_eq(body_given(), "");
}

Test(request, ends_the_connection_when_the_server_wants_that)
{
    struct request *request = request_of(GET);

    request->close = true;
    request_reply(request, &(struct reply){.status = 200});
    cr_expect(has_line("Connection: close"));
    cr_expect(given.close);
}

Test(request, without_a_peer_is_counted_and_forgotten)
{
    struct request *request = request_of(GET);
    const int64_t before = metric_get(METRIC_REQUESTS);

    request->connection = NULL;
    request_reply(request, &(struct reply){.status = 200});
    cr_expect_eq(given.count, 0);
    cr_expect_eq(metric_get(METRIC_REQUESTS), before + 1);
}

Test(request, that_could_not_be_read_can_be_answered)
{
    static int connection;
    struct request *request = request_new(NULL, (struct span){0}, "");

    request->connection = &connection;
    request->answer = take_answer;
    request->close = true;
    request_problem(request, ERR_BAD_REQUEST, NULL, NULL);
    cr_expect_eq(strncmp(given.text, "HTTP/1.1 400 Bad Request\r\n", 26), 0);
    cr_expect(given.close);
}

Test(request, counts_answers_by_their_class)
{
    static const struct {
        int status;
        int64_t clients, servers;
    } rows[] = {{200, 0, 0}, {404, 1, 0}, {499, 1, 0}, {500, 0, 1}, {503, 0, 1}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const int64_t clients = metric_get(METRIC_ANSWERS_4XX);
        const int64_t servers = metric_get(METRIC_ANSWERS_5XX);
        request_reply(request_of(GET), &(struct reply){.status = rows[i].status});
        cr_expect_eq(metric_get(METRIC_ANSWERS_4XX) - clients, rows[i].clients);
        cr_expect_eq(metric_get(METRIC_ANSWERS_5XX) - servers, rows[i].servers);
    }
}

/* The problem document as JSON; the caller frees. */
static json_t *problem_given(void)
{
    json_error_t error;
    json_t *problem = json_loads(body_given(), JSON_REJECT_DUPLICATES, &error);

    cr_assert(problem, "%s in %s", error.text, body_given());
    return problem;
}

static const char *member(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value ? value : "(none)";
}

Test(request, problem_documents_are_those_of_the_error_table)
{
#define X(name, slug, status, sqlstate, title_th, title) \
    {name, "urn:grievd:problem:" slug, status, title},
    static const struct {
        enum err err;
        const char *type;
        int status;
        const char *title;
    } rows[] = {ERR_TABLE(X)};
#undef X

    for (size_t i = 1; i < COUNT_OF(rows); i++) {
        struct request *request = request_of(GET);
        char id[17];

        memcpy(id, request->id, sizeof id);
        request_problem(request, rows[i].err, NULL, NULL);
        json_t *problem = problem_given();
        cr_expect(has_line("Content-Type: application/problem+json"));
        cr_expect_str_eq(member(problem, "type"), rows[i].type);
        cr_expect_str_eq(member(problem, "title"), rows[i].title);
        cr_expect_str_eq(member(problem, "request_id"), id);
        cr_expect_eq(json_integer_value(json_object_get(problem, "status")), rows[i].status);
        cr_expect_eq(json_object_size(problem), 4);
        cr_expect_eq(strstr(given.text, "Retry-After: ") != NULL,
                     rows[i].status == 429 || rows[i].status == 503, "%s", rows[i].type);
        cr_expect_eq(strncmp(given.text + 12, " \r\n", 3) != 0, true, "%d has a phrase",
                     rows[i].status);
        json_decref(problem);
    }
}

Test(request, who_has_to_wait_for_an_operator_is_not_told_to_come_back_in_a_second)
{
    static const struct {
        enum err err;
        const char *line;
    } rows[] = {
        {ERR_UNAVAILABLE, "Retry-After: 1"}, {ERR_OUTCOME_UNKNOWN, "Retry-After: 1"},
        {ERR_TOO_MANY, "Retry-After: 1"},    {ERR_FROZEN, "Retry-After: 60"},
        {ERR_FORKED, "Retry-After: 60"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        request_problem(request_of(GET), rows[i].err, NULL, NULL);
        cr_expect(has_line(rows[i].line), "%s", rows[i].line);
    }
}

Test(request, a_problem_tells_its_detail_whatever_it_holds)
{
    static const struct {
        const char *promise, *detail;
    } rows[] = {
        {"plain", "line 3, column 1: a member is there twice"},
        {"quotes, backslashes, control characters", "a \"b\" \\ \n\t\x01 c"},
        {"Thai", "ไม่พบเรื่องร้องเรียน"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        request_problem(request_of(GET), ERR_INVALID, rows[i].detail, NULL);
        json_t *problem = problem_given();
        cr_expect_str_eq(member(problem, "detail"), rows[i].detail, "%s", rows[i].promise);
        json_decref(problem);
    }
}

Test(request, a_detail_too_long_is_cut_between_characters)
{
    char detail[3 * 1000 + 2] = "x";

    for (size_t i = 0; i < 1000; i++)
        memcpy(detail + 1 + 3 * i, "ก", 4);
    request_problem(request_of(GET), ERR_INVALID, detail, NULL);
    json_t *problem = problem_given(); /* jansson takes valid UTF-8 only */
    const size_t len = strlen(member(problem, "detail"));
    cr_expect_leq(len, 512);
    cr_expect_gt(len, 500);
    json_decref(problem);
}

Test(request, a_problem_lists_all_faults_with_their_places)
{
    struct faults faults = {0};

    fault_add(&faults, FAULT_MISSING, "/channel");
    fault_add(&faults, FAULT_CONTROL, "/accused/%d/a~1\"b", 3);
    fault_add(&faults, FAULT_TYPE, "%s", "");
    request_problem(request_of(GET), ERR_INVALID, NULL, &faults);
    json_t *problem = problem_given();
    const json_t *errors = json_object_get(problem, "errors");
    cr_assert_eq(json_array_size(errors), 3);
    cr_expect_str_eq(member(json_array_get(errors, 0), "pointer"), "/channel");
    cr_expect_str_eq(member(json_array_get(errors, 0), "code"), fault_slug(FAULT_MISSING));
    cr_expect_str_eq(member(json_array_get(errors, 0), "detail"), fault_text(FAULT_MISSING));
    cr_expect_str_eq(member(json_array_get(errors, 1), "pointer"), "/accused/3/a~1\"b");
    cr_expect_str_eq(member(json_array_get(errors, 2), "pointer"), "");
    cr_expect_null(json_object_get(problem, "more_errors"));
    json_decref(problem);
}

Test(request, a_problem_with_the_most_and_longest_faults_fits)
{
    struct faults faults = {0};
    char pointer[95];

    memset(pointer, '\x01', sizeof pointer - 1);
    pointer[0] = '/';
    pointer[sizeof pointer - 1] = '\0';
    for (int i = 0; i < LIMIT_FAULTS + 1; i++)
        fault_add(&faults, FAULT_NO_YEAR, "%s", pointer);
    request_problem(request_of(GET), ERR_INVALID, "detail", &faults);
    json_t *problem = problem_given();
    cr_expect_eq(json_array_size(json_object_get(problem, "errors")), LIMIT_FAULTS);
    cr_expect(json_is_true(json_object_get(problem, "more_errors")));
    json_decref(problem);
}

Test(request, a_refusal_has_the_members_that_the_register_gave_it_and_none_of_an_empty_object)
{
    request_refusal(request_of(GET), ERR_CONFLICT, "why", SPAN("{\"moves\": [\"note\"]}"));
    json_t *problem = problem_given();
    cr_expect_str_eq(member(problem, "detail"), "why");
    cr_expect_str_eq(json_string_value(json_array_get(json_object_get(problem, "moves"), 0)),
                     "note");
    json_decref(problem);

    request_refusal(request_of(GET), ERR_CONFLICT, NULL, SPAN("{}"));
    problem = problem_given();
    cr_expect_eq(json_object_size(problem), 4);
    json_decref(problem);
}

Test(request, names_the_methods_allowed_with_405_only)
{
    struct request *request = request_of(GET);

    request->allow = "PUT, POST";
    request_problem(request, ERR_METHOD, NULL, NULL);
    cr_expect(has_line("Allow: PUT, POST"));
    request = request_of(GET);
    request->allow = "PUT, POST";
    request_problem(request, ERR_FORBIDDEN, NULL, NULL);
    cr_expect_null(strstr(given.text, "Allow:"));
}

/* The log line of a request, with standard error turned into a pipe. */
static const char *logged(struct request *request, int status)
{
    static char text[1024];
    int fds[2];

    log_set_priority(LOG_INFO);
    cr_assert_eq(pipe(fds), 0);
    cr_assert_geq(dup2(fds[1], STDERR_FILENO), 0);
    request_reply(request, &(struct reply){.status = status});
    const ssize_t len = read(fds[0], text, sizeof text - 1);
    cr_assert_gt(len, 0);
    text[len] = '\0';
    return text;
}

Test(request, is_logged_with_id_actor_and_route_but_never_its_path)
{
    static const struct route route = {.method = "GET", .path = "/v1/me", .function = "me"};
    struct request *request = request_of("GET /v1/me?secret HTTP/1.1\r\nHost: a\r\n\r\n");
    char start[128];

    request->route = &route;
    snprintf(start, sizeof start,
             "<6>request id=%s actor=TH-50 method=GET route=me status=200 ms=", request->id);
    const char *line = logged(request, 200);
    cr_expect_eq(strncmp(line, start, strlen(start)), 0, "%s", line);
    cr_expect_null(strstr(line, "secret"));
}

Test(request, a_method_of_the_peers_own_making_is_not_logged)
{
    const char *line = logged(request_of("SECRET /x HTTP/1.1\r\nHost: a\r\n\r\n"), 500);

    cr_expect(strstr(line, " method=- route=- status=500"), "%s", line);
    cr_expect_eq(strncmp(line, "<4>", 3), 0, "a failure of ours is a warning");
}

/* In place of OpenSSL's own: memory, until there is none. */
static bool memory_out;

void *CRYPTO_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return memory_out ? NULL : malloc(size);
}

/* What became of a stream. */
static struct {
    bool cut;
    size_t broken;
    enum err why;
} ended;

static void note_cut(struct request *request)
{
    request->connection = NULL;
    ended.cut = true;
}

static void end_stream(struct request *request, enum err why)
{
    ended.broken++;
    ended.why = why;
    request_problem(request, why, NULL, NULL);
}

Test(request, a_stream_without_memory_for_its_next_piece_ends_with_its_peer)
{
    static const struct request_road road = {.cut = note_cut};
    static const struct request_stream stream = {.broken = end_stream};
    struct request *request = request_of(GET);

    request->road = &road;
    request->stream = &stream;
    memory_out = true;
    request_reply_piece(request, SPAN("x"));
    cr_expect(ended.cut);
    cr_expect_eq(ended.broken, 1, "its handler hears of it once");
    cr_expect_eq(ended.why, ERR_UNAVAILABLE);
    cr_expect_eq(given.count, 0, "nothing more is sent");
}
