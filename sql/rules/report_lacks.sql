-- What a report of these figures would be issued without: differing_months, missing_evidence,
-- silent_units, unexplained_difference. The submission that level 5 of 4.2 asks for can only follow, so
-- it is not missed; nor is anything in a year that the register does not have.
CREATE OR REPLACE FUNCTION rules.report_lacks(f jsonb)
RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(l.code ORDER BY l.code), '{}')
    FROM (SELECT 'silent_units' AS code
          WHERE NOT (f #>> '{kpi1,confirmed}')::boolean
          UNION ALL
          SELECT 'differing_months'
          WHERE jsonb_array_length(f -> 'differing') > 0
          UNION ALL
          SELECT 'missing_evidence'
          WHERE EXISTS (SELECT FROM jsonb_to_recordset(f -> 'levels')
                             AS l (indicator text, level integer, met boolean)
                        WHERE NOT l.met AND NOT (l.indicator = '4.2' AND l.level = 5))
          UNION ALL
          SELECT 'unexplained_difference'
          WHERE EXISTS (SELECT FROM rules.evidence_standing(f) AS s
                        WHERE s.differs AND s.difference IS NULL)) AS l
$$;
COMMENT ON FUNCTION rules.report_lacks(jsonb) IS 'What a report would be issued without';
