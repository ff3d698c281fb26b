-- POST /v1/returns: rules.return_confirm at the present moment.
CREATE OR REPLACE FUNCTION api.return_confirm(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.return_confirm(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.return_confirm(text, jsonb, jsonb) IS 'POST /v1/returns';
