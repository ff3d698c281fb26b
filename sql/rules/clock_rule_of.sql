-- The rule of a clock that began on a day: the newest in force then.
CREATE OR REPLACE FUNCTION rules.clock_rule_of(clock text, began date) RETURNS register.clock_rule
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r
    FROM register.clock_rule AS r
    WHERE r.kind = clock AND r.effective_from <= began
    ORDER BY r.effective_from DESC
    LIMIT 1
$$;
COMMENT ON FUNCTION rules.clock_rule_of(text, date) IS 'The rule of a clock that began on a day';
