-- POST /v1/reports/{fy}/submit: rules.report_submit at the present moment.
CREATE OR REPLACE FUNCTION api.report_submit(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.report_submit(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.report_submit(text, jsonb, jsonb) IS 'POST /v1/reports/{fy}/submit';
