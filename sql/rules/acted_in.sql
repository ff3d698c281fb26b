-- Whether somebody acts in a case, whoever it is.
CREATE OR REPLACE FUNCTION rules.acted_in(asked uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM rules.case_seen AS s WHERE s.id = asked AND s.acts_as <> '{}');
END;
$$;
COMMENT ON FUNCTION rules.acted_in(uuid) IS 'Whether somebody acts in a case';
