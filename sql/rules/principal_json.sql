-- A principal as clients see him.
CREATE OR REPLACE FUNCTION rules.principal_json(person register.principal)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('name', person.name, 'name_th', person.name_th,
                              'name_en', person.name_en, 'unit', person.unit,
                              'roles', person.role_set, 'active', person.active,
                              'demo', person.demo, 'email', person.email)
$$;
COMMENT ON FUNCTION rules.principal_json(register.principal) IS 'A principal as clients see him';
