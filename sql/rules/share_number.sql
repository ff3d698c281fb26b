-- The custodian's number in the header of a wrapped share (rules.wrap_place).
CREATE OR REPLACE FUNCTION rules.share_number(place bytea) RETURNS integer
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
RETURN substring(encode(place, 'escape') FROM 'share:([0-9]+)$')::integer;
COMMENT ON FUNCTION rules.share_number(bytea) IS
    'The custodian''s number in the header of a wrapped share';
