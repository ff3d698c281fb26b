-- The day until which a clock of a kind runs that began on a day, by the rule in force then.
CREATE OR REPLACE FUNCTION rules.clock_due(clock text, began date) RETURNS date
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rule CONSTANT register.clock_rule := rules.clock_rule_of(clock, began);
BEGIN
    RETURN CASE WHEN rule.working THEN rules.working_day_add(began, rule.days)
                ELSE began + rule.days END;
END;
$$;
COMMENT ON FUNCTION rules.clock_due(text, date) IS
    'The day until which a clock runs that began on a day';
