-- The turns of counted cases within a year: every closing, by month, how it ended and how many
-- calendar days after the acceptance, and every opening again. A case closed twice is here twice.
CREATE OR REPLACE FUNCTION rules.year_turn(now timestamptz, year integer)
RETURNS TABLE (month date, closing boolean, outcome text, days integer, cases bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB' AS $$
    WITH counted AS MATERIALIZED ( -- to be hashed, not looked up one by one
        SELECT c.id, c.accepted_at FROM register.complaint AS c WHERE c.fy <= year
    ), turn AS (
        SELECT rules.bangkok_day(e.at) AS day, e.to_state = 'CLOSED' AS closing,
               e.fields ->> 'outcome' AS outcome, rules.bangkok_day(c.accepted_at) AS accepted_on
        FROM rules.year_span(now, year) AS s
        JOIN register.event AS e
          ON e.from_state IS NOT NULL AND e.at >= s.since AND e.at < s.until
        JOIN counted AS c ON c.id = e.complaint
        WHERE (e.from_state = 'CLOSED') <> (e.to_state = 'CLOSED')
    ), day AS (
        SELECT t.day, t.closing, CASE WHEN t.closing THEN t.outcome END AS outcome,
               CASE WHEN t.closing THEN t.day - t.accepted_on END AS days, count(*) AS cases
        FROM turn AS t
        GROUP BY 1, 2, 3, 4
    )
    SELECT date_trunc('month', d.day::timestamp)::date, d.closing, d.outcome, d.days,
           sum(d.cases)::bigint
    FROM day AS d
    GROUP BY 1, 2, 3, 4
$$;
COMMENT ON FUNCTION rules.year_turn(timestamptz, integer) IS
    'The turns of counted cases within a year: closed, and opened again';
