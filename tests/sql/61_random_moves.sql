-- Ten thousand moves at random, allowed and not: received never falls, and what the views and the
-- cases say is what a recount of the events gives, after each.
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
SELECT plan(7);
SELECT setseed(0.42) \g /dev/null
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('head-2', 'ก', 'a', 'LEGAL', 'head'), ('investigator-2', 'ข', 'b', 'LEGAL', 'investigator'),
    ('alt-triager', 'ค', 'c', 'ALT', 'triager'), ('alt-investigator', 'ง', 'd', 'ALT',
        'investigator'),
    ('alt-head-2', 'จ', 'e', 'ALT', 'head');
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor',
    'TH-50') || CASE n % 8
           WHEN 0 THEN '{"accused_role": "legal_head"}'::jsonb WHEN 1 THEN '{"identity": "letter"}'
           WHEN 2 THEN '{"accused_role": "director"}' WHEN 3 THEN '{"class": "C1"}' ELSE '{}' END)
FROM generate_series(1, 24) AS n \g /dev/null

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
            ELSE '{investigator,investigator-2,alt-investigator}' END))::text
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
-- A recount of everything from the complaints as accepted and the events since
CREATE FUNCTION pg_temp.recounted(OUT received bigint, OUT by_class jsonb,
    OUT distinct_received bigint, OUT closed bigint)
LANGUAGE sql STABLE AS $$
    WITH told AS (
        SELECT c.id, coalesce((SELECT e.fields ->> 'class' FROM register.event AS e
                               WHERE e.complaint = c.id AND e.kind = 'class_changed'
                                   ORDER BY e.position DESC LIMIT 1),
                              rules.class_in_effect(c.office_class)) AS class,
               (SELECT e.kind FROM register.event AS e
                WHERE e.complaint = c.id AND e.kind IN ('link', 'unlink')
                    ORDER BY e.position DESC LIMIT 1)
                   IS NOT DISTINCT FROM 'link' AS duplicate,
               coalesce((SELECT e.to_state FROM register.event AS e
                         WHERE e.complaint = c.id AND e.to_state IS NOT NULL
                             ORDER BY e.position DESC LIMIT 1),
                        'RECEIVED') = 'CLOSED' AS closed
        FROM register.complaint AS c
        WHERE NOT EXISTS (SELECT FROM register.event AS e WHERE e.complaint = c.id
            AND e.kind = 'part')
    )
    SELECT count(*), (SELECT jsonb_object_agg(g.class, g.n) FROM (SELECT t.class, count(*) AS n
        FROM told AS t GROUP BY 1) AS g),
           count(*) FILTER (WHERE NOT t.duplicate), count(*) FILTER (WHERE t.closed)
    FROM told AS t
$$;
-- The same by the calculation under every view, and by the view itself
CREATE FUNCTION pg_temp.counted(OUT received bigint, OUT by_class jsonb,
                                OUT distinct_received bigint, OUT closed bigint)
LANGUAGE sql STABLE AS $$
    SELECT sum(v.n)::bigint, jsonb_object_agg(v.class, v.n), sum(v.distinct_n)::bigint,
           (SELECT count(*) FROM register.complaint AS c
            WHERE c.state = 'CLOSED' AND c.parent IS NULL)
    FROM (SELECT r.class, sum(r.complaints) AS n,
                 coalesce(sum(r.complaints) FILTER (WHERE NOT r.duplicate), 0) AS distinct_n
          FROM rules.received(2570) AS r GROUP BY r.class) AS v
$$;
CREATE FUNCTION pg_temp.viewed() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_object_agg(v.class, v.received) FILTER (WHERE v.received > 0)
    FROM report.received_by_class AS v WHERE v.fy = 2570
$$;

CREATE TEMPORARY TABLE outcome (n integer, answer text, fault text);
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
    before bigint := 24;
    mine  record;
    views record;
    at    timestamptz;
BEGIN
    FOR n IN 1 .. moves LOOP
        at := '2026-11-11 09:00+07'::timestamptz + n * interval '3 minutes';
        IF n % 50 = 1 THEN
            cases := ARRAY(SELECT c.id FROM register.complaint AS c ORDER BY c.position LIMIT 60);
        END IF;
        asked := cases[1 + floor(random() * cardinality(cases))::integer];
        who := pg_temp.any_of(people);
        what := pg_temp.any_of(kinds);
        IF random() < 0.85 THEN -- something that may well be allowed
            SELECT s.* INTO seen FROM rules.case_seen AS s
            WHERE s.id = asked AND s.acts_as <> '{}' ORDER BY random() LIMIT 1;
            who := coalesce(seen.viewer, who);
            what := coalesce(pg_temp.any_of(rules.case_moves(seen.complaint, seen.acts_as)), what);
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

        SELECT * INTO mine FROM pg_temp.recounted();
        SELECT * INTO views FROM pg_temp.counted();
        INSERT INTO outcome VALUES (n, coalesce(got ->> 'error', got ->> 'status'), CASE
            WHEN views.received < before THEN 'received fell'
            WHEN mine IS DISTINCT FROM views THEN format('%s is not %s', views, mine)
            WHEN n % 20 = 0 AND pg_temp.viewed() IS DISTINCT FROM mine.by_class THEN 'the view differs'
            WHEN coalesce(got ->> 'error', 'ZG4') NOT LIKE 'ZG4%' THEN got::text END);
        before := views.received;
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
SELECT results_eq($$ SELECT k.received, k.distinct_received FROM report.kpi1 AS k
    WHERE k.fy = 2570 $$,
                  $$ SELECT r.received, r.distinct_received FROM pg_temp.recounted() AS r $$,
                      'KPI 1''s view agrees');
SELECT is_empty($$ SELECT c.id FROM register.complaint AS c
                   LEFT JOIN LATERAL (SELECT e.to_state FROM register.event AS e
                       WHERE e.complaint = c.id AND e.to_state IS NOT NULL
                                      ORDER BY e.position DESC LIMIT 1) AS e ON true
                   WHERE coalesce(e.to_state, 'RECEIVED') <> c.state $$,
                       'each case''s state is what its events say');
SELECT * FROM finish();
\connect postgres
DROP DATABASE random_moves;
