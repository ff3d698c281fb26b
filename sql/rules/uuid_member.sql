-- A member that must be a UUID in its usual form.
CREATE OR REPLACE FUNCTION rules.uuid_member(body jsonb, member text)
RETURNS uuid
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(body -> member) = 'string'
       AND body ->> member
           ~ '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'
    THEN
        RETURN (body ->> member)::uuid;
    END IF;
    RAISE EXCEPTION '/% must be a UUID', member USING ERRCODE = 'ZG422';
END;
$$;
