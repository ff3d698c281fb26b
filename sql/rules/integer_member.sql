-- A member that must be a whole number from `lowest` to `highest`. `pointer` leads to the object.
CREATE OR REPLACE FUNCTION rules.integer_member(object jsonb, member text, lowest integer,
                                                highest integer, pointer text DEFAULT '/')
RETURNS integer
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(object -> member) = 'number' AND object ->> member ~ '^-?[0-9]{1,9}$'
       AND (object ->> member)::integer BETWEEN lowest AND highest
    THEN
        RETURN (object ->> member)::integer;
    END IF;
    RAISE EXCEPTION '% must be a whole number from % to %', pointer || member, lowest, highest
        USING ERRCODE = 'ZG422';
END;
$$;
COMMENT ON FUNCTION rules.integer_member(jsonb, text, integer, integer, text) IS
    'A member that must be a whole number';
