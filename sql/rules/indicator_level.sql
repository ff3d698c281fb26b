-- The levels of 4.1 and 4.2: met when nothing is missing, counted when all below are met too.
-- The findings are passed along, each list in its order.
CREATE OR REPLACE FUNCTION rules.indicator_level(now timestamptz, year integer)
RETURNS TABLE (indicator text, rule_version integer, name_th text, name_en text, level integer,
               text_th text, text_en text, ours boolean, met boolean, counted boolean,
               found json, missing json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH finding AS MATERIALIZED (
        SELECT f.indicator, f.rule_version, f.level, f.present,
               json_strip_nulls(json_build_object('unit', f.unit, 'text_th', f.text_th,
                                                  'text_en', f.text_en)) AS line
        FROM rules.level_finding(now, year) AS f
    ), summed AS (
        SELECT f.indicator, f.rule_version, f.level, bool_and(f.present) AS met,
               coalesce(json_agg(f.line) FILTER (WHERE f.present), '[]') AS found,
               coalesce(json_agg(f.line) FILTER (WHERE NOT f.present), '[]') AS missing
        FROM finding AS f
        GROUP BY f.indicator, f.rule_version, f.level
    )
    SELECT s.indicator, s.rule_version, r.name_th, r.name_en, s.level, l.th, l.en, l.ours, s.met,
           bool_and(s.met) OVER (PARTITION BY s.indicator ORDER BY s.level), s.found, s.missing
    FROM summed AS s
    JOIN register.rule_level AS l
      ON l.code = s.indicator AND l.version = s.rule_version AND l.level = s.level
    JOIN register.rule_set AS r ON r.code = s.indicator AND r.version = s.rule_version;
END;
$$;
COMMENT ON FUNCTION rules.indicator_level(timestamptz, integer) IS
    'The levels of 4.1 and 4.2 in a fiscal year, with what was found and what is missing';
