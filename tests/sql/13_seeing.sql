-- Who sees what of a case, alone and in lists.
BEGIN;
SELECT plan(48);
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', a, 'body', b))
FROM (VALUES (1, 'TH-50', '{"narrative":"เรื่อง \"๑\"","complainant":null}'), (2, 'TH-90', '{}'),
             (3, 'TH-50', '{}'), (4, 'legal', '{}'), (5, 'TH-50', '{}')) AS t (n, a, b)
\g /dev/null
SELECT tests.submit('2026-11-10 09:00+07',
                    '{"id": 6, "actor": "TH-50", "accused_role": "unit_officer"}') \g /dev/null
UPDATE register.complaint SET investigator = 'investigator' WHERE id = tests.id(5);
INSERT INTO register.principal (name, name_th, name_en, unit, roles, active) VALUES
    ('TH-50-second', 'ข', 'b', 'TH-50', 'officer', true),
    ('gone', 'ค', 'c', 'TH-50', 'officer', false);

-- 1: TH-50's, 2: TH-90's, 5: the investigator's
SELECT is(coalesce(a ->> 'status', a ->> 'error') || CASE WHEN a #>> '{content,reads}' = 'true'
                                                          THEN ' body' ELSE '' END,
          expected, promise)
FROM (VALUES
    ('TH-50', 1, '200', 'an officer sees what he submitted, without its content'),
    ('TH-50', 2, 'ZG404', 'not another office''s'),
    ('TH-50-second', 1, 'ZG404', 'not a colleague''s about his own unit'),
    ('TH-50-head', 1, 'ZG404', 'a unit head sees no case'),
    ('legal', 1, '200 body', 'intake sees and reads the legal group''s'),
    ('triager', 2, '200 body', 'so does the triager'),
    ('head', 1, '200 body', 'and its head'),
    ('alt-intake', 1, 'ZG404', 'the alternate unit sees none of them'),
    ('alt-head', 1, 'ZG404', 'nor does its head'),
    ('investigator', 5, '200 body', 'an investigator sees and reads his assignment'),
    ('investigator', 1, 'ZG404', 'and nothing else'),
    ('auditor', 1, '200', 'an auditor sees all, without content'),
    ('auditor', 6, '200', 'even what is hidden from the unit'),
    ('TH-50', 6, 'ZG404', 'from which it is hidden'),
    ('director', 1, 'ZG404', 'the director sees no case'),
    ('custodian-1', 1, 'ZG404', 'nor a custodian'),
    ('reporter', 1, 'ZG404', 'nor the reporter'),
    ('secretary', 1, 'ZG404', 'nor the secretary'),
    ('committee', 1, 'ZG404', 'nor the committee'),
    ('admin', 1, 'ZG404', 'nor an administrator'),
    ('gone', 1, 'ZG403', 'the inactive may not ask'),
    ('nobody', 1, 'ZG403', 'nor the unknown')
) AS t (actor, n, expected, promise),
LATERAL tests.call('complaint_get', t.actor, jsonb_build_object('id', tests.id(n))) AS a;

SELECT is(tests.call('complaint_get', 'TH-50', '{"id": "TH-50/2570/0001"}'),
          tests.call('complaint_get', 'TH-50', jsonb_build_object('id', tests.id(1))),
          'a number names a case as well as its id');
SELECT is(tests.call('complaint_get', 'TH-50', '{"id": "x"}') ->> 'error', 'ZG404',
          'what is neither is not there');
SELECT is((SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(
               tests.call('complaint_get', 'legal', jsonb_build_object('id', tests.id(1)))
               -> 'content') AS k),
          string_to_array('accepted_at accused_role accused_unit attachments box_opening channel class '
                          'class_office clocks counted_on duplicate_of duplicate_of_ref fy id identity investigator late moves '
                          'parent parent_ref parts process reads received_on ref route source state state_en state_th subject '
                          'submitter timeline unit version', ' '),
          'these are the members of a case');
SELECT is(tests.call('complaint_get', 'legal', jsonb_build_object('id', tests.id(3)))
              #> '{content,timeline}',
          '[{"at": "2026-11-10T09:00:00+07:00", "kind": "accepted", "kind_th": "รับเรื่อง",
             "by": "TH-50", "by_unit": "TH-50", "from": null, "to": "RECEIVED", "fields": {}}]',
          'the timeline begins with the acceptance');
