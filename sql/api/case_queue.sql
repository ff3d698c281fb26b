-- GET /v1/queue: rules.case_queue at the present moment.
CREATE OR REPLACE FUNCTION api.case_queue(actor text, params jsonb, body jsonb,
                                          OUT status integer, OUT version bigint, OUT content text)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.case_queue(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.case_queue(text, jsonb, jsonb) IS 'GET /v1/queue';
