-- Envelopes: for whom they are, and who gets them opened.
BEGIN;
SELECT plan(27);

-- The body is sealed for the group that will have it, or not taken
SELECT is(tests.submit('2026-11-10 09:00+07', '{"id": 1, "actor": "TH-50"}'), '201 TH-50/2570/0001 RECEIVED legal',
          'sealed for the legal group: taken');
SELECT is(s.status || ' ' || s.stale || ' ' || s.detail,
          '409 true the unit of the submitter, or the rules of routing, have changed', p)
FROM (VALUES
    ('{"id": 2, "actor": "TH-50", "accused_role": "legal_head", "sealed_for": null}',
     'for the accused legal group: not taken'),
    ('{"id": 2, "actor": "TH-50", "accused_role": "director", "sealed_for": "alternate"}',
     'nor for another group than its own'),
    ('{"id": 2, "actor": "TH-50", "sealed_for": "alternate"}',
     'nor for the alternate without need')) AS t (item, p),
LATERAL tests.submit_all('2026-11-10 09:00+07', jsonb_build_array(t.item::jsonb)) AS s;
SELECT is(tests.submit('2026-11-10 09:00+07', '{"id": 2, "actor": "TH-50", "accused_role": "legal_head",
                               "sealed_for": "alternate"}'),
          '201 ล/2570/0001 RECEIVED alternate', 'for the alternate: taken');
SELECT is((SELECT string_agg(s.status::text, ' ' ORDER BY s.k) FROM tests.submit_all('2026-11-10 09:00+07', '[
           {"id": 3, "actor": "TH-50", "sealed_for": null},
           {"id": 4, "actor": "TH-50", "accused_role": "director", "sealed_for": null},
           {"id": 5, "actor": "TH-50", "accused_role": "director", "sealed_for": "external"}]') AS s),
          '201 409 201', 'one that is sealed for the wrong group holds nobody up');
SELECT is(tests.submit('2026-11-10 09:00+07', '{"id": 1, "actor": "TH-50"}'), '200 TH-50/2570/0001 RECEIVED legal',
          'a replay is the first one''s');

-- What the daemon chooses by
SELECT results_eq(
    $$SELECT r.fact, r.rules FROM rules.routing_codes() AS r
      WHERE r.fact IN ('accused_role', 'accused_unit') ORDER BY 1$$,
    $$VALUES ('accused_role', '{"director": [10, "external"], "deputy_director": [20, "external"],
                                "legal_head": [50, "alternate"], "legal_staff": [60, "alternate"]}'
                              ::jsonb),
             ('accused_unit', (SELECT jsonb_object_agg(u.code, CASE u.kind
                                          WHEN 'legal' THEN '[70, "alternate"]'::jsonb
                                          ELSE '[30, "external"]' END)
                               FROM register.unit AS u WHERE u.kind IN ('legal', 'director')))$$,
    'roles and units, each with the first rule for it');
SELECT is((SELECT r.rules -> 'triager' FROM rules.routing_codes() AS r
           WHERE r.fact = 'accused_principal'), '[80, "alternate"]', 'people by their unit''s kind');
SELECT is((SELECT r.rules ? 'TH-50' FROM rules.routing_codes() AS r WHERE r.fact = 'conflict'),
          false, 'nobody else is in it');

-- Opening
UPDATE register.complaint SET investigator = 'investigator' WHERE id = tests.id(3);
CREATE FUNCTION pg_temp.open(actor text, n integer, opens text DEFAULT '["legal"]')
RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.call_at('2026-11-10 10:00+07', 'complaint_open', actor,
                         jsonb_build_object('id', tests.id(n), 'opens', opens::jsonb), '{}')
$$;
SELECT is(coalesce(pg_temp.open(actor, n) ->> 'status', pg_temp.open(actor, n) ->> 'error'),
          expected, promise)
FROM (VALUES
    ('legal', 1, '200', 'intake of the legal group has its case opened'),
    ('triager', 1, '200', 'so has the triager'),
    ('head', 1, '200', 'and the head'),
    ('investigator', 3, '200', 'an investigator his assignment'),
    ('investigator', 1, 'ZG404', 'and nothing else'),
    ('alt-head', 1, 'ZG404', 'another group not'),
    ('legal', 2, 'ZG404', 'nor the accused one'),
    ('TH-50', 1, 'ZG403', 'nor the office that sent it'),
    ('auditor', 1, 'ZG403', 'nor the auditor'),
    ('custodian-1', 1, 'ZG403', 'nor a custodian'),
    ('alt-head', 2, '403', 'another instance does not open it')
) AS t (actor, n, expected, promise);
SELECT is((SELECT string_agg(e.actor || ' ' || e.kind, ', ' ORDER BY e.position)
           FROM register.event AS e WHERE e.complaint = tests.id(1)),
          'legal opened, triager opened, head opened', 'each opening is an event');
SELECT is((SELECT count(*) FROM register.event AS e WHERE e.complaint = tests.id(2)), 0::bigint,
          'nothing was opened, and nothing recorded');
SELECT is((pg_temp.open('alt-head', 2) -> 'content') - '{id,ref}'::text[], '{"route": "alternate"}',
          'of what it does not open an instance is told the route');
SELECT is(pg_temp.open('alt-head', 2, '["alternate", "external"]') #- '{content,id}' -> 'content',
          jsonb_build_object('ref', 'ล/2570/0001', 'route', 'alternate',
                             'body', 'YW4gZW52ZWxvcGU=',
                             'wraps', rules.base64(c.wraps), 'part_b', rules.base64(c.wraps),
                             'envelope_id', tests.id(2)),
          'its own gets the envelope')
FROM register.content AS c JOIN register.complaint AS f ON f.position = c.position
WHERE f.id = tests.id(2);
SELECT is((SELECT t -> 'kind' FROM jsonb_array_elements(
               tests.call('complaint_get', 'alt-head', jsonb_build_object('id', tests.id(2)))
               #> '{content,timeline}') AS t OFFSET 1), '"opened"', 'the timeline tells');
DELETE FROM register.content WHERE position = (SELECT position FROM register.complaint
                                               WHERE id = tests.id(1));
SELECT is(pg_temp.open('legal', 1) ->> 'error', 'ZG410', 'what is erased does not open');
SELECT * FROM finish();
ROLLBACK;
