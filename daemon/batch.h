/*
 * batch - the one call of api.complaint_submit: arrays out, rows back
 *
 * The function takes a column of each item's fields as one binary array
 * (pgbinary) and answers with a row for each item in the same order. The first
 * row also carries how durable the server is at this moment, as the server has
 * it: an answer may be given only if that is as configured.
 */
#ifndef GRIEVD_BATCH_H
#define GRIEVD_BATCH_H

#include "core/leaf.h"
#include "pgbinary.h"
#include "pgconn.h"
#include "store.h"

enum { BATCH_COLUMNS = 23 };

extern const char batch_sql[];

/*
 * How durable the server commits at this moment, as four columns of any
 * statement; and true if a row's columns from `first` on say what the register
 * promises, with these synchronous_standby_names.
 */
#define BATCH_DURABILITY_SQL                                                                 \
    "current_setting('fsync'), current_setting('synchronous_commit'), pg_is_in_recovery(), " \
    "current_setting('synchronous_standby_names')"
bool batch_durable(const struct pgconn_answer *answer, size_t row, size_t first,
                   const char *standbys);

/* The parameters of batch_sql; values point into the buffer they were encoded to. */
struct batch_params {
    const char *values[BATCH_COLUMNS];
    int lengths[BATCH_COLUMNS], formats[BATCH_COLUMNS];
};

/* Encode the items, 1 to LIMIT_BATCH_ITEMS, into an empty buffer. */
void batch_encode(struct batch_params *ret_params, struct pgbinary *buffer,
                  const struct store_submission *const *items, size_t count);

/*
 * Read the rows of a DONE answer; spans point into it. False if they are not
 * what was agreed. durable: batch_durable() of the first.
 */
struct batch_outcomes {
    struct store_outcome items[LIMIT_BATCH_ITEMS];
    uint8_t leaves[LIMIT_BATCH_ITEMS][LEAF_BYTES];
    bool durable;
};
bool batch_decode(struct batch_outcomes *ret_outcomes, const struct pgconn_answer *answer,
                  size_t count, const char *standbys);

#endif
