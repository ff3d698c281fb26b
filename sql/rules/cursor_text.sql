-- A place in a list, the numbers that it is sorted by, as a cursor of one viewer: base64url (RFC 4648),
-- without padding, of a mark and of the numbers, masked. A place as it is would tell how much happened
-- in between that was not shown.
--
-- The mark is a keyed hash of list, viewer and place, and what masks the place is one of the mark (a
-- synthetic initialization vector, after RFC 5297). So a cursor is good for who was given it, and for
-- him says nothing but whether two places are the same.
CREATE OR REPLACE FUNCTION rules.cursor_text(list text, viewer text, VARIADIC place bigint[])
RETURNS text
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mark CONSTANT bytea := substr(rules.cursor_hash(convert_to(
        concat_ws(E'\n', list, viewer, place), 'UTF8')), 1, 16);
    bytes bytea := mark;
    part bigint;
BEGIN
    FOREACH part IN ARRAY rules.cursor_masked(mark, place) LOOP
        bytes := bytes || int8send(part);
    END LOOP;
    RETURN rtrim(translate(encode(bytes, 'base64'), '+/', '-_'), '=');
END;
$$;
COMMENT ON FUNCTION rules.cursor_text(text, text, bigint[]) IS 'A place in a list as a cursor';
