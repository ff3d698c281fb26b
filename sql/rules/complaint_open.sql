-- Hand a case's envelopes to the daemon, which opens them for somebody who may read the case. That
-- is an event, in the transaction that hands them out: nobody reads through the server unrecorded.
--
-- params.opens lists the routes whose texts this daemon can open. For a case of another route nothing
-- is handed out and nothing recorded: the answer is 403, with the route.
CREATE OR REPLACE FUNCTION rules.complaint_open(now timestamptz, actor text, params jsonb,
                                                body jsonb, OUT status integer,
                                                OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'complaint_open');
    asked CONSTANT uuid := rules.case_id(params ->> 'id');
    seen rules.case_seen;
    source register.complaint; -- itself, or the letter that it is a part of
    sealed register.content;
BEGIN
    PERFORM rules.only_members(body, VARIADIC '{}');
    PERFORM FROM register.complaint AS c WHERE c.id = asked FOR UPDATE;
    SELECT c.* INTO seen FROM rules.case_seen AS c WHERE c.viewer = actor AND c.id = asked;
    IF seen.id IS NULL THEN
        RAISE EXCEPTION 'no such complaint' USING ERRCODE = 'ZG404';
    END IF;
    IF seen.acts_as = '{}' THEN
        RAISE EXCEPTION 'only those who work on the case read what was told' USING ERRCODE = 'ZG403';
    END IF;
    SELECT c.* INTO source FROM register.complaint AS c
    WHERE c.position = rules.content_position(seen.complaint);
    SELECT t.* INTO sealed FROM register.content AS t WHERE t.position = source.position;
    IF sealed.position IS NULL THEN
        RAISE EXCEPTION 'the content was erased' USING ERRCODE = 'ZG410';
    END IF;

    version := seen.version;
    content := jsonb_build_object('id', seen.id, 'ref', seen.ref, 'route', seen.route);
    IF NOT (params -> 'opens') ? seen.route THEN
        status := 403;
        RETURN;
    END IF;
    status := 200;
    content := content || jsonb_build_object(
        'envelope_id', source.id, 'body', rules.base64(sealed.body), 'wraps', rules.base64(sealed.wraps),
        'part_b', rules.base64(substr(source.opening, 33, 32)),
        'texts', (SELECT coalesce(jsonb_agg(jsonb_build_object(
                             'event_id', e.event_id, 'told_by', coalesce((
                                 SELECT p.event_id FROM register.event AS p
                                 WHERE p.complaint = e.complaint AND p.kind = 'proposed'
                                   AND p.fields -> 'proposal' = e.fields -> 'proposal'), e.event_id),
                             'field', t.key, 'envelope', t.value)
                             ORDER BY e.position, t.key), '[]')
                  FROM register.event AS e CROSS JOIN LATERAL jsonb_each(e.fields) AS t
                  WHERE e.complaint = seen.id AND t.value ? 'wraps'
                    AND rules.told_seen(caller.name, e.fields) IS NOT NULL));
    UPDATE register.complaint AS c SET noted_at = coalesce(c.noted_at, now) WHERE c.id = seen.id;
    PERFORM rules.append(now, caller, 'opened', complaint => seen.id);
END;
$$;
