-- The reporter records that an issued report was handed to the director: the memo, and the scan
-- with the signed ทราบ. The complaints edition gives 4.2 its level 5 and makes the score summary of
-- the figures that it was issued with.
CREATE OR REPLACE FUNCTION rules.report_submit(now timestamptz, actor text, params jsonb,
                                               body jsonb, OUT status integer,
                                               OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me     register.principal := rules.caller(actor, 'report_submit');
    event  uuid := rules.uuid_member(body, 'event_id');
    hash   bytea := rules.request_hash('report_submit', jsonb_build_object('id', params -> 'fy'),
                                       body);
    asked  record;
    given  register.report_submission;
    issued register.report_issue;
    sheet  register.report_issue;
    f      jsonb;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'edition', 'memo_no', 'memo_date',
                               'acknowledged_on', 'document_sha256');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    SELECT * INTO asked
    FROM rules.report_edition(now, params || jsonb_strip_nulls(jsonb_build_object(
             'edition', rules.text_member(body, 'edition', false))));
    given.fy := asked.fy;
    given.edition := asked.edition;
    given.memo_no := rules.text_member(body, 'memo_no');
    given.memo_date := rules.date_member(body, 'memo_date');
    given.acknowledged_on := rules.date_member(body, 'acknowledged_on');
    given.document_sha256 := rules.hash_member(body, 'document_sha256');
    given.submitted_at := now;
    given.submitted_by := me.name;
    SELECT * INTO issued
    FROM register.report_issue AS i
    WHERE i.fy = asked.fy AND i.edition = asked.edition AND i.edition <> 'scores';
    IF issued.fy IS NULL THEN
        RAISE EXCEPTION 'the report is not issued' USING ERRCODE = 'ZG409';
    ELSIF given.memo_date < rules.bangkok_day(issued.issued_at) THEN
        RAISE EXCEPTION '/memo_date lies before the report was issued' USING ERRCODE = 'ZG422';
    ELSIF given.acknowledged_on < given.memo_date THEN
        RAISE EXCEPTION '/acknowledged_on lies before /memo_date' USING ERRCODE = 'ZG422';
    ELSIF given.acknowledged_on > rules.bangkok_day(now) THEN
        RAISE EXCEPTION '/acknowledged_on lies in the future' USING ERRCODE = 'ZG422';
    END IF;
    INSERT INTO register.report_submission SELECT given.* ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the report was submitted already' USING ERRCODE = 'ZG409';
    END IF;
    IF given.edition = 'complaints' THEN
        f := rules.figures_submitted(issued.figures);
        sheet := rules.report_freeze(now, me, given.fy, 'scores', f,
                                     rules.score_sheet(now, f, given)::text, '{}');
        PERFORM rules.append(now, me, 'report_issued', fields => jsonb_build_object(
            'fy', sheet.fy, 'edition', sheet.edition, 'sha256', encode(sheet.sha256, 'hex')));
    END IF;

    status := 201;
    content := to_jsonb(given);
    PERFORM rules.append(now, me, 'report_submitted', event_id => event, request_hash => hash,
                         fields => content, status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.report_submit(timestamptz, text, jsonb, jsonb) IS
    'The reporter records that a report was handed to the director';
