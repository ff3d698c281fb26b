-- Indicators 4.1 and 4.2: the committee's score, beside it the level by the evidence here, level
-- by level with what was found and what is missing. A score of another year stands beside the level
-- that the evidence gave when it was recorded, and is not compared with this year's.
CREATE OR REPLACE FUNCTION rules.report_section_evidence(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    blocks json[] := '{}';
    codes  text[] := '{}';
    each   record;
BEGIN
    FOR each IN
        SELECT s.*, a.system_level,
               CASE WHEN s.of_year IS NULL THEN s.committee::text END AS score, (
            SELECT json_agg(json_build_array(
                l.level, json_build_object('th', l.text_th, 'en', l.text_en),
                CASE WHEN l.met THEN '{"th": "ครบ", "en": "Met"}'::json
                     ELSE '{"th": "ไม่ครบ", "en": "Not met"}'::json END,
                json_build_object(
                    'th', concat_ws('; ', 'พบ ' || rules.finding_words(l.found, 'th'),
                                    'ขาด ' || rules.finding_words(l.missing, 'th')),
                    'en', concat_ws('; ', 'Found: ' || rules.finding_words(l.found, 'en'),
                                    'Missing: ' || rules.finding_words(l.missing, 'en'))))
                ORDER BY l.level)
            FROM jsonb_to_recordset(f -> 'levels')
                 AS l (indicator text, level integer, text_th text, text_en text, met boolean,
                       found jsonb, missing jsonb)
            WHERE l.indicator = s.code) AS rows
        FROM rules.evidence_standing(f) AS s
        LEFT JOIN jsonb_to_recordset(f -> 'assessed') AS a (code text, system_level integer)
          ON a.code = s.code
    LOOP
        codes := codes || each.code;
        blocks := blocks
            || rules.doc_text(
                   format('%s %s: คะแนนของคณะกรรมการ %s ระดับตามหลักฐานในระบบ %s', each.code,
                          each.name_th, coalesce(each.score, 'ยังไม่บันทึก'), each.level),
                   format('%s %s: the committee''s score %s, level by the evidence here %s',
                          each.code, each.name_en, coalesce(each.score, 'not recorded'),
                          each.level), 'strong')
            || CASE WHEN each.of_year IS NOT NULL THEN rules.doc_text(
                   format('คณะกรรมการให้คะแนนของปีที่ประเมิน พ.ศ. %s ไว้ %s %s '
                          'ไม่นำมาเทียบกับระดับของปีงบประมาณ พ.ศ. %s', each.of_year, each.committee,
                          coalesce('ระดับตามหลักฐานในระบบเมื่อบันทึกคือ ' || each.system_level,
                                   'ซึ่งระบบไม่มีหลักฐานของปีนั้น'), f ->> 'fy'),
                   format('The committee''s score of %s is %s, %s; it is not compared with the level '
                          'of fiscal year %s.', each.of_year, each.committee,
                          coalesce('when the evidence here gave ' || each.system_level,
                                   'a year of which there is no evidence here'), f ->> 'fy')) END
            || CASE WHEN each.differs AND each.difference IS NOT NULL THEN rules.doc_text(
                   'เหตุที่ต่างกัน: ' || each.difference,
                   'Why they differ: ' || each.difference, 'note')
               WHEN each.differs THEN rules.doc_text(
                   'ต่างกันโดยไม่ได้บันทึกเหตุผล',
                   'They differ, and no reason is recorded.', 'warning') END
            || CASE WHEN each.code = '4.2' AND each.level = 4 THEN rules.doc_text(
                   'ระดับ 5 เมื่อเสนอรายงานฉบับนี้ต่อผู้อำนวยการสำนักงานสถิติแห่งชาติ',
                   'Level 5 once this report is submitted to the director.', 'strong') END
            || rules.doc_table(
                   'levels_' || replace(each.code, '.', '_'), each.code || ' ' || each.name_th,
                   each.code || ' ' || each.name_en,
                   json_build_array(rules.doc_column('level', 'label', 'ระดับ', 'Level'),
                                    rules.doc_column('criterion', 'text', 'เกณฑ์', 'Criterion'),
                                    rules.doc_column('met', 'label', 'ผล', 'Result'),
                                    rules.doc_column('evidence', 'text', 'หลักฐาน', 'Evidence')),
                   each.rows, NULL,
                   CASE WHEN each.ours THEN json_build_object(
                       'th', 'เกณฑ์ต้นฉบับรวมระดับ 1 ถึง 4 เป็นข้อเดียว การแบ่งเป็นของระบบนี้',
                       'en', 'The source gives levels 1 to 4 as one; the split is this '
                             'system''s.') END);
    END LOOP;
    RETURN rules.doc_section(
        'evidence',
        format('ตัวชี้วัดที่ %s การดำเนินการต่อเรื่องร้องเรียน', array_to_string(codes, ' และ ')),
        format('Indicator %s, the handling of complaints', array_to_string(codes, ' and ')),
        VARIADIC blocks);
END;
$$;
COMMENT ON FUNCTION rules.report_section_evidence(jsonb) IS 'Indicators 4.1 and 4.2 in a report';
