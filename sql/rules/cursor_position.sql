-- The position of the case that a cursor stands for; NULL without one. Only what
-- rules.cursor_text() wrote of a case that the viewer sees is one.
CREATE OR REPLACE FUNCTION rules.cursor_position(given text, viewer text) RETURNS bigint
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shown uuid;
    place bigint;
BEGIN
    IF given IS NULL THEN
        RETURN NULL;
    END IF;
    IF given ~ '^[A-Za-z0-9_-]{22}$' THEN
        shown := encode(decode(translate(given, '-_', '+/') || '==', 'base64'), 'hex')::uuid;
        SELECT f.position INTO place
        FROM rules.case_seen AS f
        WHERE f.viewer = cursor_position.viewer AND f.id = shown
          AND rules.cursor_text(shown) = given;
    END IF;
    IF place IS NULL THEN
        RAISE EXCEPTION 'the cursor is none that was given out' USING ERRCODE = 'ZG422';
    END IF;
    RETURN place;
END;
$$;
