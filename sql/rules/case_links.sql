-- What a case repeats and is made of, as members of a JSON object: its original and its parts if the
-- viewer sees them too. What it is a part of its number names anyway.
CREATE OR REPLACE FUNCTION rules.case_links(c register.complaint, viewer text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    original uuid;
BEGIN
    IF c.duplicate_of IS NOT NULL AND rules.sees_case(viewer, c.duplicate_of) THEN
        original := c.duplicate_of;
    END IF;
    RETURN format('"duplicate_of":%s,"duplicate_of_ref":%s,"parent":%s,"parent_ref":%s,"parts":[%s]',
                  coalesce(to_json(original), 'null'),
                  coalesce(to_json(rules.case_ref(original)), 'null'),
                  coalesce(to_json(c.parent), 'null'),
                  coalesce(to_json(rules.case_ref(c.parent)), 'null'),
                  (SELECT string_agg(to_json(p.ref)::text, ',' ORDER BY p.position)
                   FROM register.complaint AS p
                   WHERE p.parent = c.id AND rules.sees_case(viewer, p.id)));
END;
$$;
COMMENT ON FUNCTION rules.case_links(register.complaint, text) IS
    'What a case repeats and is made of, as members of a JSON object';
