/*
 * What the HTTP/1.1 reader promises. Every row is read whole, byte by byte and cut at random, and
 * must mean the same each time. The refused forms are those that public conformance suites and
 * published smuggling attacks use, one row each.
 */
#include <criterion/criterion.h>

#include "../http1_transcript.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#define HOST "Host: a\r\n"
#define GET  "GET / HTTP/1.1\r\n" HOST
#define POST "POST / HTTP/1.1\r\n" HOST
#define TE   POST "Transfer-Encoding: chunked\r\n\r\n"

enum { BODY_BYTES_MAX = 1000 };

struct row {
    const char *promise;
    struct span bytes;
    const char *transcript;
};

struct refused {
    const char *promise;
    struct span bytes;
    enum err error;
};

/* Whole; aborts the test if any way to cut the bytes gives another transcript. */
static struct transcript read_all_ways(const char *promise, struct span bytes)
{
    struct transcript whole = transcribe(bytes, BODY_BYTES_MAX, SIZE_MAX, 1);

    for (uint32_t seed = 0; seed < 20; seed++) {
        struct transcript cut =
            transcribe(bytes, BODY_BYTES_MAX, seed < 4 ? seed + 1 : 0, seed + 1);
        cr_assert_str_eq(cut.text, whole.text, "%s: cuts make a difference", promise);
        free(cut.text);
    }
    return whole;
}

static void expect_transcripts(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct transcript got = read_all_ways(rows[i].promise, rows[i].bytes);
        cr_expect_str_eq(got.text, rows[i].transcript, "%s: got\n%s", rows[i].promise, got.text);
        free(got.text);
    }
}

/* No message of the row ends; those refused in the head show no head either. */
static void expect_refused(const struct refused *rows, size_t count, size_t heads)
{
    for (size_t i = 0; i < count; i++) {
        struct transcript got = read_all_ways(rows[i].promise, rows[i].bytes);
        cr_expect_str_eq(err_info(got.error)->name, err_info(rows[i].error)->name, "%s: got %s",
                         rows[i].promise, err_info(got.error)->name);
        cr_expect_eq(got.heads, heads, "%s: %zu heads", rows[i].promise, got.heads);
        cr_expect_eq(got.ends, 0, "%s: a message ended", rows[i].promise);
        free(got.text);
    }
}

