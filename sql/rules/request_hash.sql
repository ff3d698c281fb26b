-- What a request asked, in 32 bytes: equal for a repeat, different for any other request.
CREATE OR REPLACE FUNCTION rules.request_hash(called text, params jsonb, body jsonb)
RETURNS bytea
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(convert_to(jsonb_build_array(called, params -> 'id', body)::text, 'UTF8'))
$$;
