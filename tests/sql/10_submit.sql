-- Taking complaints: numbers, replays, conflicts, refusals; one row for each item of a batch.
BEGIN;
SELECT plan(56);
\set now '\'2026-11-10 09:00+07\'::timestamptz'

SELECT is(tests.submit(:now, '{"id": 1, "actor": "TH-50"}'),
          '201 TH-50/2570/0001 RECEIVED legal', 'an officer submits');
SELECT is(tests.submit(:now, '{"id": 2, "actor": "TH-50"}'),
          '201 TH-50/2570/0002 RECEIVED legal', 'the next number follows');
SELECT is(tests.submit(:now, '{"id": 3, "actor": "TH-90"}'),
          '201 TH-90/2570/0001 RECEIVED legal', 'each unit counts for itself');
SELECT is(tests.submit(:now, '{"id": 4, "actor": "legal"}'),
          '201 LEGAL/2570/0001 RECEIVED legal', 'intake submits too');
SELECT is(tests.submit(:now, '{"id": 5, "actor": "TH-50", "received": "2026-09-30"}'),
          '201 TH-50/2570/0003 RECEIVED legal', 'entered after its year closed: numbered in this');

-- Replays
SELECT is(tests.submit('2026-12-01 09:00+07', '{"id": 1, "actor": "TH-50",
                                                "commit": "{\"id\": 1, \"actor\": \"TH-50\"}"}'),
          '200 TH-50/2570/0001 RECEIVED legal', 'the same again is answered as at first');
SELECT is((SELECT seen FROM register.complaint WHERE id = tests.id(1)),
          '2026-12-01 09:00+07'::timestamptz, 'a replay writes when it was seen');
SELECT is((SELECT accepted_at FROM register.complaint WHERE id = tests.id(1)), :now,
          'and not when it was accepted');
SELECT is((SELECT count(*) FROM register.event), 0::bigint, 'nor any event');
SELECT is(tests.submit(:now, '{"id": 1, "actor": "TH-50", "commit": "other"}'),
          '409 the id was used for another request', 'the same id with other bytes');
SELECT is(tests.submit(:now, '{"id": 1, "actor": "TH-90",
                               "commit": "{\"id\": 1, \"actor\": \"TH-50\"}"}'),
          '409 the id was used for another request', 'or by another actor: the same answer');
SELECT is((SELECT nonce_key_id FROM tests.submit_all(
               :now, '[{"id": 1, "actor": "TH-50", "commit": "other", "key": 9}]')), 1,
          'a conflict tells the daemon the stored nonce''s key');
UPDATE register.taxonomy SET code = 'fax' WHERE kind = 'channel' AND code = 'phone';
SELECT is(tests.submit(:now, '{"id": 1, "actor": "TH-50",
                               "commit": "{\"id\": 1, \"actor\": \"TH-50\"}"}'),
          '200 TH-50/2570/0001 RECEIVED legal', 'a replay holds even when a code is gone');
UPDATE register.taxonomy SET code = 'phone' WHERE kind = 'channel' AND code = 'fax';
UPDATE register.complaint SET erased_at = :now WHERE id = tests.id(2);
SELECT is(tests.submit(:now, '{"id": 2, "actor": "TH-50",
                               "commit": "{\"id\": 2, \"actor\": \"TH-50\"}"}'),
          '410 the content was erased', 'a replay of what was erased');

-- Standing
SELECT is(tests.submit(:now, '{"id": 10, "actor": "TH-50-head"}'),
          '403 none of your roles allows this', 'a unit head does not submit');
SELECT is(tests.submit(:now, '{"id": 10, "actor": "nobody"}'),
          '403 none of your roles allows this', 'nor does an unknown name');
UPDATE register.principal SET active = false WHERE name = 'TH-90';
SELECT is(tests.submit(:now, '{"id": 10, "actor": "TH-90"}'),
          '403 none of your roles allows this', 'nor an inactive principal');
SELECT is(tests.submit(:now, '{"id": 3, "actor": "TH-90",
                               "commit": "{\"id\": 3, \"actor\": \"TH-90\"}"}'),
          '403 none of your roles allows this', 'not even again');
