-- The log in the database: when it is published, when nothing is written, and whose leaf comes back.
BEGIN;
SELECT plan(27);

-- Publishing
CREATE TEMPORARY TABLE at AS SELECT '2026-11-27 09:00+07'::timestamptz AS t;
SELECT is(rules.publication_begin(t, 604800), 0::bigint, 'the first publication is due at once, with a heartbeat') FROM at;
SELECT is(rules.publication_begin(t, 604800), 0::bigint, 'begun again, it is the same heartbeat') FROM at;
SELECT is((SELECT count(*) FROM register.event WHERE kind = 'heartbeat'), 1::bigint, 'and no second one');
SELECT is(rules.publication_add(t, 0, 'note'), false, 'a checkpoint that does not cover it is not published') FROM at;
SELECT is(rules.publication_add(t, 1, 'note'), true, 'one that does is') FROM at;
SELECT is(rules.publication_add(t, 2, 'another'), false, 'but not a second one') FROM at;
SELECT is(rules.publication_begin(t + interval '6 days', 604800), NULL, 'the next is not due before its time') FROM at;
SELECT is(rules.publication_begin(t + interval '7 days', 604800), 1::bigint, 'and then it is') FROM at;
SELECT throws_ok($$ DELETE FROM register.log_publication $$, '23001', NULL, 'what was published stays');
SELECT ok((api.publication_list('', '{"after": 0, "period_s": 1}', NULL)).content ->> 'items' LIKE '%note%',
          'the daemon reads what was published');

-- Freezing
SELECT alike(tests.submit(t, '{"id": 1, "actor": "TH-50"}'), '201 %', 'complaints are taken') FROM at;
UPDATE register.head SET frozen_at = now();
SELECT throws_ok($$ SELECT tests.submit('2026-11-27 09:00+07', '{"id": 2, "actor": "TH-50"}') $$, 'ZG503', NULL,
                 'not while the register is frozen');
SELECT throws_ok($$ SELECT rules.append(now(), rules.system_principal(), 'heartbeat') $$, 'ZG503', NULL, 'nor is any other event');
SELECT alike(tests.submit(t, '{"id": 1, "actor": "TH-50"}'), '200 %', 'what is there is answered for') FROM at;
UPDATE register.head SET frozen_at = NULL;
SELECT alike(tests.submit(t, '{"id": 2, "actor": "TH-50"}'), '201 %', 'and afterwards they are taken') FROM at;

-- A lost tail: complaints 3 and 4 and what a group did are gone, with their leaves
CREATE TEMPORARY TABLE before AS SELECT leaf_count FROM register.head;
SELECT alike(tests.submit(t, '{"id": 3, "actor": "TH-50"}'), '201 %', 'one') FROM at;
SELECT alike(tests.submit(t, '{"id": 4, "actor": "TH-50"}'), '201 %', 'and another') FROM at;
SELECT lives_ok($$ SELECT rules.append('2026-11-27 09:00+07', rules.system_principal(), 'unit_set', request_hash => sha256('x'),
                                       event_id => tests.id(99)) $$, 'and an act');
CREATE TEMPORARY TABLE lost AS
SELECT b.leaf_count AS first, string_agg(r.leaves, '' ORDER BY r.first) AS leaves
FROM before AS b, register.leaf_run AS r WHERE r.first >= b.leaf_count GROUP BY b.leaf_count;
SET LOCAL session_replication_role = replica;
DELETE FROM register.content AS t USING register.complaint AS c WHERE c.position = t.position AND c.id IN (tests.id(3), tests.id(4));
DELETE FROM register.complaint WHERE id IN (tests.id(3), tests.id(4));
DELETE FROM register.event WHERE event_id = tests.id(99);
DELETE FROM register.leaf_run AS r USING before AS b WHERE r.first >= b.leaf_count;
UPDATE register.head AS h SET leaf_count = b.leaf_count FROM before AS b;
SET LOCAL session_replication_role = origin;
SELECT is((SELECT rules.leaves_restore(l.first, l.leaves) FROM lost AS l), 3::bigint, 'put back, three leaves have no row');
SELECT throws_ok($$ SELECT rules.leaves_restore(l.first, l.leaves) FROM lost AS l $$, 'P0001', NULL, 'what is there is not put back');
SELECT is((SELECT h.leaf_count - b.leaf_count FROM register.head AS h, before AS b), 3::bigint, 'the head covers them');
SELECT is((SELECT array_agg(status ORDER BY k) FROM at, tests.submit_all(t, '[{"id": 5, "actor": "TH-50"}, {"id": 4, "actor": "TH-50"}]')),
          '{201,201}', 'a new one and a lost one in one batch');
SELECT is((SELECT array_agg(c.leaf_index - b.leaf_count ORDER BY c.id) FROM register.complaint AS c, before AS b
           WHERE c.id IN (tests.id(4), tests.id(5))), '{1,3}', 'the lost one has its own leaf, the new one the next');
SELECT lives_ok($$ SELECT rules.append('2026-11-27 10:00+07', rules.system_principal(), 'unit_set', request_hash => sha256('x'),
                                       event_id => tests.id(99)) $$, 'the act again');
SELECT is((SELECT e.leaf_index - b.leaf_count FROM register.event AS e, before AS b WHERE e.event_id = tests.id(99)), 2::bigint,
          'has its own leaf as well');
SELECT is((SELECT array_agg(l.leaf_index - b.leaf_count) FROM register.lost_leaf AS l, before AS b), '{0}',
          'only what nobody repeated is left');
SELECT is((SELECT h.leaf_count FROM register.head AS h),
          (SELECT sum(octet_length(r.leaves)) / 48 FROM register.leaf_run AS r), 'no leaf is there twice');

SELECT * FROM finish();
ROLLBACK;
