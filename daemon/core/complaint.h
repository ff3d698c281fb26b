/*
 * complaint - one complaint as an office sends it: checked whole, before it queues
 *
 * complaint_read() takes the request's bytes and either fills a struct whose
 * every field keeps the rules, or lists all faults at once. What needs the
 * register (codes of the taxonomies, units, principals, fiscal years) comes from
 * a complaint_reference, built from the answer of api.reference(). The client
 * checks with the same function, without a reference, before it sends.
 *
 * Pure: the day is passed in.
 */
#ifndef GRIEVD_COMPLAINT_H
#define GRIEVD_COMPLAINT_H

#include <stdint.h>

#include "arena.h"
#include "commit.h"
#include "json.h"
#include "thai.h"

struct complaint_reference;

/*
 * From the JSON text of api.reference(); see docs/api for its shape. NULL if the
 * text does not have that shape or memory is out. Immutable, so any thread may
 * read it until it is freed (NULL is allowed).
 */
struct complaint_reference *complaint_reference_new(struct span text);
void complaint_reference_free(struct complaint_reference *reference);

/* The unit of a principal; .data is NULL if the register did not know the name. */
struct span complaint_unit_of(const struct complaint_reference *reference, struct span principal);

/*
 * The route that a complaint from that unit takes, by the rules of the reference; "legal"
 * where none speaks of it. Points into the reference.
 */
struct complaint;
struct span complaint_route(const struct complaint_reference *reference,
                            const struct complaint *complaint, struct span unit);

/*
 * Spans live in the arena or point into the request. Absent texts have .data NULL.
 * Lists are sorted bytewise, without repeats, comma-joined.
 */
struct complaint {
    uint8_t id[COMMIT_ID_BYTES];
    struct span channel, process, subject, class, identity; /* codes */
    struct thai_date received_on;
    struct span received_on_text; /* ISO, as sent */
    struct span accused_unit, accused_role;
    struct span accused_principals; /* list of principal names */
    struct span conflict;           /* list of principals and units */
    struct span source;             /* JSON object text as sent */
    struct span source_agency, source_letter_no, source_letter_date;
    struct span source_receive_no, source_receive_date;
    struct span box_opening; /* UUID, lower case */
    struct span body;        /* B: the request with complainant's value replaced by null */
    struct span complainant; /* I: the bytes of that value, empty when absent */

    /*
     * Where the client has sealed the complainant: the envelope's content object, which then
     * is I as well, and its wraps as a list (core/seal). Base64 is decoded, and no more is
     * known of them. Else .data is NULL.
     */
    struct span sealed_content, sealed_wraps;
};

/*
 * Check a submission to the path's id. object is what json_read_object() made of
 * the request. reference may be NULL (client): codes are then checked only in
 * form (1 to 64 of A-Z a-z 0-9 . _ -). False, with *ret_faults listing every
 * fault, or with ret_faults->count 0 when the arena is full (413).
 *
 * Pointers name members, and no fault holds a value. Of what is committed in the
 * clear and of all short texts control characters are refused, since they could
 * forge a line of M or an order to somebody's terminal. The narrative is taken
 * byte for byte as it is, with any character but U+0000 (real texts hold stray
 * ones): who shows it on a terminal must disarm it.
 */
bool complaint_read(struct complaint *ret_complaint, struct faults *ret_faults, struct arena *arena,
                    struct span path_id, struct span request, const json_t *object,
                    const struct complaint_reference *reference, struct thai_date today);

/* What stays readable of a complaint, each by the name that it has in M; an absent one is empty. */
struct complaint_field {
    const char *name;
    struct span value;
};

enum { COMPLAINT_FIELDS = 16 };

/* The fields of a complaint in M's order. The values are the complaint's. */
void complaint_fields(const struct complaint *complaint,
                      struct complaint_field ret_fields[static COMPLAINT_FIELDS]);

/*
 * M's bytes (core/commit): "key=value\n" for each readable field, absent ones left out, in
 * this order, which is part of the commitment and never changes:
 *
 *     v id unit submitter channel process subject class identity received_on accused_unit
 *     accused_role accused conflict source.agency source.letter_no source.letter_date
 *     source.receive_no source.receive_date box_opening
 *
 * unit and submitter are the register's, free of control characters; an empty
 * one is absent. .data is NULL past the arena's cap.
 */
struct span complaint_clear_fields(const struct complaint *complaint, struct span unit,
                                   struct span submitter, struct arena *arena);

/* A UUID in its 36-character form, any case, to bytes. False if it is not one. */
bool uuid_parse(struct span text, uint8_t ret_id[static COMMIT_ID_BYTES]);

/* Bytes to the lower-case form with NUL. */
void uuid_print(const uint8_t id[static COMMIT_ID_BYTES], char ret_text[static 37]);

#endif
