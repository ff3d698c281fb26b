-- PUT /v1/complaints/{id}/attachments/{n}, once it is whole: rules.attachment_add.
CREATE OR REPLACE FUNCTION api.attachment_add(actor text, params jsonb, body jsonb,
                                              OUT status integer, OUT version bigint,
                                              OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.attachment_add(clock_timestamp(), actor, params, body)
$$;
