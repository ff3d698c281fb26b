-- Registering a case, by whom, when, and only once; what the timeline says of it.
BEGIN;
SELECT plan(26);
SELECT tests.submit('2026-11-10 09:00+07', i) FROM (VALUES
    ('{"id": 1, "actor": "TH-50"}'::jsonb),
    ('{"id": 2, "actor": "TH-50", "accused_role": "legal_head"}'),
    ('{"id": 3, "actor": "legal"}'), ('{"id": 4, "actor": "alt-intake"}')) AS t (i) \g /dev/null

CREATE FUNCTION pg_temp.act(actor text, n integer, version text, event integer,
                            more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error', concat_ws(' ', a ->> 'status', a #>> '{content,state}',
                                             a ->> 'version'))
    FROM tests.call_at('2026-11-11 10:00+07', 'complaint_event', actor,
                       jsonb_build_object('id', tests.id(n))
                           || CASE WHEN version IS NULL THEN '{}'
                                   ELSE jsonb_build_object('if_match', version) END,
                       jsonb_build_object('kind', 'register', 'event_id', tests.id(event))
                           || more) AS a
$$;

SELECT is(pg_temp.act('TH-50', 1, '1', 101), 'ZG403', 'an officer moves no case');
SELECT is(pg_temp.act('auditor', 1, '1', 101), 'ZG403', 'nor does an auditor');
SELECT is(pg_temp.act('nobody', 1, '1', 101), 'ZG403', 'nor somebody unknown');
SELECT is(pg_temp.act('alt-head', 1, '1', 101), 'ZG404', 'nor the head of the other route');
SELECT is(pg_temp.act('head', 2, '1', 101), 'ZG404', 'in either direction');
SELECT is(pg_temp.act('alt-intake', 4, '1', 101), 'ZG403',
          'not even a case that they submitted themselves');
SELECT is(pg_temp.act('triager', 9, '1', 101), 'ZG404', 'nor does anyone what is not there');
SELECT is(pg_temp.act('triager', 1, NULL, 101), 'ZG428', 'a move needs If-Match');
SELECT is(pg_temp.act('triager', 1, '2', 101), 'ZG412', 'of the version there is');
SELECT is(pg_temp.act('triager', 1, '01', 101), 'ZG412', 'and nothing like it');
SELECT is(pg_temp.act('triager', 1, '1', 101, '{"kind": "hide"}'), 'ZG422', 'a known move');
SELECT is(pg_temp.act('triager', 1, '1', 101, '{"kind": null}'), 'ZG422', 'that is named');
SELECT is(pg_temp.act('triager', 1, '1', 101, '{"x": 1}'), 'ZG422', 'no unknown members');
SELECT is(pg_temp.act('triager', 1, '1', 101, '{"event_id": "x"}'), 'ZG422', 'and an event_id');
SELECT is((SELECT version FROM register.complaint WHERE id = tests.id(1)), 1::bigint,
          'what was refused has changed nothing');

SELECT is(pg_temp.act('triager', 1, '1', 101), '200 TRIAGE 2', 'a triager registers a case');
SELECT is(pg_temp.act('triager', 1, '1', 101), '200 TRIAGE 2',
          'the same again is answered as at first, though the version has passed');
SELECT is(pg_temp.act('head', 1, '1', 101), 'ZG409', 'but not to somebody else');
SELECT is(pg_temp.act('triager', 3, '1', 101), 'ZG409', 'nor about another case');
SELECT is(pg_temp.act('triager', 1, '2', 102), 'ZG409', 'a registered case is not registered again');
SELECT is(pg_temp.act('legal', 3, '1', 103), '200 TRIAGE 2', 'intake registers, even its own');
SELECT is(pg_temp.act('alt-intake', 2, '1', 104), '200 TRIAGE 2',
          'the alternate''s intake registers the alternate''s');

SELECT results_eq(
    $$ SELECT registered_unit, registered_at, state_since FROM register.complaint
       WHERE id = tests.id(1) $$,
    $$ VALUES ('LEGAL', '2026-11-11 10:00+07'::timestamptz, '2026-11-11 10:00+07'::timestamptz) $$,
    'the case says who registered it and when');
SELECT is(tests.call('complaint_get', 'TH-50', jsonb_build_object('id', tests.id(1)))
              #> '{content,timeline,1}',
          '{"at": "2026-11-11T10:00:00+07:00", "kind": "register", "kind_th": "ลงรับเรื่อง",
            "by": "triager", "by_unit": "LEGAL", "from": "RECEIVED", "to": "TRIAGE",
            "fields": {}}', 'and so does the timeline');
SELECT is(tests.call('complaint_get', 'triager', jsonb_build_object('id', tests.id(1)))
              #> '{content,moves}' ? 'register', false, 'it is not registered again');
SELECT results_eq(
    $$ SELECT position FROM register.event UNION ALL SELECT position FROM register.complaint
       ORDER BY position $$,
    $$ SELECT g FROM register.head AS h, generate_series(1, h.position) AS g $$,
    'positions have no gap');

SELECT * FROM finish();
ROLLBACK;
