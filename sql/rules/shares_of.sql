-- The wrapped shares in a list of objects (docs/sealing.md): the header of each, whose number it bears
-- and which key it is for. Other objects, and bytes that are no list, are passed over.
CREATE OR REPLACE FUNCTION rules.shares_of(list bytea)
RETURNS TABLE (place bytea, number integer, key_id bytea)
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at   integer := 0;
    size integer;
BEGIN
    WHILE at + 2 <= length(list) LOOP
        size := get_byte(list, at) * 256 + get_byte(list, at + 1);
        place := rules.wrap_place(substr(list, at + 3, size));
        IF place IS NOT NULL THEN
            number := rules.share_number(place);
            key_id := substr(list, at + 3 + length(place), 8);
            RETURN NEXT;
        END IF;
        at := at + 2 + size;
    END LOOP;
END;
$$;
COMMENT ON FUNCTION rules.shares_of(bytea) IS 'The wrapped shares in a list of objects';
