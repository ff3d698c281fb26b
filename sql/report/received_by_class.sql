CREATE OR REPLACE VIEW report.received_by_class AS
SELECT y.fy, t.code AS class, t.th AS name_th, t.en AS name_en,
       coalesce(sum(r.complaints), 0)::bigint AS received,
       coalesce(sum(r.complaints) FILTER (WHERE NOT r.duplicate), 0)::bigint AS distinct_received,
       coalesce(sum(r.complaints) FILTER (WHERE r.late), 0)::bigint AS late,
       coalesce(sum(r.complaints) FILTER (WHERE r.anonymous), 0)::bigint AS anonymous
FROM register.fiscal_year AS y
JOIN register.taxonomy AS t ON t.kind = 'class'
LEFT JOIN LATERAL rules.received(y.fy) AS r ON r.class = t.code
WHERE y.opens <= rules.bangkok_day(now())
GROUP BY y.fy, t.code, t.th, t.en, t.ord
ORDER BY y.fy, t.ord;

COMMENT ON VIEW report.received_by_class IS
    'Complaints counted in every fiscal year that has begun, by their class in effect';
COMMENT ON COLUMN report.received_by_class.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.received_by_class.class IS 'Class in effect';
COMMENT ON COLUMN report.received_by_class.name_th IS 'Name of the class in Thai';
COMMENT ON COLUMN report.received_by_class.name_en IS 'Name of the class in English';
COMMENT ON COLUMN report.received_by_class.received IS 'Complaints counted in the year';
COMMENT ON COLUMN report.received_by_class.distinct_received IS 'The same, each duplicate left out';
COMMENT ON COLUMN report.received_by_class.late IS
    'Entered after the closing day of the year they were received in';
COMMENT ON COLUMN report.received_by_class.anonymous IS
    'Anonymous complaints and anonymous letters';
