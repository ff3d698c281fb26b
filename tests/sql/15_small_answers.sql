-- Tracking, me, taxonomy, reference; the reference data itself.
BEGIN;
SELECT plan(25);
SELECT tests.submit('2026-11-10 23:30+07', '{"id": 1, "actor": "TH-50", "commit": "a"}')
\g /dev/null

SELECT is(tests.call('complaint_track', '', '{}', jsonb_build_object('track_hash',
              encode(sha256('a'), 'hex'))) -> 'content',
          '{"state": "RECEIVED", "state_th": "รับเรื่องแล้ว", "state_en": "Received",
            "since": "2026-11-10", "identity_opened": false}',
          'a tracking code tells the state and the day, to anyone');
SELECT is(tests.call('complaint_track', '', '{}', b) ->> 'error', e, 'tracking: ' || p)
FROM (VALUES
    (jsonb_build_object('track_hash', encode(sha256('b'), 'hex')), 'ZG404', 'an unknown code'),
    ('{}', 'ZG422', 'no code'), ('{"track_hash": "x"}', 'ZG422', 'no hash'),
    (jsonb_build_object('track_hash', encode(sha256('a'), 'hex'), 'x', 1), 'ZG422',
     'an unknown member'), (NULL, 'ZG422', 'no body')) AS t (b, e, p);

SELECT is(tests.call('me', 'TH-50') #> '{content,unit}',
          '{"code": "TH-50", "name_th": "สำนักงานสถิติจังหวัดเชียงใหม่",
            "name_en": "Chiang Mai Provincial Statistical Office", "kind": "provincial"}',
          'me: the unit');
SELECT is(tests.call('me', 'TH-50') #> '{content,roles}', '["officer"]', 'me: the roles');
SELECT ok(tests.call('me', 'TH-50') #> '{content,rights}' ? 'complaint_submit'
              AND NOT tests.call('me', 'TH-50') #> '{content,rights}' ? 'unit_set',
          'me: what may be called, and nothing else');
SELECT is(tests.call('me', 'nobody') ->> 'error', 'ZG403', 'me: not for the unknown');

SELECT is((SELECT array_agg(k ORDER BY k)
           FROM jsonb_object_keys(tests.call('taxonomy', 'TH-50') -> 'content') AS k),
          '{accused_role,action_status,agency,audience,channel,class,event,evidence_audience,evidence_kind,identity,'
          'mail_status,matter,next_step,outcome,process,proposal_kind,proposal_status,role,route,state,subject,unit_kind}'::text[],
          'the taxonomies');
SELECT is(tests.call('taxonomy', 'TH-50') #> '{content,class,0}',
          '{"code": "C1", "th": "ทุจริตต่อหน้าที่", "en": "Corruption in office"}',
          'codes have both names');
SELECT is((SELECT array_agg(DISTINCT k ORDER BY k)
           FROM (SELECT m.kind FROM register.move AS m WHERE m.two_person
                 UNION ALL VALUES ('principal_set'), ('erase')) AS p (k)
           WHERE NOT tests.call('taxonomy', 'TH-50') #> '{content,proposal_kind}'
                     @> jsonb_build_array(jsonb_build_object('code', k))),
          NULL, 'whatever can be proposed has its name');
SELECT is(tests.call('taxonomy', 'nobody') ->> 'error', 'ZG403', 'not for the unknown');

SELECT is(tests.call('reference', '') #> '{content,principals,TH-50}', '"TH-50"',
          'the daemon learns who is of which unit');
SELECT is((SELECT array_agg(k ORDER BY k)
           FROM jsonb_object_keys(tests.call('reference', '') -> 'content') AS k),
          '{fiscal_years,principals,routing,taxonomy,units,version}'::text[], 'and what else it checks');
CREATE TEMPORARY TABLE before AS SELECT tests.call('reference', '') ->> 'version' AS version;
SELECT is(tests.call('reference', '') ->> 'version', version, 'its version stays') FROM before;
UPDATE register.principal SET unit = 'TH-90' WHERE name = 'TH-50';
SELECT isnt(tests.call('reference', '') ->> 'version', version, 'until something changes')
FROM before;

SELECT is((SELECT count(*) FROM register.unit WHERE kind = 'provincial' AND NOT demo), 76::bigint,
          '76 provincial offices');
SELECT is_empty($$ SELECT code FROM register.unit WHERE code = 'TH-10' $$,
                'headquarters serve Bangkok');
SELECT is_empty($$ SELECT code FROM register.unit WHERE kind <> 'provincial' AND NOT demo $$,
                'all other units are marked as demo rows');
SELECT is_empty($$ SELECT fy FROM register.fiscal_year
                   WHERE opens <> make_date(fy - 544, 10, 1) OR closes <> make_date(fy - 543, 9, 30)
                      OR closing_day <> make_date(fy - 543, 10, 31) $$,
                'fiscal years begin in October and close a month after their end');
SELECT is_empty($$ SELECT r.function FROM register.rights AS r
                   WHERE to_regproc('api.' || r.function) IS NULL $$,
                'rights name functions that exist');
SELECT is_empty($$ SELECT p.proname FROM pg_proc AS p
                   WHERE p.pronamespace = 'api'::regnamespace
                     AND NOT EXISTS (SELECT FROM register.rights AS r
                                     WHERE r.function = p.proname) $$,
                'and every function has some');
SELECT is_empty($$ SELECT r FROM register.move AS m, unnest(m.roles) AS r
                   WHERE NOT EXISTS (SELECT FROM register.taxonomy AS t
                                     WHERE t.kind = 'role' AND t.code = r)
                     AND r <> 'system' $$,
                'moves name roles that exist');

SELECT * FROM finish();
ROLLBACK;
