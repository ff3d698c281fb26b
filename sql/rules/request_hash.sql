-- What binds a request, in 32 bytes: equal for a repeat, different for any other request. It is the
-- commitment that the daemon made over the request's own bytes (params.commit), under a nonce that
-- only the daemons can make, so it tells nothing to who reads it; called without one, as by
-- psql, a digest.
CREATE OR REPLACE FUNCTION rules.request_hash(called text, params jsonb, body jsonb)
RETURNS bytea
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(decode(params ->> 'commit', 'hex'),
                    sha256(convert_to(jsonb_build_array(called, params -> 'id', body)::text,
                                      'UTF8')))
$$;
