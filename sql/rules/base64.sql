-- Bytes for a JSON string: base64 on one line.
CREATE OR REPLACE FUNCTION rules.base64(bytes bytea) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(encode(bytes, 'base64'), E'\n', '');
