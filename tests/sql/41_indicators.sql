-- Indicators 4.1 and 4.2: level by level, with what was found and what is missing.
BEGIN;
SELECT plan(76);
\ir year.inc.sql

CREATE FUNCTION tests.evidence(body jsonb) RETURNS integer LANGUAGE sql AS $$
    SELECT status FROM tests.post('evidence_add', '2026-10-05', 'head', body)
$$;
CREATE FUNCTION tests.designate(unit text, change jsonb DEFAULT '{}') RETURNS integer
LANGUAGE sql AS $$
    SELECT tests.evidence(jsonb_build_object('kind', 'designation', 'criterion', '4.1',
                                             'unit', unit, 'order_no', '12/2569',
                                             'order_date', '2026-10-01',
                                             'valid_from', '2026-10-01') || change)
$$;
CREATE FUNCTION tests.publish(criterion text, audience text) RETURNS integer LANGUAGE sql AS $$
    SELECT tests.evidence(jsonb_build_object('kind', 'publication', 'criterion', criterion,
                                             'url', 'https://example.go.th/' || audience,
                                             'audience', audience, 'valid_from', '2026-10-03'))
$$;
-- The level of an indicator on a day, and its missing lines at one level.
CREATE FUNCTION tests.reached(at timestamptz, code text, year integer DEFAULT 2570) RETURNS jsonb
LANGUAGE sql AS $$ SELECT tests.indicator(at, year, code) -> 'level' $$;
CREATE FUNCTION tests.missing(at timestamptz, code text, level integer) RETURNS text
LANGUAGE sql AS $$
    SELECT string_agg(m ->> 'text_en', '; ' ORDER BY m ->> 'text_en')
    FROM jsonb_array_elements(tests.level(at, 2570, code, level) -> 'missing') AS m
$$;
CREATE FUNCTION tests.found(at timestamptz, code text, level integer) RETURNS text
LANGUAGE sql AS $$
    SELECT string_agg(m ->> 'text_en', '; ' ORDER BY m ->> 'text_en')
    FROM jsonb_array_elements(tests.level(at, 2570, code, level) -> 'found') AS m
$$;

-- 4.1

SELECT is(tests.reached('2026-10-05', '4.1'), '0', '4.1 without evidence is 0');
SELECT is(tests.missing('2026-10-05', '4.1', 1),
          'none recorded: Order designating an officer to receive complaints',
          'level 1 says what is missing');
SELECT is((SELECT array_agg(m ->> 'unit' ORDER BY o) FROM jsonb_array_elements(tests.level('2026-10-05', 2570, '4.1', 3) -> 'missing')
                                                  WITH ORDINALITY AS m (m, o)),
          (SELECT array_agg(u.code ORDER BY u.name_th COLLATE "th-x-icu") FROM register.unit AS u WHERE u.kind = 'provincial'),
          'findings stand in the order of a Thai dictionary');
SELECT is(tests.publish('4.1', 'internal') + tests.publish('4.1', 'external'), 402, 'published');
SELECT is(tests.level('2026-10-05', 2570, '4.1', 5) -> 'met', 'true', 'level 5 alone is met');
SELECT is(tests.reached('2026-10-05', '4.1'), '0', 'but counts only with those below it');

SELECT is(tests.designate('C-ADMIN'), 201, 'one office designates');
SELECT is(tests.reached('2026-10-05', '4.1'), '1', 'somewhere an officer is designated: 1');
SELECT is(tests.found('2026-10-05', '4.1', 1),
          'Order designating an officer to receive complaints 12/2569 of 2026-10-01, '
          'valid from 2026-10-01', 'the order is named with its dates');
SELECT is((SELECT array_agg(m ->> 'unit' ORDER BY m ->> 'unit')
           FROM jsonb_array_elements(tests.level('2026-10-05', 2570, '4.1', 2) -> 'missing') AS m),
          (SELECT array_agg(code ORDER BY code) FROM register.unit
           WHERE kind = 'central' AND code <> 'C-ADMIN'), 'level 2 names the units without one');
SELECT is((SELECT array_agg(DISTINCT tests.designate(code)) FROM register.unit
           WHERE kind = 'central' AND code NOT IN ('C-ADMIN', 'C-ICT')
              OR kind = 'provincial' AND code <> 'TH-50'), '{201}', 'all but two designate');
SELECT is(tests.reached('2026-10-05', '4.1'), '1', 'one central unit missing keeps it at 1');
SELECT is(tests.designate('C-ICT', '{"expires_on": "2026-12-31"}'), 201, 'for three months only');
SELECT is(tests.reached('2026-10-05', '4.1'), '2', 'every central unit: 2');
SELECT is(tests.missing('2026-10-05', '4.1', 3),
          'Chiang Mai Provincial Statistical Office: none recorded: '
          'Order designating an officer to receive complaints', 'level 3 names the one office');
