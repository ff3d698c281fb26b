-- What is wrapped for whom, and what waits to be wrapped anew.
BEGIN;
SELECT no_plan();
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50'))
FROM generate_series(1, 3) AS n \g /dev/null
SELECT tests.act('2026-11-10 10:00+07', 'legal', n, 'register') FROM generate_series(1, 3) AS n \g /dev/null
SELECT tests.act('2026-11-10 10:00+07', 'triager', 1, 'class_changed', '{"class": "C0", "reason": "ลับ"}') \g /dev/null
SELECT tests.act('2026-11-10 10:00+07', 'triager', 2, 'split', '{"subjects": ["bribery", "other"]}') \g /dev/null

-- A letter's file
CREATE TEMPORARY TABLE file AS
SELECT jsonb_build_object('id', tests.id(2), 'n', '1', 'event_id', tests.id(20), 'sealed_for', 'legal', 'counter', 0) AS params;
UPDATE file SET params = params || (tests.call('attachment_begin', 'TH-50', params) -> 'content');
SELECT tests.call('attachment_chunk_add', 'TH-50', params, '{"chunk": "Y2h1bms="}') FROM file \g /dev/null
SELECT tests.call('attachment_add', 'TH-50', params || jsonb_build_object('commit', repeat('ab', 32)), jsonb_build_object(
    'chunks', 1, 'size', 5, 'type', 'application/pdf', 'wraps', 'b2xk',
    'opening', rules.base64(decode(repeat('11', 96), 'hex')),
    'name', '{"event": "e", "content": "n", "wraps": ""}'::jsonb,
    'salt', '{"event": "e", "content": "s", "wraps": ""}'::jsonb)) FROM file \g /dev/null
CREATE FUNCTION pg_temp.file_key() RETURNS text LANGUAGE sql AS $$
    SELECT 'file:' || position FROM register.attachment
$$;
CREATE FUNCTION pg_temp.file_anew(ref text, old text) RETURNS boolean LANGUAGE sql AS $$
    SELECT rules.wrapped_anew(c, pg_temp.file_key(), convert_to(old, 'UTF8'), 'anew')
    FROM register.complaint AS c WHERE c.ref = file_anew.ref
$$;
CREATE FUNCTION pg_temp.next(opens text DEFAULT '["legal"]', after bigint DEFAULT 0) RETURNS jsonb
LANGUAGE sql AS $$
    SELECT tests.call('rewrap_next', '', jsonb_build_object('opens', opens::jsonb, 'after', after)) -> 'content'
$$;
CREATE FUNCTION pg_temp.due() RETURNS text LANGUAGE sql AS $$
    SELECT g ->> 2 FROM json_array_elements(rules.score_metrics('2026-11-11 10:00+07')) AS g
    WHERE g ->> 0 = 'grievd_rewrap_due'
$$;
SELECT is(pg_temp.next(), '{}', 'nothing waits while every case is with the group that it was sealed for');
SELECT is(pg_temp.due(), '0', 'and the gauge says so');
SELECT is(tests.act('2026-11-11 10:00+07', 'triager', 1, 'accuse', '{"accused_role": "legal_head", "reason": "พบ"}'),
          '200 TRIAGE', 'a case moves to the alternate');
SELECT is(pg_temp.next() ->> 'ref', 'TH-50/2570/0001', 'and waits for whoever holds the former group''s key');
SELECT is(pg_temp.due(), '1', 'one case');
SELECT is(pg_temp.next('["alternate", "external"]'), '{}', 'not for who does not');
SELECT is(pg_temp.next(after => (pg_temp.next() ->> 'position')::bigint), '{}', 'nor twice in one pass');
SELECT is((SELECT string_agg(regexp_replace(i ->> 'key', ':.*:', ':') || ' ' || (i ->> 'routes'), ', '
                             ORDER BY i ->> 'key' COLLATE "C")
           FROM jsonb_array_elements(pg_temp.next() -> 'items') AS i),
          'content alternate, event:reason alternate, event:reason alternate, proposal:reason alternate',
          'with its body and every text of its events and proposals');

