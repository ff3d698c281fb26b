-- The rule of a clock that began on a day: the newest in force then. A set of one, without settings
-- of its own, so that it is inlined where it stands in a FROM.
CREATE OR REPLACE FUNCTION rules.clock_rule_of(clock text, began date)
RETURNS SETOF register.clock_rule
LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    SELECT r.*
    FROM register.clock_rule AS r
    WHERE r.kind = clock AND r.effective_from <= began
    ORDER BY r.effective_from DESC
    LIMIT 1;
END;
COMMENT ON FUNCTION rules.clock_rule_of(text, date) IS 'The rule of a clock that began on a day';
