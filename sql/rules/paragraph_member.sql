-- A member that must be a paragraph: rules.bounded_text_member() of 4,000 bytes.
CREATE OR REPLACE FUNCTION rules.paragraph_member(object jsonb, member text, required boolean,
                                                  pointer text)
RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT rules.bounded_text_member(object, member, required, pointer, 4000)
$$;
COMMENT ON FUNCTION rules.paragraph_member(jsonb, text, boolean, text) IS
    'A member that must be a paragraph';
