-- POST /v1/reports/{fy}/errata: rules.report_erratum at the present moment.
CREATE OR REPLACE FUNCTION api.report_erratum(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.report_erratum(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.report_erratum(text, jsonb, jsonb) IS 'POST /v1/reports/{fy}/errata';
