-- Hand an attachment's keys to the daemon, which opens it for somebody who may read the case: as
-- rules.complaint_open, an event in the transaction that hands them out, and nothing for a case of
-- a route that this daemon cannot open.
CREATE OR REPLACE FUNCTION rules.attachment_open(now timestamptz, actor text, params jsonb,
                                                 OUT status integer, OUT version bigint,
                                                 OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'attachment_open');
    asked CONSTANT uuid := rules.case_id(params ->> 'id');
    place record;
    seen rules.case_seen;
    letter register.complaint;
    file register.attachment;
    told jsonb;
BEGIN
    PERFORM FROM register.complaint AS c WHERE c.id = asked FOR UPDATE;
    place := rules.seen_letter(asked, actor);
    seen := place.seen;
    letter := place.letter;
    IF seen.acts_as = '{}' THEN
        RAISE EXCEPTION 'only those who work on the case read what was told' USING ERRCODE = 'ZG403';
    END IF;
    IF letter.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'the content was erased' USING ERRCODE = 'ZG410';
    END IF;
    SELECT a.* INTO file FROM register.attachment AS a
    WHERE a.complaint = letter.id AND a.n = rules.attachment_number(params ->> 'n')
      AND a.finished_at IS NOT NULL;
    IF file.id IS NULL THEN
        RAISE EXCEPTION 'no such attachment' USING ERRCODE = 'ZG404';
    END IF;

    version := seen.version;
    content := jsonb_build_object('id', letter.id, 'ref', letter.ref, 'route', seen.route);
    IF NOT (params -> 'opens') ? seen.route THEN
        status := 403;
        RETURN;
    END IF;
    status := 200;
    SELECT e.fields INTO told FROM register.event AS e WHERE e.position = file.position;
    content := content || jsonb_build_object(
        'attachment', file.id, 'n', file.n, 'event_id', file.event_id, 'chunks', file.chunks,
        'size', file.size, 'type', file.type, 'wraps', rules.base64(file.wraps),
        'part_b', rules.base64(substr(file.opening, 33, 32)),
        'name', told -> 'name', 'salt', told -> 'salt');
    UPDATE register.complaint AS c SET noted_at = coalesce(c.noted_at, now) WHERE c.id = seen.id;
    PERFORM rules.append(now, caller, 'fetched', complaint => seen.id,
                         fields => jsonb_build_object('n', file.n));
END;
$$;
