-- The 13 indicators in their 4 dimensions with the committee's scores, their activities, and, for
-- what is below 5, reasons and corrective actions. The named parts of an indicator have no score.
-- The scores are those of one year, and one of an earlier year says so.
CREATE OR REPLACE FUNCTION rules.report_section_transparency(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        WITH item AS MATERIALIZED (
            SELECT a.* FROM jsonb_to_recordset(f -> 'assessed')
                AS a (rule_set text, code text, kind text, ord integer, level integer,
                      assessment_fy integer, reason text, corrective text, evidence text,
                      activities jsonb)
            WHERE a.rule_set = 'transparency'
        ), whole AS (
            SELECT t.th, t.en, t.fy, s.scored, s.points
            FROM rules.total_printed(f, 'transparency') AS t,
                 (SELECT count(i.level) AS scored, sum(i.level) AS points FROM item AS i) AS s
        )
        SELECT rules.doc_section(
            'transparency',
            'ผลการประเมินมาตรฐานความโปร่งใส 4 มิติ 13 ตัวชี้วัด',
            'Transparency assessment, 4 dimensions and 13 indicators',
            rules.doc_text(
                format('คะแนนของคณะกรรมการประเมิน ปีงบประมาณ พ.ศ. %s คะแนนภาพรวม %s',
                       w.fy, w.th),
                format('Scores of the committee for fiscal year %s, overall %s', w.fy, w.en),
                'strong'),
            rules.report_transparency_table(f),
            (SELECT rules.doc_table(
                 'improve', 'ตัวชี้วัดที่ต้องปรับปรุง', 'What is to be improved',
                 json_build_array(rules.doc_column('code', 'label', 'ที่', 'No.'),
                                  rules.doc_column('score', 'decimal', 'คะแนน', 'Score'),
                                  rules.doc_column('reason', 'text', 'เหตุผล', 'Reason'),
                                  rules.doc_column('corrective', 'text', 'การปรับปรุง',
                                                   'Corrective action')),
                 json_agg(json_build_array(
                     i.code, rules.figure_of_year(i.level::text, i.assessment_fy, w.fy), i.reason,
                     i.corrective) ORDER BY i.ord))
             FROM item AS i WHERE i.level < 5 HAVING count(*) > 0),
            CASE WHEN w.scored = 13 AND w.points = 65 THEN rules.doc_text(
                'ทุกตัวชี้วัดได้คะแนนระดับ 5 จึงไม่มีประเด็นที่ต้องปรับปรุง',
                'Every indicator scores 5; nothing is to be improved.') END,
            -- Reasons below 5 stand above.
            (SELECT rules.doc_table(
                 'grounds', 'เหตุผลและหลักฐานที่คณะกรรมการพิจารณา',
                 'Reasons of the committee, and what it saw',
                 json_build_array(rules.doc_column('code', 'label', 'ที่', 'No.'),
                                  rules.doc_column('score', 'decimal', 'คะแนน', 'Score'),
                                  rules.doc_column('reason', 'text', 'เหตุผล', 'Reason'),
                                  rules.doc_column('evidence', 'text', 'หลักฐาน', 'Evidence')),
                 json_agg(json_build_array(
                     i.code, rules.figure_of_year(i.level::text, i.assessment_fy, w.fy),
                     CASE WHEN i.level = 5 THEN i.reason END, i.evidence) ORDER BY i.ord))
             FROM item AS i WHERE i.evidence IS NOT NULL OR i.level = 5 AND i.reason IS NOT NULL
             HAVING count(*) > 0),
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
