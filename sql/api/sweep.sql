-- What a daemon asks for now and then; no route leads here. Answers {begun, done, more}.
CREATE OR REPLACE FUNCTION api.sweep(actor text, params jsonb, body jsonb,
                                     OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT 200, NULL::bigint, rules.sweep(clock_timestamp())
$$;
