-- The 13 indicators in their 4 dimensions with the committee's scores, their activities, and, for
-- what is below 5, reasons and corrective actions. The named parts of an indicator have no score.
CREATE OR REPLACE FUNCTION rules.report_section_transparency(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        WITH item AS MATERIALIZED (
            SELECT a.* FROM jsonb_to_recordset(f -> 'assessed')
                AS a (rule_set text, code text, kind text, parent text, ord integer, name_th text,
                      name_en text, level integer, total numeric, total_decimals integer,
                      assessment_fy integer, reason text, corrective text, activities jsonb,
                      system_level integer)
            WHERE a.rule_set = 'transparency'
        ), whole AS (
            SELECT max(i.assessment_fy) AS fy, round(max(i.total), max(i.total_decimals)) AS score,
                   count(i.level) AS scored, sum(i.level) AS points
            FROM item AS i
        )
        SELECT rules.doc_section(
            'transparency',
            'ผลการประเมินมาตรฐานความโปร่งใส 4 มิติ 13 ตัวชี้วัด',
            'Transparency assessment, 4 dimensions and 13 indicators',
            rules.doc_text(
                format('คะแนนของคณะกรรมการประเมิน ปีงบประมาณ พ.ศ. %s คะแนนภาพรวม %s',
                       coalesce(w.fy::text, f ->> 'fy'),
                       coalesce(w.score::text, rules.no_data(f) ->> 'th')),
                format('Scores of the committee for fiscal year %s, overall %s',
                       coalesce(w.fy::text, f ->> 'fy'),
                       coalesce(w.score::text, rules.no_data(f) ->> 'en')), 'strong'),
            (SELECT rules.doc_table(
                 'transparency', 'คะแนนรายตัวชี้วัด', 'Scores by indicator',
                 json_build_array(rules.doc_column('code', 'label', 'ที่', 'No.'),
                                  rules.doc_column('name', 'text', 'มิติ/ตัวชี้วัด',
                                                   'Dimension or indicator'),
                                  rules.doc_column('score', 'decimal', 'คะแนน', 'Score'),
                                  rules.doc_column('system', 'decimal', 'ระดับตามหลักฐานในระบบ',
                                                   'By the evidence here')),
                 json_agg(json_build_array(
                     CASE WHEN i.kind = 'dimension' THEN NULL ELSE i.code END,
                     json_build_object(
                         'th', CASE i.kind WHEN 'dimension'
                                    THEN format('มิติที่ %s %s', right(i.code, 1), i.name_th)
                                    ELSE i.name_th END,
                         'en', CASE i.kind WHEN 'dimension'
                                    THEN format('Dimension %s %s', right(i.code, 1), i.name_en)
                                    ELSE i.name_en END),
                     CASE WHEN i.kind = 'indicator'
                          THEN coalesce(to_json(i.level::text), rules.no_data(f)) END,
                     i.system_level::text) ORDER BY i.ord),
                 json_build_array(NULL, json_build_object('th', 'คะแนนภาพรวม', 'en', 'Overall'),
                                  coalesce(to_json(w.score::text), rules.no_data(f)), NULL),
                 CASE WHEN w.scored = 13 THEN json_build_object(
                     'th', format('เฉลี่ยจาก 13 ตัวชี้วัด (%s ÷ 13) ตัวชี้วัดย่อยไม่มีคะแนนของตนเอง',
                                  w.points),
                     'en', format('The mean of 13 indicators (%s ÷ 13); named parts have no score '
                                  'of their own', w.points)) END)
             FROM item AS i),
            (SELECT rules.doc_table(
                 'improve', 'ตัวชี้วัดที่ต้องปรับปรุง', 'What is to be improved',
                 json_build_array(rules.doc_column('code', 'label', 'ที่', 'No.'),
                                  rules.doc_column('score', 'decimal', 'คะแนน', 'Score'),
                                  rules.doc_column('reason', 'text', 'เหตุผล', 'Reason'),
                                  rules.doc_column('corrective', 'text', 'การปรับปรุง',
                                                   'Corrective action')),
                 json_agg(json_build_array(i.code, i.level::text, i.reason, i.corrective)
                          ORDER BY i.ord))
             FROM item AS i WHERE i.level < 5 HAVING count(*) > 0),
            CASE WHEN w.scored = 13 AND w.points = 65 THEN rules.doc_text(
                'ทุกตัวชี้วัดได้คะแนนระดับ 5 จึงไม่มีประเด็นที่ต้องปรับปรุง',
                'Every indicator scores 5; nothing is to be improved.') END,
            (SELECT rules.doc_table(
                 'activities', 'กิจกรรม/การดำเนินการ', 'Activities',
                 json_build_array(rules.doc_column('code', 'label', 'ที่', 'No.'),
                                  rules.doc_column('activity', 'text', 'กิจกรรม', 'Activity'),
                                  rules.doc_column('new', 'text', 'หมายเหตุ', 'Note')),
                 json_agg(json_build_array(
                     i.code, x.value ->> 'text',
                     CASE WHEN x.value -> 'new' = 'true'
                          THEN '{"th": "กิจกรรมใหม่", "en": "new activity"}'::json END)
                     ORDER BY i.ord, x.ordinality))
             FROM item AS i CROSS JOIN LATERAL jsonb_array_elements(i.activities)
                                               WITH ORDINALITY AS x
             HAVING count(*) > 0))
        FROM whole AS w);
END;
$$;
COMMENT ON FUNCTION rules.report_section_transparency(jsonb) IS 'The 13 indicators in a report';
