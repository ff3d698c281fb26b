/* What the JSON rules promise: what is taken, what is refused and why, where a value lies. */
#include <criterion/criterion.h>
#include <signal.h>

#include "core/json.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* levels of array, counting the object around them as one */
static struct span nested(char *buffer, size_t levels)
{
    size_t used = 0;

    memcpy(buffer, "{\"a\":", 5);
    used += 5;
    memset(buffer + used, '[', levels - 1);
    used += levels - 1;
    memset(buffer + used, ']', levels - 1);
    used += levels - 1;
    buffer[used++] = '}';
    return (struct span){buffer, used};
}

Test(json_read_object, takes_what_the_rules_allow)
{
    const struct {
        const char *promise;
        struct span text;
    } rows[] = {
        {"an empty object", SPAN("{}")},
        {"blanks around it", SPAN(" \t\r\n{ } \n")},
        {"a zero-width space", SPAN("{\"t\":\"เรื่อง\u200bร้องเรียน\"}")},
        {"a decomposed vowel", SPAN("{\"t\":\"ท\u0e4d\u0e32\"}")},
        {"a doubled tone mark", SPAN("{\"t\":\"ที่\u0e48\"}")},
        {"emoji joined by ZWJ", SPAN("{\"t\":\"👨\u200d👩\u200d👧\"}")},
        {"a leading equals sign", SPAN("{\"t\":\"=1+1\"}")},
        {"a surrogate pair", SPAN("{\"t\":\"\\ud83d\\ude00\"}")},
        {"the same key in another object", SPAN("{\"a\":{\"a\":1}}")},
        {"brackets within strings", SPAN("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *object = NULL;
        struct json_trouble trouble;

        cr_expect(json_read_object(rows[i].text, &object, &trouble), "%s", rows[i].promise);
        cr_expect(json_is_object(object), "%s", rows[i].promise);
        json_decref(object);
    }
}

Test(json_read_object, keeps_strings_byte_for_byte)
{
    const struct span text = SPAN("{\"t\":\"=ท\u0e4d\u0e32\u200bที่\u0e48👨\u200d👩\"}");
    json_t *object;
    struct json_trouble trouble;

    cr_assert(json_read_object(text, &object, &trouble));
    cr_expect_str_eq(json_string_value(json_object_get(object, "t")),
                     "=ท\u0e4d\u0e32\u200bที่\u0e48👨\u200d👩");
    json_decref(object);
}

Test(json_read_object, refuses_and_says_where_and_why)
{
    const struct {
        struct span text;
        int line, column;
        const char *reason;
    } rows[] = {
        {SPAN(""), 0, 0, "is empty"},
        {SPAN("   "), 1, 3, "ends too early"},
        {SPAN("hello"), 1, 5, "not JSON"},
        {SPAN("[]"), 1, 1, "not an object"},
        {SPAN("\"a\""), 1, 3, "not JSON"},
        {SPAN("{\"a\":1"), 1, 6, "ends too early"},
        {SPAN("{\"a\":1}x"), 1, 8, "goes on after the object"},
        {SPAN("{\"a\":1}{}"), 1, 8, "goes on after the object"},
        {SPAN("{\"a\":1,}"), 1, 8, "not JSON"},
        {SPAN("{'a':1}"), 1, 2, "not JSON"},
        {SPAN("{\"a\":01}"), 1, 6, "not JSON"},
        {SPAN("{\"a\":NaN}"), 1, 8, "not JSON"},
        {SPAN("{\"a\":1e999}"), 1, 10, "a number is too large"},
        {SPAN("{\"a\":1,\"a\":1}"), 1, 10, "a member is given twice"},
        {SPAN("{\"a\":1,\"\\u0061\":1}"), 1, 15, "a member is given twice"},
        {SPAN("{\"a\":{\"b\":1,\"b\":2}}"), 1, 15, "a member is given twice"},
        {SPAN("{\"a\":\"\\u0000\"}"), 1, 13, "a string holds U+0000"},
        {SPAN("{\"\\u0000\":1}"), 1, 9, "a string holds U+0000"},
        {SPAN("{\"a\":\"\0\"}"), 1, 6, "not JSON"},
        {SPAN("{\"a\":\"\n\"}"), 1, 6, "not JSON"},
        {SPAN("{\"a\":\"\\ud800\"}"), 1, 13, "not JSON"},
        {SPAN("{\"a\":\"\\udc00\"}"), 1, 13, "not JSON"},
        {SPAN("{\"a\":\"\\ude00\\ud83d\"}"), 1, 19, "not JSON"},
        {SPAN("{\"a\":\"\\ud800\\u0041\"}"), 1, 19, "not JSON"},
        {SPAN("{\"a\":\"\xC0\x80\"}"), 1, 6, "not valid UTF-8"},
        {SPAN("{\"a\":\"\xC1\xBF\"}"), 1, 6, "not valid UTF-8"},
        {SPAN("{\"a\":\"\xE0\x9F\xBF\"}"), 1, 6, "not valid UTF-8"},
        {SPAN("{\"a\":\"\xF0\x8F\xBF\xBF\"}"), 1, 6, "not valid UTF-8"},
        {SPAN("{\"a\":\"\xED\xA0\x80\"}"), 1, 6, "not valid UTF-8"},
        {SPAN("{\"a\":\"\xF4\x90\x80\x80\"}"), 1, 6, "not valid UTF-8"},
        {SPAN("{\"a\":\"\xE0\xB8\"}"), 1, 6, "not valid UTF-8"},
        {SPAN("\xEF\xBB\xBF{}"), 1, 1, "not JSON"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *object = (json_t *)&rows;
        struct json_trouble trouble = {-1, -1, NULL};

        cr_assert_not(json_read_object(rows[i].text, &object, &trouble), "row %zu", i);
        cr_expect_eq(object, (json_t *)&rows, "row %zu: ret_object was touched", i);
        cr_expect_str_eq(trouble.reason, rows[i].reason, "row %zu: got %s", i, trouble.reason);
        cr_expect(trouble.line == rows[i].line && trouble.column == rows[i].column,
                  "row %zu: got %d:%d", i, trouble.line, trouble.column);
    }
}

Test(json_read_object, stops_at_the_deepest_level_allowed)
{
    char text[2 * 100000 + 16];
    json_t *object;
    struct json_trouble trouble;

    cr_assert(json_read_object(nested(text, LIMIT_JSON_DEPTH), &object, &trouble));
    json_decref(object);
    cr_assert_not(json_read_object(nested(text, LIMIT_JSON_DEPTH + 1), &object, &trouble));
    cr_expect_str_eq(trouble.reason, "too many levels");
    cr_expect_eq(trouble.line, 1);
    cr_expect_eq(trouble.column, 5 + LIMIT_JSON_DEPTH);
    cr_assert_not(json_read_object(nested(text, 200), &object, &trouble));
    cr_assert_not(json_read_object(nested(text, 100000), &object, &trouble));
}

Test(json_read_object, counts_lines_and_characters_not_bytes)
{
    struct json_trouble trouble;
    json_t *object;

    cr_assert_not(json_read_object(SPAN("{\n\"ที่\":[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]}"),
                                   &object, &trouble));
    cr_expect_eq(trouble.line, 2);
    cr_expect_eq(trouble.column, 7 + LIMIT_JSON_DEPTH - 1);
}

Test(json_find_member, returns_the_very_bytes_of_the_value)
{
    const struct {
        const char *promise;
        struct span text, key, value;
    } rows[] = {
        {"a string with its quotes", SPAN("{\"a\":\"x\"}"), SPAN("a"), SPAN("\"x\"")},
        {"blanks around are not the value's", SPAN("{ \"a\" : 1 }"), SPAN("a"), SPAN("1")},
        {"newlines and tabs either", SPAN("{\"a\":\n\t-1.5e3\r\n,\"b\":2}"), SPAN("a"),
         SPAN("-1.5e3")},
        {"an object whole", SPAN("{\"b\":0,\"a\":{\"x\":[1,{}]},\"c\":1}"), SPAN("a"),
         SPAN("{\"x\":[1,{}]}")},
        {"an array whole", SPAN("{\"a\":[1,{\"c\":[2,3]},4],\"c\":1}"), SPAN("a"),
         SPAN("[1,{\"c\":[2,3]},4]")},
        {"brackets in its strings do not count", SPAN("{\"a\":{\"x\":\"}\\\"}\"},\"c\":1}"),
         SPAN("a"), SPAN("{\"x\":\"}\\\"}\"}")},
        {"a string that ends in a backslash", SPAN("{\"a\":\"\\\\\",\"b\":\"y\"}"), SPAN("b"),
         SPAN("\"y\"")},
        {"only the top level's members", SPAN("{\"b\":{\"a\":1},\"a\":2}"), SPAN("a"), SPAN("2")},
        {"a value that looks like the key", SPAN("{\"b\":\"a\",\"a\":2}"), SPAN("a"), SPAN("2")},
        {"literals", SPAN("{\"a\":null}"), SPAN("a"), SPAN("null")},
        {"a key with escapes", SPAN("{\"\\u0061\\/\\n\":3}"), SPAN("a/\n"), SPAN("3")},
        {"a Thai key with escapes", SPAN("{\"\\u0E01ข\":3}"), SPAN("กข"), SPAN("3")},
        {"a key with a surrogate pair", SPAN("{\"\\uD83D\\ude00\":3}"), SPAN("😀"), SPAN("3")},
        {"a key of two bytes", SPAN("{\"\\u00e9\":3}"), SPAN("é"), SPAN("3")},
        {"the empty key", SPAN("{\"a\":1,\"\":3}"), SPAN(""), SPAN("3")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span value = {0};
        struct json_trouble trouble;
        json_t *object;

        cr_assert(json_read_object(rows[i].text, &object, &trouble), "%s", rows[i].promise);
        json_decref(object);
        cr_assert(json_find_member(rows[i].text, rows[i].key, &value), "%s", rows[i].promise);
        cr_expect(span_eq(value, rows[i].value), "%s: got %.*s", rows[i].promise, (int)value.len,
                  value.data);
        cr_expect(value.data > rows[i].text.data &&
                      value.data < rows[i].text.data + rows[i].text.len,
                  "%s: points into the text", rows[i].promise);
    }
}

Test(json_find_member, says_when_there_is_none)
{
    const struct {
        struct span text, key;
    } rows[] = {
        {SPAN("{}"), SPAN("a")},
        {SPAN("{\"b\":{\"a\":1}}"), SPAN("a")},
        {SPAN("{\"ab\":1}"), SPAN("a")},
        {SPAN("{\"a\":1}"), SPAN("ab")},
        {SPAN("{\"b\":[\"a\"]}"), SPAN("a")},
        {SPAN("{\"A\":1}"), SPAN("a")},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct span value = {"untouched", 9};

        cr_expect_not(json_find_member(rows[i].text, rows[i].key, &value), "row %zu", i);
        cr_expect_str_eq(value.data, "untouched", "row %zu", i);
    }
}

/* The inside of a string is looked at many bytes at a time. */
Test(json_read_object, sees_every_byte_of_a_string_wherever_it_stands)
{
    for (size_t before = 0; before < 20; before++) {
        struct json_trouble trouble;
        char text[64];
        json_t *object;

        for (int byte = 1; byte < 0x20; byte++) {
            const int len = snprintf(text, sizeof text, "{\"a\":\"%.*s%cbbbbbbbbb\"}", (int)before,
                                     "aaaaaaaaaaaaaaaaaaaaaaaa", byte);
            cr_expect_not(json_read_object((struct span){text, (size_t)len}, &object, &trouble),
                          "byte %d behind %zu", byte, before);
        }
        const int len = snprintf(text, sizeof text,
                                 "{\"a\":\"%.*s\\u0e01 \x7f"
                                 "bbbbbbb\"}",
                                 (int)before, "aaaaaaaaaaaaaaaaaaaaaaaa");
        cr_assert(json_read_object((struct span){text, (size_t)len}, &object, &trouble));
        cr_expect_eq(json_string_length(json_object_get(object, "a")), before + 3 + 2 + 7);
        json_decref(object);
    }
}

Test(json_find_member, stays_inside_a_text_that_breaks_off)
{
    const struct span whole =
        SPAN("{\"b\\u0061\":[{\"x\":\"\\\\y\"}],\"c\":\"\\ud83d\\ude00\",\"a\":{\"z\":null}}");

    for (size_t len = 0; len < whole.len; len++) {
        char *cut = malloc(len + 1); /* exactly as long, so that the sanitizer sees one byte more */
        struct span value;

        memcpy(cut, whole.data, len);
        cr_expect_not(json_find_member((struct span){cut, len}, SPAN("a"), &value) &&
                          len < whole.len - 1,
                      "cut at %zu", len);
        free(cut);
    }
}

Test(fault_add, lists_each_fault_with_its_pointer)
{
    struct faults faults = {0};

    fault_add(&faults, FAULT_MISSING, "/accused/%d/%s", 3, "name");
    fault_add(&faults, FAULT_TYPE, "%s", "");
    cr_assert_eq(faults.count, 2);
    cr_expect_eq(faults.list[0].kind, FAULT_MISSING);
    cr_expect_str_eq(faults.list[0].pointer, "/accused/3/name");
    cr_expect_str_eq(faults.list[1].pointer, "");
    cr_expect_str_eq(fault_slug(FAULT_UNKNOWN_CODE), "unknown-code");
    cr_expect_str_eq(fault_text(FAULT_RANGE), "is outside the allowed range");
}

Test(fault_add, names_the_container_of_a_member_too_long_to_name)
{
    struct faults faults = {0};
    char key[200];

    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    fault_add(&faults, FAULT_UNKNOWN_KEY, "/contact/%s", key);
    fault_add(&faults, FAULT_UNKNOWN_KEY, "/%s", key);
    cr_expect_str_eq(faults.list[0].pointer, "/contact");
    cr_expect_str_eq(faults.list[1].pointer, "");
}

Test(fault_add, stops_at_the_limit_and_says_so)
{
    struct faults faults = {0};

    for (int i = 0; i < LIMIT_FAULTS; i++)
        fault_add(&faults, FAULT_TYPE, "/%d", i);
    cr_expect_eq(faults.count, LIMIT_FAULTS);
    cr_expect_not(faults.more);
    fault_add(&faults, FAULT_TYPE, "/one-more");
    cr_expect_eq(faults.count, LIMIT_FAULTS);
    cr_expect(faults.more);
}

Test(fault_text, aborts_on_a_fault_outside_the_table, .signal = SIGABRT)
{
    fault_text((enum fault_kind)999);
}
