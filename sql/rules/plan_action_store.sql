-- One item of POST /v1/assessments that is an activity of the action plan. `pointer` leads to it.
CREATE OR REPLACE FUNCTION rules.plan_action_store(now timestamptz, me register.principal,
                                                   item jsonb, pointer text, document text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    piece register.plan_action;
BEGIN
    PERFORM rules.only_members(item, 'action', 'name', 'report_fy', 'from', 'to', 'status',
                               'note');
    piece.no := rules.integer_member(item, 'action', 1, 999, pointer);
    piece.report_fy := rules.integer_member(item, 'report_fy', 2550, 2700, pointer);
    piece.th := rules.paragraph_member(item, 'name', true, pointer);
    piece.from_month := rules.month_value(rules.text_member(item, 'from', true, pointer),
                                          pointer || 'from');
    piece.to_month := rules.month_value(rules.text_member(item, 'to', true, pointer),
                                        pointer || 'to');
    piece.status := rules.text_member(item, 'status', false, pointer);
    piece.note := rules.paragraph_member(item, 'note', false, pointer);
    IF piece.to_month < piece.from_month THEN
        RAISE EXCEPTION '%to lies before from', pointer USING ERRCODE = 'ZG422';
    ELSIF piece.status NOT IN ('planned', 'running', 'done', 'not_done') THEN
        RAISE EXCEPTION '%status must be planned, running, done or not_done', pointer
            USING ERRCODE = 'ZG422';
    END IF;
    INSERT INTO register.plan_action (report_fy, no, th, from_month, to_month, status, note,
                                      source, recorded_at, recorded_by)
    VALUES (piece.report_fy, piece.no, piece.th, piece.from_month, piece.to_month, piece.status,
            piece.note, document, now, me.name);
END;
$$;
COMMENT ON FUNCTION rules.plan_action_store(timestamptz, register.principal, jsonb, text, text) IS
    'Store an activity of the action plan';
