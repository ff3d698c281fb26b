-- An administrator adds a unit or changes it: its names, place, head and deputy. What it owes
-- for days that have passed stays owed: neither the kind nor the active days behind us change, or
-- a silent office could be made to have never been one.
CREATE OR REPLACE FUNCTION rules.unit_set(now timestamptz, actor text, params jsonb, body jsonb,
                                          OUT status integer, OUT version bigint,
                                          OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me     register.principal := rules.caller(actor, 'unit_set');
    event  uuid := rules.uuid_member(body, 'event_id');
    hash   bytea := rules.request_hash('unit_set', params, body);
    today  date := rules.bangkok_day(now);
    office register.unit;
    before register.unit;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'code', 'name_th', 'name_en', 'kind', 'parent',
                               'head', 'deputy', 'active_from', 'active_to');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    office.code := rules.code_member(body, 'code');
    office.name_th := rules.text_member(body, 'name_th');
    office.name_en := rules.text_member(body, 'name_en');
    office.kind := rules.text_member(body, 'kind');
    office.parent := rules.text_member(body, 'parent', false);
    office.head := rules.text_member(body, 'head', false);
    office.deputy := rules.text_member(body, 'deputy', false);
    office.active_from := rules.date_member(body, 'active_from');
    office.active_to := rules.date_member(body, 'active_to', false);
    PERFORM rules.unit_check(office);

    SELECT * INTO before FROM register.unit AS u WHERE u.code = office.code FOR UPDATE;
    office.demo := coalesce(before.demo, false);
    IF before.code IS NOT NULL
       AND (office.kind <> before.kind AND before.active_from <= today
            OR office.active_from <> before.active_from
               AND least(office.active_from, before.active_from) <= today
            OR office.active_to IS DISTINCT FROM before.active_to
               AND least(office.active_to, before.active_to) < today) THEN
        RAISE EXCEPTION 'the kind and the days of a unit that was active stay as they were'
            USING ERRCODE = 'ZG409';
    END IF;

    INSERT INTO register.unit SELECT office.*
    ON CONFLICT (code) DO UPDATE
        SET (name_th, name_en, kind, parent, head, deputy, active_from, active_to)
          = (EXCLUDED.name_th, EXCLUDED.name_en, EXCLUDED.kind, EXCLUDED.parent, EXCLUDED.head,
             EXCLUDED.deputy, EXCLUDED.active_from, EXCLUDED.active_to)
        WHERE before.code IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'somebody else has just added the unit' USING ERRCODE = 'ZG409';
    END IF;
    status := CASE WHEN before.code IS NULL THEN 201 ELSE 200 END;
    content := rules.unit_json(office);
    PERFORM rules.append(now, me, 'unit_set', event_id => event, request_hash => hash,
                         fields => jsonb_build_object('before', CASE WHEN before.code IS NOT NULL
                                                                THEN rules.unit_json(before) END,
                                                      'after', content),
                         status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.unit_set(timestamptz, text, jsonb, jsonb) IS
    'An administrator adds or changes a unit';
