-- Erasing what was told in a closed case, by two people; and what was kept long enough for it.
BEGIN;
SELECT no_plan();
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50') || i)
FROM (VALUES (1, '{"class": "C1"}'::jsonb), (2, '{}'), (3, '{"accused_role": "legal_head"}'),
             (4, '{"conflict": "custodian-2"}'), (5, '{}'), (6, '{}'), (7, '{}')) AS t (n, i) \g /dev/null
SELECT tests.act('2026-11-10 10:00+07', 'legal', n, 'register') FROM generate_series(1, 7) AS n
WHERE n <> 3 \g /dev/null
SELECT tests.act('2026-11-10 10:00+07', 'triager', 1, 'note', '{"text": "ลับ", "audience": "internal"}') \g /dev/null
SELECT tests.act('2026-11-10 10:00+07', 'triager', 1, 'class_changed', '{"class": "C0", "reason": "ลับ"}') \g /dev/null
SELECT tests.act('2026-11-10 10:00+07', 'triager', 2, 'split', '{"subjects": ["bribery", "other"], "text": "ก"}') \g /dev/null
SELECT tests.act('2026-11-10 10:00+07', 'triager', 2, 'note', '{"text": "ลับ", "audience": "internal"}') \g /dev/null

CREATE FUNCTION pg_temp.close(n integer) RETURNS void LANGUAGE sql AS $$
    UPDATE register.complaint SET state = 'CLOSED', state_since = '2026-11-20 09:00+07' WHERE id = tests.id(n)
$$;
CREATE FUNCTION pg_temp.erase(actor text, asked text, more jsonb DEFAULT '{}',
                              at timestamptz DEFAULT '2036-11-21 09:00+07')
RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error' || ' ' || (a ->> 'message'), a ->> 'status')
    FROM tests.call_at(at, 'erasure_propose', actor,
        jsonb_build_object('id', asked, 'sealed_for', coalesce(more ->> 'sealed_for', (
            SELECT c.route FROM register.complaint AS c WHERE asked IN (c.id::text, c.ref)))),
        tests.sealed(jsonb_strip_nulls(jsonb_build_object(
            'event_id', gen_random_uuid(), 'reason', 'ครบกำหนด', 'approval_no', 'สสช 9/2580')
            || (more - 'sealed_for')))) AS a
$$;
CREATE FUNCTION pg_temp.erase(actor text, n integer, more jsonb DEFAULT '{}',
                              at timestamptz DEFAULT '2036-11-21 09:00+07')
RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.erase(actor, tests.id(n)::text, more, at) $$;
CREATE FUNCTION pg_temp.decide(actor text, n integer, decision text DEFAULT 'approve') RETURNS text
LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error' || ' ' || (a ->> 'message'), a #>> '{content,status}')
    FROM tests.call_at('2036-11-22 09:00+07', 'proposal_decide', actor,
        jsonb_build_object('id', (SELECT p.id FROM register.proposal AS p
                                  WHERE p.complaint = tests.id(n) AND p.kind = 'erase' AND p.status = 'open'
                                  ORDER BY p.proposed_at DESC LIMIT 1)),
        jsonb_build_object('decision', decision, 'event_id', gen_random_uuid())) AS a
$$;

-- Proposing
SELECT pg_temp.close(n) FROM unnest('{1,3,4,5,6}'::integer[]) AS n \g /dev/null
SELECT is(pg_temp.erase(actor, n), expected, promise)
FROM (VALUES
    ('triager', 1, 'ZG403 none of your roles allows this; it takes one of: head', 'no triager proposes it'),
    ('auditor', 1, 'ZG403 none of your roles allows this; it takes one of: head', 'nor the auditor'),
    ('custodian-1', 1, 'ZG403 none of your roles allows this; it takes one of: head', 'nor a custodian'),
    ('admin', 1, 'ZG403 none of your roles allows this; it takes one of: head', 'nor an administrator'),
    ('alt-head', 1, 'ZG404 no such complaint', 'nor the head of another group'),
    ('head', 3, 'ZG404 no such complaint', 'nor an accused one'),
    ('head', 7, 'ZG409 only a closed case is erased', 'of no open case'),
    ('head', 1, '202', 'the head of the group of a closed one'),
    ('head', 1, 'ZG409 it is proposed already', 'once'),
    ('alt-head', 3, '202', 'the alternate''s head of hers'),
    ('head', 4, '202', 'each'),
    ('head', 6, '202', 'of them')) AS t (actor, n, expected, promise);
SELECT is(pg_temp.erase('head', 5, more), expected, promise)
FROM (VALUES
    ('{"approval_no": null}'::jsonb, 'ZG422 /approval_no is missing', 'not without an order'),
    ('{"reason": null}', 'ZG422 /reason must be a text, sealed', 'nor without a reason'),
    ('{"reason": 7}', 'ZG422 /reason must be a text, sealed', 'in an envelope'),
    ('{"why": "x"}', 'ZG422 the content has a member that is not known here', 'and with nothing else'),
    ('{"sealed_for": "alternate"}', 'ZG412 the case has changed since you read it',
     'sealed for those who have the case')) AS t (more, expected, promise);
