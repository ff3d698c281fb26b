-- Clocks: when each step is due, across holidays and year ends; what waiting does and what it does
-- not; who is reminded and told, once, also after days without a sweep.
BEGIN;
SELECT no_plan();
UPDATE register.principal SET email = name || '@example.go.th' WHERE unit IN ('LEGAL', 'ALT');
INSERT INTO register.principal (name, name_th, name_en, unit, roles, email) VALUES
    ('head-2', 'ก', 'a', 'LEGAL', 'head', 'head-2@example.go.th');

-- Due days: accepted or received on, kind, due; counted by hand on a calendar
SELECT is(rules.clock_due(kind, began), due, format('%s from %s', kind, began))
FROM (VALUES
    ('register', '2026-11-27'::date, '2026-12-02'::date), -- Fri; Mon, Tue, Wed
    ('register', '2026-12-29', '2027-01-05'), -- Tue; Wed, New Year's holidays, Mon, Tue
    ('register', '2027-04-09', '2027-04-19'), -- Fri; Mon, Songkran, Fri, Mon
    ('register', '2026-12-04', '2026-12-11'), -- Fri; 7 and 10 December are holidays
    ('register', '2027-09-29', '2027-10-04'), -- across the end of the fiscal year
    ('particulars', '2026-12-23', '2027-01-05'),
    ('first_answer', '2026-12-25', '2027-01-09'), ('first_answer', '2028-02-20', '2028-03-06'),
    ('result', '2026-10-15', '2027-01-13'), ('interim', '2027-01-13', '2027-01-28')
) AS t (kind, began, due);

-- A rule that is changed counts for what begins after it.
INSERT INTO register.clock_rule
SELECT kind, '2027-01-01', 60, working, base, pausable, remind_days, remind_role, escalate_role, th,
       en, 'an order', 'head'
FROM register.clock_rule WHERE kind = 'result';
SELECT is(rules.clock_due('result', began), due, 'a rule counts from its day on: ' || began)
FROM (VALUES ('2026-12-31'::date, '2027-03-31'::date), ('2027-01-01', '2027-03-02')) AS t (began,
    due);
DELETE FROM register.clock_rule WHERE effective_from = '2027-01-01';

-- Thursday 12 November: 1 is registered on Monday, 2 never, 3 hides from the legal group, 4 is a
-- letter, 5 hides from one of two heads
SELECT tests.submit('2026-11-12 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50') || i)
FROM (VALUES (1, '{"received": "2026-11-10"}'::jsonb), (2, '{}'), (3,
    '{"accused_role": "legal_head"}'),
             (4, '{"identity": "letter"}'), (5, '{}')) AS t (n, i) \g /dev/null
INSERT INTO register.case_excluded VALUES (tests.id(5), 'principal', 'head-2',
    '2026-11-12 09:01+07');
CREATE FUNCTION pg_temp.clocks(n integer) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', k.kind, to_char(k.due_on, 'MM-DD'),
        'met ' || to_char(k.met_on, 'MM-DD'),
                                'paused ' || to_char(k.paused_on, 'MM-DD'),
                                nullif(k.paused_days, 0) || ' days'), ', ' ORDER BY k.kind,
                                    k.began_on)
    FROM register.clock AS k WHERE k.complaint = tests.id(n)
$$;
CREATE FUNCTION pg_temp.told(after bigint) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(concat_ws(' ', right(e.complaint::text, 1), e.kind,
        e.fields ->> 'clock', e.to_state),
                               ', ' ORDER BY e.complaint, e.position), '')
    FROM register.event AS e WHERE e.position > after AND e.actor = 'system'
