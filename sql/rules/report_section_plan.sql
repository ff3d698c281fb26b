-- The transparency plan: objectives, KPIs with weights, the action plan.
CREATE OR REPLACE FUNCTION rules.report_section_plan(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN rules.doc_section(
        'plan', 'แผนสร้างเสริมความโปร่งใสในการปฏิบัติราชการ', 'The transparency plan',
        (SELECT rules.doc_table(
             'objectives', 'วัตถุประสงค์', 'Objectives',
             json_build_array(rules.doc_column('no', 'label', 'ข้อ', 'No.'),
                              rules.doc_column('name', 'text', 'วัตถุประสงค์', 'Objective')),
             json_agg(json_build_array(o.no, json_build_object('th', o.th, 'en', o.en))
                      ORDER BY o.no))
         FROM (SELECT row_number() OVER (ORDER BY (a.value ->> 'ord')::integer) AS no,
                      a.value ->> 'name_th' AS th, a.value ->> 'name_en' AS en
               FROM jsonb_array_elements(f -> 'assessed') AS a
               WHERE a.value ->> 'kind' = 'objective') AS o),
        rules.report_weighted_table(f, 'plan', 'plan', 'ตัวชี้วัดและค่าเป้าหมายของแผน',
                                    'KPIs of the plan and their targets', 'รวม', 'Total'),
        (SELECT rules.doc_table(
             'actions', 'แผนการดำเนินงาน', 'Action plan',
             json_build_array(rules.doc_column('no', 'label', 'ที่', 'No.'),
                              rules.doc_column('name', 'text', 'แผนงาน', 'Activity'),
                              rules.doc_column('from', 'month', 'ตั้งแต่', 'From'),
                              rules.doc_column('to', 'month', 'ถึง', 'To'),
                              rules.doc_column('status', 'text', 'สถานะ', 'Status')),
             json_agg(json_build_array(
                 p.no, p.th, left(p.from_month, 7), left(p.to_month, 7),
                 coalesce((SELECT json_build_object('th', t.th, 'en', t.en)
                           FROM register.taxonomy AS t
                           WHERE t.kind = 'action_status' AND t.code = p.status),
                          rules.no_data(f))) ORDER BY p.no))
         FROM jsonb_to_recordset(f -> 'actions')
              AS p (no integer, th text, from_month text, to_month text, status text)
         HAVING count(*) > 0));
END;
$$;
COMMENT ON FUNCTION rules.report_section_plan(jsonb) IS 'The transparency plan in a report';
