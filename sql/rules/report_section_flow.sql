-- What came in and what became of it: months, classes, channels, processes, subjects, identity and
-- units, all carrying forward. A year without any says so in words.
CREATE OR REPLACE FUNCTION rules.report_section_flow(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    none boolean := f #>> '{all,received}' = '0' AND f #>> '{all,brought}' = '0';
BEGIN
    RETURN rules.doc_section(
        'flow', 'เรื่องร้องเรียนและผลการดำเนินการ', 'Complaints and what became of them',
        rules.report_nil(f),
        rules.doc_text('หน่วย : เรื่อง', 'Unit: complaints', 'note'),
        rules.report_month_table(f),
        (SELECT rules.doc_chart('chart_month', 'เรื่องที่รับใหม่ จำแนกตามเดือน', 'Received by month',
                                json_agg(left(m.value ->> 'month', 7) ORDER BY m.ordinality),
                                json_agg(m.value -> 'received' ORDER BY m.ordinality))
         FROM jsonb_array_elements(f -> 'months') WITH ORDINALITY AS m WHERE NOT none
         HAVING count(*) > 0),
        rules.report_flow_table(f, 'class', 'เรื่องร้องเรียนจำแนกตามประเภท', 'Complaints by class',
                                'ประเภทเรื่อง', 'Class'),
        CASE WHEN none THEN NULL ELSE rules.report_flow_table(
            f, 'channel', 'เรื่องร้องเรียนจำแนกตามช่องทาง', 'Complaints by channel',
            'ช่องทาง', 'Channel') END,
        CASE WHEN none THEN NULL ELSE rules.report_flow_table(
            f, 'process', 'เรื่องร้องเรียนจำแนกตามกระบวนการ', 'Complaints by process',
            'กระบวนการ', 'Process') END,
        CASE WHEN none THEN NULL ELSE rules.report_flow_table(
            f, 'subject', 'เรื่องร้องเรียนจำแนกตามลักษณะเรื่อง', 'Complaints by subject',
            'ลักษณะเรื่อง', 'Subject') END,
        CASE WHEN none THEN NULL ELSE rules.report_flow_table(
            f, 'identity', 'เรื่องร้องเรียนจำแนกตามการระบุตัวผู้ร้อง', 'Complaints by identity',
            'การระบุตัวผู้ร้อง', 'Identity') END,
        CASE WHEN none THEN NULL ELSE rules.report_flow_table(
            f, 'unit', 'เรื่องร้องเรียนจำแนกตามหน่วยงานที่รับเรื่อง',
            'Complaints by receiving unit', 'หน่วยงาน', 'Unit') END,
        (SELECT rules.doc_chart('chart_unit',
                                format('หน่วยงานที่รับเรื่องมากที่สุด %s แห่ง', count(*)),
                                format('Units that received most: %s', count(*)),
                                json_agg(u.name ORDER BY u.received DESC, u.place),
                                json_agg(u.received ORDER BY u.received DESC, u.place))
         FROM (SELECT l.value -> 'name' AS name, (l.value ->> 'received')::bigint AS received,
                      l.ordinality AS place
               FROM jsonb_array_elements(f -> 'unit') WITH ORDINALITY AS l
               WHERE l.value ->> 'received' <> '0'
               ORDER BY 2 DESC, 3 LIMIT 15) AS u
         HAVING count(*) > 0));
END;
$$;
COMMENT ON FUNCTION rules.report_section_flow(jsonb) IS 'What came in and what became of it';
