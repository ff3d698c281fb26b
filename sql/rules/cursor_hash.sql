-- A hash of what belongs to a cursor, which only this register can make. The key is hashed twice, as in
-- HMAC: nothing can be appended to what was hashed.
CREATE OR REPLACE FUNCTION rules.cursor_hash(bytes bytea) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(k.key || sha256(k.key || bytes)) FROM register.cursor_key AS k
$$;
COMMENT ON FUNCTION rules.cursor_hash(bytea) IS 'A keyed hash of what belongs to a cursor';
