-- The version of a rule set that a fiscal year is scored by: the latest one effective on the
-- year's first day. It may have been adopted later; adopted_on then says so.
CREATE OR REPLACE FUNCTION rules.rule_in_force(rule_code text, year integer)
RETURNS register.rule_set
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r
      FROM register.rule_set AS r
     WHERE r.code = rule_code AND r.effective_from <= rules.year_opens(year)
     ORDER BY r.version DESC
     LIMIT 1
$$;
COMMENT ON FUNCTION rules.rule_in_force(text, integer) IS
    'The version of a rule set that a fiscal year is scored by';
