-- Ten thousand moves at random, allowed and not: received never falls, and after each what every view
-- says is what a recount of the events gives. The recount goes on from move to move; after one that
-- changed nothing there is nothing to count again.
--
-- In a database of its own, with a transaction a move: in one, every look at a row would go past
-- all its versions.
\connect postgres
CREATE DATABASE random_moves TEMPLATE grievd;
\connect random_moves
SET search_path = tap, tests, pg_catalog;
SET timezone = 'Asia/Bangkok';
SET jit = off;
SET synchronous_commit = off;
SELECT plan(8);
SELECT setseed(0.42) \g /dev/null
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('head-2', 'ก', 'a', 'LEGAL', 'investigator head'), ('investigator-2', 'ข', 'b', 'LEGAL', 'investigator'),
    ('alt-triager', 'ค', 'c', 'ALT', 'triager'), ('alt-investigator', 'ง', 'd', 'ALT',
        'investigator'),
    ('alt-head-2', 'จ', 'e', 'ALT', 'investigator head');
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor',
    'TH-50') || CASE n % 8
           WHEN 0 THEN '{"accused_role": "legal_head"}'::jsonb WHEN 1 THEN '{"identity": "letter"}'
           WHEN 2 THEN '{"accused_role": "director"}' WHEN 3 THEN '{"class": "C1"}' ELSE '{}' END)
FROM generate_series(1, 24) AS n \g /dev/null
SELECT rules.sweep('2026-11-10 09:00+07') \g /dev/null

-- A year of two months: how the others stand is no matter here, and is asked 10,000 times.
UPDATE register.fiscal_year SET opens = '2026-11-01', closes = '2026-12-31', closing_day = '2027-01-31'
WHERE fy = 2570;

CREATE FUNCTION pg_temp.any_of(choices text[]) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT choices[1 + floor(random() * cardinality(choices))::integer]
$$;
-- What could be told with any kind; a member is left out now and then.
CREATE FUNCTION pg_temp.told(event_kind text) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(jsonb_object_agg(f.field, v.value) FILTER (WHERE random() > 0.02), '{}')
    FROM register.event_field AS f
    CROSS JOIN LATERAL (SELECT CASE f.type
        WHEN 'sealed' THEN '"ก"' WHEN 'text' THEN '"1/2570"' WHEN 'day' THEN '"2026-11-10"'
        WHEN 'boolean' THEN pg_temp.any_of('{true,true,false}')
        WHEN 'principal' THEN to_json(pg_temp.any_of(CASE f.field WHEN 'signatory' THEN '{director}'::text[]
            ELSE '{investigator,investigator-2,head-2,alt-investigator,alt-head-2}' END))::text
        WHEN 'unit' THEN '"TH-90"' WHEN 'cases' THEN '[]'
        WHEN 'case' THEN to_json(tests.id(1 + floor(random() * 24)::integer))::text
        WHEN 'class' THEN to_json(pg_temp.any_of('{C1,C2,CX,C0,CT,CI,CV}'))::text
        WHEN 'outcome' THEN to_json(pg_temp.any_of(ARRAY(SELECT o.code
            FROM register.outcome AS o)))::text
        WHEN 'agency' THEN '"nacc"' WHEN 'audience' THEN '"complainant"' WHEN 'next_step' THEN '"accept"'
        WHEN 'accused_role' THEN to_json(pg_temp.any_of('{other,other,unknown,legal_head}'))::text
        WHEN 'principals' THEN '["TH-90"]' WHEN 'codes' THEN '["TH-90"]'
        WHEN 'subjects' THEN '["leak","bribery"]' END::jsonb AS value) AS v
    WHERE f.kind = event_kind AND (f.field <> 'accused_role' OR random() < 0.05)
$$;
-- The recount: each complaint as it was accepted, which never changes, and what its events say since,
-- taken in one by one. A part of a letter is none.
CREATE TEMPORARY TABLE told AS
SELECT c.id, rules.class_in_effect(c.office_class) AS class, c.process, c.channel, c.subject, c.identity,
       false AS duplicate, 'RECEIVED' AS state, false AS replied, NULL::date AS registered_on
