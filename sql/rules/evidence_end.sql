-- The head of the legal group or of the alternate ends a piece of evidence: an order was revoked, an
-- address is gone, it was recorded by mistake. The piece stays; it counts up to the day named, once.
CREATE OR REPLACE FUNCTION rules.evidence_end(now timestamptz, actor text, params jsonb, body jsonb,
                                              OUT status integer, OUT version bigint,
                                              OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me     register.principal := rules.caller(actor, 'evidence_end');
    event  uuid := rules.uuid_member(body, 'event_id');
    hash   bytea := rules.request_hash('evidence_end', params, body);
    piece  register.evidence;
    ending register.evidence_end;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'ended_on', 'reason');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    SELECT * INTO piece FROM register.evidence AS e WHERE e.id = rules.uuid_of(params ->> 'id');
    IF piece.id IS NULL THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
    ending.evidence := piece.id;
    ending.ended_on := rules.date_member(body, 'ended_on');
    ending.reason := rules.text_member(body, 'reason');
    ending.ended_at := now;
    ending.ended_by := me.name;
    IF ending.ended_on > rules.bangkok_day(now) THEN
        RAISE EXCEPTION '/ended_on lies in the future' USING ERRCODE = 'ZG422';
    ELSIF ending.ended_on >= piece.expires_on THEN
        RAISE EXCEPTION '/ended_on does not lie before the day on which it expires'
            USING ERRCODE = 'ZG422';
    END IF;
    INSERT INTO register.evidence_end SELECT ending.* ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this piece of evidence was ended already' USING ERRCODE = 'ZG409';
    END IF;

    status := 201;
    content := rules.evidence_json(piece) || jsonb_build_object(
        'ended_on', ending.ended_on, 'end_reason', ending.reason, 'ended_by', ending.ended_by);
    PERFORM rules.append(now, me, 'evidence_ended', event_id => event, request_hash => hash,
                         fields => to_jsonb(ending), status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.evidence_end(timestamptz, text, jsonb, jsonb) IS
    'The head of the legal group ends a piece of evidence';
