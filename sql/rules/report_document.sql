-- A year's report as a document: sections of paragraphs, tables and charts, every text in both
-- languages. render_html, render_csv and render_xlsx print it as it is; GET /v1/reports/{fy} has
-- it whole. `complaints` answers what 4.2 asks, `analysis` is the form of the source report.
-- `f` are its figures (report_figures), `acknowledged` is what was known to be missing when it was
-- issued.
CREATE OR REPLACE FUNCTION rules.report_document(f jsonb, edition text,
                                                 acknowledged text[] DEFAULT '{}')
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ours boolean := f ? 'kpi1';
    year text := f ->> 'fy';
BEGIN
    RETURN json_build_object(
        'fy', f -> 'fy', 'edition', edition, 'made_at', f -> 'now', 'as_of', f -> 'as_of',
        'agency', '{"th": "สำนักงานสถิติแห่งชาติ", "en": "National Statistical Office"}'::json,
        'title', CASE edition
            WHEN 'complaints' THEN
                '{"th": "รายงานผลการดำเนินการต่อเรื่องร้องเรียน",
                  "en": "Report on the handling of complaints"}'::json
            ELSE '{"th": "รายงานการวิเคราะห์ผลการดำเนินการป้องกันและปราบปรามการทุจริต",
                   "en": "Analysis of the prevention and suppression of corruption"}'::json END,
        'subtitle', json_build_object('th', format('ประจำปีงบประมาณ พ.ศ. %s', year),
                                      'en', format('Fiscal year %s', year)),
        'secrecy', '{"th": "ลับ", "en": "SECRET"}'::json,
        'log_size', f -> 'log_size', 'acknowledged', to_json(acknowledged),
        'rules', f -> 'rules',
        -- the same numbers as the text has: what a recount of the log is compared with
        'counted', CASE WHEN ours THEN json_build_object(
            'received', f #> '{kpi1,received}', 'value', f #> '{kpi1,value}',
            'level', f #> '{kpi1,level}',
            'by_class', json_build_object(
                'C1', f #> '{kpi1,c1}', 'C2', f #> '{kpi1,c2}', 'CX', f #> '{kpi1,cx}',
                'C0', f #> '{kpi1,c0}', 'CT', f #> '{kpi1,ct}', 'CI', f #> '{kpi1,ci}',
                'CV', f #> '{kpi1,cv}')) END,
        'memo', CASE WHEN ours THEN json_build_array(
            json_build_object(
                'th', format('ปีงบประมาณ พ.ศ. %s มีเรื่องยกมา %s เรื่อง รับใหม่ %s เรื่อง '
                             'นำกลับมาพิจารณาใหม่ %s เรื่อง แล้วเสร็จ %s เรื่อง คงค้างยกไป %s เรื่อง',
                             year, f #>> '{all,brought}', f #>> '{all,received}',
                             f #>> '{all,reopened}', f #>> '{all,closed}', f #>> '{all,carried}'),
                'en', format('Fiscal year %s: %s brought forward, %s received, %s reopened, '
                             '%s closed, %s carried out.', year, f #>> '{all,brought}',
                             f #>> '{all,received}', f #>> '{all,reopened}', f #>> '{all,closed}',
                             f #>> '{all,carried}')),
            json_build_object(
                'th', format('KPI 1 จำนวนข้อร้องเรียนเรื่องการทุจริตในกระบวนการ %s เรื่อง ระดับ %s',
                             f #>> '{kpi1,value}', f #>> '{kpi1,text_th}'),
                'en', format('KPI 1: %s, level %s.', f #>> '{kpi1,value}',
                             f #>> '{kpi1,text_en}'))) ELSE '[]'::json END,
        'signature', json_build_object(
            'th', 'ผู้จัดทำรายงาน', 'en', 'Prepared by'),
        'sections', (
            SELECT json_agg(s.section ORDER BY s.ord)
            FROM (SELECT 1 AS ord, CASE WHEN ours THEN rules.report_section_summary(f)
                                        ELSE rules.report_section_summary_source(f) END AS section
                  UNION ALL
                  SELECT 2, rules.doc_section(
                      'acknowledged', 'ข้อจำกัดที่รับทราบเมื่อออกรายงาน', 'Known when it was issued',
                      json_build_object('kind', 'list', 'items', (
                          SELECT json_agg(json_build_object('th', a.th, 'en', a.en))
                          FROM (VALUES
                              ('silent_units', 'ยังมีหน่วยงานที่ไม่ยืนยันยอดประจำเดือน',
                               'Some units have not confirmed all their months.'),
                              ('differing_months', 'ยอดที่หน่วยงานยืนยันไว้บางเดือนไม่ตรงกับทะเบียน',
                               'Some confirmed numbers are not the register''s.'),
                              ('missing_evidence', 'หลักฐานของตัวชี้วัด 4.1 หรือ 4.2 ยังไม่ครบ',
                               'The evidence for 4.1 or 4.2 is not complete.'),
                              ('unexplained_difference',
                               'คะแนนของคณะกรรมการต่างจากระดับตามหลักฐานในระบบโดยไม่ได้บันทึกเหตุผล',
                               'The committee''s score differs from the level by the evidence here, '
                               'and no reason is recorded.')) AS a (code, th, en)
                          WHERE a.code = ANY (acknowledged))))
                  WHERE acknowledged <> '{}'
                  UNION ALL
                  SELECT 3, rules.report_section_flow(f) WHERE ours AND edition = 'complaints'
                  UNION ALL
                  SELECT 4, rules.report_section_result(f) WHERE ours AND edition = 'complaints'
                  UNION ALL
                  SELECT 5, rules.report_section_kpi1(f) WHERE ours
                  UNION ALL
                  SELECT 6, rules.report_section_evidence(f) WHERE ours
                  UNION ALL
                  SELECT 7, rules.report_section_transparency(f) WHERE edition = 'analysis'
                  UNION ALL
                  SELECT 8, rules.report_section_plan(f) WHERE edition = 'analysis'
                  UNION ALL
                  SELECT 9, rules.report_section_agreement(f) WHERE edition = 'analysis'
                  UNION ALL
                  SELECT 10, rules.report_section_method(f)
                  UNION ALL
                  SELECT 11, rules.report_section_conclusion(f) WHERE edition = 'analysis') AS s));
END;
$$;
COMMENT ON FUNCTION rules.report_document(jsonb, text, text[]) IS
    'A year''s report as a document';
