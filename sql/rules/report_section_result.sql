-- How cases ended, how long it took, where the open ones stand, and what is told beside the count.
CREATE OR REPLACE FUNCTION rules.report_section_result(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    closed   numeric := (f #>> '{all,closed}')::numeric;
    carried  numeric := (f #>> '{all,carried}')::numeric;
    received numeric := (f #>> '{all,received}')::numeric;
BEGIN
    RETURN (WITH outcome AS (
        SELECT json_build_object('th', coalesce(t.th, 'ไม่ระบุ'),
                                 'en', coalesce(t.en, 'Not told')) AS name,
               coalesce(t.ord, 99) AS ord, coalesce(sum(c.cases), 0) AS cases
        FROM jsonb_to_recordset(f -> 'closings') AS c (outcome text, cases bigint)
        FULL JOIN register.outcome AS t ON t.code = c.outcome
        GROUP BY t.th, t.en, t.ord
    ), taken AS (
        SELECT b.days, json_build_object('th', b.th, 'en', b.en) AS name,
               coalesce(sum(c.cases), 0) AS cases, coalesce(sum(c.days_sum), 0) AS days_sum
        FROM (VALUES (0, 'ไม่เกิน 15 วัน', 'up to 15'), (16, '16 ถึง 30 วัน', '16 to 30'),
                     (31, '31 ถึง 60 วัน', '31 to 60'), (61, '61 ถึง 90 วัน', '61 to 90'),
                     (91, 'เกิน 90 วัน', 'over 90')) AS b (days, th, en)
        LEFT JOIN jsonb_to_recordset(f -> 'closings')
                  AS c (days integer, cases bigint, days_sum bigint) ON c.days = b.days
        GROUP BY b.days, b.th, b.en
    )
    SELECT rules.doc_section(
        'result', 'ผลการพิจารณาและระยะเวลา', 'Results and time taken',
        CASE WHEN closed + carried > 0 THEN rules.doc_text(
            format('จาก %s เรื่อง (ยกมา + รับใหม่ + นำกลับมาพิจารณาใหม่) ดำเนินการแล้วเสร็จ %s เรื่อง '
                   '(ร้อยละ %s) อยู่ระหว่างดำเนินการ %s เรื่อง (ร้อยละ %s)',
                   closed + carried, closed, rules.percent(closed, closed + carried), carried,
                   100 - rules.percent(closed, closed + carried)::numeric),
            format('Of %s (brought forward + received + reopened): closed %s (%s percent), '
                   'in progress %s (%s percent).', closed + carried, closed,
                   rules.percent(closed, closed + carried), carried,
                   100 - rules.percent(closed, closed + carried)::numeric)) END,
        (SELECT rules.doc_table(
             'by_outcome', 'ผลการพิจารณาของเรื่องที่แล้วเสร็จ', 'How cases ended',
             json_build_array(rules.doc_column('outcome', 'text', 'ผลการพิจารณา', 'Outcome'),
                              rules.doc_column('closed', 'count', 'จำนวน', 'Number'),
                              rules.doc_column('share', 'percent', 'ร้อยละของแล้วเสร็จ',
                                               'Percent of closed')),
             json_agg(json_build_array(o.name, o.cases, rules.percent(o.cases, closed))
                      ORDER BY o.ord),
             json_build_array(json_build_object('th', 'รวมทั้งสิ้น', 'en', 'Total'),
                              sum(o.cases), CASE WHEN closed > 0 THEN '100.00' END))
         FROM outcome AS o),
        (SELECT rules.doc_chart('chart_outcome', 'เรื่องที่แล้วเสร็จ จำแนกตามผลการพิจารณา',
                                'Closed by outcome', json_agg(o.name ORDER BY o.ord),
                                json_agg(o.cases ORDER BY o.ord))
         FROM outcome AS o WHERE closed > 0 HAVING count(*) > 0),
        (SELECT rules.doc_table(
             'by_time', 'ระยะเวลาตั้งแต่รับเรื่องจนแล้วเสร็จ', 'Days from acceptance to closing',
             json_build_array(rules.doc_column('days', 'text', 'ระยะเวลา (วันปฏิทิน)',
                                               'Calendar days'),
                              rules.doc_column('closed', 'count', 'จำนวน', 'Number'),
                              rules.doc_column('share', 'percent', 'ร้อยละของแล้วเสร็จ',
                                               'Percent of closed')),
             json_agg(json_build_array(d.name, d.cases, rules.percent(d.cases, closed))
                      ORDER BY d.days),
             json_build_array(json_build_object('th', 'รวมทั้งสิ้น', 'en', 'Total'), sum(d.cases),
                              CASE WHEN closed > 0 THEN '100.00' END),
             CASE WHEN closed > 0 THEN json_build_object(
                 'th', format('เฉลี่ย %s วัน', round(sum(d.days_sum) / closed, 1)),
                 'en', format('Mean %s days', round(sum(d.days_sum) / closed, 1))) END)
         FROM taken AS d),
        (SELECT rules.doc_chart('chart_time', 'เรื่องที่แล้วเสร็จ จำแนกตามระยะเวลา',
                                'Closed by days taken', json_agg(d.name ORDER BY d.days),
                                json_agg(d.cases ORDER BY d.days))
         FROM taken AS d WHERE closed > 0 HAVING count(*) > 0),
        (SELECT rules.doc_table(
             'by_state', 'สถานะของเรื่องคงค้างยกไป', 'Where the open cases stand',
             json_build_array(rules.doc_column('state', 'text', 'สถานะ', 'State'),
                              rules.doc_column('carried', 'count', 'จำนวน', 'Number')),
             json_agg(json_build_array(l.value -> 'name', l.value -> 'carried')
                      ORDER BY l.ordinality),
             json_build_array(json_build_object('th', 'รวมทั้งสิ้น', 'en', 'Total'),
                              sum((l.value ->> 'carried')::bigint)))
         FROM jsonb_array_elements(f -> 'state') WITH ORDINALITY AS l WHERE carried > 0
         HAVING count(*) > 0),
        (SELECT rules.doc_table(
             'by_age', 'อายุของเรื่องคงค้างยกไป', 'How long the open cases have been open',
             json_build_array(rules.doc_column('age', 'text', 'นับแต่วันรับเรื่อง', 'Since receipt'),
                              rules.doc_column('carried', 'count', 'จำนวน', 'Number')),
             json_agg(json_build_array(l.value -> 'name', l.value -> 'carried')
                      ORDER BY l.ordinality),
             json_build_array(json_build_object('th', 'รวมทั้งสิ้น', 'en', 'Total'),
                              sum((l.value ->> 'carried')::bigint)))
         FROM jsonb_array_elements(f -> 'age') WITH ORDINALITY AS l WHERE carried > 0
         HAVING count(*) > 0),
        (SELECT rules.doc_table(
             'deadlines', 'การปฏิบัติตามกำหนดเวลาที่เริ่มในปีงบประมาณ',
             'How the deadlines that began in the year were kept',
             json_build_array(rules.doc_column('clock', 'text', 'กำหนดเวลา', 'Deadline'),
                              rules.doc_column('in_time', 'count', 'ทันกำหนด', 'In time'),
                              rules.doc_column('late', 'count', 'ช้ากว่ากำหนด', 'Late'),
                              rules.doc_column('running', 'count', 'ยังไม่ถึงกำหนด', 'Not yet due'),
                              rules.doc_column('paused', 'count', 'พักเวลา', 'Paused'),
                              rules.doc_column('overdue', 'count', 'เลยกำหนด', 'Overdue')),
             json_agg(json_build_array(
                 json_build_object('th', k.th, 'en', k.en), k.in_time, k.late, k.running, k.paused,
                 k.overdue) ORDER BY k.place))
         FROM rules.report_clock(f) AS k
         HAVING count(*) > 0),
        (SELECT rules.doc_table(
             'beside', 'รายการประกอบ (รวมอยู่ในจำนวนรับใหม่หรือยกมาแล้ว ไม่หักออก)',
             'Told beside the count (all of these stay counted)',
             json_build_array(rules.doc_column('item', 'text', 'รายการ', 'Item'),
                              rules.doc_column('cases', 'count', 'จำนวน', 'Number')),
             json_agg(json_build_array(json_build_object('th', b.th, 'en', b.en), b.cases)
                      ORDER BY b.ord))
         FROM (VALUES
             (1, 'บันทึกล่าช้า (รับในปีก่อน บันทึกหลังวันปิดปี)', 'Entered late (after the closing day)',
              (f #>> '{kpi1,late}')::bigint),
             (2, 'เรื่องซ้ำ', 'Duplicates',
              received::bigint - (f #>> '{kpi1,distinct_received}')::bigint),
             (3, 'ไม่ระบุชื่อและบัตรสนเท่ห์', 'Anonymous complaints and letters',
              (f #>> '{kpi1,anonymous}')::bigint),
             (4, 'เปลี่ยนประเภทในปีงบประมาณ', 'Reclassified in the year',
              coalesce((f #>> '{events,class_changed}')::bigint, 0)),
             (5, 'ส่ง ป.ป.ช./ป.ป.ท. ในปีงบประมาณ (ยังคงค้างจนมีผล)',
              'Referred to the NACC or PACC in the year (open until the result)',
              coalesce((f #>> '{events,refer}')::bigint, 0)),
             (6, 'ส่งหน่วยงานที่มีหน้าที่และอำนาจ', 'Transferred to the competent agency',
              coalesce((f #>> '{events,transfer}')::bigint, 0)),
             (7, 'ผู้ร้องขอถอนเรื่อง', 'Withdrawn by the complainant',
              coalesce((f #>> '{events,withdraw}')::bigint, 0)),
             (8, 'ลบข้อมูลส่วนบุคคลแล้ว (ยังนับ)', 'Erased (still counted)',
              (f ->> 'erased')::bigint)) AS b (ord, th, en, cases))));
END;
$$;
COMMENT ON FUNCTION rules.report_section_result(jsonb) IS
    'How cases ended, how long it took, and where the open ones stand';
