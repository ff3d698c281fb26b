-- Every closing of a counted case within a year: how it ended, and how many calendar days after
-- its acceptance. A case that was opened again and closed twice is here twice.
CREATE OR REPLACE FUNCTION rules.year_closing(now timestamptz, year integer)
RETURNS TABLE (outcome text, days integer)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.fields ->> 'outcome', rules.bangkok_day(e.at) - rules.bangkok_day(c.accepted_at)
    FROM rules.year_span(now, year) AS s
    JOIN register.event AS e
      ON e.from_state IS NOT NULL AND e.at >= s.since AND e.at < s.until
    JOIN rules.case_counted AS c ON c.id = e.complaint
    WHERE e.to_state = 'CLOSED' AND e.from_state <> 'CLOSED' AND c.fy <= year
$$;
COMMENT ON FUNCTION rules.year_closing(timestamptz, integer) IS
    'Every closing of a counted case within a year';
