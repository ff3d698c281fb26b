CREATE OR REPLACE VIEW report.kpi1_variant AS
SELECT k.fy, v.code AS variant, v.name_th, v.name_en, v.value, v.level
FROM report.kpi1 AS k
CROSS JOIN LATERAL json_to_recordset(k.variants)
                   AS v (code text, name_th text, name_en text, value bigint, level numeric);

COMMENT ON VIEW report.kpi1_variant IS
    'What KPI 1 would be if it counted otherwise, in every fiscal year that has begun';
COMMENT ON COLUMN report.kpi1_variant.fy IS 'Fiscal year, Buddhist, by the year it ends in';
COMMENT ON COLUMN report.kpi1_variant.variant IS
    'Code of the other way of counting';
COMMENT ON COLUMN report.kpi1_variant.name_th IS 'What the variant counts, in Thai';
COMMENT ON COLUMN report.kpi1_variant.name_en IS 'What the variant counts, in English';
COMMENT ON COLUMN report.kpi1_variant.value IS 'Complaints that the variant counts';
COMMENT ON COLUMN report.kpi1_variant.level IS 'Level 1 to 5 on the KPI''s scale, unrounded';
