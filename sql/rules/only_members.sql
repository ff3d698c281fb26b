-- Refuse a body that is no object or has members other than these; it names none of them back.
CREATE OR REPLACE FUNCTION rules.only_members(body jsonb, VARIADIC allowed text[])
RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF body IS NULL OR jsonb_typeof(body) <> 'object' THEN
        RAISE EXCEPTION 'the content must be a JSON object' USING ERRCODE = 'ZG422';
    END IF;
    IF body - allowed <> '{}' THEN
        RAISE EXCEPTION 'the content has a member that is not known here'
            USING ERRCODE = 'ZG422';
    END IF;
END;
$$;
