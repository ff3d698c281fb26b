-- POST /v1/proposals/{id}: rules.proposal_decide at the present moment.
CREATE OR REPLACE FUNCTION api.proposal_decide(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.proposal_decide(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.proposal_decide(text, jsonb, jsonb) IS 'POST /v1/proposals/{id}';
