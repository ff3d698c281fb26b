-- The cases under investigation whose investigator has left his group or the register since anything
-- happened to them, or that had none before there was a clock for it.
CREATE OR REPLACE FUNCTION rules.unassigned_unclocked() RETURNS SETOF uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.id
    FROM register.complaint AS c
    LEFT JOIN register.principal AS p ON p.name = c.investigator
    LEFT JOIN register.unit AS u ON u.code = p.unit
    WHERE c.state = 'INVESTIGATING'
      AND (p.active AND 'investigator' = ANY (p.role_set)
           AND u.kind = CASE c.route WHEN 'legal' THEN 'legal' ELSE 'alternate' END) IS NOT TRUE
      AND NOT EXISTS (SELECT FROM register.clock AS k
                      WHERE k.complaint = c.id AND k.kind = 'unassigned' AND k.met_on IS NULL)
$$;
COMMENT ON FUNCTION rules.unassigned_unclocked() IS
    'The cases that nobody investigates and whose clock does not run yet';
