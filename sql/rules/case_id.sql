-- The id of a complaint named in a path by its id or its number; NULL if it is neither.
--
-- Every read of a complaint comes by here, and a regular expression would cost more than the rest.
CREATE OR REPLACE FUNCTION rules.case_id(named text) RETURNS uuid
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF named LIKE '________-____-____-____-____________'
       AND translate(named, '0123456789abcdefABCDEF', '') = '----' THEN
        RETURN named::uuid;
    END IF;
    RETURN (SELECT f.id FROM register.case_file AS f WHERE f.ref = named);
END;
$$;
