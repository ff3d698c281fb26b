#include "signer_wire.h"

static uint8_t *put(uint8_t *at, uint64_t value, unsigned len)
{
    for (unsigned i = len; i > 0; i--)
        *at++ = (uint8_t)(value >> (8 * (i - 1)));
    return at;
}

static uint8_t *put_span(uint8_t *at, struct span bytes)
{
    if (bytes.len > 0)
        memcpy(at, bytes.data, bytes.len);
    return at + bytes.len;
}

/* Take a number off the front; false if the bytes end before it does. */
static bool get(struct span *rest, unsigned len, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (rest->len < len)
        return false;
    for (unsigned i = 0; i < len; i++)
        value = value << 8 | (uint8_t)rest->data[i];
    *rest = span_skip(*rest, len);
    *ret_value = value;
    return true;
}

static bool leaves_good(struct span leaves, size_t least)
{
    return leaves.len % LEAF_BYTES == 0 && leaves.len / LEAF_BYTES >= least &&
           leaves.len / LEAF_BYTES <= LIMIT_SIGNER_LEAVES;
}

/* Begin a frame of that type; *ret_frame's length is written when it ends. */
static uint8_t *begin(uint8_t *frame, unsigned type)
{
    return put(frame + WIRE_HEAD_BYTES, type, 1);
}

static size_t end(uint8_t *frame, const uint8_t *at)
{
    const size_t len = (size_t)(at - frame);

    assert(len <= WIRE_FRAME_MAX);
    put(frame, len - WIRE_HEAD_BYTES, WIRE_HEAD_BYTES);
    return len;
}

size_t wire_put_request(const struct wire_request *request, uint8_t *frame)
{
    uint8_t *at = begin(frame, request->type);

    switch (request->type) {
    case WIRE_STATE:
    case WIRE_INIT:
        break;
    case WIRE_EXTEND:
    case WIRE_ADOPT_LEAVES:
        assert(leaves_good(request->leaves, 1));
        at = put_span(put(at, request->first, 8), request->leaves);
        break;
    case WIRE_READ:
        assert(request->count >= 1 && request->count <= LIMIT_SIGNER_LEAVES);
        at = put(put(at, request->first, 8), request->count, 4);
        break;
    case WIRE_ADOPT:
        assert(request->note.len < LIMIT_SIGNER_FRAME_BYTES);
        at = put_span(at, request->note);
        break;
    }
    return end(frame, at);
}

size_t wire_put_answer(const struct wire_answer *answer, uint8_t *frame)
{
    uint8_t *at = begin(frame, answer->type);

    assert(answer->note.len < LIMIT_SIGNER_FRAME_BYTES - 32);
    switch (answer->type) {
    case WIRE_SIGNED:
    case WIRE_HAVE:
        at = put_span(put(at, answer->size, 8), answer->note);
        break;
    case WIRE_BEHIND:
    case WIRE_FORK:
    case WIRE_MORE:
        at = put(at, answer->size, 8);
        break;
    case WIRE_LEAVES:
        assert(leaves_good(answer->leaves, 0));
        at = put_span(put(at, answer->size, 8), answer->leaves);
        break;
    case WIRE_STATE_IS:
        at = put(put(put(at, answer->condition, 1), answer->size, 8), answer->held, 8);
        at = put_span(at, answer->note);
        break;
    case WIRE_REFUSED:
        at = put(at, answer->refusal, 1);
        break;
    }
    return end(frame, at);
}

enum wire_take wire_take(struct span received, struct span *ret_frame)
{
    uint64_t len;

    if (!get(&received, WIRE_HEAD_BYTES, &len))
        return WIRE_PART;
    if (len == 0 || len > LIMIT_SIGNER_FRAME_BYTES)
        return WIRE_BAD;
    if (received.len < len)
        return WIRE_PART;
    *ret_frame = (struct span){received.data, (size_t)len};
    return WIRE_FRAME;
}

bool wire_get_request(struct span frame, struct wire_request *ret_request)
{
    struct wire_request request = {0};
    uint64_t type, count = 0;

    if (!get(&frame, 1, &type))
        return false;
    request.type = (enum wire_request_type)type;
    switch (request.type) {
    case WIRE_STATE:
    case WIRE_INIT:
        if (frame.len > 0)
            return false;
        break;
    case WIRE_EXTEND:
    case WIRE_ADOPT_LEAVES:
        if (!get(&frame, 8, &request.first) || !leaves_good(frame, 1))
            return false;
        request.leaves = frame;
        break;
    case WIRE_READ:
        if (!get(&frame, 8, &request.first) || !get(&frame, 4, &count) || frame.len > 0 ||
            count == 0 || count > LIMIT_SIGNER_LEAVES)
            return false;
        request.count = (uint32_t)count;
        break;
    case WIRE_ADOPT:
        request.note = frame;
        break;
    default:
        return false;
    }
    *ret_request = request;
    return true;
}

static bool get_state(struct span frame, struct wire_answer *answer)
{
    uint64_t condition;

    if (!get(&frame, 1, &condition) || condition >= WIRE_CONDITION_END ||
        !get(&frame, 8, &answer->size) || !get(&frame, 8, &answer->held))
        return false;
    answer->condition = (enum wire_condition)condition;
    answer->note = frame;
    return (frame.len > 0) == (answer->condition == WIRE_CONDITION_READY);
}

static bool get_refusal(struct span frame, struct wire_answer *answer)
{
    uint64_t refusal;

    if (!get(&frame, 1, &refusal) || frame.len > 0 || refusal == 0 || refusal >= WIRE_REFUSAL_END)
        return false;
    answer->refusal = (enum wire_refusal)refusal;
    return true;
}

bool wire_get_answer(struct span frame, struct wire_answer *ret_answer)
{
    struct wire_answer answer = {0};
    uint64_t type;
    bool good;

    if (!get(&frame, 1, &type))
        return false;
    answer.type = (enum wire_answer_type)type;
    switch (answer.type) {
    case WIRE_SIGNED:
    case WIRE_HAVE:
        good = get(&frame, 8, &answer.size) && frame.len > 0;
        answer.note = frame;
        break;
    case WIRE_BEHIND:
    case WIRE_FORK:
    case WIRE_MORE:
        good = get(&frame, 8, &answer.size) && frame.len == 0;
        break;
    case WIRE_LEAVES:
        good = get(&frame, 8, &answer.size) && leaves_good(frame, 0);
        answer.leaves = frame;
        break;
    case WIRE_STATE_IS:
        good = get_state(frame, &answer);
        break;
    case WIRE_REFUSED:
        good = get_refusal(frame, &answer);
        break;
    default:
        good = false;
        break;
    }
    if (good)
        *ret_answer = answer;
    return good;
}

const char *wire_refusal_text(enum wire_refusal refusal)
{
#define X(NAME, text) [NAME] = text,
    static const char *const texts[] = {WIRE_REFUSALS(X)};
#undef X

    assert(refusal > WIRE_REFUSAL_NONE && refusal < WIRE_REFUSAL_END);
    return texts[refusal];
}

const char *wire_condition_name(enum wire_condition condition)
{
#define X(NAME, name) [NAME] = name,
    static const char *const names[] = {WIRE_CONDITIONS(X)};
#undef X

    assert(condition < WIRE_CONDITION_END);
    return names[condition];
}
