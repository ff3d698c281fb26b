-- The bytes of a wrap that a client sends in base64, or null if they are none.
CREATE OR REPLACE FUNCTION rules.wrap_of(encoded text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN decode(encoded, 'base64');
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION rules.wrap_of(text) IS 'The bytes of a wrap that a client sends';
