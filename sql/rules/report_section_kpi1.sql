-- KPI 1 with its standing, what it would be if it counted otherwise, the silent units, and the months
-- whose confirmed number is not the register's.
CREATE OR REPLACE FUNCTION rules.report_section_kpi1(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k jsonb := f -> 'kpi1';
BEGIN
    RETURN rules.doc_section(
        'kpi1', 'ตัวชี้วัดที่ 1 จำนวนข้อร้องเรียนเรื่องการทุจริตในกระบวนการ',
        'KPI 1 Number of complaints about corruption in the processes',
        rules.doc_text(
            format('นับได้ %s เรื่อง ระดับ %s', k ->> 'value', k ->> 'text_th'),
            format('Value %s, level %s', k ->> 'value', k ->> 'text_en'), 'strong'),
        CASE WHEN k ->> 'pending_months' <> '0' THEN rules.doc_text(
            format('ยังไม่ถึงกำหนดยืนยันยอดประจำเดือน %s เดือน', k ->> 'pending_months'),
            format('%s months are not yet due to be confirmed.', k ->> 'pending_months'),
            'note') END,
        (SELECT rules.doc_table(
             'kpi1', 'ค่าของตัวชี้วัด และค่าหากนับด้วยวิธีอื่น',
             'The KPI, and what it would be if it counted otherwise',
             json_build_array(rules.doc_column('variant', 'text', 'วิธีนับ', 'Counted as'),
                              rules.doc_column('value', 'count', 'เรื่อง', 'Complaints'),
                              rules.doc_column('level', 'decimal', 'ระดับ', 'Level')),
             json_agg(json_build_array(v.name, v.value, v.level) ORDER BY v.ord))
         FROM (SELECT 0 AS ord,
                      '{"th": "ตัวชี้วัด: C1 C2 และ CX ทุกกระบวนการ",
                        "en": "The KPI: C1, C2 and CX, every process"}'::jsonb AS name,
                      k -> 'value' AS value, k ->> 'level' AS level
               UNION ALL
               SELECT v.ordinality, jsonb_build_object('th', v.value ->> 'name_th',
                                                       'en', v.value ->> 'name_en'),
                      v.value -> 'value', v.value ->> 'level'
               FROM jsonb_array_elements(k -> 'variants') WITH ORDINALITY AS v) AS v),
        (SELECT rules.doc_table(
             'kpi1_beside', 'ตัวเลขประกอบตัวชี้วัด', 'Beside the KPI',
             json_build_array(rules.doc_column('item', 'text', 'รายการ', 'Item'),
                              rules.doc_column('cases', 'count', 'จำนวน', 'Number'),
                              rules.doc_column('share', 'percent', 'ร้อยละ', 'Percent')),
             json_agg(json_build_array(json_build_object('th', b.th, 'en', b.en), b.cases,
                                       rules.percent(b.cases, (k ->> 'received')::numeric))
                      ORDER BY b.ord),
             NULL, '{"th": "ร้อยละของเรื่องที่รับใหม่ทั้งหมด", "en": "Percent of all received"}')
         FROM (SELECT 1 AS ord, 'รับใหม่ทุกประเภท' AS th, 'Received, of every class' AS en,
                      (k ->> 'received')::bigint AS cases
               UNION ALL
               SELECT 2, 'นับเรื่องซ้ำเป็นเรื่องเดียว', 'Distinct: duplicates counted once',
                      (k ->> 'distinct_received')::bigint
               UNION ALL
               SELECT 10 + t.ord, t.th, t.en, (k ->> lower(t.code))::bigint
               FROM register.taxonomy AS t
               WHERE t.kind = 'class' AND t.code NOT IN ('C1', 'C2', 'CX')
               UNION ALL
               SELECT 98, 'บันทึกล่าช้า', 'Entered late', (k ->> 'late')::bigint
               UNION ALL
               SELECT 99, 'ไม่ระบุชื่อและบัตรสนเท่ห์', 'Anonymous complaints and letters',
                      (k ->> 'anonymous')::bigint) AS b),
        CASE WHEN jsonb_array_length(f -> 'silent') = 0 AND (k ->> 'confirmed')::boolean
             THEN rules.doc_text('ทุกหน่วยงานยืนยันยอดประจำเดือนที่ถึงกำหนดแล้ว รวมทั้งยอดศูนย์',
                                 'Every unit has confirmed every month that was due, zero included.')
             WHEN jsonb_array_length(f -> 'silent') > 0 THEN rules.doc_text(
                 format('หน่วยงานที่ยังไม่ยืนยันยอดประจำเดือน %s แห่ง การไม่ยืนยันไม่ใช่ยอดศูนย์',
                        jsonb_array_length(f -> 'silent')),
                 format('%s units have not confirmed: silence is not zero.',
                        jsonb_array_length(f -> 'silent')), 'warning') END,
        (SELECT rules.doc_table(
             'silent', 'หน่วยงานที่ยังไม่ยืนยันยอดประจำเดือน', 'Silent units',
             json_build_array(rules.doc_column('unit', 'code', 'รหัส', 'Code'),
                              rules.doc_column('name', 'text', 'หน่วยงาน', 'Unit'),
                              rules.doc_column('which', 'text', 'เดือน', 'Which'),
                              rules.doc_column('months', 'count', 'จำนวนเดือน', 'Months')),
             json_agg(json_build_array(s.value -> 'unit', s.value -> 'name',
                                       rules.month_words(s.value -> 'months'),
                                       jsonb_array_length(s.value -> 'months'))
                      ORDER BY s.ordinality),
             json_build_array(json_build_object('th', 'รวมทั้งสิ้น', 'en', 'Total'), NULL, NULL,
                              sum(jsonb_array_length(s.value -> 'months'))))
         FROM jsonb_array_elements(f -> 'silent') WITH ORDINALITY AS s HAVING count(*) > 0),
        (SELECT rules.doc_table(
             'differing', 'ยอดที่ยืนยันไว้ไม่ตรงกับทะเบียน',
             'Confirmed numbers that are not the register''s',
             json_build_array(rules.doc_column('unit', 'code', 'รหัส', 'Code'),
                              rules.doc_column('name', 'text', 'หน่วยงาน', 'Unit'),
                              rules.doc_column('month', 'month', 'เดือน', 'Month'),
                              rules.doc_column('confirmed', 'count', 'ยืนยันไว้', 'Confirmed'),
                              rules.doc_column('register', 'count', 'ทะเบียน', 'Register'),
                              rules.doc_column('after', 'count', 'เข้ามาภายหลัง', 'Arrived since'),
                              rules.doc_column('difference', 'count', 'ผลต่าง', 'Difference')),
             json_agg(json_build_array(
                 d.unit, json_build_object('th', d.name_th, 'en', d.name_en), left(d.month, 7),
                 d.confirmed, d.register, d.after, d.register - d.confirmed)
                 ORDER BY d.ordinality),
             NULL,
             '{"th": "นับตามทะเบียน ไม่รวมเรื่องในทะเบียนกลาง ผลต่าง = ทะเบียน − ยืนยันไว้",
               "en": "The register is what counts. Without the central series. Difference = register − confirmed."}')
         FROM ROWS FROM (jsonb_to_recordset(f -> 'differing')
                         AS (unit text, name_th text, name_en text, month text, confirmed bigint,
                             register bigint, after bigint)) WITH ORDINALITY AS d
         HAVING count(*) > 0));
END;
$$;
COMMENT ON FUNCTION rules.report_section_kpi1(jsonb) IS 'KPI 1 in a report';
