-- Begin the clocks that run for a case from its receipt; those that it has stay as they are.
-- Where there is nobody to answer, no answer is due; a part has its result only.
CREATE OR REPLACE FUNCTION rules.clock_begin(c register.complaint) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO register.clock (complaint, kind, began_on, due_on, met_on, rank, position)
    SELECT c.id, b.kind, b.began_on, rules.clock_due(b.kind, b.began_on), b.met_on,
           rules.class_rank(c.class), c.position
    FROM (VALUES ('register', rules.bangkok_day(c.accepted_at),
                  rules.bangkok_day(c.registered_at), c.parent IS NULL),
                 ('first_answer', c.received_on, NULL, c.parent IS NULL AND c.identity <> 'letter'),
                 ('result', c.received_on, NULL, true)) AS b (kind, began_on, met_on, runs)
    WHERE b.runs
    ON CONFLICT DO NOTHING;
END;
$$;
COMMENT ON FUNCTION rules.clock_begin(register.complaint) IS
    'Begin the clocks that run for a case from its receipt';
