-- Requests to open an identity on which custodians may still act. One that was delivered is among them:
-- the server cannot know whether what it delivered opened.
CREATE OR REPLACE FUNCTION rules.identity_open_request(now timestamptz)
RETURNS SETOF register.identity_request
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM register.identity_request AS r
    WHERE r.expires_at > now
$$;