FROM register.complaint AS c;
ALTER TABLE told ADD PRIMARY KEY (id);
CREATE TEMPORARY TABLE turn (id uuid, month date, reopened integer, closed integer);
CREATE FUNCTION pg_temp.take_in(after bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    e register.event;
BEGIN
    FOR e IN SELECT x.* FROM register.event AS x WHERE x.position > after ORDER BY x.position LOOP
        UPDATE told AS t
        SET class = CASE e.kind WHEN 'class_changed' THEN e.fields ->> 'class' ELSE t.class END,
            duplicate = CASE e.kind WHEN 'link' THEN true WHEN 'unlink' THEN false ELSE t.duplicate END,
            state = coalesce(e.to_state, t.state),
            replied = e.to_state IS NULL AND (t.replied OR e.kind = 'reply' AND e.fields @> '{"result": true}'),
            registered_on = CASE e.kind WHEN 'register' THEN e.at::date ELSE t.registered_on END
        WHERE t.id = e.complaint;
        IF FOUND AND (e.from_state = 'CLOSED') <> (e.to_state = 'CLOSED') THEN
            INSERT INTO turn VALUES (e.complaint, date_trunc('month', e.at), (e.from_state = 'CLOSED')::integer,
                                     (e.to_state = 'CLOSED')::integer);
        END IF;
    END LOOP;
END;
$$;
-- Every figure that the views show of cases: class, months, KPI 1 and its variants, the lines and
-- months of the year's report, who was registered within three working days, by the 13th, and the clocks.
CREATE FUNCTION pg_temp.recounted(at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT jsonb_build_object('class', class.v, 'month', class.m, 'kpi1', kpi1.v, 'variant', variant.v, 'line',
                              line.v, 'turn', months.v, 'registered', registered.v, 'clock', clock.v)
    FROM (SELECT jsonb_object_agg(c.class, ARRAY[c.n, c.once, c.late, c.anonymous]) AS v,
                 jsonb_object_agg(lower(c.class), c.n) AS m
          FROM (SELECT t.class, count(*) AS n, count(*) FILTER (WHERE NOT t.duplicate) AS once, 0::bigint AS late,
                       count(*) FILTER (WHERE t.identity IN ('anonymous', 'letter')) AS anonymous
                FROM told AS t GROUP BY t.class) AS c) AS class,
         (SELECT jsonb_build_array(count(*), count(*) FILTER (WHERE NOT t.duplicate),
                                   count(*) FILTER (WHERE t.class IN ('C1', 'C2', 'CX'))) AS v
          FROM told AS t) AS kpi1,
         (SELECT jsonb_build_object(
                     'c1_only', count(*) FILTER (WHERE t.class = 'C1'),
                     'core_processes', count(*) FILTER (WHERE t.process IN ('production', 'service', 'procurement')),
                     'duplicates_once', count(*) FILTER (WHERE NOT t.duplicate)) AS v
          FROM told AS t WHERE t.class IN ('C1', 'C2', 'CX')) AS variant,
         (SELECT jsonb_object_agg(l.key, ARRAY[0, l.n, l.reopened, l.closed, l.open]) AS v
          FROM (SELECT k.key, count(*) AS n, sum(u.reopened) AS reopened, sum(u.closed) AS closed,
                       count(*) FILTER (WHERE t.state <> 'CLOSED') AS open
                FROM told AS t
                CROSS JOIN LATERAL (SELECT coalesce(sum(x.reopened), 0) AS reopened, coalesce(sum(x.closed), 0) AS closed
                                    FROM turn AS x WHERE x.id = t.id) AS u
                CROSS JOIN LATERAL unnest(ARRAY['all', 'age/0', 'class/' || t.class, 'channel/' || t.channel,
                    'subject/' || t.subject, 'process/' || t.process, 'identity/' || t.identity,
                    'state/' || t.state]) AS k (key)
                GROUP BY k.key) AS l) AS line,
         (SELECT jsonb_object_agg(m.month, ARRAY[m.carried - m.received - m.reopened + m.closed, m.received,
                                                 m.reopened, m.closed, m.carried]) AS v
          FROM (SELECT d.month, r.received, u.reopened, u.closed,
                       sum(r.received + u.reopened - u.closed) OVER (ORDER BY d.month) AS carried
                FROM (VALUES ('2026-11-01'::date), ('2026-12-01')) AS d (month)
                CROSS JOIN LATERAL (SELECT count(*) AS received
                                    FROM told WHERE d.month = '2026-11-01') AS r
                CROSS JOIN LATERAL (SELECT coalesce(sum(x.reopened), 0) AS reopened, coalesce(sum(x.closed), 0) AS closed
                                    FROM turn AS x WHERE x.month = d.month) AS u
                WHERE d.month <= at) AS m) AS months,
         (SELECT jsonb_build_array(count(*) FILTER (WHERE t.registered_on <= '2026-11-13'),
                     count(*) FILTER (WHERE t.registered_on IS NULL AND at < '2026-11-14'),
                     count(*) FILTER (WHERE t.registered_on > '2026-11-13'
                                         OR t.registered_on IS NULL AND at >= '2026-11-14')) AS v
          FROM told AS t) AS registered,
         (SELECT jsonb_build_object(
                     'register', ARRAY[count(*) FILTER (WHERE t.registered_on <= '2026-11-13'),
                                       count(*) FILTER (WHERE t.registered_on > '2026-11-13'),
                                       count(*) FILTER (WHERE t.registered_on IS NULL AND at < '2026-11-14'), 0,
                                       count(*) FILTER (WHERE t.registered_on IS NULL AND at >= '2026-11-14')],
                     'result', ARRAY[count(*) FILTER (WHERE t.state = 'CLOSED'), 0,
                                     count(*) FILTER (WHERE t.state <> 'CLOSED' AND (t.state !~ 'WAITING' OR t.replied)),
                                     count(*) FILTER (WHERE t.state ~ 'WAITING' AND NOT t.replied), 0]) AS v
          FROM told AS t) AS clock);
END;
$$;
-- The same by the views, or by what stands under a view that looks at the clock, at that moment
CREATE FUNCTION pg_temp.viewed(at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT jsonb_build_object('class', class.v, 'month', month.v, 'kpi1', kpi1.v, 'variant', kpi1.variants, 'line',
                              line.v, 'turn', months.v, 'registered', registered.v, 'clock', clock.v)
    FROM (SELECT jsonb_object_agg(r.class, ARRAY[r.received, r.distinct_received, r.late, r.anonymous]) AS v
          FROM report.received_by_class AS r WHERE r.fy = 2570 AND r.received > 0) AS class,
         (SELECT jsonb_object_agg(c.key, c.value) AS v
          FROM report.received_by_month AS r, jsonb_each(to_jsonb(r)) AS c
          WHERE r.fy = 2570 AND r.month = '2026-11-01' AND c.key ~ '^c.$' AND c.value <> '0') AS month,
         (SELECT jsonb_build_array(k.received, k.distinct_received, k.value) AS v,
                 (SELECT jsonb_object_agg(v ->> 'code', v -> 'value') FROM json_array_elements(k.variants) AS v)
                     AS variants
          FROM rules.kpi1(at, 2570) AS k) AS kpi1,
         (SELECT jsonb_object_agg(concat_ws('/', l.dimension, l.key),
                                  ARRAY[l.brought, l.received, l.reopened, l.closed, l.carried])
                     FILTER (WHERE l.dimension NOT IN ('unit', 'month_class')) AS v,
                 jsonb_agg(to_jsonb(l)) AS lines
          FROM rules.year_line(at, 2570) AS l) AS line
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(m.month, ARRAY[m.brought, m.received, m.reopened, m.closed, m.carried]) AS v
        FROM rules.year_month_line(at, 2570, line.lines, (
            SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM rules.year_turn(at, 2570) AS t)) AS m) AS months
    CROSS JOIN LATERAL (
        SELECT jsonb_build_array(coalesce(sum(f.n[1]::integer) FILTER (WHERE f.present), 0),
                                 coalesce(sum(f.n[2]::integer) FILTER (WHERE f.present), 0),
                                 coalesce(sum(f.n[1]::integer) FILTER (WHERE NOT f.present), 0)) AS v
        FROM (SELECT r.present, CASE WHEN r.present
                  THEN regexp_match(r.en, '^(\d+) registered within 3 working days, (\d+) not yet due$')
                  ELSE regexp_match(r.en, ': (\d+) ') END AS n
              FROM rules.finding_registered(at, 2570, 3) AS r) AS f) AS registered
    CROSS JOIN LATERAL (
        SELECT jsonb_object_agg(k.kind, ARRAY[k.in_time, k.late, k.running, k.paused, k.overdue]) AS v
        FROM rules.year_clock(at, 2570) AS k WHERE k.kind IN ('register', 'result')) AS clock);
