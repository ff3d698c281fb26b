CREATE OR REPLACE VIEW report.unit_month AS
SELECT y.fy, m.unit, u.name_th, u.name_en, m.month, m.due_on, m.confirmed_at,
       coalesce(m.late, false) AS late, m.silent
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.unit_month(now(), y.fy) AS m
JOIN register.unit AS u ON u.code = m.unit
WHERE y.opens <= rules.bangkok_day(now()) AND m.month <= rules.bangkok_day(now())
ORDER BY m.month, m.unit;

COMMENT ON VIEW report.unit_month IS
    'Every month that a unit confirms, and whether it did; the counts themselves are not here';
COMMENT ON COLUMN report.unit_month.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.unit_month.unit IS 'Code of the unit';
COMMENT ON COLUMN report.unit_month.name_th IS 'Name of the unit in Thai';
COMMENT ON COLUMN report.unit_month.name_en IS 'Name of the unit in English';
COMMENT ON COLUMN report.unit_month.month IS 'First day of the month, Gregorian';
COMMENT ON COLUMN report.unit_month.due_on IS 'Last day to confirm it in time';
COMMENT ON COLUMN report.unit_month.confirmed_at IS 'When it was confirmed; NULL if it was not';
COMMENT ON COLUMN report.unit_month.late IS 'Confirmed after its due day';
COMMENT ON COLUMN report.unit_month.silent IS 'Past its due day and not confirmed';
