-- The number that eight bytes are: what int8send() made of it.
CREATE OR REPLACE FUNCTION rules.bytes_bigint(bytes bytea) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN ('x' || encode(bytes, 'hex'))::bit(64)::bigint;
COMMENT ON FUNCTION rules.bytes_bigint(bytea) IS 'The number that eight bytes are';
