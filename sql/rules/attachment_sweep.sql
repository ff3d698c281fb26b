-- Delete what began to arrive and did not become whole in its time: at most ten of them. True if
-- there may be more.
CREATE OR REPLACE FUNCTION rules.attachment_sweep(now timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    swept integer;
BEGIN
    DELETE FROM register.attachment AS a
    WHERE a.id IN (SELECT o.id FROM register.attachment AS o
                   WHERE o.finished_at IS NULL AND o.begun_at < now - rules.attachment_patience()
                   ORDER BY o.begun_at LIMIT 10 FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS swept = ROW_COUNT;
    RETURN swept = 10;
END;
$$;
