-- The cases that one letter is worked on as: a case, what it is a part of, and all the parts. They
-- share their content.
CREATE OR REPLACE FUNCTION rules.case_letter(asked uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whole CONSTANT uuid := (SELECT coalesce(c.parent, c.id) FROM register.complaint AS c
                            WHERE c.id = asked);
BEGIN
    RETURN whole || ARRAY(SELECT p.id FROM register.complaint AS p WHERE p.parent = whole);
END;
$$;
COMMENT ON FUNCTION rules.case_letter(uuid) IS 'The cases that one letter is worked on as';
