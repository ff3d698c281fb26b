-- How many rows of a list are asked for: 1 to 200, 50 when nothing is said.
CREATE OR REPLACE FUNCTION rules.page_rows(given text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF given IS NULL THEN
        RETURN 50;
    END IF;
    IF given ~ '^[0-9]{1,3}$' AND given::integer BETWEEN 1 AND 200 THEN
        RETURN given::integer;
    END IF;
    RAISE EXCEPTION 'limit must be a number from 1 to 200' USING ERRCODE = 'ZG422';
END;
$$;
