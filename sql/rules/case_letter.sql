-- The cases that one letter is worked on as: a case, what it is a part of, and all the parts. They
-- share their content.
CREATE OR REPLACE FUNCTION rules.case_letter(asked uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH whole AS (
        SELECT coalesce(c.parent, c.id) AS id FROM register.complaint AS c WHERE c.id = asked
    )
    SELECT w.id FROM whole AS w
    UNION ALL
    SELECT p.id FROM whole AS w JOIN register.complaint AS p ON p.parent = w.id
$$;
COMMENT ON FUNCTION rules.case_letter(uuid) IS 'The cases that one letter is worked on as';
