-- What a custodian may act on: requests that he may take part in, each with the wraps of the case, out
-- of which only his own share opens with his key. One that he asks for by its id comes with why it is
-- asked for, and why others refused, as envelopes that his key opens (`reason`: NULL where that was not
-- sealed for custodians): in a list of all they could be too much to send.
CREATE OR REPLACE FUNCTION rules.identity_request_list(now timestamptz, actor text, params jsonb,
                                                       body jsonb, OUT status integer,
                                                       OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked CONSTANT uuid := rules.uuid_of(params ->> 'request');
BEGIN
    PERFORM rules.caller(actor, 'identity_request_list');
    IF asked IS NULL AND params ? 'request' THEN
        RAISE EXCEPTION 'request must be a UUID' USING ERRCODE = 'ZG422';
    END IF;
    status := 200;
    SELECT jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object(
               'request', r.id, 'id', c.id, 'ref', c.ref, 'asked_by', r.asked_by,
               'asked_at', r.asked_at, 'expires_at', r.expires_at, 'approved_by', r.approved_by,
               'opener', r.opener, 'opened_at', r.opened_at, 'refused_by', r.refused_by,
               'envelope_id', (
                   SELECT x.id FROM register.complaint AS x WHERE x.position = t.position),
               'wraps', rules.base64(t.wraps)) || CASE WHEN asked IS NULL THEN '{}' ELSE jsonb_build_object(
               'reason', rules.for_custodians(e.fields -> 'reason'),
               'refusals', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                       'by', d.actor, 'at', d.at, 'event_id', d.event_id,
                                       'reason', rules.for_custodians(d.fields -> 'reason'))
                                   ORDER BY d.position), '[]')
                            FROM register.event AS d
                            WHERE d.complaint = r.complaint AND d.kind = 'identity_refused'
                              AND d.fields ->> 'request' = r.id::text)) END ORDER BY r.asked_at, r.id), '[]'))
    INTO content
    FROM rules.identity_open_request(now) AS r
    JOIN register.event AS e ON e.event_id = r.id
    JOIN register.complaint AS c ON c.id = r.complaint
    JOIN register.content AS t ON t.position = rules.content_position(c)
    WHERE rules.custodian_for(identity_request_list.actor, r) AND (asked IS NULL OR r.id = asked);
END;
$$;
