-- The fiscal year a list is asked for: ?fy=, else the one that today lies in.
CREATE OR REPLACE FUNCTION rules.year_asked(now timestamptz, params jsonb)
RETURNS integer
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    year integer;
BEGIN
    SELECT y.fy INTO year
    FROM register.fiscal_year AS y
    WHERE CASE WHEN params ? 'fy' THEN y.fy::text = params ->> 'fy'
               ELSE rules.bangkok_day(now) BETWEEN y.opens AND y.closes END;
    IF year IS NULL THEN
        RAISE EXCEPTION 'the register has no such fiscal year' USING ERRCODE = 'ZG422';
    END IF;
    RETURN year;
END;
$$;
COMMENT ON FUNCTION rules.year_asked(timestamptz, jsonb) IS 'The fiscal year a list is asked for';
