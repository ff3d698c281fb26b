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
        {"nor is one of empty fields, even too many", "a,b\n , \n,,,,\n1\n",
         "[{\"\":4,\"a\":\"1\"}]"},
        {"nor is an empty column one", "a,,\n1,,\n", "[{\"\":2,\"a\":\"1\"}]"},
        {"blanks around a field are no part of it",
         " a ,b\n 1\xc2\xa0,\t\" 2 3\n\" \n\xe2\x80\x8b,4\n",
         "[{\"\":2,\"a\":\"1\",\"b\":\"2 3\"},{\"\":4,\"b\":\"4\"}]"},
        {"semicolons separate where the names have more of them", "a;\"b,c,d\"\n1;2,5\n",
         "[{\"\":2,\"a\":\"1\",\"b,c,d\":\"2,5\"}]"},
        {"and so do tabs, two of which are an empty field", "a\tb\tc\n1\t\t 2;3\n",
         "[{\"\":2,\"a\":\"1\",\"c\":\"2;3\"}]"},
        {"names alone are no rows", "a,b\n", "[]"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum csv_fault fault = CSV_OK;
        size_t line = 0;
        json_t *names = NULL;
        json_t *read = csv_read(span_of(rows[i].text), &names, &fault, &line);
        char *text = read ? json_dumps(read, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

        cr_expect_str_eq(text ? text : csv_fault_text(fault).en, rows[i].rows, "%s",
                         rows[i].promise);
        free(text);
        json_decref(names);
        json_decref(read);
    }
}

Test(csv_read, gives_the_names_where_no_row_has_a_field_under_them)
{
    enum csv_fault fault;
    size_t line;
    json_t *names = NULL;
    json_t *rows = csv_read(SPAN("a,,b\n"), &names, &fault, &line);
    json_t *wanted = json_pack("[s, s, s]", "a", "", "b");

    cr_assert_not_null(rows);
    cr_expect(json_equal(names, wanted));
    json_decref(wanted);
    json_decref(names);
    json_decref(rows);
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
        {" ,,\n", CSV_EMPTY, 1},
        {"a, a\n", CSV_TWICE, 1},
        {"a,\n1,\n2,3\n", CSV_NAME, 3},
        {"a\n1,2\n", CSV_COLUMNS, 2},
        {"a\n1\n\"2\n", CSV_QUOTE, 3},
        {"a\n\"1\"2\n", CSV_QUOTE, 2},
        {"a\n1\n\xff\n", CSV_NOT_UTF8, 3},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum csv_fault fault = CSV_OK;
        size_t line = 0;

        json_t *names = NULL;

        cr_expect_null(csv_read(span_of(rows[i].text), &names, &fault, &line), "row %zu", i);
        cr_expect_null(names, "row %zu", i);
        cr_expect_eq(fault, rows[i].fault, "row %zu: %s", i, csv_fault_text(fault).en);
        cr_expect_eq(line, rows[i].line, "row %zu: line %zu", i, line);
    }
}
