-- The numbers of a cursor's place, of which there are four at most, masked by what its mark gives; and
-- unmasked, which is the same.
CREATE OR REPLACE FUNCTION rules.cursor_masked(mark bytea, place bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mask CONSTANT bytea := rules.cursor_hash(mark);
BEGIN
    RETURN ARRAY(SELECT p.part # rules.bytes_bigint(substr(mask, 8 * p.n::integer - 7, 8))
                 FROM unnest(place) WITH ORDINALITY AS p (part, n) ORDER BY p.n);
END;
$$;
COMMENT ON FUNCTION rules.cursor_masked(bytea, bigint[]) IS
    'The numbers of a cursor''s place, masked or unmasked';
