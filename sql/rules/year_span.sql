-- What the report of a fiscal year covers: from its first moment up to its last, or up to now in
-- a running year. One row, as the planner must know, who would else expect a thousand years of
-- cases; `until` is the first moment that it no longer covers.
CREATE OR REPLACE FUNCTION rules.year_span(now timestamptz, year integer)
RETURNS TABLE (opens date, as_of date, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp AS $$
    SELECT y.opens, least(y.closes, rules.bangkok_day(now)),
           y.opens::timestamp AT TIME ZONE 'Asia/Bangkok',
           least((y.closes + 1)::timestamp AT TIME ZONE 'Asia/Bangkok',
                 now + interval '1 microsecond')
    FROM register.fiscal_year AS y
    WHERE y.fy = year
$$;
COMMENT ON FUNCTION rules.year_span(timestamptz, integer) IS 'What the report of a year covers';
