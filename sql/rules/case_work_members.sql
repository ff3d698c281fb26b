-- What those who may read a case see of the work on it, as members of a JSON object; its original and its
-- parts if the viewer sees them too. What it is a part of its number names anyway.
CREATE OR REPLACE FUNCTION rules.case_work_members(c register.complaint, viewer text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    original CONSTANT uuid := CASE WHEN rules.sees_case(viewer, c.duplicate_of)
                                   THEN c.duplicate_of END;
BEGIN
    RETURN format('"investigator":%s,"duplicate_of":%s,"duplicate_of_ref":%s,"parent":%s,'
                  '"parent_ref":%s,"parts":%s,"clocks":%s,',
                  coalesce(to_json(c.investigator), 'null'),
                  coalesce(to_json(original), 'null'),
                  coalesce(to_json(rules.case_ref(original)), 'null'),
                  coalesce(to_json(c.parent), 'null'),
                  coalesce(to_json(rules.case_ref(c.parent)), 'null'),
                  (SELECT coalesce(json_agg(p.ref ORDER BY p.position), '[]')
                   FROM register.complaint AS p
                   WHERE p.parent = c.id AND rules.sees_case(viewer, p.id)),
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
