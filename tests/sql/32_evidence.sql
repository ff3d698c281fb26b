-- Evidence: who records it, what each kind needs, who reads it, and when it counts.
BEGIN;
SELECT plan(52);
\ir year.inc.sql

CREATE FUNCTION tests.designation(change jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_strip_nulls(
        '{"kind": "designation", "criterion": "4.1", "unit": "TH-50", "order_no": "12/2569",
          "order_date": "2026-10-01", "valid_from": "2026-10-01"}'::jsonb || change)
$$;
SELECT is((SELECT status FROM tests.post('evidence_add', '2026-11-02', 'head', tests.designation())),
          201, 'the head of the legal group records evidence');
SELECT is((SELECT content - 'id' FROM tests.post('evidence_add', '2026-11-02', 'head',
              tests.designation('{"expires_on": "2027-03-31", "note": "แทนคำสั่งเดิม"}'))),
          '{"kind": "designation", "criterion": "4.1", "unit": "TH-50", "order_no": "12/2569",
            "order_date": "2026-10-01", "valid_from": "2026-10-01", "expires_on": "2027-03-31",
            "note": "แทนคำสั่งเดิม", "recorded_at": "2026-11-02T00:00:00+07:00",
            "recorded_by": "head"}', 'and gets back what was recorded');

SELECT is((SELECT content ->> 'officer' FROM tests.post('evidence_add', '2026-11-02', 'head',
              tests.designation('{"officer": "TH-50"}'))), 'TH-50', 'who is designated may be named');
SELECT throws_ok(
    format('SELECT tests.post(''evidence_add'', ''2026-11-02'', %L, %L)', r.actor,
           tests.designation(r.change::jsonb)), r.code, r.message, r.promise)
FROM (VALUES
    ('legal', '{}', 'ZG403', NULL, 'intake does not record evidence'),
    ('TH-50', '{}', 'ZG403', NULL, 'nor does an officer'),
    ('secretary', '{}', 'ZG403', NULL, 'nor does the secretary'),
    ('head', '{"kind": "rumour"}', 'ZG422', '/kind is not a known code', 'a kind is a known one'),
    ('head', '{"criterion": "4.2"}', 'ZG422', '/criterion is none that this kind serves',
     'a designation is no evidence for 4.2'),
    ('head', '{"unit": null}', 'ZG422', '/unit is missing', 'a designation names a unit'),
    ('head', '{"order_no": null}', 'ZG422', '/order_no is missing', 'and an order'),
    ('head', '{"order_date": null}', 'ZG422', '/order_date is missing', 'with its day'),
    ('head', '{"valid_from": null}', 'ZG422', '/valid_from is missing', 'and since when it counts'),
    ('head', '{"url": "https://example.go.th"}', 'ZG422', NULL, 'and has no address'),
    ('head', '{"officer": "TH-90"}', 'ZG422', '/officer is nobody of the unit',
     'an officer is designated by his own unit'),
    ('head', '{"unit": "TH-10"}', 'ZG422', '/unit is not a known unit', 'there is no TH-10'),
    ('head', '{"order_date": "2026-11-03"}', 'ZG422', '/order_date lies in the future',
     'an order of tomorrow is refused'),
    ('head', '{"expires_on": "2026-09-30"}', 'ZG422', '/expires_on lies before /valid_from',
     'nothing ends before it begins'),
    ('head', '{"document_sha256": "ABC"}', 'ZG422', NULL, 'a digest is 64 hex digits'),
    ('head', '{"note": "a\u0007"}', 'ZG422', NULL, 'control characters are refused'),
    ('head', '{"kind": "publication", "unit": null}', 'ZG422', NULL, 'a publication needs a url'),
    ('head', '{"kind": "publication", "unit": null, "url": "javascript:x", "audience": "external"}',
     'ZG422', '/url must begin with http:// or https://', 'which is one of the web'),
    ('head', '{"kind": "publication", "unit": null, "url": "https://example.go.th",
               "audience": "all"}', 'ZG422', '/audience must be internal or external',
     'and has one audience')
) AS r (actor, change, code, message, promise);

