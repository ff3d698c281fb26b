-- POST /v1/complaints/{id}/events: rules.complaint_event at the present moment.
CREATE OR REPLACE FUNCTION api.complaint_event(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.complaint_event(clock_timestamp(), actor, params, body)
$$;
