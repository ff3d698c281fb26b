-- POST /v1/statistics/{fy}: rules.statistics_publish at the present moment.
CREATE OR REPLACE FUNCTION api.statistics_publish(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.statistics_publish(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.statistics_publish(text, jsonb, jsonb) IS 'POST /v1/statistics/{fy}';
