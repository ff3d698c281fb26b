-- For the daemon alone, when a file does not become whole: rules.attachment_drop.
CREATE OR REPLACE FUNCTION api.attachment_drop(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.attachment_drop(actor, params)
$$;
