-- Statistics of a year for anyone: of all months that have ended; with ?months= the newest that was
-- approved for publication of exactly these, with who approved it.
CREATE OR REPLACE FUNCTION rules.statistics_get(now timestamptz, params jsonb,
                                                OUT status integer, OUT version bigint,
                                                OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    year   integer;
    asked  record;
    frozen register.publication;
BEGIN
    SELECT y.fy INTO year FROM register.fiscal_year AS y
    WHERE y.fy::text = params ->> 'fy' AND y.opens <= rules.bangkok_day(now);
    IF year IS NOT NULL AND params ? 'months' THEN
        SELECT * INTO asked FROM rules.month_range(params ->> 'months');
        frozen := rules.publication_of(year, asked.first_month, asked.last_month);
        content := frozen.document::json;
    ELSIF year IS NOT NULL THEN
        content := rules.statistics_document(now, year, 1, 12);
    END IF;
    IF content IS NULL THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
    status := 200;
    content := json_build_object(
        'fy', year, 'edition', 'statistics',
        'status', CASE WHEN frozen.number IS NULL THEN 'current' ELSE 'published' END,
        'publication', CASE WHEN frozen.number IS NOT NULL THEN json_build_object(
            'approved_by', frozen.approved_by, 'approved_on', frozen.approved_on,
            'published_at', frozen.published_at, 'sha256', encode(frozen.sha256, 'hex')) END,
        'document', content);
END;
$$;
COMMENT ON FUNCTION rules.statistics_get(timestamptz, jsonb) IS 'Statistics of a year for anyone';
