-- A member that must be true or false.
CREATE OR REPLACE FUNCTION rules.boolean_member(object jsonb, member text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(object -> member) IS DISTINCT FROM 'boolean' THEN
        RAISE EXCEPTION '/% must be true or false', member USING ERRCODE = 'ZG422';
    END IF;
    RETURN (object -> member)::boolean;
END;
$$;
COMMENT ON FUNCTION rules.boolean_member(jsonb, text) IS 'A member that must be true or false';
