-- Move a case: one row of register.move, by somebody of the group that the case is routed to.
--
-- The case is locked before it is looked at, so of two who move it at once the second is told that
-- it has changed.
CREATE OR REPLACE FUNCTION rules.complaint_event(now timestamptz, actor text, params jsonb,
                                                 body jsonb, OUT status integer,
                                                 OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'complaint_event');
    event CONSTANT uuid := rules.uuid_member(body, 'event_id');
    hash CONSTANT bytea := rules.request_hash('complaint_event', params, body);
    asked CONSTANT uuid := rules.case_id(params ->> 'id');
    seen rules.case_seen;
    move register.move;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'kind');
    SELECT r.* INTO status, version, content FROM rules.repeated(actor, event, hash) AS r;
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    PERFORM FROM register.complaint AS c WHERE c.id = asked FOR UPDATE;
    SELECT c.* INTO seen FROM rules.case_seen AS c WHERE c.viewer = actor AND c.id = asked;
    IF seen.id IS NULL THEN
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;
    IF NOT EXISTS (SELECT FROM register.move AS m WHERE m.kind = body ->> 'kind') THEN
        RAISE EXCEPTION '/kind is not a known move' USING ERRCODE = 'ZG422';
    END IF;
    IF NOT seen.reads OR NOT EXISTS (SELECT FROM register.move AS m
                                     WHERE m.kind = body ->> 'kind'
                                       AND m.role = ANY (caller.role_set)) THEN
        RAISE EXCEPTION 'none of your roles allows this move' USING ERRCODE = 'ZG403';
    END IF;
    IF params ->> 'if_match' IS NULL THEN
        RAISE EXCEPTION 'send If-Match with the version you read' USING ERRCODE = 'ZG428';
    END IF;
    IF params ->> 'if_match' <> seen.version::text THEN
        RAISE EXCEPTION 'the case has changed since you read it' USING ERRCODE = 'ZG412';
    END IF;
    SELECT m.* INTO move FROM register.move AS m
    WHERE m.kind = body ->> 'kind' AND m.from_state = seen.state
      AND m.role = ANY (caller.role_set)
    LIMIT 1;
    IF move.kind IS NULL THEN
        RAISE EXCEPTION 'the case is not in a state for this move' USING ERRCODE = 'ZG409';
    END IF;

    status := 200;
    version := seen.version + 1;
    UPDATE register.complaint AS c
    SET version = complaint_event.version, state = move.to_state, state_since = now,
        registered_at = CASE WHEN move.kind = 'register' THEN now ELSE c.registered_at END,
        registered_unit = CASE WHEN move.kind = 'register' THEN caller.unit
                               ELSE c.registered_unit END
    WHERE c.id = seen.id;
    content := jsonb_build_object('id', seen.id, 'ref', seen.ref, 'state', move.to_state,
                                  'version', version, 'event_id', event);
    PERFORM rules.append(now, caller, move.kind, complaint => seen.id, event_id => event,
                         request_hash => hash, from_state => seen.state,
                         to_state => move.to_state, status => status, answer => content);
END;
$$;
