-- Units: everybody reads them, administrators change them, and what is owed stays owed.
BEGIN;
SELECT plan(32);
\ir year.inc.sql

CREATE FUNCTION tests.unit(change jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_strip_nulls(
        '{"code": "TH-50", "name_th": "สำนักงานสถิติจังหวัดเชียงใหม่",
          "name_en": "Chiang Mai Provincial Statistical Office", "kind": "provincial",
          "head": "head-TH-50", "active_from": "2016-10-01"}'::jsonb || change)
$$;
SELECT is((SELECT status FROM tests.post('unit_set', '2026-11-02', 'admin',
              tests.unit('{"head": "TH-50-head", "deputy": "head-TH-50"}'))), 200,
          'an administrator changes head and deputy');
SELECT is((SELECT head || ' ' || deputy FROM register.unit WHERE code = 'TH-50'),
          'TH-50-head head-TH-50', 'and they are changed');
SELECT lives_ok($$SELECT tests.confirm('2026-11-02', 'TH-50-head', 'TH-50', '2026-10')$$,
                'the new head confirms at once');
SELECT is((SELECT status FROM tests.post('unit_set', '2026-11-02', 'admin', tests.unit())), 200,
          'a member left out becomes none');
SELECT is((SELECT deputy FROM register.unit WHERE code = 'TH-50'), NULL, 'no deputy any more');
SELECT is((SELECT status FROM tests.post('unit_set', '2026-11-02', 'admin',
              tests.unit('{"code": "C-NEW", "kind": "central", "parent": "DIRECTOR",
                           "active_from": "2027-01-01"}'))), 201, 'a new unit');
SELECT is((SELECT fields -> 'after' ->> 'code' FROM register.event WHERE kind = 'unit_set'
           ORDER BY position DESC LIMIT 1), 'C-NEW', 'every change is an event');

SELECT throws_ok(
    format('SELECT tests.post(''unit_set'', ''2026-11-02'', %L, %L)', r.actor,
           tests.unit(r.change::jsonb)), r.code, r.message, r.promise)
FROM (VALUES
    ('head-TH-50', '{}', 'ZG403', NULL, 'a head does not change his unit'),
    ('head', '{}', 'ZG403', NULL, 'nor does the legal group'),
    ('auditor', '{}', 'ZG403', NULL, 'nor does the auditor'),
    ('admin', '{"code": "TH 50"}', 'ZG422', NULL, 'a code has no blanks'),
    ('admin', '{"name_th": null}', 'ZG422', '/name_th is missing', 'a unit has a Thai name'),
    ('admin', '{"kind": "regional"}', 'ZG422', '/kind is not a known code', 'a kind is a known one'),
    ('admin', '{"parent": "TH-50"}', 'ZG422', '/parent is not another unit of the register',
     'no unit is its own parent'),
    ('admin', '{"head": "nobody"}', 'ZG422', '/head is not a principal of the register',
     'a head is in the register'),
    ('admin', '{"deputy": "nobody"}', 'ZG422', NULL, 'so is a deputy'),
    ('admin', '{"deputy": "head-TH-50"}', 'ZG422', '/deputy must be somebody else than /head',
     'the deputy is somebody else'),
    ('admin', '{"active_to": "2016-09-30"}', 'ZG422', NULL, 'nothing ends before it begins'),
    ('admin', '{"active_from": "2027-10-01"}', 'ZG409', NULL,
     'a silent unit cannot be made younger than its silence'),
    ('admin', '{"active_from": "2010-10-01"}', 'ZG409', NULL, 'nor older'),
    ('admin', '{"active_to": "2026-10-31"}', 'ZG409', NULL, 'nor closed before today'),
    ('admin', '{"kind": "audit"}', 'ZG409', NULL, 'nor turned into one that owes nothing'),
    ('admin', '{"demo": true}', 'ZG422', NULL, 'an unknown member is refused')
) AS r (actor, change, code, message, promise);
SELECT is((SELECT status FROM tests.post('unit_set', '2026-11-02', 'admin',
              tests.unit('{"active_to": "2026-11-02"}'))), 200, 'a unit closes today');
SELECT is((SELECT count(*) FROM rules.unit_month('2027-10-20', 2570) WHERE unit = 'TH-50'),
          2::bigint, 'and still owes the month it closed in');
SELECT is((SELECT status FROM tests.post('unit_set', '2026-11-02', 'admin',
              tests.unit('{"code": "C-NEW", "kind": "audit", "active_from": "2027-03-01"}'))), 200,
          'what has not begun may change altogether');

SELECT is((SELECT count(*) FROM jsonb_array_elements(tests.get('unit_list', '2026-11-02', r.actor)
                                                     -> 'items')),
          (SELECT count(*) FROM register.unit), r.actor || ' reads every unit')
FROM unnest('{TH-50,admin,auditor,committee}'::text[]) AS r (actor);
SELECT throws_ok($$SELECT tests.get('unit_list', '2026-11-02', 'nobody')$$, 'ZG403', NULL,
                 'nobody unknown does');
SELECT is((SELECT i FROM jsonb_array_elements(tests.get('unit_list', '2026-11-02', 'TH-90')
                                              -> 'items') AS i WHERE i ->> 'code' = 'LEGAL'),
          '{"code": "LEGAL", "name_th": "กลุ่มนิติการ", "name_en": "Legal Group", "kind": "legal",
            "parent": "C-ADMIN", "head": "head", "deputy": null, "active_from": "2016-10-01",
            "active_to": null, "demo": true}', 'a unit in full');

SELECT * FROM finish();
ROLLBACK;
