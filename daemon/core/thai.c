#include "thai.h"

#include <assert.h>
#include <stdio.h>

#define DAY_SECONDS ((int64_t)24 * 3600)

enum {
    BANGKOK_OFFSET_SECONDS = 7 * 3600,
    BUDDHIST_ERA = 543,
    YEAR_MIN = 1900,
    YEAR_MAX = 2199,
    BUDDHIST_YEAR_MIN = 2400, /* a year from here on is one */
    EPOCH_DAYS = 719468,      /* from 0000-03-01 to 1970-01-01 */
    ERA_DAYS = 146097,        /* 400 years, after which the calendar repeats */
    DAYS_MAX = 25 * ERA_DAYS,
};

/*
 * Years are taken to begin on 1 March, so that a leap day is the last of its year and the
 * months' lengths follow one line: 153 days in every five months.
 */
struct thai_date thai_day_of(int64_t unix_seconds)
{
    const int64_t seconds = unix_seconds + BANGKOK_OFFSET_SECONDS + EPOCH_DAYS * DAY_SECONDS;

    assert(seconds >= 0 && seconds / DAY_SECONDS < DAYS_MAX);
    const int days = (int)(seconds / DAY_SECONDS);
    const int era = days / ERA_DAYS;
    const int era_day = days % ERA_DAYS;
    const int era_year =
        (era_day - era_day / 1460 + era_day / 36524 - era_day / (ERA_DAYS - 1)) / 365;
    const int year_day = era_day - (365 * era_year + era_year / 4 - era_year / 100);
    const int month_from_march = (5 * year_day + 2) / 153;
    const int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

    return (struct thai_date){
        .year = era * 400 + era_year + (month <= 2 ? 1 : 0),
        .month = month,
        .day = year_day - (153 * month_from_march + 2) / 5 + 1,
    };
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool number_within(struct span digits, unsigned long long min, unsigned long long max,
                          int *ret_value)
{
    unsigned long long value;

    if (!span_to_u64(digits, max, &value) || value < min)
        return false;
    *ret_value = (int)value;
    return true;
}

bool thai_date_parse(struct span text, struct thai_date *ret_date)
{
    struct thai_date date;

    if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-' ||
        !number_within((struct span){text.data, 4}, YEAR_MIN, YEAR_MAX, &date.year) ||
        !number_within((struct span){text.data + 5, 2}, 1, 12, &date.month) ||
        !number_within((struct span){text.data + 8, 2}, 1, 31, &date.day) ||
        date.day > days_in_month(date.year, date.month))
        return false;
    *ret_date = date;
    return true;
}

static const struct month {
    const char *name;
    const char *letters; /* of its short form, each followed by a full stop */
} months[] = {
    {"มกราคม", "มค"},  {"กุมภาพันธ์", "กพ"}, {"มีนาคม", "มีค"},    {"เมษายน", "เมย"},
    {"พฤษภาคม", "พค"}, {"มิถุนายน", "มิย"},  {"กรกฎาคม", "กค"},  {"สิงหาคม", "สค"},
    {"กันยายน", "กย"},  {"ตุลาคม", "ตค"},   {"พฤศจิกายน", "พย"}, {"ธันวาคม", "ธค"},
};
enum { MONTHS = sizeof months / sizeof months[0] };

/* Take the bytes of a word from the text, full stops and blanks between them or not. */
static bool take_word(struct span *text, const char *word)
{
    struct span rest = *text;

    for (; *word; word++) {
        while (rest.len > 0 && (rest.data[0] == '.' || rest.data[0] == ' '))
            rest = span_skip(rest, 1);
        if (rest.len == 0 || rest.data[0] != *word)
            return false;
        rest = span_skip(rest, 1);
    }
    *text = rest;
    return true;
}

/* Pass over what stands between the parts of a date. */
static void skip_between(struct span *text)
{
    while (text->len > 0 && strchr(" ./-", text->data[0]))
        *text = span_skip(*text, 1);
}

/* The digit that a code point is, Arabic or Thai, as an ASCII one; any other as it is. */
static uint32_t plain_digit(uint32_t c)
{
    return c >= 0xE50 && c <= 0xE59 ? c - 0xE50 + '0' : c;
}

