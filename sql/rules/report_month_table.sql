-- The months of a report; what one carries out the next brings forward.
CREATE OR REPLACE FUNCTION rules.report_month_table(f jsonb)
RETURNS json
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT rules.doc_table(
        'by_month', 'เรื่องร้องเรียนจำแนกตามเดือน', 'Complaints by month',
        json_build_array(rules.doc_column('month', 'month', 'ประจำเดือน', 'Month'),
                         rules.doc_column('brought', 'count', 'ยกมา', 'Brought forward'),
                         rules.doc_column('received', 'count', 'รับใหม่', 'Received'),
                         rules.doc_column('reopened', 'count', 'นำกลับมาพิจารณาใหม่', 'Reopened'),
                         rules.doc_column('closed', 'count', 'แล้วเสร็จ', 'Closed'),
                         rules.doc_column('carried', 'count', 'คงค้างยกไป', 'Carried out')),
        json_agg(json_build_array(left(m.value ->> 'month', 7), m.value -> 'brought',
                                  m.value -> 'received', m.value -> 'reopened',
                                  m.value -> 'closed', m.value -> 'carried')
                 ORDER BY m.ordinality),
        json_build_array(json_build_object('th', 'รวมทั้งสิ้น', 'en', 'Total'),
                         f #> '{months,0,brought}', sum((m.value ->> 'received')::bigint),
                         sum((m.value ->> 'reopened')::bigint),
                         sum((m.value ->> 'closed')::bigint), f #> '{months,-1,carried}'),
        json_build_object('th', 'ยกมา + รับใหม่ + นำกลับมาพิจารณาใหม่ − แล้วเสร็จ = คงค้างยกไป',
                          'en', 'Brought forward + received + reopened − closed = carried out'))
    FROM jsonb_array_elements(f -> 'months') WITH ORDINALITY AS m
$$;
COMMENT ON FUNCTION rules.report_month_table(jsonb) IS 'The months of a report';
