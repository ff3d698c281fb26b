-- How it was counted, by which rules, where figures that were not counted here come from, and why that
-- can be believed. What is about the ledger is there when there is a ledger: how much of it was read
-- with the counts, the newest checkpoint that was published then, and the command that counts again.
CREATE OR REPLACE FUNCTION rules.report_section_method(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN rules.doc_section(
        'method', 'วิธีนับและความน่าเชื่อถือ', 'How it was counted',
        CASE WHEN f ? 'kpi1' THEN json_build_object('kind', 'list', 'items', json_build_array(
            '{"th": "หนึ่งหนังสือหรือหนึ่งคำร้องนับเป็นหนึ่งเรื่อง ไม่ว่าจะลงชื่อกี่คน เรื่องที่แยกออกจากหนังสือเดียวกันไม่นับเพิ่ม",
              "en": "One letter or petition is one, whatever its signatures; parts of a split one are none."}'::json,
            '{"th": "เรื่องซ้ำ เรื่องที่ถอน ส่งต่อ ยุติ หรือลบข้อมูล ยังคงนับเป็นเรื่องรับใหม่ เรื่องที่นำกลับมาพิจารณาใหม่ไม่นับรับซ้ำ",
              "en": "Duplicates, withdrawn, transferred, rejected and erased ones stay; none is received twice."}'::json,
            '{"th": "ปีงบประมาณนับตามวันรับเรื่อง ณ กรุงเทพมหานคร เรื่องที่บันทึกหลังวันปิดปี (31 ตุลาคม) นับในปีที่บันทึกและแสดงเป็นบันทึกล่าช้า",
              "en": "Years go by the Bangkok day of receipt; after the closing day, 31 October, by that of entry, as late."}'::json,
            '{"th": "เรื่องที่มีผู้ต้องไม่เห็นแสดงในบรรทัดทะเบียนกลาง ไม่แสดงตามหน่วยงาน ยอดรวมนับครบทุกเรื่อง",
              "en": "Cases hidden from somebody stand on the line of the central series; totals count them all."}'::json))
             END,
        CASE WHEN f ->> 'log_size' IS NOT NULL THEN rules.doc_text(
            'ยอดนับข้างต้นอ่านพร้อมกับสมุดบันทึกสาธารณะตามขนาดในตาราง ผู้ใดก็นับ KPI 1 ซ้ำจากสมุดบันทึกได้ '
            'ที่จุดตรวจสอบแรกซึ่งมีขนาดไม่น้อยกว่านั้น คำสั่งในตารางตรวจลายเซ็นและรากของจุดตรวจสอบด้วย',
            'These counts were read together with the public log at the size in the table. Anyone can '
            'recount KPI 1 from the log, at the first checkpoint of at least that size; the command '
            'in the table also checks that checkpoint''s signature and root.') END,
        (SELECT rules.doc_table(
             'log', 'สมุดบันทึกสาธารณะ', 'The public log',
             json_build_array(rules.doc_column('item', 'text', 'รายการ', 'Item'),
                              rules.doc_column('value', 'hash', 'ค่า', 'Value')),
             json_agg(json_build_array(json_build_object('th', l.th, 'en', l.en), l.value)
                      ORDER BY l.ord))
         FROM (VALUES
             (1, 'ขนาดเมื่ออ่านยอดนับ', 'Size when the counts were read',
              to_jsonb(f ->> 'log_size')),
             (2, 'จุดตรวจสอบล่าสุดที่เผยแพร่แล้วขณะนั้น: ชื่อสมุดบันทึก',
              'Newest checkpoint published then: origin',
              coalesce(f #> '{checkpoint,origin}', '{"th": "ยังไม่มี", "en": "none yet"}')),
             (3, 'ขนาดของจุดตรวจสอบนั้น', 'Size of that checkpoint',
              to_jsonb(f #>> '{checkpoint,size}')),
             (4, 'รากของจุดตรวจสอบนั้น', 'Root hash of that checkpoint', f #> '{checkpoint,root}'),
             (5, 'คำสั่งนับซ้ำ', 'To recount',
              to_jsonb(format('griev audit %s --size %s', f ->> 'fy', f ->> 'log_size'))))
             AS l (ord, th, en, value)
         WHERE f ->> 'log_size' IS NOT NULL AND l.value IS NOT NULL HAVING count(*) > 0),
        (SELECT rules.doc_text('ตัวเลขที่ไม่ได้นับจากทะเบียนนำมาจากเอกสาร: ' || d.names,
                               'Figures that were not counted here were taken from: ' || d.names)
         FROM (SELECT string_agg(DISTINCT s.source, '; ' ORDER BY s.source) AS names
               FROM (SELECT a.source FROM jsonb_to_recordset(f -> 'assessed') AS a (source text)
                     UNION ALL
                     SELECT p.source FROM jsonb_to_recordset(f -> 'actions') AS p (source text))
                    AS s) AS d
         WHERE d.names IS NOT NULL),
        (SELECT rules.doc_table(
             'rules', 'เกณฑ์ที่ใช้', 'Rule sets used',
             json_build_array(rules.doc_column('code', 'code', 'เกณฑ์', 'Rule set'),
                              rules.doc_column('name', 'text', 'ชื่อ', 'Name'),
                              rules.doc_column('version', 'count', 'รุ่น', 'Version'),
                              rules.doc_column('order_no', 'text', 'คำสั่ง/มติ', 'Order'),
                              rules.doc_column('adopted_on', 'day', 'เห็นชอบเมื่อ', 'Adopted on')),
             json_agg(json_build_array(
                 r.code, json_build_object('th', r.name_th, 'en', r.name_en), r.version,
                 r.order_no, r.adopted_on) ORDER BY r.code COLLATE "C"),
             NULL,
             CASE WHEN bool_or(r.adopted_late) THEN json_build_object(
                 'th', 'มีเกณฑ์ที่เห็นชอบหลังวันที่ 1 ตุลาคมของปีงบประมาณ: '
                       || string_agg(r.code, ', ' ORDER BY r.code) FILTER (WHERE r.adopted_late),
                 'en', 'Adopted after 1 October of the year: '
                       || string_agg(r.code, ', ' ORDER BY r.code) FILTER (WHERE r.adopted_late))
             END)
         FROM jsonb_to_recordset(f -> 'rules')
              AS r (code text, name_th text, name_en text, version integer, order_no text,
                    adopted_on date, adopted_late boolean)));
END;
$$;
COMMENT ON FUNCTION rules.report_section_method(jsonb) IS 'How a report was counted';
