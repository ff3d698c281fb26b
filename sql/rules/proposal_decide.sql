-- The second of two people approves a proposal, and it is carried out, or rejects it. It is
-- carried out only if it still may be and, about a case, if the first one still sees that.
CREATE OR REPLACE FUNCTION rules.proposal_decide(now timestamptz, actor text, params jsonb,
                                                 body jsonb,
                                                 OUT status integer, OUT version bigint,
                                                 OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me       register.principal := rules.caller(actor, 'proposal_decide');
    event    uuid := rules.uuid_member(body, 'event_id');
    hash     bytea := rules.request_hash('proposal_decide', params, body);
    proposed register.proposal;
    outcome  text;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'decision');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    outcome := CASE body ->> 'decision' WHEN 'approve' THEN 'approved'
                                        WHEN 'reject' THEN 'rejected' END;
    IF outcome IS NULL THEN
        RAISE EXCEPTION '/decision must be approve or reject' USING ERRCODE = 'ZG422';
    END IF;
    SELECT * INTO proposed
    FROM register.proposal AS p
    WHERE p.id::text = lower(params ->> 'id')
      AND (p.role = ANY (me.role_set) OR p.proposed_by = me.name)
      AND rules.may_know_of(p, me)
    FOR UPDATE;
    IF proposed.id IS NULL THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    ELSIF proposed.proposed_by = me.name OR proposed.role <> ALL (me.role_set) THEN
        RAISE EXCEPTION 'a second person decides on what you proposed' USING ERRCODE = 'ZG403';
    ELSIF proposed.status <> 'open' THEN
        RAISE EXCEPTION 'the proposal is decided' USING ERRCODE = 'ZG409';
    ELSIF proposed.expires_at <= now THEN
        RAISE EXCEPTION 'the proposal has expired' USING ERRCODE = 'ZG409';
    END IF;

    IF proposed.kind = 'erase' THEN
        content := rules.erasure_decided(now, me, proposed, outcome, event, hash);
    ELSIF proposed.complaint IS NOT NULL THEN
        content := rules.case_decided(now, me, proposed, outcome, event, hash);
    ELSIF outcome = 'approved' THEN
        PERFORM rules.principal_set_approved(proposed.request);
    END IF;
    UPDATE register.proposal AS p
    SET status = outcome, decided_by = me.name, decided_at = now
    WHERE p.id = proposed.id;

    status := 200;
    IF content IS NOT NULL THEN
        RETURN; -- its event is the case's
    END IF;
    content := jsonb_build_object('id', proposed.id, 'status', outcome);
    PERFORM rules.append(now, me, outcome, event_id => event, request_hash => hash,
                         fields => jsonb_build_object('proposal', proposed.id,
                                                      'kind', proposed.kind,
                                                      'proposed_by', proposed.proposed_by)
                                   || proposed.request,
                         status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.proposal_decide(timestamptz, text, jsonb, jsonb) IS
    'The second of two people approves or rejects a proposal';
