-- Add a principal or change him; true if he is new.
CREATE OR REPLACE FUNCTION rules.principal_store(person register.principal)
RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    is_new boolean;
BEGIN
    INSERT INTO register.principal AS p (name, name_th, name_en, unit, roles, active, demo)
    VALUES (person.name, person.name_th, person.name_en, person.unit, person.roles, person.active,
            person.demo)
    ON CONFLICT (name) DO UPDATE
        SET (name_th, name_en, unit, roles, active)
          = (EXCLUDED.name_th, EXCLUDED.name_en, EXCLUDED.unit, EXCLUDED.roles, EXCLUDED.active)
    RETURNING p.xmax = 0 INTO is_new;
    RETURN is_new;
END;
$$;
COMMENT ON FUNCTION rules.principal_store(register.principal) IS 'Add a principal or change him';
