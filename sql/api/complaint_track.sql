-- POST /v1/track: what the holder of a tracking code may know, without a name: the state of his
-- case and since when. The code is hashed before it comes here.
CREATE OR REPLACE FUNCTION api.complaint_track(actor text, params jsonb, body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content json)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hash CONSTANT text := body ->> 'track_hash';
BEGIN
    PERFORM rules.only_members(body, 'track_hash');
    IF coalesce(hash !~ '^[0-9a-f]{64}$', true) THEN
        RAISE EXCEPTION '/track_hash must be 64 hexadecimal digits' USING ERRCODE = 'ZG422';
    END IF;
    SELECT 200, json_build_object('state', c.state, 'state_th', s.th, 'state_en', s.en,
                                  'since', rules.bangkok_day(c.state_since),
                                  'identity_opened', EXISTS (
                                      SELECT FROM register.identity_request AS r
                                      WHERE r.complaint = c.id AND r.opened_at IS NOT NULL))
    INTO status, content
    FROM register.complaint AS c
    JOIN register.state AS s ON s.code = c.state
    WHERE c.track_hash = decode(hash, 'hex')
    ORDER BY c.position DESC -- a client may have used one nonce twice
    LIMIT 1;
    IF status IS NULL THEN
        RAISE EXCEPTION 'no such tracking code' USING ERRCODE = 'ZG404';
    END IF;
END;
$$;
