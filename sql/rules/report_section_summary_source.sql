-- One page for the director on a year that the register does not have: the totals of the scores that
-- were recorded of it, what scored below 5, and what to sign.
CREATE OR REPLACE FUNCTION rules.report_section_summary_source(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    below record;
BEGIN
    SELECT coalesce(string_agg(a.code, ' ' ORDER BY a.ord) FILTER (WHERE a.level < 5), 'ไม่มี') AS th,
           coalesce(string_agg(a.code, ' ' ORDER BY a.ord) FILTER (WHERE a.level < 5), 'none') AS en
    INTO below
    FROM jsonb_to_recordset(f -> 'assessed') AS a (code text, ord integer, level integer);
    RETURN rules.doc_section(
        'summary', 'บทสรุปผู้บริหาร', 'Executive summary',
        rules.doc_text('ทะเบียนไม่มีข้อมูลของปีนี้ มีเฉพาะคะแนนและผลที่บันทึกจากเอกสาร',
                       'The register does not have this year: there is what was recorded from documents.'),
        (SELECT rules.doc_table(
             'summary', 'ปีงบประมาณโดยสังเขป', 'The year in brief',
             json_build_array(rules.doc_column('item', 'text', 'รายการ', 'Item'),
                              rules.doc_column('assessed', 'label', 'ปีที่ประเมิน', 'Assessed'),
                              rules.doc_column('figure', 'text', 'ผล', 'Figure')),
             json_agg(json_build_array(json_build_object('th', t.th, 'en', t.en), t.fy::text, t.cell)
                      ORDER BY t.ord))
         FROM rules.totals_printed(f) AS t),
        rules.doc_text('ตัวชี้วัดที่ได้คะแนนต่ำกว่า 5: ' || below.th,
                       'Indicators that scored below 5: ' || below.en),
        rules.doc_text('เพื่อโปรดพิจารณา', 'For your decision', 'strong'),
        json_build_object('kind', 'list', 'items', json_build_array(
            '{"th": "ทราบ ผลการประเมินตามรายงานนี้",
              "en": "Acknowledge (ทราบ) the scores in this report."}'::json)));
END;
$$;
COMMENT ON FUNCTION rules.report_section_summary_source(jsonb) IS
    'One page for the director on a year that the register does not have';