SELECT is(tests.call('complaint_get', who, jsonb_build_object('id', tests.id(1)))
              #> '{content,moves}', moves, who || ' is told his moves')
FROM (VALUES ('legal', '["accuse", "interest", "note", "register", "withdraw"]'::jsonb), ('TH-50', '[]'), ('auditor', '[]'))
     AS t (who, moves);

-- Answers print codes and names as they are: what would need an escape is refused
SELECT throws_ok(format('UPDATE register.%s WHERE %s', change, which), '23514', NULL, promise)
FROM (VALUES
    ('unit SET code = ''a"b''', 'code = ''C-SOC''', 'a quote in the code of a unit'),
    ('principal SET name = ''a,b''', 'name = ''admin''', 'a comma in the name of a principal'),
    ('state SET th = E''a\\nb''', 'code = ''TRIAGE''', 'a control character in a state''s name')
) AS t (change, which, promise);

-- Lists: the numbers of the cases, newest first
CREATE FUNCTION pg_temp.listed(actor text, params jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error', (
               SELECT coalesce(string_agg((right(i ->> 'id', 2)::integer)::text, ' ' ORDER BY o), '')
               FROM jsonb_array_elements(a #> '{content,items}') WITH ORDINALITY AS i (i, o)))
    FROM tests.call('complaint_list', actor, params) AS a
$$;
SELECT is(pg_temp.listed('legal'), '6 5 4 3 2 1', 'the legal group lists its route, newest first');
SELECT is(pg_temp.listed('TH-50'), '5 3 1', 'an officer lists what he sees');
SELECT is(pg_temp.listed('legal', '{"unit": "TH-50", "state": "RECEIVED", "class": "CX",
                                    "fy": "2570"}'), '6 5 3 1', 'filters narrow');
SELECT is(pg_temp.listed('legal', '{"ref": "TH-90/2570/0001"}')
          || pg_temp.listed('TH-50', '{"ref": "TH-90/2570/0001"}'), '2',
          'a number finds a case for who sees it');
SELECT is(pg_temp.listed('alt-head') || pg_temp.listed('director'), '', 'or there is nothing');
SELECT is(pg_temp.listed('legal', p), 'ZG422', 'a list refuses ' || p::text)
FROM (VALUES ('{"limit": "0"}'::jsonb), ('{"limit": "201"}'), ('{"limit": "x"}'),
             ('{"cursor": "x"}'), ('{"cursor": "AAAAAAAAAA="}')) AS t (p);
WITH RECURSIVE page AS (
    SELECT tests.call('complaint_list', 'legal', '{"limit": "2"}') -> 'content' AS c, 1 AS n
    UNION ALL
    SELECT tests.call('complaint_list', 'legal', jsonb_build_object(
               'limit', '2', 'cursor', c ->> 'next')) -> 'content', n + 1
    FROM page WHERE c ->> 'next' IS NOT NULL
)
SELECT is(string_agg(right(i ->> 'id', 1), ' ' ORDER BY n, o) || ', ' || max(n) || ' pages',
          '6 5 4 3 2 1, 3 pages', 'a cursor leads through a list to its end')
FROM page, jsonb_array_elements(c -> 'items') WITH ORDINALITY AS i (i, o);

CREATE FUNCTION pg_temp.after(actor text, cursor text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.listed(actor, jsonb_build_object('limit', '2', 'cursor', cursor))
$$;
CREATE TEMPORARY TABLE page AS
SELECT tests.call('complaint_list', 'legal', '{"limit": "2"}') #>> '{content,next}' AS cursor;
SELECT is(pg_temp.after('head', cursor), 'ZG422', 'a cursor is for who was given it') FROM page;
SELECT is(string_agg(DISTINCT pg_temp.after('legal', overlay(cursor PLACING c FROM n FOR 1)), ' '), 'ZG422',
          'changed in any character it is none')
FROM page, generate_series(1, length(cursor)) AS n, unnest(ARRAY['A', 'B']) AS c
WHERE substr(cursor, n, 1) <> c;
INSERT INTO register.case_excluded VALUES (tests.id(5), 'principal', 'legal', '2026-11-10');
SELECT is(pg_temp.listed('legal'), '6 4 3 2 1', 'the last case of the page is hidden');
SELECT is(pg_temp.after('legal', cursor), '4 3', 'and the next page is what it was') FROM page;
DELETE FROM register.case_excluded WHERE complaint = tests.id(5) AND code = 'legal';

-- A source is JSON already
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object(
    'id', 7, 'actor', 'TH-90', 'channel', 'agency', 'identity', 'letter',
    'source', '{"agency":"ป.ป.ช. \"เขต ๙\"","letter_no":"ปช 1/2569"}')) \g /dev/null
SELECT is(tests.call('complaint_get', 'TH-90', jsonb_build_object('id', tests.id(7)))
              #>> '{content,source,agency}', 'ป.ป.ช. "เขต ๙"', 'the source comes as it was sent');

SELECT * FROM finish();
ROLLBACK;