UPDATE register.principal SET active = true WHERE name = 'TH-90';
UPDATE register.unit SET active_to = '2026-11-09' WHERE code = 'TH-90';
SELECT is(tests.submit(:now, '{"id": 10, "actor": "TH-90"}'),
          '403 none of your roles allows this', 'nor anyone of a unit that is no more');
UPDATE register.unit SET active_to = '2026-11-10' WHERE code = 'TH-90';
SELECT alike(tests.submit(:now, '{"id": 10, "actor": "TH-90"}'), '201 %', 'on its last day it is');
SELECT results_eq(
    $$ SELECT status, stale FROM tests.submit_all('2026-11-10 09:00+07',
           '[{"id": 11, "actor": "TH-50", "unit": "TH-90"}, {"id": 12, "actor": "TH-50"}]') $$,
    $$ VALUES (409, true), (201, false) $$,
    'a daemon that believes another unit is told so, and only for that item');
SELECT is((SELECT count(*) FROM register.complaint WHERE id = tests.id(11)), 0::bigint,
          'nothing is stored of it');

-- Contents
SELECT is(tests.submit(:now, '{"id": 20, "actor": "TH-50"}' || v), '422 ' || d, d)
FROM (VALUES
    ('{"channel": "pigeon"}'::jsonb, '/channel is not a known code'),
    ('{"process": "x"}', '/process is not a known code'),
    ('{"subject": "x"}', '/subject is not a known code'),
    ('{"class": "C9"}', '/class is not a known code'),
    ('{"identity": "x"}', '/identity is not a known code'),
    ('{"accused_role": "x"}', '/accused_role is not a known code'),
    ('{"accused_unit": "TH-10"}', '/accused_unit is not a known unit'),
    ('{"accused": "nobody"}', '/accused or /conflict names somebody not in the register'),
    ('{"conflict": "TH-50-head,nobody"}', '/accused or /conflict names somebody not in the register'),
    ('{"received": "2026-11-11"}', '/received_on lies in the future'),
    ('{"received": "2016-09-30"}', '/received_on lies in no fiscal year of the register'),
    ('{"box": "00000000-0000-4000-8000-000000000099"}',
     '/box_opening is no opening of your unit')) AS t (v, d);
INSERT INTO register.box_opening (id, unit, opened_on, openers, seal_before, seal_after, items,
                                  recorded_at, recorded_by)
VALUES (tests.id(99), 'TH-50', '2026-11-09', '{a,b}', 's1', 's2', 1, :now, 'TH-50');
SELECT is(tests.submit(:now, jsonb_build_object('id', 21, 'actor', 'TH-90', 'box', tests.id(99))),
          '422 /box_opening is no opening of your unit', 'another unit''s opening is not its own');
SELECT is(tests.submit(:now, jsonb_build_object('id', 21, 'actor', 'TH-50', 'box', tests.id(99),
                                                'received', '2026-11-08')),
          '422 /received_on is not the day on which that box was opened',
          'what was in the box was received when the box was opened');
SELECT alike(tests.submit(:now, jsonb_build_object('id', 21, 'actor', 'TH-50', 'box', tests.id(99),
                                                   'received', '2026-11-09')), '201 %',
            'one''s own may be named');

-- Class
SELECT tests.submit_all(:now, '[
    {"id": 31, "actor": "TH-50", "class": "C1"}, {"id": 32, "actor": "TH-50", "class": "C2"},
    {"id": 33, "actor": "TH-50", "class": "C0"}, {"id": 34, "actor": "TH-50", "class": "CV"}]')
\g /dev/null
SELECT results_eq(
    $$ SELECT c.office_class, c.class FROM register.complaint AS c
       WHERE c.id IN (tests.id(31), tests.id(32), tests.id(33), tests.id(34)) ORDER BY c.id $$,
    $$ VALUES ('C1', 'C1'), ('C2', 'C2'), ('C0', 'CX'), ('CV', 'CX') $$,
    'an office''s opinion is kept, and lowers no count');

