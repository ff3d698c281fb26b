-- Principals: administrators change them; custodian, head and admin take two.
BEGIN;
SELECT plan(60);
\ir year.inc.sql

CREATE FUNCTION tests.person(change jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_strip_nulls(
        '{"name": "TH-11", "name_th": "เจ้าหน้าที่รับเรื่อง", "name_en": "Receiving officer",
          "unit": "TH-11", "roles": ["officer"], "active": true}'::jsonb || change)
$$;
CREATE FUNCTION tests.set(at timestamptz, actor text, change jsonb DEFAULT '{}') RETURNS integer
LANGUAGE sql AS $$ SELECT status FROM tests.post('principal_set', at, actor, tests.person(change)) $$;
CREATE FUNCTION tests.roles(who text) RETURNS text LANGUAGE sql AS $$
    SELECT roles FROM register.principal WHERE name = who
$$;
CREATE FUNCTION tests.decide(at timestamptz, actor text, proposal uuid, decision text,
                             event_id uuid DEFAULT gen_random_uuid())
RETURNS jsonb LANGUAGE sql AS $$
    SELECT content FROM tests.call('proposal_decide', at, actor, jsonb_build_object('id', proposal),
                                   jsonb_build_object('event_id', event_id, 'decision', decision))
$$;
CREATE FUNCTION tests.newest() RETURNS uuid LANGUAGE sql AS $$
    SELECT (answer ->> 'proposal')::uuid FROM register.event WHERE kind = 'proposed'
    ORDER BY position DESC LIMIT 1
$$;

-- One is enough.

SELECT is(tests.set('2026-11-02', 'admin'), 201, 'an administrator adds an officer');
SELECT is(tests.set('2026-11-02', 'admin', '{"roles": ["unit_head", "officer"]}'), 200,
          'and changes him');
SELECT is(tests.roles('TH-11'), 'officer unit_head', 'roles stand in the taxonomy''s order');
SELECT is((SELECT content FROM tests.post('principal_set', '2026-11-02', 'admin', tests.person())),
          '{"name": "TH-11", "name_th": "เจ้าหน้าที่รับเรื่อง", "name_en": "Receiving officer",
            "unit": "TH-11", "roles": ["officer"], "active": true, "demo": false, "email": null}',
          'the answer is the principal');
SELECT is(tests.set('2026-11-02', 'admin', '{"roles": []}'), 200, 'he may have no role');
SELECT is(tests.set('2026-11-02', 'admin', '{"name": "custodian-3", "unit": "C-HR", "roles": []}'),
          200, 'a custodian is revoked by one');
SELECT is(tests.roles('custodian-3'), '', 'at once');
SELECT is(tests.set('2026-11-02', 'admin', '{"active": false}'), 200, 'a principal is put to sleep');
SELECT throws_ok($$SELECT tests.get('unit_list', '2026-11-02', 'TH-11')$$, 'ZG403', NULL,
                 'and does nothing any more');

SELECT throws_ok(
    format('SELECT tests.set(''2026-11-02'', %L, %L)', r.actor, r.change), r.code, r.message,
    r.promise)
FROM (VALUES
    ('head', '{}', 'ZG403', NULL, 'the head of the legal group is no administrator'),
    ('auditor', '{}', 'ZG403', NULL, 'nor is the auditor'),
    ('TH-50', '{}', 'ZG403', NULL, 'nor is an officer'),
    ('admin', '{"name": "a,b"}', 'ZG422', NULL, 'a name has no comma'),
    ('admin', '{"unit": "TH-10"}', 'ZG422', '/unit is not a known unit', 'a unit is a known one'),
    ('admin', '{"roles": ["king"]}', 'ZG422', '/roles must be a list of known codes',
     'a role is a known one'),
    ('admin', '{"roles": "officer"}', 'ZG422', NULL, 'roles are a list'),
    ('admin', '{"roles": [1]}', 'ZG422', NULL, 'of texts'),
    ('admin', '{"active": "yes"}', 'ZG422', '/active must be true or false', 'active is a boolean'),
    ('admin', '{"active": null}', 'ZG422', NULL, 'and not left out'),
    ('admin', '{"demo": true}', 'ZG422', NULL, 'an unknown member is refused')
) AS r (actor, change, code, message, promise);

-- Two.

SELECT is(tests.set('2026-11-02', 'admin', jsonb_build_object('name', 'new-' || r, 'unit', 'C-ICT',
                                                              'roles', jsonb_build_array(r))),
          202, 'to grant ' || r || ' is a proposal')
FROM unnest('{custodian,head,admin}'::text[]) AS r;
SELECT is((SELECT count(*) FROM register.principal WHERE name LIKE 'new-%'), 0::bigint,
          'nothing of it is done');
SELECT is((SELECT content -> 'expires_at' FROM tests.post('principal_set', '2026-11-02', 'admin',
              tests.person('{"name": "TH-50", "unit": "TH-50", "roles": ["officer", "custodian"]}'))),
          '"2026-11-16T00:00:00+07:00"', 'it waits fourteen days');
