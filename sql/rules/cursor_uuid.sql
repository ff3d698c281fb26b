-- The id that rules.cursor_text() made a cursor of; NULL if it is none.
CREATE OR REPLACE FUNCTION rules.cursor_uuid(given text) RETURNS uuid
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shown uuid;
BEGIN
    IF given ~ '^[A-Za-z0-9_-]{22}$' THEN
        shown := encode(decode(translate(given, '-_', '+/') || '==', 'base64'), 'hex')::uuid;
    END IF;
    RETURN CASE WHEN rules.cursor_text(shown) = given THEN shown END;
END;
$$;
COMMENT ON FUNCTION rules.cursor_uuid(text) IS 'The id that a cursor was made of';
