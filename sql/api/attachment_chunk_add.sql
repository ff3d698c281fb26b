-- For the daemon alone: rules.attachment_chunk_add.
CREATE OR REPLACE FUNCTION api.attachment_chunk_add(actor text, params jsonb, body jsonb,
                                                    OUT status integer, OUT version bigint,
                                                    OUT content jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.attachment_chunk_add(actor, params, body)
$$;
