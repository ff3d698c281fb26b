-- The clocks that count working days, still run in time, and are not due when the holidays say so now,
-- with the day that they say. One that is late already stays so: somebody was told.
CREATE OR REPLACE FUNCTION rules.clock_misdated(today date)
RETURNS TABLE (complaint uuid, kind text, began_on date, due_on date)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    WITH begun AS (
        SELECT DISTINCT k.kind, k.began_on FROM register.clock AS k
        WHERE k.met_on IS NULL AND k.due_on >= today
    ), due AS MATERIALIZED ( -- many begin on one day
        SELECT b.kind, b.began_on, rules.clock_due(b.kind, b.began_on) AS due_on
        FROM begun AS b CROSS JOIN LATERAL rules.clock_rule_of(b.kind, b.began_on) AS r
        WHERE r.working
    )
    SELECT k.complaint, k.kind, k.began_on, d.due_on + k.paused_days
    FROM register.clock AS k
    JOIN due AS d ON d.kind = k.kind AND d.began_on = k.began_on
    WHERE k.met_on IS NULL AND k.due_on >= today AND k.due_on <> d.due_on + k.paused_days
$$;
COMMENT ON FUNCTION rules.clock_misdated(date) IS
    'The running clocks that are not due when the holidays say so now';
