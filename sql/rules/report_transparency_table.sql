-- The 13 indicators in their 4 dimensions, each with the committee's score: of one year, and one of an
-- earlier year says so. Beside 4.1 and 4.2 stands the level by the evidence here: of the report's own
-- year as it is now, of an earlier one as it was when the score was recorded.
CREATE OR REPLACE FUNCTION rules.report_transparency_table(f jsonb)
RETURNS json
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH evident AS (
        SELECT l.value ->> 'indicator' AS code,
               count(*) FILTER (WHERE (l.value ->> 'counted')::boolean) AS level
        FROM jsonb_array_elements(f -> 'levels') AS l GROUP BY 1
    ), item AS (
        SELECT a.*, CASE WHEN coalesce(a.assessment_fy, (f ->> 'fy')::integer)
                              <> (f ->> 'fy')::integer
                         THEN a.system_level ELSE e.level END AS evident
        FROM jsonb_to_recordset(f -> 'assessed')
             AS a (rule_set text, code text, kind text, ord integer, name_th text, name_en text,
                   level integer, total numeric, total_decimals integer, assessment_fy integer,
                   system_level integer)
        LEFT JOIN evident AS e ON e.code = a.code
        WHERE a.rule_set = 'transparency'
    )
    SELECT rules.doc_table(
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
                 THEN coalesce(rules.figure_of_year(i.level::text, i.assessment_fy, t.fy),
                               rules.no_data(f)) END,
            i.evident::text) ORDER BY i.ord),
        json_build_array(
            NULL, json_build_object('th', 'คะแนนภาพรวม', 'en', 'Overall'),
            t.cell, NULL),
        CASE WHEN max(i.total) IS NOT NULL THEN json_build_object(
            'th', format('เฉลี่ยจาก 13 ตัวชี้วัด (%s ÷ 13) ตัวชี้วัดย่อยไม่มีคะแนนของตนเอง',
                         sum(i.level)),
            'en', format('The mean of 13 indicators (%s ÷ 13); named parts have no score of '
                         'their own', sum(i.level))) END)
    FROM rules.total_printed(f, 'transparency') AS t CROSS JOIN item AS i
    GROUP BY t.cell, t.fy
$$;
COMMENT ON FUNCTION rules.report_transparency_table(jsonb) IS
    'The 13 indicators with their scores in a report';
