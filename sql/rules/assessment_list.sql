-- What was recorded of scores and results, newest first, replaced rows included: of every year, or
-- of the report of one; of one code.
CREATE OR REPLACE FUNCTION rules.assessment_list(now timestamptz, actor text, params jsonb,
                                                 body jsonb, OUT status integer,
                                                 OUT version bigint, OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.caller(actor, 'assessment_list');
    IF params ->> 'fy' !~ '^2[0-9]{3}$' THEN
        RAISE EXCEPTION 'fy must be a Buddhist year' USING ERRCODE = 'ZG422';
    ELSIF params ->> 'code' <> ALL (ARRAY(SELECT i.code FROM rules.item_named AS i)) THEN
        RAISE EXCEPTION 'code is nothing that is scored' USING ERRCODE = 'ZG422';
    END IF;
    status := 200;
    SELECT json_build_object(
        'items', (SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
                      'code', a.code, 'rule_set', a.rule_set || ' v' || a.version,
                      'assessment_fy', a.assessment_fy, 'report_fy', a.report_fy,
                      'level', a.level, 'result', a.result::text, 'reason', a.reason,
                      'corrective', a.corrective, 'evidence', a.evidence,
                      'activities', a.activities, 'system_level', a.system_level,
                      'difference', a.difference, 'source', a.source,
                      'recorded_at', a.recorded_at, 'recorded_by', a.recorded_by,
                      'replaced', EXISTS (SELECT FROM register.assessment AS l
                                          WHERE l.code = a.code AND l.report_fy = a.report_fy
                                            AND l.number > a.number)))
                      ORDER BY a.number DESC), '[]')
                  FROM register.assessment AS a
                  WHERE (params ->> 'fy' IS NULL OR a.report_fy::text = params ->> 'fy')
                    AND (params ->> 'code' IS NULL OR a.code = params ->> 'code')),
        'actions', (SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
                        'action', p.no, 'name', p.th, 'report_fy', p.report_fy,
                        'from', to_char(p.from_month, 'YYYY-MM'),
                        'to', to_char(p.to_month, 'YYYY-MM'), 'status', p.status,
                        'note', p.note, 'source', p.source, 'recorded_at', p.recorded_at,
                        'recorded_by', p.recorded_by)) ORDER BY p.report_fy DESC, p.no), '[]')
                    FROM rules.plan_action_of(NULL) AS p
                    WHERE (params ->> 'fy' IS NULL OR p.report_fy::text = params ->> 'fy')
                      AND params ->> 'code' IS NULL))
    INTO content;
END;
$$;
COMMENT ON FUNCTION rules.assessment_list(timestamptz, text, jsonb, jsonb) IS
    'What was recorded of scores and results';
