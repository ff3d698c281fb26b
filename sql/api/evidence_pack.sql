-- GET /v1/evidence/{criterion}/pack: rules.evidence_pack at the present moment.
CREATE OR REPLACE FUNCTION api.evidence_pack(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content json)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.evidence_pack(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.evidence_pack(text, jsonb, jsonb) IS 'GET /v1/evidence/{criterion}/pack';
