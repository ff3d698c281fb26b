-- GET /v1/retention: rules.retention_due at the present moment.
CREATE OR REPLACE FUNCTION api.retention_due(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.retention_due(clock_timestamp(), actor, params, body)
$$;
