-- A place in a list as a cursor: base64url (RFC 4648), without padding, of the position.
CREATE OR REPLACE FUNCTION rules.cursor_text(place bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN rtrim(translate(encode(int8send(place), 'base64'), '+/', '-_'), '=');
