/* Any bytes at all have a type, and looking for it stays within them. */
#include <stdint.h>
#include <stdlib.h>

#include "core/filetype.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!strchr(filetype_of((struct span){(const char *)data, size}), '/'))
        abort();
    return 0;
}
