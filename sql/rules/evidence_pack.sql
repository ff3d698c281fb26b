-- The evidence for one criterion in a year as a document for the committee: the criterion with what
-- was found and missing, and every piece that counted on a day of the year, unit by unit.
CREATE OR REPLACE FUNCTION rules.evidence_pack(now timestamptz, actor text, params jsonb,
                                               body jsonb, OUT status integer,
                                               OUT version bigint, OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    year  integer;
    asked text := params ->> 'criterion';
    f     jsonb;
    span  register.fiscal_year;
BEGIN
    PERFORM rules.caller(actor, 'evidence_pack');
    year := rules.year_asked(now, params);
    SELECT * INTO span FROM register.fiscal_year AS y WHERE y.fy = year;
    SELECT jsonb_build_object('levels', jsonb_agg(to_jsonb(l) ORDER BY l.level), 'assessed', (
               SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]')
               FROM rules.assessed(year, false, NULL) AS a WHERE a.code = asked))
    INTO f
    FROM rules.indicator_level(now, year) AS l WHERE l.indicator = asked;
    IF f -> 'levels' = 'null' THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
    status := 200;
    content := json_build_object('fy', year, 'edition', 'evidence', 'status', 'current',
                                 'document', json_build_object(
        'fy', year, 'edition', 'evidence', 'made_at', now,
        'as_of', least(span.closes, rules.bangkok_day(now)),
        'agency', '{"th": "สำนักงานสถิติแห่งชาติ", "en": "National Statistical Office"}'::json,
        'title', json_build_object('th', 'หลักฐานประกอบตัวชี้วัดที่ ' || asked,
                                   'en', 'Evidence for indicator ' || asked),
        'subtitle', json_build_object('th', format('ประจำปีงบประมาณ พ.ศ. %s', year),
                                      'en', format('Fiscal year %s', year)),
        'secrecy', NULL, 'log_size', NULL, 'acknowledged', '[]'::json, 'rules', '[]'::json,
        'signature', NULL,
        'sections', json_build_array(
            rules.report_section_evidence(f),
            rules.doc_section(
                'pieces', 'รายการหลักฐานที่มีผลในปีงบประมาณ', 'Evidence that counted in the year',
                VARIADIC (
                SELECT coalesce(array_agg(t.pieces ORDER BY t.ord), '{}')
                FROM (SELECT k.ord, rules.doc_table(
                          'pieces_' || k.kind, k.th, k.en,
                          json_build_array(
                              rules.doc_column('unit', 'text', 'หน่วยงาน', 'Unit'),
                              rules.doc_column('officer', 'text', 'ผู้ได้รับมอบหมาย', 'Officer'),
                              rules.doc_column('order_no', 'text', 'คำสั่ง', 'Order'),
                              rules.doc_column('order_date', 'day', 'ลงวันที่', 'Dated'),
                              rules.doc_column('valid_from', 'day', 'มีผลตั้งแต่', 'From'),
                              rules.doc_column('expires_on', 'day', 'ถึง', 'To'),
                              rules.doc_column('url', 'code', 'ที่เผยแพร่', 'Published at'),
                              rules.doc_column('sha256', 'code', 'SHA-256', 'SHA-256')),
                          json_agg(json_build_array(
                              CASE WHEN u.code IS NOT NULL
                                   THEN json_build_object('th', u.name_th, 'en', u.name_en) END,
                              CASE WHEN p.name IS NOT NULL
                                   THEN json_build_object('th', p.name_th, 'en', p.name_en) END,
                              e.order_no, e.order_date, e.valid_from, e.expires_on, e.url,
                              e.document_sha256)
                              ORDER BY u.kind, u.name_th COLLATE "th-x-icu", e.valid_from, e.id))
                          AS pieces
                      FROM register.evidence AS e
                      JOIN register.evidence_kind AS k ON k.kind = e.kind
                      LEFT JOIN register.unit AS u ON u.code = e.unit
                      LEFT JOIN register.principal AS p ON p.name = e.officer
                      WHERE e.criterion = asked AND e.valid_from <= span.closes
                        AND coalesce(e.expires_on, 'infinity') >= span.opens
                      GROUP BY k.kind, k.ord, k.th, k.en) AS t)))));
END;
$$;
COMMENT ON FUNCTION rules.evidence_pack(timestamptz, text, jsonb, jsonb) IS
    'The evidence for one criterion as a document for the committee';
