-- Texts in requests: how long they may be, and what they may not hold.
BEGIN;
SELECT plan(16);

SELECT is(rules.text_member(jsonb_build_object('t', repeat('x', 500)), 't'), repeat('x', 500),
          'a short text has at most 500 bytes');
SELECT throws_ok($$ SELECT rules.text_member(jsonb_build_object('t', repeat('x', 501)), 't') $$, 'ZG422',
                 '/t must be a text of 1 to 500 bytes without control characters', 'and no more');
SELECT throws_ok($$ SELECT rules.text_member(jsonb_build_object('t', repeat('ก', 167)), 't') $$, 'ZG422', NULL,
                 'bytes, not letters');
SELECT is(rules.paragraph_member(jsonb_build_object('t', repeat('x', 4000)), 't', true, '/'), repeat('x', 4000),
          'a paragraph has at most 4,000');
SELECT throws_ok($$ SELECT rules.paragraph_member(jsonb_build_object('t', repeat('x', 4001)), 't', true, '/') $$,
                 'ZG422', '/t must be a text of 1 to 4000 bytes without control characters', 'and no more');
SELECT throws_ok($$ SELECT rules.text_member('{"t": ""}', 't') $$, 'ZG422', NULL, 'empty is none');
SELECT throws_ok(format('SELECT rules.text_member(%L, ''t'')', jsonb_build_object('t', b)), 'ZG422', '/t must say something',
                 'nor are spaces alone, of any width')
FROM unnest(ARRAY[' ', '   ', U&'\200B', U&'\00A0\2003\FEFF', U&'\3000 \2060']) AS b;
SELECT is(rules.text_member('{"t": " ก "}', 't'), ' ก ', 'spaces around a text are left as they are');
SELECT throws_ok($$ SELECT rules.text_member('{"t": 1}', 't') $$, 'ZG422', NULL, 'a number is none');
SELECT throws_ok($$ SELECT rules.text_member('{"t": "a\nb"}', 't') $$, 'ZG422', NULL, 'nor are two lines');
SELECT throws_ok($$ SELECT rules.text_member('{}', 't') $$, 'ZG422', '/t is missing', 'what is needed is missed');
SELECT is(rules.text_member('{}', 't', false), NULL, 'what is not needed may be absent');

SELECT * FROM finish();
ROLLBACK;
