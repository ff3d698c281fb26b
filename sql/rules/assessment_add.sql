-- The committee's secretary records scores, results and the action plan: one request, one event.
-- `source` names the document that figures of an earlier time were taken from.
CREATE OR REPLACE FUNCTION rules.assessment_add(now timestamptz, actor text, params jsonb,
                                                body jsonb, OUT status integer,
                                                OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me       register.principal := rules.caller(actor, 'assessment_add');
    event    uuid := rules.uuid_member(body, 'event_id');
    hash     bytea := rules.request_hash('assessment_add', params, body);
    document text;
    item     jsonb;
    pointer  text;
    ordinal  bigint;
    scores   integer := 0;
    actions  integer := 0;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'source', 'items');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    document := rules.text_member(body, 'source', false);
    IF jsonb_typeof(body -> 'items') IS DISTINCT FROM 'array'
       OR jsonb_array_length(body -> 'items') NOT BETWEEN 1 AND 100 THEN
        RAISE EXCEPTION '/items must be an array of 1 to 100' USING ERRCODE = 'ZG422';
    END IF;
    IF (SELECT count(DISTINCT (i ->> 'code', i ->> 'action', i ->> 'report_fy'))
        FROM jsonb_array_elements(body -> 'items') AS i) < jsonb_array_length(body -> 'items') THEN
        RAISE EXCEPTION '/items names something twice' USING ERRCODE = 'ZG422';
    END IF;
    FOR item, ordinal IN
        SELECT i.value, i.ordinality - 1
        FROM jsonb_array_elements(body -> 'items') WITH ORDINALITY AS i
    LOOP
        pointer := format('/items/%s/', ordinal);
        IF jsonb_typeof(item) <> 'object' THEN
            RAISE EXCEPTION '/items/% must be an object', ordinal USING ERRCODE = 'ZG422';
        ELSIF item ? 'action' THEN
            PERFORM rules.plan_action_store(now, me, item, pointer, document);
            actions := actions + 1;
        ELSE
            PERFORM rules.assessment_store(now, me, item, pointer, document);
            scores := scores + 1;
        END IF;
    END LOOP;

    status := 201;
    content := jsonb_build_object('scores', scores, 'actions', actions, 'recorded_at', now,
                                  'recorded_by', me.name);
    PERFORM rules.append(now, me, 'assessed', event_id => event, request_hash => hash,
                         fields => body - 'event_id', status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.assessment_add(timestamptz, text, jsonb, jsonb) IS
    'The committee''s secretary records scores, results and the action plan';
