-- Who acts when nobody does: a clock that ran out.
CREATE OR REPLACE FUNCTION rules.system_principal() RETURNS register.principal
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    nobody register.principal;
BEGIN
    nobody.name := 'system';
    nobody.unit := 'system';
    RETURN nobody;
END;
$$;
COMMENT ON FUNCTION rules.system_principal() IS 'Who acts when nobody does';
