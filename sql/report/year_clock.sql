CREATE OR REPLACE VIEW report.year_clock AS
SELECT y.fy, k.kind, r.th AS name_th, r.en AS name_en, k.in_time, k.late, k.running, k.paused, k.overdue,
       p.paused_days
FROM register.fiscal_year AS y
CROSS JOIN LATERAL rules.year_clock(now(), y.fy) AS k
CROSS JOIN LATERAL (SELECT c.th, c.en FROM register.clock_rule AS c
                    WHERE c.kind = k.kind AND c.effective_from <= y.closes
                    ORDER BY c.effective_from DESC LIMIT 1) AS r
CROSS JOIN LATERAL (
    SELECT coalesce(sum(c.paused_days
                        + greatest(least(y.closes, rules.bangkok_day(now())) - c.paused_on, 0)), 0)
               AS paused_days
    FROM register.clock AS c JOIN rules.case_counted AS f ON f.id = c.complaint
    WHERE c.kind = k.kind AND c.began_on BETWEEN y.opens AND least(y.closes, rules.bangkok_day(now()))) AS p
WHERE y.opens <= rules.bangkok_day(now());

COMMENT ON VIEW report.year_clock IS
    'The deadlines of cases that began in a fiscal year, and how they were kept';
COMMENT ON COLUMN report.year_clock.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.year_clock.kind IS 'Kind of clock';
COMMENT ON COLUMN report.year_clock.name_th IS 'Its name in Thai';
COMMENT ON COLUMN report.year_clock.name_en IS 'Its name in English';
COMMENT ON COLUMN report.year_clock.in_time IS 'Met on their day or before it';
COMMENT ON COLUMN report.year_clock.late IS 'Met after it';
COMMENT ON COLUMN report.year_clock.running IS 'Not met, and not past their day';
COMMENT ON COLUMN report.year_clock.paused IS 'Standing still while somebody outside is waited for';
COMMENT ON COLUMN report.year_clock.overdue IS 'Not met, and past their day';
COMMENT ON COLUMN report.year_clock.paused_days IS 'Days that they have stood still, all together';
