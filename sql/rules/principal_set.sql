-- An administrator adds a principal or changes him. To grant custodian, head or admin takes a
-- second administrator: the request then waits as a proposal, and nothing of it is done before.
-- An inactive principal holds no role, so waking one that has such a role grants it; so does moving
-- one to another unit, whose head or custodian he becomes. Nobody changes himself.
CREATE OR REPLACE FUNCTION rules.principal_set(now timestamptz, actor text, params jsonb,
                                               body jsonb,
                                               OUT status integer, OUT version bigint,
                                               OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me      register.principal := rules.caller(actor, 'principal_set');
    event   uuid := rules.uuid_member(body, 'event_id');
    hash    bytea := rules.request_hash('principal_set', params, body);
    guarded CONSTANT text[] := ARRAY['custodian', 'head', 'admin'];
    person  register.principal;
    before  register.principal;
    granted text[];
    kind    text := 'principal_set';
    change  jsonb;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'name', 'name_th', 'name_en', 'unit', 'roles',
                               'active', 'email');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    person := rules.principal_read(body);
    IF person.name = me.name THEN
        RAISE EXCEPTION 'another administrator changes you' USING ERRCODE = 'ZG403';
    END IF;
    SELECT * INTO before FROM register.principal AS p WHERE p.name = person.name FOR UPDATE;
    change := jsonb_build_object('before', CASE WHEN before.name IS NOT NULL
                                           THEN rules.principal_json(before) END,
                                 'after', rules.principal_json(person));
    SELECT array_agg(r) INTO granted
    FROM unnest(person.role_set) AS r
    WHERE person.active AND r = ANY (guarded)
      AND NOT coalesce(before.active AND before.unit = person.unit AND r = ANY (before.role_set),
                       false);

    IF granted IS NOT NULL THEN
        kind := 'proposed';
        status := 202;
        content := rules.propose(now, me, 'principal_set', 'admin', change,
                                 person.name || ': ' || array_to_string(granted, ', '));
    ELSE
        PERFORM rules.principal_store(person, before.name IS NULL);
        status := CASE WHEN before.name IS NULL THEN 201 ELSE 200 END;
        content := rules.principal_json(person);
    END IF;
    PERFORM rules.append(now, me, kind, event_id => event, request_hash => hash, fields => change,
                         status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.principal_set(timestamptz, text, jsonb, jsonb) IS
    'An administrator adds or changes a principal, or proposes to';
