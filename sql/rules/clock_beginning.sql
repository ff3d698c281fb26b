-- The clocks that run for a case from its receipt, as they begin. Where there is nobody to answer, no
-- answer is due; a part has its result only.
CREATE OR REPLACE FUNCTION rules.clock_beginning(c register.complaint)
RETURNS TABLE (kind text, began_on date, due_on date, met_on date)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.kind, b.began_on, rules.clock_due(b.kind, b.began_on), b.met_on
    FROM (VALUES ('register', rules.bangkok_day(c.accepted_at),
                  rules.bangkok_day(c.registered_at), c.parent IS NULL),
                 ('first_answer', c.received_on, NULL, c.parent IS NULL AND c.identity <> 'letter'),
                 ('result', c.received_on, NULL, true)) AS b (kind, began_on, met_on, runs)
    WHERE b.runs
$$;
COMMENT ON FUNCTION rules.clock_beginning(register.complaint) IS
    'The clocks that run for a case from its receipt, as they begin';
