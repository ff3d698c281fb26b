-- A place in a queue as a cursor: base64url, without padding, of the due day of the last case shown
-- and of its id.
CREATE OR REPLACE FUNCTION rules.queue_cursor(due_on date, shown uuid) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN rtrim(translate(encode(date_send(due_on) || uuid_send(shown), 'base64'), '+/', '-_'), '=');
COMMENT ON FUNCTION rules.queue_cursor(date, uuid) IS 'A place in a queue as a cursor';
