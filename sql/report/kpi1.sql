CREATE OR REPLACE VIEW report.kpi1 AS
SELECT y.fy, k.*
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.kpi1(now(), y.fy) AS k
WHERE y.opens <= rules.bangkok_day(now());

COMMENT ON VIEW report.kpi1 IS
    'KPI 1 of every fiscal year that has begun, with its standing and the figures beside it';
COMMENT ON COLUMN report.kpi1.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.kpi1.rule_set IS 'Rule set that scores it';
COMMENT ON COLUMN report.kpi1.rule_version IS 'Version of the rule set';
COMMENT ON COLUMN report.kpi1.name_th IS 'Name of the KPI in Thai';
COMMENT ON COLUMN report.kpi1.name_en IS 'Name of the KPI in English';
COMMENT ON COLUMN report.kpi1.value IS
    'Complaints counted by the KPI: C1, C2 and CX, every process';
COMMENT ON COLUMN report.kpi1.level IS 'Level 1 to 5 on the scale, unrounded';
COMMENT ON COLUMN report.kpi1.confirmed IS 'No unit is silent, and at least one has to confirm';
COMMENT ON COLUMN report.kpi1.text_th IS 'The level in Thai, with its standing';
COMMENT ON COLUMN report.kpi1.text_en IS 'The level in English, with its standing';
COMMENT ON COLUMN report.kpi1.received IS
    'All complaints counted in the year, whatever their class';
COMMENT ON COLUMN report.kpi1.distinct_received IS 'The same, each duplicate left out';
COMMENT ON COLUMN report.kpi1.c1 IS 'Corruption in office';
COMMENT ON COLUMN report.kpi1.c2 IS 'Official misconduct';
COMMENT ON COLUMN report.kpi1.cx IS 'Not yet classified';
COMMENT ON COLUMN report.kpi1.c0 IS 'Neither corruption nor misconduct';
COMMENT ON COLUMN report.kpi1.ct IS 'Outside the agency''s duties and powers';
COMMENT ON COLUMN report.kpi1.ci IS 'Found by the agency itself or ordered by its executives';
COMMENT ON COLUMN report.kpi1.cv IS 'Entered in error';
COMMENT ON COLUMN report.kpi1.late IS
    'Entered after the closing day of the year they were received in';
COMMENT ON COLUMN report.kpi1.anonymous IS 'Anonymous complaints and anonymous letters';
COMMENT ON COLUMN report.kpi1.anonymous_share IS 'The same, percent of received; NULL when none';
COMMENT ON COLUMN report.kpi1.silent_units IS
    'Units with a month past its due day and not confirmed';
COMMENT ON COLUMN report.kpi1.silent_months IS 'Such months of such units';
COMMENT ON COLUMN report.kpi1.pending_months IS 'Months of the year not yet past their due day';
COMMENT ON COLUMN report.kpi1.closing_day IS
    'Last day on which what was received in the year counts in it';
COMMENT ON COLUMN report.kpi1.closed IS 'The closing day is past';
COMMENT ON COLUMN report.kpi1.variants IS
    'What it would be if it counted otherwise; rows in report.kpi1_variant';
