-- The id of a complaint named in a path by its id or its number; NULL if it is neither.
CREATE OR REPLACE FUNCTION rules.case_id(named text) RETURNS uuid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF named ~ '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$' THEN
        RETURN named::uuid;
    END IF;
    RETURN (SELECT f.id FROM register.case_file AS f WHERE f.ref = named);
END;
$$;
