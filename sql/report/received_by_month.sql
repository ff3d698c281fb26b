CREATE OR REPLACE VIEW report.received_by_month AS
SELECT y.fy, m.month::date AS month,
       coalesce(sum(r.complaints), 0)::bigint AS received,
       coalesce(sum(r.complaints) FILTER (WHERE r.class = 'C1'), 0)::bigint AS c1,
       coalesce(sum(r.complaints) FILTER (WHERE r.class = 'C2'), 0)::bigint AS c2,
       coalesce(sum(r.complaints) FILTER (WHERE r.class = 'CX'), 0)::bigint AS cx,
       coalesce(sum(r.complaints) FILTER (WHERE r.class = 'C0'), 0)::bigint AS c0,
       coalesce(sum(r.complaints) FILTER (WHERE r.class = 'CT'), 0)::bigint AS ct,
       coalesce(sum(r.complaints) FILTER (WHERE r.class = 'CI'), 0)::bigint AS ci,
       coalesce(sum(r.complaints) FILTER (WHERE r.class = 'CV'), 0)::bigint AS cv
FROM register.fiscal_year AS y
CROSS JOIN LATERAL generate_series(y.opens::timestamp, y.closes::timestamp, '1 month') AS m (month)
LEFT JOIN LATERAL rules.received(y.fy) AS r ON r.month = m.month::date
WHERE y.opens <= rules.bangkok_day(now()) AND m.month <= rules.bangkok_day(now())
GROUP BY y.fy, m.month
ORDER BY y.fy, m.month;

COMMENT ON VIEW report.received_by_month IS
    'Complaints by the month they count in, of every month that has begun; none is 0';
COMMENT ON COLUMN report.received_by_month.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.received_by_month.month IS 'First day of the month, Gregorian';
COMMENT ON COLUMN report.received_by_month.received IS 'All complaints, whatever their class';
COMMENT ON COLUMN report.received_by_month.c1 IS 'Corruption in office';
COMMENT ON COLUMN report.received_by_month.c2 IS 'Official misconduct';
COMMENT ON COLUMN report.received_by_month.cx IS 'Not yet classified';
COMMENT ON COLUMN report.received_by_month.c0 IS 'Neither corruption nor misconduct';
COMMENT ON COLUMN report.received_by_month.ct IS 'Outside the agency''s duties and powers';
COMMENT ON COLUMN report.received_by_month.ci IS
    'Found by the agency itself or ordered by its executives';
COMMENT ON COLUMN report.received_by_month.cv IS 'Entered in error';
