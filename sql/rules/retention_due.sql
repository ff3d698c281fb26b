-- Closed cases whose content has been kept as long as the rule for their class says, oldest first: as
-- far as the caller sees them.
CREATE OR REPLACE FUNCTION rules.retention_due(now timestamptz, actor text, params jsonb,
                                               body jsonb, OUT status integer,
                                               OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.caller(actor, 'retention_due');
    status := 200;
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object(
               'id', d.id, 'ref', d.ref, 'class', d.class, 'closed_on', d.closed_on,
               'due_on', d.due_on) ORDER BY d.due_on, d.position), '[]'))
    INTO content
    FROM (SELECT c.id, c.ref, c.class, c.position, rules.bangkok_day(c.state_since) AS closed_on,
                 (rules.bangkok_day(c.state_since) + make_interval(years => r.years))::date AS due_on
          FROM rules.case_seen AS c JOIN register.retention_rule AS r ON r.class = c.class
          WHERE c.viewer = actor AND c.state = 'CLOSED' AND c.erased_at IS NULL
            AND c.content_at IS NULL
            AND (rules.bangkok_day(c.state_since) + make_interval(years => r.years))::date
                <= rules.bangkok_day(now)
          ORDER BY due_on, c.position
          LIMIT 200) AS d;
END;
$$;
