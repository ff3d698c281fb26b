-- A table of results with weights, thresholds and scores, as the plan and indicator 7 have it; its
-- last line is the total where every part has a score of the same year. A result of another year than
-- the report's says so.
CREATE OR REPLACE FUNCTION rules.report_weighted_table(f jsonb, set_code text, key text, th text,
                                                       en text, total_th text, total_en text)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT rules.doc_table(
            key, th, en,
            json_build_array(
                rules.doc_column('code', 'label', 'ที่', 'No.'),
                rules.doc_column('name', 'text', 'ตัวชี้วัด', 'Indicator'),
                rules.doc_column('unit', 'text', 'หน่วยวัด', 'Unit'),
                rules.doc_column('weight', 'decimal', 'น้ำหนัก', 'Weight'),
                rules.doc_column('level1', 'decimal', '1', '1'),
                rules.doc_column('level2', 'decimal', '2', '2'),
                rules.doc_column('level3', 'decimal', '3', '3'),
                rules.doc_column('level4', 'decimal', '4', '4'),
                rules.doc_column('level5', 'decimal', '5', '5'),
                rules.doc_column('result', 'decimal', 'ผล', 'Result'),
                rules.doc_column('score', 'decimal', 'คะแนน', 'Score'),
                rules.doc_column('weighted', 'decimal', 'ถ่วงน้ำหนัก', 'Weighted')),
            json_agg(json_build_array(
                replace(a.code, 'kpi', ''),
                json_build_object('th', a.name_th, 'en', a.name_en),
                CASE a.unit WHEN 'count' THEN '{"th": "จำนวน", "en": "number"}'::json
                            WHEN 'percent' THEN '{"th": "ร้อยละ", "en": "percent"}'::json
                            ELSE '{"th": "ระดับ", "en": "level"}'::json END,
                a.weight, a.scale ->> 0, a.scale ->> 1, a.scale ->> 2, a.scale ->> 3,
                a.scale ->> 4,
                coalesce(rules.figure_of_year(a.result, a.assessment_fy, (f ->> 'fy')::integer),
                         rules.no_data(f)),
                coalesce(to_json(round(a.score, a.decimals)::text), 'null'),
                round(a.weighted, 4)::text) ORDER BY a.ord),
            json_build_array(
                NULL, json_build_object('th', total_th, 'en', total_en), NULL,
                sum(a.weight::numeric)::text, NULL, NULL, NULL, NULL, NULL, NULL,
                (SELECT t.cell FROM rules.total_printed(f, set_code) AS t), NULL),
            (SELECT json_build_object('th', string_agg(n.note ->> 'th', ' '),
                                      'en', string_agg(n.note ->> 'en', ' '))
             FROM unnest(ARRAY[
                 CASE WHEN count(*) FILTER (WHERE a.scale ->> 0 IS NULL) > 0
                      THEN json_build_object(
                          'th', 'ตัวชี้วัดที่เกณฑ์กำหนดเฉพาะระดับ 5 ระบบให้ 5 เมื่อเป็นไปตามเกณฑ์ มิฉะนั้น 1',
                          'en', 'Where only level 5 is defined, the system scores 5 when it is met, '
                                'else 1.') END,
                 CASE WHEN bool_or(a.code = 'kpi1') THEN rules.unconfirmed_note(f) END])
                 AS n (note)
             HAVING count(n.note) > 0))
        FROM jsonb_to_recordset(f -> 'assessed')
             AS a (rule_set text, code text, kind text, ord integer, name_th text, name_en text,
                   weight text, unit text, decimals integer, scale jsonb,
                   assessment_fy integer, result text, score numeric, weighted numeric)
        WHERE a.rule_set = set_code AND a.kind = 'result');
END;
$$;
COMMENT ON FUNCTION rules.report_weighted_table(jsonb, text, text, text, text, text, text) IS
    'A table of results with weights, thresholds and scores';
