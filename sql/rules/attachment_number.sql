-- The number of an attachment as a path names it. Who may see the case is told that there is no
-- other: the bound is what keeps a case's attachments few.
CREATE OR REPLACE FUNCTION rules.attachment_number(named text) RETURNS smallint
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF named ~ '^([1-9]|1[0-9]|20)$' THEN
        RETURN named::smallint;
    END IF;
    RAISE EXCEPTION 'the number of an attachment is 1 to 20' USING ERRCODE = 'ZG422';
END;
$$;
