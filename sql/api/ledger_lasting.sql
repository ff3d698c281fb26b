-- For the daemon's own log, no route: how many leaves the log has, in a transaction that writes
-- something of its own (a message in the WAL that nobody reads), so that its commit waits for the disk
-- and the standby as any other does.
--
-- Once that has come back, all that it counted lasts, whoever wrote it. Being visible is not enough: a
-- commit whose wait for the standby was cut short, or which a crash of the server interrupted, is
-- visible here and may be nowhere else.
CREATE OR REPLACE FUNCTION api.ledger_lasting(actor text, params jsonb, body jsonb,
                                              OUT status integer, OUT version bigint,
                                              OUT content json)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    status := 200;
    content := json_build_object('size', (SELECT h.leaf_count FROM register.head AS h));
    PERFORM pg_logical_emit_message(true, 'grievd', ''::text);
END;
$$;