/* Take up to four digits, Arabic or Thai, and what follows them; how many there were. */
static size_t take_number(struct span *text, int *ret_value)
{
    size_t digits = 0;

    *ret_value = 0;
    while (text->len > 0 && digits < 4) {
        uint32_t c = 0;
        const size_t len = utf8_next(*text, &c);

        c = plain_digit(c);
        if (len == 0 || c < '0' || c > '9')
            break;
        *ret_value = *ret_value * 10 + (int)(c - '0');
        *text = span_skip(*text, len);
        digits++;
    }
    skip_between(text);
    return digits;
}

/* A month by its number or one of its names, and what follows it; 0 if it is none. */
static int take_month(struct span *text)
{
    int month = 0;

    if (take_number(text, &month) > 0)
        return month;
    for (int i = 0; i < MONTHS && month == 0; i++) {
        if (take_word(text, months[i].name) || take_word(text, months[i].letters))
            month = i + 1;
    }
    skip_between(text);
    return month;
}

bool thai_date_read(struct span text, struct thai_date *ret_date)
{
    struct thai_date date;
    char iso[40];

    skip_between(&text);
    const size_t first_digits = take_number(&text, &date.day);
    date.month = take_month(&text);
    if (take_word(&text, "พศ"))
        skip_between(&text);
    const size_t last_digits = take_number(&text, &date.year);
    if (first_digits > 2) { /* the year stands first */
        const int year = date.day;

        date.day = date.year;
        date.year = year;
    }
    if (text.len > 0 || first_digits + last_digits < 5 || first_digits + last_digits > 6 ||
        (first_digits != 4 && last_digits != 4))
        return false;
    if (date.year >= BUDDHIST_YEAR_MIN)
        date.year -= BUDDHIST_ERA;
    snprintf(iso, sizeof iso, "%04d-%02d-%02d", date.year, date.month, date.day);
    return thai_date_parse(span_of(iso), ret_date);
}

