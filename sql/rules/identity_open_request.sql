-- Requests to open an identity that something may still come of.
CREATE OR REPLACE FUNCTION rules.identity_open_request(now timestamptz)
RETURNS SETOF register.identity_request
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.* FROM register.identity_request AS r
    WHERE r.opened_at IS NULL AND r.expires_at > now
$$;
