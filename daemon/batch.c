#include "batch.h"

#include <assert.h>
#include <limits.h>
#include <stddef.h>

#include "core/hex.h"

enum column_kind {
    COMPLAINT_ID,
    COMPLAINT_TEXT, /* NULL when absent */
    COMPLAINT_DATE,
    COMPLAINT_UUID,  /* written as text; NULL when absent */
    SUBMISSION_TEXT, /* empty when absent */
    SUBMISSION_HASH,
    SUBMISSION_KEY,
    COMMIT_HASH,
    SUBMISSION_BYTES,
    SUBMISSION_ROUTE, /* NULL when absent */
};

#define COMPLAINT(member)  offsetof(struct complaint, member)
#define SUBMISSION(member) offsetof(struct store_submission, member)
#define COMMIT(member)     offsetof(struct commit, member)

/* The function's parameters, in its order. */
static const struct column {
    enum pgbinary_type type;
    enum column_kind kind;
    size_t at;
} columns[] = {
    {PGBINARY_UUID, COMPLAINT_ID, COMPLAINT(id)},
    {PGBINARY_TEXT, SUBMISSION_TEXT, SUBMISSION(actor)},
    {PGBINARY_TEXT, SUBMISSION_TEXT, SUBMISSION(unit)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(channel)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(process)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(subject)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(class)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(identity)},
    {PGBINARY_DATE, COMPLAINT_DATE, COMPLAINT(received_on)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(accused_unit)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(accused_role)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(accused_principals)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(conflict)},
    {PGBINARY_TEXT, COMPLAINT_TEXT, COMPLAINT(source)},
    {PGBINARY_UUID, COMPLAINT_UUID, COMPLAINT(box_opening)},
    {PGBINARY_TEXT, SUBMISSION_ROUTE, SUBMISSION(route)},
    {PGBINARY_BYTEA, SUBMISSION_BYTES, SUBMISSION(body)},
    {PGBINARY_BYTEA, SUBMISSION_BYTES, SUBMISSION(identity)},
    {PGBINARY_BYTEA, SUBMISSION_BYTES, SUBMISSION(wraps)},
    {PGBINARY_BYTEA, COMMIT_HASH, COMMIT(commit)},
    {PGBINARY_BYTEA, SUBMISSION_BYTES, SUBMISSION(opening)},
    {PGBINARY_BYTEA, SUBMISSION_HASH, SUBMISSION(track_hash)},
    {PGBINARY_INT2, SUBMISSION_KEY, SUBMISSION(nonce_key_id)},
};
static_assert(sizeof columns / sizeof columns[0] == BATCH_COLUMNS, "a parameter for each column");

enum {
    ROW_STATUS,
    ROW_REF,
    ROW_STATE,
    ROW_ROUTE,
    ROW_DETAIL,
    ROW_NONCE_KEY_ID,
    ROW_STALE,
    ROW_LEAF_INDEX,
    ROW_FIRST_LEAF,
    ROW_LEAVES,
    ROW_DURABILITY,
};

const char batch_sql[] =
    "SELECT status, ref, state, route, detail, nonce_key_id, stale, leaf_index,"
    " first_leaf, leaves, fsync, synchronous_commit, in_recovery, standbys"
    " FROM api.complaint_submit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
    " $16, $17, $18, $19, $20, $21, $22, $23)";

static struct span or_empty(struct span text)
{
    return text.data ? text : SPAN("");
}

static struct span bytes_at(const void *base, size_t at, size_t len)
{
    return (struct span){(const char *)base + at, len};
}

static struct span span_at(const void *base, size_t at)
{
    return *(const struct span *)(const void *)((const char *)base + at);
}

static void put_uuid(struct pgbinary *buffer, struct span text)
{
    uint8_t id[COMMIT_ID_BYTES];

    if (!text.data) {
        pgbinary_put(buffer, text);
        return;
    }
    const bool valid = uuid_parse(text, id);
    assert(valid); /* complaint_read() has checked it */
    pgbinary_put(buffer, (struct span){(const char *)id, sizeof id});
}

static void put(struct pgbinary *buffer, const struct column *column,
                const struct store_submission *item)
{
    switch (column->kind) {
    case COMPLAINT_ID:
        pgbinary_put(buffer, (struct span){(const char *)item->complaint->id, COMMIT_ID_BYTES});
        break;
    case COMPLAINT_TEXT:
        pgbinary_put(buffer, span_at(item->complaint, column->at));
        break;
    case COMPLAINT_DATE:
        pgbinary_put_date(buffer, item->complaint->received_on);
        break;
    case COMPLAINT_UUID:
        put_uuid(buffer, span_at(item->complaint, column->at));
        break;
    case SUBMISSION_TEXT:
        pgbinary_put(buffer, or_empty(span_at(item, column->at)));
        break;
    case SUBMISSION_HASH:
        pgbinary_put(buffer, bytes_at(item, column->at, COMMIT_BYTES));
        break;
    case SUBMISSION_KEY:
        pgbinary_put_int2(buffer, (int16_t)item->nonce_key_id);
        break;
    case COMMIT_HASH:
        pgbinary_put(buffer, bytes_at(item->commit, column->at, COMMIT_BYTES));
        break;
    case SUBMISSION_BYTES:
    case SUBMISSION_ROUTE:
        pgbinary_put(buffer, span_at(item, column->at));
        break;
    }
}

