-- For the daemon alone, when a file begins to arrive: rules.attachment_begin.
CREATE OR REPLACE FUNCTION api.attachment_begin(actor text, params jsonb, body jsonb,
                                                OUT status integer, OUT version bigint,
                                                OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.attachment_begin(clock_timestamp(), actor, params)
$$;
