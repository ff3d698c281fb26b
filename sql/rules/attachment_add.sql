-- An attachment has arrived whole: from now on it is there. The same bytes again under its number
-- get the first answer, others are refused. What comes to a part comes to its letter, changes both,
-- and is answered as of the part.
--
-- The daemon tells what it has seen of the bytes: size, type, the commitment and its opening, and
-- the wraps. `name` and `salt`, the file's name and salt_B, lie in envelopes like other texts of events.
CREATE OR REPLACE FUNCTION rules.attachment_add(now timestamptz, actor text, params jsonb,
                                                body jsonb, OUT status integer,
                                                OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'attachment_add');
    event CONSTANT uuid := rules.uuid_member(params, 'event_id');
    hash CONSTANT bytea := rules.request_hash('attachment_add', params, body);
    asked CONSTANT uuid := rules.case_id(params ->> 'id');
    number CONSTANT smallint := rules.attachment_number(params ->> 'n');
    place record;
    seen rules.case_seen;
    letter register.complaint;
    file register.attachment;
    told bigint;
BEGIN
    SELECT r.* INTO status, version, content FROM rules.repeated(actor, event, hash) AS r;
    IF status IS NOT NULL THEN
        status := 200;
        RETURN;
    END IF;
    PERFORM FROM register.complaint AS c
    WHERE c.id = ANY (ARRAY[asked, (SELECT w.id FROM register.complaint AS p
                                    JOIN register.complaint AS w ON w.position = p.content_at
                                    WHERE p.id = asked)])
    ORDER BY c.id FOR UPDATE;
    place := rules.seen_letter(asked, actor);
    seen := place.seen;
    letter := place.letter;
    PERFORM rules.may_attach(seen);
    IF EXISTS (SELECT FROM register.attachment AS a
               WHERE a.complaint = letter.id AND a.n = number
                 AND a.finished_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the number is taken by another file' USING ERRCODE = 'ZG409';
    END IF;
    IF params ->> 'sealed_for' <> letter.route THEN
        RAISE EXCEPTION 'the case has changed since the file was begun' USING ERRCODE = 'ZG412';
    END IF;
    SELECT a.* INTO file FROM register.attachment AS a
    WHERE a.id = (params ->> 'attachment')::uuid AND a.complaint = letter.id
      AND a.n = number AND a.event_id = event AND a.sender = actor FOR UPDATE;
    IF file.id IS NULL
       OR (SELECT count(*) FROM register.attachment_chunk AS k WHERE k.attachment = file.id)
          IS DISTINCT FROM (body ->> 'chunks')::bigint THEN
        RAISE EXCEPTION 'it is no longer on its way' USING ERRCODE = 'ZG408';
    END IF;

    UPDATE register.complaint AS c SET version = c.version + 1
    WHERE c.id IN (letter.id, seen.id);
    status := 201;
    version := seen.version + 1;
    content := jsonb_build_object('id', seen.id, 'ref', seen.ref, 'n', number, 'event_id', event,
                                  'type', body -> 'type', 'size', body -> 'size',
                                  'version', version);
    told := rules.append(now, caller, 'attached', complaint => letter.id, event_id => event,
                         request_hash => hash, status => status, answer => content,
                         fields => jsonb_build_object('n', number, 'type', body -> 'type',
                                                      'size', body -> 'size',
                                                      'name', body -> 'name',
                                                      'salt', body -> 'salt'));
    UPDATE register.attachment AS a -- locked above, so nothing is after the head
    SET finished_at = now, position = told, chunks = (body ->> 'chunks')::integer,
        size = (body ->> 'size')::bigint, type = body ->> 'type',
        wraps = decode(body ->> 'wraps', 'base64'), opening = decode(body ->> 'opening', 'base64')
    WHERE a.id = file.id;
END;
$$;
