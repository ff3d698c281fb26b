-- The conclusion of the analysis, and where it is signed.
CREATE OR REPLACE FUNCTION rules.report_section_conclusion(f jsonb)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    transparency record;
    plan         record;
    agreement    record;
BEGIN
    SELECT * INTO transparency FROM rules.total_printed(f, 'transparency');
    SELECT * INTO plan FROM rules.total_printed(f, 'plan');
    SELECT * INTO agreement FROM rules.total_printed(f, '7');
    RETURN rules.doc_section(
        'conclusion', 'สรุปผล', 'Conclusion',
        rules.doc_text(
            format('ผลการประเมินมาตรฐานความโปร่งใส ปีงบประมาณ พ.ศ. %s คะแนนภาพรวม %s '
                   'ผลตามแผนสร้างเสริมความโปร่งใส %s และตัวชี้วัดที่ 7 คะแนน %s',
                   transparency.fy, transparency.th, plan.th, agreement.th),
            format('Transparency assessment of fiscal year %s: overall %s; transparency plan: %s; '
                   'indicator 7: %s.', transparency.fy, transparency.en, plan.en, agreement.en)),
        CASE WHEN f ? 'kpi1' THEN rules.doc_text(
            format('ในปีงบประมาณ พ.ศ. %s มีเรื่องร้องเรียนรับใหม่ %s เรื่อง นับตาม KPI 1 ได้ %s เรื่อง ระดับ %s',
                   f ->> 'fy', f #>> '{all,received}', f #>> '{kpi1,value}',
                   f #>> '{kpi1,text_th}'),
            format('In fiscal year %s there were %s complaints, %s of them counted by KPI 1, level %s.',
                   f ->> 'fy', f #>> '{all,received}', f #>> '{kpi1,value}',
                   f #>> '{kpi1,text_en}')) END,
        (SELECT rules.doc_text(n ->> 'th', n ->> 'en', 'warning')
         FROM rules.unconfirmed_note(f) AS n WHERE n IS NOT NULL));
END;
$$;
COMMENT ON FUNCTION rules.report_section_conclusion(jsonb) IS 'The conclusion of the analysis';
