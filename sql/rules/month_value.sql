-- A text that must be a month, YYYY-MM; its first day. `pointer` leads to it.
CREATE OR REPLACE FUNCTION rules.month_value(value text, pointer text)
RETURNS date
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF value !~ '^[12][0-9]{3}-(0[1-9]|1[0-2])$' THEN
        RAISE EXCEPTION '% must be a month, YYYY-MM', pointer USING ERRCODE = 'ZG422';
    END IF;
    RETURN make_date(left(value, 4)::integer, right(value, 2)::integer, 1);
END;
$$;
COMMENT ON FUNCTION rules.month_value(text, text) IS 'A text that must be a month';
