-- For the daemon's own log, no route: rules.publication_add at the present moment.
CREATE OR REPLACE FUNCTION api.publication_add(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content json)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT 200, NULL::bigint, json_build_object('published', rules.publication_add(
        clock_timestamp(), (params ->> 'size')::bigint, params ->> 'checkpoint'))
$$;
