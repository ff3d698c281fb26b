-- A box was opened: by two, with the seals they found and left. Its n items must become n
-- complaints that name the opening, but for those that both say are none.
CREATE OR REPLACE FUNCTION rules.box_opening_add(now timestamptz, actor text, params jsonb,
                                                 body jsonb,
                                                 OUT status integer, OUT version bigint,
                                                 OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me      register.principal := rules.caller(actor, 'box_opening_add');
    event   uuid := rules.uuid_member(body, 'event_id');
    hash    bytea := rules.request_hash('box_opening_add', params, body);
    box     uuid := rules.uuid_member(body, 'id');
    opened  date;
    items   integer;
    others  jsonb := coalesce(body -> 'not_complaints', '[]');
    openers text[];
    other   record;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'id', 'opened_on', 'openers', 'seal_before',
                               'seal_after', 'items', 'not_complaints');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    opened := rules.date_member(body, 'opened_on');
    IF opened > rules.bangkok_day(now) THEN
        RAISE EXCEPTION '/opened_on lies in the future' USING ERRCODE = 'ZG422';
    END IF;
    IF NOT EXISTS (SELECT FROM register.fiscal_year AS y WHERE opened BETWEEN y.opens AND y.closes)
    THEN
        RAISE EXCEPTION '/opened_on lies in no fiscal year of the register' USING ERRCODE = 'ZG422';
    END IF;
    IF coalesce(jsonb_typeof(body -> 'openers'), '') <> 'array'
       OR jsonb_array_length(body -> 'openers') <> 2 THEN
        RAISE EXCEPTION '/openers must be two names' USING ERRCODE = 'ZG422';
    END IF;
    openers := ARRAY[rules.text_member(jsonb_build_object('0', body -> 'openers' -> 0), '0',
                                       pointer => '/openers/'),
                     rules.text_member(jsonb_build_object('1', body -> 'openers' -> 1), '1',
                                       pointer => '/openers/')];
    IF btrim(openers[1]) = btrim(openers[2]) THEN
        RAISE EXCEPTION '/openers must be two different people' USING ERRCODE = 'ZG422';
    END IF;
    items := rules.integer_member(body, 'items', 0, 10000);

    IF jsonb_typeof(others) <> 'array' OR jsonb_array_length(others) > items THEN
        RAISE EXCEPTION '/not_complaints must be a list of at most as many as /items'
            USING ERRCODE = 'ZG422';
    END IF;
    FOR other IN SELECT o.value, '/not_complaints/' || o.ord - 1 || '/' AS pointer
                 FROM jsonb_array_elements(others) WITH ORDINALITY AS o (value, ord) LOOP
        PERFORM rules.only_members(other.value, 'item', 'reason');
        PERFORM rules.integer_member(other.value, 'item', 1, items, other.pointer);
        PERFORM rules.text_member(other.value, 'reason', pointer => other.pointer);
    END LOOP;
    IF EXISTS (SELECT FROM jsonb_array_elements(others) AS o GROUP BY o -> 'item'
               HAVING count(*) > 1) THEN
        RAISE EXCEPTION '/not_complaints names an item twice' USING ERRCODE = 'ZG422';
    END IF;

    INSERT INTO register.box_opening (id, unit, opened_on, openers, seal_before, seal_after, items,
                                      not_complaints, recorded_at, recorded_by)
    VALUES (box, me.unit, opened, openers, rules.text_member(body, 'seal_before'),
            rules.text_member(body, 'seal_after'), items, others, now, me.name)
    ON CONFLICT (id) DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the id was used for another opening' USING ERRCODE = 'ZG409';
    END IF;

    status := 201;
    content := jsonb_build_object('id', box, 'unit', me.unit, 'opened_on', opened, 'items', items,
                                  'not_complaints', jsonb_array_length(others),
                                  'expected', items - jsonb_array_length(others),
                                  'complaints', 0);
    PERFORM rules.append(now, me, 'box_opened', event_id => event, request_hash => hash,
                         fields => body - 'event_id', status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.box_opening_add(timestamptz, text, jsonb, jsonb) IS
    'An office records the opening of its box';