SELECT is(tests.designate('TH-50', '{"valid_from": "2026-10-10"}'), 201, 'from 10 October');
SELECT is(tests.missing('2026-10-05', '4.1', 3),
          'Chiang Mai Provincial Statistical Office: '
          'Order designating an officer to receive complaints 12/2569 of 2026-10-01, '
          'not valid before 2026-10-10', 'what counts only later is missing until then');
SELECT is(tests.reached('2026-10-10', '4.1'), '5',
          'every office, no case to test, no month due, published inside and outside: 5');
SELECT is(tests.found('2026-10-10', '4.1', 4), 'no case to test', 'level 4 says so');
SELECT is(tests.level('2026-10-10', 2570, '4.1', 4) #>> '{found,0,text_th}', 'ไม่มีกรณีให้ทดสอบ',
          'in Thai');
SELECT is(tests.reached('2026-11-07', '4.1'), '3', 'a silent month: nothing tested, nothing met');
SELECT is(tests.missing('2026-11-07', '4.1', 4), 'no case to test, and not every month is confirmed',
          'and it says why');
SELECT is(tests.confirm_all('2026-10-01', '2026-11-01'), 168::bigint, 'the months are confirmed');
SELECT is(tests.reached('2026-11-07', '4.1'), '5', 'and the level is back');
SELECT is(tests.reached('2026-12-31', '4.1'), '5', 'on the last day of an order it counts');
SELECT ok(tests.found('2026-12-31', '4.1', 2) LIKE '%Information and Communication%'
          '12/2569 of 2026-10-01, valid from 2026-10-01 to 2026-12-31%', 'and is named with it');
SELECT is(tests.reached('2027-01-01', '4.1'), '1', 'a day later the level falls by itself');
SELECT is(tests.missing('2027-01-01', '4.1', 2),
          'Information and Communication Technology Centre: '
          'Order designating an officer to receive complaints 12/2569 of 2026-10-01, '
          'valid from 2026-10-01, expired after 2026-12-31', 'and the expired order is named');
