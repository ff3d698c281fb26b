-- What a report prints where it has no figure: for years taken from a source report, that this one
-- gives none.
CREATE OR REPLACE FUNCTION rules.no_data(f jsonb)
RETURNS json
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN f ? 'kpi1'
                THEN '{"th": "ยังไม่มีข้อมูล", "en": "not recorded"}'::json
                ELSE '{"th": "ไม่มีข้อมูลในรายงานต้นฉบับ", "en": "not given in the source report"}'::json
           END
$$;
COMMENT ON FUNCTION rules.no_data(jsonb) IS 'What a report prints where it has no figure';
