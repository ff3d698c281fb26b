-- Whether somebody sees a case.
CREATE OR REPLACE FUNCTION rules.sees_case(who text, asked uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM rules.case_seen AS s WHERE s.viewer = who AND s.id = asked);
END;
$$;
COMMENT ON FUNCTION rules.sees_case(text, uuid) IS 'Whether somebody sees a case';
