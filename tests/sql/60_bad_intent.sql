-- What somebody with bad intent tries: an accused official, an administrator, a curious head.
BEGIN;
SELECT plan(44);
\ir year.inc.sql

-- Routing: whoever would handle a case about himself does not get it
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('acting', 'ผู้รักษาราชการแทน', 'Acting head', 'TH-90', 'unit_head'),
    ('legal-officer', 'เจ้าหน้าที่รับเรื่อง กลุ่มนิติการ', 'Receiving officer', 'LEGAL', 'officer'),
    ('auditor-2', 'ผู้ตรวจสอบภายใน', 'Auditor', 'AUDIT', 'auditor');
UPDATE register.unit SET deputy = 'acting' WHERE code IN ('TH-50', 'LEGAL');
CREATE FUNCTION tests.route(n integer, item jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tests.submit('2026-12-10 09:00+07', jsonb_build_object('id', n) || item);
    RETURN (SELECT f.route || ' ' || split_part(f.ref, '/', 1)
            FROM register.complaint AS f WHERE f.id = tests.id(n));
END;
$$;
CREATE FUNCTION tests.sees(who text, n integer) RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM rules.case_seen AS s WHERE s.viewer = who AND s.id = tests.id(n))
$$;
SELECT is(tests.route(k::integer, item), expected, promise)
FROM (VALUES
    (1, '{"actor": "legal", "accused_role": "unit_head"}'::jsonb, 'alternate ล',
     'the head of the unit that received it is the head of the legal group: the alternate'),
    (2, '{"actor": "legal-officer", "accused_role": "unit_officer"}', 'alternate ล',
     'the same of its officers'),
    (3, '{"actor": "TH-50", "accused": "acting"}', 'alternate ล',
     'the deputy of the legal group is of the legal group, whatever his own unit'),
    (4, '{"actor": "TH-50", "accused_unit": "AUDIT"}', 'legal TH-50', 'a unit accused of another'),
    (5, '{"actor": "TH-50", "conflict": "TH-50"}', 'legal ล', 'the receiving unit in conflict'),
    (6, '{"actor": "TH-50"}', 'legal TH-50', 'nobody in particular')
) AS t (k, item, expected, promise);
SELECT ok(NOT tests.sees('legal', 2) AND NOT tests.sees('head', 1),
          'nobody of the legal group sees the cases about it');
SELECT ok(NOT tests.sees('auditor', 4), 'an auditor does not see the case about his unit');
SELECT ok(tests.sees('auditor', 6), 'but those about others');
SELECT ok(EXISTS (SELECT FROM register.case_excluded AS x
                  WHERE x.complaint = tests.id(5) AND x.code = 'acting'),
          'an acting head is hidden from what the unit is hidden from');

-- Counts: who is accused does not learn it from a number
SELECT tests.post('box_opening_add', '2026-12-10', 'TH-50',
    '{"id": "5c1d0000-0000-4000-8000-000000000001", "opened_on": "2026-12-09",
      "openers": ["ก", "ข"], "seal_before": "1", "seal_after": "2", "items": 4}') \g /dev/null
SELECT tests.submit('2026-12-10', 'TH-50', '2026-12-09', f || '{"channel": "box",
                    "box": "5c1d0000-0000-4000-8000-000000000001"}')
FROM (VALUES ('{}'::jsonb), ('{"accused_role": "unit_head"}'), ('{"accused_role": "unit_officer"}'),
             ('{"accused_role": "legal_head"}')) AS t (f) \g /dev/null
