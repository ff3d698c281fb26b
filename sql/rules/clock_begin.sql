-- Begin the clocks that run for a case from its receipt; those that it has stay as they are.
CREATE OR REPLACE FUNCTION rules.clock_begin(c register.complaint) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO register.clock (complaint, kind, began_on, due_on, met_on, rank, position)
    SELECT c.id, b.kind, b.began_on, b.due_on, b.met_on, rules.class_rank(c.class), c.position
    FROM rules.clock_beginning(c) AS b
    ON CONFLICT DO NOTHING;
END;
$$;
COMMENT ON FUNCTION rules.clock_begin(register.complaint) IS
    'Begin the clocks that run for a case from its receipt';
