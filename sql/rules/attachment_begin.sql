-- An attachment is about to arrive: where it is sealed and for whom, and the id under which its
-- chunks are stored. Of a number that the caller has filled himself nothing is stored: what arrives
-- is only compared, under the event_id that is answered.
CREATE OR REPLACE FUNCTION rules.attachment_begin(now timestamptz, actor text, params jsonb,
                                                  OUT status integer, OUT version bigint,
                                                  OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    caller CONSTANT register.principal := rules.caller(actor, 'attachment_add');
    event CONSTANT uuid := rules.uuid_member(params, 'event_id');
    place CONSTANT record := rules.seen_letter(rules.case_id(params ->> 'id'), actor);
    letter CONSTANT register.complaint := place.letter;
    number CONSTANT smallint := rules.attachment_number(params ->> 'n');
    arriving CONSTANT uuid := gen_random_uuid();
    taken register.attachment;
BEGIN
    status := 200;
    content := jsonb_build_object('id', letter.id, 'route', letter.route);
    SELECT a.* INTO taken FROM register.attachment AS a
    WHERE a.complaint = letter.id AND a.n = number AND a.finished_at IS NOT NULL;
    IF taken.id IS NOT NULL THEN
        IF taken.sender <> actor THEN
            RAISE EXCEPTION 'the number is taken by another file' USING ERRCODE = 'ZG409';
        END IF;
        content := content || jsonb_build_object('event_id', taken.event_id, 'size', taken.size);
        RETURN;
    END IF;
    PERFORM rules.may_attach(place.seen);
    IF EXISTS (SELECT FROM register.event AS e WHERE e.event_id = event) THEN
        RAISE EXCEPTION 'the event_id was used for another request' USING ERRCODE = 'ZG409';
    END IF;
    DELETE FROM register.attachment AS a -- an earlier try, of which no more comes
    WHERE a.sender = caller.name AND a.event_id = event AND a.finished_at IS NULL;
    IF (SELECT count(*) FROM register.attachment AS a
        WHERE a.finished_at IS NULL AND a.sender = caller.name
          AND a.begun_at > now - rules.attachment_patience()) >= 8 THEN
        RAISE EXCEPTION 'eight files of yours are on their way already' USING ERRCODE = 'ZG429';
    END IF;
    INSERT INTO register.attachment (id, complaint, n, event_id, sender, begun_at)
    VALUES (arriving, letter.id, number, event, actor, now);
    content := content || jsonb_build_object('attachment', arriving, 'event_id', event);
END;
$$;
