/* What a configuration file may say, and how its faults are named. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "core/config.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

struct shop {
    char *name, *motto;
    uint64_t doors, rest_ms, room_bytes, free_count;
    bool open;
};

static const struct config_key keys[] = {
    {"shop", "name", CONFIG_TEXT, offsetof(struct shop, name), NULL, 0, 0, "what it is called"},
    {"shop", "motto", CONFIG_TEXT, offsetof(struct shop, motto), "", 0, 0, "what it says"},
    {"shop", "doors", CONFIG_COUNT, offsetof(struct shop, doors), "2", 1, 64, "how many"},
    {"shop", "count", CONFIG_COUNT, offsetof(struct shop, free_count), "0", 0, 0, "without limits"},
    {"hours", "rest", CONFIG_DURATION, offsetof(struct shop, rest_ms), "10s", 500, 604800000,
     "how long"},
    {"hours", "open", CONFIG_BOOL, offsetof(struct shop, open), "yes", 0, 0, "now"},
    {"store", "room", CONFIG_BYTES, offsetof(struct shop, room_bytes), "64K", 0, 1073741824,
     "how much"},
};

static bool read_shop(struct span text, struct shop *ret_shop, struct config_error *ret_error)
{
    *ret_shop = (struct shop){0};
    return config_read(text, keys, COUNT_OF(keys), ret_shop, ret_error);
}

static void free_shop(struct shop *shop)
{
    config_free(keys, COUNT_OF(keys), shop);
}

Test(config_read, sets_defaults_where_nothing_is_said)
{
    struct config_error error;
    struct shop shop;

    cr_assert(read_shop(SPAN("[shop]\nname=x"), &shop, &error), "%s", error.text);
    cr_expect_str_eq(shop.name, "x");
    cr_expect_str_eq(shop.motto, "");
    cr_expect_eq(shop.doors, 2);
    cr_expect_eq(shop.rest_ms, 10000);
    cr_expect_eq(shop.room_bytes, 65536);
    cr_expect(shop.open);
    free_shop(&shop);
}

Test(config_read, reads_each_type_in_its_forms)
{
    const struct {
        struct span text;
        size_t offset;
        uint64_t expected;
    } rows[] = {
        {SPAN("[shop]\nname=x\ndoors=1"), offsetof(struct shop, doors), 1},
        {SPAN("[shop]\nname=x\ndoors=64"), offsetof(struct shop, doors), 64},
        {SPAN("[shop]\nname=x\ncount=18446744073709551615"), offsetof(struct shop, free_count),
         UINT64_MAX},
        {SPAN("[shop]\nname=x\n[hours]\nrest=500ms"), offsetof(struct shop, rest_ms), 500},
        {SPAN("[shop]\nname=x\n[hours]\nrest=5m"), offsetof(struct shop, rest_ms), 300000},
        {SPAN("[shop]\nname=x\n[hours]\nrest=2h"), offsetof(struct shop, rest_ms), 7200000},
        {SPAN("[shop]\nname=x\n[hours]\nrest=7d"), offsetof(struct shop, rest_ms), 604800000},
        {SPAN("[shop]\nname=x\n[store]\nroom=512"), offsetof(struct shop, room_bytes), 512},
        {SPAN("[shop]\nname=x\n[store]\nroom=25M"), offsetof(struct shop, room_bytes), 26214400},
        {SPAN("[shop]\nname=x\n[store]\nroom=1G"), offsetof(struct shop, room_bytes), 1073741824},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct config_error error;
        struct shop shop;
        uint64_t got;

        cr_assert(read_shop(rows[i].text, &shop, &error), "row %zu: %s", i, error.text);
        memcpy(&got, (char *)&shop + rows[i].offset, sizeof got);
        cr_expect_eq(got, rows[i].expected, "row %zu", i);
        free_shop(&shop);
    }
}

Test(config_read, reads_lines_as_people_write_them)
{
    const struct {
        const char *promise;
        struct span text;
        const char *name;
    } rows[] = {
        {"blanks around names and values", SPAN("  [ shop ] \n\t name \t=  a b  \n"), "a b"},
        {"lines that end as on Windows", SPAN("[shop]\r\nname=x\r\n"), "x"},
        {"no newline at the end", SPAN("[shop]\nname=x"), "x"},
        {"comments and empty lines", SPAN("# one\n; two\n\n[shop] ; three\nname=x ; four\n"), "x"},
        {"a semicolon without a blank is the value's", SPAN("[shop]\nname=a;b"), "a;b"},
        {"a number sign is the value's", SPAN("[shop]\nname=a #b"), "a #b"},
        {"an equals sign is the value's", SPAN("[shop]\nname=host=a port=b"), "host=a port=b"},
        {"a section can come back", SPAN("[shop]\ndoors=1\n[hours]\n[shop]\nname=x"), "x"},
        {"Thai texts", SPAN("[shop]\nname=สำนักงานสถิติ"), "สำนักงานสถิติ"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct config_error error;
        struct shop shop;

        cr_assert(read_shop(rows[i].text, &shop, &error), "%s: %s", rows[i].promise, error.text);
        cr_expect_str_eq(shop.name, rows[i].name, "%s: got %s", rows[i].promise, shop.name);
        free_shop(&shop);
    }
}

Test(config_read, takes_lines_of_any_length)
{
    char text[4096] = "[shop]\n# ";
    struct config_error error;
    struct shop shop;

    memset(text + strlen(text), 'c', 1000);
    strcat(text, "\nname=");
    memset(text + strlen(text), 'n', 2000);
    cr_assert(read_shop(span_of(text), &shop, &error), "%s", error.text);
    cr_expect_eq(strlen(shop.name), 2000);
    free_shop(&shop);
}

Test(config_read, names_the_fault_and_its_line)
{
    const struct {
        struct span text;
        int line;
        const char *error;
    } rows[] = {
        {SPAN(""), 0, "[shop] name is required"},
        {SPAN("[shop]\ndoors=1"), 0, "[shop] name is required"},
        {SPAN("[shop]\nname="), 2, "[shop] name must not be empty"},
        {SPAN("[shop]\nname=x\nname=y"), 3, "[shop] name is given twice"},
        {SPAN("[shop]\n\n[shop]\ndoors=0"), 4, "[shop] doors must be from 1 to 64"},
        {SPAN("[shop]\ndoors=65"), 2, "[shop] doors must be from 1 to 64"},
        {SPAN("[shop]\ndoors=-1"), 2, "[shop] doors must be a whole number"},
        {SPAN("[shop]\ndoors=2x"), 2, "[shop] doors must be a whole number"},
        {SPAN("[shop]\ndoors="), 2, "[shop] doors must be a whole number"},
        {SPAN("[shop]\ncount=18446744073709551616"), 2, "[shop] count must be a whole number"},
        {SPAN("[hours]\nrest=499ms"), 2, "[hours] rest must be from 500 to 604800000 ms"},
        {SPAN("[hours]\nrest=10"), 2,
         "[hours] rest must be a time such as 500ms, 10s, 5m, 2h or 7d"},
        {SPAN("[hours]\nrest=ms"), 2,
         "[hours] rest must be a time such as 500ms, 10s, 5m, 2h or 7d"},
        {SPAN("[hours]\nrest=300000000000000000d"), 2,
         "[hours] rest must be a time such as 500ms, 10s, 5m, 2h or 7d"},
        {SPAN("[hours]\nopen=true"), 2, "[hours] open must be yes or no"},
        {SPAN("[store]\nroom=2G"), 2, "[store] room must be from 0 to 1073741824 bytes"},
        {SPAN("[store]\nroom=1k"), 2, "[store] room must be a size such as 512, 64K or 25M"},
        {SPAN("[cellar]\n"), 1, "[cellar] is not a known section"},
        {SPAN("[]\n"), 1, "[] is not a known section"},
        {SPAN("[shop\nname=x"), 1, "a section must be written [name]"},
        {SPAN("["), 1, "a section must be written [name]"},
        {SPAN("[shop]\nroom=1"), 2, "room is not a known key of [shop]"},
        {SPAN("[shop]\n=1"), 2, " is not a known key of [shop]"},
        {SPAN("name=x"), 1, "the line comes before any [section]"},
        {SPAN("[shop]\nname"), 2, "the line is neither [section] nor key = value"},
        {SPAN("[shop]\nname=x\0y"), 2, "the line holds a NUL byte"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct config_error error = {-1, ""};
        struct shop shop;

        cr_expect_not(read_shop(rows[i].text, &shop, &error), "row %zu", i);
        cr_expect_eq(error.line, rows[i].line, "row %zu: got line %d", i, error.line);
        cr_expect_str_eq(error.text, rows[i].error, "row %zu: got %s", i, error.text);
        free_shop(&shop);
    }
}

Test(config_read, never_repeats_a_value_in_an_error)
{
    struct config_error error;
    struct shop shop;

    cr_assert_not(read_shop(SPAN("[shop]\nname=hunter2\ndoors=hunter2"), &shop, &error));
    cr_expect_null(strstr(error.text, "hunter2"), "%s", error.text);
    free_shop(&shop);
}

Test(config_free, takes_a_struct_that_was_never_filled)
{
    struct shop shop = {0};

    free_shop(&shop);
    free_shop(&shop);
    cr_expect_null(shop.name);
}
