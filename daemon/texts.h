/*
 * texts - what is told with an event and is for the few: into envelopes, and out of them
 *
 * Notes, findings, reasons and letters are members of a request that the register stores
 * without seeing them. Before SQL gets the request, each becomes {"event", "content",
 * "wraps"}, an envelope in base64 at the place "event:EVENT:MEMBER" of the case, for the group
 * of its route; what is told to the custodians as well has "custodians", their wraps. EVENT is
 * the request that told it: what one proposes and another approves has the proposer's text.
 * Whoever may read the case has it opened again, as told by the event that the register says, and
 * by no other.
 */
#ifndef GRIEVD_TEXTS_H
#define GRIEVD_TEXTS_H

#include "core/json.h"
#include "sealer.h"

/*
 * Which members of POST /v1/complaints/{id}/events are such texts; register.event_field has
 * them as `sealed`, for the kinds that take them.
 */
extern const char *const texts_members[];
extern const size_t texts_member_count;

/* True if the request tells one; faults are added for what is no text or has more bytes. */
bool texts_told(const json_t *request, size_t bytes_max, struct faults *faults);

/* Where a text is sealed and for whom. */
struct texts_place {
    uint8_t case_id[SEAL_ID_BYTES];
    enum keys_route route;
    bool custodians;               /* for each of them as well, */
    struct sealer_without without; /* but for these */
};

/*
 * Seal every text of the request in place. event_id is its own. False if the arena is full.
 */
bool texts_seal(struct sealer *sealer, struct arena *arena, const struct texts_place *place,
                json_t *request);

/* One such text by itself: its envelope as JSON. NULL if event_id is none or the arena is full. */
json_t *texts_seal_one(struct sealer *sealer, struct arena *arena, const struct texts_place *place,
                       const char *event_id, const char *member, struct span text);

/*
 * Open what texts_seal() made of a member of an event; the text lies in the arena.
 * SEAL_MALFORMED if it is no such envelope, SEAL_NAME if it is that of another event.
 */
enum seal_fault texts_open(const struct sealer *sealer, struct arena *arena,
                           const uint8_t case_id[static 16], const char *event_id,
                           const char *member, const json_t *envelope, struct span *ret_text);

/* Bytes as a JSON string of base64, by way of the arena; NULL if that is full. */
json_t *texts_base64(struct arena *arena, struct span bytes);

/* The bytes of a base64 member, in the arena; .data NULL if it is not one. */
struct span texts_bytes(struct arena *arena, const json_t *object, const char *key);

#endif
