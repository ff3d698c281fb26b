-- A member that must be a text of 1 to so many bytes, without control characters (C0, DEL, C1). NULL
-- when it is absent (or null) and need not be there. `pointer` leads to the object. Spaces alone,
-- of whatever width, would stand in a register like a number that nobody can read.
CREATE OR REPLACE FUNCTION rules.bounded_text_member(object jsonb, member text, required boolean,
                                                     pointer text, bytes_max integer)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    value text := object ->> member;
BEGIN
    IF value IS NULL THEN
        IF required THEN
            RAISE EXCEPTION '% is missing', pointer || member USING ERRCODE = 'ZG422';
        END IF;
        RETURN NULL;
    END IF;
    IF jsonb_typeof(object -> member) <> 'string'
       OR octet_length(value) NOT BETWEEN 1 AND bytes_max
       OR value ~ '[\x01-\x1f\x7f-\x9f]'
    THEN
        RAISE EXCEPTION '% must be a text of 1 to % bytes without control characters',
            pointer || member, bytes_max USING ERRCODE = 'ZG422';
    END IF;
    IF btrim(value, U&' \00A0\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\200B\200C\200D'
                    '\2028\2029\202F\205F\2060\3000\FEFF') = ''
    THEN
        RAISE EXCEPTION '% must say something', pointer || member USING ERRCODE = 'ZG422';
    END IF;
    RETURN value;
END;
$$;
COMMENT ON FUNCTION rules.bounded_text_member(jsonb, text, boolean, text, integer) IS
    'A member that must be a text of at most so many bytes';
