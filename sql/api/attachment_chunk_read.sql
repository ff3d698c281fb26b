-- For the daemon alone: rules.attachment_chunk_read.
CREATE OR REPLACE FUNCTION api.attachment_chunk_read(actor text, params jsonb, body jsonb,
                                                     OUT status integer, OUT version bigint,
                                                     OUT content text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM rules.attachment_chunk_read(actor, params)
$$;
