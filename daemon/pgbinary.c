#include "pgbinary.h"

#include <assert.h>
#include <stdlib.h>

#define CAPACITY_MIN ((size_t)4096)

static uint8_t *extend(struct pgbinary *buffer, size_t bytes)
{
    assert(bytes <= INT32_MAX && buffer->len <= INT32_MAX);
    if (buffer->len + bytes > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : CAPACITY_MIN;

        while (capacity < buffer->len + bytes)
            capacity *= 2;
        buffer->data = realloc(buffer->data, capacity);
        if (!buffer->data)
            abort();
        buffer->capacity = capacity;
    }
    buffer->len += bytes;
    return buffer->data + buffer->len - bytes;
}

static void write_u32(uint8_t *place, uint32_t value)
{
    place[0] = (uint8_t)(value >> 24);
    place[1] = (uint8_t)(value >> 16);
    place[2] = (uint8_t)(value >> 8);
    place[3] = (uint8_t)value;
}

static void put_u32(struct pgbinary *buffer, uint32_t value)
{
    write_u32(extend(buffer, 4), value);
}

void pgbinary_reset(struct pgbinary *buffer, size_t keep_bytes)
{
    if (buffer->capacity > keep_bytes) {
        free(buffer->data);
        buffer->data = NULL;
        buffer->capacity = 0;
    }
    buffer->len = 0;
    buffer->missing = 0;
}

void pgbinary_free(struct pgbinary *buffer)
{
    pgbinary_reset(buffer, 0);
}

size_t pgbinary_array(struct pgbinary *buffer, enum pgbinary_type type, size_t count)
{
    const size_t offset = buffer->len;

    assert(buffer->missing == 0 && count <= INT32_MAX);
    put_u32(buffer, count > 0 ? 1 : 0);
    buffer->has_nulls_at = buffer->len;
    put_u32(buffer, 0);
    put_u32(buffer, (uint32_t)type);
    if (count > 0) {
        put_u32(buffer, (uint32_t)count);
        put_u32(buffer, 1);
    }
    buffer->missing = count;
    return offset;
}

static void begin_element(struct pgbinary *buffer, uint32_t length)
{
    assert(buffer->missing > 0);
    buffer->missing--;
    put_u32(buffer, length);
}

void pgbinary_put(struct pgbinary *buffer, struct span bytes)
{
    if (!bytes.data) {
        begin_element(buffer, UINT32_MAX);
        write_u32(buffer->data + buffer->has_nulls_at, 1);
        return;
    }
    begin_element(buffer, (uint32_t)bytes.len);
    memcpy(extend(buffer, bytes.len), bytes.data, bytes.len);
}

void pgbinary_put_int2(struct pgbinary *buffer, int16_t value)
{
    const uint16_t bits = (uint16_t)value;

    begin_element(buffer, 2);
    uint8_t *place = extend(buffer, 2);
    place[0] = (uint8_t)(bits >> 8);
    place[1] = (uint8_t)bits;
}

void pgbinary_put_date(struct pgbinary *buffer, struct thai_date date)
{
    begin_element(buffer, 4);
    put_u32(buffer, (uint32_t)pgbinary_days(date));
}

bool pgbinary_complete(const struct pgbinary *buffer)
{
    return buffer->missing == 0;
}

/* Days before 1 January of a Gregorian year, counted from year 1. */
static int32_t days_before_year(int year)
{
    const int past = year - 1;

    return past * 365 + past / 4 - past / 100 + past / 400;
}

int32_t pgbinary_days(struct thai_date date)
{
    static const int before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);

    assert(date.year >= 1 && date.month >= 1 && date.month <= 12 && date.day >= 1);
    return days_before_year(date.year) - days_before_year(2000) + before_month[date.month - 1] +
           (leap && date.month > 2 ? 1 : 0) + date.day - 1;
}
