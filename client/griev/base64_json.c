#include "base64_json.h"

#include <stdlib.h>

#include "core/base64.h"
#include "memory.h"

json_t *base64_json(struct span bytes)
{
    char *text = memory_new(BASE64_CHARS(bytes.len));

    base64_encode(text, bytes);
    json_t *string = json_stringn(text, BASE64_CHARS(bytes.len));
    free(text);
    return string;
}

struct span base64_json_bytes(const json_t *object, const char *key)
{
    const json_t *text = json_object_get(object, key);
    const struct span digits = {json_string_value(text), json_string_length(text)};
    uint8_t *bytes = memory_new(BASE64_BYTES(digits.len));
    size_t len;

    if (!base64_decode(digits, bytes, BASE64_BYTES(digits.len), &len))
        len = 0;
    return (struct span){(const char *)bytes, len};
}
