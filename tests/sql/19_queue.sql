-- The queue: whose turn it is, the most urgent first; and what a list can be searched by.
BEGIN;
SELECT no_plan();
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('head-2', 'ก', 'a', 'LEGAL', 'head');
-- Received earlier and entered today: 1 is the oldest
SELECT tests.submit('2026-11-12 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50') || i)
FROM (VALUES (1, '{"received": "2026-10-01"}'::jsonb), (2, '{"received": "2026-11-12"}'), (3,
    '{"class": "C1"}'),
             (4, '{"accused_role": "legal_head"}'), (6, '{}')) AS t (n, i) \g /dev/null
CREATE FUNCTION pg_temp.queue(who text, params jsonb DEFAULT '{}',
    at timestamptz DEFAULT '2026-11-13 09:00+07')
RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error', (
        SELECT coalesce(string_agg(right(i ->> 'id',
            1) || ':' || (i ->> 'clock') || CASE WHEN (i ->> 'overdue')::boolean THEN '!' ELSE '' END,
                                   ' ' ORDER BY o), '')
        FROM jsonb_array_elements(a #> '{content,items}') WITH ORDINALITY AS i (i, o)))
    FROM tests.call_at(at, 'case_queue', who, params) AS a
$$;
SELECT is(pg_temp.queue('legal'), '1:first_answer! 3:register 2:register 6:register',
          'the overdue first, then what is due first, C1 before CX, then in the order of arrival');
SELECT is(pg_temp.queue('alt-intake'), '4:register', 'each group its own');
SELECT is(pg_temp.queue('investigator'), '', 'who has nothing assigned has an empty one');
SELECT is(pg_temp.queue('auditor'), 'ZG403', 'who works on no case has none');
SELECT is(pg_temp.queue('legal', '{"due_by": "2026-11-16"}'), '1:first_answer!', 'until a day');
SELECT is(pg_temp.queue('legal', p), 'ZG422', 'refused: ' || p::text)
FROM (VALUES ('{"due_by": "tomorrow"}'::jsonb), ('{"limit": "0"}'),
    ('{"cursor": "AAAAAAAAAAAAAAAAAAAAAAAAAAA"}'), ('{"cursor": "x"}')) AS t (p);
SELECT tests.act('2026-11-13 10:00+07', 'legal', n, 'register') FROM unnest(ARRAY[2,
    3]) AS n \g /dev/null
SELECT tests.act('2026-11-13 10:00+07', 'triager', 3, 'screen',
    '{"in_remit": true, "class": "C1", "conflict": false, "particulars": true, "next_step": '
    '"accept"}') \g /dev/null
SELECT tests.act('2026-11-13 10:00+07', 'head', 3, 'assign',
    '{"investigator": "investigator"}') \g /dev/null
SELECT is(pg_temp.queue('investigator'), '3:first_answer', 'what is assigned is his');
SELECT is(pg_temp.queue('head', '{"assignee": "head"}'), '', 'or only one''s own');
SELECT is(pg_temp.queue('head', '{"assignee": "investigator"}'), 'ZG422', 'but no queue of another');
SELECT is(pg_temp.queue('triager'), '1:first_answer! 6:register 3:first_answer 2:first_answer',
    'the clock that runs out next counts');
SELECT is((SELECT i -> 'moves' ? 'screen' FROM jsonb_array_elements(tests.call_at('2026-11-13',
    'case_queue', 'triager') #> '{content,items}') AS i
           WHERE i ->> 'id' = tests.id(2)::text), true, 'each with what he may do next');
SELECT tests.act('2026-11-13 11:00+07', 'triager', 2, 'ask', '{"text": "ก"}') \g /dev/null
SELECT is(pg_temp.queue('triager', '{}', '2026-11-14'),
    '1:first_answer! 6:register 2:particulars 3:first_answer',
          'while it is waited for the complainant''s own clock counts');

-- Pages, while cases arrive and are worked on
CREATE FUNCTION pg_temp.page(who text, size text, cursor text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.call_at('2026-11-14', 'case_queue', who,
        jsonb_strip_nulls(jsonb_build_object('limit', size, 'cursor', cursor))) -> 'content'
$$;
CREATE TEMPORARY TABLE page AS SELECT 1 AS n, pg_temp.page('triager', '2', NULL) AS c;
SELECT tests.submit('2026-11-12 09:00+07',
    '{"id": 7, "actor": "TH-50", "received": "2026-10-02"}') \g /dev/null
SELECT tests.act('2026-11-14', 'triager', 6, 'register') \g /dev/null
INSERT INTO page SELECT 2, pg_temp.page('triager', '2', c ->> 'next') FROM page;
SELECT is((SELECT string_agg(right(i ->> 'id', 1), ' ' ORDER BY n, o) FROM page,
    jsonb_array_elements(c -> 'items') WITH ORDINALITY AS i (i, o)),
          '1 6 2 3', 'a page goes on where the last one ended, whatever came before it meanwhile');
SELECT is(tests.call_at('2026-11-14', 'case_queue', 'head', jsonb_build_object('cursor',
    c ->> 'next')) ->> 'error', 'ZG422',
          'a cursor is for who was given it') FROM page WHERE n = 1;
SELECT is(tests.call('complaint_list', 'triager', jsonb_build_object('cursor', c ->> 'next')) ->> 'error',
          'ZG422', 'and for the list it is of') FROM page WHERE n = 1;
INSERT INTO register.case_excluded VALUES (tests.id(6), 'principal', 'triager', '2026-11-14');
SELECT is(pg_temp.page('triager', '2', a.c ->> 'next') -> 'items', b.c -> 'items',
          'a page goes on from a case that is hidden now as if it were not')
FROM page AS a, page AS b WHERE a.n = 1 AND b.n = 2;
DELETE FROM register.case_excluded WHERE complaint = tests.id(6);

-- The list
CREATE FUNCTION pg_temp.listed(who text, params jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error', (SELECT string_agg(right(i ->> 'id', 1), ' ' ORDER BY o)
                                    FROM jsonb_array_elements(a #> '{content,items}') WITH ORDINALITY AS i (i, o)), '-')
    FROM tests.call('complaint_list', who, params) AS a
$$;
SELECT is(pg_temp.listed(who, params::jsonb), want, who || ' lists by ' || params)
FROM (VALUES ('head', '{"assignee": "investigator"}', '3'), ('investigator',
    '{"assignee": "investigator"}', '3'),
             ('TH-50', '{"assignee": "investigator"}', '-'), ('auditor',
                 '{"assignee": "investigator"}', '-'),
             ('head', '{"received_to": "2026-10-31"}', '7 1'), ('head',
                 '{"received_from": "2026-10-02", "received_to": "2026-11-11"}', '7'),
             ('head', '{"subject": "bribery", "class": "C1"}', '3'), ('head',
                 '{"subject": "leak"}', '-'),
             ('head', '{"due_by": "2026-11-16"}', '7 1'), ('TH-50', '{"due_by": "2026-11-16"}',
                 '-'),
             ('head', '{"unit": "TH-50"}', '7 6 3 2 1'), ('alt-head', '{"unit": "TH-50"}', '4'), -- of the central series
             ('auditor', '{"unit": "TH-50"}', '7 6 4 3 2 1'), ('head', '{"unit": "TH-5"}', 'ZG422'),
             ('head', '{"state": "SHUT"}', 'ZG422'), ('head', '{"class": "C9"}', 'ZG422'), ('head', '{"subject": "x"}', 'ZG422'),
             ('head', '{"state": "CLOSED"}', '-'), ('head', '{"unit": "TH-90"}', '-'),
             ('head', '{"fy": "2570", "unit": "TH-50", "class": "C1"}', '3'), ('head', '{"fy": "2569"}', '-'),
             ('head', '{"fy": "this year"}', 'ZG422'), ('head', '{"fy": "99999999999"}', 'ZG422'),
             ('head', '{"received_to": "31/10"}', 'ZG422')) AS t (who, params, want);
-- Who is to be given another investigator comes before all that is not late
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('investigator-2', 'ข', 'b', 'LEGAL', 'investigator');
UPDATE register.principal SET email = name || '@example.go.th' WHERE name = 'head';
SELECT tests.submit('2026-11-12 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50')) FROM generate_series(8, 9) AS n \g /dev/null
SELECT tests.act('2026-11-14', who, n, kind, more)
FROM generate_series(8, 9) AS n, (VALUES (1, 'legal', 'register', '{}'::jsonb),
    (2, 'triager', 'screen', '{"in_remit": true, "class": "CX", "conflict": false, "particulars": true,
                               "next_step": "accept"}'),
    (3, 'head', 'assign', '{"investigator": "investigator-2"}')) AS t (o, who, kind, more) ORDER BY n, o \g /dev/null
UPDATE register.clock SET met_on = '2026-11-14' WHERE complaint IN (tests.id(1), tests.id(7));
CREATE FUNCTION pg_temp.top(at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM register.outbox;
    WHILE rules.sweep(at) @> '{"more": true}' LOOP END LOOP;
    RETURN (SELECT concat_ws(' ', right(i ->> 'id', 1), i ->> 'clock', i ->> 'due_on')
            FROM tests.call_at(at, 'case_queue', 'head') AS a, jsonb_path_query_first(a, '$.content.items[0]') AS i);
END;
$$;
CREATE FUNCTION pg_temp.mailed() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', o.recipient, tests.n(c.id), o.due_on), ', ' ORDER BY c.id)
    FROM register.outbox AS o JOIN register.complaint AS c USING (ref) WHERE o.matter = 'unassigned'
$$;
SELECT is(pg_temp.top('2026-11-15 09:00+07'), '2 particulars 2026-11-24', 'while both have one, what is due first is on top');
UPDATE register.principal SET active = false WHERE name = 'investigator-2';
SELECT is(pg_temp.top('2026-11-15 10:00+07'), '8 unassigned 2026-11-15', 'who investigates two has left: they are on top');
SELECT is(pg_temp.mailed(), 'head 8, head 9', 'and the heads are mailed');
SELECT is(pg_temp.top('2026-11-15 11:00+07'), '8 unassigned 2026-11-15', 'there they stay');
SELECT is(pg_temp.mailed(), NULL, 'mailed once');
SELECT ok(tests.moves('head', 8) ? 'assign', 'the head can assign them');
UPDATE register.principal SET active = true WHERE name = 'investigator-2';
SELECT is(pg_temp.top('2026-11-16 09:00+07'), '2 particulars 2026-11-24', 'he is back: nobody need be assigned');
SELECT is(pg_temp.mailed(), NULL, 'nor is that late');
UPDATE register.principal SET unit = 'TH-90' WHERE name = 'investigator-2';
SELECT is(pg_temp.top('2026-11-17 09:00+07'), '8 unassigned 2026-11-17', 'or has left the group');
SELECT is(tests.act('2026-11-17 09:30+07', 'head', 8, 'assign', '{"investigator": "investigator"}'), '200 INVESTIGATING',
          'assigned');
SELECT is(pg_temp.top('2026-11-17 10:00+07'), '9 unassigned 2026-11-17', 'it is not on top any more');
SELECT is(tests.act('2026-11-17 11:00+07', 'investigator', 8, 'interest', '{"reason": "ก"}'), '200 INVESTIGATING',
          'he has an interest, and nobody is left');
SELECT is(pg_temp.mailed(), 'head 8', 'the heads are mailed once');
SELECT is(pg_temp.top('2026-11-17 12:00+07'), '8 unassigned 2026-11-17', 'and it is there again, on the same day');
SELECT is(tests.act('2026-11-17 13:00+07', 'triager', 9, 'accuse', '{"accused_role": "legal_head", "reason": "ก"}'),
          '200 TRIAGE', 'the other is not under investigation any more');
SELECT is(pg_temp.top('2026-11-18 09:00+07'), '8 unassigned 2026-11-17', 'what is late stays on top');
SELECT is(pg_temp.mailed(), 'head 8 2026-11-17', 'and is told as late');
SELECT * FROM finish();
ROLLBACK;
