CREATE OR REPLACE VIEW report.assessment AS
SELECT r.report_fy, a.assessment_fy, a.rule_set, a.rule_version, a.code, a.name_th, a.name_en,
       a.weight, a.level, a.result, a.score, a.weighted, a.total, a.system_level, a.reason
FROM (SELECT DISTINCT s.report_fy FROM register.assessment AS s) AS r
CROSS JOIN LATERAL rules.assessed(r.report_fy, true, (
    SELECT k.value FROM register.fiscal_year AS y, rules.kpi1(now(), y.fy) AS k
    WHERE y.fy = r.report_fy)) AS a
WHERE a.score IS NOT NULL;

COMMENT ON VIEW report.assessment IS
    'The scores that people gave, as the reports have them, with KPI 1 as counted here';
COMMENT ON COLUMN report.assessment.report_fy IS 'Fiscal year of the report';
COMMENT ON COLUMN report.assessment.assessment_fy IS
    'Fiscal year that was assessed; NULL of KPI 1, which is counted';
COMMENT ON COLUMN report.assessment.rule_set IS 'transparency, plan or 7';
COMMENT ON COLUMN report.assessment.rule_version IS 'Version of the rule set';
COMMENT ON COLUMN report.assessment.code IS 'Number of the indicator or KPI';
COMMENT ON COLUMN report.assessment.name_th IS 'Its name in Thai';
COMMENT ON COLUMN report.assessment.name_en IS 'Its name in English';
COMMENT ON COLUMN report.assessment.weight IS 'Its weight in percent; NULL of the 13 indicators';
COMMENT ON COLUMN report.assessment.level IS 'Level 1 to 5 of an indicator, by the committee';
COMMENT ON COLUMN report.assessment.result IS 'Result of a KPI, in its unit';
COMMENT ON COLUMN report.assessment.score IS 'Score 1 to 5, unrounded';
COMMENT ON COLUMN report.assessment.weighted IS 'Score by weight, percent';
COMMENT ON COLUMN report.assessment.total IS
    'Score of the whole rule set, unrounded; NULL while a part has none';
COMMENT ON COLUMN report.assessment.system_level IS
    'Of 4.1 and 4.2: the level by the evidence here when it was recorded';
COMMENT ON COLUMN report.assessment.reason IS 'Why, as recorded';
