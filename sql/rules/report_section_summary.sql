-- One page for the director: the year in figures, what changed, what is overdue, what to sign.
CREATE OR REPLACE FUNCTION rules.report_section_summary(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    received bigint := (f #>> '{all,received}')::bigint;
    before   bigint := (f #>> '{before,received}')::bigint;
    aged     bigint; -- open for over 90 days
    overdue  record; -- deadlines past their day
    silent   integer := jsonb_array_length(f -> 'silent');
    differs  integer := jsonb_array_length(f -> 'differing');
    lacking  bigint;
BEGIN
    SELECT sum((a.value ->> 'carried')::bigint) INTO aged
    FROM jsonb_array_elements(f -> 'age') AS a WHERE a.value ->> 'key' IN ('91', '181');
    SELECT coalesce(sum(k.overdue), 0) AS cases,
           string_agg(format('%s %s', k.th, k.overdue), ' ' ORDER BY k.place) AS th,
           string_agg(format('%s %s', k.en, k.overdue), ', ' ORDER BY k.place) AS en
    INTO overdue FROM rules.report_clock(f) AS k WHERE k.overdue > 0;
    SELECT count(*) FILTER (WHERE l.value -> 'met' = 'false') INTO lacking
    FROM jsonb_array_elements(f -> 'levels') AS l;
    RETURN rules.doc_section(
        'summary', 'บทสรุปผู้บริหาร', 'Executive summary',
        rules.report_nil(f),
        rules.doc_table(
            'summary', 'ปีงบประมาณโดยสังเขป', 'The year in brief',
            json_build_array(rules.doc_column('item', 'text', 'รายการ', 'Item'),
                             rules.doc_column('figure', 'text', 'ผล', 'Figure')),
            json_build_array(
                json_build_array('{"th": "ยกมาจากปีก่อน", "en": "Brought forward"}'::json,
                                 f #> '{all,brought}'),
                json_build_array('{"th": "รับใหม่", "en": "Received"}'::json, received),
                json_build_array('{"th": "นำกลับมาพิจารณาใหม่", "en": "Reopened"}'::json,
                                 f #> '{all,reopened}'),
                json_build_array('{"th": "แล้วเสร็จ", "en": "Closed"}'::json, f #> '{all,closed}'),
                json_build_array('{"th": "คงค้างยกไป", "en": "Carried out"}'::json,
                                 f #> '{all,carried}'),
                json_build_array(
                    '{"th": "KPI 1 ข้อร้องเรียนเรื่องการทุจริต", "en": "KPI 1, complaints about corruption"}'::json,
                    json_build_object(
                        'th', format('%s เรื่อง ระดับ %s', f #>> '{kpi1,value}',
                                     f #>> '{kpi1,text_th}'),
                        'en', format('%s, level %s', f #>> '{kpi1,value}',
                                     f #>> '{kpi1,text_en}'))),
                json_build_array(
                    '{"th": "4.1 และ 4.2 ระดับตามหลักฐานในระบบ", "en": "4.1 and 4.2, level by the evidence here"}'::json,
                    (SELECT json_build_object('th', string_agg(x.level::text, ' และ ' ORDER BY x.code),
                                              'en', string_agg(x.level::text, ' and ' ORDER BY x.code))
                     FROM (SELECT l.value ->> 'indicator' AS code,
                                  count(*) FILTER (WHERE (l.value ->> 'counted')::boolean) AS level
                           FROM jsonb_array_elements(f -> 'levels') AS l GROUP BY 1) AS x)),
                json_build_array(
                    '{"th": "4.1 และ 4.2 คะแนนของคณะกรรมการ", "en": "4.1 and 4.2, the committee''s score"}'::json,
                    (SELECT json_build_object(
                                'th', string_agg(coalesce(s.committee || ' (พ.ศ. ' || s.of_year || ')',
                                                          s.committee::text, 'ยังไม่บันทึก'),
                                                 ' และ ' ORDER BY s.code),
                                'en', string_agg(coalesce(s.committee || ' (of ' || s.of_year || ')',
                                                          s.committee::text, 'not recorded'),
                                                 ' and ' ORDER BY s.code))
                     FROM rules.evidence_standing(f) AS s))),
            NULL, NULL),
        rules.doc_text(
            CASE WHEN before IS NULL THEN
                     format('สิ่งที่เปลี่ยนแปลง: รับใหม่ %s เรื่อง ไม่มีข้อมูลปีก่อนให้เปรียบเทียบ', received)
                 WHEN received = before THEN
                     format('สิ่งที่เปลี่ยนแปลง: รับใหม่ %s เรื่อง เท่ากับปีก่อน', received)
                 ELSE format('สิ่งที่เปลี่ยนแปลง: รับใหม่ %s เรื่อง %sจากปีก่อน (%s เรื่อง) %s เรื่อง คิดเป็นร้อยละ %s',
                             received, CASE WHEN received > before THEN 'เพิ่มขึ้น' ELSE 'ลดลง' END,
                             before, abs(received - before),
                             coalesce(rules.percent(abs(received - before), before), 'N/A')) END,
            CASE WHEN before IS NULL THEN
                     format('What changed: %s received; there is no year to compare with.', received)
                 WHEN received = before THEN
                     format('What changed: %s received, as many as the year before.', received)
                 ELSE format('What changed: %s received, %s %s than the year before (%s), %s percent.',
                             received, abs(received - before),
                             CASE WHEN received > before THEN 'more' ELSE 'fewer' END, before,
                             coalesce(rules.percent(abs(received - before), before), 'N/A')) END),
        rules.doc_text(
            format('สิ่งที่ค้าง: %s และ%s',
                   CASE WHEN aged > 0 THEN aged || ' เรื่องคงค้างเกิน 90 วัน'
                        ELSE 'ไม่มีเรื่องคงค้างเกิน 90 วัน' END,
                   coalesce('มีกำหนดเวลาที่เลยแล้ว: ' || overdue.th, 'ไม่มีกำหนดเวลาที่เลยแล้ว')),
            format('Overdue: %s; %s.',
                   CASE WHEN aged > 0 THEN aged || ' cases open for over 90 days'
                        ELSE 'no case has been open for over 90 days' END,
                   coalesce('deadlines past their day: ' || overdue.en,
                            'no deadline is past its day'))),
        CASE WHEN silent > 0 THEN rules.doc_text(
            format('หน่วยงาน %s แห่งยังไม่ยืนยันยอดประจำเดือน ระดับของ KPI 1 จึงยังไม่ยืนยัน', silent),
            format('%s units have not confirmed their months: the level of KPI 1 is unconfirmed.',
                   silent), 'warning') END,
        CASE WHEN differs > 0 THEN rules.doc_text(
            format('ยอดที่หน่วยงานยืนยันไว้ %s รายการไม่ตรงกับทะเบียน', differs),
            format('%s confirmed numbers are not the register''s.', differs), 'warning') END,
        rules.doc_text('เพื่อโปรดพิจารณา', 'For your decision', 'strong'),
        json_build_object('kind', 'list', 'items', (
            SELECT json_agg(json_build_object('th', s.th, 'en', s.en) ORDER BY s.ord)
            FROM (VALUES
                (1, true, 'ทราบ ผลการดำเนินการต่อเรื่องร้องเรียนตามรายงานนี้',
                 'Acknowledge (ทราบ) the results in this report.'),
                (2, aged > 0, format('สั่งการ เร่งรัดเรื่องที่คงค้างเกิน 90 วัน จำนวน %s เรื่อง', aged),
                 format('Order (สั่งการ) that the %s cases open for over 90 days be sped up.', aged)),
                (3, overdue.cases > 0,
                 format('สั่งการ ให้ดำเนินการตามกำหนดเวลาที่เลยแล้ว จำนวน %s รายการ', overdue.cases),
                 format('Order (สั่งการ) that what the %s deadlines past their day ask be done.',
                        overdue.cases)),
                (4, silent > 0, format('สั่งการ ให้หน่วยงาน %s แห่งยืนยันยอดประจำเดือน', silent),
                 format('Order (สั่งการ) that %s units confirm their months.', silent)),
                (5, lacking > 0, 'เห็นชอบ การจัดทำหลักฐานของตัวชี้วัด 4.1 และ 4.2 ที่ยังขาด',
                 'Agree (เห็นชอบ) to what completes the evidence for 4.1 and 4.2.'))
                AS s (ord, said, th, en)
            WHERE s.said)));
END;
$$;
COMMENT ON FUNCTION rules.report_section_summary(jsonb) IS 'One page for the director';
