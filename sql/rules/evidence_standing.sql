-- How 4.1 and 4.2 stand in a report's figures: the level by the evidence here beside the committee's
-- score, and whether the two differ. A score of another year is compared with what the evidence was
-- when it was recorded.
CREATE OR REPLACE FUNCTION rules.evidence_standing(f jsonb)
RETURNS TABLE (code text, name_th text, name_en text, ours boolean, level integer,
               committee integer, of_year text, differs boolean, difference text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH evidence AS (
        SELECT l.indicator AS code, min(l.name_th) AS name_th, min(l.name_en) AS name_en,
               bool_or(l.ours) AS ours, (count(*) FILTER (WHERE l.counted))::integer AS level
        FROM jsonb_to_recordset(f -> 'levels')
             AS l (indicator text, name_th text, name_en text, ours boolean, counted boolean)
        GROUP BY l.indicator
    ), committee AS (
        SELECT a.code, a.level, a.system_level, a.difference,
               nullif(a.assessment_fy, f ->> 'fy') AS of_year
        FROM jsonb_to_recordset(f -> 'assessed')
             AS a (code text, level integer, system_level integer, difference text,
                   assessment_fy text)
    )
    SELECT e.code, e.name_th, e.name_en, e.ours, e.level, c.level, c.of_year,
           coalesce(c.level <> CASE WHEN c.of_year IS NULL THEN e.level ELSE c.system_level END,
                    false), c.difference
    FROM evidence AS e LEFT JOIN committee AS c ON c.code = e.code
    ORDER BY e.code
$$;
COMMENT ON FUNCTION rules.evidence_standing(jsonb) IS
    'The level by the evidence here beside the committee''s score';
