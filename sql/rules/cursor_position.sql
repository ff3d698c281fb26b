-- The position of the case that a cursor stands for; NULL without one. Only what
-- rules.cursor_text() wrote of a case that the viewer sees is one.
CREATE OR REPLACE FUNCTION rules.cursor_position(given text, viewer text) RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place bigint;
BEGIN
    IF given IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT f.position INTO place
    FROM rules.case_seen AS f
    WHERE f.viewer = cursor_position.viewer AND f.id = rules.cursor_uuid(given);
    IF place IS NULL THEN
        RAISE EXCEPTION 'the cursor is none that was given out' USING ERRCODE = 'ZG422';
    END IF;
    RETURN place;
END;
$$;
