-- Whether a case is under investigation and has nobody who investigates it: he declared an interest, was
-- excluded, has left his group or the register.
CREATE OR REPLACE FUNCTION rules.case_unassigned(c register.complaint) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN c.state = 'INVESTIGATING'
       AND NOT EXISTS (SELECT FROM rules.case_investigators(c) AS i WHERE i.name = c.investigator);
END;
$$;
COMMENT ON FUNCTION rules.case_unassigned(register.complaint) IS
    'Whether a case under investigation has nobody who investigates it';
