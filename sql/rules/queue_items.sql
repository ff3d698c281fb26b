-- Cases as the queue shows them to somebody, each by one of its clocks: of these clocks those that are
-- the next of their cases to run out, where he acts in the case. One statement for a page of them: to
-- start it costs more than a row.
CREATE OR REPLACE FUNCTION rules.queue_items(now timestamptz, actor text, clocks register.clock[])
RETURNS TABLE (clock register.clock, item text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT g.k, format('{%s,"clock":"%s","clock_th":"%s","clock_en":"%s","due_on":"%s",'
                       '"overdue":%s,"investigator":%s,"moves":%s}',
                       rules.case_members(s.complaint, x), k.kind, r.th, r.en, k.due_on,
                       (k.due_on < rules.bangkok_day(now))::text,
                       coalesce(to_json(s.investigator), 'null'),
                       to_json(rules.case_moves(now, s.complaint, s.acts_as, actor)))
    FROM generate_subscripts(clocks, 1) AS n
    CROSS JOIN LATERAL (SELECT clocks[n] AS k) AS g
    CROSS JOIN LATERAL (SELECT (g.k).*) AS k
    CROSS JOIN LATERAL rules.clock_rule_of(k.kind, k.began_on) AS r
    JOIN rules.case_seen AS s ON s.viewer = actor AND s.id = k.complaint
    JOIN register.state AS x ON x.code = s.state
    WHERE s.state <> 'CLOSED' AND cardinality(s.acts_as) > 0
      AND NOT EXISTS (SELECT FROM register.clock AS e
                      WHERE e.complaint = k.complaint AND e.met_on IS NULL AND e.paused_on IS NULL
                        AND (e.due_on, e.kind) < (k.due_on, k.kind))
    ORDER BY n;
END;
$$;
COMMENT ON FUNCTION rules.queue_items(timestamptz, text, register.clock[]) IS
    'Cases as the queue shows them to somebody';
