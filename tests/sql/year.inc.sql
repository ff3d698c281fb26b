-- What the tests of months, evidence and scores share, inside their transaction: a year whose
-- every unit has a head, and short ways to call the inner functions at a moment of choice.

CREATE FUNCTION tests.call(called text, at timestamptz, actor text, params jsonb, body jsonb,
                           OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT r.status, r.version, r.content::jsonb FROM rules.%I($1, $2, $3, $4) AS r',
                   called)
    INTO status, version, content USING at, actor, params, body;
END;
$$;

-- A request with an event_id of its own.
CREATE FUNCTION tests.post(called text, at timestamptz, actor text, body jsonb,
                           OUT status integer, OUT version bigint, OUT content jsonb)
LANGUAGE sql AS $$
    SELECT * FROM tests.call(called, at, actor, '{}',
                             jsonb_build_object('event_id', gen_random_uuid()) || body)
$$;

CREATE FUNCTION tests.get(called text, at timestamptz, actor text, params jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql AS $$ SELECT content FROM tests.call(called, at, actor, params, NULL) $$;

-- One complaint by an officer; its id. `fields` may name class, process, identity, accused_role.
CREATE FUNCTION tests.submit(at timestamptz, officer text, received date,
                             fields jsonb DEFAULT '{}')
RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    id     uuid := gen_random_uuid();
    answer record;
    hash   bytea := sha256(convert_to(id::text, 'UTF8'));
BEGIN
    SELECT * INTO STRICT answer FROM rules.complaint_submit(
        at, ARRAY[id], ARRAY[officer],
        ARRAY[(SELECT p.unit FROM register.principal AS p WHERE p.name = officer)],
        ARRAY[coalesce(fields ->> 'channel', 'walk_in')],
        ARRAY[coalesce(fields ->> 'process', 'service')], ARRAY['bribery'],
        ARRAY[coalesce(fields ->> 'class', 'C1')],
        ARRAY[coalesce(fields ->> 'identity', 'anonymous')], ARRAY[received],
        ARRAY[NULL::text], ARRAY[fields ->> 'accused_role'], ARRAY[fields ->> 'accused'],
        ARRAY[NULL::text], ARRAY[NULL::text], ARRAY[(fields ->> 'box')::uuid],
        ARRAY[(SELECT nullif(r.routes[1], 'legal')
               FROM rules.routing(ARRAY['TH-50'], ARRAY[officer], ARRAY[NULL::text],
                                  ARRAY[fields ->> 'accused_role'], ARRAY[fields ->> 'accused'],
                                  ARRAY[NULL::text]) AS r)],
        ARRAY[hash], ARRAY[hash], ARRAY[hash], ARRAY[hash], ARRAY[hash || hash || hash],
        ARRAY[hash], ARRAY[1::smallint]);
    IF answer.statuses <> '{201}' THEN
        RAISE EXCEPTION 'not accepted: % %', answer.statuses, answer.details;
    END IF;
    RETURN id;
END;
$$;

CREATE FUNCTION tests.confirm(at timestamptz, head text, unit text, month text,
                              count integer DEFAULT 0)
RETURNS jsonb
LANGUAGE sql AS $$
    SELECT content FROM tests.post('return_confirm', at, head,
                                   jsonb_build_object('unit', unit, 'month', month, 'count', count))
$$;

-- Every unit but some confirms the months from one to another, each on the second of the next: as
-- many as the register has of it.
CREATE FUNCTION tests.confirm_all(from_month date, to_month date, but text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE sql AS $$
    SELECT count(tests.confirm(m + interval '1 month 1 day 9 hours', u.head, u.code, to_char(m, 'YYYY-MM'),
                               (SELECT count(*)::integer FROM register.complaint AS c
                                WHERE c.unit = u.code AND date_trunc('month', c.counted_on::timestamptz) = m)))
    FROM generate_series(from_month::timestamptz, to_month::timestamptz, '1 month') AS m,
         register.unit AS u
    WHERE u.kind IN ('provincial', 'central') AND u.code <> ALL (but)
$$;

CREATE FUNCTION tests.kpi1(at timestamptz, year integer) RETURNS jsonb
LANGUAGE sql AS $$ SELECT tests.get('score_get', at, 'auditor', jsonb_build_object('fy', year::text))
                          -> 'kpi1' $$;

CREATE FUNCTION tests.indicator(at timestamptz, year integer, code text) RETURNS jsonb
LANGUAGE sql AS $$
    SELECT i FROM jsonb_array_elements(
        tests.get('score_get', at, 'auditor', jsonb_build_object('fy', year::text))
        -> 'indicators') AS i
    WHERE i ->> 'indicator' = code
$$;

CREATE FUNCTION tests.level(at timestamptz, year integer, code text, level integer) RETURNS jsonb
LANGUAGE sql AS $$ SELECT tests.indicator(at, year, code) -> 'levels' -> (level - 1) $$;

INSERT INTO register.principal (name, name_th, name_en, unit, roles)
SELECT 'head-' || u.code, u.name_th, u.name_en, u.code, 'unit_head'
FROM register.unit AS u WHERE u.kind IN ('provincial', 'central');
UPDATE register.unit AS u SET head = 'head-' || u.code
WHERE u.kind IN ('provincial', 'central');
INSERT INTO register.principal (name, name_th, name_en, unit, roles)
VALUES ('TH-50-other', 'เจ้าหน้าที่รับเรื่อง คนที่สอง', 'Second officer', 'TH-50', 'officer');
SET LOCAL timezone = 'Asia/Bangkok';
