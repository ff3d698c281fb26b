CREATE OR REPLACE VIEW report.year_month AS
SELECT y.fy, m.month, m.brought, m.received, m.reopened, m.closed, m.carried
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.year_month_line(
    now(), y.fy,
    (SELECT jsonb_agg(to_jsonb(l)) FROM rules.year_line(now(), y.fy) AS l),
    (SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM rules.year_turn(now(), y.fy) AS t)) AS m
WHERE y.opens <= rules.bangkok_day(now());

COMMENT ON VIEW report.year_month IS
    'The months of the year''s report; what one carries out the next brings forward';
COMMENT ON COLUMN report.year_month.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.year_month.month IS 'First day of the month, Gregorian';
COMMENT ON COLUMN report.year_month.brought IS 'Open when the month began';
COMMENT ON COLUMN report.year_month.received IS 'Complaints that count in the month';
COMMENT ON COLUMN report.year_month.reopened IS 'How often a closed one was opened again in it';
COMMENT ON COLUMN report.year_month.closed IS 'How often one was closed in it';
COMMENT ON COLUMN report.year_month.carried IS 'Open when the month ended, or now in a running one';
