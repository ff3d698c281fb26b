-- POST /v1/box-openings: rules.box_opening_add at the present moment.
CREATE OR REPLACE FUNCTION api.box_opening_add(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.box_opening_add(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.box_opening_add(text, jsonb, jsonb) IS 'POST /v1/box-openings';
