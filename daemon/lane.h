/*
 * lane - which of the store's connections a statement takes
 *
 * Said by the route table, understood by the store, so that the store need know
 * nothing of routes and requests.
 */
#ifndef GRIEVD_LANE_H
#define GRIEVD_LANE_H

enum route_lane {
    LANE_NONE,   /* never asks the database */
    LANE_READ,   /* short reads, pipelined */
    LANE_REPORT, /* reads that may take long */
    LANE_WRITE,  /* changes: an answer lost on the way leaves the outcome unknown */
    LANE_UPLOAD, /* pieces of files: many, large, and none by itself has to last */
    LANE_SUBMIT, /* submissions, in batches */
};

#endif
