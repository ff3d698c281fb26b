-- The head or deputy of a unit confirms how many complaints a month brought, zero included: once,
-- after the month has ended. The answer never says whether the number is right: it may be smaller
-- than the register's because a case is hidden from him.
CREATE OR REPLACE FUNCTION rules.return_confirm(now timestamptz, actor text, params jsonb,
                                                body jsonb,
                                                OUT status integer, OUT version bigint,
                                                OUT content jsonb)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me       register.principal := rules.caller(actor, 'return_confirm');
    event    uuid := rules.uuid_member(body, 'event_id');
    hash     bytea := rules.request_hash('return_confirm', params, body);
    today    date := rules.bangkok_day(now);
    asked    text;
    office   register.unit;
    month_on date;
    counted  integer;
    due      date;
BEGIN
    PERFORM rules.only_members(body, 'event_id', 'unit', 'month', 'count');
    SELECT * INTO status, version, content FROM rules.repeated(me.name, event, hash);
    IF status IS NOT NULL THEN
        RETURN;
    END IF;

    asked := rules.text_member(body, 'unit');
    month_on := rules.month_member(body, 'month');
    counted := rules.integer_member(body, 'count', 0, 1000000);
    SELECT * INTO office FROM register.unit AS u
    WHERE u.code = asked AND u.kind IN ('provincial', 'central');
    IF office.code IS NULL THEN
        RAISE EXCEPTION '/unit is no unit that confirms its months' USING ERRCODE = 'ZG422';
    END IF;
    IF me.name IS DISTINCT FROM office.head AND me.name IS DISTINCT FROM office.deputy THEN
        RAISE EXCEPTION 'only the head or the deputy of the unit confirms its months'
            USING ERRCODE = 'ZG403';
    END IF;
    IF NOT EXISTS (SELECT FROM register.fiscal_year AS y
                   WHERE month_on BETWEEN y.opens AND y.closes) THEN
        RAISE EXCEPTION '/month lies in no fiscal year of the register' USING ERRCODE = 'ZG422';
    END IF;
    IF today < month_on + interval '1 month' THEN
        RAISE EXCEPTION '/month has not ended' USING ERRCODE = 'ZG422';
    END IF;
    IF office.active_from >= month_on + interval '1 month' OR office.active_to < month_on THEN
        RAISE EXCEPTION '/month is one in which the unit was not active' USING ERRCODE = 'ZG422';
    END IF;

    due := rules.month_due(month_on);
    INSERT INTO register.month_return (unit, month, due_on, count, confirmed_at, confirmed_by, late,
                                       event_id)
    VALUES (office.code, month_on, due, counted, now, me.name, today > due, event)
    ON CONFLICT (unit, month) DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the month is already confirmed' USING ERRCODE = 'ZG409';
    END IF;

    status := 201;
    content := jsonb_build_object('unit', office.code, 'month', to_char(month_on, 'YYYY-MM'),
                                  'count', counted, 'confirmed_at', now,
                                  'confirmed_by', me.name, 'late', today > due);
    PERFORM rules.append(now, me, 'return_confirmed', event_id => event, request_hash => hash,
                         fields => body - 'event_id', status => status, answer => content);
END;
$$;
COMMENT ON FUNCTION rules.return_confirm(timestamptz, text, jsonb, jsonb) IS
    'The head or deputy of a unit confirms a month''s number';
