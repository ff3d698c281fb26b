-- The thresholds of a rule set for rules.scale_score(): five, NULL where it defines no level.
CREATE OR REPLACE FUNCTION rules.scale_of(rule_code text, rule_version integer)
RETURNS numeric[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(s.threshold ORDER BY n)
      FROM generate_series(1, 5) AS n
      LEFT JOIN register.scale AS s
             ON s.code = rule_code AND s.version = rule_version AND s.level = n
$$;
COMMENT ON FUNCTION rules.scale_of(text, integer) IS 'The five thresholds of a rule set';
