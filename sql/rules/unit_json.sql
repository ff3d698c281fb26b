-- A unit as clients see it.
CREATE OR REPLACE FUNCTION rules.unit_json(office register.unit)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT to_jsonb(office) $$;
COMMENT ON FUNCTION rules.unit_json(register.unit) IS 'A unit as clients see it';
