-- GET /v1/statistics/{fy}: rules.statistics_get at the present moment, for anyone.
CREATE OR REPLACE FUNCTION api.statistics_get(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content json)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.statistics_get(clock_timestamp(), params) AS r
$$;
COMMENT ON FUNCTION api.statistics_get(text, jsonb, jsonb) IS 'GET /v1/statistics/{fy}';
