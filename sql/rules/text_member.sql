-- A member that must be a short text: rules.bounded_text_member() of 500 bytes.
CREATE OR REPLACE FUNCTION rules.text_member(object jsonb, member text,
                                             required boolean DEFAULT true,
                                             pointer text DEFAULT '/')
RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT rules.bounded_text_member(object, member, required, pointer, 500)
$$;
COMMENT ON FUNCTION rules.text_member(jsonb, text, boolean, text) IS
    'A member that must be a short text';
