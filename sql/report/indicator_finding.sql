CREATE OR REPLACE VIEW report.indicator_finding AS
SELECT y.fy, f.indicator, f.level, f.present, f.unit, f.text_th, f.text_en
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.level_finding(now(), y.fy) AS f
WHERE y.opens <= rules.bangkok_day(now());

COMMENT ON VIEW report.indicator_finding IS
    'What was found and what is missing for each level of 4.1 and 4.2, a line each';
COMMENT ON COLUMN report.indicator_finding.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.indicator_finding.indicator IS 'Number of the indicator';
COMMENT ON COLUMN report.indicator_finding.level IS 'Level 1 to 5';
COMMENT ON COLUMN report.indicator_finding.present IS 'True: there; false: missing';
COMMENT ON COLUMN report.indicator_finding.unit IS 'Unit concerned, where it is one';
COMMENT ON COLUMN report.indicator_finding.text_th IS 'In words, Thai';
COMMENT ON COLUMN report.indicator_finding.text_en IS 'In words, English';
