-- Evidence: who records it, what each kind needs, who reads it, and when it counts.
BEGIN;
SELECT plan(33);
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

SELECT * FROM finish();
ROLLBACK;
