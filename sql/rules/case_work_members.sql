-- What those who may read a case see of the work on it, as members of a JSON object; its original if
-- the viewer sees that too.
CREATE OR REPLACE FUNCTION rules.case_work_members(c register.complaint, viewer text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN format('"investigator":%s,"duplicate_of":%s,"parent":%s,"clocks":%s,',
                  coalesce(to_json(c.investigator), 'null'),
                  CASE WHEN c.duplicate_of IS NOT NULL AND rules.sees_case(viewer, c.duplicate_of)
                       THEN to_json(c.duplicate_of) ELSE 'null' END,
                  coalesce(to_json(c.parent), 'null'),
                  (SELECT coalesce(json_agg(json_build_object(
                              'kind', k.kind, 'name_th', r.th, 'name_en', r.en,
                              'began_on', k.began_on, 'due_on', k.due_on,
                              'paused_on', k.paused_on, 'paused_days', k.paused_days,
                              'met_on', k.met_on) ORDER BY k.due_on, k.kind), '[]')
                   FROM register.clock AS k
                   CROSS JOIN LATERAL rules.clock_rule_of(k.kind, k.began_on) AS r
                   WHERE k.complaint = c.id));
END;
$$;
COMMENT ON FUNCTION rules.case_work_members(register.complaint, text) IS
    'What those who may read a case see of the work on it';
