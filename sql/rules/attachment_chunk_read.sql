-- A chunk of an attachment that the caller has had opened, as base64: each for itself only while he
-- reads the case, which may change hands in the middle of a file.
CREATE OR REPLACE FUNCTION rules.attachment_chunk_read(actor text, params jsonb,
                                                       OUT status integer, OUT version bigint,
                                                       OUT content text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'attachment_open');
    place CONSTANT record := rules.seen_letter(rules.case_id(params ->> 'id'), caller.name);
    seen CONSTANT rules.case_seen := place.seen;
    letter CONSTANT register.complaint := place.letter;
BEGIN
    IF seen.acts_as = '{}' THEN
        RAISE EXCEPTION 'only those who work on the case read what was told' USING ERRCODE = 'ZG403';
    END IF;
    SELECT 200, rules.base64(k.chunk) INTO status, content
    FROM register.attachment_chunk AS k JOIN register.attachment AS a ON a.id = k.attachment
    WHERE k.attachment = (params ->> 'attachment')::uuid AND a.complaint = letter.id
      AND k.counter = (params ->> 'counter')::integer AND a.finished_at IS NOT NULL;
    IF status IS NULL THEN
        RAISE EXCEPTION 'no such attachment' USING ERRCODE = 'ZG404';
    END IF;
END;
$$;
