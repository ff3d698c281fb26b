-- The open cases in which nobody acts: their group has no one left from whom they are not hidden. Only
-- one that is hidden from somebody, or has left the legal group, can be such a case; and of these a quick
-- look at those who work for its group leaves few to be asked about everybody. Each step is taken for
-- itself, or the second would be taken with every case of the register.
CREATE OR REPLACE FUNCTION rules.case_unhandled() RETURNS SETOF uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH working AS MATERIALIZED (
        SELECT p.name, p.unit, u.kind
        FROM register.principal AS p JOIN register.unit AS u ON u.code = p.unit
        WHERE p.active AND p.role_set && '{intake,triager,head}'
    ), hidden AS MATERIALIZED (
        SELECT c.id, CASE c.route WHEN 'legal' THEN 'legal' ELSE 'alternate' END AS kind
        FROM (SELECT x.complaint FROM register.case_excluded AS x
              UNION
              SELECT o.id FROM register.complaint AS o WHERE o.route <> 'legal') AS asked
        JOIN register.complaint AS c ON c.id = asked.complaint
        WHERE c.state <> 'CLOSED'
    ), lone AS MATERIALIZED (
        SELECT h.id FROM hidden AS h
        WHERE NOT EXISTS (SELECT FROM working AS w
                          WHERE w.kind = h.kind
                            AND NOT EXISTS (SELECT FROM register.case_excluded AS x
                                            WHERE x.complaint = h.id
                                              AND (x.kind = 'principal' AND x.code = w.name
                                                   OR x.kind = 'unit' AND x.code = w.unit)))
    )
    SELECT l.id FROM lone AS l WHERE NOT rules.acted_in(l.id)
$$;
COMMENT ON FUNCTION rules.case_unhandled() IS 'The open cases in which nobody acts';
