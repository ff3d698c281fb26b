-- The table of one dimension: each line carries forward, its share of what was received beside it.
-- Shares are rounded one by one; where they do not add up to 100.00 a note says so.
CREATE OR REPLACE FUNCTION rules.report_flow_table(f jsonb, dimension text, th text, en text,
                                                   head_th text, head_en text)
RETURNS json
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    total  numeric := (f #>> '{all,received}')::numeric;
    result json;
BEGIN
    SELECT rules.doc_table(
        'by_' || dimension, th, en,
        json_build_array(rules.doc_column(dimension, 'text', head_th, head_en),
                         rules.doc_column('brought', 'count', 'ยกมา', 'Brought forward'),
                         rules.doc_column('received', 'count', 'รับใหม่', 'Received'),
                         rules.doc_column('share', 'percent', 'ร้อยละของรับใหม่',
                                          'Percent of received'),
                         rules.doc_column('reopened', 'count', 'นำกลับมาพิจารณาใหม่', 'Reopened'),
                         rules.doc_column('closed', 'count', 'แล้วเสร็จ', 'Closed'),
                         rules.doc_column('carried', 'count', 'คงค้างยกไป', 'Carried out')),
        json_agg(json_build_array(l.value -> 'name', l.value -> 'brought', l.value -> 'received',
                                  rules.percent((l.value ->> 'received')::numeric, total),
                                  l.value -> 'reopened', l.value -> 'closed',
                                  l.value -> 'carried') ORDER BY l.ordinality),
        json_build_array(json_build_object('th', 'รวมทั้งสิ้น', 'en', 'Total'),
                         sum((l.value ->> 'brought')::bigint),
                         sum((l.value ->> 'received')::bigint),
                         CASE WHEN total > 0 THEN '100.00' END,
                         sum((l.value ->> 'reopened')::bigint),
                         sum((l.value ->> 'closed')::bigint),
                         sum((l.value ->> 'carried')::bigint)),
        CASE WHEN sum(rules.percent((l.value ->> 'received')::numeric, total)::numeric) <> 100
             THEN json_build_object(
                      'th', 'ผลรวมของร้อยละอาจไม่เท่ากับ 100.00 เนื่องจากการปัดเศษ',
                      'en', 'Percentages may not add up to 100.00 because each is rounded.') END)
    INTO result
    FROM jsonb_array_elements(f -> dimension) WITH ORDINALITY AS l;
    RETURN result;
END;
$$;
COMMENT ON FUNCTION rules.report_flow_table(jsonb, text, text, text, text, text) IS
    'The table of one dimension of a report';
