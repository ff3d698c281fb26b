-- แบบสรุปคะแนน: the scores of the year on one sheet, made of the figures of its report when that has
-- been submitted.
CREATE OR REPLACE FUNCTION rules.score_sheet(now timestamptz, f jsonb,
                                             given register.report_submission)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    year text := f ->> 'fy';
BEGIN
    RETURN json_build_object(
        'fy', f -> 'fy', 'edition', 'scores', 'made_at', now, 'as_of', f -> 'as_of',
        'agency', '{"th": "สำนักงานสถิติแห่งชาติ", "en": "National Statistical Office"}'::json,
        'title', '{"th": "แบบสรุปคะแนน", "en": "Score summary"}'::json,
        'subtitle', json_build_object('th', format('ประจำปีงบประมาณ พ.ศ. %s', year),
                                      'en', format('Fiscal year %s', year)),
        'secrecy', '{"th": "ลับ", "en": "SECRET"}'::json, 'log_size', f -> 'log_size',
        'acknowledged', '[]'::json, 'rules', f -> 'rules',
        'signature', '{"th": "ผู้จัดทำรายงาน", "en": "Prepared by"}'::json,
        'sections', json_build_array(
            rules.doc_section(
                'sheet', 'สรุปคะแนน', 'Scores',
                rules.doc_text(
                    format('เสนอรายงานต่อผู้อำนวยการสำนักงานสถิติแห่งชาติตามบันทึกที่ %s ลงวันที่ %s ทราบเมื่อวันที่ %s',
                           given.memo_no, rules.thai_date(given.memo_date),
                           rules.thai_date(given.acknowledged_on)),
                    format('The report was submitted to the director by memo %s of %s, '
                           'acknowledged on %s.', given.memo_no, given.memo_date,
                           given.acknowledged_on)),
                rules.doc_table(
                    'sheet', 'คะแนนประจำปีงบประมาณ', 'Scores of the year',
                    json_build_array(rules.doc_column('item', 'text', 'รายการ', 'Item'),
                                     rules.doc_column('score', 'text', 'คะแนน/ระดับ',
                                                      'Score or level')),
                    (SELECT json_agg(json_build_array(json_build_object('th', s.th, 'en', s.en),
                                                      s.score) ORDER BY s.ord, s.th)
                     FROM (SELECT 1 AS ord, 'KPI 1' AS th, 'KPI 1' AS en,
                                  jsonb_build_object('th', f #>> '{kpi1,text_th}',
                                                     'en', f #>> '{kpi1,text_en}') AS score
                           UNION ALL
                           SELECT 2, l.code || ' ระดับตามหลักฐานในระบบ',
                                  l.code || ', level by the evidence here', to_jsonb(l.level)
                           FROM rules.evidence_standing(f) AS l
                           UNION ALL
                           SELECT 2 + t.ord, t.th, t.en, t.cell
                           FROM rules.totals_printed(f) AS t) AS s),
                    NULL, rules.unconfirmed_note(f)),
                rules.report_transparency_table(f),
                rules.report_weighted_table(
                    f, 'plan', 'plan', 'ตัวชี้วัดของแผน', 'KPIs of the plan', 'รวม', 'Total'),
                rules.report_weighted_table(
                    f, '7', 'agreement', 'ตัวชี้วัดที่ 7 การสร้างความโปร่งใสในการปฏิบัติราชการ',
                    'Indicator 7, building transparency in official duties', 'ตัวชี้วัดที่ 7',
                    'Indicator 7')),
            rules.report_section_evidence(f)));
END;
$$;
COMMENT ON FUNCTION rules.score_sheet(timestamptz, jsonb, register.report_submission) IS
    'The score summary of a year';
