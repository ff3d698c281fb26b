-- POST /v1/custody: rules.custody_rewrap at the present moment.
CREATE OR REPLACE FUNCTION api.custody_rewrap(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.custody_rewrap(clock_timestamp(), actor, params, body)
$$;
