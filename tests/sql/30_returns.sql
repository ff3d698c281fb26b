-- The office's month: who confirms it, when, once; who sees what of it.
BEGIN;
SELECT plan(39);
\ir year.inc.sql
UPDATE register.unit SET deputy = 'TH-50-head' WHERE code = 'TH-50';

SELECT is((SELECT status FROM tests.post('return_confirm', '2026-11-02', 'head-TH-50',
           '{"unit": "TH-50", "month": "2026-10", "count": 0}')), 201, 'the head confirms a zero');
SELECT is((SELECT status FROM tests.post('return_confirm', '2026-12-02', 'TH-50-head',
           '{"unit": "TH-50", "month": "2026-11", "count": 2}')), 201, 'so may the deputy');

-- Each refusal, at a moment at which the head could confirm.
SELECT throws_ok(
    format('SELECT tests.post(''return_confirm'', %L, %L, %L)', coalesce(r.at, '2027-01-05'),
           r.actor, r.body), r.code, r.message, r.promise)
FROM (VALUES
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2026-10", "count": 0}', 'ZG409',
     'the month is already confirmed', 'nobody confirms a month twice'),
    (NULL, 'TH-50-head', '{"unit": "TH-50", "month": "2026-10", "count": 1}', 'ZG409',
     'the month is already confirmed', 'not even the other of the two'),
    (NULL, 'TH-50', '{"unit": "TH-50", "month": "2026-12", "count": 0}', 'ZG403', NULL,
     'an officer does not confirm'),
    (NULL, 'admin', '{"unit": "TH-50", "month": "2026-12", "count": 0}', 'ZG403', NULL,
     'an administrator does not confirm'),
    (NULL, 'head-TH-90', '{"unit": "TH-50", "month": "2026-12", "count": 0}', 'ZG403',
     'only the head or the deputy of the unit confirms its months',
     'the head of another office does not confirm'),
    (NULL, 'nobody', '{"unit": "TH-50", "month": "2026-12", "count": 0}', 'ZG403', NULL,
     'a certificate without a principal does nothing'),
    (NULL, 'head-TH-50', '{"unit": "LEGAL", "month": "2026-12", "count": 0}', 'ZG422',
     '/unit is no unit that confirms its months', 'the legal group has no months'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2027-01", "count": 0}', 'ZG422',
     '/month has not ended', 'a month is not confirmed while it lasts'),
    ('2026-12-31 23:59+07', 'head-TH-50', '{"unit": "TH-50", "month": "2026-12", "count": 0}',
     'ZG422', '/month has not ended', 'not on its last day either'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2016-09", "count": 0}', 'ZG422',
     '/month lies in no fiscal year of the register', 'a month before every year is refused'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2026-13", "count": 0}', 'ZG422',
     '/month must be a month, YYYY-MM', 'there is no thirteenth month'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": 202612, "count": 0}', 'ZG422', NULL,
     'a month is a text'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2026-12", "count": -1}', 'ZG422',
     '/count must be a whole number from 0 to 1000000', 'less than none is refused'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2026-12", "count": 1.5}', 'ZG422', NULL,
     'half a complaint is refused'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2026-12"}', 'ZG422', NULL,
     'a missing count is no zero'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2026-12", "count": 0, "x": 1}', 'ZG422',
     NULL, 'an unknown member is refused'),
    (NULL, 'head-TH-50', '{"unit": "TH-50", "month": "2026-12", "count": 0, "event_id": "1"}',
     'ZG422', '/event_id must be a UUID', 'an event_id is a UUID')
) AS r (at, actor, body, code, message, promise);
UPDATE register.unit SET active_from = '2026-12-01' WHERE code = 'TH-90';
SELECT throws_ok($$SELECT tests.confirm('2027-01-05', 'head-TH-90', 'TH-90', '2026-11')$$, 'ZG422',
                 '/month is one in which the unit was not active',
                 'a month before the unit was active is refused');
SELECT lives_ok($$SELECT tests.confirm('2027-01-05', 'head-TH-90', 'TH-90', '2026-12')$$,
                'the first month of its activity is not');