-- What was wrapped anew takes the place of what was there, and of nothing else
CREATE FUNCTION pg_temp.done(seen_version bigint, more jsonb DEFAULT '{}') RETURNS boolean LANGUAGE sql AS $$
    SELECT (tests.call('rewrap_done', '', '{}', jsonb_build_object(
        'id', tests.id(1), 'version', seen_version, 'wraps', jsonb_build_array(
            jsonb_build_object('key', 'content', 'old', rules.base64(t.wraps), 'new', rules.base64('anew')) || more)))
        #>> '{content,done}')::boolean
    FROM register.content AS t JOIN register.complaint AS c USING (position) WHERE c.id = tests.id(1)
$$;
SELECT is(pg_temp.done((pg_temp.next() ->> 'version')::bigint, '{"old": "AAAA"}'), false,
          'what is there no more is not replaced');
SELECT is(pg_temp.done(3), false, 'a case that has moved on since is not done');
SELECT is(pg_temp.next() ->> 'ref', 'TH-50/2570/0001', 'and is looked at again');
SELECT is(pg_temp.done((pg_temp.next() ->> 'version')::bigint), true, 'one that stands as it was seen is');
SELECT is((SELECT t.wraps FROM register.content AS t JOIN register.complaint AS c USING (position) WHERE c.id = tests.id(1)),
          'anew'::bytea, 'with its new wraps');
SELECT is(pg_temp.next(), '{}', 'it waits no more');
SELECT is(pg_temp.due(), '0', 'and is not counted');

-- A part and its letter
SELECT is(tests.act('2026-11-11 10:00+07', 'triager', 2, 'note', '{"text": "ก", "audience": "internal"}'), '200 TRIAGE',
          'a letter in parts');
UPDATE register.complaint SET route = 'alternate' WHERE ref = 'TH-50/2570/0002/2';
SELECT is(pg_temp.next() ->> 'ref', 'TH-50/2570/0002/2', 'a part that moves waits by itself');
SELECT is((SELECT i ->> 'routes' FROM jsonb_array_elements(pg_temp.next() -> 'items') AS i WHERE i ->> 'key' = 'content'),
          'alternate legal', 'and the letter''s body is then for both groups');
SELECT is((SELECT string_agg(i ->> 'routes', ', ') FROM jsonb_array_elements(pg_temp.next() -> 'items') AS i
           WHERE i ->> 'key' ~ '^(file|event:[0-9]+:(name|salt)$)'), 'alternate legal, alternate legal, alternate legal',
          'as are its file, and name and salt');
SELECT is((SELECT concat_ws(' ', i ->> 'id', i ->> 'name', i ->> 'wraps') FROM jsonb_array_elements(pg_temp.next() -> 'items') AS i
           WHERE i ->> 'key' = pg_temp.file_key()), format('%s file:1:%s b2xk', tests.id(2), tests.id(20)), 'each at its place');
SELECT is(pg_temp.file_anew('TH-50/2570/0002/2', 'other'), false, 'a file''s wraps that are there no more are not replaced');
SELECT is(pg_temp.file_anew('TH-50/2570/0003', 'old'), false, 'nor those of another case''s file');
SELECT is((SELECT wraps FROM register.attachment), 'old'::bytea, 'they stay as they were');
SELECT is(pg_temp.file_anew('TH-50/2570/0002/2', 'old'), true, 'a part replaces those of its letter''s');
SELECT is((SELECT wraps FROM register.attachment), 'anew'::bytea, 'and they are the new ones');
SELECT is((SELECT i ->> 'id' FROM jsonb_array_elements(pg_temp.next() -> 'items') AS i WHERE i ->> 'key' = 'content'),
          tests.id(2)::text, 'at the letter''s place');
UPDATE register.complaint SET erased_at = now() WHERE ref = 'TH-50/2570/0002/2';
SELECT is(pg_temp.next(), '{}', 'what is erased waits for nothing');
SELECT is(pg_temp.due(), '0', 'nor is it counted');
SELECT * FROM finish();
ROLLBACK;