SELECT is((SELECT status FROM tests.post('evidence_add', '2026-11-02', 'alt-head',
              '{"kind": "regulation", "criterion": "4.2", "order_no": "1/2569",
                "order_date": "2026-10-01", "valid_from": "2026-10-01"}')), 201,
          'the head of the alternate may, too');
SELECT throws_ok('DELETE FROM register.evidence', '23001', NULL, 'evidence stays');

CREATE FUNCTION tests.pieces(at timestamptz, actor text, params jsonb) RETURNS bigint
LANGUAGE sql AS $$
    SELECT count(*) FROM jsonb_array_elements(tests.get('evidence_list', at, actor, params)
                                              -> 'items')
$$;
SELECT is(tests.pieces('2026-11-03', 'committee', '{}'), 4::bigint, 'a committee member reads all');
SELECT is(tests.pieces('2026-11-03', 'TH-50', '{}'), 3::bigint, 'an officer what names his unit');
SELECT is(tests.pieces('2026-11-03', 'TH-90', '{}'), 0::bigint, 'and nothing of another');
SELECT is(tests.pieces('2026-11-03', 'auditor', '{"criterion": "4.2"}'), 1::bigint,
          'one criterion at a time');
SELECT is(tests.pieces('2026-11-03', 'auditor', '{"kind": "designation"}'), 3::bigint,
          'one kind at a time');
SELECT is(tests.pieces('2026-11-03', 'auditor', '{"fy": "2569"}'), 0::bigint,
          'what began in October counts on no day of the year before');
SELECT is(tests.pieces('2026-11-03', 'auditor', '{"fy": "2570"}'), 4::bigint, 'but of this one');
SELECT is((SELECT count(*) FROM jsonb_array_elements(
               tests.get('evidence_list', r.at::timestamptz, 'auditor') -> 'items') AS i
           WHERE i -> 'expired' = 'true'), r.expired::bigint, r.promise)
FROM (VALUES ('2027-03-31', 0, 'on its last day a piece has not expired'),
             ('2027-04-01', 1, 'a day later it has')) AS r (at, expired, promise);

-- Ending it

CREATE FUNCTION tests.end_evidence(at timestamptz, body jsonb, actor text DEFAULT 'head', id uuid DEFAULT NULL)
RETURNS jsonb LANGUAGE sql AS $$
    SELECT content FROM tests.call('evidence_end', at, actor, jsonb_build_object('id', coalesce(id, (
        SELECT e.id FROM register.evidence AS e WHERE e.kind = 'regulation'))),
        jsonb_build_object('event_id', gen_random_uuid()) || body)
$$;
CREATE FUNCTION tests.regulation(day date) RETURNS text LANGUAGE sql AS $$
    SELECT f.present || ' ' || f.en FROM rules.evidence_finding(day, '4.2', 'regulation', NULL, NULL) AS f
$$;
SELECT throws_ok(
    format('SELECT tests.end_evidence(''2027-02-02'', %L, %L, %L)', r.body, r.actor, r.id), r.code, r.message, r.promise)
FROM (VALUES
    ('{"ended_on": "2027-02-01", "reason": "x"}', 'legal', NULL, 'ZG403', NULL, 'who does not record evidence does not end it'),
    ('{"ended_on": "2027-02-01", "reason": "x"}', 'secretary', NULL, 'ZG403', NULL, 'nor does who scores by it'),
    ('{"ended_on": "2027-02-01", "reason": "x"}', 'head', gen_random_uuid(), 'ZG404', NULL, 'what is not there is not ended'),
    ('{"reason": "x"}', 'head', NULL, 'ZG422', '/ended_on is missing', 'it ends on a day'),
    ('{"ended_on": "2027-02-01"}', 'head', NULL, 'ZG422', '/reason is missing', 'for a reason'),
    ('{"ended_on": "2027-02-03", "reason": "x"}', 'head', NULL, 'ZG422', '/ended_on lies in the future', 'which has come'))
     AS r (body, actor, id, code, message, promise);
SELECT throws_ok($$SELECT tests.end_evidence('2027-04-02', '{"ended_on": "2027-03-31", "reason": "x"}', 'head',
    (SELECT e.id FROM register.evidence AS e WHERE e.expires_on IS NOT NULL))$$, 'ZG422', NULL, 'before it expires by itself');
SELECT is(tests.end_evidence('2027-02-02', '{"ended_on": "2027-02-01", "reason": "มีระเบียบใหม่"}')
          - '{id,kind,criterion,order_no,order_date,valid_from,recorded_at,recorded_by}'::text[],
          '{"ended_on": "2027-02-01", "end_reason": "มีระเบียบใหม่", "ended_by": "head"}', 'who records it ends it');
SELECT throws_ok($$SELECT tests.end_evidence('2027-02-03', '{"ended_on": "2027-01-01", "reason": "x"}')$$, 'ZG409', NULL, 'once');
SELECT is(tests.regulation('2027-02-01'), 'true Regulation 1/2569 of 2026-10-01, valid from 2026-10-01 to 2027-02-01',
          'on its last day it counts');
SELECT is(tests.regulation('2027-02-02'), 'false Regulation 1/2569 of 2026-10-01, valid from 2026-10-01, ended after 2027-02-01',
          'a day later it does not');
SELECT is((SELECT jsonb_agg(jsonb_build_array(i -> 'ended_on', i -> 'end_reason', i -> 'expired')) FROM jsonb_array_elements(
               tests.get('evidence_list', '2027-02-02', 'auditor', '{"kind": "regulation"}') -> 'items') AS i),
          '[["2027-02-01", "มีระเบียบใหม่", true]]', 'it stays in the list');
SELECT is(tests.pieces('2027-12-01', 'auditor', '{"fy": "2571", "kind": "regulation"}'), 0::bigint, 'but of no later year');
SELECT throws_ok($$SELECT tests.pieces('2027-12-01', 'auditor', '{"kind": "regulations"}')$$, 'ZG422', 'kind is not a known code',
                 'of a kind that there is not, an empty list would say there is no evidence');
SELECT throws_ok($$SELECT tests.pieces('2027-12-01', 'auditor', '{"criterion": "4.3"}')$$, 'ZG422',
                 'criterion is none that evidence serves', 'and of such a criterion');
SELECT is((SELECT count(*) FROM rules.evidence_pieces('4.2', r.opens::date, r.closes::date))::integer, r.pieces, r.promise)
FROM (VALUES ('2026-10-01', '2027-09-30', 1, 'the committee sees it in the year in which it counted'),
             ('2027-10-01', '2028-09-30', 0, 'and not in the next')) AS r (opens, closes, pieces, promise);
SELECT tests.end_evidence('2027-02-02', '{"ended_on": "2026-09-30", "reason": "บันทึกผิด"}', 'head',
    (SELECT e.id FROM register.evidence AS e WHERE e.officer = 'TH-50'));
SELECT is(tests.pieces('2027-02-02', 'auditor', '{"fy": "2570", "kind": "designation"}'), 2::bigint,
          'what was ended before it began counted on no day');
SELECT throws_ok('DELETE FROM register.evidence_end', '23001', NULL, 'what was ended stays ended');

SELECT * FROM finish();
ROLLBACK;
