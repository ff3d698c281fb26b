-- What only those get who may read a case, as members of a JSON object: what they may do now, and
-- the content, which of a part is its parent's. The body's bytes go out as they came in.
CREATE OR REPLACE FUNCTION rules.case_content(f register.case_file, acts_as text[]) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT format('"moves":%s,"investigator":%s,"duplicate_of":%s,"parent":%s,"body":%s,',
                          to_json(rules.case_moves(f, acts_as)),
                          coalesce(to_json(f.investigator), 'null'),
                          coalesce(to_json(f.duplicate_of), 'null'),
                          coalesce(to_json(f.parent), 'null'), convert_from(c.body, 'UTF8'))
            FROM register.complaint AS c WHERE c.id = coalesce(f.parent, f.id));
END;
$$;
COMMENT ON FUNCTION rules.case_content(register.case_file, text[]) IS
    'What only those get who may read a case';
