CREATE OR REPLACE VIEW report.year_line AS
SELECT y.fy, l.dimension, l.key, l.brought, l.received, l.reopened, l.closed, l.carried
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.year_line(now(), y.fy) AS l
WHERE y.opens <= rules.bangkok_day(now()) AND l.dimension NOT IN ('unit', 'month_class');

COMMENT ON VIEW report.year_line IS
    'The tables of the year''s report: brought + received + reopened - closed = carried, on each line';
COMMENT ON COLUMN report.year_line.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.year_line.dimension IS
    'What the line is one of: all, class, channel, process, subject, identity, state or age; each adds up to all';
COMMENT ON COLUMN report.year_line.key IS
    'Code of the line; of age the days it begins with; NULL of all';
COMMENT ON COLUMN report.year_line.brought IS 'Earlier complaints, open when the year began';
COMMENT ON COLUMN report.year_line.received IS 'Complaints counted in the year';
COMMENT ON COLUMN report.year_line.reopened IS 'How often a closed one was opened again in the year';
COMMENT ON COLUMN report.year_line.closed IS 'How often one was closed in the year';
COMMENT ON COLUMN report.year_line.carried IS 'Open at the end of the year, or now in a running one';