-- A batch
SELECT results_eq(
    $$ SELECT status, ref FROM tests.submit_all('2026-11-10 09:00+07', '[
           {"id": 45, "actor": "TH-50"}, {"id": 44, "actor": "TH-50", "subject": "x"},
           {"id": 1, "actor": "TH-50", "commit": "{\"id\": 1, \"actor\": \"TH-50\"}"},
           {"id": 43, "actor": "nobody"}, {"id": 42, "actor": "legal"},
           {"id": 41, "actor": "TH-50"}, {"id": 3, "actor": "TH-50"}]') $$,
    $$ VALUES (201, 'TH-50/2570/0010'), (422, NULL), (200, 'TH-50/2570/0001'), (403, NULL),
              (201, 'LEGAL/2570/0002'), (201, 'TH-50/2570/0011'), (409, NULL) $$,
    'every item of a batch gets its own answer, in order, whatever the others are');
SELECT results_eq(
    $$ SELECT unit, fy, count(*)::integer, max(right(ref, 4)::integer)
       FROM register.complaint GROUP BY unit, fy HAVING count(*) <> max(right(ref, 4)::integer) $$,
    $$ SELECT NULL::text, NULL::integer, NULL::integer, NULL::integer WHERE false $$,
    'numbers have no gap');
SELECT results_eq(
    $$ SELECT position FROM register.complaint ORDER BY position $$,
    $$ SELECT g FROM register.head AS h, generate_series(1, h.position) AS g $$,
    'nor have positions');
SELECT is(rules.ref('TH-50', 2570, 10000), 'TH-50/2570/10000', 'numbers grow past four digits');

-- Asking first
CREATE FUNCTION pg_temp.check_of(actor text, n integer, more jsonb DEFAULT '{}', said text DEFAULT '')
RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error' || ' ' || (a ->> 'message'), a #>> '{content,known}')
    FROM tests.call_at('2026-11-10 09:00+07', 'complaint_check', actor, '{}',
             '{"channel": "phone", "process": "service", "subject": "bribery", "class": "CX",
               "identity": "anonymous", "received_on": "2026-11-10"}'::jsonb
             || jsonb_build_object('id', tests.id(n), 'commits', jsonb_build_array(
                    'of another key', encode(sha256(convert_to(said, 'UTF8')), 'hex'))) || more) AS a
$$;
SELECT is(pg_temp.check_of('TH-50', 60), 'false', 'what would be taken');
SELECT is(tests.submit(:now, '{"id": 60, "actor": "TH-50"}'), '201 TH-50/2570/0012 RECEIVED legal',
          'is taken, for asking stored nothing and took no number');
SELECT is(pg_temp.check_of('TH-50', 1, '{}', '{"id": 1, "actor": "TH-50"}'), 'true', 'what was taken is known');
SELECT is(pg_temp.check_of('TH-50', 1, '{}', 'other'), 'ZG409 the id was used for another request',
          'not with other bytes');
SELECT is(pg_temp.check_of('TH-90', 1, '{}', '{"id": 1, "actor": "TH-50"}'),
          'ZG409 the id was used for another request', 'nor by another');
SELECT is(pg_temp.check_of('TH-50', 2, '{}', '{"id": 2, "actor": "TH-50"}'), 'ZG410 the content was erased',
          'nor what was erased');
SELECT is(pg_temp.check_of('TH-50', 61, more), 'ZG422 ' || fault, fault || ', asked as sent')
FROM (VALUES ('{"accused_unit": "X"}'::jsonb, '/accused_unit is not a known unit'),
             ('{"received_on": "1990-01-01"}', '/received_on lies in no fiscal year of the register'),
             ('{"class": "C9"}', '/class is not a known code'),
             ('{"accused": "nobody"}', '/accused or /conflict names somebody not in the register'),
             ('{"conflict": "nobody"}', '/accused or /conflict names somebody not in the register')) AS t (more, fault);
SELECT is(pg_temp.check_of('TH-50-head', 61),
          'ZG403 none of your roles allows this; it takes one of: intake, officer', 'who may not send may not ask');
SAVEPOINT closed;
UPDATE register.unit SET active_to = '2026-11-09' WHERE code = 'TH-50';
SELECT is(pg_temp.check_of('TH-50', 61), 'ZG403 your unit is not active today', 'nor anyone of a unit that is no more');
ROLLBACK TO closed;
UPDATE register.head SET frozen_at = :now;
SELECT is(pg_temp.check_of('TH-50', 61),
          'ZG503 the register is frozen until its operator thaws it: ask him when, and send the same request again then',
          'and a frozen register says so before');

SELECT * FROM finish();
ROLLBACK;
