-- The head of the case's group proposes to erase what was told in it, on an order; a custodian who may
-- take part decides. Only of a closed case, and of a whole letter: its parts share its content.
CREATE OR REPLACE FUNCTION rules.erasure_propose(now timestamptz, actor text, params jsonb,
                                                 body jsonb, OUT status integer,
                                                 OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'erasure_propose');
    event CONSTANT uuid := rules.uuid_member(body, 'event_id');
    hash CONSTANT bytea := rules.request_hash('erasure_propose', params, body);
    seen rules.case_seen;
    told jsonb;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'reason', 'approval_no');
    SELECT r.* INTO status, version, content FROM rules.repeated(actor, event, hash) AS r;
    IF status IS NOT NULL THEN
        RETURN;
    END IF;
    seen := rules.locked_case(rules.case_id(params ->> 'id'), actor);
    IF 'head' <> ALL (seen.acts_as) THEN
        RAISE EXCEPTION 'the head of the group that has the case proposes it' USING ERRCODE = 'ZG403';
    END IF;
    IF params ->> 'sealed_for' <> seen.route THEN
        RAISE EXCEPTION 'the case has changed since you read it' USING ERRCODE = 'ZG412';
    END IF;
    IF coalesce(jsonb_typeof(body -> 'reason') <> 'object'
                OR NOT body -> 'reason' ?& '{content,wraps}', true) THEN
        RAISE EXCEPTION '/reason must be a text, sealed' USING ERRCODE = 'ZG422';
    END IF;
    told := jsonb_build_object('reason', body -> 'reason',
                               'approval_no', rules.text_member(body, 'approval_no'));
    IF seen.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'the content was erased' USING ERRCODE = 'ZG410';
    ELSIF seen.content_at IS NOT NULL THEN
        RAISE EXCEPTION 'it is a part of a letter: that is erased' USING ERRCODE = 'ZG409';
    ELSIF seen.state <> 'CLOSED' THEN
        RAISE EXCEPTION 'only a closed case is erased' USING ERRCODE = 'ZG409';
    ELSIF EXISTS (SELECT FROM register.complaint AS c
                  WHERE c.content_at = seen.position AND c.state <> 'CLOSED') THEN
        RAISE EXCEPTION 'a part of it is not closed' USING ERRCODE = 'ZG409';
    ELSIF EXISTS (SELECT FROM register.proposal AS p
                  WHERE p.complaint = seen.id AND p.kind = 'erase' AND p.status = 'open'
                    AND p.expires_at > now) THEN
        RAISE EXCEPTION 'it is proposed already' USING ERRCODE = 'ZG409';
    END IF;

    status := 202;
    content := jsonb_build_object('id', seen.id, 'ref', seen.ref)
               || rules.propose(now, caller, 'erase', 'custodian', told,
                                concat_ws(' ', seen.ref, 'erase', told ->> 'approval_no'), seen.id);
    UPDATE register.complaint AS c SET noted_at = coalesce(c.noted_at, now) WHERE c.id = seen.id;
    PERFORM rules.append(now, caller, 'proposed', complaint => seen.id, event_id => event,
                         request_hash => hash, status => status, answer => content,
                         fields => told || jsonb_build_object('act', 'erase', 'proposal',
                                                              content -> 'proposal'));
END;
$$;
