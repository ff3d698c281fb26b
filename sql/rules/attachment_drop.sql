-- An attachment that will not become whole.
CREATE OR REPLACE FUNCTION rules.attachment_drop(actor text, params jsonb,
                                                 OUT status integer, OUT version bigint,
                                                 OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM register.attachment AS a
    WHERE a.id = (params ->> 'attachment')::uuid AND a.sender = actor AND a.finished_at IS NULL;
    status := 200;
    content := '{}';
END;
$$;
