-- Nobody investigates a case any more: the clock to assign it runs, due on the day itself, so that it is
-- on top of what waits, and the heads are mailed. Not again while it runs.
CREATE OR REPLACE FUNCTION rules.clock_unassigned(now timestamptz, c register.complaint) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    today CONSTANT date := rules.bangkok_day(now);
BEGIN
    IF EXISTS (SELECT FROM register.clock AS k
               WHERE k.complaint = c.id AND k.kind = 'unassigned' AND k.met_on IS NULL) THEN
        RETURN;
    END IF;
    INSERT INTO register.clock AS k (complaint, kind, began_on, due_on, rank, position)
    VALUES (c.id, 'unassigned', today, rules.clock_due('unassigned', today),
            rules.class_rank(c.class), c.position)
    ON CONFLICT (complaint, kind, began_on) DO UPDATE SET met_on = NULL, escalated_on = NULL;
    PERFORM rules.outbox_add(now, c, 'unassigned', '{head}');
END;
$$;
COMMENT ON FUNCTION rules.clock_unassigned(timestamptz, register.complaint) IS
    'Let the clock run by which a case is to be assigned again';
