-- The cases that a year's report is about: those that count in it, and earlier ones that were open
-- when it began. For each: was it brought forward, received, how often opened again and closed
-- within the year, is it carried out, and where did it stand at the end.
--
-- Where a case stood on a day is the from_state of its first move after it, else its state today.
-- A case counted in the year and entered after its end was received in it and is carried out.
-- For every case: brought + received + reopened - closed = carried.
--
-- Written to be planned as a part of what asks for it: 100,000 rows are not handed over one by one.
CREATE OR REPLACE FUNCTION rules.year_case(now timestamptz, year integer)
RETURNS TABLE (id uuid, line text, counted_on date, class text, process text, channel text,
               subject text, identity text, late boolean, duplicate boolean, erased boolean,
               brought integer, received integer, reopened integer, closed integer,
               carried integer, state text, age_days integer)
LANGUAGE sql STABLE AS $$
    WITH span AS (
        SELECT * FROM rules.year_span(now, year)
    ), stood AS ( -- when the year began, of what was there before it
        SELECT DISTINCT ON (e.complaint) e.complaint, e.from_state AS state
        FROM span AS s
        CROSS JOIN rules.case_counted AS c
        JOIN register.event AS e ON e.complaint = c.id
        WHERE c.fy < year AND e.from_state IS NOT NULL AND e.at >= s.since
        ORDER BY e.complaint, e.position
    ), after AS ( -- when it ended
        SELECT DISTINCT ON (e.complaint) e.complaint, e.from_state AS state
        FROM span AS s
        JOIN register.event AS e ON e.from_state IS NOT NULL AND e.at >= s.until
        WHERE e.complaint IS NOT NULL
        ORDER BY e.complaint, e.position
    ), turned AS (
        SELECT e.complaint,
               (count(*) FILTER (WHERE e.from_state = 'CLOSED'))::integer AS reopened,
               (count(*) FILTER (WHERE e.to_state = 'CLOSED'))::integer AS closed
        FROM span AS s
        JOIN register.event AS e
          ON e.from_state IS NOT NULL AND e.at >= s.since AND e.at < s.until
        WHERE (e.from_state = 'CLOSED') <> (e.to_state = 'CLOSED')
        GROUP BY e.complaint
    ), standing AS (
        SELECT c.*, s.as_of, (c.fy <> year)::integer AS earlier,
               CASE WHEN c.fy <> year THEN coalesce(b.state, c.state) END AS state_before,
               coalesce(a.state, c.state) AS state_after,
               coalesce(t.reopened, 0) AS reopened, coalesce(t.closed, 0) AS closed
        FROM span AS s
        CROSS JOIN rules.case_counted AS c
        LEFT JOIN stood AS b ON b.complaint = c.id
        LEFT JOIN after AS a ON a.complaint = c.id
        LEFT JOIN turned AS t ON t.complaint = c.id
        WHERE c.fy <= year
    )
    SELECT w.id, w.line, w.counted_on, w.class, w.process, w.channel, w.subject, w.identity,
           w.late, w.duplicate_of IS NOT NULL, w.erased_at IS NOT NULL,
           CASE WHEN w.earlier = 1 AND w.state_before <> 'CLOSED' THEN 1 ELSE 0 END,
           1 - w.earlier, w.reopened, w.closed,
           CASE WHEN w.state_after <> 'CLOSED' THEN 1 ELSE 0 END, w.state_after,
           w.as_of - w.counted_on
    FROM standing AS w
    WHERE w.earlier = 0 OR w.state_before <> 'CLOSED' OR w.reopened + w.closed > 0
$$;
COMMENT ON FUNCTION rules.year_case(timestamptz, integer) IS
    'The cases that a year''s report is about, and what became of each within the year';
