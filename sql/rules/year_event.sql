-- How often each kind of event happened to counted cases within a year: withdrawals, referrals,
-- transfers, changes of class, links. They move no figure of the tables; they are told beside.
CREATE OR REPLACE FUNCTION rules.year_event(now timestamptz, year integer)
RETURNS TABLE (kind text, cases bigint, events bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.kind, count(DISTINCT e.complaint), count(*)
    FROM rules.year_span(now, year) AS s
    JOIN register.event AS e ON e.at >= s.since AND e.at < s.until
    JOIN rules.case_counted AS c ON c.id = e.complaint
    WHERE e.kind IN ('withdraw', 'refer', 'transfer', 'class_changed', 'link', 'unlink', 'reopen')
    GROUP BY e.kind
$$;
COMMENT ON FUNCTION rules.year_event(timestamptz, integer) IS
    'How often each kind of event happened to counted cases within a year';
