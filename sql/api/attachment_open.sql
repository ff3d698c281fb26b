-- GET /v1/complaints/{id}/attachments/{n}: rules.attachment_open at the present moment.
CREATE OR REPLACE FUNCTION api.attachment_open(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.attachment_open(clock_timestamp(), actor, params)
$$;