SELECT is(pg_temp.erase('head', 6, at => '2036-12-20 09:00+07'), '202', 'one that has expired may be proposed anew');

-- A letter in parts goes as a whole
SELECT pg_temp.close(2) \g /dev/null
SELECT is(pg_temp.erase('head', 2), 'ZG409 a part of it is not closed', 'not a letter with an open part');
UPDATE register.complaint SET state = 'CLOSED', state_since = '2026-11-20 09:00+07' WHERE parent = tests.id(2);
SELECT is(pg_temp.erase('head', 'TH-50/2570/0002/1'), 'ZG409 it is a part of a letter: that is erased',
          'nor a part by itself');
SELECT is(pg_temp.erase('head', 2), '202', 'but the letter once all of it is closed');

-- Deciding
SELECT is(pg_temp.decide(actor, n), expected, promise)
FROM (VALUES
    ('head', 1, 'ZG403 a second person decides on what you proposed', 'who proposed it does not decide'),
    ('triager', 1, 'ZG404 there is nothing here that you may see', 'nor a triager'),
    ('director', 1, 'ZG404 there is nothing here that you may see', 'nor the director'),
    ('custodian-2', 4, 'ZG404 there is nothing here that you may see', 'nor a custodian in conflict'),
    ('custodian-1', 4, 'approved', 'a custodian does')) AS t (actor, n, expected, promise);
SELECT is(pg_temp.decide('custodian-1', 3, 'reject'), 'rejected', 'or rejects it');
SELECT is((SELECT count(*) FROM register.content AS t JOIN register.complaint AS c USING (position) WHERE c.id = tests.id(3)),
          1::bigint, 'and then nothing is gone');
UPDATE register.complaint SET state = 'REOPENED' WHERE id = tests.id(6);
SELECT is(pg_temp.decide('custodian-1', 6), 'ZG409 only a closed case is erased', 'what is opened again meanwhile stays');

-- What goes and what stays
INSERT INTO register.identity_request (id, complaint, asked_by, asked_at, expires_at, approved_by, opener, share)
VALUES (tests.id(90), tests.id(1), 'triager', '2026-11-11', '2026-11-25', 'custodian-1', 'custodian-2', 'a share');
CREATE TEMPORARY TABLE before AS SELECT * FROM register.complaint AS c;
CREATE TEMPORARY TABLE counted AS SELECT count(*) AS n FROM register.complaint;
SELECT is((SELECT array_agg(s.n ORDER BY s.n) FROM (
               SELECT count(*) AS n FROM register.event AS e
               WHERE e.complaint = tests.id(1) AND e.fields::text ~ 'wraps'
               UNION ALL SELECT count(*) FROM register.proposal AS p
               WHERE p.complaint = tests.id(1) AND p.request::text ~ 'wraps') AS s),
          '{2,3}', 'texts were told in events and in proposals');
SELECT is(pg_temp.decide('custodian-1', 1), 'approved', 'a custodian approves');
SELECT is(pg_temp.decide('custodian-1', 2), 'approved', 'and so with the letter');
SELECT is((SELECT count(*) FROM register.content AS t JOIN register.complaint AS c USING (position)
           WHERE c.id IN (tests.id(1), tests.id(2))), 0::bigint, 'the envelopes are gone');
SELECT is((SELECT count(*) FROM register.event AS e JOIN register.complaint AS c ON c.id = e.complaint
           WHERE e.fields::text ~ 'wraps' AND (c.id IN (tests.id(1), tests.id(2)) OR c.parent = tests.id(2))), 0::bigint,
          'the texts of the events, of the parts as well');
SELECT is((SELECT count(*) FROM register.proposal AS p
           WHERE p.request::text ~ 'wraps' AND p.complaint IN (tests.id(1), tests.id(2))), 0::bigint, 'of the proposals');
SELECT is((SELECT r.share FROM register.identity_request AS r WHERE r.id = tests.id(90)), NULL, 'a share that was handed over');
SELECT is((SELECT string_agg(encode(substr(c.opening, 1, 32), 'hex'), '' ) FROM register.complaint AS c WHERE c.id = tests.id(1)),
          repeat('00', 32), 'and the salt');
SELECT is((SELECT array_agg(encode(substr(c.opening, 33, 64), 'hex') = encode(substr(b.opening, 33, 64), 'hex')
                            AND c.commit = b.commit ORDER BY c.id)
           FROM register.complaint AS c JOIN before AS b USING (id) WHERE c.id IN (tests.id(1), tests.id(2))), '{t,t}',
          'the commitment and its parts stay');
SELECT results_eq(
    $$SELECT c.ref, c.fy, c.class, c.unit, c.channel, c.subject, c.received_on, c.counted_on, c.accepted_at, c.leaf_index
      FROM register.complaint AS c ORDER BY c.position$$,
    $$SELECT c.ref, c.fy, c.class, c.unit, c.channel, c.subject, c.received_on, c.counted_on, c.accepted_at, c.leaf_index
      FROM before AS c ORDER BY c.position$$, 'and whatever is counted');
