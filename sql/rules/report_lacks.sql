-- What a report would be issued without: silent_units, missing_evidence. The submission that level
-- 5 of 4.2 asks for can only follow, so it is not missed.
CREATE OR REPLACE FUNCTION rules.report_lacks(now timestamptz, year integer)
RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(l.code ORDER BY l.code), '{}')
    FROM (SELECT 'silent_units' AS code
          WHERE NOT (SELECT k.confirmed FROM rules.kpi1(now, year) AS k)
          UNION ALL
          SELECT 'missing_evidence'
          WHERE EXISTS (SELECT FROM rules.indicator_level(now, year) AS i
                        WHERE NOT i.met AND NOT (i.indicator = '4.2' AND i.level = 5))) AS l
$$;
COMMENT ON FUNCTION rules.report_lacks(timestamptz, integer) IS
    'What a report would be issued without';
