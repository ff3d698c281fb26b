-- A chunk has arrived. It counts only with the whole, whose commit makes all of them last: so
-- nobody waits for the disk before.
CREATE OR REPLACE FUNCTION rules.attachment_chunk_add(actor text, params jsonb, body jsonb,
                                                      OUT status integer, OUT version bigint,
                                                      OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO register.attachment_chunk (attachment, counter, chunk)
    SELECT a.id, (params ->> 'counter')::integer, decode(body ->> 'chunk', 'base64')
    FROM register.attachment AS a
    WHERE a.id = (params ->> 'attachment')::uuid AND a.sender = actor AND a.finished_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'it is no longer on its way' USING ERRCODE = 'ZG408';
    END IF;
    status := 200;
    content := '{}';
END;
$$;
