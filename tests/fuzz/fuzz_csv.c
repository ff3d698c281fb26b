/* The CSV reader survives any file, and what it reads is text under names. */
#include <assert.h>
#include <stdint.h>

#include "../../client/griev/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum csv_fault fault = CSV_OK;
    size_t line = 0;
    json_t *names = NULL;
    json_t *rows = csv_read((struct span){(const char *)data, size}, &names, &fault, &line);
    size_t i;
    json_t *row;

    if (!rows) {
        assert(fault != CSV_OK && line >= 1 && csv_fault_text(fault).en[0]);
        assert(!names);
        return 0;
    }
    assert(json_array_size(names) <= CSV_COLUMNS_MAX);
    json_array_foreach(rows, i, row) assert(json_integer_value(json_object_get(row, "")) > 1);
    json_decref(names);
    json_decref(rows);
    return 0;
}
