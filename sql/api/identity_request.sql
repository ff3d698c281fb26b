-- POST /v1/complaints/{id}/identity-requests: rules.identity_request at the present moment.
CREATE OR REPLACE FUNCTION api.identity_request(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.identity_request(clock_timestamp(), actor, params, body)
$$;
