-- For each day from first to last, the working day that is `days` working days after it; the day
-- itself is never counted.
CREATE OR REPLACE FUNCTION rules.working_day_due(first_day date, last_day date, days integer)
RETURNS TABLE (day date, due_on date)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH calendar AS (
        -- far enough for every long weekend on the way
        SELECT first_day + n AS day
          FROM generate_series(0, last_day - first_day + 3 * days + 30) AS n
    ), marked AS (
        SELECT c.day, w.day IS NOT NULL AS working
          FROM calendar AS c
          LEFT JOIN rules.working_days(first_day, last_day + 3 * days + 30) AS w ON w.day = c.day
    ), numbered AS (
        SELECT m.day, m.working, count(*) FILTER (WHERE m.working) OVER (ORDER BY m.day) AS ord
          FROM marked AS m
    )
    SELECT n.day, due.day
      FROM numbered AS n
      JOIN numbered AS due ON due.working AND due.ord = n.ord + days
     WHERE n.day <= last_day
$$;
COMMENT ON FUNCTION rules.working_day_due(date, date, integer) IS
    'For each day of a span, the working day that is so many working days after it';
