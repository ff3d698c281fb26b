-- What must be told and what must hold for the events of a case; acts of two; what each does.
BEGIN;
SELECT no_plan();
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('head-2', 'ก', 'a', 'LEGAL', 'head'), ('investigator-2', 'ข', 'b', 'LEGAL', 'investigator'),
    ('alt-triager', 'ค', 'c', 'ALT', 'triager'), ('all', 'ง', 'd', 'LEGAL',
        'triager investigator head'),
    ('director-2', 'จ', 'e', 'DIRECTOR', 'director'), ('director-3', 'ฉ', 'f', 'TH-90', 'director');
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50') || i)
    FROM (VALUES
    (1, '{}'::jsonb), (2, '{"identity": "letter"}'), (3, '{}'), (4, '{"class": "C1"}'), (5, '{}'),
        (6, '{}'),
    (7, '{}'), (8, '{}'), (9, '{}'), (10, '{}'), (11, '{"identity": "letter"}'), (12,
        '{}')) AS t (n, i) \g /dev/null

-- One step after the other, each with what it must answer
CREATE TABLE pg_temp.played (ord serial, n integer, actor text, kind text, want text, more jsonb,
    got text);
CREATE FUNCTION pg_temp.play(n integer, actor text, kind text, want text, more jsonb DEFAULT '{}')
RETURNS text LANGUAGE sql AS $$
    SELECT is(CASE WHEN want ~ '^Z' AND length(want) = 5 THEN left(g, 5) ELSE g END, want,
              format('%s: %s by %s %s', n, kind, actor, more))
    FROM tests.act('2026-11-12 10:00+07', actor, n, kind, more) AS g
$$;
CREATE FUNCTION pg_temp.screened(more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT '{"in_remit": true, "class": "C1", "conflict": false, "particulars": true,
             "next_step": "accept"}'::jsonb || more
$$;

