-- Ask that the complainant's identity be opened: somebody who works on the case, with a reason.
-- Custodians have 14 days. Another request has to wait for that, unless so many refused that too few are
-- left who may take part.
CREATE OR REPLACE FUNCTION rules.identity_request(now timestamptz, actor text, params jsonb,
                                                  body jsonb, OUT status integer,
                                                  OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'identity_request');
    event CONSTANT uuid := rules.uuid_member(body, 'event_id');
    hash CONSTANT bytea := rules.request_hash('identity_request', params, body);
    seen rules.case_seen;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'reason');
    SELECT r.* INTO status, version, content FROM rules.repeated(actor, event, hash) AS r;
    IF status IS NOT NULL THEN
        RETURN;
    END IF;
    seen := rules.locked_case(rules.case_id(params ->> 'id'), actor);
    IF seen.acts_as = '{}' THEN
        RAISE EXCEPTION 'only those who work on the case ask for it' USING ERRCODE = 'ZG403';
    END IF;
    IF params ->> 'sealed_for' <> seen.route THEN
        RAISE EXCEPTION 'the case has changed since you read it' USING ERRCODE = 'ZG412';
    END IF;
    IF coalesce(jsonb_typeof(body -> 'reason') <> 'object'
                OR NOT body -> 'reason' ?& '{content,wraps}', true) THEN
        RAISE EXCEPTION '/reason must be a text, sealed' USING ERRCODE = 'ZG422';
    END IF;
    IF seen.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'the content was erased' USING ERRCODE = 'ZG410';
    END IF;
    IF EXISTS (SELECT FROM rules.identity_open_request(now) AS r
               WHERE r.complaint = seen.id AND r.opened_at IS NULL
                 AND (r.refused_by = '{}'
                      OR (SELECT count(*) FROM register.principal AS p
                          WHERE rules.custodian_for(p.name, r)) >= 2)) THEN
        RAISE EXCEPTION 'it is asked for already' USING ERRCODE = 'ZG409';
    END IF;

    INSERT INTO register.identity_request (id, complaint, asked_by, asked_at, expires_at)
    VALUES (event, seen.id, actor, now, now + interval '14 days');
    UPDATE register.complaint AS c SET noted_at = coalesce(c.noted_at, now) WHERE c.id = seen.id;
    status := 201;
    content := jsonb_build_object('request', event, 'id', seen.id, 'ref', seen.ref,
                                  'expires_at', now + interval '14 days');
    PERFORM rules.append(now, caller, 'identity_requested', complaint => seen.id,
                         event_id => event, request_hash => hash, status => status,
                         fields => jsonb_build_object('reason', body -> 'reason'),
                         answer => content);
END;
$$;
