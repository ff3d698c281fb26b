-- The principal behind a certificate's name, if he may call this function of schema api today.
CREATE OR REPLACE FUNCTION rules.caller(actor text, called text)
RETURNS register.principal
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_principal register.principal;
BEGIN
    SELECT * INTO found_principal
    FROM register.principal AS p
    WHERE p.name = actor AND p.active;
    IF found_principal.name IS NULL THEN
        RAISE EXCEPTION 'the certificate belongs to nobody active in the register'
            USING ERRCODE = 'ZG403';
    END IF;
    IF NOT EXISTS (SELECT FROM register.rights AS r
                   WHERE r.function = called
                     AND (r.role IN ('any', 'anyone') OR r.role = ANY (found_principal.role_set)))
    THEN
        RAISE EXCEPTION 'none of your roles allows this; it takes one of: %',
            (SELECT string_agg(r.role, ', ' ORDER BY r.role)
             FROM register.rights AS r WHERE r.function = called) USING ERRCODE = 'ZG403';
    END IF;
    RETURN found_principal;
END;
$$;
