-- The scores that people gave, as a part of rules.score(): each rule set with its items, every
-- number a text, so that it arrives exactly as it is. `printed` is the score as reports round it.
CREATE OR REPLACE FUNCTION rules.assessed_json(year integer, kpi1_value bigint)
RETURNS json
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(s.line ORDER BY s.place), '[]')
        FROM (SELECT array_position('{transparency,plan,7}', a.rule_set) AS place,
                     json_build_object(
                         'rule_set', a.rule_set, 'rule_version', a.rule_version,
                         'score', trim_scale(a.total)::text,
                         'printed', round(a.total, a.total_decimals)::text,
                         'items', json_agg(json_strip_nulls(json_build_object(
                             'code', a.code, 'kind', a.kind, 'parent', a.parent,
                             'name_th', a.name_th, 'name_en', a.name_en,
                             'weight', a.weight::text, 'level', a.level,
                             'result', a.result::text, 'score', trim_scale(a.score)::text,
                             'printed', round(a.score, a.decimals)::text,
                             'weighted', round(a.weighted, 4)::text, 'reason', a.reason,
                             'system_level', a.system_level, 'difference', a.difference))
                             ORDER BY a.ord)) AS line
              FROM rules.assessed(year, false, kpi1_value) AS a
              GROUP BY a.rule_set, a.rule_version, a.total, a.total_decimals) AS s);
END;
$$;
COMMENT ON FUNCTION rules.assessed_json(integer, bigint) IS 'The scores that people gave in a year';
