-- Box openings: two openers, seals, and an account of every item.
BEGIN;
SELECT plan(27);
\ir year.inc.sql

CREATE FUNCTION tests.opening(change jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT '{"id": "5c1d0000-0000-4000-8000-000000000001", "opened_on": "2026-11-02",
             "openers": ["สมชาย ใจดี", "สมหญิง ดีใจ"], "seal_before": "A-1", "seal_after": "A-2",
             "items": 3, "not_complaints": [{"item": 2, "reason": "ใบปลิวโฆษณา"}]}'::jsonb || change
$$;

SELECT throws_ok(
    format('SELECT tests.post(''box_opening_add'', ''2026-11-03'', %L, %L)', r.actor,
           tests.opening(r.change::jsonb)), r.code, r.message, r.promise)
FROM (VALUES
    ('head-TH-50', '{}', 'ZG403', NULL, 'a head is not the officer'),
    ('legal', '{}', 'ZG403', NULL, 'nor is intake'),
    ('TH-50', '{"opened_on": "2026-11-04"}', 'ZG422', '/opened_on lies in the future',
     'an opening tomorrow is refused'),
    ('TH-50', '{"opened_on": "2010-01-01"}', 'ZG422', NULL, 'a day of no year is refused'),
    ('TH-50', '{"opened_on": "2026-02-30"}', 'ZG422', '/opened_on must be a day, YYYY-MM-DD',
     'there is no 30 February'),
    ('TH-50', '{"openers": ["ก"]}', 'ZG422', '/openers must be two names', 'one opener is refused'),
    ('TH-50', '{"openers": ["ก", "ก "]}', 'ZG422', '/openers must be two different people',
     'one opener twice is refused'),
    ('TH-50', '{"openers": ["ก", 2]}', 'ZG422', NULL, 'a name is a text'),
    ('TH-50', '{"openers": "กข"}', 'ZG422', NULL, 'openers are a list'),
    ('TH-50', '{"items": -1}', 'ZG422', NULL, 'less than no item is refused'),
    ('TH-50', '{"items": 0}', 'ZG422', '/not_complaints must be a list of at most as many as /items',
     'more exceptions than items are refused'),
    ('TH-50', '{"not_complaints": [{"item": 4, "reason": "x"}]}', 'ZG422',
     '/not_complaints/0/item must be a whole number from 1 to 3', 'there is no fourth item of three'),
    ('TH-50', '{"not_complaints": [{"item": 1}]}', 'ZG422', '/not_complaints/0/reason is missing',
     'an exception needs a reason'),
    ('TH-50', '{"not_complaints": [{"item": 1, "reason": "x"}, {"item": 1, "reason": "y"}]}',
     'ZG422', '/not_complaints names an item twice', 'an item is excepted once'),
    ('TH-50', '{"not_complaints": [{"item": 1, "reason": "x", "z": 1}]}', 'ZG422', NULL,
     'an unknown member inside is refused'),
    ('TH-50', '{"seal_before": ""}', 'ZG422', NULL, 'a seal is not empty'),
    ('TH-50', '{"id": "x"}', 'ZG422', '/id must be a UUID', 'an id is a UUID')
) AS r (actor, change, code, message, promise);

SELECT is((SELECT ROW(status, content) FROM tests.post('box_opening_add', '2026-11-03', 'TH-50',
                                                       tests.opening()))::text,
          ROW(201, '{"id": "5c1d0000-0000-4000-8000-000000000001", "unit": "TH-50",
                     "opened_on": "2026-11-02", "items": 3, "not_complaints": 1, "expected": 2,
                     "complaints": 0}'::jsonb)::text, 'an officer records an opening of his unit');
SELECT throws_ok($$SELECT tests.post('box_opening_add', '2026-11-03', 'TH-50', tests.opening())$$,
                 'ZG409', 'the id was used for another opening', 'an id is used once');
SELECT is((SELECT status FROM tests.post('box_opening_add', '2026-11-03', 'TH-50',
              '{"id": "5c1d0000-0000-4000-8000-000000000002", "opened_on": "2026-11-03",
                "openers": ["ก", "ข"], "seal_before": "A-2", "seal_after": "A-3", "items": 0}')),
          201, 'an empty box is recorded too');

CREATE FUNCTION tests.first_opening(actor text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT i FROM jsonb_array_elements(tests.get('box_opening_list', '2026-11-05', actor) -> 'items')
                  AS i
    WHERE i ->> 'id' = '5c1d0000-0000-4000-8000-000000000001'
$$;
SELECT is(tests.first_opening('TH-50') -> 'missing', '2', 'two of its items are no complaint yet');
SELECT tests.submit('2026-11-04', 'TH-50', '2026-11-02',
                    '{"channel": "box", "box": "5c1d0000-0000-4000-8000-000000000001"}');
SELECT is(tests.first_opening('TH-50') -> 'missing', '1', 'then one');
SELECT is(tests.first_opening('TH-50') -> 'complaints', '1', 'and one is there');
SELECT isnt(tests.first_opening('auditor'), NULL, 'the auditor sees it');
SELECT isnt(tests.first_opening('head'), NULL, 'the head of the legal group sees it');
SELECT is(tests.first_opening('TH-90'), NULL, 'another office does not');
SELECT is(tests.first_opening('admin'), NULL, 'nor does an administrator');

SELECT * FROM finish();
ROLLBACK;
