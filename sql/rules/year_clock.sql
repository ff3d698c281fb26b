-- The deadlines that began in a year on counted cases: by kind of clock, how many were met in time
-- and late, and how many still run, stand still or are past their day at its end (or today). Those
-- of an acceptance that no sweep has come to are told as they will begin.
CREATE OR REPLACE FUNCTION rules.year_clock(now timestamptz, year integer)
RETURNS TABLE (kind text, in_time bigint, late bigint, running bigint, paused bigint,
               overdue bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    WITH unswept AS ( -- of a flood most begin alike: what that means is worked out once
        SELECT (array_agg(c))[1] AS complaint, count(*) AS cases
        FROM register.complaint AS c
        WHERE c.position > (SELECT s.position FROM register.sweep AS s) AND c.fy IS NOT NULL
          AND NOT EXISTS (SELECT FROM register.clock AS k WHERE k.complaint = c.id)
        GROUP BY rules.bangkok_day(c.accepted_at), rules.bangkok_day(c.registered_at),
                 c.received_on, c.identity = 'letter'
    ), part AS MATERIALIZED ( -- of a split letter: few, and not counted
        SELECT c.id FROM register.complaint AS c WHERE c.fy IS NULL
    ), begun AS (
        SELECT k.kind, k.began_on, k.due_on, k.met_on, k.paused_on, 1::bigint AS cases
        FROM register.clock AS k
        WHERE NOT EXISTS (SELECT FROM part AS p WHERE p.id = k.complaint)
        UNION ALL
        SELECT b.kind, b.began_on, b.due_on, b.met_on, NULL, u.cases
        FROM unswept AS u
        CROSS JOIN LATERAL rules.clock_beginning(u.complaint) AS b
    ), clock AS (
        SELECT k.kind, k.due_on, s.as_of, k.cases,
               CASE WHEN k.paused_on <= s.as_of THEN k.paused_on END AS paused_on,
               CASE WHEN k.met_on <= s.as_of THEN k.met_on END AS met_on
        FROM rules.year_span(now, year) AS s
        JOIN begun AS k ON k.began_on BETWEEN s.opens AND s.as_of
    ), kept AS (
        SELECT c.kind, sum(c.cases) FILTER (WHERE c.met_on <= c.due_on) AS in_time,
               sum(c.cases) FILTER (WHERE c.met_on > c.due_on) AS late,
               sum(c.cases) FILTER (WHERE c.met_on IS NULL AND c.paused_on IS NULL
                                          AND c.due_on >= c.as_of) AS running,
               sum(c.cases) FILTER (WHERE c.met_on IS NULL AND c.paused_on IS NOT NULL) AS paused,
               sum(c.cases) FILTER (WHERE c.met_on IS NULL AND c.paused_on IS NULL
                                          AND c.due_on < c.as_of) AS overdue
        FROM clock AS c
        GROUP BY c.kind
    )
    SELECT k.kind, coalesce(k.in_time, 0)::bigint, coalesce(k.late, 0)::bigint,
           coalesce(k.running, 0)::bigint, coalesce(k.paused, 0)::bigint,
           coalesce(k.overdue, 0)::bigint
    FROM kept AS k
$$;
COMMENT ON FUNCTION rules.year_clock(timestamptz, integer) IS
    'The deadlines that began in a year, and how they were kept';
