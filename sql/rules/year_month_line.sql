-- The months of a year up to its end or today: what each brought forward, received, opened again,
-- closed and carried out. Received is by the month that a complaint counts in, the moves by the
-- day they were made. Nothing is counted here: `lines` are those of rules.year_line(), `turns`
-- those of rules.year_turn().
CREATE OR REPLACE FUNCTION rules.year_month_line(now timestamptz, year integer, lines jsonb,
                                                 turns jsonb)
RETURNS TABLE (month date, brought bigint, received bigint, reopened bigint, closed bigint,
               carried bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    WITH line AS (
        SELECT l.dimension, l.brought, l.received, to_date(l.key, 'YYYY-MM') AS month
        FROM jsonb_to_recordset(lines)
             AS l (dimension text, key text, brought bigint, received bigint)
        WHERE l.dimension IN ('all', 'month_class')
    ), received AS (
        SELECT l.month, sum(l.received) AS received
        FROM line AS l WHERE l.dimension = 'month_class' AND l.received > 0 GROUP BY l.month
    ), turned AS (
        SELECT t.month, sum(t.cases) FILTER (WHERE NOT t.closing) AS reopened,
               sum(t.cases) FILTER (WHERE t.closing) AS closed
        FROM jsonb_to_recordset(turns) AS t (month date, closing boolean, cases bigint)
        GROUP BY t.month
    ), months AS (
        SELECT m.month::date AS month, coalesce(r.received, 0) AS received,
               coalesce(t.reopened, 0) AS reopened, coalesce(t.closed, 0) AS closed
        FROM rules.year_span(now, year) AS s
        CROSS JOIN LATERAL generate_series(s.opens::timestamp, s.as_of::timestamp, '1 month')
                           AS m (month)
        LEFT JOIN received AS r ON r.month = m.month::date
        LEFT JOIN turned AS t ON t.month = m.month::date
    ), running AS (
        SELECT m.*, sum(m.received + m.reopened - m.closed) OVER (ORDER BY m.month)
                    + (SELECT l.brought FROM line AS l WHERE l.dimension = 'all') AS carried
        FROM months AS m
    )
    SELECT r.month, (r.carried - r.received - r.reopened + r.closed)::bigint, r.received::bigint,
           r.reopened::bigint, r.closed::bigint, r.carried::bigint
    FROM running AS r
$$;
COMMENT ON FUNCTION rules.year_month_line(timestamptz, integer, jsonb, jsonb) IS
    'The months of a year, which carry forward from one to the next';