END;
$$;
-- All that any view could look at has a mark here that changes with it.
CREATE FUNCTION pg_temp.marks() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT (SELECT h.position FROM register.head AS h) || ' '
        || (SELECT md5(string_agg(c.xmin::text || c.ctid::text, ' ' ORDER BY c.id)) FROM register.complaint AS c) || ' '
        || (SELECT count(*) FROM register.case_excluded)
$$;

CREATE TEMPORARY TABLE outcome (n integer, answer text, fault text);
-- Who had each case to investigate, by its row after each move, and since which event.
CREATE TEMPORARY TABLE investigated (id uuid, who text, since bigint, PRIMARY KEY (id, who));
CREATE PROCEDURE pg_temp.play(moves integer) LANGUAGE plpgsql AS $$
DECLARE
    people CONSTANT text[] := '{legal,triager,head,head-2,investigator,investigator-2,director,alt-intake,
                                alt-triager,alt-head,alt-head-2,alt-investigator,TH-50,auditor,admin}';
    kinds CONSTANT text[] := ARRAY(SELECT DISTINCT m.kind FROM register.move AS m);
    cases uuid[];
    asked uuid;
    seen  rules.case_seen;
    who   text;
    what  text;
    got   jsonb;
    at    timestamptz;
    day   date;
    moved text;
    marks text := '';
    place bigint := 0;
    mine  jsonb;
    views jsonb;
    received bigint := 24;
