-- POST /v1/reports/{fy}/issue: rules.report_issue at the present moment.
CREATE OR REPLACE FUNCTION api.report_issue(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.report_issue(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.report_issue(text, jsonb, jsonb) IS 'POST /v1/reports/{fy}/issue';
