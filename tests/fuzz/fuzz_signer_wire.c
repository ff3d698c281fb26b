/*
 * Any bytes at all as what a daemon sends to the signer, and as what comes back: refused, or
 * written again byte for byte.
 */
#include <stdlib.h>

#include "signer_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t again[WIRE_FRAME_MAX];

static void need(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span received = {(const char *)data, size}, frame;
    struct wire_request request = {.count = 99};
    struct wire_answer answer = {.size = 99};

    while (wire_take(received, &frame) == WIRE_FRAME) {
        const struct span whole = {received.data, WIRE_HEAD_BYTES + frame.len};

        if (wire_get_request(frame, &request))
            need(span_eq((struct span){(const char *)again, wire_put_request(&request, again)},
                         whole));
        if (wire_get_answer(frame, &answer))
            need(span_eq((struct span){(const char *)again, wire_put_answer(&answer, again)},
                         whole));
        received = span_skip(received, whole.len);
    }
    return 0;
}
