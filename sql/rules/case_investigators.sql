-- Those who can be given a case: the investigators of the group that it is routed to, without those from
-- whom it is hidden.
CREATE OR REPLACE FUNCTION rules.case_investigators(f register.complaint)
RETURNS SETOF register.principal
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT p.*
    FROM register.principal AS p
    JOIN register.unit AS u ON u.code = p.unit
    WHERE p.active AND 'investigator' = ANY (p.role_set)
      AND u.kind = CASE f.route WHEN 'legal' THEN 'legal' ELSE 'alternate' END
      AND NOT rules.hidden_from(p, f.id);
END;
$$;
COMMENT ON FUNCTION rules.case_investigators(register.complaint) IS
    'Those who can be given a case';
