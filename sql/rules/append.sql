-- Append one event and answer its position. Call it last: nothing may be locked after the head.
CREATE OR REPLACE FUNCTION rules.append(now timestamptz, actor register.principal, kind text,
                                        complaint uuid DEFAULT NULL, event_id uuid DEFAULT NULL,
                                        request_hash bytea DEFAULT NULL,
                                        from_state text DEFAULT NULL, to_state text DEFAULT NULL,
                                        fields jsonb DEFAULT NULL, status integer DEFAULT NULL,
                                        answer jsonb DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place bigint;
BEGIN
    UPDATE register.head AS h SET position = h.position + 1 RETURNING h.position INTO place;
    INSERT INTO register.event (position, at, complaint, event_id, kind, actor, unit, from_state,
                                to_state, fields, request_hash, status, answer)
    VALUES (place, now, complaint, event_id, kind, actor.name, actor.unit, from_state,
            to_state, fields, request_hash, status, answer);
    RETURN place;
END;
$$;
