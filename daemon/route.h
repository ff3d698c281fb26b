/*
 * route - which handler a method and path mean
 *
 * routes.def is the API on one page. Matching is by segments: `{name}` takes one
 * non-empty segment, percent-decoded; in `{name}.html` the segment without its
 * end, and such a row stands before the one without; `{+name}` takes all that is left. A path that
 * exists with another method is 405 with Allow; HEAD is answered wherever GET is.
 *
 * Pure.
 */
#ifndef GRIEVD_ROUTE_H
#define GRIEVD_ROUTE_H

#include "lane.h"
#include "request.h"

enum route_access {
    ACCESS_ANYONE,
    ACCESS_CERTIFICATE, /* a principal; which one may do what is decided in SQL */
    ACCESS_LOCAL,       /* only on the metrics listener */
};

struct route {
    const char *method; /* GET answers HEAD as well */
    const char *path;
    enum route_access access;
    const char *roles; /* who may, for people and docs; enforced by sql/reference/rights.csv */
    void (*handle)(struct request *request);
    const char *function; /* in schema api; NULL for handlers that are all C */
    enum route_lane lane;
};

extern const struct route routes[];
extern const size_t route_count;

/*
 * Find the route and fill request->route, path and query parameters. Otherwise
 * the error to answer: 404, 405 (with the methods for Allow in *ret_allow,
 * static storage), or 400 for a query that cannot be decoded or repeats a name.
 */
enum err route_match(struct request *request, const char **ret_allow);

#endif
