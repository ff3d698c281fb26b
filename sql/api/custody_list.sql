-- GET /v1/custody: rules.custody_list at the present moment.
CREATE OR REPLACE FUNCTION api.custody_list(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.custody_list(clock_timestamp(), actor, params, body)
$$;
