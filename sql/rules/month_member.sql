-- A member that must be a month, YYYY-MM; its first day.
CREATE OR REPLACE FUNCTION rules.month_member(object jsonb, member text)
RETURNS date
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    value text := rules.text_member(object, member);
BEGIN
    IF value !~ '^[12][0-9]{3}-(0[1-9]|1[0-2])$' THEN
        RAISE EXCEPTION '/% must be a month, YYYY-MM', member USING ERRCODE = 'ZG422';
    END IF;
    RETURN make_date(left(value, 4)::integer, right(value, 2)::integer, 1);
END;
$$;
COMMENT ON FUNCTION rules.month_member(jsonb, text) IS 'A member that must be a month';
