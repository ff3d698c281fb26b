-- POST /v1/assessments: rules.assessment_add at the present moment.
CREATE OR REPLACE FUNCTION api.assessment_add(actor text, params jsonb, body jsonb,
    OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.assessment_add(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.assessment_add(text, jsonb, jsonb) IS 'POST /v1/assessments';
