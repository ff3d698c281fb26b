-- A member that must be a decimal number in a text, "82.7470", so that it arrives exactly as it
-- was written: not negative, at most 9 digits before the point and 6 behind it.
CREATE OR REPLACE FUNCTION rules.decimal_member(object jsonb, member text, pointer text)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(object -> member) = 'string'
       AND object ->> member ~ '^[0-9]{1,9}([.][0-9]{1,6})?$'
    THEN
        RETURN (object ->> member)::numeric;
    END IF;
    RAISE EXCEPTION '% must be a decimal number in a text, like "82.7470"', pointer || member
        USING ERRCODE = 'ZG422';
END;
$$;
COMMENT ON FUNCTION rules.decimal_member(jsonb, text, text) IS
    'A member that must be a decimal number in a text';
