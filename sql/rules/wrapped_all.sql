-- All of a case is wrapped for the group that had it at this version, unless it has moved on since.
CREATE OR REPLACE FUNCTION rules.wrapped_all(asked uuid, seen_version bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE register.complaint AS c SET wrapped_for = c.route
    WHERE c.id = asked AND c.version = seen_version
      AND c.route <> coalesce(c.wrapped_for, c.accepted_route);
    RETURN FOUND;
END;
$$;
COMMENT ON FUNCTION rules.wrapped_all(uuid, bigint) IS 'All of a case is wrapped for its group';
