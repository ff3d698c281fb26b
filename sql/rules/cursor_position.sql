-- The place that a cursor stands for; NULL without one. Only what rules.cursor_text() wrote is one.
CREATE OR REPLACE FUNCTION rules.cursor_position(given text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bytes bytea;
BEGIN
    IF given IS NULL THEN
        RETURN NULL;
    END IF;
    IF given ~ '^[A-Za-z0-9_-]{11}$' THEN
        bytes := decode(translate(given, '-_', '+/') || '=', 'base64');
        IF rules.cursor_text(('x' || encode(bytes, 'hex'))::bit(64)::bigint) = given THEN
            RETURN ('x' || encode(bytes, 'hex'))::bit(64)::bigint;
        END IF;
    END IF;
    RAISE EXCEPTION 'the cursor is none that was given out' USING ERRCODE = 'ZG422';
END;
$$;
