-- For the daemon alone, before it seals a text: rules.sealing_place. No route shows it.
CREATE OR REPLACE FUNCTION api.sealing_place(actor text, params jsonb, body jsonb,
                                             OUT status integer, OUT version bigint,
                                             OUT content jsonb)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.sealing_place(actor, params)
$$;
