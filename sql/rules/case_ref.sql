-- The number of a case; NULL if there is none. Whether somebody may know it is the caller's to ask.
CREATE OR REPLACE FUNCTION rules.case_ref(asked uuid) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF asked IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT c.ref FROM register.complaint AS c WHERE c.id = asked);
END;
$$;
COMMENT ON FUNCTION rules.case_ref(uuid) IS 'The number of a case';
