-- The year's report, submitted to the director with memo and signed ทราบ.
CREATE OR REPLACE FUNCTION rules.finding_report_submitted(year integer)
RETURNS TABLE (present boolean, unit text, th text, en text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.fy IS NOT NULL, NULL::text,
           CASE WHEN s.fy IS NULL
                THEN 'ไม่พบบันทึกการเสนอรายงานประจำปีงบประมาณ พ.ศ. ' || year || ' ต่อผู้อำนวยการ'
                ELSE 'เสนอรายงานต่อผู้อำนวยการแล้ว บันทึกที่ ' || s.memo_no || ' ลงวันที่ '
                     || rules.thai_date(s.memo_date) || ' ทราบเมื่อวันที่ '
                     || rules.thai_date(s.acknowledged_on) END,
           CASE WHEN s.fy IS NULL
                THEN 'no hand-over of the report of fiscal year ' || year
                     || ' to the director is recorded'
                ELSE 'submitted to the director, memo ' || s.memo_no || ' of ' || s.memo_date
                     || ', acknowledged on ' || s.acknowledged_on END
    FROM (SELECT) AS one
    LEFT JOIN register.report_submission AS s ON s.fy = year AND s.edition = 'complaints'
$$;
COMMENT ON FUNCTION rules.finding_report_submitted(integer) IS
    'Whether the year''s report was submitted to the director';
