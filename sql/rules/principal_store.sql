-- Add a principal, or change the one that is there: as the caller found it when he looked.
CREATE OR REPLACE FUNCTION rules.principal_store(person register.principal, is_new boolean)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO register.principal (name, name_th, name_en, unit, roles, active, demo,
                                    email)
    VALUES (person.name, person.name_th, person.name_en, person.unit, person.roles, person.active,
            person.demo, person.email)
    ON CONFLICT (name) DO UPDATE
        SET (name_th, name_en, unit, roles, active, email)
          = (EXCLUDED.name_th, EXCLUDED.name_en, EXCLUDED.unit, EXCLUDED.roles, EXCLUDED.active,
             EXCLUDED.email)
        WHERE NOT is_new;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'somebody else has just added the principal' USING ERRCODE = 'ZG409';
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.principal_store(register.principal, boolean) IS
    'Add a principal or change him';
