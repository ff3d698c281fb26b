-- POST /v1/complaints/{id}/check: rules.complaint_check at the present moment.
CREATE OR REPLACE FUNCTION api.complaint_check(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.complaint_check(clock_timestamp(), actor, params, body)
$$;