void batch_encode(struct batch_params *ret_params, struct pgbinary *buffer,
                  const struct store_submission *const *items, size_t count)
{
    size_t offsets[BATCH_COLUMNS + 1];

    assert(buffer->len == 0 && count >= 1 && count <= LIMIT_BATCH_ITEMS);
    for (size_t c = 0; c < BATCH_COLUMNS; c++) {
        offsets[c] = pgbinary_array(buffer, columns[c].type, count);
        for (size_t i = 0; i < count; i++)
            put(buffer, &columns[c], items[i]);
    }
    assert(pgbinary_complete(buffer));
    offsets[BATCH_COLUMNS] = buffer->len;

    for (size_t c = 0; c < BATCH_COLUMNS; c++) {
        ret_params->values[c] = (const char *)buffer->data + offsets[c];
        ret_params->lengths[c] = (int)(offsets[c + 1] - offsets[c]);
        ret_params->formats[c] = 1;
    }
}

/* A small number the function answers with; 0 for NULL. False if it is not one. */
static bool read_number(struct span text, int *ret_number)
{
    unsigned long long number = 0;

    if (text.data && !span_to_u64(text, INT16_MAX, &number))
        return false;
    *ret_number = (int)number;
    return true;
}

bool batch_durable(const struct pgconn_answer *answer, size_t row, size_t first,
                   const char *standbys)
{
    return span_eq(pgconn_value(answer, row, first), SPAN("on")) &&
           span_eq(pgconn_value(answer, row, first + 1), SPAN("on")) &&
           span_eq(pgconn_value(answer, row, first + 2), SPAN("f")) &&
           span_eq(pgconn_value(answer, row, first + 3), span_of(standbys));
}

/* The leaves of the new ones, as bytea prints them: \x and two digits a byte. */
static bool read_leaves(struct span text, size_t count, uint8_t leaves[][LEAF_BYTES])
{
    return text.len > 2 && text.data[0] == '\\' && text.data[1] == 'x' &&
           hex_decode((struct span){text.data + 2, text.len - 2}, leaves[0], count * LEAF_BYTES);
}

/*
 * Which leaf is whose: those of the new ones follow one another; each replay names its own, and
 * so does what was lost and had its leaf before.
 */
static bool decode_leaves(struct batch_outcomes *outcomes, const struct pgconn_answer *answer,
                          size_t count)
{
    unsigned long long index = 0;
    size_t fresh = 0;

    const struct span first = pgconn_value(answer, 0, ROW_FIRST_LEAF);

    if (first.data && !span_to_u64(first, INT64_MAX, &index))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct store_outcome *outcome = &outcomes->items[i];
        const struct span known = pgconn_value(answer, i, ROW_LEAF_INDEX);
        unsigned long long own;

        if (outcome->status == 200 || (outcome->status == 201 && known.data)) {
            if (!span_to_u64(known, INT64_MAX, &own))
                return false;
            outcome->leaf_index = own;
        } else if (outcome->status == 201) {
            outcome->leaf = outcomes->leaves[fresh];
            outcome->leaf_index = index + fresh++;
        }
    }
    return fresh == 0 || read_leaves(pgconn_value(answer, 0, ROW_LEAVES), fresh, outcomes->leaves);
}

bool batch_decode(struct batch_outcomes *ret_outcomes, const struct pgconn_answer *answer,
                  size_t count, const char *standbys)
{
    if (answer->rows != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct store_outcome outcome = {
            .ref = pgconn_value(answer, i, ROW_REF),
            .state = pgconn_value(answer, i, ROW_STATE),
            .route = pgconn_value(answer, i, ROW_ROUTE),
            .detail = pgconn_value(answer, i, ROW_DETAIL),
            .stale = span_eq(pgconn_value(answer, i, ROW_STALE), SPAN("t")),
        };

        if (!read_number(pgconn_value(answer, i, ROW_STATUS), &outcome.status) ||
            !read_number(pgconn_value(answer, i, ROW_NONCE_KEY_ID), &outcome.nonce_key_id))
            return false;
        ret_outcomes->items[i] = outcome;
    }
    ret_outcomes->durable = batch_durable(answer, 0, ROW_DURABILITY, standbys);
    return decode_leaves(ret_outcomes, answer, count);
}
