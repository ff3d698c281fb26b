/* What the CSV reader promises. */
#include "../../client/griev/csv.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

Test(csv_read, takes_what_spreadsheets_write)
{
    static const struct {
        const char *promise, *text, *rows;
    } rows[] = {
        {"fields under their names, and the line", "a,b\n1,2\n",
         "[{\"\":2,\"a\":\"1\",\"b\":\"2\"}]"},
        {"a byte order mark is passed over",
         "\xef\xbb\xbf"
         "a\nก\n",
         "[{\"\":2,\"a\":\"ก\"}]"},
        {"CR LF ends a line", "a,b\r\n1,2\r\n", "[{\"\":2,\"a\":\"1\",\"b\":\"2\"}]"},
        {"the last line needs no end", "a\n1", "[{\"\":2,\"a\":\"1\"}]"},
        {"quoted commas, quotes and line ends", "a,b\n\"x,\"\"y\"\"\",\"1\n2\"\n3,4\n",
         "[{\"\":2,\"a\":\"x,\\\"y\\\"\",\"b\":\"1\\n2\"},{\"\":4,\"a\":\"3\",\"b\":\"4\"}]"},
        {"empty fields are left out", "a,b,c\n,2,\n", "[{\"\":2,\"b\":\"2\"}]"},
        {"a short line is one whose rest is empty", "a,b\n1\n", "[{\"\":2,\"a\":\"1\"}]"},
        {"an empty line is no row", "a\n\n1\n", "[{\"\":3,\"a\":\"1\"}]"},
        {"names alone are no rows", "a,b\n", "[]"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum csv_fault fault = CSV_OK;
        size_t line = 0;
        json_t *read = csv_read(span_of(rows[i].text), &fault, &line);
        char *text = read ? json_dumps(read, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

        cr_expect_str_eq(text ? text : csv_fault_text(fault), rows[i].rows, "%s", rows[i].promise);
        free(text);
        json_decref(read);
    }
}

Test(csv_read, names_the_fault_and_its_line)
{
    static const struct {
        const char *text;
        enum csv_fault fault;
        size_t line;
    } rows[] = {
        {"", CSV_EMPTY, 1},
        {"\n1\n", CSV_EMPTY, 1},
        {"a,a\n", CSV_NAME, 1},
        {"a,\n", CSV_NAME, 1},
        {"a\n1,2\n", CSV_COLUMNS, 2},
        {"a\n1\n\"2\n", CSV_QUOTE, 3},
        {"a\n\"1\"2\n", CSV_QUOTE, 2},
        {"a\n1\n\xff\n", CSV_NOT_UTF8, 3},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum csv_fault fault = CSV_OK;
        size_t line = 0;

        cr_expect_null(csv_read(span_of(rows[i].text), &fault, &line), "row %zu", i);
        cr_expect_eq(fault, rows[i].fault, "row %zu: %s", i, csv_fault_text(fault));
        cr_expect_eq(line, rows[i].line, "row %zu: line %zu", i, line);
    }
}
