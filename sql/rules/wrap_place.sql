-- The header of a wrapped share, which says where it belongs (docs/sealing.md), or null if the bytes
-- are no such wrap from their first to their last.
CREATE OR REPLACE FUNCTION rules.wrap_place(wrap bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sealed CONSTANT integer := 8 + 32 + 16 + 12 + 48; -- key id, enc, salt, nonce, the share
    place  CONSTANT bytea := substr(wrap, 1, greatest(length(wrap) - sealed, 0));
    name_at integer; -- behind version, kind, origin and the complaint's id
    name    text;
BEGIN
    IF length(place) < 4 OR get_byte(place, 0) <> 1 OR get_byte(place, 1) <> 3 THEN
        RETURN NULL;
    END IF;
    name_at := 4 + get_byte(place, 2) * 256 + get_byte(place, 3) + 16 + 2;
    IF length(place) < name_at
       OR length(place) <> name_at + get_byte(place, name_at - 2) * 256 + get_byte(place, name_at - 1) THEN
        RETURN NULL;
    END IF;
    name := encode(substr(place, name_at + 1), 'escape');
    RETURN CASE WHEN substring(name FROM '^share:([1-9][0-9]{0,4})$')::integer <= 65535 THEN place END;
END;
$$;
COMMENT ON FUNCTION rules.wrap_place(bytea) IS 'The header of a wrapped share, or null';
