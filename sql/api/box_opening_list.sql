-- GET /v1/box-openings: rules.box_opening_list at the present moment.
CREATE OR REPLACE FUNCTION api.box_opening_list(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content json)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.box_opening_list(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.box_opening_list(text, jsonb, jsonb) IS 'GET /v1/box-openings';