Test(http1_read, takes_what_the_rfcs_allow)
{
    static const struct row rows[] = {
        {"a bare request", SPAN_INIT(GET "\r\n"), "GET / @a\n.\n"},
        {"path and query are parted at the first question mark",
         SPAN_INIT("GET /v1/a?b=c?d/e HTTP/1.1\r\n" HOST "\r\n"), "GET /v1/a ?b=c?d/e @a\n.\n"},
        {"an empty query is a query", SPAN_INIT("GET /a? HTTP/1.1\r\n" HOST "\r\n"),
         "GET /a ? @a\n.\n"},
        {"every character of a path",
         SPAN_INIT("GET /a-._~!$&'()*+,;=:@%2F HTTP/1.1\r\n" HOST "\r\n"),
         "GET /a-._~!$&'()*+,;=:@%2F @a\n.\n"},
        {"a target in absolute-form", SPAN_INIT("GET https://a/b?c=//d HTTP/1.1\r\n" HOST "\r\n"),
         "GET /b ?c=//d @a\n.\n"},
        {"absolute-form, scheme and host of any case, with a port",
         SPAN_INIT("GET HTTPS://A.example:8443/ HTTP/1.1\r\nHost: a.EXAMPLE:8443\r\n\r\n"),
         "GET / @a.EXAMPLE:8443\n.\n"},
        {"absolute-form with an IPv6 host",
         SPAN_INIT("GET https://[::1]:1/b HTTP/1.1\r\nHost: [::1]:1\r\n\r\n"),
         "GET /b @[::1]:1\n.\n"},
        {"absolute-form with an empty path is for the root",
         SPAN_INIT("GET https://a HTTP/1.1\r\n" HOST "\r\n"), "GET / @a\n.\n"},
        {"absolute-form with an empty path and a query",
         SPAN_INIT("GET https://a?b HTTP/1.1\r\n" HOST "\r\n"), "GET / ?b @a\n.\n"},
        {"a path that begins like a URI", SPAN_INIT("GET /https://b/ HTTP/1.1\r\n" HOST "\r\n"),
         "GET /https://b/ @a\n.\n"},
        {"a method nobody knows is still a method", SPAN_INIT("x!#$ / HTTP/1.1\r\n" HOST "\r\n"),
         "x!#$ / @a\n.\n"},
        {"one empty line before the request", SPAN_INIT("\r\n" GET "\r\n"), "GET / @a\n.\n"},
        {"field names of any case",
         SPAN_INIT("PUT / HTTP/1.1\r\nhOST: a\r\nCONTENT-LENGTH: 2\r\n\r\nhi"),
         "PUT / @a 2 {CONTENT-LENGTH: 2}\n<hi>\n.\n"},
        {"blanks around a value, none within lost", SPAN_INIT(GET "X: \t a \t b\t \r\nY:c\r\n\r\n"),
         "GET / @a {X: a \t b} {Y: c}\n.\n"},
        {"an empty value", SPAN_INIT(GET "X:\r\nY: \t\r\n\r\n"), "GET / @a {X: } {Y: }\n.\n"},
        {"obs-text in a value, as UTF-8 is", SPAN_INIT(GET "X: \xe0\xb8\x81\xff\r\n\r\n"),
         "GET / @a {X: \xe0\xb8\x81\xff}\n.\n"},
        {"a repeated field that is not ours", SPAN_INIT(GET "X: 1\r\nX: 2\r\n\r\n"),
         "GET / @a {X: 1} {X: 2}\n.\n"},
        {"a host with a port", SPAN_INIT("GET / HTTP/1.1\r\nHost: a.example:8443\r\n\r\n"),
         "GET / @a.example:8443\n.\n"},
        {"an empty port, as the grammar has it", SPAN_INIT("GET / HTTP/1.1\r\nHost: a:\r\n\r\n"),
         "GET / @a:\n.\n"},
        {"an IPv4 host", SPAN_INIT("GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"),
         "GET / @127.0.0.1:1\n.\n"},
        {"an IPv6 host", SPAN_INIT("GET / HTTP/1.1\r\nHost: [2001:db8::1]:65535\r\n\r\n"),
         "GET / @[2001:db8::1]:65535\n.\n"},
        {"close among other options", SPAN_INIT(GET "Connection: TE, ,CLOSE\t,\r\n\r\n"),
         "GET / @a close {Connection: TE, ,CLOSE\t,}\n.\n"},
        {"close on the second of two lines",
         SPAN_INIT(GET "Connection: keep-alive\r\nconnection: close\r\n\r\n"),
         "GET / @a close {Connection: keep-alive} {connection: close}\n.\n"},
        {"an option that only begins with close", SPAN_INIT(GET "Connection: closed\r\n\r\n"),
         "GET / @a {Connection: closed}\n.\n"},
        {"a body of a known length", SPAN_INIT(POST "Content-Length: 5\r\n\r\na\r\n\0b"),
         "POST / @a 5 {Content-Length: 5}\n<a\r\n\\0b>\n.\n"},
        {"a body of length nought", SPAN_INIT(POST "Content-Length: 0\r\n\r\n"),
         "POST / @a {Content-Length: 0}\n.\n"},
        {"a GET may have a body", SPAN_INIT(GET "Content-Length: 1\r\n\r\nx"),
         "GET / @a 1 {Content-Length: 1}\n<x>\n.\n"},
        {"a client that waits for 100",
         SPAN_INIT(POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx"),
         "POST / @a expect 1 {Expect: 100-Continue} {Content-Length: 1}\n<x>\n.\n"},
        {"no 100 for a body that is not there", SPAN_INIT(POST "Expect: 100-continue\r\n\r\n"),
         "POST / @a {Expect: 100-continue}\n.\n"},
        {"pipelined requests", SPAN_INIT(GET "\r\n" POST "Content-Length: 2\r\n\r\nhi" GET "\r\n"),
         "GET / @a\n.\nPOST / @a 2 {Content-Length: 2}\n<hi>\n.\nGET / @a\n.\n"},
        {"an empty line before each of them", SPAN_INIT("\r\n" GET "\r\n\r\n" GET "\r\n"),
         "GET / @a\n.\nGET / @a\n.\n"},
        {"half a request is waited for", SPAN_INIT(GET "\r\nGET /a"), "GET / @a\n.\n+6 mid\n"},
        {"half a body too", SPAN_INIT(POST "Content-Length: 9\r\n\r\nhalf"),
         "POST / @a 9 {Content-Length: 9}\n<half>\n+0 mid\n"},
    };

    expect_transcripts(rows, COUNT_OF(rows));
}

Test(http1_read, decodes_chunks)
{
#define HEAD "POST / @a chunked {Transfer-Encoding: chunked}\n"
    static const struct row rows[] = {
        {"chunks are joined", SPAN_INIT(TE "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
         HEAD "<hello>\n.\n"},
        {"an empty body", SPAN_INIT(TE "0\r\n\r\n"), HEAD ".\n"},
        {"a last chunk of several noughts", SPAN_INIT(TE "000\r\n\r\n"), HEAD ".\n"},
        {"lower case digits", SPAN_INIT(TE "a\r\n0123456789\r\n0\r\n\r\n"),
         HEAD "<0123456789>\n.\n"},
        {"upper case digits", SPAN_INIT(TE "0B\r\n0123456789A\r\n0\r\n\r\n"),
         HEAD "<0123456789A>\n.\n"},
        {"sixteen digits", SPAN_INIT(TE "0000000000000001\r\nx\r\n0\r\n\r\n"), HEAD "<x>\n.\n"},
        {"CRLF and what looks like a chunk within the data",
         SPAN_INIT(TE "9\r\n\r\n0\r\n\r\nab\r\n0\r\n\r\n"), HEAD "<\r\n0\r\n\r\nab>\n.\n"},
        {"the coding's name in any case",
         SPAN_INIT(POST "transfer-encoding:CHUNKED \r\n\r\n1\r\nx\r\n0\r\n\r\n"),
         "POST / @a chunked {transfer-encoding: CHUNKED}\n<x>\n.\n"},
        {"an extension is ignored", SPAN_INIT(TE "1;a\r\nx\r\n0;b=c;d=\"\"\r\n\r\n"),
         HEAD "<x>\n.\n"},
        {"with blanks where the RFC endures them",
         SPAN_INIT(TE "1 ;\ta = b ; c\t=\t\"d\"\r\nx\r\n0\r\n\r\n"), HEAD "<x>\n.\n"},
        {"with a quoted value that holds anything",
         SPAN_INIT(TE "1;a=\"; \\\" \\\\ \xe0\xb8\x81\t\";b\r\nx\r\n0\r\n\r\n"), HEAD "<x>\n.\n"},
        {"trailers are dropped", SPAN_INIT(TE "1\r\nx\r\n0\r\nA: 1\r\nB:\r\n\r\n" GET "\r\n"),
         HEAD "<x>\n.\nGET / @a\n.\n"},
        {"what follows is the next request", SPAN_INIT(TE "0\r\n\r\nGET"), HEAD ".\n+3 mid\n"},
        {"trailers are waited for", SPAN_INIT(TE "0\r\nA: 1\r\n"), HEAD "+6 mid\n"},
        {"a client that waits for 100 and chunks",
         SPAN_INIT(POST "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         "POST / @a chunked expect {Expect: 100-continue} {Transfer-Encoding: chunked}\n.\n"},
    };
#undef HEAD

    expect_transcripts(rows, COUNT_OF(rows));
}

Test(http1_read, refuses_malformed_request_lines)
{
    static const struct refused rows[] = {
        {"no method", SPAN_INIT(" / HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"a method that is no token", SPAN_INIT("G(T / HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"no target", SPAN_INIT("GET HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"an empty target", SPAN_INIT("GET  HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"two spaces after the method", SPAN_INIT("GET  / HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"two spaces before the version", SPAN_INIT("GET /  HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a tab for a space", SPAN_INIT("GET\t/ HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"a space after the version", SPAN_INIT("GET / HTTP/1.1 \r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a space within the target", SPAN_INIT("GET /a b HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"no version, as in HTTP/0.9", SPAN_INIT("GET /\r\n"), ERR_BAD_REQUEST},
        {"a version in lower case", SPAN_INIT("GET / http/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"a version without its minor digit", SPAN_INIT("GET / HTTP/1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a version with leading noughts", SPAN_INIT("GET / HTTP/01.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a version with one digit too many", SPAN_INIT("GET / HTTP/1.11\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a version without its dot", SPAN_INIT("GET / HTTP/1:1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"blanks in the version", SPAN_INIT("GET / HTTP/ 1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"another protocol", SPAN_INIT("GET / HTCPCP/1.0\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"HTTP/1.0", SPAN_INIT("GET / HTTP/1.0\r\n" HOST "\r\n"), ERR_HTTP_VERSION},
        {"HTTP/1.2", SPAN_INIT("GET / HTTP/1.2\r\n" HOST "\r\n"), ERR_HTTP_VERSION},
        {"HTTP/2.0", SPAN_INIT("GET / HTTP/2.0\r\n" HOST "\r\n"), ERR_HTTP_VERSION},
        {"the preface of HTTP/2", SPAN_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ERR_BAD_REQUEST},
        {"absolute-form of another scheme", SPAN_INIT("GET http://a/ HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"absolute-form for another host", SPAN_INIT("GET https://b/ HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"absolute-form for another port",
         SPAN_INIT("GET https://a:8443/ HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"absolute-form without a Host", SPAN_INIT("GET https://a/ HTTP/1.1\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"absolute-form without a host", SPAN_INIT("GET https:/// HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"absolute-form with user information",
         SPAN_INIT("GET https://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"), ERR_BAD_REQUEST},
        {"absolute-form with an escape in its host",
         SPAN_INIT("GET https://%61/ HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"a URI without its slashes", SPAN_INIT("GET https:a/ HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a query without a path", SPAN_INIT("GET ?a HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"authority-form", SPAN_INIT("CONNECT a:443 HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"asterisk-form", SPAN_INIT("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"a fragment", SPAN_INIT("GET /a#b HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"a backslash in the target", SPAN_INIT("GET /a\\b HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"UTF-8 that is not escaped", SPAN_INIT("GET /\xe0\xb8\x81 HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a NUL in the target", SPAN_INIT("GET /\0 HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"half an escape", SPAN_INIT("GET /%4 HTTP/1.1\r\n" HOST "\r\n"), ERR_BAD_REQUEST},
        {"a good escape and a bad one", SPAN_INIT("GET /%41%4 HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"an escape that is not hexadecimal", SPAN_INIT("GET /?%4g HTTP/1.1\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a lone LF after the request line", SPAN_INIT("GET / HTTP/1.1\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a lone CR after the request line", SPAN_INIT("GET / HTTP/1.1\r" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"a second CR before the LF", SPAN_INIT("GET / HTTP/1.1\r\r\n" HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"two empty lines before the request", SPAN_INIT("\r\n\r\n" GET "\r\n"), ERR_BAD_REQUEST},
        {"a lone LF before the request", SPAN_INIT("\n" GET "\r\n"), ERR_BAD_REQUEST},
        {"the start of a TLS record", SPAN_INIT("\x16\x03\x01\x02\r\n\x01"), ERR_BAD_REQUEST},
    };

    expect_refused(rows, COUNT_OF(rows), 0);
}

Test(http1_read, refuses_malformed_fields)
{
    static const struct refused rows[] = {
        {"a space before the colon", SPAN_INIT(GET "X : 1\r\n\r\n"), ERR_BAD_REQUEST},
        {"a tab before the colon", SPAN_INIT(GET "X\t: 1\r\n\r\n"), ERR_BAD_REQUEST},
        {"a space before Content-Length's colon", SPAN_INIT(POST "Content-Length : 1\r\n\r\nx"),
         ERR_BAD_REQUEST},
        {"a space before Transfer-Encoding's colon",
         SPAN_INIT(POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a folded line", SPAN_INIT(GET "X: 1\r\n 2\r\n\r\n"), ERR_BAD_REQUEST},
        {"a folded Transfer-Encoding",
         SPAN_INIT(POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a line of blanks", SPAN_INIT(GET " \r\n\r\n"), ERR_BAD_REQUEST},
        {"blanks before the first field", SPAN_INIT("GET / HTTP/1.1\r\n " HOST "\r\n"),
         ERR_BAD_REQUEST},
        {"no colon", SPAN_INIT(GET "X\r\n\r\n"), ERR_BAD_REQUEST},
        {"no name", SPAN_INIT(GET ": 1\r\n\r\n"), ERR_BAD_REQUEST},
        {"a name that is no token", SPAN_INIT(GET "X[1]: 1\r\n\r\n"), ERR_BAD_REQUEST},
        {"a name beyond ASCII", SPAN_INIT(GET "\xe0\xb8\x81: 1\r\n\r\n"), ERR_BAD_REQUEST},
        {"a NUL in a name", SPAN_INIT(GET "X\0: 1\r\n\r\n"), ERR_BAD_REQUEST},
        {"a NUL in a value", SPAN_INIT(GET "X: 1\0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a control character in a value", SPAN_INIT(GET "X: \x01\r\n\r\n"), ERR_BAD_REQUEST},
        {"DEL in a value", SPAN_INIT(GET "X: \x7f\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone CR in a value", SPAN_INIT(GET "X: 1\rY: 2\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone LF after a field", SPAN_INIT(GET "X: 1\nY: 2\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone LF for the empty line", SPAN_INIT(GET "\n"), ERR_BAD_REQUEST},
        {"a Connection that is no list of tokens", SPAN_INIT(GET "Connection: close x\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a quoted option", SPAN_INIT(GET "Connection: \"close\"\r\n\r\n"), ERR_BAD_REQUEST},
        {"an unknown expectation", SPAN_INIT(POST "Expect: 200-ok\r\nContent-Length: 1\r\n\r\nx"),
         ERR_EXPECTATION},
        {"an empty expectation", SPAN_INIT(GET "Expect:\r\n\r\n"), ERR_EXPECTATION},
        {"no host", SPAN_INIT("GET / HTTP/1.1\r\n\r\n"), ERR_BAD_REQUEST},
        {"two hosts", SPAN_INIT(GET "Host: b\r\n\r\n"), ERR_BAD_REQUEST},
        {"the same host twice", SPAN_INIT(GET "host: a\r\n\r\n"), ERR_BAD_REQUEST},
        {"an empty host", SPAN_INIT("GET / HTTP/1.1\r\nHost:\r\n\r\n"), ERR_BAD_REQUEST},
        {"hosts in a list", SPAN_INIT("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"), ERR_BAD_REQUEST},
        {"a host with a user", SPAN_INIT("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), ERR_BAD_REQUEST},
        {"a host with a path", SPAN_INIT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), ERR_BAD_REQUEST},
        {"a host with a blank", SPAN_INIT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), ERR_BAD_REQUEST},
        {"a host that is only a port", SPAN_INIT("GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a port that is no number", SPAN_INIT("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a port no socket has", SPAN_INIT("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"brackets around no IPv6 address", SPAN_INIT("GET / HTTP/1.1\r\nHost: [a]\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a bracket that stays open", SPAN_INIT("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"more after the bracket", SPAN_INIT("GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n"),
         ERR_BAD_REQUEST},
    };

    expect_refused(rows, COUNT_OF(rows), 0);
}

Test(http1_read, refuses_two_ways_to_see_the_length)
{
#define CL(value)     SPAN_INIT(POST "Content-Length:" value "\r\n\r\nxxxxx")
#define CODED(fields) SPAN_INIT(POST fields "\r\n\r\n0\r\n\r\n")
    static const struct refused rows[] = {
        {"Content-Length and Transfer-Encoding",
         CODED("Content-Length: 5\r\nTransfer-Encoding: chunked"), ERR_BAD_REQUEST},
        {"Transfer-Encoding and Content-Length",
         CODED("Transfer-Encoding: chunked\r\nContent-Length: 5"), ERR_BAD_REQUEST},
        {"an empty Content-Length beside it",
         CODED("Transfer-Encoding: chunked\r\nContent-Length:"), ERR_BAD_REQUEST},
        {"two lengths that differ", CL(" 5\r\nContent-Length: 6"), ERR_BAD_REQUEST},
        {"the same length twice", CL(" 5\r\ncontent-length: 5"), ERR_BAD_REQUEST},
        {"a list of lengths that differ", CL(" 5, 6"), ERR_BAD_REQUEST},
        {"a list of the same length", CL(" 5,5"), ERR_BAD_REQUEST},
        {"an empty length", CL(""), ERR_BAD_REQUEST},
        {"a plus sign", CL(" +5"), ERR_BAD_REQUEST},
        {"a minus sign", CL(" -5"), ERR_BAD_REQUEST},
        {"minus nought", CL(" -0"), ERR_BAD_REQUEST},
        {"hexadecimal", CL(" 0x5"), ERR_BAD_REQUEST},
        {"octal", CL(" 0o5"), ERR_BAD_REQUEST},
        {"leading noughts", CL(" 005"), ERR_BAD_REQUEST},
        {"two noughts", CL(" 00"), ERR_BAD_REQUEST},
        {"an underscore", CL(" 1_0"), ERR_BAD_REQUEST},
        {"a blank within", CL(" 1 0"), ERR_BAD_REQUEST},
        {"a fraction", CL(" 5.0"), ERR_BAD_REQUEST},
        {"a unit", CL(" 5b"), ERR_BAD_REQUEST},
        {"a vertical tab", CL(" \v5"), ERR_BAD_REQUEST},
        {"Thai digits", CL(" \xe0\xb9\x95"), ERR_BAD_REQUEST},
        {"2^64, that some hold for nought", CL(" 18446744073709551616"), ERR_BAD_REQUEST},
        {"2^64 and the length", CL(" 18446744073709551621"), ERR_BAD_REQUEST},
        {"more than we take", CL(" 1001"), ERR_TOO_LARGE},
        {"the largest that fits 64 bits", CL(" 18446744073709551615"), ERR_TOO_LARGE},
        {"chunked twice on two lines",
         CODED("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), ERR_BAD_REQUEST},
        {"chunked, then identity",
         CODED("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"), ERR_BAD_REQUEST},
        {"chunked twice in a list", CODED("Transfer-Encoding: chunked, chunked"), ERR_BAD_REQUEST},
        {"chunked not last", CODED("Transfer-Encoding: chunked, gzip"), ERR_BAD_REQUEST},
        {"another coding before chunked", CODED("Transfer-Encoding: gzip, chunked"),
         ERR_NOT_IMPLEMENTED},
        {"rubbish after them", CODED("Transfer-Encoding: gzip, chunked, ;q"), ERR_BAD_REQUEST},
        {"another coding alone", CODED("Transfer-Encoding: gzip"), ERR_BAD_REQUEST},
        {"identity", CODED("Transfer-Encoding: identity"), ERR_BAD_REQUEST},
        {"no coding", CODED("Transfer-Encoding:"), ERR_BAD_REQUEST},
        {"a name that ends in chunked", CODED("Transfer-Encoding: xchunked"), ERR_BAD_REQUEST},
        {"a name that begins with it", CODED("Transfer-Encoding: chunkedx"), ERR_BAD_REQUEST},
        {"quotes", CODED("Transfer-Encoding: \"chunked\""), ERR_BAD_REQUEST},
        {"a parameter", CODED("Transfer-Encoding: chunked;q=1"), ERR_BAD_REQUEST},
        {"a leading comma", CODED("Transfer-Encoding: ,chunked"), ERR_BAD_REQUEST},
        {"a trailing comma", CODED("Transfer-Encoding: chunked,"), ERR_BAD_REQUEST},
        {"a vertical tab before chunked", CODED("Transfer-Encoding: \vchunked"), ERR_BAD_REQUEST},
        {"a form feed before chunked", CODED("Transfer-Encoding: \fchunked"), ERR_BAD_REQUEST},
        {"a NUL after chunked", CODED("Transfer-Encoding: chunked\0"), ERR_BAD_REQUEST},
        {"a lone CR before chunked", CODED("Transfer-Encoding: \rchunked"), ERR_BAD_REQUEST},
        {"a lone LF before the field", CODED("X: 1\nTransfer-Encoding: chunked"), ERR_BAD_REQUEST},
        {"a space before the field", CODED("X: 1\r\n Transfer-Encoding: chunked"), ERR_BAD_REQUEST},
        {"chunked in HTTP/1.0",
         SPAN_INIT("POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         ERR_HTTP_VERSION},
    };
#undef CL
#undef CODED

    expect_refused(rows, COUNT_OF(rows), 0);
}

Test(http1_read, refuses_malformed_chunks)
{
    static const struct refused rows[] = {
        {"no size", SPAN_INIT(TE "\r\n\r\n"), ERR_BAD_REQUEST},
        {"no size before an extension", SPAN_INIT(TE ";a\r\n\r\n"), ERR_BAD_REQUEST},
        {"a size that is not hexadecimal", SPAN_INIT(TE "g\r\n\r\n"), ERR_BAD_REQUEST},
        {"a prefix 0x", SPAN_INIT(TE "0x1\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a plus sign", SPAN_INIT(TE "+1\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a minus sign", SPAN_INIT(TE "-1\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"an underscore", SPAN_INIT(TE "0_1\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a leading blank", SPAN_INIT(TE " 1\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a trailing blank", SPAN_INIT(TE "1 \r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone LF after the size", SPAN_INIT(TE "1\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone CR after the size", SPAN_INIT(TE "1\rx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone CR before the size", SPAN_INIT(TE "\r0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a size of 17 digits", SPAN_INIT(TE "00000000000000001\r\nx\r\n0\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"2^64, that some hold for nought", SPAN_INIT(TE "10000000000000000\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"2^64 - 1", SPAN_INIT(TE "ffffffffffffffff\r\nx"), ERR_TOO_LARGE},
        {"2^63", SPAN_INIT(TE "8000000000000000\r\nx"), ERR_TOO_LARGE},
        {"more than we take", SPAN_INIT(TE "3e9\r\nx"), ERR_TOO_LARGE},
        {"more than we take in the second chunk", SPAN_INIT(TE "1\r\nx\r\n3e8\r\nx"),
         ERR_TOO_LARGE},
        {"data longer than its size", SPAN_INIT(TE "1\r\nxy\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"data shorter than its size", SPAN_INIT(TE "3\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"no CRLF after the data", SPAN_INIT(TE "1\r\nx0\r\n\r\n"), ERR_BAD_REQUEST},
        {"two other bytes after the data", SPAN_INIT(TE "1\r\nxyz0\r\n\r\n"), ERR_BAD_REQUEST},
        {"LF and CR after the data", SPAN_INIT(TE "1\r\nx\n\r0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone LF after the data", SPAN_INIT(TE "1\r\nx\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone CR after the data", SPAN_INIT(TE "1\r\nx\r0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a semicolon without a name", SPAN_INIT(TE "1;\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a second one without", SPAN_INIT(TE "1;a;\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"an extension without its value", SPAN_INIT(TE "1;a=\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"an extension without a semicolon", SPAN_INIT(TE "1 a\r\nx\r\n0\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a quote that stays open", SPAN_INIT(TE "1;a=\"b\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a backslash that hides the end", SPAN_INIT(TE "1;a=\"b\\\r\nx\r\n0\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a control character behind a backslash", SPAN_INIT(TE "0;a=\"\\\x01\"\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"more after the quote", SPAN_INIT(TE "1;a=\"b\"c\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a NUL in an extension", SPAN_INIT(TE "1;a\0\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone LF in an extension", SPAN_INIT(TE "1;a\nb\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a lone CR in an extension", SPAN_INIT(TE "1;a\rb\r\nx\r\n0\r\n\r\n"), ERR_BAD_REQUEST},
        {"a line's end within quotes", SPAN_INIT(TE "1;a=\"\r\n0\r\n\r\n\"\r\nx\r\n0\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a blank at the end of extensions", SPAN_INIT(TE "1;a \r\nx\r\n0\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a trailer Content-Length", SPAN_INIT(TE "0\r\nContent-Length: 5\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a trailer Transfer-Encoding", SPAN_INIT(TE "0\r\ntransfer-encoding: chunked\r\n\r\n"),
         ERR_BAD_REQUEST},
        {"a trailer Host", SPAN_INIT(TE "0\r\nHost: b\r\n\r\n"), ERR_BAD_REQUEST},
        {"a trailer Connection", SPAN_INIT(TE "0\r\nConnection: close\r\n\r\n"), ERR_BAD_REQUEST},
        {"a trailer Expect", SPAN_INIT(TE "0\r\nExpect: 100-continue\r\n\r\n"), ERR_BAD_REQUEST},
        {"a request where trailers belong", SPAN_INIT(TE "0\r\n" GET "\r\n"), ERR_BAD_REQUEST},
        {"a lone LF for the last line", SPAN_INIT(TE "0\r\n\n"), ERR_BAD_REQUEST},
        {"a trailer that is folded", SPAN_INIT(TE "0\r\nA: 1\r\n 2\r\n\r\n"), ERR_BAD_REQUEST},
    };

    expect_refused(rows, COUNT_OF(rows), 1);
}

/* What has been seen decides, without waiting for bytes that may never come. */
Test(http1_read, refuses_as_soon_as_it_can)
{
    static const struct refused rows[] = {
        {"a line that is wrong, the head not complete", SPAN_INIT("GET / HTTP/1.1\r\nX : 1\r\n"),
         ERR_BAD_REQUEST},
        {"a version that is not ours", SPAN_INIT("GET / HTTP/1.0\r\n"), ERR_HTTP_VERSION},
        {"a lone LF", SPAN_INIT("GET / HTTP/1.1\n"), ERR_BAD_REQUEST},
        {"a lone CR", SPAN_INIT("GET / HTTP/1.1\rH"), ERR_BAD_REQUEST},
    };

    expect_refused(rows, COUNT_OF(rows), 0);
}

/* --- every byte in every place, against the grammars written out --- */

#define ALNUM "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* Where a byte is tried: "before byte after" is a good connection if the byte is one of good. */
struct place {
    const char *name, *before, *after, *good;
    bool obs_text; /* bytes from 0x80 are good too */
};

Test(http1_read, takes_each_byte_only_where_the_grammar_has_it)
{
    static const char visible[] = ALNUM "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    static const struct place places[] = {
        {"method", "G", " / HTTP/1.1\r\n" HOST "\r\n", ALNUM "!#$%&'*+-.^_`|~", false},
        {"path", "GET /a", " HTTP/1.1\r\n" HOST "\r\n", ALNUM "-._~!$&'()*+,;=:@/?", false},
        {"query", "GET /?a", " HTTP/1.1\r\n" HOST "\r\n", ALNUM "-._~!$&'()*+,;=:@/?", false},
        {"field name", GET "X", "Y: 1\r\n\r\n", ALNUM "!#$%&'*+-.^_`|~:", false},
        {"field value", GET "X: a", "b\r\n\r\n", NULL, true},
        {"host", "GET / HTTP/1.1\r\nHost: a", "1\r\n\r\n", ALNUM "-._~:", false},
        {"extension name", TE "0;a", "b\r\n\r\n", ALNUM "!#$%&'*+-.^_`|~;=", false},
        {"extension value", TE "0;a=\"b", "c\"\r\n\r\n", NULL, true},
        {"chunk size", TE "0", "\r\n\r\n", "0", false},
        {"version", "GET / HTTP/", ".1\r\n" HOST "\r\n", "1", false},
    };
    char bytes[256];

    for (size_t i = 0; i < COUNT_OF(places); i++) {
        for (unsigned c = 0; c < 256; c++) {
            const struct place *place = &places[i];
            const char *good = place->good ? place->good : visible;
            bool expected = (c > 0 && strchr(good, (int)c)) || (place->obs_text && c >= 0x80) ||
                            (!place->good && (c == ' ' || c == '\t'));
            /* A quote ends the quoted value before its time; a backslash makes a quoted pair. */
            if (strcmp(place->name, "extension value") == 0 && c == '"')
                expected = false;
            const size_t len =
                (size_t)snprintf(bytes, sizeof bytes, "%s@%s", place->before, place->after);
            bytes[strlen(place->before)] = (char)c;
            struct transcript got = transcribe((struct span){bytes, len}, 0, SIZE_MAX, 1);
            cr_expect_eq(got.ends == 1, expected, "%s: byte %#x: %s", place->name, c, got.text);
            free(got.text);
        }
    }
}

/* --- limits: each is met exactly, and passed by one --- */

/* before, then fill as often as it takes, then after, so that all has len bytes. */
static struct span filled(const char *before, char fill, const char *after, size_t len)
{
    char *bytes = malloc(len + 1);

    cr_assert(bytes && len >= strlen(before) + strlen(after));
    memset(bytes, fill, len);
    memcpy(bytes, before, strlen(before));
    memcpy(bytes + len - strlen(after), after, strlen(after) + 1);
    return (struct span){bytes, len};
}

/* before, then the unit count times, then after. */
static struct span repeated(const char *before, const char *unit, size_t count, const char *after)
{
    struct span bytes = {0};
    char *text;
    FILE *stream = open_memstream(&text, &bytes.len);

    cr_assert(stream);
    fputs(before, stream);
    for (size_t i = 0; i < count; i++)
        fputs(unit, stream);
    fputs(after, stream);
    fclose(stream);
    bytes.data = text;
    return bytes;
}

/* Reads and frees bytes; ERR_NONE means that one message came to its end. */
static void expect_error(const char *promise, struct span bytes, enum err error)
{
    struct transcript whole = transcribe(bytes, BODY_BYTES_MAX, SIZE_MAX, 1);
    struct transcript single = transcribe(bytes, BODY_BYTES_MAX, 1, 1);

    cr_expect_str_eq(err_info(whole.error)->name, err_info(error)->name, "%s: got %s", promise,
                     err_info(whole.error)->name);
    cr_expect_eq(whole.ends, error == ERR_NONE ? 1 : 0, "%s: %zu ends", promise, whole.ends);
    cr_expect_str_eq(single.text, whole.text, "%s: cuts make a difference", promise);
    free(whole.text);
    free(single.text);
    free((void *)bytes.data);
}

Test(http1_read, bounds_the_head)
{
#define VERSION " HTTP/1.1\r\n"
    expect_error(
        "a request line as long as allowed, and no longer a head",
        filled("GET /", 'a', VERSION HOST "\r\n", LIMIT_REQUEST_LINE_BYTES + strlen(HOST "\r\n")),
        ERR_NONE);
    expect_error("a request line one byte longer",
                 filled("GET /", 'a', VERSION HOST "\r\n",
                        LIMIT_REQUEST_LINE_BYTES + strlen(HOST "\r\n") + 1),
                 ERR_URI_TOO_LONG);
    expect_error("a request line without end", filled("GET /", 'a', "", LIMIT_REQUEST_LINE_BYTES),
                 ERR_URI_TOO_LONG);
    expect_error("a lone CR outweighs length",
                 filled("GET /\r", 'a', "", LIMIT_REQUEST_LINE_BYTES + 1), ERR_BAD_REQUEST);
    expect_error("unless it lies beyond", filled("GET /", 'a', "\ra", LIMIT_REQUEST_LINE_BYTES + 2),
                 ERR_URI_TOO_LONG);
    expect_error("a head as long as allowed", filled(GET "X: ", 'a', "\r\n\r\n", LIMIT_HEAD_BYTES),
                 ERR_NONE);
    expect_error("an empty line before it does not count",
                 filled("\r\n" GET "X: ", 'a', "\r\n\r\n", LIMIT_HEAD_BYTES + 2), ERR_NONE);
    expect_error("a head one byte longer", filled(GET "X: ", 'a', "\r\n\r\n", LIMIT_HEAD_BYTES + 1),
                 ERR_HEADERS_TOO_LARGE);
    expect_error("a head without end", filled(GET "X: ", 'a', "", LIMIT_HEAD_BYTES),
                 ERR_HEADERS_TOO_LARGE);
    expect_error("as many fields as allowed",
                 repeated(GET, "X: 1\r\n", LIMIT_HEAD_FIELDS - 1, "\r\n"), ERR_NONE);
    expect_error("one field more", repeated(GET, "X: 1\r\n", LIMIT_HEAD_FIELDS, "\r\n"),
                 ERR_HEADERS_TOO_LARGE);
    expect_error("a method as long as allowed",
                 repeated("", "M", LIMIT_METHOD_BYTES, " /" VERSION HOST "\r\n"), ERR_NONE);
    expect_error("a method one byte longer",
                 repeated("", "M", LIMIT_METHOD_BYTES + 1, " /" VERSION HOST "\r\n"),
                 ERR_NOT_IMPLEMENTED);
#undef VERSION
}

Test(http1_read, bounds_the_body)
{
    char *text;

    cr_assert(asprintf(&text, POST "Content-Length: %d\r\n\r\n", BODY_BYTES_MAX) > 0);
    expect_error("a body as long as allowed", repeated(text, "b", BODY_BYTES_MAX, ""), ERR_NONE);
    free(text);
    expect_error("chunks that add up to it",
                 repeated(TE, "a\r\n0123456789\r\n", BODY_BYTES_MAX / 10, "0\r\n\r\n"), ERR_NONE);
    expect_error("chunks that add up to one more",
                 repeated(TE, "a\r\n0123456789\r\n", BODY_BYTES_MAX / 10, "1\r\n0\r\n0\r\n\r\n"),
                 ERR_TOO_LARGE);
    expect_error("a chunk's line as long as allowed",
                 repeated(TE "0;", "a", LIMIT_CHUNK_LINE_BYTES - 4, "\r\n\r\n"), ERR_NONE);
    expect_error("a chunk's line one byte longer",
                 repeated(TE "0;", "a", LIMIT_CHUNK_LINE_BYTES - 3, "\r\n\r\n"), ERR_BAD_REQUEST);
    expect_error("a chunk's line without end", repeated(TE "0;", "a", LIMIT_CHUNK_LINE_BYTES, ""),
                 ERR_BAD_REQUEST);
    /* 64 bytes of extension for each byte of content */
#define CHUNK "1;a=345678901234567890123456789012345678901234567890123456789012\r\nx\r\n"
    expect_error("extensions as many as allowed",
                 repeated(TE, CHUNK, LIMIT_CHUNK_EXT_BYTES / 63, "0\r\n\r\n"), ERR_NONE);
    expect_error("extensions without end", repeated(TE, CHUNK, LIMIT_CHUNK_EXT_BYTES / 63 + 1, ""),
                 ERR_BAD_REQUEST);
#undef CHUNK
    expect_error("as many trailers as allowed",
                 repeated(TE "0\r\n", "X: 1\r\n", LIMIT_HEAD_FIELDS, "\r\n"), ERR_NONE);
    expect_error("one trailer more",
                 repeated(TE "0\r\n", "X: 1\r\n", LIMIT_HEAD_FIELDS + 1, "\r\n"),
                 ERR_HEADERS_TOO_LARGE);
    expect_error("trailers without end",
                 filled(TE "0\r\nX: ", 'a', "", LIMIT_HEAD_BYTES + strlen(TE "0\r\n")),
                 ERR_HEADERS_TOO_LARGE);
}

/* --- the rest of the interface --- */

Test(http1_mid_message, is_true_from_the_first_byte_to_the_end)
{
    static const char bytes[] = "\r\n" POST "Content-Length: 2\r\n\r\nhi";
    const size_t len = sizeof bytes - 1;
    struct http1_reader reader;
    struct http1_head head;
    struct span piece;
    size_t used, start = 0;

    http1_init(&reader, BODY_BYTES_MAX);
    for (size_t i = 0; i <= len; i++) {
        enum http1_step step;
        do {
            step =
                http1_read(&reader, (struct span){bytes + start, i - start}, &used, &head, &piece);
            start += used;
        } while (step != HTTP1_MORE);
        cr_expect_eq(http1_mid_message(&reader), i > 2 && i < len, "after %zu bytes", i);
    }
}

Test(http1_read, stays_refused)
{
    struct http1_reader reader;
    struct http1_head head;
    struct span piece;
    size_t used;

    http1_init(&reader, BODY_BYTES_MAX);
    cr_expect_eq(http1_read(&reader, SPAN("x\n"), &used, &head, &piece), HTTP1_REFUSED);
    cr_expect_eq(http1_read(&reader, SPAN(GET "\r\n"), &used, &head, &piece), HTTP1_REFUSED);
    cr_expect_eq(used, 0);
    cr_expect_eq(http1_error(&reader), ERR_BAD_REQUEST);
    cr_expect_not(http1_mid_message(&reader));
}

Test(http1_read, leaves_the_piece_alone_when_there_is_none)
{
    static const char mark[] = "mark";
    struct http1_reader reader;
    struct http1_head head;
    struct span piece = {mark, 4};
    size_t used;

    http1_init(&reader, BODY_BYTES_MAX);
    cr_expect_eq(http1_read(&reader, (struct span){0}, &used, &head, &piece), HTTP1_MORE);
    cr_expect_eq(http1_read(&reader, SPAN(GET "\r\n"), &used, &head, &piece), HTTP1_HEAD);
    cr_expect_eq(http1_read(&reader, (struct span){0}, &used, &head, &piece), HTTP1_END);
    cr_expect(piece.data == mark && piece.len == 4);
}

Test(http1_field, finds_the_only_one)
{
    struct http1_reader reader;
    struct http1_head head;
    struct span piece;
    size_t used;

    http1_init(&reader, BODY_BYTES_MAX);
    cr_assert_eq(http1_read(&reader, SPAN(GET "If-Match: \"3\"\r\nX:\r\nY: 1\r\ny: 2\r\n\r\n"),
                            &used, &head, &piece),
                 HTTP1_HEAD);
    cr_expect(span_eq(http1_field(&head, SPAN("if-match")), SPAN("\"3\"")));
    cr_expect(http1_field(&head, SPAN("X")).data, "an empty value is a value");
    cr_expect_null(http1_field(&head, SPAN("If-Matc")).data, "none");
    cr_expect_null(http1_field(&head, SPAN("Y")).data, "two that disagree");
}

Test(http1_decode, decodes_what_is_text)
{
    static const struct {
        const char *promise;
        struct span encoded;
        const char *decoded; /* NULL: refused */
    } rows[] = {
        {"plain text", SPAN_INIT("TH-50"), "TH-50"},
        {"nothing", SPAN_INIT(""), ""},
        {"a slash", SPAN_INIT("TH-50%2F2570%2f0007"), "TH-50/2570/0007"},
        {"Thai", SPAN_INIT("%E0%B8%A5%2F2570"), "\xe0\xb8\xa5/2570"},
        {"Thai not escaped", SPAN_INIT("\xe0\xb8\xa5"), "\xe0\xb8\xa5"},
        {"an emoji", SPAN_INIT("%F0%9F%98%80"), "\xf0\x9f\x98\x80"},
        {"a percent sign, once", SPAN_INIT("%2541"), "%41"},
        {"a plus stays a plus", SPAN_INIT("a+b%20c"), "a+b c"},
        {"as much as fits", SPAN_INIT("1234567890123456"), "1234567890123456"},
        {"more than fits", SPAN_INIT("12345678901234567"), NULL},
        {"an escape cut short", SPAN_INIT("a%2"), NULL},
        {"an escape cut shorter", SPAN_INIT("a%"), NULL},
        {"an escape that is not hexadecimal", SPAN_INIT("%2x"), NULL},
        {"a sign in an escape", SPAN_INIT("%+1"), NULL},
        {"NUL", SPAN_INIT("a%00"), NULL},
        {"a line feed", SPAN_INIT("a%0Ab"), NULL},
        {"a tab that is not escaped", SPAN_INIT("a\tb"), NULL},
        {"DEL", SPAN_INIT("%7F"), NULL},
        {"a control character beyond ASCII", SPAN_INIT("%C2%85"), NULL},
        {"an overlong slash", SPAN_INIT("%C0%AF"), NULL},
        {"a surrogate", SPAN_INIT("%ED%A0%80"), NULL},
        {"half a character", SPAN_INIT("%E0%B8"), NULL},
        {"Latin-1", SPAN_INIT("caf%E9"), NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char buffer[16];
        struct span decoded = SPAN("untouched");
        const bool good = http1_decode(rows[i].encoded, buffer, sizeof buffer, &decoded);
        const struct span expected = rows[i].decoded ? span_of(rows[i].decoded) : SPAN("untouched");

        cr_expect_eq(good, rows[i].decoded != NULL, "%s", rows[i].promise);
        cr_expect(span_eq(decoded, expected), "%s: got '%.*s'", rows[i].promise, (int)decoded.len,
                  decoded.data);
    }
}
