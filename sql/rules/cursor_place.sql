-- The place that a cursor stands for, of so many numbers; `first` without one. Only what
-- rules.cursor_text() wrote for this list and this viewer is one.
CREATE OR REPLACE FUNCTION rules.cursor_place(list text, viewer text, given text,
                                              VARIADIC first bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    size CONSTANT integer := 16 + 8 * cardinality(first);
    bytes bytea;
    place bigint[];
BEGIN
    IF given IS NULL THEN
        RETURN first;
    END IF;
    IF given ~ '^[A-Za-z0-9_-]+$' AND length(given) = (size * 4 + 2) / 3 THEN
        bytes := decode(rpad(translate(given, '-_', '+/'), (size + 2) / 3 * 4, '='), 'base64');
        place := rules.cursor_masked(
            substr(bytes, 1, 16),
            ARRAY(SELECT rules.bytes_bigint(substr(bytes, 9 + 8 * n, 8))
                  FROM generate_series(1, cardinality(first)) AS n ORDER BY n));
    END IF;
    IF rules.cursor_text(list, viewer, VARIADIC place) IS DISTINCT FROM given THEN
        RAISE EXCEPTION 'the cursor is none that was given out' USING ERRCODE = 'ZG422';
    END IF;
    RETURN place;
END;
$$;
COMMENT ON FUNCTION rules.cursor_place(text, text, text, bigint[]) IS
    'The place that a cursor stands for';
