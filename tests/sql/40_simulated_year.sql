-- A simulated year (สถานการณ์จำลอง), fiscal year 2570: what becomes of KPI 1.
BEGIN;
SELECT plan(49);
\ir year.inc.sql

-- Nothing happens, and everybody says so.

SELECT is(tests.confirm_all('2026-10-01', '2027-08-01'), 84 * 11::bigint,
          'eleven months are confirmed by every office');
SELECT is(tests.kpi1('2027-10-01', 2570) ->> 'text_th', '๕',
          'no complaint and every due month confirmed is 5');
SELECT is(tests.kpi1('2027-10-01', 2570) -> 'pending_months', '1', 'September is not due yet');
SELECT is(tests.confirm_all('2027-09-01', '2027-09-01', '{TH-90}'), 83::bigint,
          'September is confirmed by all but one');
SELECT is(tests.kpi1('2027-10-07 23:59', 2570) ->> 'text_th', '๕',
          'on its due day nobody is silent');
SELECT is(tests.kpi1('2027-10-08', 2570) ->> 'text_th', '๕ (ยังไม่ยืนยัน)',
          'a day later the level is unconfirmed');
SELECT is(tests.kpi1('2027-10-08', 2570) ->> 'text_en', '5 (unconfirmed)', 'in English too');
SELECT is(tests.kpi1('2027-10-08', 2570) -> 'confirmed', 'false', 'and for machines');
SELECT is(tests.kpi1('2027-10-08', 2570) -> 'silent',
          '[{"unit": "TH-90", "name_th": "สำนักงานสถิติจังหวัดสงขลา",
             "name_en": "Songkhla Provincial Statistical Office", "months": ["2027-09"]}]',
          'the silent unit and its month are named');
SELECT is(tests.confirm('2027-10-20', 'head-TH-90', 'TH-90', '2027-09') -> 'late', 'true',
          'a late confirmation is marked');
SELECT is(tests.kpi1('2027-10-20', 2570) ->> 'text_th', '๕', 'and ends the silence');
SELECT is(tests.kpi1('2027-10-20', 2570) -> 'silent', '[]', 'nobody is named any more');

-- Complaints, one by one.

SELECT is(tests.kpi1('2027-10-20', 2570) ->> 'anonymous_share', NULL,
          'of no complaints no share is anonymous');
CREATE TEMPORARY TABLE complaint AS
SELECT v.n, tests.submit('2027-09-01 10:00', 'TH-50', '2027-08-30',
                         jsonb_build_object('class', c, 'identity', i, 'process', p)) AS id,
       tests.kpi1('2027-10-20', 2570) AS kpi1
FROM (VALUES (1, 'C1', 'anonymous', 'service'), (2, 'C2', 'letter', 'personnel'),
             (3, 'CX', 'named', 'procurement'), (4, 'C1', 'confidential', 'other'),
             (5, 'C1', 'named', 'production'), (6, 'C0', 'named', 'service'))
     AS v (n, c, i, p);
SELECT is((SELECT kpi1 -> 'level' FROM complaint AS c WHERE c.n = r.n), to_jsonb(r.level),
          r.n || ' complaints give ' || r.level)
FROM (VALUES (1, 4), (2, 3), (3, 2), (4, 1), (5, 1)) AS r (n, level);
SELECT is((SELECT kpi1 -> 'value' FROM complaint WHERE n = 5), '5', 'five are counted');
SELECT is((SELECT kpi1 -> 'by_class' FROM complaint WHERE n = 5),
          '{"C1": 3, "C2": 1, "CX": 1, "C0": 0, "CT": 0, "CI": 0, "CV": 0}', 'each in its class');
SELECT is((SELECT kpi1 ->> 'anonymous_share' FROM complaint WHERE n = 5), '40.00',
          'anonymous and anonymous letters are two of five');
SELECT is((SELECT kpi1 ->> 'anonymous_share' FROM complaint WHERE n = 3), '66.67',
          'two of three, to two decimals');
SELECT is((SELECT jsonb_object_agg(v ->> 'code', v -> 'value')
           FROM complaint, jsonb_array_elements(kpi1 -> 'variants') AS v WHERE n = 5),
          '{"c1_only": 3, "core_processes": 3, "duplicates_once": 5}',
          'corruption in office alone, the three processes alone, duplicates once');
SELECT is((SELECT jsonb_object_agg(v ->> 'code', v -> 'level')
           FROM complaint, jsonb_array_elements(kpi1 -> 'variants') AS v WHERE n = 5),
          '{"c1_only": 2, "core_processes": 2, "duplicates_once": 1}', 'each on the same scale');
SELECT is((SELECT kpi1 -> 'by_class' -> 'CX' FROM complaint WHERE n = 6), '2',
          'what an office calls C0 counts as CX');
SELECT is((SELECT kpi1 -> 'by_class' -> 'C0' FROM complaint WHERE n = 6), '0',
          'and not as C0');
