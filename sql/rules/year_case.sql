-- The cases that a year's report is about: those that count in it, and earlier ones that were open
-- when it began. For each: was it brought forward, received, how often opened again and closed
-- within the year, is it carried out, and where did it stand at the end.
--
-- Where a case stood on a day is the from_state of its first move after it, else its state today.
-- A case counted in the year and entered after its end was received in it and is carried out.
-- For every case: brought + received + reopened - closed = carried.
CREATE OR REPLACE FUNCTION rules.year_case(now timestamptz, year integer)
RETURNS TABLE (id uuid, line text, counted_on date, class text, process text, channel text,
               subject text, identity text, late boolean, duplicate boolean, erased boolean,
               brought integer, received integer, reopened integer, closed integer,
               carried integer, state text, age_days integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET work_mem = '64MB' -- hash a year of cases rather than sort it
AS $$
#variable_conflict use_column
DECLARE
    span record;
BEGIN
    SELECT * INTO span FROM rules.year_span(now, year);
    RETURN QUERY
    WITH moved AS MATERIALIZED (
        SELECT e.complaint, e.position, e.at, e.from_state, e.to_state
        FROM register.event AS e
        WHERE e.from_state IS NOT NULL AND e.at >= span.since AND e.complaint IS NOT NULL
    ), stood AS (
        SELECT DISTINCT ON (m.complaint) m.complaint, m.from_state AS state
        FROM moved AS m
        ORDER BY m.complaint, m.position
    ), after AS (
        SELECT DISTINCT ON (m.complaint) m.complaint, m.from_state AS state
        FROM moved AS m
        WHERE m.at >= span.until
        ORDER BY m.complaint, m.position
    ), turned AS (
        SELECT m.complaint,
               count(*) FILTER (WHERE m.from_state = 'CLOSED' AND m.to_state <> 'CLOSED')::integer
                   AS reopened,
               count(*) FILTER (WHERE m.to_state = 'CLOSED' AND m.from_state <> 'CLOSED')::integer
                   AS closed
        FROM moved AS m
        WHERE m.at < span.until
        GROUP BY m.complaint
    ), standing AS (
        SELECT c.*, (c.fy <> year)::integer AS earlier,
               CASE WHEN c.fy <> year THEN coalesce(s.state, c.state) END AS state_before,
               CASE WHEN c.accepted_at >= span.until THEN 'RECEIVED'
                    ELSE coalesce(a.state, c.state) END AS state_after,
               coalesce(t.reopened, 0) AS reopened, coalesce(t.closed, 0) AS closed
        FROM rules.case_counted AS c
        LEFT JOIN stood AS s ON s.complaint = c.id
        LEFT JOIN after AS a ON a.complaint = c.id
        LEFT JOIN turned AS t ON t.complaint = c.id
        WHERE c.fy <= year
    )
    SELECT w.id, w.line, w.counted_on, w.class, w.process, w.channel, w.subject, w.identity,
           w.late, w.duplicate_of IS NOT NULL, w.erased_at IS NOT NULL,
           CASE WHEN w.earlier = 1 AND w.state_before <> 'CLOSED' THEN 1 ELSE 0 END,
           1 - w.earlier, w.reopened, w.closed,
           CASE WHEN w.state_after <> 'CLOSED' THEN 1 ELSE 0 END, w.state_after,
           span.as_of - w.counted_on
    FROM standing AS w
    WHERE w.earlier = 0 OR w.state_before <> 'CLOSED' OR w.reopened + w.closed > 0;
END;
$$;
COMMENT ON FUNCTION rules.year_case(timestamptz, integer) IS
    'The cases that a year''s report is about, and what became of each within the year';
