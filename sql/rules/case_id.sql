-- The id of a complaint named in a path by its id or its number; NULL if it is neither.
CREATE OR REPLACE FUNCTION rules.case_id(named text) RETURNS uuid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    id CONSTANT uuid := rules.uuid_of(named);
BEGIN
    IF id IS NOT NULL THEN
        RETURN id;
    END IF;
    RETURN (SELECT c.id FROM register.complaint AS c WHERE c.ref = named);
END;
$$;
