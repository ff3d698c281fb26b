CREATE OR REPLACE VIEW report.indicator AS
SELECT y.fy, l.indicator, l.rule_version, l.name_th, l.name_en,
       count(*) FILTER (WHERE l.counted) AS level
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.indicator_level(now(), y.fy) AS l
WHERE y.opens <= rules.bangkok_day(now())
GROUP BY y.fy, l.indicator, l.rule_version, l.name_th, l.name_en
ORDER BY y.fy, l.indicator;

COMMENT ON VIEW report.indicator IS
    'The level of indicators 4.1 and 4.2 by the evidence in the register';
COMMENT ON COLUMN report.indicator.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.indicator.indicator IS 'Number of the indicator';
COMMENT ON COLUMN report.indicator.rule_version IS 'Version of the rule set';
COMMENT ON COLUMN report.indicator.name_th IS 'Name of the indicator in Thai';
COMMENT ON COLUMN report.indicator.name_en IS 'Name of the indicator in English';
COMMENT ON COLUMN report.indicator.level IS
    'Highest level met with all below it; 0 when not even the first';
