-- A case as the queue shows it to somebody, by one of its clocks; NULL if he does not act in it, or
-- if another clock of it runs out before.
CREATE OR REPLACE FUNCTION rules.queue_item(now timestamptz, actor text, k register.clock)
RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    rule CONSTANT register.clock_rule := rules.clock_rule_of(k.kind, k.began_on);
BEGIN
    IF EXISTS (SELECT FROM register.clock AS e
               WHERE e.complaint = k.complaint AND e.met_on IS NULL AND e.paused_on IS NULL
                 AND (e.due_on, e.kind) < (k.due_on, k.kind)) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT format('{%s,"clock":"%s","clock_th":"%s","clock_en":"%s","due_on":"%s",'
                      '"overdue":%s,"investigator":%s,"moves":%s}',
                      rules.case_members(s.complaint, x), k.kind, rule.th, rule.en, k.due_on,
                      (k.due_on < rules.bangkok_day(now))::text,
                      coalesce(to_json(s.investigator), 'null'),
                      to_json(rules.case_moves(s.complaint, s.acts_as)))
        FROM rules.case_seen AS s
        JOIN register.state AS x ON x.code = s.state
        WHERE s.viewer = actor AND s.id = k.complaint AND s.state <> 'CLOSED'
          AND cardinality(s.acts_as) > 0);
END;
$$;
COMMENT ON FUNCTION rules.queue_item(timestamptz, text, register.clock) IS
    'A case as the queue shows it to somebody';