-- A repeat.
SELECT is(tests.get('return_list', '2027-01-09', 'auditor', '{"fy": "2570", "unit": "TH-50"}')
          #> '{items,2,silent}', 'true', 'December is silent after 8 January');
SELECT is((SELECT array_agg(content ORDER BY n)
           FROM generate_series(1, 2) AS n,
                tests.call('return_confirm', '2027-01-10 10:00'::timestamptz + n * interval '1 hour',
                           'head-TH-50', '{}',
                           '{"event_id": "7b0f8d3e-0000-4000-8000-000000000001",
                             "unit": "TH-50", "month": "2026-12", "count": 1}')),
          array_fill('{"unit": "TH-50", "month": "2026-12", "count": 1, "late": true,
                       "confirmed_at": "2027-01-10T11:00:00+07:00",
                       "confirmed_by": "head-TH-50"}'::jsonb, ARRAY[2]),
          'the same request again gets the first answer; after the due day it is late');
SELECT throws_ok($$SELECT tests.call('return_confirm', '2027-01-11', 'head-TH-50', '{}',
                     '{"event_id": "7b0f8d3e-0000-4000-8000-000000000001",
                       "unit": "TH-50", "month": "2026-12", "count": 2}')$$, 'ZG409', NULL,
                 'another request under its event_id is refused');
SELECT is((SELECT count(*) FROM register.event WHERE kind = 'return_confirmed'), 4::bigint,
          'each confirmation is one event');
SELECT throws_ok('UPDATE register.month_return SET count = 9', '23001', NULL,
                 'what was confirmed stays');

-- The answer is the same whatever the register holds; what the head cannot see is not told.
SELECT tests.submit('2026-12-10', 'TH-50', '2026-12-09');
SELECT tests.submit('2026-12-11', 'TH-50', '2026-12-09', '{"accused_role": "unit_head"}');
SELECT tests.submit('2027-01-12', 'TH-50', '2026-12-30');
CREATE FUNCTION tests.december(actor text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT i FROM jsonb_array_elements(
        tests.get('return_list', '2027-01-13', actor, '{"fy": "2570", "unit": "TH-50"}') -> 'items')
        AS i
    WHERE i ->> 'month' = '2026-12'
$$;
SELECT is(tests.december('head-TH-50') -> 'visible', '2',
          'the month''s number for the head leaves out a case about him');
SELECT is(tests.december('head-TH-50') -> 'after', '2',
          'what arrives after the confirmation is listed, as far as he may know');
SELECT is(tests.december('TH-50-head') -> 'visible', '2', 'the same for the deputy');
SELECT is(tests.december('auditor') -> 'after', '3', 'the auditor sees all that came after');
SELECT is(tests.december('auditor') -> 'visible', 'null', 'and is offered no number to confirm');
SELECT is(tests.december('TH-50') -> 'visible', 'null', 'nor is an officer');
SELECT is(tests.december('auditor') -> 'count', '1', 'what was confirmed stays beside it');

-- Whose months one sees.
SELECT is((SELECT count(DISTINCT i ->> 'unit') FROM jsonb_array_elements(
               tests.get('return_list', '2027-01-13', r.actor, '{"fy": "2570"}') -> 'items') AS i),
          r.units::bigint, r.promise)
FROM (VALUES
    ('TH-50', 1, 'an officer sees his own unit'),
    ('head-TH-50', 1, 'a head sees his own unit'),
    ('head', 84, 'the head of the legal group sees every unit'),
    ('secretary', 84, 'so does the secretary'),
    ('admin', 0, 'an administrator sees none')
) AS r (actor, units, promise);
SELECT is((SELECT count(*) FROM jsonb_array_elements(
               tests.get('return_list', '2027-01-13', 'TH-50', '{"fy": "2570", "unit": "TH-90"}')
               -> 'items')), 0::bigint, 'another unit''s months are not there for an officer');

SELECT * FROM finish();
ROLLBACK;
