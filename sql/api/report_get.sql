-- GET /v1/reports/{fy}: rules.report_get at the present moment.
CREATE OR REPLACE FUNCTION api.report_get(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content json)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.report_get(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.report_get(text, jsonb, jsonb) IS 'GET /v1/reports/{fy}';
