#include "route.h"

#include <assert.h>

#include "handler.h"

#define R(method, path, access, roles, handler, function, lane) \
    {method, path, ACCESS_##access, roles, handle_##handler, function, LANE_##lane},
const struct route routes[] = {
#include "routes.def"
};
#undef R
const size_t route_count = sizeof routes / sizeof routes[0];

/* The methods of the API, as bits: what a path allows is a sum of them. */
enum method { METHOD_GET = 1, METHOD_PUT = 2, METHOD_POST = 4, METHOD_SETS = 8 };

static enum method method_of(const char *name)
{
    if (strcmp(name, "GET") == 0)
        return METHOD_GET;
    if (strcmp(name, "PUT") == 0)
        return METHOD_PUT;
    assert(strcmp(name, "POST") == 0);
    return METHOD_POST;
}

static const char *allow_text(unsigned methods)
{
    static const char *const texts[METHOD_SETS] = {
        [METHOD_GET] = "GET, HEAD",
        [METHOD_PUT] = "PUT",
        [METHOD_POST] = "POST",
        [METHOD_GET | METHOD_PUT] = "GET, HEAD, PUT",
        [METHOD_GET | METHOD_POST] = "GET, HEAD, POST",
        [METHOD_PUT | METHOD_POST] = "PUT, POST",
        [METHOD_GET | METHOD_PUT | METHOD_POST] = "GET, HEAD, PUT, POST",
    };

    assert(methods < METHOD_SETS && texts[methods]);
    return texts[methods];
}

/* Cut what stands before the first `separator` off *rest, and the separator too. */
static struct span take_until(struct span *rest, char separator)
{
    const char *end = rest->len > 0 ? memchr(rest->data, separator, rest->len) : NULL;
    const struct span part = {rest->data, end ? (size_t)(end - rest->data) : rest->len};

    *rest = end ? span_skip(*rest, part.len + 1) : (struct span){0};
    return part;
}

/* Where a parameter that begins at `start` ends: before '/', and before the pattern's tail, such as
 * ".html", when the segment ends in it. */
static size_t param_end(struct span path, size_t start, const char *tail)
{
    const size_t tail_len = strcspn(tail, "/");
    size_t at = start;

    while (at < path.len && path.data[at] != '/')
        at++;
    if (at - start > tail_len && memcmp(path.data + at - tail_len, tail, tail_len) == 0)
        at -= tail_len;
    return at;
}

/*
 * True if the path is the pattern's, with the encoded texts of its parameters
 * in values. What stands outside of braces is compared as sent.
 */
static bool path_matches(const char *pattern, struct span path, struct span *names,
                         struct span *values, size_t *ret_count)
{
    size_t at = 0, count = 0;

    while (*pattern) {
        if (*pattern != '{') {
            if (at == path.len || path.data[at++] != *pattern++)
                return false;
            continue;
        }
        const char *close = strchr(pattern, '}');
        const size_t start = at;
        const bool takes_rest = pattern[1] == '+';

        assert(close && count < LIMIT_PATH_PARAMS);
        at = takes_rest ? path.len : param_end(path, start, close + 1);
        if (at == start)
            return false;
        pattern += takes_rest ? 2 : 1;
        names[count] = (struct span){pattern, (size_t)(close - pattern)};
        values[count++] = (struct span){path.data + start, at - start};
        pattern = close + 1;
    }
    *ret_count = count;
    return at == path.len;
}

/* Percent-decode into the arena. False if it cannot be decoded. */
static bool decode(struct request *request, struct span encoded, struct span *ret_decoded)
{
    char *buffer = arena_alloc(request->arena, encoded.len + 1);

    return buffer && http1_decode(encoded, buffer, encoded.len + 1, ret_decoded);
}

static enum err read_path_params(struct request *request, const struct span *names,
                                 const struct span *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        request->path_params[i].name = names[i];
        if (!decode(request, values[i], &request->path_params[i].value))
            return ERR_BAD_REQUEST;
    }
    return ERR_NONE;
}

/* name=value joined by '&'; a name without '=' has the empty value. */
static enum err read_query(struct request *request)
{
    struct span rest = request->head.query;

    while (rest.data && rest.len > 0) {
        struct span value = take_until(&rest, '&');
        const struct span name = take_until(&value, '=');
        struct request_param param;

        if (name.len == 0 || request->query_count == LIMIT_QUERY_PARAMS)
            return ERR_BAD_REQUEST;
        if (!decode(request, name, &param.name) || !decode(request, value, &param.value))
            return ERR_BAD_REQUEST;
        for (size_t i = 0; i < request->query_count; i++) {
            if (span_eq(param.name, request->query_params[i].name))
                return ERR_BAD_REQUEST;
        }
        request->query_params[request->query_count++] = param;
    }
    return ERR_NONE;
}

enum err route_match(struct request *request, const char **ret_allow)
{
    const struct span asked = request->head.method;
    const struct span method = span_eq(asked, SPAN("HEAD")) ? SPAN("GET") : asked;
    struct span names[LIMIT_PATH_PARAMS], values[LIMIT_PATH_PARAMS];
    unsigned allowed = 0;
    size_t count;

    for (size_t i = 0; i < route_count; i++) {
        if (!path_matches(routes[i].path, request->head.path, names, values, &count))
            continue;
        if (!span_eq(span_of(routes[i].method), method)) {
            allowed |= method_of(routes[i].method);
            continue;
        }
        const enum err err = read_path_params(request, names, values, count);
        if (err != ERR_NONE)
            return err;
        request->route = &routes[i];
        return read_query(request);
    }
    if (allowed == 0)
        return ERR_NOT_FOUND;
    *ret_allow = allow_text(allowed);
    return ERR_METHOD;
}