CREATE FUNCTION tests.box(who text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', i ->> 'complaints', i ->> 'missing')
    FROM jsonb_array_elements(tests.get('box_opening_list', '2026-12-11', who) -> 'items') AS i
$$;
SELECT is(tests.box(who), counts, promise)
FROM (VALUES ('auditor', '4 0', 'a box had four complaints'),
             ('head-TH-50', '3 1', 'the head does not find the one about him among them'),
             ('TH-50', '3 1', 'nor does the officer'),
             ('head', '3 1', 'nor does the legal group')) AS t (who, counts, promise);
UPDATE register.unit SET head = NULL, deputy = NULL WHERE code = 'TH-11';
DELETE FROM register.principal WHERE name = 'head-TH-11';
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('TH-11', 'เจ้าหน้าที่รับเรื่อง', 'Officer', 'TH-11', 'officer');
SELECT tests.post('box_opening_add', '2026-12-10', 'TH-11',
    '{"id": "5c1d0000-0000-4000-8000-000000000002", "opened_on": "2026-12-09",
      "openers": ["ก", "ข"], "seal_before": "1", "seal_after": "2", "items": 3}') \g /dev/null
SELECT tests.submit('2026-12-10', 'TH-11', '2026-12-09', f || '{"channel": "box",
                    "box": "5c1d0000-0000-4000-8000-000000000002"}')
FROM (VALUES ('{}'::jsonb), ('{"accused_role": "unit_head"}'), ('{"accused_role": "unit_officer"}'))
     AS t (f) \g /dev/null
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('TH-11-head', 'สถิติจังหวัด', 'Head', 'TH-11', 'unit_head'),
    ('TH-11-new', 'เจ้าหน้าที่รับเรื่อง', 'Officer', 'TH-11', 'officer');
UPDATE register.unit SET head = 'TH-11-head' WHERE code = 'TH-11';
SELECT tests.confirm('2027-01-04', 'TH-11-head', 'TH-11', '2026-12', 2) \g /dev/null
SELECT tests.submit('2027-01-05', 'TH-11', '2026-12-09', f)
FROM (VALUES ('{}'::jsonb), ('{"accused_role": "unit_head"}'), ('{"accused_role": "unit_officer"}'))
     AS t (f) \g /dev/null
CREATE FUNCTION tests.month(who text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', i ->> 'visible', i ->> 'after')
    FROM jsonb_array_elements(tests.get('return_list', '2027-01-06', who,
                                        '{"fy": "2570", "unit": "TH-11"}') -> 'items') AS i
    WHERE i ->> 'month' = '2026-12'
$$;
SELECT is(tests.box('TH-11-head') || ', ' || tests.month('TH-11-head'), '2 1, 4 2',
          'nor a head who came into the register after the case');
SELECT is(tests.box('TH-11-new') || ', ' || tests.month('TH-11-new'), '2 1, 2',
          'nor an officer who did');
SELECT is(tests.month('auditor'), '3', 'the auditor is told all that came after');

-- Scores say that hidden cases wait, not since when
SELECT is(i ->> 'text_en', 'central series: 12 overdue and not registered', 'no day of a hidden case')
FROM jsonb_array_elements(tests.level('2027-01-20', 2570, '4.1', 4) -> 'missing') AS i
WHERE NOT i ? 'unit';
SELECT alike(i ->> 'text_en', '%: 2 overdue and not registered, accepted from 2026-12-10 to 2027-01-05',
             'the others with theirs')
FROM jsonb_array_elements(tests.level('2027-01-20', 2570, '4.1', 4) -> 'missing') AS i
WHERE i ->> 'unit' = 'TH-11';

-- A cursor tells no place in the order of everything
SELECT is(string_agg(position(int8send(c.position) IN decode(translate(t.cursor, '-_', '+/'), 'base64'))::text, ' ')
              || ', ' || count(DISTINCT t.cursor) || ' of ' || count(DISTINCT c.id), '0 0, 2 of 1',
          'nor one that two who were shown the same could compare')
FROM (SELECT a #>> '{content,next}' AS cursor, a #>> '{content,items,0,id}' AS id
      FROM unnest(ARRAY['head', 'triager']) AS who,
           tests.call('complaint_list', who, '{"limit": "1"}') AS a) AS t
JOIN register.complaint AS c ON c.id::text = t.id;

-- A list looks at what may be the caller's, not at the whole register
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('alt-all', 'ก', 'a', 'ALT', 'officer intake investigator'),
    ('triager-elsewhere', 'ข', 'b', 'C-SOC', 'triager investigator');
SELECT tests.submit('2027-02-10', 'alt-all', '2027-02-09', f)
FROM (VALUES ('{}'::jsonb), ('{"accused_role": "legal_head"}')) AS t (f) \g /dev/null
UPDATE register.complaint SET investigator = 'alt-all'
WHERE submitter IN ('alt-all', 'TH-11') OR id IN (tests.id(1), tests.id(6));
CREATE FUNCTION tests.listed(who text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT coalesce(jsonb_agg(i ->> 'id' ORDER BY i ->> 'id'), '[]')
    FROM jsonb_array_elements(tests.call('complaint_list', who) #> '{content,items}') AS i
$$;
SELECT is(tests.listed(who),
          (SELECT coalesce(jsonb_agg(s.id ORDER BY s.id::text), '[]') FROM rules.case_seen AS s
           WHERE s.viewer = who), who || ' lists each case that he sees once')
FROM unnest('{alt-all,alt-head,triager-elsewhere,TH-11,legal,auditor}'::text[]) AS w (who);

-- An administrator
CREATE FUNCTION tests.person(name text, unit text, roles jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('name', name, 'name_th', 'ก', 'name_en', 'a', 'unit', unit,
                              'roles', roles, 'active', true)
$$;
SELECT is((SELECT status FROM tests.post('principal_set', '2026-12-10', 'admin',
                                         tests.person(name, unit, roles))), expected, promise)
FROM (VALUES
    ('head', 'ALT', '["head"]'::jsonb, 202, 'to make a head the head of another group takes two'),
    ('custodian-1', 'AUDIT', '["custodian"]', 202, 'so does moving a custodian'),
    ('TH-50', 'TH-90', '["officer"]', 200, 'to move an officer does not')
) AS t (name, unit, roles, expected, promise);
SELECT throws_ok(format('SELECT tests.post(''principal_set'', ''2026-12-10'', ''admin'', %L)',
                        tests.person(name, 'C-ICT', roles)), code, message, promise)
FROM (VALUES
    ('admin-2', '["admin", "auditor"]'::jsonb, 'ZG422',
     '/roles: an administrator neither scores nor reads cases', 'no administrator audits'),
    ('new', '["admin", "triager"]', 'ZG422', NULL, 'nor triages'),
    ('admin', '["intake"]', 'ZG403', 'another administrator changes you',
     'nobody changes himself'),
    ('admin', '["admin"]', 'ZG403', NULL, 'not even his name')
) AS t (name, roles, code, message, promise);

SELECT throws_ok($$SELECT rules.principal_store(p, true) FROM register.principal AS p
                   WHERE p.name = 'legal'$$, 'ZG409', NULL,
                 'who was added meanwhile is not written over');

-- Nothing un-counts, not even for the owner
SET LOCAL ROLE grievd_owner;
SELECT throws_ok(statement, '23001', NULL, promise)
FROM (VALUES
    ('UPDATE register.content SET body = NULL', 'a text is not changed'),
    ('UPDATE register.complaint SET fy = 2571', 'nor moved to another year'),
    ('UPDATE register.complaint SET counted_on = ''2026-10-01''', 'nor to another month'),
    ('DELETE FROM register.proposal', 'a proposal is not deleted'),
    ('DELETE FROM register.counter', 'no number is given twice')
) AS t (statement, promise);
RESET ROLE;

-- Codes: a daemon refuses a register with others, and ล is the central series
SELECT throws_ok(statement, '23514', NULL, promise)
FROM (VALUES
    ($$INSERT INTO register.unit (code, name_th, name_en, kind, active_from)
       VALUES ('ล', 'ก', 'a', 'central', '2026-10-01')$$, 'no unit has the central series'),
    ($$INSERT INTO register.principal (name, name_th, name_en, unit)
       VALUES ('สมชาย', 'ก', 'a', 'TH-50')$$, 'a principal has a code for a name')
) AS t (statement, promise);

-- Texts: what moves a terminal's cursor is refused
SELECT throws_ok(format('SELECT rules.text_member(%L, ''x'')', jsonb_build_object('x', E'a\u009bb')),
                 'ZG422', NULL, 'a C1 control character is refused');
SELECT is(rules.text_member(jsonb_build_object('x', E'a\u00a0ก'), 'x'), E'a\u00a0ก',
          'what comes after them is text');

-- Who sleeps can be accused
UPDATE register.principal SET active = false WHERE name = 'triager';
SELECT is(tests.call('reference', '') #>> '{content,principals,triager}', 'LEGAL',
          'somebody put to sleep can be named');

SELECT * FROM finish();
ROLLBACK;
