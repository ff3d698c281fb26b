-- Something happens to a case: one row of register.move, by somebody whom it lets, or a proposal
-- of it where it takes two people.
CREATE OR REPLACE FUNCTION rules.complaint_event(now timestamptz, actor text, params jsonb,
                                                 body jsonb, OUT status integer,
                                                 OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'complaint_event');
    event CONSTANT uuid := rules.uuid_member(body, 'event_id');
    hash CONSTANT bytea := rules.request_hash('complaint_event', params, body);
    event_kind CONSTANT text := body ->> 'kind';
    seen rules.case_seen;
    move register.move;
    told jsonb;
BEGIN
    SELECT r.* INTO status, version, content FROM rules.repeated(actor, event, hash) AS r;
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    seen := rules.locked_case(rules.case_id(params ->> 'id'), actor);
    IF NOT EXISTS (SELECT FROM register.move AS m WHERE m.kind = event_kind) THEN
        PERFORM rules.case_refuse(now, seen.id, actor, 'ZG422', '/kind is not a known move');
    END IF;
    IF NOT EXISTS (SELECT FROM register.move AS m
                   WHERE m.kind = event_kind AND m.roles && seen.acts_as) THEN
        PERFORM rules.case_refuse(now, seen.id, actor, 'ZG403', 'none of your roles allows this move');
    END IF;
    IF params ->> 'sealed_for' <> seen.route THEN
        RAISE EXCEPTION 'the case has changed since you read it' USING ERRCODE = 'ZG412';
    END IF;
    told := rules.event_fields(now, actor, seen.received_on, event_kind, body);
    IF params ->> 'if_match' IS NULL
       AND EXISTS (SELECT FROM register.move AS m WHERE m.kind = event_kind AND m.if_match) THEN
        RAISE EXCEPTION 'send If-Match with the version you read' USING ERRCODE = 'ZG428';
    END IF;
    IF params ->> 'if_match' <> seen.version::text THEN
        RAISE EXCEPTION 'the case has changed since you read it' USING ERRCODE = 'ZG412';
    END IF;
    move := rules.case_move(now, event_kind, seen.complaint, seen.acts_as, actor, told, actor);
    IF move.two_person AND rules.proposal_waits(now, seen.id, event_kind, actor) THEN
        PERFORM rules.case_refuse(now, seen.id, actor, 'ZG409',
                                  'the same kind of change of this case waits to be decided');
    END IF;

    status := CASE WHEN move.two_person THEN 202 ELSE 200 END;
    content := CASE WHEN move.two_person
                    THEN rules.case_propose(now, caller, seen.complaint, move, told, event, hash)
                    ELSE rules.case_apply(now, caller, seen.complaint, move, told, event, hash) END;
    version := (content ->> 'version')::bigint;
END;
$$;
