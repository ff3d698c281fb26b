-- POST /v1/evidence/{id}/end: rules.evidence_end at the present moment.
CREATE OR REPLACE FUNCTION api.evidence_end(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.evidence_end(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.evidence_end(text, jsonb, jsonb) IS 'POST /v1/evidence/{id}/end';
