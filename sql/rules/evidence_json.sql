-- A piece of evidence as clients see it, without the members it does not have.
CREATE OR REPLACE FUNCTION rules.evidence_json(piece register.evidence)
RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT jsonb_strip_nulls(to_jsonb(piece)) $$;
COMMENT ON FUNCTION rules.evidence_json(register.evidence) IS
    'A piece of evidence as clients see it';
