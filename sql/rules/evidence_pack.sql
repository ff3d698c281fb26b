-- The evidence for one criterion in a year as a document for the committee: the criterion with what
-- was found, all that is missing, and every piece that counted on a day of the year, unit by unit.
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
    SELECT jsonb_build_object('fy', year, 'levels', jsonb_agg(to_jsonb(l) ORDER BY l.level), 'assessed', (
               SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]')
               FROM rules.assessed(year, false, NULL) AS a WHERE a.code = asked))
    INTO f
    FROM rules.indicator_level(now, year) AS l WHERE l.indicator = asked;
    IF f -> 'levels' = 'null' OR span.opens > rules.bangkok_day(now) THEN
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
                'missing', 'หลักฐานที่ขาด', 'What is missing',
                (SELECT CASE WHEN count(*) = 0 THEN rules.doc_text('ไม่ขาดหลักฐานใด', 'Nothing is.')
                        ELSE rules.doc_table(
                            'missing', 'หลักฐานที่ขาดทั้งหมด', 'All that is missing',
                            json_build_array(
                                rules.doc_column('level', 'label', 'ระดับ', 'Level'),
                                rules.doc_column('missing', 'text', 'หลักฐานที่ขาด', 'Missing')),
                            json_agg(json_build_array(l.level, json_build_object(
                                'th', m.value ->> 'text_th', 'en', m.value ->> 'text_en'))
                                ORDER BY l.level, m.ordinality)) END
                 FROM jsonb_to_recordset(f -> 'levels') AS l (level integer, missing jsonb)
                 CROSS JOIN LATERAL jsonb_array_elements(l.missing) WITH ORDINALITY AS m)),
            rules.doc_section(
                'pieces', 'รายการหลักฐานที่มีผลในปีงบประมาณ', 'Evidence that counted in the year',
                VARIADIC (SELECT coalesce(array_agg(p.piece ORDER BY p.ord), ARRAY[rules.doc_text(
                                     'ไม่มีหลักฐานที่มีผลในปีงบประมาณนี้', 'None counted in the year.')])
                          FROM rules.evidence_pieces(asked, span.opens, span.closes) AS p)))));
END;
$$;
COMMENT ON FUNCTION rules.evidence_pack(timestamptz, text, jsonb, jsonb) IS
    'The evidence for one criterion as a document for the committee';
