-- What those who may read a case see of the work on it, as members of a JSON object; its original and its
-- parts if the viewer sees them too. What it is a part of its number names anyway.
CREATE OR REPLACE FUNCTION rules.case_work_members(c register.complaint, viewer text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    original uuid;
    parts  text := '';
    clocks text;
BEGIN
    IF c.duplicate_of IS NOT NULL AND rules.sees_case(viewer, c.duplicate_of) THEN
        original := c.duplicate_of;
    END IF;
    IF c.version > 1 THEN -- to split it was an event
        parts := (SELECT string_agg(to_json(p.ref)::text, ',' ORDER BY p.position)
                  FROM register.complaint AS p
                  WHERE p.parent = c.id AND rules.sees_case(viewer, p.id));
    END IF;
    clocks := (SELECT string_agg(format('{"kind":"%s","name_th":"%s","name_en":"%s","began_on":"%s",'
                                        '"due_on":"%s","paused_on":%s,"paused_days":%s,"met_on":%s}',
                                        k.kind, r.th, r.en, k.began_on, k.due_on,
                                        coalesce(to_json(k.paused_on), 'null'), k.paused_days,
                                        coalesce(to_json(k.met_on), 'null')),
                                 ',' ORDER BY k.due_on, k.kind)
               FROM register.clock AS k
               CROSS JOIN LATERAL rules.clock_rule_of(k.kind, k.began_on) AS r
               WHERE k.complaint = c.id);
    RETURN format('"investigator":%s,"duplicate_of":%s,"duplicate_of_ref":%s,"parent":%s,'
                  '"parent_ref":%s,"parts":[%s],"clocks":[%s],',
                  coalesce(to_json(c.investigator), 'null'),
                  coalesce(to_json(original), 'null'),
                  coalesce(to_json(rules.case_ref(original)), 'null'),
                  coalesce(to_json(c.parent), 'null'),
                  coalesce(to_json(rules.case_ref(c.parent)), 'null'), parts, clocks);
END;
$$;
COMMENT ON FUNCTION rules.case_work_members(register.complaint, text) IS
    'What those who may read a case see of the work on it';
