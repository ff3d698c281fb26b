CREATE OR REPLACE VIEW report.silent_unit AS
SELECT y.fy, m.unit, u.name_th, u.name_en, array_agg(m.month ORDER BY m.month) AS months
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.unit_month(now(), y.fy) AS m
JOIN register.unit AS u ON u.code = m.unit
WHERE m.silent
GROUP BY y.fy, m.unit, u.name_th, u.name_en
ORDER BY y.fy, m.unit;

COMMENT ON VIEW report.silent_unit IS
    'Units with months past their due day and not confirmed: silence is not zero';
COMMENT ON COLUMN report.silent_unit.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.silent_unit.unit IS 'Code of the unit';
COMMENT ON COLUMN report.silent_unit.name_th IS 'Name of the unit in Thai';
COMMENT ON COLUMN report.silent_unit.name_en IS 'Name of the unit in English';
COMMENT ON COLUMN report.silent_unit.months IS 'First days of its silent months, Gregorian';
