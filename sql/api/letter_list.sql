-- GET /v1/letters: rules.letter_list at the present moment.
CREATE OR REPLACE FUNCTION api.letter_list(actor text, params jsonb, body jsonb,
                                           OUT status integer, OUT version bigint, OUT content json)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.status, r.version, r.content
    FROM rules.letter_list(clock_timestamp(), actor, params, body) AS r
$$;
COMMENT ON FUNCTION api.letter_list(text, jsonb, jsonb) IS 'GET /v1/letters';
