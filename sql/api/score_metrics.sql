-- The scores as gauges, for the daemon's own /metrics. No route shows it.
CREATE OR REPLACE FUNCTION api.score_metrics(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content json)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT 200, NULL::bigint, json_build_object('gauges', rules.score_metrics(clock_timestamp()))
$$;
COMMENT ON FUNCTION api.score_metrics(text, jsonb, jsonb) IS 'The scores as gauges';
