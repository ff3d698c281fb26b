-- Attachments: who adds and who opens them, what is visible when, what stays and what goes.
BEGIN;
SELECT plan(81);

SELECT is(tests.submit('2026-11-02 09:00+07', i.item), i.expected, 'given a case')
FROM (VALUES
    ('{"id": 1, "actor": "TH-50"}'::jsonb, '201 TH-50/2570/0001 RECEIVED legal'),
    ('{"id": 2, "actor": "TH-90", "accused_role": "legal_staff"}', '201 ล/2570/0001 RECEIVED alternate'),
    ('{"id": 3, "actor": "TH-50"}', '201 TH-50/2570/0002 RECEIVED legal'),
    ('{"id": 4, "actor": "TH-50"}', '201 TH-50/2570/0003 RECEIVED legal'),
    ('{"id": 5, "actor": "alt-intake"}', '201 ALT/2570/0001 RECEIVED legal')
) AS i (item, expected);
UPDATE register.complaint SET investigator = 'investigator' WHERE id = tests.id(3);

CREATE FUNCTION pg_temp.begin(actor text, n integer, k text DEFAULT '1', event integer DEFAULT 100,
                              at timestamptz DEFAULT '2026-11-02 10:00+07')
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    answer record;
BEGIN
    SELECT * INTO answer FROM rules.attachment_begin(at, actor, jsonb_build_object(
        'id', tests.id(n), 'n', k, 'event_id', tests.id(event)));
    RETURN answer.content;
EXCEPTION WHEN OTHERS THEN
    RETURN to_jsonb(SQLSTATE || ' ' || SQLERRM);
END;
$$;
CREATE FUNCTION pg_temp.chunk(actor text, file jsonb, counter integer) RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error', a ->> 'status')
    FROM tests.call('attachment_chunk_add', actor,
                    jsonb_build_object('attachment', file -> 'attachment', 'counter', counter),
                    '{"chunk": "Y2h1bms="}') AS a
$$;
CREATE FUNCTION pg_temp.add(actor text, n integer, file jsonb, more jsonb DEFAULT '{}',
                            k text DEFAULT '1', chunks integer DEFAULT 1)
RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error' || ' ' || (a ->> 'message'),
                    concat_ws(' ', a ->> 'status', a #>> '{content,n}', a #>> '{content,type}',
                              a #>> '{content,size}'))
    FROM tests.call_at('2026-11-02 10:01+07', 'attachment_add', actor,
        jsonb_build_object('id', tests.id(n), 'n', k, 'event_id', file -> 'event_id',
                           'attachment', file -> 'attachment', 'sealed_for', file -> 'route',
                           'commit', repeat('ab', 32)) || more,
        jsonb_build_object('chunks', chunks, 'size', 5, 'type', 'application/pdf', 'wraps', '',
                           'opening', rules.base64(decode(repeat('11', 96), 'hex')),
                           'name', '{"event": "e", "content": "n", "wraps": ""}'::jsonb,
                           'salt', '{"event": "e", "content": "s", "wraps": ""}'::jsonb)) AS a
$$;
CREATE FUNCTION pg_temp.open(actor text, n integer, k text DEFAULT '1',
                             opens text DEFAULT '["legal"]') RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    answer record;
BEGIN
    SELECT * INTO answer FROM rules.attachment_open('2026-11-03 10:00+07', actor,
        jsonb_build_object('id', tests.id(n), 'n', k, 'opens', opens::jsonb));
    RETURN jsonb_build_object('status', answer.status) || answer.content;
EXCEPTION WHEN OTHERS THEN
    RETURN jsonb_build_object('status', SQLSTATE);
END;
$$;
CREATE FUNCTION pg_temp.read(actor text, id text, file jsonb) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT concat_ws(' ', status, content) FROM api.attachment_chunk_read(actor,
        jsonb_build_object('id', id, 'attachment', file -> 'attachment', 'counter', 0), NULL));
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END;
$$;
CREATE FUNCTION pg_temp.listed(actor text, n integer) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', f ->> 'n', f ->> 'type', f ->> 'size', f ->> 'by'),
                               ', '), 'none')
    FROM jsonb_array_elements(tests.call('complaint_get', actor,
                                         jsonb_build_object('id', tests.id(n)))
                              #> '{content,attachments}') AS f
$$;

CREATE FUNCTION pg_temp.listed_members(actor text, n integer, members text[]) RETURNS boolean
LANGUAGE sql AS $$
    SELECT tests.call('complaint_get', actor, jsonb_build_object('id', tests.id(n)))
           #> '{content,attachments,0}' ?& members
$$;

-- Who may begin
SELECT is(CASE jsonb_typeof(b) WHEN 'string' THEN left(b #>> '{}', 5) ELSE b ->> 'route' END,
          expected, promise)
FROM (VALUES
    ('TH-50', 1, 'legal', 'who sent a case attaches to it'),
    ('legal', 1, 'legal', 'so does intake of its group'),
    ('triager', 1, 'legal', 'the triager'),
    ('head', 1, 'legal', 'and the head'),
    ('investigator', 3, 'legal', 'an investigator to his assignment'),
    ('investigator', 1, 'ZG404', 'and to nothing else'),
    ('TH-90', 1, 'ZG404', 'another office sees no such case'),
    ('head', 2, 'ZG404', 'nor does the accused group'),
    ('alt-head', 2, 'alternate', 'whose case is sealed for the other one'),
    ('auditor', 1, 'ZG403', 'an auditor attaches nothing'),
    ('custodian-1', 1, 'ZG403', 'nor does a custodian')
) AS t (actor, n, expected, promise)
CROSS JOIN LATERAL (SELECT pg_temp.begin(actor, n)) AS x (b);
SELECT is(pg_temp.begin('TH-50', 1, k), to_jsonb('ZG422 the number of an attachment is 1 to 20'::text),
          format('number %L is none', k))
FROM unnest('{0,21,01,-1,x,""}'::text[]) AS k;
SELECT is(pg_temp.begin('TH-50', 1, '20') ->> 'route', 'legal', 'there are twenty');

-- Arriving
CREATE TEMPORARY TABLE file AS SELECT pg_temp.begin('TH-50', 1, '1', 101) AS f;
SELECT is(pg_temp.chunk('TH-50', f, 0), '200', 'a chunk arrives') FROM file;
SELECT is(pg_temp.chunk('legal', f, 1), 'ZG408', 'from nobody else') FROM file;
SELECT is(pg_temp.listed('legal', 1), 'none', 'nobody sees what is not whole');
SELECT is(pg_temp.open('legal', 1) ->> 'status', 'ZG404', 'nor opens it');
SELECT is(pg_temp.add('TH-50', 1, f, chunks => 2), 'ZG408 it is no longer on its way',
          'with a chunk missing it is not whole') FROM file;
SELECT is(pg_temp.add('TH-50', 1, f, '{"sealed_for": "alternate"}'),
          'ZG412 the case has changed since the file was begun',
          'sealed for another group it is not taken') FROM file;
SELECT is(pg_temp.add('legal', 1, f), 'ZG408 it is no longer on its way',
          'somebody else does not finish it') FROM file;
SELECT is(pg_temp.add('TH-50', 1, f), '201 1 application/pdf 5', 'whole, it is there') FROM file;
SELECT is(pg_temp.add('TH-50', 1, f), '200 1 application/pdf 5', 'the same again gets the same answer')
FROM file;
SELECT is(pg_temp.add('TH-50', 1, f, jsonb_build_object('commit', repeat('cd', 32))),
          'ZG409 the event_id was used for another request', 'other bytes are refused') FROM file;
SELECT is(pg_temp.begin('TH-50', 1, '1', 102) - 'id',
          jsonb_build_object('route', 'legal', 'event_id', tests.id(101), 'size', 5),
          'what comes under its number again is compared and not stored');
SELECT is(pg_temp.begin('legal', 1, '1', 102), '"ZG409 the number is taken by another file"',
          'and from somebody else refused');
SELECT is(pg_temp.begin('TH-50', 1, '2', 101), '"ZG409 the event_id was used for another request"',
          'an event_id is for one file');
SELECT is((SELECT e.kind || ' ' || (e.fields - '{name,salt}'::text[])::text || ' ' || l.leaf_type
           FROM register.event AS e JOIN register.event_leaf AS l ON l.kind = e.kind
           WHERE e.event_id = tests.id(101)),
          'attached {"n": 1, "size": 5, "type": "application/pdf"} 9', 'it is an event, with a leaf');

-- Who sees and opens it
SELECT is(pg_temp.listed(actor, 1), expected, promise)
FROM (VALUES ('legal', '1 application/pdf 5 TH-50', 'its group sees it'),
             ('TH-50', '1 application/pdf 5 TH-50', 'who sent it too'),
             ('auditor', '1 application/pdf 5 TH-50', 'the auditor sees that it is there')
) AS t (actor, expected, promise);
SELECT is(pg_temp.open(actor, n, k, opens) ->> 'status', expected, promise)
FROM (VALUES
    ('legal', 1, '1', '["legal"]', '200', 'its group opens it'),
    ('legal', 1, '2', '["legal"]', 'ZG404', 'no other is there'),
    ('legal', 1, '1', '["alternate"]', '403', 'an instance without its key does not open it'),
    ('TH-50', 1, '1', '["legal"]', 'ZG403', 'who sent it does not'),
    ('auditor', 1, '1', '["legal"]', 'ZG403', 'nor the auditor'),
    ('alt-head', 1, '1', '["legal"]', 'ZG404', 'to the other group it does not exist')
) AS t (actor, n, k, opens, expected, promise);
SELECT is((SELECT count(*) FROM register.event AS e WHERE e.kind = 'fetched'), 1::bigint,
          'each opening is an event, and only an opening');

SELECT is(pg_temp.read(actor, id, f), expected, promise)
FROM (VALUES
    ('legal', 'TH-50/2570/0001', '200 Y2h1bms=', 'who reads the case reads each chunk'),
    ('legal', 'TH-50/2570/0002', 'ZG404', 'as a chunk of another case it is none'),
    ('TH-50', 'TH-50/2570/0001', 'ZG403', 'an officer reads none'),
    ('alt-intake', 'ALT/2570/0001', 'ZG403', 'nor who sent the case to another group'),
    ('investigator', 'TH-50/2570/0001', 'ZG404', 'nor who was given another')
) AS t (actor, id, expected, promise), file;
UPDATE register.complaint SET route = 'alternate' WHERE id = tests.id(1);
SELECT is(pg_temp.read('legal', 'TH-50/2570/0001', f), 'ZG404', 'nor who has the case no more') FROM file;
UPDATE register.complaint SET route = 'legal' WHERE id = tests.id(1);
SELECT ok(pg_temp.listed_members(actor, 1, '{opening,commit}') = has_them, promise)
FROM (VALUES ('legal', true, 'who reads the case is handed what opens its leaf'),
             ('auditor', true, 'so is the auditor, as of the cases themselves'),
             ('TH-50', false, 'and who only sent it is not')
) AS t (actor, has_them, promise);

-- To a part
SELECT is(tests.act('2026-11-02 11:00+07', 'legal', 4, 'register'), '200 TRIAGE', 'given a letter');
SELECT is(tests.act('2026-11-02 11:00+07', 'triager', 4, 'split', '{"subjects": ["bribery", "other"]}'),
          '200 TRIAGE', 'in parts');
CREATE TEMPORARY TABLE before AS SELECT id, ref, version FROM register.complaint WHERE tests.id(4) IN (id, parent);
CREATE TEMPORARY TABLE part_file AS SELECT pg_temp.begin('triager', 4, '1', 401) AS f;
SELECT is(pg_temp.chunk('triager', f, 0), '200', 'given a file for a part') FROM part_file;
SELECT is(pg_temp.add('triager', 4, f, '{"id": "TH-50/2570/0003/1"}'), '201 1 application/pdf 5', 'it is taken')
FROM part_file;
SELECT is((SELECT e.answer - '{n,type,size,event_id}'::text[] FROM register.event AS e WHERE e.event_id = tests.id(401)),
          (SELECT jsonb_build_object('id', c.id, 'ref', c.ref, 'version', c.version)
           FROM register.complaint AS c WHERE c.ref = 'TH-50/2570/0003/1'), 'and answered as of the part');
SELECT is((SELECT string_agg(right(c.ref, 2) || ' ' || c.version - b.version, ', ' ORDER BY c.ref)
           FROM register.complaint AS c JOIN before AS b USING (id)), '03 1, /1 1, /2 0',
          'which it changes, and the letter');

-- Begun again
CREATE TEMPORARY TABLE earlier AS SELECT pg_temp.begin('TH-50', 1, '5', 500) AS f;
SELECT is(pg_temp.chunk('TH-50', f, 0), '200', 'given a file on its way') FROM earlier;
SELECT is(pg_temp.begin('legal', 1, '5', 500) ->> 'route', 'legal', 'somebody else''s begin');
SELECT is(pg_temp.chunk('TH-50', f, 1), '200', 'leaves it alone') FROM earlier;
SELECT is(pg_temp.begin('TH-50', 1, '5', 500) ->> 'route', 'legal', 'one of the same file');
SELECT is(pg_temp.chunk('TH-50', f, 2), 'ZG408', 'takes its place') FROM earlier;

-- It stays, until it is erased
SELECT throws_ok(format('UPDATE register.attachment SET size = 6 WHERE event_id = %L', tests.id(101)),
                 '23001', 'attachment keeps what was written', 'what is whole is not changed');
SELECT throws_ok(format('DELETE FROM register.attachment WHERE event_id = %L', tests.id(101)), '23001',
                 'attachment keeps what was written', 'nor deleted');
SELECT throws_ok('DELETE FROM register.attachment_chunk', '23001',
                 'attachment_chunk keeps what was written', 'nor is a piece of it');
SELECT lives_ok(format('UPDATE register.attachment SET wraps = ''\x00'' WHERE event_id = %L', tests.id(101)),
                'its wraps are made anew');
SELECT ok(rules.attachment_sweep('2026-11-02 10:30+07') IS NOT NULL
          AND (SELECT count(*) FROM register.attachment WHERE finished_at IS NULL) = 8,
          'what may still arrive is left alone');
SELECT is(rules.attachment_sweep('2026-11-02 11:00+07'), false, 'later it is swept');
SELECT is((SELECT count(*) FROM register.attachment), 2::bigint, 'and nothing but what is whole is left');
SELECT is((SELECT array_agg(jsonb_typeof(pg_temp.begin('TH-50', 1, '3', 200 + g)) ORDER BY g)
           FROM generate_series(1, 9) AS g),
          ARRAY['object', 'object', 'object', 'object', 'object', 'object', 'object', 'object', 'string'],
          'one person has eight files on their way, and no ninth');
CREATE FUNCTION pg_temp.fill(first integer, last integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO register.attachment
    SELECT gen_random_uuid(), tests.id(3), n, gen_random_uuid(), 'TH-50', now(), now(), -n, 1, 5, 'text/plain', '', ''
    FROM generate_series(first, last) AS n
$$;
SELECT pg_temp.fill(1, 9);
SELECT is(pg_temp.begin('TH-50', 3, '10', 601, '2026-11-02 12:00+07') ->> 'route', 'legal',
          'who sent a case attaches ten files');
SELECT pg_temp.fill(10, 10);
SELECT is(pg_temp.begin('TH-50', 3, '11', 602, '2026-11-02 12:00+07'),
          '"ZG409 ten of the twenty files are for those who work on the case"', 'and no eleventh');
SELECT is(pg_temp.begin('legal', 3, '11', 602, '2026-11-02 12:00+07') ->> 'route', 'legal',
          'which is for those who work on it');
UPDATE register.complaint SET state = 'CLOSED' WHERE id = tests.id(1);
SELECT is(pg_temp.begin('legal', 1, '4', 300), '"ZG409 the case is closed: reopen it first"',
          'nothing is added to a closed case');
UPDATE register.complaint SET erased_at = now() WHERE id = tests.id(1);
SELECT lives_ok(format('DELETE FROM register.attachment WHERE complaint = %L', tests.id(1)), 'of an erased case it goes');
SELECT is(pg_temp.open('legal', 1) ->> 'status', 'ZG410', 'what is erased does not open');
SELECT * FROM finish();
ROLLBACK;
