-- POST /v1/complaints/{id}/erasure: rules.erasure_propose at the present moment.
CREATE OR REPLACE FUNCTION api.erasure_propose(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.erasure_propose(clock_timestamp(), actor, params, body)
$$;
