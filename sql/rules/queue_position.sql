-- Where a queue goes on after a cursor; before everything without one. The class counts as it is
-- now: where it has changed since, a case of that day may come twice or be left to the next look.
CREATE OR REPLACE FUNCTION rules.queue_position(given text, viewer text, OUT due_on date,
                                                OUT rank integer, OUT place bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bytes bytea;
    shown uuid;
BEGIN
    IF given IS NULL THEN
        due_on := '-infinity';
        rank := 0;
        place := 0;
        RETURN;
    END IF;
    IF given ~ '^[A-Za-z0-9_-]{27}$' THEN
        bytes := decode(translate(given, '-_', '+/') || '=', 'base64');
        shown := encode(substr(bytes, 5), 'hex')::uuid;
        due_on := make_date(2000, 1, 1)
                  + ('x' || encode(substr(bytes, 1, 4), 'hex'))::bit(32)::integer;
        SELECT rules.class_rank(s.class), s.position INTO rank, place
        FROM rules.case_seen AS s
        WHERE s.viewer = queue_position.viewer AND s.id = shown
          AND rules.queue_cursor(due_on, shown) = given;
    END IF;
    IF place IS NULL THEN
        RAISE EXCEPTION 'the cursor is none that was given out' USING ERRCODE = 'ZG422';
    END IF;
EXCEPTION
    WHEN datetime_field_overflow OR invalid_parameter_value THEN
        RAISE EXCEPTION 'the cursor is none that was given out' USING ERRCODE = 'ZG422';
END;
$$;
COMMENT ON FUNCTION rules.queue_position(text, text) IS 'Where a queue goes on after a cursor';
