-- POST /v1/identity-requests/{id}: rules.identity_decide at the present moment.
CREATE OR REPLACE FUNCTION api.identity_decide(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.identity_decide(clock_timestamp(), actor, params, body)
$$;