SELECT is(tests.designate('C-ICT', '{"order_no": "13/2569", "valid_from": "2027-01-01",
                                     "expires_on": "2027-09-30"}'), 201, 'it is renewed');
SELECT is((SELECT array_agg(l -> 'ours' ORDER BY l -> 'level')
           FROM jsonb_array_elements(tests.indicator('2026-11-07', 2570, '4.1') -> 'levels') AS l),
          '{true,true,true,true,false}', 'levels 1 to 4 of 4.1 are marked as ours');

-- 4.1, level 4: registered within three working days, by the legal group or the alternate

CREATE FUNCTION tests.register(at timestamptz, actor text, complaint uuid) RETURNS integer
LANGUAGE sql AS $$
    SELECT status FROM tests.call('complaint_event', at, actor,
                                  jsonb_build_object('id', complaint, 'if_match', '1'),
                                  jsonb_build_object('event_id', gen_random_uuid(),
                                                     'kind', 'register'))
$$;
CREATE TEMPORARY TABLE filed (n integer, id uuid);
INSERT INTO filed VALUES (1, tests.submit('2026-12-03 09:00', 'TH-50', '2026-12-03'));
SELECT is(tests.level('2026-12-09 23:59', 2570, '4.1', 4) -> 'met', 'true',
          'accepted on the 3rd, over a weekend and a holiday: not due on the 9th');
SELECT is(tests.found('2026-12-09 23:59', '4.1', 4),
          '0 registered within 3 working days, 1 not yet due', 'and said so');
SELECT is(tests.missing('2026-12-10', '4.1', 4),
          'Chiang Mai Provincial Statistical Office: 1 overdue and not registered, '
          'accepted from 2026-12-03 to 2026-12-03', 'on the 10th it is overdue');
SELECT is(tests.reached('2026-12-10', '4.1'), '3', 'and costs two levels');
SELECT is(tests.register('2026-12-09 23:59', 'legal', id), 200, 'registered on the last day')
FROM filed WHERE n = 1;
SELECT is(tests.found('2026-12-15', '4.1', 4),
          '1 registered within 3 working days, 0 not yet due', 'it is in time');
INSERT INTO filed VALUES
    (2, tests.submit('2027-04-09 16:00', 'TH-50', '2027-04-09', '{"accused_role": "legal_head"}')),
    (3, tests.submit('2027-04-09 16:00', 'TH-90', '2027-04-09', '{"class": "C0"}')),
    (4, tests.submit('2027-04-09 16:00', 'TH-90', '2027-04-09'));
SELECT is(tests.level('2027-04-19 12:00', 2570, '4.1', 4) -> 'met', 'true',
          'over Songkran three working days reach to 19 April');
SELECT is(tests.register('2027-04-19 12:00', 'alt-head', id), 200, 'the alternate registers its own')
FROM filed WHERE n = 2;
SELECT is(tests.register('2027-04-20 08:30', 'legal', id), 200, 'the legal group is late')
FROM filed WHERE n = 3;
SELECT is(tests.missing('2027-04-21', '4.1', 4),
          'Songkhla Provincial Statistical Office: 1 overdue and not registered, '
          'accepted from 2027-04-09 to 2027-04-09; '
          'Songkhla Provincial Statistical Office: 1 registered late, '
          'accepted from 2027-04-09 to 2027-04-09',
          'a late one and an overdue one are told apart; what the office calls C0 counts');
SELECT is(tests.found('2027-04-21', '4.1', 4),
          '2 registered within 3 working days, 0 not yet due', 'the alternate''s is in time');
UPDATE register.principal SET unit = 'C-ICT' WHERE name = 'legal';
UPDATE register.complaint SET registered_at = '2027-04-12', registered_unit = 'C-ICT'
WHERE id IN (SELECT id FROM filed WHERE n IN (3, 4));
SELECT is(tests.missing('2027-04-21', '4.1', 4),
          'Songkhla Provincial Statistical Office: 2 registered by somebody else, '
          'accepted from 2027-04-09 to 2027-04-09', 'registered by another unit does not count');
UPDATE register.complaint SET registered_at = NULL, registered_unit = NULL
WHERE id IN (SELECT id FROM filed WHERE n = 2);
SELECT ok(tests.missing('2027-04-21', '4.1', 4) LIKE
          '%central series: 1 overdue and not registered',
          'of a hidden case the receiving unit is not named');
SELECT ok(NOT EXISTS (SELECT FROM jsonb_array_elements(
              tests.level('2027-04-21', 2570, '4.1', 4) -> 'missing') AS m
          WHERE m ->> 'unit' = 'TH-50'), 'not for machines either');

-- 4.2

SELECT is(tests.reached('2026-10-05', '4.2'), '0', '4.2 without evidence is 0');
SELECT is(tests.evidence(('{"kind": "' || r.kind || '", "criterion": "4.2", "order_no": "1/2569",
              "order_date": "2026-10-01", "valid_from": "2026-10-01"}')::jsonb), 201, r.promise)
FROM (VALUES ('regulation', 'a regulation is recorded'),
             ('procedure', 'so is a procedure')) AS r (kind, promise);
SELECT is(tests.reached('2026-10-05', '4.2'), '0', 'without the working group that is still 0');
SELECT is(tests.evidence('{"kind": "working_group", "criterion": "4.2", "order_no": "1/2569",
              "order_date": "2026-10-01", "valid_from": "2026-10-01"}'), 201, 'it is recorded');
SELECT is(tests.reached('2026-10-05', '4.2'), '3', 'working group, regulation, procedure: 3');
SELECT is(tests.publish('4.2', 'internal'), 201, 'published inside');
SELECT is(tests.missing('2026-10-05', '4.2', 4), 'none recorded: Publication, external',
          'level 4 misses the outside');
SELECT is(tests.publish('4.2', 'external'), 201, 'published outside');
SELECT is(tests.reached('2026-10-05', '4.2'), '4', 'then 4.2 is 4');
SELECT is(tests.missing('2026-10-05', '4.2', 5),
          'no hand-over of the report of fiscal year 2570 to the director is recorded',
          'the fifth needs the year''s report');

-- As of: a past year is judged on its last day, a running one today.

SELECT is(tests.level(r.at::timestamptz, r.year, '4.1', 2) -> 'met', to_jsonb(r.met), r.promise)
FROM (VALUES
    ('2027-09-30', 2570, true, 'on the last day of the year the order counts'),
    ('2028-03-01', 2570, true, 'long after, the year still has what it had on its last day'),
    ('2027-10-01', 2571, false, 'the next year does not'),
    ('2026-10-05', 2569, false, 'nor had the one before')
) AS r (at, year, met, promise);

-- Who reads scores.

SELECT throws_ok(format('SELECT tests.get(''score_get'', ''2026-11-01'', %L, ''{"fy": "2570"}'')',
                        r.actor), 'ZG403', NULL, r.actor || ' reads no scores')
FROM unnest('{admin,TH-50,head-TH-50,legal,triager,investigator,custodian-1}'::text[]) AS r (actor);
SELECT lives_ok(format('SELECT tests.get(''score_get'', ''2026-11-01'', %L, ''{"fy": "2570"}'')',
                       r.actor), r.actor || ' does')
FROM unnest('{director,head,alt-head,auditor,reporter,secretary,committee}'::text[]) AS r (actor);
SELECT throws_ok(format('SELECT tests.get(''score_get'', ''2026-11-01'', ''auditor'', %L)',
                        jsonb_build_object('fy', r.fy)), 'ZG404', NULL, r.promise)
FROM (VALUES ('2571', 'a year that has not begun has no scores'), ('1999', 'nor one without a row'),
             ('x', 'nor what is no year')) AS r (fy, promise);

SELECT * FROM finish();
ROLLBACK;
