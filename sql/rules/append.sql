-- Append one event, and its leaf to the log, and answer its position. Call it last: nothing may be
-- locked after the head.
--
-- The leaf commits to the request, or to the document that the event is about (rules.event_leaf).
-- What the system does by itself has no request, and commits to what the event's row says, under a
-- salt of its own.
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
    new_leaf bytea;
    place bigint;
    leaves bigint;
    frozen timestamptz;
    kept  bigint; -- its leaf is in the log already, and was lost here
BEGIN
    IF request_hash IS NULL THEN
        salt := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    END IF;
    new_leaf := rules.event_leaf(kind, complaint, fields,
                                 coalesce(request_hash,
                                          sha256(salt || convert_to(concat_ws(
                                              E'\n', kind, now, actor.name, complaint,
                                              from_state, to_state, fields), 'UTF8'))));

    IF request_hash IS NOT NULL AND EXISTS (SELECT FROM register.lost_leaf) THEN
        DELETE FROM register.lost_leaf AS l WHERE l.leaf = new_leaf
        RETURNING l.leaf_index INTO kept;
    END IF;

    UPDATE register.head AS h
    SET position = h.position + 1,
        leaf_count = h.leaf_count + (new_leaf IS NOT NULL AND kept IS NULL)::integer
    RETURNING h.position, h.leaf_count, h.frozen_at INTO place, leaves, frozen;
    IF frozen IS NOT NULL THEN
        PERFORM rules.refuse_frozen(frozen);
    END IF;
    INSERT INTO register.event (position, leaf_index, at, complaint, event_id, kind, actor, unit,
                                from_state, to_state, fields, request_hash, salt, status, answer)
    VALUES (place, CASE WHEN new_leaf IS NOT NULL THEN coalesce(kept, leaves - 1) END, now,
            complaint, event_id, kind, actor.name, actor.unit, from_state, to_state, fields, request_hash,
            CASE WHEN new_leaf IS NOT NULL THEN salt END, status, answer);
    IF new_leaf IS NOT NULL AND kept IS NULL THEN
        INSERT INTO register.leaf_run (first, leaves) VALUES (leaves - 1, new_leaf);
    END IF;
    RETURN place;
END;
$$;