$$;
CREATE FUNCTION pg_temp.swept(at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    mark CONSTANT bigint := (SELECT position FROM register.head);
BEGIN
    PERFORM rules.sweep(at);
    RETURN pg_temp.told(mark);
END;
$$;
SELECT is(rules.sweep('2026-11-12 09:05+07'), '{"begun": 5, "done": 0, "more": false}',
          'the first sweep begins the clocks');
SELECT is(rules.sweep('2026-11-12 09:06+07'), '{"begun": 0, "done": 0, "more": false}',
    'the next does nothing');
SELECT is(pg_temp.clocks(1), 'first_answer 11-25, register 11-17, result 02-08',
          'registered three working days after acceptance, the rest from receipt');
SELECT is(pg_temp.clocks(4), 'register 11-17, result 02-10',
    'of a letter there is nobody to answer');

SELECT is(pg_temp.swept('2026-11-15 23:59+07'), '', 'too early to remind');
SELECT is(pg_temp.swept('2026-11-16 00:01+07'), '1 reminded register, 2 reminded register, '
          '3 reminded register, 4 reminded register, 5 reminded register',
              'the day before intake is reminded');
SELECT is(pg_temp.swept('2026-11-16 00:02+07'), '', 'once');
SELECT results_eq($$ SELECT recipient, ref, matter, due_on FROM register.outbox
                     WHERE ref NOT LIKE 'TH%' OR ref = 'TH-50/2570/0001' $$,
                  $$ VALUES ('legal', 'TH-50/2570/0001', 'register', '2026-11-17'::date),
                            ('alt-intake', 'ล/2570/0001', 'register', '2026-11-17') $$,
                  'each group''s own intake by mail, with number and day');
SELECT is(tests.act('2026-11-16 10:00+07', 'legal', 1, 'register'), '200 TRIAGE',
    'the first is registered');
SELECT is(tests.act('2026-11-16 10:01+07', 'legal', 4, 'register'), '200 TRIAGE', 'the fourth too');
SELECT is(pg_temp.clocks(1), 'first_answer 11-25, register 11-17 met 11-16, result 02-08',
    'and its clock is met');
SELECT is(pg_temp.swept('2026-11-17 23:59+07'), '', 'a clock runs to the end of its day');
DELETE FROM register.outbox;
SELECT is(pg_temp.swept('2026-11-18 00:00+07'),
    '2 escalated register, 3 escalated register, 5 escalated register',
          'after it the head is told');
SELECT is((SELECT string_agg(recipient || ' ' || ref, ', ' ORDER BY ref, recipient)
    FROM register.outbox),
          'head TH-50/2570/0002, head-2 TH-50/2570/0002, head TH-50/2570/0004, alt-head '
              'ล/2570/0001',
          'the head of the group, and nobody from whom the case is hidden');
SELECT is(pg_temp.swept('2026-11-18 00:01+07'), '', 'once');
SELECT is((SELECT version FROM register.complaint WHERE id = tests.id(2)), 1::bigint,
    'a reminder leaves the version alone');
SELECT is((SELECT string_agg(e ->> 'kind', ' ') FROM jsonb_array_elements(
               tests.call('complaint_get', 'auditor', jsonb_build_object('id',
                   tests.id(2))) #> '{content,timeline}') AS e),
          'accepted reminded escalated', 'and stands in the timeline');

-- Waiting pauses the result, and nothing else
SELECT is(tests.act('2026-11-19 10:00+07', 'triager', 1, 'ask', '{"text": "ขอเอกสาร"}'),
    '200 WAITING_COMPLAINANT', 'asked');
SELECT is(pg_temp.clocks(1),
    'first_answer 11-25 met 11-19, particulars 11-30, register 11-17 met 11-16, '
          'result 02-08 paused 11-19',
              'asking is an answer; the complainant has seven working days, the result waits');
SELECT is(pg_temp.swept('2026-11-30 23:00+07') ~ 'time_out', false,
    'in time the complainant is waited for');

-- Nobody swept on the day the time was over
SELECT is(pg_temp.swept('2026-12-03 08:00+07'), '1 time_out TRIAGE', 'two days late the wait ends');
SELECT is(pg_temp.swept('2026-12-03 08:01+07'), '', 'once');
SELECT is(pg_temp.clocks(1),
    'first_answer 11-25 met 11-19, particulars 11-30 met 12-03, register 11-17 met 11-16, '
          'result 02-22 14 days', 'the fourteen days of waiting are added to the result, and said');
SELECT is(tests.act('2026-12-04 10:00+07', 'head', 1, 'refer',
    '{"agency": "nacc", "letter_no": "1", "letter_date": "2026-12-04"}'),
          '200 WAITING_AGENCY', 'referred');
SELECT is(pg_temp.swept('2027-02-25') ~ '1 (escalated|reminded)', false,
    'while the agency has it nothing of it is late');
SELECT is(tests.act('2027-02-25 10:00+07', 'legal', 1, 'reply',
    '{"letter_no": "2", "letter_date": "2027-02-25", "result": true}'),
          '200 WAITING_AGENCY', 'the agency replies');
SELECT is(tests.act('2027-02-25 10:00+07', 'triager', 1, 'propose',
    '{"outcome": "agency_result", "reason": "ก"}'),
          '200 CLOSURE_PROPOSED', 'and the case goes on');
SELECT ok(pg_temp.clocks(1) ~ 'result 05-16 97 days', '83 more days: due on 16 May');
SELECT ok(pg_temp.swept('2027-05-03') ~ '1 reminded result', 'reminded two weeks before');
SELECT ok(pg_temp.swept('2027-05-17') ~ '1 escalated result', 'late on the 17th');
SELECT ok(pg_temp.clocks(1) ~ 'interim 05-31', 'and then an interim note is due');
SELECT is(tests.act('2027-05-18 10:00+07', 'head', 1, 'note',
    '{"audience": "complainant", "text": "อยู่ระหว่างดำเนินการ"}'),
          '200 CLOSURE_PROPOSED', 'which is a note to the complainant');
SELECT ok(pg_temp.clocks(1) ~ 'interim 05-31 met 05-18', 'that meets it');
SELECT is(tests.act('2027-05-19 10:00+07', 'head', 1, 'close',
    '{"order_no": "1", "order_date": "2027-05-19", "signatory": "director"}'),
          '200 CLOSED', 'closed');
SELECT ok(pg_temp.clocks(1) ~ 'result 05-16 met 05-19', 'the end meets the result, late as it is');
SELECT is(tests.act('2027-06-01 10:00+07', 'head', 1, 'reopen', '{"reason": "ก"}'),
    '200 REOPENED', 'reopened');
SELECT ok(pg_temp.swept('2027-06-01 11:00+07') ~ '1 escalated result',
    'it is due when it was: clocks run from receipt');

-- Holidays that are announced, or taken back, after a clock began: accepted on Tuesday the 10th, due on Friday
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50'))
FROM generate_series(6, 9) AS n \g /dev/null
SELECT rules.sweep('2026-11-10 10:00+07') \g /dev/null
CREATE FUNCTION pg_temp.due(n integer) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(k.kind || to_char(k.due_on, ' MM-DD'), ', ' ORDER BY k.kind) FROM register.clock AS k
    WHERE k.complaint = tests.id(n) AND k.kind IN ('register', 'result')
$$;
CREATE FUNCTION pg_temp.heard(at timestamptz) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(told, ', ') FROM regexp_split_to_table(pg_temp.swept(at), ', ') AS told WHERE told ~ '^[6-9] (.* register|time_out)'
$$;
SELECT is(pg_temp.due(6), 'register 11-13, result 02-08', 'due by the days as they were');
SELECT tests.act('2026-11-11 09:00+07', 'legal', 7, 'register') \g /dev/null
INSERT INTO register.holiday (day, th, en, source) VALUES ('2026-11-12', 'วันหยุดพิเศษ', 'Special holiday', 'a resolution');
SELECT is(pg_temp.heard('2026-11-12 09:00+07'), NULL, 'a holiday is announced: not reminded a day too early');
SELECT is(pg_temp.due(6), 'register 11-16, result 02-08', 'the running clock follows, what counts calendar days does not');
SELECT is(pg_temp.due(7), 'register 11-13, result 02-08', 'nor what was met');
SELECT is(pg_temp.heard('2026-11-17 09:00+07'), '6 escalated register, 8 escalated register, 9 escalated register',
    'late by the new day');
INSERT INTO register.holiday (day, th, en, source) VALUES ('2026-11-16', 'วันหยุดพิเศษ', 'Special holiday', 'a resolution');
SELECT is(pg_temp.heard('2026-11-17 10:00+07'), NULL, 'announced when it is over');
SELECT is(pg_temp.due(6), 'register 11-16, result 02-08', 'what was late stays late');
SELECT tests.act('2026-11-17 11:00+07', 'legal', 9, 'register') \g /dev/null
SELECT tests.act('2026-11-17 11:00+07', 'triager', 9, 'ask', '{"text": "ก"}') \g /dev/null
INSERT INTO register.holiday (day, version, holds, th, en, source) VALUES
    ('2026-11-26', 1, true, 'วันหยุดพิเศษ', 'Special holiday', 'a resolution');
SELECT is(pg_temp.heard('2026-11-26 23:00+07'), NULL, 'the complainant has the day too');
SELECT is(pg_temp.heard('2026-11-27 00:01+07'), NULL, 'and the next');
INSERT INTO register.holiday (day, version, holds, th, en, source) VALUES
    ('2026-11-26', 2, false, 'วันหยุดพิเศษ', 'Special holiday', 'another resolution');
SELECT is(pg_temp.heard('2026-11-27 00:02+07'), '9 time_out TRIAGE', 'it is taken back: his time is over');
DELETE FROM register.holiday WHERE source LIKE '%resolution' AND day < '2026-11-27';

-- An agency's result ends the wait, not what is done with it
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50'))
FROM generate_series(10, 12) AS n \g /dev/null
CREATE FUNCTION pg_temp.result(n integer) RETURNS text LANGUAGE sql AS $$
    SELECT substring(pg_temp.clocks(n) FROM 'result [^,]*')
$$;
SELECT is(tests.act(at::timestamptz, actor, 10, kind, more), '200 ' || state, kind)
FROM (VALUES ('2026-11-11', 'legal', 'register', '{}'::jsonb, 'TRIAGE'),
    ('2026-11-11', 'triager', 'screen', '{"in_remit": true, "class": "C1", "conflict": false, "particulars": true,
                                          "next_step": "accept"}', 'TRIAGE'),
    ('2026-11-11', 'head', 'assign', '{"investigator": "investigator"}', 'INVESTIGATING'),
    ('2026-11-11', 'triager', 'note', '{"text": "ก", "audience": "complainant"}', 'INVESTIGATING'),
    ('2026-11-11', 'investigator', 'find', '{"finding": "ก"}', 'FINDING_REVIEW'),
    ('2026-11-20', 'head', 'refer', '{"agency": "nacc", "letter_no": "1", "letter_date": "2026-11-20"}', 'WAITING_AGENCY')
) AS t (at, actor, kind, more, state);
DELETE FROM register.outbox;
CREATE FUNCTION pg_temp.reply(at timestamptz, result boolean) RETURNS text LANGUAGE sql AS $$
    SELECT tests.act(at, 'legal', 10, 'reply', jsonb_build_object('letter_no', '2', 'letter_date', '2026-11-20', 'result', result))
$$;
CREATE FUNCTION pg_temp.queued(who text, at timestamptz) RETURNS boolean LANGUAGE sql AS $$
    SELECT tests.call_at(at, 'case_queue', who, '{"limit": "200"}')::text ~ tests.id(10)::text
$$;
SELECT is(pg_temp.reply('2026-11-25', false), '200 WAITING_AGENCY', 'the agency says that it has it');
SELECT is(pg_temp.result(10), 'result 02-08 paused 11-20', 'and is waited for');
SELECT ok(NOT pg_temp.queued('triager', '2026-11-25'), 'which nobody can hasten');
SELECT is((SELECT count(*) FROM register.outbox), 0::bigint, 'nor is anybody told');
SELECT is(pg_temp.reply('2026-11-30', true), '200 WAITING_AGENCY', 'it gives its result');
SELECT is(pg_temp.result(10), 'result 02-18 10 days', 'the wait was of ten days');
SELECT ok(pg_temp.queued(who, '2026-12-01'), 'it waits for the group again: ' || who)
FROM unnest(ARRAY['triager', 'head', 'investigator']) AS who;
SELECT is((SELECT string_agg(o.recipient || ' ' || o.matter, ', ' ORDER BY o.recipient) FROM register.outbox AS o),
    'investigator reply, triager reply', 'who goes on with it is told');
SELECT is(pg_temp.reply('2026-12-05', true), '200 WAITING_AGENCY', 'another letter about it');
SELECT is(tests.act('2026-12-10', 'triager', 10, 'propose', '{"outcome": "agency_result", "reason": "ก"}'),
    '200 CLOSURE_PROPOSED', 'and its end');
SELECT is(pg_temp.result(10), 'result 02-18 10 days', 'add no days');

-- Somebody is reminded once of each day on which a clock is due
CREATE FUNCTION pg_temp.reminded(n integer, clock text, at timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    WHILE rules.sweep(at) @> '{"more": true}' LOOP END LOOP;
    RETURN (SELECT count(*) FROM register.event AS e
            WHERE e.complaint = tests.id(n) AND e.kind = 'reminded' AND e.fields ->> 'clock' = clock);
END;
$$;
SELECT is(pg_temp.reminded(12, 'register', '2026-11-12'), 1::bigint, 'of its registration');
INSERT INTO register.holiday (day, th, en, source) VALUES ('2026-11-13', 'วันหยุดพิเศษ', 'Special holiday', 'a resolution');
SELECT is(pg_temp.reminded(12, 'register', '2026-11-12 09:00+07'), 1::bigint, 'a holiday gives it until Monday: too early again');
SELECT is(pg_temp.reminded(12, 'register', '2026-11-15'), 2::bigint, 'reminded of the new day');
SELECT is(pg_temp.reminded(12, 'register', '2026-11-16'), 2::bigint, 'once');

-- A case without anybody whom it could be told to
UPDATE register.principal SET email = name || '@example.go.th' WHERE name = 'auditor';
SELECT tests.submit('2026-12-14 09:00+07', '{"id": 13, "actor": "TH-50", "accused_role": "legal_head"}') \g /dev/null
SELECT is(tests.act('2026-12-15', 'alt-intake', 13, 'accuse', '{"accused": ["alt-head"], "reason": "ก"}'), '200 RECEIVED',
    'the only head is accused');
SELECT is((SELECT c.route FROM register.complaint AS c WHERE c.id = tests.id(13)), 'external', 'it goes where no other is');
DELETE FROM register.outbox;
SELECT pg_temp.reminded(13, 'register', '2026-12-18') \g /dev/null
SELECT is((SELECT string_agg(o.recipient || ' ' || o.matter, ', ') FROM register.outbox AS o JOIN register.complaint AS c USING (ref)
           WHERE c.id = tests.id(13)), 'auditor register', 'late, the auditors are told');

-- A case in which nobody acts
CREATE FUNCTION pg_temp.alone(at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM register.outbox;
    WHILE rules.sweep(at) @> '{"more": true}' LOOP END LOOP;
    RETURN (SELECT string_agg(o.recipient || ' ' || tests.n(c.id), ', ' ORDER BY c.id, o.recipient)
            FROM register.outbox AS o JOIN register.complaint AS c USING (ref) WHERE o.matter = 'unhandled');
END;
$$;
CREATE FUNCTION pg_temp.unhandled() RETURNS text LANGUAGE sql AS $$
    SELECT g ->> 2 FROM json_array_elements(rules.score_metrics('2026-12-21 10:00+07')) AS g
    WHERE g ->> 0 = 'grievd_cases_unhandled'
$$;
INSERT INTO register.principal (name, name_th, name_en, unit, roles, email) VALUES
    ('auditor-2', 'ก', 'a', 'AUDIT', 'auditor', 'auditor-2@example.go.th');
UPDATE register.principal SET email = name || '@example.go.th' WHERE name IN ('director', 'admin');
SELECT is(pg_temp.alone('2026-12-21 08:00+07'), NULL, 'where the intake is left, no case is without anybody');
SELECT is(pg_temp.unhandled(), '0', 'nor counted');
SELECT tests.submit('2026-12-21 09:00+07', '{"id": 14, "actor": "TH-50", "conflict": "LEGAL,ALT,auditor-2"}') \g /dev/null
SELECT is(pg_temp.unhandled(), '1', 'one that came so is counted at once');
SELECT is(pg_temp.alone('2026-12-21 09:01+07'), 'auditor 14', 'and told to the auditors who see it, nobody else');
SELECT is(pg_temp.alone('2026-12-21 09:02+07'), NULL, 'once');
SELECT is((SELECT string_agg(e ->> 'kind', ' ') FROM jsonb_array_elements(tests.call('complaint_get', 'auditor',
               jsonb_build_object('id', tests.id(14))) #> '{content,timeline}') AS e),
          'accepted unhandled', 'as the timeline says');
SELECT is(tests.act('2026-12-21 10:00+07', 'alt-intake', 13, 'interest', '{"reason": "ก"}'), '200 RECEIVED',
          'the last who acts in a case has an interest in it');
SELECT is(pg_temp.unhandled(), '2', 'so that nobody does');
SELECT is(pg_temp.alone('2026-12-21 10:01+07'), 'auditor 13, auditor-2 13', 'it is told');
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES ('alt-new', 'ก', 'a', 'ALT', 'intake head');
SELECT is(pg_temp.unhandled(), '1', 'who joins the unit acts in what was hidden from its people only');
SELECT is(tests.act('2026-12-21 11:00+07', 'alt-new', 13, 'register'), '200 TRIAGE', 'and goes on with it');
UPDATE register.principal SET active = false WHERE name = 'alt-new';
SELECT is(pg_temp.alone('2026-12-21 12:00+07'), 'auditor 13, auditor-2 13', 'until he leaves');
SELECT is(pg_temp.alone('2026-12-21 12:01+07'), NULL, 'told once again');

-- Waiting moves the day too
SELECT tests.act('2026-11-11', 'legal', 11, 'register') \g /dev/null
SELECT is(pg_temp.reminded(11, 'result', '2027-01-25'), 1::bigint, 'of its result, two weeks before');
SELECT is(tests.act('2027-01-27', 'triager', 11, 'ask', '{"text": "ก"}'), '200 WAITING_COMPLAINANT', 'it waits');
SELECT is(tests.act('2027-01-27', 'triager', 11, 'answer', '{"text": "ก"}'), '200 TRIAGE', 'for no day');
SELECT is(pg_temp.reminded(11, 'result', '2027-01-27'), 1::bigint, 'reminded of that day already');
SELECT is(tests.act('2027-01-28', 'triager', 11, 'ask', '{"text": "ก"}'), '200 WAITING_COMPLAINANT', 'it waits');
SELECT is(tests.act('2027-02-02', 'triager', 11, 'answer', '{"text": "ก"}'), '200 TRIAGE', 'for five');
SELECT is(pg_temp.result(11), 'result 02-13 5 days', 'due later');
SELECT is(pg_temp.reminded(11, 'result', '2027-02-02'), 2::bigint, 'reminded of the new day');
SELECT is(pg_temp.reminded(11, 'result', '2027-02-03'), 2::bigint, 'once');
DELETE FROM register.holiday WHERE source = 'a resolution' AND day = '2026-11-13';

-- At most so many events a transaction, and the rest in the next
SELECT tests.submit('2026-11-12 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-90'))
    FROM generate_series(101, 350) AS n
\g /dev/null
SELECT is((SELECT (rules.sweep('2026-11-18') ->> 'done')::integer + count(*)::integer
    FROM register.event WHERE false),
          100, 'a pass is of at most 100 events');
SELECT is(rules.sweep('2026-11-18') ->> 'more', 'true', 'and says that there is more');
SELECT is(rules.sweep('2026-11-18') ->> 'more', 'false', 'until there is none');
SELECT is((SELECT count(*) FROM register.event AS e WHERE e.kind = 'escalated'
    AND e.complaint BETWEEN tests.id(101) AND tests.id(350)),
          250::bigint, 'each case once');
SELECT is((SELECT count(*) FROM register.event AS e
           WHERE e.kind = 'reminded' AND e.complaint BETWEEN tests.id(101) AND tests.id(350)),
          0::bigint, 'and after days without a sweep nobody is reminded of what is past');
SELECT is((SELECT count(*) FROM register.outbox WHERE email IS NULL), 0::bigint,
    'who has no address gets no mail');

SELECT * FROM finish();
ROLLBACK;
