-- The totals of all rule sets as a report prints them, each with its name.
CREATE OR REPLACE FUNCTION rules.totals_printed(f jsonb)
RETURNS TABLE (ord integer, th text, en text, fy integer, cell jsonb)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.ord, n.th, n.en, t.fy, t.cell
    FROM (VALUES (1, 'transparency', 'มาตรฐานความโปร่งใส 13 ตัวชี้วัด', 'Transparency, 13 indicators'),
                 (2, 'plan', 'แผนสร้างเสริมความโปร่งใส', 'Transparency plan'),
                 (3, '7', 'ตัวชี้วัดที่ 7', 'Indicator 7')) AS n (ord, code, th, en)
    CROSS JOIN LATERAL rules.total_printed(f, n.code) AS t
$$;
COMMENT ON FUNCTION rules.totals_printed(jsonb) IS
    'The totals of all rule sets as a report prints them';
