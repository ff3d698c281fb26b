-- The id of a case that a request names by id or number, if whoever asks sees it.
CREATE OR REPLACE FUNCTION rules.case_named(actor text, member text, named text) RETURNS uuid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked CONSTANT uuid := rules.case_id(named);
BEGIN
    IF NOT rules.sees_case(actor, asked) THEN
        RAISE EXCEPTION '/% names no case that you see', member USING ERRCODE = 'ZG422';
    END IF;
    RETURN asked;
END;
$$;
COMMENT ON FUNCTION rules.case_named(text, text, text) IS 'The id of a case that a request names';
