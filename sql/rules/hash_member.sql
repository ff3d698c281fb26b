-- A member that must be the SHA-256 of a file that is not empty. NULL when it is absent and need not be
-- there.
CREATE OR REPLACE FUNCTION rules.hash_member(object jsonb, member text, required boolean DEFAULT true)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    value CONSTANT text := rules.text_member(object, member, required);
BEGIN
    IF value !~ '^[0-9a-f]{64}$' THEN
        RAISE EXCEPTION '/% must be 64 hex digits in lower case', member USING ERRCODE = 'ZG422';
    ELSIF value = encode(sha256(''), 'hex') THEN
        RAISE EXCEPTION '/% is that of an empty file', member USING ERRCODE = 'ZG422';
    END IF;
    RETURN value;
END;
$$;
COMMENT ON FUNCTION rules.hash_member(jsonb, text, boolean) IS
    'A member that must be the SHA-256 of a file that is not empty';
