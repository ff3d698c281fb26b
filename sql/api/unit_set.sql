-- POST /v1/units: rules.unit_set at the present moment.
CREATE OR REPLACE FUNCTION api.unit_set(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.unit_set(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.unit_set(text, jsonb, jsonb) IS 'POST /v1/units';
