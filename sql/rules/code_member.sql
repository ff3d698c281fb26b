-- A member that must be a code of the register's own making: a unit's or a principal's name. It
-- stands in lists and paths, so it holds letters, digits, dots, hyphens and underscores only.
CREATE OR REPLACE FUNCTION rules.code_member(object jsonb, member text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    value text := rules.text_member(object, member);
BEGIN
    IF value !~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' THEN
        RAISE EXCEPTION '/% must be 1 to 64 letters, digits, dots, hyphens or underscores', member
            USING ERRCODE = 'ZG422';
    END IF;
    RETURN value;
END;
$$;
COMMENT ON FUNCTION rules.code_member(jsonb, text) IS
    'A member that must be the code of a unit or the name of a principal';
