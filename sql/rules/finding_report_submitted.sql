-- The year's report, submitted to the director. The register holds no hand-over of a report, so
-- this is missing in every year, and the words say what is looked for.
CREATE OR REPLACE FUNCTION rules.finding_report_submitted(year integer)
RETURNS TABLE (present boolean, unit text, th text, en text)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT false, NULL::text,
           'ไม่พบบันทึกการเสนอรายงานประจำปีงบประมาณ พ.ศ. ' || year || ' ต่อผู้อำนวยการ',
           'no hand-over of the report of fiscal year ' || year || ' to the director is recorded'
$$;
COMMENT ON FUNCTION rules.finding_report_submitted(integer) IS
    'Whether the year''s report was submitted to the director';