-- Screening and accepting
SELECT pg_temp.play(1, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(1, 'head', 'assign', 'ZG409 the case is not screened yet',
    '{"investigator": "investigator"}');
SELECT is(tests.act('2026-11-12', 'legal', 1, kind), answer, 'refused: ' || kind)
FROM (VALUES ('close', 'ZG403 none of your roles allows this move'), ('sleep', 'ZG422 /kind is not a known move'),
             ('register', 'ZG409 this is not done in state TRIAGE on route legal'),
             ('answer', 'ZG409 this is not done in state TRIAGE on route legal')) AS t (kind, answer);
SELECT pg_temp.play(1, 'triager', 'propose', 'ZG409 the case is not screened yet',
    '{"outcome": "rejected", "reason": "ก"}');
SELECT pg_temp.play(1, 'triager', 'screen', 'ZG422 /next_step is missing',
    pg_temp.screened() - 'next_step');
SELECT pg_temp.play(1, 'triager', 'screen', 'ZG422 /next_step is not a known code',
    pg_temp.screened('{"next_step": "sleep"}'));
SELECT pg_temp.play(1, 'triager', 'screen', 'ZG422 /class is not a known code',
    pg_temp.screened('{"class": "C9"}'));
SELECT pg_temp.play(1, 'triager', 'screen', 'ZG422 /duplicates names no case that you see',
    pg_temp.screened('{"duplicates": ["TH-50/2570/9999"]}'));
SELECT pg_temp.play(1, 'triager', 'screen', 'ZG409 a case is no duplicate of itself: name another',
    pg_temp.screened('{"duplicates": ["TH-50/2570/0003", "TH-50/2570/0001"]}'));
SELECT pg_temp.play(1, 'triager', 'screen', '200 TRIAGE',
    pg_temp.screened('{"duplicates": ["TH-50/2570/0003"], "text": "คล้ายเรื่องก่อน"}'));
SELECT is((SELECT e.fields -> 'duplicates' FROM register.event AS e WHERE e.kind = 'screen'
    AND e.complaint = tests.id(1)),
          jsonb_build_array(tests.id(3)), 'a case named by its number is kept by its id');
SELECT pg_temp.play(1, 'head', 'assign', 'ZG422 /investigator is missing');
SELECT pg_temp.play(1, 'head', 'assign',
    'ZG409 the investigator must be one of the group who may see the case',
    jsonb_build_object('investigator', p))
FROM unnest(ARRAY['triager', 'TH-50', 'alt-head', 'director']) AS p;
SELECT pg_temp.play(1, 'head', 'assign', 'ZG422 /investigator is not known to the register',
    '{"investigator": "nobody"}');
SELECT pg_temp.play(1, 'head', 'assign', '200 INVESTIGATING', '{"investigator": "investigator"}');
SELECT is(pg_temp.screened() ? 'x', false, 'a form has no other members');
SELECT pg_temp.play(1, 'investigator', 'find',
    'ZG422 the content has a member that is not known here', '{"finding": "ก", "reason": "ข"}');
SELECT pg_temp.play(1, 'investigator-2', 'find', 'ZG404', '{"finding": "ก"}');
SELECT pg_temp.play(1, 'head', 'assign', '200 INVESTIGATING', '{"investigator": "investigator-2"}');
SELECT pg_temp.play(1, 'investigator', 'find', 'ZG404', '{"finding": "ก"}');
SELECT pg_temp.play(1, 'investigator-2', 'find', 'ZG422 /finding is missing');
SELECT pg_temp.play(1, 'investigator-2', 'find', 'ZG422 /finding must be a text, sealed',
    '{"finding": ""}');
SELECT pg_temp.play(1, 'investigator-2', 'find', '200 FINDING_REVIEW', '{"finding": "มีมูล"}');
SELECT pg_temp.play(1, 'head', 'return', '200 INVESTIGATING', '{"reason": "สอบพยานเพิ่ม"}');
SELECT pg_temp.play(1, 'investigator-2', 'ask', '200 WAITING_COMPLAINANT', '{"text": "ขอชื่อพยาน"}');
SELECT is(tests.moves(who, 1) ? 'answer', may, 'what was asked in an investigation, the ' || who || ' answers: ' || may)
FROM (VALUES ('legal', false), ('triager', true), ('investigator-2', true)) AS t (who, may);
SELECT pg_temp.play(1, 'investigator-2', 'answer', '200 INVESTIGATING', '{"text": "มีพยานสองคน"}');
SELECT pg_temp.play(1, 'investigator-2', 'find', '200 FINDING_REVIEW', '{"finding": "มีมูล"}');

-- Proposing and deciding an end
SELECT pg_temp.play(1, 'investigator-2', 'propose', 'ZG409 the outcome does not fit what is recorded of the case: '
    || why || '; outcomes that fit: founded, unfounded, insufficient', jsonb_build_object('outcome', o, 'reason', 'ก'))
FROM (VALUES ('duplicate', 'the case is no duplicate'), ('transferred', 'no case of class CX ends with it'),
             ('error', 'no case of class CX ends with it'), ('agency_result', 'the agency has not given its result yet'),
             ('withdrawn', 'no withdrawal is recorded'), ('rejected', 'the case has been investigated')) AS t (o, why);
SELECT pg_temp.play(1, 'investigator-2', 'propose', 'ZG422 /outcome is not a known code',
    '{"outcome": "nothing", "reason": "ก"}');
SELECT pg_temp.play(1, 'investigator-2', 'propose', 'ZG422 /reason is missing',
    '{"outcome": "founded"}');
SELECT pg_temp.play(1, 'investigator-2', 'propose', '200 CLOSURE_PROPOSED',
    '{"outcome": "founded", "reason": "ก"}');
UPDATE register.principal SET roles = 'investigator head' WHERE name IN ('investigator',
    'investigator-2');
SELECT pg_temp.play(1, p, 'close', 'ZG409 who proposed or investigated does not decide on it',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}')
FROM unnest(ARRAY['investigator', 'investigator-2']) AS p;
UPDATE register.principal SET roles = 'investigator' WHERE name IN ('investigator',
    'investigator-2');
SELECT pg_temp.play(1, 'head', 'close', 'ZG422 /' || m || ' is missing',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}'::jsonb - m)
FROM unnest(ARRAY['order_no', 'order_date', 'signatory']) AS m;
SELECT pg_temp.play(1, 'head', 'close', 'ZG422 /order_no, /order_date, /signatory are missing');
INSERT INTO register.case_excluded VALUES
    (tests.id(1), 'principal', 'director-2', '2026-11-12'), (tests.id(1), 'unit', 'TH-90', '2026-11-12');
SELECT pg_temp.play(1, 'head', 'close', 'ZG422 /order_date lies in the future',
    '{"order_no": "1", "order_date": "2026-11-13", "signatory": "director"}');
SELECT pg_temp.play(1, 'head', 'close', 'ZG422 /order_date lies before the day on which the complaint was received',
    '{"order_no": "1", "order_date": "2026-11-09", "signatory": "director"}');
SELECT pg_temp.play(1, 'head', 'close', 'ZG422 /order_date must be a day, YYYY-MM-DD, of a Christian year',
    '{"order_no": "1", "order_date": "2569-11-11", "signatory": "director"}');
SELECT pg_temp.play(1, 'head', 'close', 'ZG409 the order is signed by a director who may see the case',
    jsonb_build_object('order_no', '1', 'order_date', '2026-11-11', 'signatory', who))
FROM unnest(ARRAY['head', 'director-2', 'director-3']) AS who;
SELECT pg_temp.play(1, 'director', 'close', '200 CLOSED',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}');
SELECT is((SELECT e.fields ->> 'outcome' FROM register.event AS e WHERE e.complaint = tests.id(1)
    AND e.kind = 'close'), 'founded',
          'the end says with what outcome');
SELECT pg_temp.play(1, 'triager', 'reopen', 'ZG403', '{"reason": "ก"}');
SELECT pg_temp.play(1, 'head', 'reopen', '200 REOPENED', '{"reason": "ก"}');
SELECT pg_temp.play(1, 'triager', 'resume', '200 TRIAGE');
SELECT is((SELECT registered_at FROM register.complaint WHERE id = tests.id(1)),
    '2026-11-12 10:00+07'::timestamptz,
          'it was registered once, when it was');

-- บัตรสนเท่ห์: three ticks, nobody to ask
SELECT pg_temp.play(2, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(2, 'triager', 'ask', 'ZG409 a บัตรสนเท่ห์ has nobody to ask', '{"text": "ก"}');
SELECT pg_temp.play(2, 'triager', 'screen', 'ZG409', pg_temp.screened());
SELECT pg_temp.play(2, 'triager', 'screen', '200 TRIAGE',
    pg_temp.screened('{"states_evidence": true, "plain_circumstances": true, "names_witness": '
    'false}'));
SELECT pg_temp.play(2, 'head', 'assign',
    'ZG409 a บัตรสนเท่ห์ is accepted only when its screening has all three ticks',
    '{"investigator": "investigator"}');
SELECT pg_temp.play(2, 'triager', 'screen', '200 TRIAGE',
    pg_temp.screened('{"states_evidence": true, "plain_circumstances": true, "names_witness": '
    'true}'));
SELECT pg_temp.play(2, 'head', 'assign', '200 INVESTIGATING', '{"investigator": "investigator"}');

-- Particulars: asked for, answered, timed out; asked on Thursday 12 November, due on Monday 23rd
SELECT pg_temp.play(3, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(3, 'triager', 'ask', '200 WAITING_COMPLAINANT', '{"text": "ขอเลขที่สัญญา"}');
SELECT pg_temp.play(3, 'triager', 'time_out', 'ZG409 the complainant still has time to answer');
SELECT is(tests.moves('legal', 3) ? 'answer', true, 'what was asked in triage, intake answers too');
SELECT is(tests.act('2026-11-23 23:59+07', 'triager', 3, 'time_out'),
    'ZG409 the complainant still has time to answer', 'to the end of the seventh working day');
SELECT is(tests.act('2026-11-24 00:00+07', 'triager', 3, 'time_out'), '200 TRIAGE',
    'then the time is over');

-- Classes: within the count one decides, out of it and back two
SELECT pg_temp.play(4, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(4, 'triager', 'class_changed', 'ZG409 the case is of that class already',
    '{"class": "C1", "reason": "ก"}');
SELECT pg_temp.play(4, 'triager', 'class_changed', '200 TRIAGE', '{"class": "C2", "reason": "ก"}');
SELECT is((SELECT c.class FROM register.complaint AS c WHERE c.id = tests.id(4)), 'C2',
    'a class within the count changes at once');
SELECT pg_temp.play(4, 'head', 'class_changed',
    'ZG409 into or out of C1, C2 and CX it takes two people: another proposes, the head approves',
    '{"class": "C0", "reason": "ก"}');
SELECT pg_temp.play(4, 'triager', 'class_changed', '202 TRIAGE',
    '{"class": "C0", "reason": "ไม่ใช่เรื่องทุจริต"}');
SELECT is((SELECT c.class FROM register.complaint AS c WHERE c.id = tests.id(4)), 'C2',
    'out of the count it waits');
SELECT pg_temp.play(4, 'triager', 'class_changed',
    'ZG409 the same kind of change of this case waits to be decided',
    '{"class": "CT", "reason": "ก"}');
SELECT is(left(tests.decide('2026-11-13', 'triager', 4), 5), 'ZG403',
    'who proposed does not approve');
SELECT is(left(tests.decide('2026-11-13', 'alt-head', 4), 5), 'ZG404',
    'nor does another group''s head even see it');
SELECT is(left(tests.decide('2026-11-13', 'legal', 4), 5), 'ZG404',
    'nor somebody else of the group');
SELECT pg_temp.play(4, 'head', 'class_changed', '200 TRIAGE', '{"class": "C1", "reason": "ก"}');
SELECT is(tests.decide('2026-11-13', 'head', 4), 'ZG409 it was proposed when the case was of class C2, and is of class C1 '
    'now: reject it, and have it proposed anew', 'nor is a case approved out of another class than it was proposed of');
SELECT is(tests.call_at('2026-11-13', 'proposal_decide', 'head',
              jsonb_build_object('id', (SELECT p.id FROM register.proposal AS p WHERE p.complaint = tests.id(4))),
              jsonb_build_object('decision', 'approve', 'event_id', gen_random_uuid())) -> 'moves', tests.moves('head', 4),
          'and who approves is told what he can do himself');
SELECT pg_temp.play(4, 'triager', 'class_changed', '200 TRIAGE', '{"class": "C2", "reason": "ก"}');
SELECT is(tests.decide('2026-11-13', 'head', 4), '200 approved', 'the head does');
SELECT results_eq($$ SELECT e.actor, e.fields ->> 'from', e.fields ->> 'class',
    e.fields ->> 'proposed_by'
                     FROM register.event AS e WHERE e.complaint = tests.id(4)
                         ORDER BY e.position DESC LIMIT 1 $$,
                  $$ VALUES ('head', 'C2', 'C0', 'triager') $$, 'with one event that says both');
SELECT pg_temp.play(4, 'triager', 'class_changed', '202 TRIAGE', '{"class": "C1", "reason": "ก"}');
SELECT is(tests.decide('2026-11-28', 'head', 4), 'ZG409 the proposal has expired',
    'a proposal lasts 14 days');
SELECT is(tests.act('2026-11-28', 'triager', 4, 'class_changed',
    '{"class": "C1", "reason": "ก"}'), '202 TRIAGE', 'and may be made again');
UPDATE register.proposal SET status = 'rejected' WHERE complaint = tests.id(4)
    AND expires_at < '2026-11-28';
SELECT is(tests.decide('2026-11-29', 'head', 4, 'reject'), '200 rejected', 'the head may say no');
SELECT is((SELECT c.class FROM register.complaint AS c WHERE c.id = tests.id(4)), 'C0',
    'and nothing has changed');

-- Another agency's matter
SELECT pg_temp.play(5, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(5, 'triager', 'screen', '200 TRIAGE',
    pg_temp.screened('{"class": "CT", "in_remit": false, "next_step": "transfer"}'));
SELECT pg_temp.play(5, 'head', 'transfer',
    'ZG409 only a case of class CT is another agency''s matter',
    '{"to_agency": "กรมที่ดิน", "letter_no": "สสช 1/2570", "letter_date": "2026-11-12"}');
SELECT pg_temp.play(5, 'triager', 'class_changed', '202 TRIAGE', '{"class": "CT", "reason": "ก"}');
SELECT is(tests.decide('2026-11-12', 'head', 5), '200 approved', 'two make it another agency''s');
SELECT pg_temp.play(5, 'triager', 'propose',
    'ZG409 the outcome does not fit what is recorded of the case: no case of class CT ends with it; no other fits yet',
    jsonb_build_object('outcome', o, 'reason', 'ก'))
FROM unnest(ARRAY['unfounded', 'insufficient', 'rejected']) AS o;
SELECT ok(NOT tests.moves('triager', 5) ? 'propose', 'nor can an end be proposed with any other');
SELECT pg_temp.play(5, 'head', 'transfer', 'ZG422 /' || m || ' is missing',
    '{"to_agency": "กรมที่ดิน", "letter_no": "สสช 1/2570", "letter_date": "2026-11-12"}'::jsonb - m)
FROM unnest(ARRAY['to_agency', 'letter_no', 'letter_date']) AS m;
SELECT pg_temp.play(5, 'head', 'transfer', '200 TRIAGE',
    '{"to_agency": "กรมที่ดิน", "letter_no": "สสช 1/2570", "letter_date": "2026-11-12"}');
SELECT pg_temp.play(5, 'triager', 'propose', 'ZG409 the outcome does not fit what is recorded of the case: another '
    'agency''s matter ends once its letter and a notice to the complainant are recorded; no other fits yet',
    '{"outcome": "transferred", "reason": "ก"}');
SELECT pg_temp.play(5, 'triager', 'note', '200 TRIAGE',
    '{"audience": "complainant", "text": "ส่งเรื่องแล้ว"}');
SELECT pg_temp.play(5, 'triager', 'propose', '200 CLOSURE_PROPOSED',
    '{"outcome": "transferred", "reason": "ก"}');
SELECT pg_temp.play(5, 'director', 'close', 'ZG409 the class needs no order of the director',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}');
SELECT pg_temp.play(5, 'head', 'close', '200 CLOSED');

-- A referral waits for its result
SELECT pg_temp.play(6, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(6, 'head', 'refer', 'ZG422 /' || m || ' is missing',
    '{"agency": "nacc", "letter_no": "สสช ลับ 2", "letter_date": "2026-11-12"}'::jsonb - m)
FROM unnest(ARRAY['agency', 'letter_no', 'letter_date']) AS m;
SELECT pg_temp.play(6, 'head', 'refer', '200 WAITING_AGENCY',
    '{"agency": "nacc", "letter_no": "สสช ลับ 2", "letter_date": "2026-11-12"}');
SELECT pg_temp.play(6, 'head', 'assign', 'ZG409 the case is not screened yet',
    '{"investigator": "investigator"}');
SELECT pg_temp.play(6, 'triager', 'propose', 'ZG409 the agency has not given its result yet',
    '{"outcome": "agency_result", "reason": "ก"}');
SELECT pg_temp.play(6, 'legal', 'reply', '200 WAITING_AGENCY',
    '{"letter_no": "ปช 1", "letter_date": "2026-11-12", "result": false}');
SELECT pg_temp.play(6, 'triager', 'propose', 'ZG409 the agency has not given its result yet',
    '{"outcome": "agency_result", "reason": "ก"}');
SELECT pg_temp.play(6, 'legal', 'reply', '200 WAITING_AGENCY',
    '{"letter_no": "ปช 2", "letter_date": "2026-11-12", "result": true}');
SELECT pg_temp.play(6, 'triager', 'propose', '200 CLOSURE_PROPOSED',
    '{"outcome": "agency_result", "reason": "ก"}');
SELECT pg_temp.play(6, 'head', 'return', '200 TRIAGE', '{"reason": "ก"}');

-- Back from an agency, a บัตรสนเท่ห์ is accepted by its ticks only, like any other
SELECT pg_temp.play(11, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(11, 'triager', 'screen', '200 TRIAGE', pg_temp.screened(
    '{"states_evidence": true, "plain_circumstances": false, "names_witness": true}'));
SELECT pg_temp.play(11, 'head', 'refer', '200 WAITING_AGENCY',
    '{"agency": "nacc", "letter_no": "สสช ลับ 3", "letter_date": "2026-11-12"}');
SELECT pg_temp.play(11, 'head', 'assign',
    'ZG409 a บัตรสนเท่ห์ is accepted only when its screening has all three ticks',
    '{"investigator": "investigator"}');

-- Duplicates, linked and undone by two; both stay counted
SELECT pg_temp.play(n, 'legal', 'register', '200 TRIAGE') FROM unnest(ARRAY[7, 8, 9]) AS n;
SELECT pg_temp.play(7, 'triager', 'link', 'ZG409 a case is no duplicate of itself: name another',
    '{"original": "TH-50/2570/0007", "reason": "ก"}');
SELECT pg_temp.play(7, 'triager', 'link', 'ZG422 /original names no case that you see',
    '{"original": "TH-99/2570/0007", "reason": "ก"}');
SELECT pg_temp.play(7, 'triager', 'unlink', 'ZG409 the case is no duplicate', '{"reason": "ก"}');
SELECT pg_temp.play(7, 'triager', 'link', '202 TRIAGE',
    '{"original": "TH-50/2570/0008", "reason": "ก"}');
SELECT is(tests.decide('2026-11-12', 'head', 7), '200 approved', 'two link a duplicate');
SELECT is((SELECT duplicate_of FROM register.complaint WHERE id = tests.id(7)), tests.id(8),
    'which names its original');
SELECT pg_temp.play(9, 'triager', 'link', 'ZG409 the original is a duplicate itself: name the case that it is linked to',
    '{"original": "TH-50/2570/0007", "reason": "ก"}');
SELECT pg_temp.play(7, 'triager', 'link', 'ZG409 the case is linked already: undo that first',
    '{"original": "TH-50/2570/0009", "reason": "ก"}');
SELECT is(tests.moves('triager', n) ?| '{link,unlink}', true, n || ' can be linked, or unlinked')
FROM unnest(ARRAY[7, 8, 9]) AS n;
SELECT is(tests.moves('triager', 7) ? 'link', false, 'not both');
SELECT is((SELECT sum(complaints) FROM rules.received(2570)), 12::numeric, 'and stays counted');
SELECT pg_temp.play(7, 'triager', 'screen', '200 TRIAGE', pg_temp.screened());
SELECT pg_temp.play(7, 'triager', 'propose', '200 CLOSURE_PROPOSED',
    '{"outcome": "duplicate", "reason": "ก"}');
SELECT pg_temp.play(7, 'triager', 'unlink', '202 CLOSURE_PROPOSED', '{"reason": "คนละเรื่อง"}');
SELECT is(tests.decide('2026-11-12', 'head', 7), '200 approved', 'two undo it');
SELECT pg_temp.play(7, 'head', 'close', 'ZG409 the proposed outcome does not fit what is recorded of the case any more: '
    'the case is no duplicate',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}');

-- A letter with three matters
SELECT pg_temp.play(8, 'triager', 'split', 'ZG422 /subjects must be a list of 2 to 20 texts',
    '{"subjects": ["leak"]}');
SELECT pg_temp.play(8, 'triager', 'split', 'ZG422 /subjects must be known codes',
    '{"subjects": ["leak", "x"]}');
SELECT pg_temp.play(8, 'triager', 'screen', '200 TRIAGE', pg_temp.screened());
SELECT pg_temp.play(8, 'triager', 'split', '200 TRIAGE',
    '{"subjects": ["leak", "bribery", "hiring"]}');
SELECT results_eq($$ SELECT f.ref, c.subject, f.state, f.fy FROM register.complaint AS f
    JOIN register.complaint AS c ON c.id = f.id
                     WHERE f.parent = tests.id(8) ORDER BY f.ref $$,
                  $$ VALUES ('TH-50/2570/0008/1', 'leak', 'TRIAGE', NULL::integer),
                      ('TH-50/2570/0008/2', 'bribery', 'TRIAGE', NULL),
                            ('TH-50/2570/0008/3', 'hiring', 'TRIAGE', NULL) $$,
                                'becomes three cases that count in no year');
SELECT is((SELECT sum(complaints) FROM rules.received(2570)), 12::numeric, 'so received stays');
SELECT is(tests.call('complaint_open', 'triager',
    '{"id": "TH-50/2570/0008/2", "opens": ["legal"]}', '{}') #>> '{content,envelope_id}',
          (SELECT c.id::text FROM register.complaint AS c WHERE c.ref = 'TH-50/2570/0008'),
          'a part shows its parent''s content');
SELECT pg_temp.play(8, 'triager', 'propose', 'ZG409 a part of the case is still open',
    '{"outcome": "insufficient", "reason": "ก"}');
CREATE FUNCTION pg_temp.part(k integer, actor text, kind text,
    more jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', a ->> 'error', a ->> 'status', a #>> '{content,state}')
        FROM register.complaint AS f,
           tests.call_at('2026-11-12', 'complaint_event', actor, jsonb_build_object('id', f.ref,
               'if_match', f.version::text),
                         jsonb_build_object('kind', kind, 'event_id',
                             gen_random_uuid()) || more) AS a
    WHERE f.ref = 'TH-50/2570/0008/' || k
$$;
SELECT is(pg_temp.part(1, 'triager', 'split', '{"subjects": ["leak", "bribery"]}'), 'ZG409',
    'a part is not split again');
SELECT is(pg_temp.part(1, 'triager', 'link', '{"original": "TH-50/2570/0009", "reason": "ก"}'), 'ZG409',
    'nor linked by itself');
SELECT pg_temp.play(9, 'triager', 'link', 'ZG409 the original is a part of a letter: name the letter',
    '{"original": "TH-50/2570/0008/1", "reason": "ก"}');
SELECT is(pg_temp.part(k, 'triager', 'propose', '{"outcome": "insufficient", "reason": "ก"}'),
    '200 CLOSURE_PROPOSED', 'each part ends by itself')
FROM generate_series(1, 3) AS k;
SELECT is(pg_temp.part(k, 'head', 'close',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}'), '200 CLOSED',
    'with its order')
FROM generate_series(1, 3) AS k;
SELECT pg_temp.play(8, 'triager', 'propose', '200 CLOSURE_PROPOSED',
    '{"outcome": "insufficient", "reason": "ก"}');
SELECT is(pg_temp.part(1, 'head', 'reopen', '{"reason": "ก"}'), '200 REOPENED',
    'a part is reopened');
SELECT pg_temp.play(8, 'head', 'close', 'ZG409 a part of the case is still open',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}');
CREATE FUNCTION pg_temp.may_reopen(ref text) RETURNS boolean LANGUAGE sql AS $$
    SELECT tests.call('complaint_get', 'head', jsonb_build_object('id', ref)) #> '{content,moves}' ? 'reopen'
$$;
SELECT ok(pg_temp.may_reopen('TH-50/2570/0008/2'), 'so may another');
SELECT is(pg_temp.part(1, who, kind, more), answer, 'the part: ' || kind)
FROM (VALUES (1, 'triager', 'resume', '{}'::jsonb, '200 TRIAGE'),
             (2, 'triager', 'propose', '{"outcome": "insufficient", "reason": "ก"}', '200 CLOSURE_PROPOSED'),
             (3, 'head', 'close', '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}',
              '200 CLOSED')) AS t (n, who, kind, more, answer)
ORDER BY n;
SELECT pg_temp.play(8, 'head', 'close', '200 CLOSED',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}');
SELECT is(pg_temp.part(2, 'head', 'reopen', '{"reason": "ก"}'), 'ZG409', 'no part of a closed letter is reopened');
SELECT ok(NOT pg_temp.may_reopen('TH-50/2570/0008/2'), 'nor told that it can be');

-- Withdrawing is an event and moves nothing
SELECT pg_temp.play(9, 'triager', 'screen', '200 TRIAGE', pg_temp.screened());
SELECT pg_temp.play(9, 'triager', 'propose', 'ZG409', '{"outcome": "withdrawn", "reason": "ก"}');
SELECT pg_temp.play(9, 'legal', 'withdraw', '200 TRIAGE', '{"reason": "มีหนังสือขอถอน"}');
SELECT pg_temp.play(9, 'triager', 'propose', '200 CLOSURE_PROPOSED',
    '{"outcome": "withdrawn", "reason": "ก"}');

-- Who proposed does not close, nor does who followed an investigator with an interest
SELECT pg_temp.play(6, 'triager', 'screen', '200 TRIAGE', pg_temp.screened());
SELECT pg_temp.play(6, 'all', 'propose', '200 CLOSURE_PROPOSED',
    '{"outcome": "insufficient", "reason": "ก"}');
SELECT pg_temp.play(6, 'all', 'close', 'ZG409 who proposed or investigated does not decide on it',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}');
SELECT pg_temp.play(6, 'head', 'close', '200 CLOSED',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}');

-- An interest declared
SELECT pg_temp.play(10, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(10, 'triager', 'screen', '200 TRIAGE', pg_temp.screened());
SELECT pg_temp.play(10, 'head', 'assign', '200 INVESTIGATING',
    '{"investigator": "investigator-2"}');
SELECT pg_temp.play(10, 'investigator-2', 'interest', '200 INVESTIGATING',
    '{"reason": "เป็นญาติผู้ถูกร้อง"}');
SELECT pg_temp.play(10, 'investigator-2', 'find', 'ZG404', '{"finding": "ก"}');
SELECT is((SELECT investigator FROM register.complaint WHERE id = tests.id(10)), 'all',
          'it goes at once to who has the fewest cases');
SELECT ok(rules.has_investigated(who, tests.id(10)), who || ' is or was its investigator')
FROM unnest(ARRAY['investigator-2', 'all']) AS who;
SELECT ok(NOT rules.has_investigated('investigator', tests.id(10)), 'somebody else is not');
SELECT rules.append('2026-11-12 10:00+07', p, 'link', complaint => tests.id(10), fields => '{"successor": "legal"}')
FROM register.principal AS p WHERE p.name = 'triager' \g /dev/null
SELECT ok(rules.has_investigated('legal', tests.id(10)), 'unless an event says so, of whatever kind');
SELECT pg_temp.play(10, 'head', 'interest', '200 INVESTIGATING', '{"reason": "ก"}');
SELECT pg_temp.play(10, 'all', 'interest', '200 INVESTIGATING', '{"reason": "ก"}');
SELECT is((SELECT route || ' ' || investigator FROM register.complaint WHERE id = tests.id(10)),
    'legal investigator', 'while a head is left it stays');
SELECT pg_temp.play(10, 'head-2', 'interest', '200 TRIAGE', '{"reason": "ก"}');
SELECT is((SELECT route || ' ' || state || coalesce(investigator, '') FROM register.complaint
    WHERE id = tests.id(10)), 'alternate TRIAGE',
          'and goes to the alternate when no head is');
SELECT pg_temp.play(10, 'investigator', 'find', 'ZG404', '{"finding": "ก"}');
SELECT pg_temp.play(10, 'alt-head', 'note', '200 TRIAGE', '{"text": "ก", "audience": "internal"}');

-- An accusation amended
SELECT pg_temp.play(12, 'legal', 'register', '200 TRIAGE');
SELECT is(tests.call('complaint_open', 'triager', jsonb_build_object('id', tests.id(12), 'opens',
    '["legal"]'::jsonb), '{}') ->> 'status', '200', 'the triager has read it');
SELECT rules.append('2026-11-12 10:00+07', p, 'fetched', complaint => tests.id(12))
FROM register.principal AS p WHERE p.name = 'legal' \g /dev/null
SELECT pg_temp.play(12, 'triager', 'accuse',
    'ZG409 an accusation names a unit, a role, a principal or a conflict', '{"reason": "ก"}');
SELECT pg_temp.play(12, 'triager', 'accuse', 'ZG422 /accused names somebody not in the register',
    '{"accused": ["nobody"], "reason": "ก"}');
SELECT pg_temp.play(12, 'triager', 'accuse', '200 TRIAGE',
    '{"accused": ["investigator"], "reason": "ผู้ร้องระบุเพิ่ม"}');
SELECT results_eq($$ SELECT f.route, f.ref FROM register.complaint AS f
    WHERE f.id = tests.id(12) $$,
                  $$ VALUES ('alternate', 'TH-50/2570/0012') $$,
                      'a case that comes to accuse the legal group leaves it, with its number');
SELECT is(tests.call('complaint_get', who, jsonb_build_object('id', tests.id(12))),
          tests.call('complaint_get', who, jsonb_build_object('id', tests.id(99))),
              who || ' knows of it no more')
FROM unnest(ARRAY['legal', 'triager', 'investigator', 'head', 'all']) AS who;
SELECT is((SELECT e.fields - 'reason' FROM register.event AS e WHERE e.complaint = tests.id(12)
    AND e.kind = 'accuse'),
          '{"accused": ["investigator"], "route": "alternate", "read_by": ["legal", "triager"],
            "could_read": ["all", "head", "head-2", "legal", "triager"]}',
          'and says who could read it until then, and who did');
SELECT pg_temp.play(12, 'alt-head', 'accuse', '200 TRIAGE',
    '{"accused_unit": "TH-90", "reason": "ก"}');
SELECT is((SELECT f.route FROM register.complaint AS f WHERE f.id = tests.id(12)), 'alternate',
    'it never comes back to whom it left');
SELECT pg_temp.play(12, 'alt-head', 'accuse', '200 TRIAGE',
    '{"accused_role": "director", "reason": "ก"}');
SELECT is((SELECT f.route FROM register.complaint AS f WHERE f.id = tests.id(12)), 'external',
    'but goes further');

-- What is told of it
CREATE FUNCTION pg_temp.timeline(who text, n integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.call('complaint_get', who, jsonb_build_object('id',
        tests.id(n))) #> '{content,timeline}'
$$;
SELECT is((SELECT string_agg(DISTINCT e ->> 'kind', ' ')
    FROM jsonb_array_elements(pg_temp.timeline('TH-50', 1)) AS e
           WHERE e -> 'fields' <> '{}' OR e ->> 'to' IS NULL), NULL,
               'who submitted it sees its moves, and nothing told with them');
SELECT ok(pg_temp.timeline('TH-50', 12)::text !~ 'accuse', 'not even that somebody was accused');
SELECT is((SELECT string_agg(DISTINCT k, ' ')
    FROM jsonb_array_elements(pg_temp.timeline('auditor', 1)) AS e,
                  jsonb_object_keys(e -> 'fields') AS k WHERE k IN ('text', 'reason', 'finding')),
                      NULL,
          'an auditor sees no sealed text');
SELECT ok(pg_temp.timeline('auditor', 1) @> '[{"kind": "close", "fields": {"order_no": "1",
                                                "signatory": "director"}}, {"kind": "opened"}]',
          'but the order that ended it, and who read it') FROM tests.call('complaint_open', 'head',
              jsonb_build_object('id', tests.id(1), 'opens', '["legal"]'::jsonb), '{}');
SELECT ok(pg_temp.timeline('head', 1) @> '[{"kind": "find", "fields": {}, "sealed": ["finding"]}]',
    'who reads the case is told that there is a text');
SELECT ok(tests.call('complaint_open', 'head', jsonb_build_object('id', tests.id(1), 'opens',
              '["legal"]'::jsonb), '{}') #> '{content,texts}'
          @> '[{"field": "finding", "envelope": {"content": "มีมูล"}}]', 'and gets it to be opened');
SELECT is((SELECT count(*)::integer FROM register.event AS e WHERE e.complaint = tests.id(1)
    AND e.kind = 'opened' AND e.actor = 'head'), 2, 'each time is noted');
SELECT is(tests.call('proposal_list', who) #>> '{content,items}' ~ 'TH-50/2570/0007', sees,
    who || ' and proposals about a case')
FROM (VALUES ('head', true), ('triager', true), ('auditor', true), ('alt-head', false), ('legal',
    false), ('admin', false)) AS t (who, sees);

SELECT is((SELECT max(position) FROM register.event), (SELECT position FROM register.head),
    'positions have no gap');
-- What hides a part hides the letter, and its other parts
SELECT tests.submit('2026-11-12 09:00+07', '{"id": 30, "actor": "TH-50"}') \g /dev/null
SELECT pg_temp.play(30, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(30, 'triager', 'screen', '200 TRIAGE', pg_temp.screened());
SELECT pg_temp.play(30, 'triager', 'split', '200 TRIAGE', '{"subjects": ["leak", "bribery"]}');
CREATE FUNCTION pg_temp.of_letter(actor text, k integer, kind text, more jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', a ->> 'error', a ->> 'status', a #>> '{content,state}')
    FROM register.complaint AS w
    JOIN register.complaint AS p ON p.ref = w.ref || '/' || k
    CROSS JOIN LATERAL tests.call_at('2026-11-12', 'complaint_event', actor,
        jsonb_build_object('id', p.id, 'if_match', p.version::text),
        jsonb_build_object('kind', kind, 'event_id', gen_random_uuid()) || more) AS a
    WHERE w.id = tests.id(30)
$$;
CREATE FUNCTION pg_temp.sees(who text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM rules.case_seen AS s
    WHERE s.viewer = who AND (s.id = tests.id(30) OR s.parent = tests.id(30))
$$;
SELECT is(pg_temp.of_letter('head', 1, 'assign', '{"investigator": "investigator"}'), '200 INVESTIGATING',
    'a part is assigned');
SELECT is(pg_temp.of_letter('head', 2, 'assign', '{"investigator": "investigator"}'), '200 INVESTIGATING', 'and another');
SELECT is(tests.call('complaint_get', 'head', jsonb_build_object('id', w.id)) #> '{content,parts}',
          jsonb_build_array(w.ref || '/1', w.ref || '/2'), 'a letter lists its parts')
FROM register.complaint AS w WHERE w.id = tests.id(30);
SELECT is(tests.call('complaint_get', 'investigator', jsonb_build_object('id', w.ref || '/1')) #>> '{content,parent_ref}',
          w.ref, 'and a part the letter')
FROM register.complaint AS w WHERE w.id = tests.id(30);
SELECT is(pg_temp.sees('investigator'), 2::bigint, 'he sees what is his');
UPDATE register.complaint SET investigator = 'investigator-2' WHERE id = tests.id(30);
SELECT is(tests.call('complaint_get', 'investigator-2', jsonb_build_object('id', tests.id(30))) #> '{content,parts}',
          '[]', 'nor is who has the letter told of parts that he does not see');
UPDATE register.complaint SET investigator = NULL WHERE id = tests.id(30);
SELECT is(pg_temp.of_letter('investigator', 1, 'interest', '{"reason": "ญาติ"}'), '200 INVESTIGATING',
    'he declares an interest in one');
SELECT is(pg_temp.sees('investigator'), 0::bigint, 'and reads none of the letter any more');
SELECT is(pg_temp.sees('triager'), 3::bigint, 'which the others do');
SELECT is(pg_temp.of_letter('triager', 2, 'accuse', '{"accused_role": "legal_head", "reason": "ก"}'), '200 TRIAGE',
    'a part turns out to accuse the head of the group');
SELECT is(pg_temp.sees(who), 0::bigint, 'the letter and its parts leave the group: ' || who)
FROM unnest(ARRAY['legal', 'triager', 'head', 'investigator', 'all']) AS who;
SELECT is(pg_temp.sees('alt-head'), 3::bigint, 'and go to the alternate together');
SELECT is_empty($$ SELECT c.ref FROM register.complaint AS c
                   CROSS JOIN LATERAL (SELECT e.to_state FROM register.event AS e
                                       WHERE e.complaint = c.id AND e.to_state IS NOT NULL
                                       ORDER BY e.position DESC LIMIT 1) AS e
                   WHERE tests.id(30) IN (c.id, c.parent) AND (e.to_state <> c.state OR c.route <> 'alternate') $$,
                'each as its own events say');
SELECT is((SELECT string_agg(e.kind || ' ' || (e.fields ? 'letter')::text || ' ' || (e.fields ? 'reason')::text, ', '
                             ORDER BY e.position)
           FROM register.event AS e WHERE e.complaint = tests.id(30) AND e.kind IN ('interest', 'accuse')),
          'interest true false, accuse true false', 'with no text that was sealed for another event');

-- A case names another only to those who see that too
SELECT is_empty($$ SELECT f.kind, f.field FROM register.event_field AS f
                   WHERE f.type IN ('case', 'cases') AND f.field NOT IN ('original', 'duplicates') $$,
                'told_seen knows every member that names a case');
SELECT tests.submit('2026-11-12 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50'))
FROM generate_series(31, 33) AS n \g /dev/null
UPDATE register.principal SET email = name || '@example.go.th' WHERE name ~ '^head';
SELECT pg_temp.play(n, 'legal', 'register', '200 TRIAGE') FROM generate_series(31, 33) AS n;
SELECT pg_temp.play(31, 'triager', 'screen', '200 TRIAGE',
    pg_temp.screened(jsonb_build_object('duplicates', jsonb_build_array(tests.id(32), tests.id(33)))));
CREATE TEMPORARY TABLE hidden AS
SELECT tests.id(32), 'principal', who, '2026-11-12'::timestamptz FROM unnest(ARRAY['legal', 'head-2']) AS who;
INSERT INTO register.case_excluded TABLE hidden;
SELECT pg_temp.play(31, 'triager', 'link',
    'ZG409 the original is hidden from somebody who may see this case: hide this case from him first',
    jsonb_build_object('original', tests.id(32), 'reason', 'ก'));
DELETE FROM register.case_excluded WHERE complaint = tests.id(32);
SELECT pg_temp.play(31, 'triager', 'link', '202 TRIAGE', jsonb_build_object('original', tests.id(32), 'reason', 'ก'));
INSERT INTO register.case_excluded TABLE hidden;
SELECT is(tests.call('proposal_list', who) #>> '{content,items}' ~ tests.id(31)::text, sees, who || ' and a link')
FROM (VALUES ('head', true), ('triager', true), ('auditor', true), ('head-2', false)) AS t (who, sees);
SELECT is(left(tests.decide('2026-11-12', 'head-2', 31, d), 5), 'ZG404', 'who does not see the original does not ' || d)
FROM unnest(ARRAY['approve', 'reject']) AS d;
SELECT is(left(tests.decide('2026-11-12', 'head', 31), 5), 'ZG409', 'nor is it approved, now that it is hidden');
DELETE FROM register.case_excluded WHERE complaint = tests.id(32);
SELECT is(tests.decide('2026-11-12', 'head', 31), '200 approved', 'who sees both, decides');
INSERT INTO register.case_excluded TABLE hidden;
DELETE FROM register.outbox;
SELECT pg_temp.play(31, 'triager', 'unlink', '202 TRIAGE', '{"reason": "ก"}');
SELECT is((SELECT string_agg(o.recipient, ' ') FROM register.outbox AS o), 'head',
    'a head who sees both is asked to decide');
SELECT is(left(tests.decide('2026-11-12', 'head-2', 31), 5), 'ZG404', 'on its undoing too');
SELECT is(tests.decide('2026-11-12', 'head', 31, 'reject'), '200 rejected', 'which is not approved');
CREATE FUNCTION pg_temp.of_link(who text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', c ->> 'duplicate_of' = tests.id(32)::text, (SELECT string_agg(e ->> 'kind', ' ' ORDER BY o)
                         FROM jsonb_array_elements(c -> 'timeline') WITH ORDINALITY AS e (e, o)),
                     jsonb_path_query_first(c, '$.timeline[*].fields.duplicates'))
    FROM (SELECT tests.call('complaint_get', who, jsonb_build_object('id', tests.id(31))) -> 'content') AS t (c)
$$;
SELECT is(pg_temp.of_link('triager'), format('t accepted register screen proposed link proposed rejected ["%s", "%s"]',
    tests.id(32), tests.id(33)), 'who sees both cases is told of all');
SELECT is(pg_temp.of_link('legal'), format('accepted register screen ["%s"]', tests.id(33)),
    'to whom the original is hidden nothing was linked');
INSERT INTO register.case_excluded SELECT tests.id(32), 'principal', 'all', '2026-11-12';
SELECT is(concat_ws(' ', a #>> '{content,duplicate_of_ref}',
                    jsonb_path_query_first(a, '$.content.timeline[*].fields.duplicate_refs')), numbers,
          'the ' || who || ' is told the numbers of the cases that he sees')
FROM (VALUES ('triager', (SELECT format('%s ["%s", "%s"]', o.ref, o.ref, d.ref) FROM register.complaint AS o, register.complaint AS d
                          WHERE o.id = tests.id(32) AND d.id = tests.id(33))),
             ('all', (SELECT format('["%s"]', d.ref) FROM register.complaint AS d WHERE d.id = tests.id(33)))) AS t (who, numbers)
CROSS JOIN LATERAL tests.call('complaint_get', who, jsonb_build_object('id', tests.id(31))) AS a;
SELECT is((SELECT string_agg(DISTINCT i ->> 'original_ref', ' ')
           FROM jsonb_array_elements(tests.call('proposal_list', who) #> '{content,items}') AS i
           WHERE i ->> 'complaint' = tests.id(31)::text), number, who || ' and the original of a proposal')
FROM (VALUES ('triager', (SELECT ref FROM register.complaint WHERE id = tests.id(32))), ('all', NULL)) AS t (who, number);
SELECT is(jsonb_array_length(tests.call('complaint_open', who, jsonb_build_object('id', tests.id(31), 'opens',
    '["legal"]'::jsonb), '{}') #> '{content,texts}'), texts, 'texts for ' || who)
FROM (VALUES ('triager', 3), ('legal', 0)) AS t (who, texts);

-- A link goes with its proposal when one of the two is hidden: 61 and 62 are linked, 63 is to be
SELECT tests.submit('2026-11-12 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50'))
FROM generate_series(61, 65) AS n \g /dev/null
SELECT pg_temp.play(n, 'legal', 'register', '200 TRIAGE') FROM generate_series(61, 65) AS n;
CREATE FUNCTION pg_temp.to_case(n integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('original', tests.id(n), 'reason', 'ก')
$$;
CREATE FUNCTION pg_temp.version(n integer) RETURNS bigint LANGUAGE sql AS $$
    SELECT c.version FROM register.complaint AS c WHERE c.id = tests.id(n)
$$;
CREATE FUNCTION pg_temp.links() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(right(d.id::text, 2) || ' ' || right(d.duplicate_of::text, 2), ', ' ORDER BY d.id)
    FROM register.complaint AS d
    WHERE d.duplicate_of IS NOT NULL AND d.id BETWEEN tests.id(61) AND tests.id(65)
$$;
SELECT pg_temp.play(n, 'triager', 'link', '202 TRIAGE', pg_temp.to_case(62)) FROM unnest(ARRAY[61, 63]) AS n;
SELECT is(tests.decide('2026-11-12', 'head', 61), '200 approved', 'one link is made');
SELECT is(pg_temp.version(61), 2::bigint, 'which is no version of the case: who is not told of it would miss one');
SELECT pg_temp.play(62, 'triager', 'accuse', '200 TRIAGE', '{"accused_role": "legal_head", "reason": "ก"}');
SELECT is(pg_temp.links(), NULL, 'the original leaves the group, and the link goes');
SELECT results_eq($$ SELECT e.actor, e.fields FROM register.event AS e
                     WHERE e.complaint = tests.id(61) AND e.kind = 'unlink' $$,
                  $$ VALUES ('system', jsonb_build_object('original', tests.id(62))) $$, 'as an event says');
SELECT is(pg_temp.version(61), 2::bigint, 'and nothing else of the duplicate');
SELECT is((SELECT string_agg(e ->> 'kind', ' ') FROM jsonb_array_elements(pg_temp.timeline(who, 61)) AS e), kinds,
          'of the link the ' || who || ' is told so much')
FROM (VALUES ('triager', 'accepted register'), ('auditor', 'accepted register proposed link unlink')) AS t (who, kinds);
SELECT pg_temp.play(61, 'triager', 'unlink', 'ZG409 the case is no duplicate', '{"reason": "ก"}');
SELECT pg_temp.play(61, 'triager', 'propose', 'ZG409', '{"outcome": "duplicate", "reason": "ก"}');
SELECT is(left(tests.decide('2026-11-12', 'head', 63), 5), 'ZG404', 'what waits for a link to it is nobody''s');
SELECT pg_temp.play(n, 'triager', 'link', '202 TRIAGE', pg_temp.to_case(64)) FROM unnest(ARRAY[61, 63]) AS n;
SELECT pg_temp.play(63, 'triager', 'link', 'ZG409 the same kind of change of this case waits to be decided',
                    pg_temp.to_case(65));
SELECT is(tests.decide('2026-11-12', 'head', 61), '200 approved', 'both are linked anew as if it had never been');
SELECT pg_temp.play(64, 'triager', 'link', '202 TRIAGE', pg_temp.to_case(65));
SELECT is(tests.decide('2026-11-12', 'head', 64), '200 approved', 'what is an original may be a duplicate too');
SELECT pg_temp.play(65, 'triager', 'link', 'ZG409', pg_temp.to_case(n)) FROM unnest(ARRAY[61, 64]) AS n;
SELECT is(pg_temp.links(), '3d 40, 40 41', 'but in no circle');
SELECT pg_temp.play(61, 'triager', 'interest', '200 TRIAGE', '{"reason": "ก"}');
SELECT is(pg_temp.links(), '3d 40, 40 41', 'a duplicate may be hidden from more people than its original');
SELECT pg_temp.play(61, 'head', 'accuse', '200 TRIAGE', '{"conflict": ["LEGAL"], "reason": "ก"}');
SELECT is(pg_temp.links(), '40 41', 'but not go to another group');
SELECT pg_temp.play(65, 'triager', 'interest', '200 TRIAGE', '{"reason": "ก"}');
SELECT is(pg_temp.links(), NULL, 'nor its original be hidden from one who sees it');

-- Nothing is done for who may not see the case any more
SELECT pg_temp.play(33, 'triager', 'class_changed', '202 TRIAGE', '{"class": "C0", "reason": "ก"}');
SELECT pg_temp.play(33, 'triager', 'interest', '200 TRIAGE', '{"reason": "ก"}');
SELECT is(tests.decide('2026-11-12', 'head', 33),
    'ZG409 who proposed it may not see it any more: another proposes it again', 'nor approved');
SELECT is(tests.decide('2026-11-12', 'head', 33, 'reject'), '200 rejected', 'but rejected');

-- The register of letters
SELECT tests.submit('2026-11-12 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50') || CASE n
           WHEN 42 THEN '{"accused_role": "legal_head"}'::jsonb ELSE '{}' END)
FROM generate_series(41, 42) AS n \g /dev/null
CREATE FUNCTION pg_temp.letters(who text, params jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(a ->> 'error', (SELECT string_agg(concat_ws(' ', right(i ->> 'id', 2), i ->> 'kind', i ->> 'letter_no',
                                                                i ->> 'agency', i ->> 'answered'), ', ' ORDER BY o)
                                    FROM jsonb_array_elements(a #> '{content,items}') WITH ORDINALITY AS i (i, o)
                                    WHERE i ->> 'id' IN (tests.id(41)::text, tests.id(42)::text)), '-')
    FROM tests.call_at('2026-11-13', 'letter_list', who, params) AS a
$$;
SELECT pg_temp.play(41, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(41, 'head', 'refer', '200 WAITING_AGENCY',
    '{"agency": "nacc", "letter_no": "ลับ 9/2570", "letter_date": "2026-11-12"}');
SELECT pg_temp.play(42, 'alt-intake', 'register', '200 TRIAGE');
SELECT pg_temp.play(42, 'alt-head', 'refer', '200 WAITING_AGENCY',
    '{"agency": "pacc", "letter_no": "ลับ 10/2570", "letter_date": "2026-11-12"}');
SELECT is(pg_temp.letters(who), letters, 'letters that the ' || who || ' reads')
FROM (VALUES ('triager', '29 refer ลับ 9/2570 nacc false'), ('alt-triager', '2a refer ลับ 10/2570 pacc false'),
             ('auditor', '2a refer ลับ 10/2570 pacc false, 29 refer ลับ 9/2570 nacc false'), ('director', '-'),
             ('TH-50', 'ZG403')) AS t (who, letters);
SELECT pg_temp.play(41, 'legal', 'reply', '200 WAITING_AGENCY',
    '{"letter_no": "ปช 1", "letter_date": "2026-11-12", "result": false}');
SELECT is(pg_temp.letters('triager', '{"pending": "yes"}'), '29 refer ลับ 9/2570 nacc false', 'no result yet');
SELECT pg_temp.play(41, 'legal', 'reply', '200 WAITING_AGENCY',
    '{"letter_no": "ปช 2", "letter_date": "2026-11-12", "receive_no": "7", "receive_date": "2026-11-12", "result": true}');
SELECT is(pg_temp.letters('triager'), '29 reply ปช 2, 29 reply ปช 1, 29 refer ลับ 9/2570 nacc true', 'replies, newest first');
SELECT is(pg_temp.letters('triager', '{"pending": "yes"}'), '-', 'and then there is one');
CREATE TEMPORARY TABLE letter_page AS
SELECT tests.call_at('2026-11-13', 'letter_list', 'triager', '{"limit": "2"}') -> 'content' AS c;
SELECT is(pg_temp.letters('triager', jsonb_build_object('limit', '1', 'cursor', c ->> 'next')),
          '29 refer ลับ 9/2570 nacc true', 'a page goes on after the last one') FROM letter_page;
SELECT is(pg_temp.letters('alt-triager', jsonb_build_object('cursor', c ->> 'next')), 'ZG422',
          'for who was given the cursor') FROM letter_page;
INSERT INTO register.case_excluded VALUES (tests.id(41), 'principal', 'triager', '2026-11-13');
SELECT is(pg_temp.letters('triager', jsonb_build_object('limit', '1', 'cursor', c ->> 'next')), '-',
          'and though the case is hidden now') FROM letter_page;
DELETE FROM register.case_excluded WHERE complaint = tests.id(41);
SELECT is(pg_temp.letters('triager', p), 'ZG422', 'refused: ' || p::text)
FROM (VALUES ('{"pending": "no"}'::jsonb), ('{"cursor": "x"}'), ('{"limit": "0"}')) AS t (p);

-- Nobody left to do it
CREATE FUNCTION pg_temp.stands(n integer) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', f.route, f.state, coalesce(f.investigator, 'nobody'))
    FROM register.complaint AS f WHERE f.id = tests.id(n)
$$;
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50', 'class', class))
FROM (VALUES (50, 'C1'), (51, 'C1'), (52, 'C1')) AS t (n, class) \g /dev/null
SELECT pg_temp.play(n, 'legal', 'register', '200 TRIAGE') FROM unnest(ARRAY[50, 51, 52]) AS n;
SELECT pg_temp.play(n, 'triager', 'screen', '200 TRIAGE', pg_temp.screened()) FROM unnest(ARRAY[50, 51, 52]) AS n;
SELECT pg_temp.play(50, 'head', 'assign', '200 INVESTIGATING', '{"investigator": "investigator"}');
DELETE FROM register.outbox;
SELECT pg_temp.play(50, who, 'interest', '200 INVESTIGATING', '{"reason": "ก"}')
FROM unnest(ARRAY['investigator', 'all', 'investigator-2']) AS who
WHERE who = (SELECT f.investigator FROM register.complaint AS f WHERE f.id = tests.id(50));
SELECT isnt((SELECT f.investigator FROM register.complaint AS f WHERE f.id = tests.id(50)), NULL, 'another follows');
INSERT INTO register.case_excluded
SELECT tests.id(50), 'principal', p.name, '2026-11-12' FROM register.principal AS p,
    (SELECT f.investigator FROM register.complaint AS f WHERE f.id = tests.id(50)) AS f (name)
WHERE 'investigator' = ANY (p.role_set) AND p.name <> f.name ON CONFLICT DO NOTHING;
SELECT pg_temp.play(50, f.investigator, 'interest', '200 INVESTIGATING', '{"reason": "ก"}')
FROM register.complaint AS f WHERE f.id = tests.id(50);
SELECT is(pg_temp.stands(50), 'legal INVESTIGATING nobody', 'or nobody, if none is left');
SELECT is((SELECT string_agg(o.recipient, ' ' ORDER BY o.recipient) FROM register.outbox AS o WHERE o.matter = 'unassigned'),
          'head head-2', 'which the heads are told');

UPDATE register.complaint SET class = 'C0' WHERE id = tests.id(51);
SELECT pg_temp.play(n, 'triager', 'propose', '200 CLOSURE_PROPOSED', '{"outcome": "insufficient", "reason": "ก"}')
FROM unnest(ARRAY[51, 52]) AS n;
INSERT INTO register.case_excluded
SELECT tests.id(n), 'principal', p.name, '2026-11-12' FROM register.principal AS p, unnest(ARRAY[51, 52]) AS n
WHERE 'director' = ANY (p.role_set) AND p.name <> 'director' ON CONFLICT DO NOTHING;
SELECT pg_temp.play(52, 'director', 'interest', '200 TRIAGE', '{"reason": "ก"}');
SELECT is(pg_temp.stands(52), 'external TRIAGE nobody', 'an order that no director may sign is not waited for');
SELECT is((SELECT e.fields ->> 'route' FROM register.event AS e WHERE e.complaint = tests.id(52) AND e.kind = 'interest'),
          'external', 'as is told');
SELECT pg_temp.play(51, 'director', 'interest', '200 CLOSURE_PROPOSED', '{"reason": "ก"}');
SELECT pg_temp.play(51, 'head', 'return', '200 TRIAGE', '{"reason": "ก"}');
SELECT is(pg_temp.stands(51), 'legal TRIAGE nobody', 'where none is needed the case stays');
SELECT pg_temp.play(51, 'triager', 'class_changed', '202 TRIAGE', '{"class": "C1", "reason": "ก"}');
SELECT is(tests.decide('2026-11-12', 'head', 51), '200 approved', 'until its class is one that takes an order');
SELECT is(pg_temp.stands(51), 'external TRIAGE nobody', 'which nobody may sign either');

-- A case that came with the director in conflict: at its registration it leaves, for nobody could end it
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50', 'conflict', 'director') || i)
FROM (VALUES (53, '{"class": "C1"}'::jsonb), (54, '{"class": "CT"}'), (55, '{"class": "CX"}'),
             (56, '{"class": "C1"}'), (57, '{"class": "C1"}')) AS t (n, i) \g /dev/null
SELECT pg_temp.play(54, 'legal', 'register', '200 TRIAGE');
UPDATE register.principal SET active = false WHERE name = 'director-3';
SELECT pg_temp.play(55, 'legal', 'register', '200 TRIAGE');
SELECT is(pg_temp.stands(n), 'legal TRIAGE nobody', why)
FROM (VALUES (54, 'no order is taken: the case stays'), (55, 'another director may sign it: so does this one')) AS t (n, why);
SELECT pg_temp.play(56, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(56, 'triager', 'screen', '200 TRIAGE', pg_temp.screened());
SELECT pg_temp.play(56, 'triager', 'propose', '200 CLOSURE_PROPOSED', '{"outcome": "insufficient", "reason": "ก"}');
SELECT pg_temp.play(57, 'legal', 'register', '200 TRIAGE');
SELECT pg_temp.play(57, 'triager', 'screen', '200 TRIAGE', pg_temp.screened());
SELECT pg_temp.play(57, 'triager', 'propose', '200 CLOSURE_PROPOSED', '{"outcome": "insufficient", "reason": "ก"}');
SELECT pg_temp.play(57, 'director-2', 'close', '200 CLOSED',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director-2"}');
SELECT pg_temp.play(57, 'head', 'reopen', '200 REOPENED', '{"reason": "ก"}');
UPDATE register.principal SET roles = '' WHERE name IN ('director-2', 'director-3');
SELECT is(tests.call_at('2026-11-12 10:00+07', 'complaint_event', 'legal',
              jsonb_build_object('id', tests.id(53), 'if_match', '1'),
              jsonb_build_object('kind', 'register', 'event_id', tests.id(953))),
          jsonb_build_object('status', 200, 'version', 2, 'content', jsonb_build_object(
              'id', tests.id(53), 'ref', (SELECT c.ref FROM register.complaint AS c WHERE c.id = tests.id(53)),
              'state', 'TRIAGE', 'version', 2, 'event_id', tests.id(953), 'route', 'external')),
          'no director is left who may sign: who registers it is told where it went');
SELECT is(pg_temp.stands(53), 'external TRIAGE nobody', 'and it goes there');
SELECT is((SELECT e.fields ->> 'route' FROM register.event AS e WHERE e.complaint = tests.id(53) AND e.kind = 'register'),
          'external', 'as is told');
SELECT pg_temp.play(53, 'head', 'assign', 'ZG404', '{"investigator": "investigator"}');
SELECT ok(tests.moves('alt-head', 53) ? 'refer', 'who has it now can go on with it');
SELECT pg_temp.play(56, 'head', 'close', 'ZG409 the order is signed by a director who may see the case; '
    'none may: sent back, it takes the external route',
    '{"order_no": "1", "order_date": "2026-11-11", "signatory": "director"}');
SELECT ok(tests.moves('head', 56) ? 'return' AND NOT tests.moves('head', 56) ? 'close',
          'the last of them has left: no end that was proposed can be ordered');
SELECT pg_temp.play(56, 'head', 'return', '200 TRIAGE', '{"reason": "ก"}');
SELECT pg_temp.play(57, 'triager', 'resume', '200 TRIAGE');
SELECT is(pg_temp.stands(n), 'external TRIAGE nobody', why)
FROM (VALUES (56, 'sent back, the case goes where none is needed'), (57, 'taken up again, likewise')) AS t (n, why);
UPDATE register.principal SET roles = 'director', active = true WHERE name IN ('director-2', 'director-3');

SELECT * FROM finish();
ROLLBACK;