SELECT is(tests.roles('TH-50'), 'officer', 'the principal stays as he is');
SELECT is(tests.set('2026-11-02', 'admin', '{"name": "custodian-1", "unit": "C-ADMIN",
                     "roles": ["custodian"]}'), 200, 'to keep a role takes nobody');
UPDATE register.principal SET active = false WHERE name = 'custodian-2';
SELECT is(tests.set('2026-11-02', 'admin', '{"name": "custodian-2", "unit": "AUDIT",
                     "roles": ["custodian"]}'), 202, 'to wake a custodian grants the role');

-- The second.

SELECT is(tests.set('2026-11-02', 'admin', '{"name": "new", "unit": "LEGAL", "roles": ["head"]}'),
          202, 'somebody shall be head');
SELECT throws_ok(format('SELECT tests.decide(%L, %L, tests.newest(), %L)', r.at, r.actor, r.decision),
                 r.code, r.message, r.promise)
FROM (VALUES
    ('2026-11-03', 'admin', 'approve', 'ZG403', 'a second person decides on what you proposed',
     'the proposer does not approve'),
    ('2026-11-03', 'admin', 'reject', 'ZG403', NULL, 'nor reject'),
    ('2026-11-03', 'head', 'approve', 'ZG404', 'there is nothing here that you may see',
     'for who is no administrator there is no proposal'),
    ('2026-11-03', 'auditor', 'approve', 'ZG404', NULL, 'the auditor reads and does not decide'),
    ('2026-11-03', 'nobody', 'approve', 'ZG403', NULL, 'nobody unknown decides'),
    ('2026-11-03', 'admin-2', 'perhaps', 'ZG422', NULL, 'a decision is one of two'),
    ('2026-11-16', 'admin-2', 'approve', 'ZG409', 'the proposal has expired',
     'after fourteen days it is too late')
) AS r (at, actor, decision, code, message, promise);
SELECT throws_ok($$SELECT tests.call('proposal_decide', '2026-11-03', 'admin-2', '{"id": "x"}',
                     '{"event_id": "7b0f8d3e-0000-4000-8000-000000000002",
                       "decision": "approve"}')$$, 'ZG404', NULL, 'what is no proposal is not there');
SELECT is((SELECT array_agg(tests.decide('2026-11-15 23:59', 'admin-2', tests.newest(), 'approve',
                                         '7b0f8d3e-0000-4000-8000-000000000003') ->> 'status')
           FROM generate_series(1, 2)), '{approved,approved}',
          'another administrator approves; sent twice, it is done once');
SELECT is(tests.roles('new'), 'head', 'then it is done');
SELECT lives_ok($$SELECT tests.get('score_get', '2026-11-15', 'new', '{"fy": "2570"}')$$,
                'and the role is held');
SELECT throws_ok($$SELECT tests.decide('2026-11-15', 'admin-2', tests.newest(), 'reject')$$,
                 'ZG409', 'the proposal is decided', 'what is decided stays');
SELECT is((SELECT ROW(e.actor, e.fields ->> 'proposed_by', e.fields #>> '{after,name}')::text
           FROM register.event AS e WHERE e.kind = 'approved'), '(admin-2,admin,new)',
          'one event names both people and what they did');

SELECT is(tests.set('2026-11-02', 'admin', '{"name": "TH-90", "unit": "TH-90",
                     "roles": ["officer", "admin"]}'), 202, 'somebody shall be administrator');
SELECT is(tests.decide('2026-11-03', 'admin-2', tests.newest(), 'reject') ->> 'status', 'rejected',
          'the other rejects');
SELECT is(tests.roles('TH-90'), 'officer', 'and nothing is done');

SELECT is(tests.set('2026-11-02', 'admin', '{"name": "TH-90", "unit": "TH-90",
                     "roles": ["officer", "admin"]}'), 202, 'he shall be, after all');
SELECT is(tests.set('2026-11-03', 'admin-2', '{"name": "TH-90", "unit": "TH-90", "roles": [],
                     "active": false}'), 200, 'meanwhile he is put to sleep');
SELECT throws_ok($$SELECT tests.decide('2026-11-04', 'admin-2', tests.newest(), 'approve')$$,
                 'ZG409', 'the principal has changed since this was proposed',
                 'a proposal does not undo what came after it');

-- Who reads what.

SELECT is((SELECT count(*) FROM jsonb_array_elements(tests.get('proposal_list', '2026-11-20', r.actor)
                                                     -> 'items')), r.items::bigint, r.promise)
FROM (VALUES ('admin', 8, 'the proposer sees his proposals'),
             ('admin-2', 8, 'so does who may decide'), ('auditor', 8, 'and the auditor'),
             ('head', 0, 'nobody else')) AS r (actor, items, promise);
SELECT is((SELECT jsonb_object_agg(s.status, s.n) FROM (
               SELECT i ->> 'status' AS status, count(*) AS n FROM jsonb_array_elements(
                   tests.get('proposal_list', '2026-11-20', 'auditor') -> 'items') AS i
               GROUP BY 1) AS s),
          '{"approved": 1, "rejected": 1, "expired": 6}', 'what waited too long is expired');
SELECT throws_ok(format('SELECT tests.get(''principal_list'', ''2026-11-20'', %L)', r), 'ZG403', NULL,
                 r || ' reads no principals')
FROM unnest('{head,TH-50,director}'::text[]) AS r;
SELECT is((SELECT count(*) FROM jsonb_array_elements(tests.get('principal_list', '2026-11-20', r)
                                                     -> 'items')),
          (SELECT count(*) FROM register.principal), r || ' reads them')
FROM unnest('{admin,auditor}'::text[]) AS r;

-- The rules of counting are there for everybody.

SELECT is((SELECT i ->> 'scale' FROM jsonb_array_elements(tests.get('rule_list', '2026-11-20', 'TH-50')
                                                         -> 'items') AS i
           WHERE i ->> 'code' = 'kpi1'),
          '{"1": "4", "2": "3", "3": "2", "4": "1", "5": "0"}', 'the scale of KPI 1');
SELECT is((SELECT count(*) FROM jsonb_array_elements(tests.get('rule_list', '2026-11-20', 'TH-50')
                                                     -> 'items') AS i,
                                jsonb_array_elements(i -> 'levels') AS l), 10::bigint,
          'the levels of 4.1 and 4.2');

SELECT * FROM finish();
ROLLBACK;
