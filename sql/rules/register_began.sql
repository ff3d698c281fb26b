-- The day on which the register took its first entry (Bangkok), today while it has none. What was
-- entered for paper of an earlier day counts, while that day's year is open: a year whose closing
-- day lies before this one is a year in which nothing was counted.
CREATE OR REPLACE FUNCTION rules.register_began(now timestamptz)
RETURNS date
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT rules.bangkok_day(least(
        now, (SELECT e.at FROM register.event AS e ORDER BY e.position LIMIT 1),
        (SELECT c.accepted_at FROM register.complaint AS c ORDER BY c.position LIMIT 1)))
$$;
COMMENT ON FUNCTION rules.register_began(timestamptz) IS
    'The day on which the register took its first entry';
