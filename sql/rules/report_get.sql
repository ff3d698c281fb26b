-- A report: as it was issued, with its hand-over and errata, else as a draft of this moment;
-- with ?draft=yes a draft although one was issued. `checkpoint` is the first one published that has
-- all that the report counted: by it anyone can recount.
CREATE OR REPLACE FUNCTION rules.report_get(now timestamptz, actor text, params jsonb, body jsonb,
                                            OUT status integer, OUT version bigint,
                                            OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked  record;
    issued register.report_issue;
    given  register.report_submission;
BEGIN
    PERFORM rules.caller(actor, 'report_get');
    SELECT * INTO asked FROM rules.report_edition(now, params);
    IF params ->> 'draft' IS NULL THEN
        SELECT * INTO issued FROM register.report_issue AS i
        WHERE i.fy = asked.fy AND i.edition = asked.edition;
        SELECT * INTO given FROM register.report_submission AS s
        WHERE s.fy = asked.fy AND s.edition = asked.edition;
    ELSIF params ->> 'draft' <> 'yes' THEN
        RAISE EXCEPTION 'draft must be yes' USING ERRCODE = 'ZG422';
    END IF;
    IF issued.fy IS NULL AND asked.edition = 'scores' THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
    status := 200;
    content := json_build_object(
        'fy', asked.fy, 'edition', asked.edition,
        'status', CASE WHEN given.fy IS NOT NULL THEN 'submitted'
                       WHEN issued.fy IS NOT NULL THEN 'issued' ELSE 'draft' END,
        'issue', CASE WHEN issued.fy IS NOT NULL THEN json_build_object(
            'issued_at', issued.issued_at, 'issued_by', issued.issued_by,
            'sha256', encode(issued.sha256, 'hex'), 'log_size', issued.log_size,
            'acknowledged', to_json(issued.acknowledged),
            'checkpoint', rules.checkpoint_of(issued.log_size)) END,
        'submission', CASE WHEN given.fy IS NOT NULL THEN json_build_object(
            'memo_no', given.memo_no, 'memo_date', given.memo_date,
            'acknowledged_on', given.acknowledged_on,
            'document_sha256', given.document_sha256, 'submitted_at', given.submitted_at,
            'submitted_by', given.submitted_by) END,
        'errata', (SELECT coalesce(json_agg(json_build_object(
                              'text', e.text, 'recorded_at', e.recorded_at,
                              'recorded_by', e.recorded_by) ORDER BY e.number), '[]')
                   FROM register.report_erratum AS e
                   WHERE e.fy = issued.fy AND e.edition = issued.edition),
        'document', coalesce(issued.document::json,
                             rules.report_document(rules.report_figures(now, asked.fy),
                                                   asked.edition)));
END;
$$;
COMMENT ON FUNCTION rules.report_get(timestamptz, text, jsonb, jsonb) IS
    'A report as it was issued, else as a draft';
