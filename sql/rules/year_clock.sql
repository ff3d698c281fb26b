-- The deadlines that began in a year on counted cases: by kind of clock, how many were met in time
-- and late, and how many still run, stand still or are past their day at its end (or today). Those
-- of an acceptance that no sweep has come to are told as they will begin.
CREATE OR REPLACE FUNCTION rules.year_clock(now timestamptz, year integer)
RETURNS TABLE (kind text, in_time bigint, late bigint, running bigint, paused bigint,
               overdue bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    WITH unswept AS MATERIALIZED ( -- found by its index: they are few
        SELECT c AS complaint FROM register.complaint AS c
        WHERE c.position > (SELECT s.position FROM register.sweep AS s)
    ), begun AS (
        SELECT k.complaint, k.kind, k.began_on, k.due_on, k.met_on, k.paused_on
        FROM register.clock AS k
        UNION ALL
        SELECT (u.complaint).id, b.kind, b.began_on, b.due_on, b.met_on, NULL
        FROM unswept AS u
        CROSS JOIN LATERAL rules.clock_beginning(u.complaint) AS b
        WHERE NOT EXISTS (SELECT FROM register.clock AS k WHERE k.complaint = (u.complaint).id)
    ), part AS MATERIALIZED ( -- of a split letter: few, and not counted
        SELECT c.id FROM register.complaint AS c WHERE c.fy IS NULL
    ), clock AS (
        SELECT k.kind, k.due_on, s.as_of,
               CASE WHEN k.paused_on <= s.as_of THEN k.paused_on END AS paused_on,
               CASE WHEN k.met_on <= s.as_of THEN k.met_on END AS met_on
        FROM rules.year_span(now, year) AS s
        JOIN begun AS k ON k.began_on BETWEEN s.opens AND s.as_of
        WHERE NOT EXISTS (SELECT FROM part AS p WHERE p.id = k.complaint)
    )
    SELECT c.kind, count(*) FILTER (WHERE c.met_on <= c.due_on),
           count(*) FILTER (WHERE c.met_on > c.due_on),
           count(*) FILTER (WHERE c.met_on IS NULL AND c.paused_on IS NULL
                                  AND c.due_on >= c.as_of),
           count(*) FILTER (WHERE c.met_on IS NULL AND c.paused_on IS NOT NULL),
           count(*) FILTER (WHERE c.met_on IS NULL AND c.paused_on IS NULL
                                  AND c.due_on < c.as_of)
    FROM clock AS c
    GROUP BY c.kind
$$;
COMMENT ON FUNCTION rules.year_clock(timestamptz, integer) IS
    'The deadlines that began in a year, and how they were kept';
