-- A place in a list of cases as a cursor: base64url (RFC 4648), without padding, of the id of the
-- last one shown. Its position would tell how much happened in between that was not shown.
CREATE OR REPLACE FUNCTION rules.cursor_text(shown uuid) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN rtrim(translate(encode(uuid_send(shown), 'base64'), '+/', '-_'), '=');
