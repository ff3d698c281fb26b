#include "pace.h"

void pace_moved(struct pace *pace, uint64_t bytes, int64_t now_ms)
{
    pace->bytes += bytes;
    pace->moved_ms = now_ms;
}

void pace_waited(struct pace *pace, int64_t since_ms, int64_t now_ms)
{
    pace->ours_ms += now_ms - since_ms;
    pace->moved_ms += now_ms - since_ms;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t pace_deadline(const struct pace *pace, int64_t stall_ms)
{
    const int64_t earned_ms = (int64_t)(pace->bytes * 1000 / PACE_BYTES_PER_S);
    const int64_t slow = pace->began_ms + pace->ours_ms + stall_ms + earned_ms;
    const int64_t stalled = pace->moved_ms + stall_ms;

    return earlier(pace->began_ms + PACE_MS, earlier(slow, stalled));
}
