-- Append one event, and its leaf to the log, and answer its position. Call it last: nothing may be
-- locked after the head.
--
-- The leaf commits to the request. What the system does by itself has none, and commits to what the
-- event's row says, under a salt of its own.
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
    salt  bytea;
    leaf  bytea;
    place bigint;
    leaves bigint;
BEGIN
    IF request_hash IS NULL THEN
        salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    END IF;
    leaf := rules.event_leaf(kind, complaint, fields,
                             coalesce(request_hash,
                                      sha256(salt || convert_to(concat_ws(
                                          E'\n', kind, now, actor.name, complaint, from_state,
                                          to_state, fields), 'UTF8'))));

    UPDATE register.head AS h
    SET position = h.position + 1, leaf_count = h.leaf_count + (leaf IS NOT NULL)::integer
    RETURNING h.position, h.leaf_count INTO place, leaves;
    INSERT INTO register.event (position, leaf_index, at, complaint, event_id, kind, actor, unit,
                                from_state, to_state, fields, request_hash, salt, status, answer)
    VALUES (place, CASE WHEN leaf IS NOT NULL THEN leaves - 1 END, now, complaint, event_id, kind,
            actor.name, actor.unit, from_state, to_state, fields, request_hash,
            CASE WHEN leaf IS NOT NULL THEN salt END, status, answer);
    IF leaf IS NOT NULL THEN
        INSERT INTO register.leaf_run (first, leaves) VALUES (leaves - 1, leaf);
    END IF;
    RETURN place;
END;
$$;
