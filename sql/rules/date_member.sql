-- A member that must be a day, YYYY-MM-DD. NULL when it is absent (or null) and need not be there. A year
-- of the Buddhist era, which people may have typed, is refused: it would be a day centuries from now.
CREATE OR REPLACE FUNCTION rules.date_member(object jsonb, member text,
                                             required boolean DEFAULT true)
RETURNS date
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    value text := rules.text_member(object, member, required);
BEGIN
    IF value !~ '^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$' THEN
        RAISE invalid_datetime_format;
    ELSIF left(value, 4) BETWEEN '2400' AND '2700' THEN
        RAISE EXCEPTION '/% must be a day, YYYY-MM-DD, of a Christian year', member
            USING ERRCODE = 'ZG422';
    END IF;
    RETURN make_date(left(value, 4)::integer, substr(value, 6, 2)::integer,
                     right(value, 2)::integer);
EXCEPTION
    WHEN invalid_datetime_format OR datetime_field_overflow THEN
        RAISE EXCEPTION '/% must be a day, YYYY-MM-DD', member USING ERRCODE = 'ZG422';
END;
$$;
COMMENT ON FUNCTION rules.date_member(jsonb, text, boolean) IS 'A member that must be a day';
