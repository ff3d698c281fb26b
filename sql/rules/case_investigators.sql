-- Those who can be given a case: the investigators of the group that it is routed to, without
-- those from whom it is hidden; who has the fewest open cases comes first.
CREATE OR REPLACE FUNCTION rules.case_investigators(f register.complaint) RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(p.name ORDER BY n.open_cases, p.name), '{}')
    FROM register.principal AS p
    JOIN register.unit AS u ON u.code = p.unit
    CROSS JOIN LATERAL (SELECT count(*) AS open_cases FROM register.complaint AS c
                        WHERE c.investigator = p.name AND c.state <> 'CLOSED') AS n
    WHERE p.active AND 'investigator' = ANY (p.role_set)
      AND u.kind = CASE f.route WHEN 'legal' THEN 'legal' ELSE 'alternate' END
      AND NOT rules.hidden_from(p, f.id)
$$;
COMMENT ON FUNCTION rules.case_investigators(register.complaint) IS
    'Those who can be given a case';