int thai_date_compare(struct thai_date a, struct thai_date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

int thai_fiscal_year(struct thai_date date)
{
    return date.year + BUDDHIST_ERA + (date.month >= 10 ? 1 : 0);
}

void thai_date_print(struct thai_date date, char *buffer, size_t buffer_size)
{
    assert(date.month >= 1 && date.month <= 12);
    snprintf(buffer, buffer_size, "%d %s %d", date.day, months[date.month - 1].name,
             date.year + BUDDHIST_ERA);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

static bool is_latin(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void thai_digits(struct span text, char *buffer, size_t buffer_size)
{
    size_t used = 0;
    bool in_code = false;

    assert(buffer_size > 0);
    for (size_t i = 0; i < text.len; i++) {
        if (i == 0 || is_blank(text.data[i - 1]))
            in_code = is_latin(text.data[i]);
        const bool digit = !in_code && text.data[i] >= '0' && text.data[i] <= '9';
        const size_t need = digit ? 3 : 1;

        assert(used + need < buffer_size);
        if (digit) /* U+0E50 to U+0E59 */
            memcpy(buffer + used, (char[]){'\xE0', '\xB9', (char)(text.data[i] - '0' + '\x90')}, 3);
        else
            buffer[used] = text.data[i];
        used += need;
    }
    buffer[used] = '\0';
}

bool thai_plain_digits(struct span text, char *buffer, size_t buffer_size)
{
    size_t used = 0;

    assert(buffer_size > 0);
    buffer[0] = '\0';
    if (text.len > 0 && memchr(text.data, '\0', text.len))
        return false;
    while (text.len > 0) {
        uint32_t c = 0;
        const size_t len = utf8_next(text, &c);
        const char digit = (char)plain_digit(c);
        const bool thai = len > 1 && plain_digit(c) != c;
        const struct span put =
            thai ? (struct span){&digit, 1} : (struct span){text.data, len > 0 ? len : 1};

        if (put.len >= buffer_size - used) {
            buffer[0] = '\0';
            return false;
        }
        memcpy(buffer + used, put.data, put.len);
        used += put.len;
        buffer[used] = '\0';
        text = span_skip(text, len > 0 ? len : 1);
    }
    return true;
}

size_t utf8_next(struct span text, uint32_t *ret_code_point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length in bytes */
    const unsigned char *bytes = (const unsigned char *)text.data;

    assert(text.len > 0);
    if (bytes[0] < 0x80) {
        *ret_code_point = bytes[0];
        return 1;
    }
    const size_t length = bytes[0] < 0xC0   ? 0
                          : bytes[0] < 0xE0 ? 2
                          : bytes[0] < 0xF0 ? 3
                          : bytes[0] < 0xF8 ? 4
                                            : 0;
    if (length == 0 || length > text.len)
        return 0;

    uint32_t code_point = bytes[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
        code_point = code_point << 6 | (bytes[i] & 0x3Fu);
    }
    if (code_point < smallest[length] || code_point > 0x10FFFF ||
        (code_point >= 0xD800 && code_point <= 0xDFFF))
        return 0;
    *ret_code_point = code_point;
    return length;
}

/* How many bytes at the start are ASCII, eight looked at together; at most seven too few. */
static size_t ascii_run(struct span text)
{
    size_t run = 0;
    uint64_t word;

    for (; run + sizeof word <= text.len; run += sizeof word) {
        memcpy(&word, text.data + run, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    return run;
}

/* How many bytes at the start are letters of three bytes that need no second look: Thai, mostly. */
static size_t plain_threes_run(struct span text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t run = 0;

    /* E0 must be followed by A0 or more, and ED begins the surrogates. */
    while (run + 3 <= text.len && (bytes[run] & 0xF0) == 0xE0 && bytes[run] != 0xED &&
           (bytes[run + 1] & 0xC0) == 0x80 && (bytes[run + 2] & 0xC0) == 0x80 &&
           (bytes[run] != 0xE0 || bytes[run + 1] >= 0xA0))
        run += 3;
    return run;
}

bool utf8_valid(struct span text)
{
    while (text.len > 0) {
        uint32_t code_point;

        text = span_skip(text, ascii_run(text));
        text = span_skip(text, plain_threes_run(text));
        if (text.len == 0)
            break;
        const size_t length = utf8_next(text, &code_point);
        if (length == 0)
            return false;
        text = span_skip(text, length);
    }
    return true;
}

struct range {
    uint32_t first, last;
};

/* Take no column: marks on the letter before them, joiners, direction marks, selectors. */
static const struct range zero_wide[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},
    {0x064B, 0x065F},   {0x0E31, 0x0E31},   {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x0EB1, 0x0EB1},
    {0x0EB4, 0x0EBC},   {0x0EC8, 0x0ECE},   {0x102D, 0x1030}, {0x1032, 0x1037}, {0x1039, 0x103A},
    {0x103D, 0x103E},   {0x17B4, 0x17B5},   {0x17B7, 0x17BD}, {0x17C6, 0x17C6}, {0x17C9, 0x17D3},
    {0x17DD, 0x17DD},   {0x1AB0, 0x1ACE},   {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E},
    {0x2060, 0x206F},   {0x20D0, 0x20F0},   {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
    {0xE0001, 0xE007F}, {0xE0100, 0xE01EF},
};

/* Take two columns: East Asian wide and full-width letters, and emoji drawn as pictures. */
static const struct range double_wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18D08}, {0x1AFF0, 0x1B2FB}, {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F200, 0x1F320},
    {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA},
    {0x1F3CF, 0x1F3D3}, {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E},
    {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC}, {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F54E},
    {0x1F550, 0x1F567}, {0x1F57A, 0x1F57A}, {0x1F595, 0x1F596}, {0x1F5A4, 0x1F5A4},
    {0x1F5FB, 0x1F64F}, {0x1F680, 0x1F6C5}, {0x1F6CC, 0x1F6CC}, {0x1F6D0, 0x1F6D2},
    {0x1F6D5, 0x1F6DF}, {0x1F6EB, 0x1F6EC}, {0x1F6F4, 0x1F6FC}, {0x1F7E0, 0x1F7EB},
    {0x1F7F0, 0x1F7F0}, {0x1F90C, 0x1F93A}, {0x1F93C, 0x1F945}, {0x1F947, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

static bool in_ranges(uint32_t code_point, const struct range *ranges, size_t count)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (code_point > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && code_point >= ranges[low].first;
}

size_t thai_columns(struct span text)
{
    size_t columns = 0;

    while (text.len > 0) {
        uint32_t code_point;
        const size_t length = utf8_next(text, &code_point);

        if (length == 0)
            columns++;
        else if (in_ranges(code_point, double_wide, sizeof double_wide / sizeof double_wide[0]))
            columns += 2;
        else if (!in_ranges(code_point, zero_wide, sizeof zero_wide / sizeof zero_wide[0]))
            columns++;
        text = span_skip(text, length == 0 ? 1 : length);
    }
    return columns;
}