BEGIN
    FOR n IN 1 .. moves LOOP
        at := '2026-11-11 09:00+07'::timestamptz + n * interval '3 minutes';
        IF n % 50 = 1 THEN
            cases := ARRAY(SELECT c.id FROM register.complaint AS c ORDER BY c.position LIMIT 60);
        END IF;
        asked := cases[1 + floor(random() * cardinality(cases))::integer];
        who := pg_temp.any_of(people);
        what := pg_temp.any_of(kinds);
        IF random() < 0.5 THEN -- something that may well be allowed
            SELECT s.* INTO seen FROM rules.case_seen AS s
            WHERE s.id = asked AND s.acts_as <> '{}' ORDER BY random() LIMIT 1;
            who := coalesce(seen.viewer, who);
            what := coalesce(pg_temp.any_of(rules.case_moves(at, seen.complaint, seen.acts_as, who)), what);
            -- rarely what ends a case's life in the group
            IF what IN ('interest', 'accuse') AND random() < 0.9 THEN
                what := 'note';
            END IF;
        END IF;
        IF random() < 0.15 THEN
            got := tests.call_at(at, 'proposal_decide',
                pg_temp.any_of('{head,head-2,alt-head,triager}'),
                jsonb_build_object('id', (SELECT p.id FROM register.proposal AS p
                    WHERE p.status = 'open'
                                          AND p.complaint IS NOT NULL ORDER BY random() LIMIT 1)),
                jsonb_build_object('event_id', gen_random_uuid(), 'decision',
                    pg_temp.any_of('{approve,approve,reject}')));
        ELSE
            got := tests.call_at(at, 'complaint_event', who, jsonb_build_object('id', asked,
                'if_match', (
                    SELECT c.version - (random() < 0.02)::integer FROM register.complaint AS c
                        WHERE c.id = asked)::text),
                pg_temp.told(what) || jsonb_build_object('kind', what, 'event_id',
                    gen_random_uuid()));
        END IF;
        IF n % 200 = 0 THEN
            PERFORM rules.sweep(at);
        END IF;

        -- What was refused leaves no mark, and a day's figures stand.
        moved := pg_temp.marks();
        IF moved <> marks OR at::date <> day THEN
            PERFORM pg_temp.take_in(place);
            mine := pg_temp.recounted(at);
            views := pg_temp.viewed(at);
            INSERT INTO investigated
            SELECT c.id, c.investigator, (SELECT h.position FROM register.head AS h)
            FROM register.complaint AS c WHERE c.investigator IS NOT NULL
            ON CONFLICT DO NOTHING;
        END IF;
        INSERT INTO outcome VALUES (n, coalesce(got ->> 'error', got ->> 'status'), CASE
            WHEN (views #>> '{kpi1,0}')::bigint < received THEN 'received fell'
            WHEN mine IS DISTINCT FROM views THEN format('%s is not %s', views, mine)
            WHEN got ? 'error' AND moved <> marks AND n % 200 <> 0 THEN 'refused, and yet something changed'
            WHEN coalesce(got ->> 'error', 'ZG4') NOT LIKE 'ZG4%' THEN got::text END);
        received := (views #>> '{kpi1,0}')::bigint;
        marks := moved;
        day := at::date;
        place := (SELECT h.position FROM register.head AS h);
        COMMIT;
    END LOOP;
END;
$$;
CALL pg_temp.play(10000);

SELECT is((SELECT string_agg(n || ': ' || fault, E'\n') FROM (SELECT * FROM outcome
    WHERE fault IS NOT NULL ORDER BY n LIMIT 3) AS o),
          NULL, 'after each of 10,000 moves received has not fallen, and views, cases and events '
              'agree');
SELECT is((SELECT count(*) FROM outcome), 10000::bigint, 'all were made');
SELECT diag(format('%s: %s', answer, count(*))) FROM outcome GROUP BY answer
    ORDER BY answer \g /dev/null
SELECT cmp_ok((SELECT count(*) FROM outcome WHERE answer LIKE '2%'), '>', 2000::bigint,
    'many were allowed');
SELECT cmp_ok((SELECT count(*) FROM outcome WHERE answer LIKE 'ZG%'), '>', 2000::bigint,
    'and many not');
SELECT cmp_ok((SELECT count(DISTINCT e.kind) FROM register.event AS e), '>=', 25::bigint,
    'of nearly every kind');
SELECT set_eq($$ SELECT v.viewname FROM pg_views AS v WHERE v.schemaname = 'report' $$,
              ARRAY['received_by_class', 'received_by_month', 'kpi1', 'kpi1_variant', 'year_line', 'year_month', 'year_clock',
                    'indicator', 'indicator_level', 'indicator_finding', -- by who was registered in time
                    'unit_month', 'silent_unit', 'assessment', 'issued']::name[], -- of people, not of cases
              'a view that is new is recounted here too');
SELECT is_empty($$ SELECT c.id FROM register.complaint AS c
                   LEFT JOIN LATERAL (SELECT e.to_state FROM register.event AS e
                       WHERE e.complaint = c.id AND e.to_state IS NOT NULL
                                      ORDER BY e.position DESC LIMIT 1) AS e ON true
                   WHERE coalesce(e.to_state, 'RECEIVED') <> c.state $$,
                       'each case''s state is what its events say');
SELECT is_empty($$ SELECT e.complaint, e.actor FROM register.event AS e
                   JOIN investigated AS i ON i.id = e.complaint AND i.who = e.actor AND i.since < e.position
                   WHERE e.kind = 'close' $$, 'nobody closes what was ever his to investigate');
SELECT * FROM finish();
\connect postgres
DROP DATABASE random_moves;
