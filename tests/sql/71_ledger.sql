-- The log in the database: every state change has its leaf, in the order of commits, and its bytes.
BEGIN;
SELECT plan(23);
\set now '\'2026-11-10 09:00+07\'::timestamptz'

SELECT is(rules.leaf(1, 3, 202611, -1, sha256('x')),
          '\x0101000300031773ffffffffffffffff'::bytea || sha256('x'), 'a leaf has 48 bytes in their order');
SELECT is(rules.leaf(2, 3 * 256 + 4, 202611, 7, sha256('x')),
          '\x01020304000317730000000000000007'::bytea || sha256('x'), 'a change of class names from, to and its leaf');
SELECT is(rules.leaf_period('2026-01-31'), 202601, 'a period is a month');
SELECT is(array_agg(rules.leaf_class(c) ORDER BY n), '{1,2,3,4,5,6,7}', 'classes have their numbers')
FROM unnest('{C1,C2,CX,C0,CT,CI,CV}'::text[]) WITH ORDINALITY AS t (c, n);

SELECT is_empty($$ SELECT t.code FROM register.taxonomy AS t
                   WHERE t.kind = 'event'
                     AND NOT EXISTS (SELECT FROM register.event_leaf AS l WHERE l.kind = t.code) $$,
                'every kind of event has its leaf, or says that it has none');
SELECT is_empty($$ SELECT l.kind FROM register.event_leaf AS l
                   WHERE NOT EXISTS (SELECT FROM register.taxonomy AS t
                                     WHERE t.kind = 'event' AND t.code = l.kind)
                     AND l.kind NOT IN ('erased') $$,
                'and no other');

-- What a batch appends
SELECT tests.submit_all(:now, '[{"id": 1, "actor": "TH-50", "class": "C1"}, {"id": 2, "actor": "nobody"},
    {"id": 3, "actor": "TH-90", "class": "C0"}, {"id": 4, "actor": "TH-50", "received": "2026-10-31"}]')
\g /dev/null
SELECT is((SELECT leaf_count FROM register.head), 3::bigint, 'a leaf for each that was taken');
SELECT is((SELECT count(*) FROM register.leaf_run), 1::bigint, 'in one row, as of one transaction');
SELECT results_eq(
    $$ SELECT c.leaf_index FROM register.complaint AS c ORDER BY c.id $$, '{0,1,2}'::bigint[],
    'numbered in the order of the items');
SELECT is(rules.leaves_at(0, 9),
          (SELECT string_agg(rules.leaf(1, n, p, -1, c.commit), '' ORDER BY c.id)
           FROM register.complaint AS c,
                LATERAL (SELECT rules.leaf_class(c.class) AS n, rules.leaf_period(c.counted_on) AS p) AS l),
          'with the class in effect, the month counted and the commitment');
SELECT is(rules.leaves_at(1, 1), substr(rules.leaves_at(0, 3), 49, 48), 'one of them can be read alone');
SELECT is(rules.leaves_at(3, 1), NULL, 'past the end is nothing');
SELECT tests.submit_all(:now, '[{"id": 1, "actor": "TH-50", "class": "C1"}]')
\g /dev/null
SELECT is((SELECT leaf_count FROM register.head), 3::bigint, 'a replay appends nothing');

-- What else appends
SELECT is((tests.call_at(:now, 'complaint_event', 'legal',
                         jsonb_build_object('id', tests.id(1), 'if_match', '1', 'commit', repeat('5e', 32)),
                         jsonb_build_object('event_id', tests.id(91), 'kind', 'register')) -> 'status')::integer,
          200, 'a move is made');
SELECT is(rules.leaves_at(3, 1), rules.leaf(9, 0, 0, -1, decode(repeat('5e', 32), 'hex')),
          'its leaf commits to the request, and says nothing else');
SELECT is((SELECT leaf_index FROM register.event WHERE event_id = tests.id(91)), 3::bigint,
          'and its event knows it');
SELECT results_eq($$ SELECT r.first FROM register.leaf_run AS r ORDER BY r.first $$, '{0,3}'::bigint[],
                  'rows follow one another');

-- Nobody changes it
SELECT throws_ok($$ UPDATE register.leaf_run SET leaves = '' $$, '23001', NULL, 'a leaf is not changed');
SELECT throws_ok($$ DELETE FROM register.leaf_run $$, '23001', NULL, 'nor deleted');
SELECT throws_ok($$ UPDATE register.complaint SET leaf_index = 9 $$, '23001', NULL, 'nor given to another');

-- What the daemon asks
SELECT is(tests.call('ledger_leaves', '', '{"first": "2", "count": "1"}') #>> '{content,leaves}',
          translate(encode(rules.leaves_at(2, 1), 'base64'), E'\n', ''), 'leaves from an index on');
SELECT is(tests.call('ledger_leaves', '', '{"first": "9", "count": "1"}') -> 'content',
          '{"size": 4, "frozen": false, "leaves": ""}', 'and how many there are');

SELECT is(tests.call('ledger_lasting', '', '{}') -> 'content', '{"size": 4}',
          'and in a commit of its own');

SELECT * FROM finish();
ROLLBACK;
