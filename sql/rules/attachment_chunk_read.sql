-- A chunk of an attachment that the caller has had opened, as base64.
CREATE OR REPLACE FUNCTION rules.attachment_chunk_read(actor text, params jsonb,
                                                       OUT status integer, OUT version bigint,
                                                       OUT content text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM rules.caller(actor, 'attachment_open');
    SELECT 200, rules.base64(k.chunk) INTO status, content
    FROM register.attachment_chunk AS k JOIN register.attachment AS a ON a.id = k.attachment
    WHERE k.attachment = (params ->> 'attachment')::uuid
      AND k.counter = (params ->> 'counter')::integer AND a.finished_at IS NOT NULL;
    IF status IS NULL THEN
        RAISE EXCEPTION 'no such attachment' USING ERRCODE = 'ZG404';
    END IF;
END;
$$;
