-- What those who may read a case see of the work on it, as members of a JSON object.
CREATE OR REPLACE FUNCTION rules.case_work_members(c register.complaint) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN format('"investigator":%s,"duplicate_of":%s,"parent":%s,',
                  coalesce(to_json(c.investigator), 'null'),
                  coalesce(to_json(c.duplicate_of), 'null'), coalesce(to_json(c.parent), 'null'));
END;
$$;
COMMENT ON FUNCTION rules.case_work_members(register.complaint) IS
    'What those who may read a case see of the work on it';