SELECT is((SELECT office_class FROM register.complaint AS c JOIN complaint AS t ON t.id = c.id
           WHERE t.n = 6), 'C0', 'its opinion is kept');

-- What the legal group decides later moves a case between the lines and never out of "received".

UPDATE register.complaint SET class = 'C0' WHERE id = (SELECT id FROM complaint WHERE n = 5);
UPDATE register.complaint SET duplicate_of = (SELECT id FROM complaint WHERE n = 1)
WHERE id = (SELECT id FROM complaint WHERE n = 4);
SELECT is(tests.kpi1('2027-10-20', 2570) -> 'received', '6', 'received stays');
SELECT is(tests.kpi1('2027-10-20', 2570) -> 'value', '5', 'a C0 leaves the KPI');
SELECT is(tests.kpi1('2027-10-20', 2570) -> 'by_class' -> 'C0', '1', 'for a line of its own');
SELECT is(tests.kpi1('2027-10-20', 2570) -> 'distinct', '5', 'a duplicate counts once in distinct');
SELECT is(tests.kpi1('2027-10-20', 2570) #> '{variants,2,value}', '4',
          'and once in the KPI that would count duplicates once');
SELECT is((SELECT count(*) FROM register.complaint WHERE fy = 2570), 6::bigint, 'all are there');

-- The turn of the year.

CREATE TEMPORARY TABLE turn AS
SELECT r.k, tests.submit(r.entered, 'TH-90', r.received) AS id, r.fy, r.counted_on, r.late, r.promise
FROM (VALUES
    (1, '2027-10-03 09:00'::timestamptz, '2027-09-30'::date, 2570, '2027-09-30'::date, false,
     'received 30 September, entered 3 October: the old year'),
    (2, '2027-10-31 23:59', '2027-09-30', 2570, '2027-09-30', false,
     'entered on the closing day: the old year'),
    (3, '2027-11-01 00:00', '2027-09-30', 2571, '2027-11-01', true,
     'entered after the closing day: the new year, late, on the day it came'),
    (4, '2027-10-01 00:00', '2027-10-01', 2571, '2027-10-01', false,
     'received 1 October: the new year'),
    (5, '2027-09-30 23:59', '2027-09-30', 2570, '2027-09-30', false,
     'received and entered 30 September: the old year')
) AS r (k, entered, received, fy, counted_on, late, promise);
SELECT is(ROW(c.fy, c.counted_on, c.late)::text, ROW(t.fy, t.counted_on, t.late)::text, t.promise)
FROM turn AS t JOIN register.complaint AS c ON c.id = t.id ORDER BY t.k;
SELECT is(tests.kpi1('2027-11-05', 2570) -> 'received', '9', 'the old year has three more');
SELECT is(tests.kpi1('2027-11-05', 2571) -> 'received', '2', 'the new one two');
SELECT is(tests.kpi1('2027-11-05', 2571) -> 'late', '1', 'one of them late');
SELECT is(tests.get('score_get', '2027-10-31 12:00', 'auditor', '{"fy": "2570"}') -> 'closed',
          'false', 'on its closing day a year is open');
SELECT is(tests.get('score_get', '2027-11-01', 'auditor', '{"fy": "2570"}') -> 'closed', 'true',
          'the day after it is closed');
SELECT is(tests.kpi1('2027-10-20', 2571) -> 'confirmed', 'true',
          'in October of the new year no month is due');
SELECT is(tests.kpi1('2027-10-20', 2571) -> 'pending_months', '12', 'twelve are still to come');

-- Who owes a confirmation.

UPDATE register.unit SET active_from = '2027-06-15' WHERE code = 'TH-27';
SELECT is((SELECT array_agg(m.month ORDER BY m.month)
           FROM rules.unit_month('2027-10-20', 2570) AS m WHERE m.unit = 'TH-27'),
          '{2027-06-01,2027-07-01,2027-08-01,2027-09-01}'::date[],
          'a unit owes the months from the one it became active in');
UPDATE register.unit SET active_from = '2016-10-01', active_to = '2026-11-01' WHERE code = 'TH-27';
SELECT is((SELECT array_agg(m.month ORDER BY m.month)
           FROM rules.unit_month('2027-10-20', 2570) AS m WHERE m.unit = 'TH-27'),
          '{2026-10-01,2026-11-01}'::date[], 'and until the one it closed in');
SELECT is((SELECT count(*) FROM rules.unit_month('2027-10-20', 2570) AS m
           JOIN register.unit AS u ON u.code = m.unit
           WHERE u.kind NOT IN ('provincial', 'central')), 0::bigint,
          'the legal group, its alternate, the director and audit owe none');
UPDATE register.unit SET active_from = '2028-10-01', active_to = NULL;
SELECT is(tests.kpi1('2027-10-20', 2570) ->> 'text_th', '๑ (ยังไม่ยืนยัน)',
          'a year in which no unit was active is confirmed by nobody');

SELECT * FROM finish();
ROLLBACK;
