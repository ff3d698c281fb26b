-- A custodian approves, by handing over his share of this case wrapped for a second one; or that
-- second one opens: he gets envelope and share, and opens them where he is; or one refuses, with a
-- reason. Each is an event.
--
-- Until it expires the first may approve again with a new wrap, and whom it was approved for may open it
-- again: an answer may be lost, or a share be of no use, which the server cannot see. That it has been
-- handed out is told as an opening all the same. Before that any custodian may approve, for any other.
--
-- A share under a key that does not open the second one's own is neither taken nor handed out.
--
-- Any two open an identity, so one does not prevent it as long as there are two others: who refuses takes
-- no part any more, and what he approved or was approved for is void; the others may go on.
CREATE OR REPLACE FUNCTION rules.identity_decide(now timestamptz, actor text, params jsonb,
                                                 body jsonb, OUT status integer,
                                                 OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'identity_decide');
    event CONSTANT uuid := rules.uuid_member(body, 'event_id');
    hash CONSTANT bytea := rules.request_hash('identity_decide', params, body);
    asked register.identity_request;
    c register.complaint;
    kept register.content;
    source register.complaint; -- whose envelope it is: itself, or the letter that it is a part of
    second text;
    handed bytea;
BEGIN
    IF body ->> 'act' = 'refuse' THEN
        PERFORM rules.only_members(body, 'event_id', 'act', 'reason');
    ELSE
        PERFORM rules.only_members(body, 'event_id', 'act', 'opener', 'share');
    END IF;
    IF body ->> 'act' IN ('approve', 'refuse') THEN -- what was done is told, whoever takes part by now
        SELECT r.* INTO status, version, content FROM rules.repeated(actor, event, hash) AS r;
        IF status IS NOT NULL THEN
            RETURN;
        END IF;
    END IF;
    SELECT x.* INTO c FROM register.complaint AS x
    WHERE x.id = (SELECT r.complaint FROM register.identity_request AS r
                  WHERE r.id = rules.uuid_of(params ->> 'id')) FOR UPDATE;
    SELECT r.* INTO asked FROM register.identity_request AS r
    WHERE r.id = rules.uuid_of(params ->> 'id') FOR UPDATE;
    IF asked.id IS NULL OR NOT rules.custodian_for(actor, asked) THEN
        RAISE EXCEPTION 'no such request' USING ERRCODE = 'ZG404';
    END IF;
    IF asked.opened_at IS NOT NULL AND body ->> 'act' <> 'open'
       AND (actor, body ->> 'opener') IS DISTINCT FROM (asked.approved_by, asked.opener) THEN
        RAISE EXCEPTION 'it has been opened' USING ERRCODE = 'ZG409';
    ELSIF asked.expires_at <= now THEN
        RAISE EXCEPTION 'the request has expired' USING ERRCODE = 'ZG409';
    END IF;
    SELECT t.* INTO kept FROM register.content AS t
    WHERE t.position = rules.content_position(c);
    IF kept.position IS NULL THEN
        RAISE EXCEPTION 'the content was erased' USING ERRCODE = 'ZG410';
    END IF;

    CASE body ->> 'act'
    WHEN 'approve' THEN
        second := rules.code_member(body, 'opener');
        IF second = actor OR NOT rules.custodian_for(second, asked) THEN
            RAISE EXCEPTION '/opener must be another custodian who may take part'
                USING ERRCODE = 'ZG422';
        END IF;
        handed := rules.wrap_of(body ->> 'share');
        IF rules.wrap_place(handed) IS NULL THEN
            RAISE EXCEPTION '/share must be a wrapped share in base64' USING ERRCODE = 'ZG422';
        END IF;
        PERFORM rules.share_claim(now, actor, rules.wrap_place(handed));
        IF NOT EXISTS (SELECT FROM rules.shares_of(kept.wraps) AS s
                       WHERE s.place = rules.wrap_place(handed)) THEN
            RAISE EXCEPTION '/share must be your share of this case' USING ERRCODE = 'ZG422';
        ELSIF NOT rules.share_fits(handed, kept.wraps, second) THEN
            RAISE EXCEPTION '/share is wrapped for another key than the share of its opener'
                USING ERRCODE = 'ZG422';
        END IF;
        UPDATE register.identity_request AS r
        SET approved_by = actor, approved_at = now, opener = second, share = handed
        WHERE r.id = asked.id;
        status := 200;
        content := jsonb_build_object('request', asked.id, 'ref', c.ref, 'opener', second,
                                      'expires_at', asked.expires_at);
        PERFORM rules.append(now, caller, 'identity_approved', complaint => c.id,
                             event_id => event, request_hash => hash, status => status,
                             fields => jsonb_build_object('opener', second), answer => content);
    WHEN 'open' THEN
        IF asked.opener IS DISTINCT FROM actor THEN
            RAISE EXCEPTION 'a first custodian must approve it for you' USING ERRCODE = 'ZG403';
        ELSIF NOT rules.custodian_for(asked.approved_by, asked) THEN
            RAISE EXCEPTION 'who approved it may take part no more' USING ERRCODE = 'ZG409';
        ELSIF NOT rules.share_fits(asked.share, kept.wraps, actor) THEN
            RAISE EXCEPTION 'your shares are wrapped for another key since it was approved'
                USING ERRCODE = 'ZG409';
        END IF;
        UPDATE register.identity_request AS r SET opened_at = coalesce(r.opened_at, now)
        WHERE r.id = asked.id;
        SELECT x.* INTO source FROM register.complaint AS x WHERE x.position = kept.position;
        status := 200;
        content := jsonb_build_object(
            'request', asked.id, 'id', c.id, 'ref', c.ref, 'envelope_id', source.id,
            'approved_by', asked.approved_by, 'share', rules.base64(asked.share),
            'content', rules.base64(kept.identity), 'wraps', rules.base64(kept.wraps),
            'part_i', rules.base64(substr(source.opening, 65, 32)));
        PERFORM rules.append(now, caller, 'identity_opened', complaint => c.id,
                             fields => jsonb_build_object('approved_by', asked.approved_by));
    WHEN 'refuse' THEN
        IF coalesce(jsonb_typeof(body -> 'reason') <> 'object'
                    OR NOT body -> 'reason' ?& '{content,wraps}', true) THEN
            RAISE EXCEPTION '/reason must be a text, sealed' USING ERRCODE = 'ZG422';
        ELSIF params ->> 'sealed_for' <> c.route THEN
            RAISE EXCEPTION 'the case has changed since you read it' USING ERRCODE = 'ZG412';
        END IF;
        UPDATE register.identity_request AS r SET refused_by = r.refused_by || actor
        WHERE r.id = asked.id;
        UPDATE register.identity_request AS r
        SET approved_by = NULL, approved_at = NULL, opener = NULL, share = NULL
        WHERE r.id = asked.id AND actor IN (r.approved_by, r.opener);
        status := 200;
        content := jsonb_build_object('request', asked.id, 'ref', c.ref, 'refused_by', asked.refused_by || actor,
                                      'expires_at', asked.expires_at);
        PERFORM rules.append(now, caller, 'identity_refused', complaint => c.id,
                             event_id => event, request_hash => hash, status => status,
                             fields => jsonb_build_object('request', asked.id, 'reason', body -> 'reason'),
                             answer => content);
    ELSE
        RAISE EXCEPTION '/act must be approve, open or refuse' USING ERRCODE = 'ZG422';
    END CASE;
END;
$$;
