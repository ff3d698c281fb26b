-- The months of a year up to its end or today: what each brought forward, received, opened again,
-- closed and carried out. Received is by the month that a complaint counts in, the moves by the
-- day they were made. `first` is what the year itself brought forward.
CREATE OR REPLACE FUNCTION rules.year_month_line(now timestamptz, year integer,
                                                 first bigint)
RETURNS TABLE (month date, brought bigint, received bigint, reopened bigint, closed bigint,
               carried bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    WITH span AS (
        SELECT * FROM rules.year_span(now, year)
    ), received AS (
        SELECT date_trunc('month', c.counted_on::timestamp)::date AS month, count(*) AS received
        FROM rules.case_counted AS c
        WHERE c.fy = year
        GROUP BY 1
    ), moved AS (
        SELECT date_trunc('month', rules.bangkok_day(e.at)::timestamp)::date AS month,
               count(*) FILTER (WHERE e.from_state = 'CLOSED') AS reopened,
               count(*) FILTER (WHERE e.to_state = 'CLOSED') AS closed
        FROM span AS s
        JOIN register.event AS e
          ON e.from_state IS NOT NULL AND e.at >= s.since AND e.at < s.until
        JOIN rules.case_counted AS c ON c.id = e.complaint
        WHERE (e.from_state = 'CLOSED') <> (e.to_state = 'CLOSED') AND c.fy <= year
        GROUP BY 1
    ), months AS (
        SELECT m.month::date AS month, coalesce(r.received, 0) AS received,
               coalesce(v.reopened, 0) AS reopened, coalesce(v.closed, 0) AS closed
        FROM span AS s
        CROSS JOIN LATERAL generate_series(s.opens::timestamp, s.as_of::timestamp, '1 month')
                           AS m (month)
        LEFT JOIN received AS r ON r.month = m.month::date
        LEFT JOIN moved AS v ON v.month = m.month::date
    ), running AS (
        SELECT m.*, sum(m.received + m.reopened - m.closed) OVER (ORDER BY m.month)
                    + first AS carried
        FROM months AS m
    )
    SELECT r.month, (r.carried - r.received - r.reopened + r.closed)::bigint, r.received,
           r.reopened, r.closed, r.carried::bigint
    FROM running AS r
$$;
COMMENT ON FUNCTION rules.year_month_line(timestamptz, integer, bigint) IS
    'The months of a year, which carry forward from one to the next';
