-- Who gets a complaint, who must not see it, and from which series its number comes.
BEGIN;
SELECT plan(30);

-- A deputy, a second officer and a second legal officer to be hidden from
INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('TH-50-deputy', 'ก', 'a', 'TH-50', 'unit_head'),
    ('TH-50-second', 'ข', 'b', 'TH-50', 'officer unit_head'),
    ('auditor-2', 'ค', 'c', 'AUDIT', 'auditor');
UPDATE register.unit SET deputy = 'TH-50-deputy' WHERE code = 'TH-50';

-- {route, series, the principals who are hidden from it}
CREATE FUNCTION pg_temp.routed(n integer, item jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM tests.submit('2026-11-10 09:00+07',
                         jsonb_build_object('id', n, 'actor', 'TH-50') || item);
    RETURN (SELECT concat_ws(' ', f.route, split_part(f.ref, '/', 1),
                             (SELECT string_agg(x.code, ',' ORDER BY x.code)
                              FROM register.case_excluded AS x
                              WHERE x.complaint = f.id AND x.kind = 'principal'))
            FROM register.complaint AS f WHERE f.id = tests.id(n));
END;
$$;

SELECT is(pg_temp.routed(k::integer, item), expected, promise)
FROM (VALUES
    (1, '{}'::jsonb, 'legal TH-50', 'the legal group by default'),
    (2, '{"accused_role": "other", "accused_unit": "TH-50"}', 'legal TH-50',
     'whoever is accused of the unit''s others'),
    (3, '{"accused_role": "unknown"}', 'legal TH-50', 'or nobody known'),
    (4, '{"accused_role": "director"}', 'external ล director,head,investigator,legal,triager',
     'the director accused: outside, hidden from him and the legal group'),
    (5, '{"accused_role": "deputy_director"}', 'external ล director,head,investigator,legal,triager',
     'a deputy director accused: the same'),
    (6, '{"accused": "director"}', 'external ล director,head,investigator,legal,triager',
     'the director accused by name: the same'),
    (7, '{"accused_unit": "DIRECTOR"}', 'external ล director,head,investigator,legal,triager',
     'or by his unit'),
    (8, '{"conflict": "director"}', 'legal TH-50 director',
     'the director in conflict is only hidden from'),
    (9, '{"accused_role": "legal_head"}', 'alternate ล head,investigator,legal,triager',
     'the head of the legal group accused: the alternate'),
    (10, '{"accused_role": "legal_staff"}', 'alternate ล head,investigator,legal,triager',
     'an officer of it: the same'),
    (11, '{"accused_unit": "LEGAL"}', 'alternate ล head,investigator,legal,triager',
     'the whole group: the same'),
    (12, '{"accused": "triager"}', 'alternate ล head,investigator,legal,triager',
     'one of them by name: the same'),
    (13, '{"conflict": "triager"}', 'alternate ล head,investigator,legal,triager',
     'or in conflict'),
    (14, '{"conflict": "LEGAL"}', 'alternate ล head,investigator,legal,triager',
     'or all of them in conflict'),
    (15, '{"accused_role": "director", "conflict": "LEGAL"}',
     'external ล director,head,investigator,legal,triager', 'outside comes before the alternate'),
    (16, '{"accused": "alt-head", "conflict": "LEGAL"}',
     'alternate ล alt-head,head,investigator,legal,triager', 'named principals are always hidden from'),
    (17, '{"accused": "TH-90,auditor"}', 'legal TH-50 TH-90,auditor',
     'those of other units without a trace in the numbers'),
    (18, '{"accused_role": "unit_head"}', 'legal ล TH-50-deputy,TH-50-head',
     'the head of the receiving unit: head and deputy, central number'),
    (19, '{"accused_role": "unit_officer"}', 'legal ล TH-50,TH-50-second',
     'its officer: all its officers, who sent it included'),
    (20, '{"accused": "TH-50-head"}', 'legal ล TH-50-head',
     'somebody of the receiving unit by name: central number'),
    (21, '{"conflict": "TH-50"}', 'legal ล TH-50,TH-50-deputy,TH-50-head,TH-50-second',
     'the receiving unit in conflict: all of it'),
    (22, '{"accused_role": "unit_head", "actor": "TH-90"}', 'legal ล',
     'a head not yet in the register: central number all the same')
) AS t (k, item, expected, promise);

SELECT is(tests.call('complaint_get', 'TH-50', '{"id": "00000000-0000-4000-8000-000000000013"}'),
          tests.call('complaint_get', 'TH-50', '{"id": "00000000-0000-4000-8000-0000000000ff"}'),
          'from whom it is hidden it looks as if it did not exist');
SELECT is(tests.call('complaint_get', 'TH-50', '{"id": "00000000-0000-4000-8000-000000000013"}')
              ->> 'error', 'ZG404', 'which is a 404');
SELECT is(tests.call('complaint_get', 'alt-head', '{"id": "00000000-0000-4000-8000-000000000009"}')
              ->> 'status', '200', 'the alternate sees its cases');
SELECT is(tests.call('complaint_get', 'alt-head', '{"id": "00000000-0000-4000-8000-000000000004"}')
              ->> 'status', '200', 'and those that go outside');
SELECT is(tests.call('complaint_get', 'alt-head', '{"id": "00000000-0000-4000-8000-000000000001"}')
              ->> 'error', 'ZG404', 'but none of the legal group''s');
UPDATE register.principal SET unit = 'AUDIT', roles = 'auditor' WHERE name = 'triager';
SELECT is(tests.call('complaint_get', 'triager', '{"id": "00000000-0000-4000-8000-00000000000b"}')
              ->> 'error', 'ZG404', 'who leaves the legal group does not come to see it');
SELECT is(tests.call('complaint_get', 'auditor-2', '{"id": "00000000-0000-4000-8000-00000000000b"}')
              ->> 'status', '200', 'though other auditors do');
INSERT INTO register.principal (name, name_th, name_en, unit, roles)
VALUES ('new-auditor', 'ง', 'd', 'LEGAL', 'auditor');
SELECT is(tests.call('complaint_get', 'new-auditor',
                     '{"id": "00000000-0000-4000-8000-00000000000b"}') ->> 'error',
          'ZG404', 'nor does who joins it later');

SELECT * FROM finish();
ROLLBACK;
