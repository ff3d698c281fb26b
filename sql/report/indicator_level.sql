CREATE OR REPLACE VIEW report.indicator_level AS
SELECT y.fy, l.indicator, l.rule_version, l.level, l.text_th, l.text_en, l.ours, l.met, l.counted
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.indicator_level(now(), y.fy) AS l
WHERE y.opens <= rules.bangkok_day(now())
ORDER BY y.fy, l.indicator, l.level;

COMMENT ON VIEW report.indicator_level IS
    'The levels of indicators 4.1 and 4.2 in every fiscal year that has begun';
COMMENT ON COLUMN report.indicator_level.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.indicator_level.indicator IS 'Number of the indicator';
COMMENT ON COLUMN report.indicator_level.rule_version IS 'Version of the rule set';
COMMENT ON COLUMN report.indicator_level.level IS 'Level 1 to 5';
COMMENT ON COLUMN report.indicator_level.text_th IS 'What the level asks, in Thai';
COMMENT ON COLUMN report.indicator_level.text_en IS 'What the level asks, in English';
COMMENT ON COLUMN report.indicator_level.ours IS
    'The source has no such level of its own: the split is this system''s';
COMMENT ON COLUMN report.indicator_level.met IS 'Nothing that the level asks is missing';
COMMENT ON COLUMN report.indicator_level.counted IS 'Met, and all below it too';
