-- The counting rules of docs/counting.md that need a case's later life, each with its example: how
-- closing, opening again, duplicates, classes, referral, withdrawal, erasure and splitting show in a year.
BEGIN;
SELECT plan(53);
\ir year.inc.sql

INSERT INTO register.event_leaf (kind, leaf_type)
SELECT k, 9 FROM unnest('{moved,close,reopen,refer,withdraw}'::text[]) AS k ON CONFLICT DO NOTHING;

-- A move, appended as every move is.
CREATE FUNCTION tests.move(at timestamptz, complaint uuid, to_state text, told text DEFAULT 'moved',
                           fields jsonb DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    head register.principal := (SELECT p FROM register.principal AS p WHERE p.name = 'head');
    before text := (SELECT c.state FROM register.complaint AS c WHERE c.id = complaint);
BEGIN
    UPDATE register.complaint AS c SET state = to_state, state_since = at WHERE c.id = complaint;
    PERFORM rules.append(at, head, told, complaint => complaint,
                         from_state => CASE WHEN before <> to_state THEN before END,
                         to_state => CASE WHEN before <> to_state THEN to_state END, fields => fields);
END;
$$;
-- "brought received reopened closed carried" of a year, seen from a moment.
CREATE FUNCTION tests.flow(at timestamptz, year integer, by text DEFAULT 'all', of text DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', l.brought, l.received, l.reopened, l.closed, l.carried)
    FROM rules.year_line(at, year) AS l WHERE l.dimension = by AND (of IS NULL OR l.key = of)
$$;
CREATE FUNCTION tests.month_flow(at timestamptz, year integer, month date) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', m.brought, m.received, m.reopened, m.closed, m.carried)
    FROM rules.year_month_line(at, year, (SELECT jsonb_agg(to_jsonb(l)) FROM rules.year_line(at, year) AS l),
                               (SELECT jsonb_agg(to_jsonb(t)) FROM rules.year_turn(at, year) AS t)) AS m
    WHERE m.month = month_flow.month
$$;
CREATE TEMPORARY TABLE c (n integer PRIMARY KEY, id uuid);
CREATE FUNCTION tests.reclass(class text) RETURNS void LANGUAGE sql VOLATILE AS $$
    UPDATE register.complaint AS k SET class = reclass.class FROM c WHERE c.id = k.id AND c.n = 13
$$;

-- Carry-forward: received in August 2026 (2569), closed in November (2570), opened again in March,
-- closed in May, opened again in November 2027 (2571).

INSERT INTO c VALUES (1, tests.submit('2026-08-10 10:00', 'TH-50', '2026-08-10'));
SELECT is(tests.flow('2026-08-31', 2569), '0 1 0 0 1', 'received and open');
SELECT is(tests.flow('2026-10-31', 2570), '1 0 0 0 1', 'the next year brings it forward');
SELECT tests.move('2026-11-20 10:00', id, 'CLOSED', 'close', '{"outcome": "unfounded"}') FROM c WHERE n = 1;
SELECT is(tests.flow('2026-12-01', 2570), '1 0 0 1 0', 'closed, nothing is carried out');
SELECT is(tests.flow('2026-12-01', 2569), '0 1 0 0 1', 'the year before still carried it out');
SELECT tests.move('2027-03-01 10:00', id, 'REOPENED', 'reopen') FROM c WHERE n = 1;
SELECT is(tests.flow('2027-03-02', 2570), '1 0 1 1 1', 'opened again: added back, not received again');
SELECT tests.move('2027-05-05 10:00', id, 'CLOSED', 'close', '{"outcome": "founded"}') FROM c WHERE n = 1;
SELECT is(tests.flow('2027-05-06', 2570), '1 0 1 2 0', 'closed twice, carried out once less');
SELECT is((SELECT string_agg(outcome || ' ' || days, ', ' ORDER BY days) FROM rules.year_turn('2027-05-06', 2570) WHERE closing),
          'unfounded 102, founded 268', 'each closing with its outcome, in days from the acceptance');
SELECT is(tests.month_flow('2027-05-06', 2570, r.month::date), r.flow, r.month || ' is ' || r.flow)
FROM (VALUES ('2026-10-01', '1 0 0 0 1'), ('2026-11-01', '1 0 0 1 0'), ('2026-12-01', '0 0 0 0 0'),
             ('2027-03-01', '0 0 1 0 1'), ('2027-04-01', '1 0 0 0 1'), ('2027-05-01', '1 0 0 1 0')) AS r (month, flow);
SELECT tests.move('2027-11-02 10:00', id, 'REOPENED', 'reopen') FROM c WHERE n = 1;
SELECT is(tests.flow('2027-11-03', 2570), '1 0 1 2 0', 'what happens after a year changes nothing in it');
SELECT is(tests.flow('2027-11-03', 2571), '0 0 1 0 1', 'it is added back where it was opened again');

-- The turn of the year: received 30 September 2027, entered 3 October, closed 5 October.

INSERT INTO c VALUES (2, tests.submit('2027-10-03 09:00', 'TH-50', '2027-09-30'));
SELECT tests.move('2027-10-05 09:00', id, 'CLOSED', 'close', '{"outcome": "rejected"}') FROM c WHERE n = 2;
SELECT is(tests.flow('2027-11-03', 2570, 'unit', 'TH-50'), '1 1 1 2 1', 'received in the year, carried out open');
SELECT is(tests.flow('2027-11-03', 2571, 'unit', 'TH-50'), '1 0 1 1 1', 'and closed in the next');
INSERT INTO c VALUES (3, tests.submit('2027-11-02 09:00', 'TH-90', '2027-09-30'));
SELECT is(tests.flow('2027-11-03', 2570, 'unit', 'TH-90'), NULL, 'entered after the closing day it is none of the year');
SELECT is(tests.flow('2027-11-03', 2571, 'unit', 'TH-90'), '0 1 0 0 1', 'but received in the next');
SELECT is(tests.kpi1('2027-11-03', 2571) -> 'late', '1', 'late');

-- By the Bangkok day: 30 September 23:59 and 1 October 00:00.

INSERT INTO c VALUES (4, tests.submit('2028-09-30 23:59+07', 'TH-90', '2028-09-30')),
                     (5, tests.submit('2028-09-30 17:00+00', 'TH-90', '2028-10-01'));
SELECT is((SELECT string_agg(fy::text, ' ' ORDER BY fy) FROM register.complaint WHERE id IN (SELECT id FROM c WHERE n IN (4, 5))),
          '2571 2572', 'a minute apart, two years');

-- Duplicates, classes, referral, withdrawal, erasure: of six received in 2573 all six stay.

INSERT INTO c SELECT n, tests.submit('2030-01-10 10:00', 'TH-50', '2030-01-10')
FROM generate_series(10, 15) AS n;
SELECT is(tests.flow('2030-02-01', 2573, 'class', 'C1'), '4 6 0 0 10', 'six, and four brought forward');
UPDATE register.complaint SET duplicate_of = (SELECT id FROM c WHERE n = 10) WHERE id = (SELECT id FROM c WHERE n = 11);
SELECT is((SELECT received || ' ' || distinct_received FROM rules.kpi1('2030-02-01', 2573)), '6 5',
          'a duplicate: six received, five distinct');
SELECT is((SELECT value FROM rules.kpi1('2030-02-01', 2573)), 6::bigint, 'and six counted by KPI 1');
UPDATE register.complaint SET class = 'CX' WHERE id = (SELECT id FROM c WHERE n = 12);
SELECT is((SELECT value FROM rules.kpi1('2030-02-01', 2573)), 6::bigint, 'not yet classified counts');
CREATE FUNCTION tests.counted_as(class text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tests.reclass(class);
    RETURN (SELECT k.value || ' ' || k.received FROM rules.kpi1('2030-02-01', 2573) AS k);
END;
$$;
SELECT is(tests.counted_as(r.class), r.counted || ' 6', r.class || ': ' || r.counted || ' counted, six received')
FROM (VALUES ('C0', 5), ('CT', 5), ('CI', 5), ('CV', 5), ('C2', 6)) AS r (class, counted);
SELECT tests.move('2030-01-20 10:00', id, 'WAITING_AGENCY', 'refer') FROM c WHERE n = 14;
SELECT is(tests.flow('2030-02-01', 2573, 'state', 'WAITING_AGENCY'), '0 1 0 0 1', 'a referral is open until its result');
SELECT tests.move('2030-01-21 10:00', id, 'RECEIVED', 'withdraw') FROM c WHERE n = 15;
SELECT is((SELECT cases FROM rules.year_event('2030-02-01', 2573) WHERE kind = 'withdraw'), 1::bigint, 'a withdrawal is told');
SELECT is(tests.flow('2030-02-01', 2573), '4 6 0 0 10', 'and moves nothing');
UPDATE register.complaint SET erased_at = '2030-01-25' WHERE id = (SELECT id FROM c WHERE n = 10);
SELECT is(tests.flow('2030-02-01', 2573), '4 6 0 0 10', 'an erased case is counted');
SELECT is(rules.report_figures(r.at::timestamptz, 2573) -> 'erased', r.erased::jsonb, r.promise)
FROM (VALUES ('2030-02-01', '1', 'and told'), ('2030-01-24', '0', 'once it is erased')) AS r (at, erased, promise);

-- Deadlines: accepted 10 January 2030, a Thursday; registration is due on the 15th, the result on 10 April. No sweep has
-- come to the last of the six.

INSERT INTO register.clock (complaint, kind, began_on, due_on, met_on, rank, position)
SELECT c.id, k.kind, '2030-01-10', k.due_on::date, CASE WHEN k.kind = 'register' THEN date '2030-01-10' + c.n - 8 END, 3, c.n
FROM c, (VALUES ('register', '2030-01-15'), ('result', '2030-04-10')) AS k (kind, due_on) WHERE c.n BETWEEN 10 AND 14;
UPDATE register.clock SET paused_on = '2030-02-01' WHERE kind = 'result' AND complaint = (SELECT id FROM c WHERE n = 10);
SELECT is((SELECT concat_ws(' ', in_time, late, running, paused, overdue) FROM rules.year_clock(r.at::timestamptz, 2573)
           WHERE kind = r.kind), r.kept, r.kind || ' at ' || r.at)
FROM (VALUES ('2030-01-13', 'register', '2 0 4 0 0'), ('2030-02-05', 'register', '4 1 0 0 1'),
             ('2030-01-31', 'result', '0 0 6 0 0'), ('2030-02-05', 'result', '0 0 5 1 0'),
             ('2030-04-11', 'result', '0 0 0 1 5')) AS r (at, kind, kept);

INSERT INTO c SELECT n, tests.submit('2030-01-10 10:00', 'TH-50', '2030-01-10') FROM generate_series(16, 18) AS n;
INSERT INTO c SELECT 19, tests.submit('2030-01-11 10:00', 'TH-50', '2030-01-11');
SELECT is((SELECT concat_ws(' ', in_time, late, running, paused, overdue) FROM rules.year_clock(r.at::timestamptz, 2573)
           WHERE kind = 'register'), r.kept, 'those that no sweep has come to count each, at ' || r.at)
FROM (VALUES ('2030-01-15', '4 0 6 0 0'), ('2030-01-16', '4 1 1 0 4'), ('2030-02-05', '4 1 0 0 5')) AS r (at, kept);

-- Every table adds up to the same total, from any moment.

SELECT is((SELECT count(DISTINCT s.total) FROM (
               SELECT concat_ws(' ', sum(brought), sum(received), sum(reopened), sum(closed), sum(carried)) AS total
               FROM rules.year_line(r.at::timestamptz, r.year) GROUP BY dimension) AS s), 1::bigint,
          'all dimensions of ' || r.year || ' add up to one total at ' || r.at)
FROM (VALUES ('2026-12-01', 2570), ('2027-11-03', 2570), ('2027-11-03', 2571), ('2030-02-01', 2573)) AS r (at, year);
SELECT is((SELECT count(*) FROM rules.year_case('2030-02-01', r.year) AS y
           WHERE y.brought + y.received + y.reopened - y.closed <> y.carried), 0::bigint, 'each case of ' || r.year || ' carries forward')
FROM (VALUES (2569), (2570), (2571), (2572), (2573)) AS r (year);

SELECT * FROM finish();
ROLLBACK;