SELECT is((SELECT count(*) FROM register.complaint), (SELECT n FROM counted), 'nothing un-counts');
SELECT is((SELECT string_agg(get_byte(r.leaves, 1)::text || ' ' || (('x' || encode(substr(r.leaves, 9, 8), 'hex'))::bit(64)::bigint), ',')
           FROM register.event AS e JOIN register.leaf_run AS r ON r.first = e.leaf_index
           WHERE e.kind = 'erased' AND e.complaint = tests.id(1)),
          (SELECT '3 ' || c.leaf_index FROM register.complaint AS c WHERE c.id = tests.id(1)),
          'the log says that this leaf was erased');
SELECT is((SELECT e.fields #- '{proposal}' FROM register.event AS e WHERE e.kind = 'erased' AND e.complaint = tests.id(1)),
          '{"proposed_by": "head", "approval_no": "สสช 9/2580"}', 'the case says by whose word, and by which order');
SELECT is(pg_temp.erase('head', 1), 'ZG410 the content was erased', 'once is enough');
SELECT is((SELECT array_agg(tests.call('complaint_get', 'TH-50', jsonb_build_object('id', r)) #>> '{content,erased_at}' IS NOT NULL
                            ORDER BY r)
           FROM unnest('{TH-50/2570/0001,TH-50/2570/0002,TH-50/2570/0002/1,TH-50/2570/0005}'::text[]) AS r), '{t,t,t,f}',
          'who sent it is told when, so that his copies go too');
SELECT is((SELECT array_agg(i ->> 'ref' ORDER BY i ->> 'ref')
           FROM jsonb_array_elements(tests.call('complaint_list', 'TH-50', '{}') #> '{content,items}') AS i WHERE i ? 'erased_at'),
          '{TH-50/2570/0001,TH-50/2570/0002,TH-50/2570/0002/1,TH-50/2570/0002/2,TH-50/2570/0003}', 'in the list as well');
SELECT is(pg_temp.erase('head', 3), 'ZG404 no such complaint', 'other cases are as they were');

-- Texts stay as they were told, however one writes to the tables, unless their case is erased
SELECT throws_like(sql, '%keeps what was written', promise)
FROM (VALUES
    ($$UPDATE register.event SET fields = '{}' WHERE kind = 'proposed' AND complaint = tests.id(3)$$, 'no text is dropped'),
    ($$UPDATE register.event SET fields = jsonb_set(fields, '{reason,content}', '"x"')
       WHERE kind = 'proposed' AND complaint = tests.id(3)$$, 'nor changed'),
    ($$UPDATE register.proposal SET request = '{}' WHERE complaint = tests.id(3)$$, 'nor what waits to be decided'))
    AS t (sql, promise);
SELECT lives_ok($$UPDATE register.event SET fields = jsonb_set(fields, '{reason,wraps}', '"x"')
                  WHERE kind = 'proposed' AND complaint = tests.id(3)$$, 'only for whom it is wrapped');

-- What was kept long enough
CREATE FUNCTION pg_temp.due(actor text, at timestamptz) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error', (SELECT string_agg((i ->> 'ref') || ' ' || (i ->> 'due_on'), ', ' ORDER BY k)
                                    FROM jsonb_array_elements(a #> '{content,items}') WITH ORDINALITY AS t (i, k)), 'none')
    FROM tests.call_at(at, 'retention_due', actor) AS a
$$;
UPDATE register.complaint SET class = 'C0', state_since = '2028-02-29 23:30+07' WHERE id = tests.id(5);
SELECT is(pg_temp.due(actor, at), expected, promise)
FROM (VALUES
    ('head', '2033-02-28 12:00+07'::timestamptz, 'TH-50/2570/0004 2033-02-28', 'five years after a leap day'),
    ('head', '2033-02-27 23:59+07', 'none', 'and not a day before'),
    ('auditor', '2036-11-20 00:01+07', 'TH-50/2570/0004 2033-02-28, ล/2570/0001 2036-11-20',
     'what fell due, the longest first, but nothing that is erased or open'),
    ('alt-head', '2036-11-20 00:01+07', 'ล/2570/0001 2036-11-20', 'each head of his group''s'),
    ('head', '2036-11-20 00:01+07', 'TH-50/2570/0004 2033-02-28', 'and of no other'),
    ('triager', '2036-11-20 00:01+07', 'ZG403', 'a triager has no list'),
    ('custodian-1', '2036-11-20 00:01+07', 'ZG403', 'nor has a custodian')) AS t (actor, at, expected, promise);
UPDATE register.retention_rule SET years = 20 WHERE class = 'C0';
SELECT is(pg_temp.due('head', '2036-11-20 00:01+07'), 'none', 'the years are data');
SELECT * FROM finish();
ROLLBACK;
