-- The scores that people give, and the figures of the source report, digit by digit.
BEGIN;
SELECT plan(67);
\ir year.inc.sql

CREATE FUNCTION tests.assess(actor text, items jsonb, source text DEFAULT NULL) RETURNS jsonb
LANGUAGE sql AS $$
    SELECT content FROM tests.post('assessment_add', '2026-11-27', actor,
                                   jsonb_strip_nulls(jsonb_build_object('source', source))
                                   || jsonb_build_object('items', items))
$$;
CREATE FUNCTION tests.set_of(year integer, code text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT s FROM jsonb_array_elements(
        tests.get('score_get', '2026-11-27', 'auditor', jsonb_build_object('fy', year::text))
        -> 'assessments') AS s
    WHERE s ->> 'rule_set' = code
$$;
CREATE FUNCTION tests.item_of(year integer, set_code text, code text) RETURNS jsonb
LANGUAGE sql AS $$
    SELECT i FROM jsonb_array_elements(tests.set_of(year, set_code) -> 'items') AS i
    WHERE i ->> 'code' = item_of.code
$$;

-- What the rule sets consist of

SELECT is((SELECT string_agg(n.kinds, ' ' ORDER BY n.kinds)
           FROM (SELECT i.rule_set || '/' || i.kind || '=' || count(*) AS kinds
                 FROM register.score_item AS i GROUP BY i.rule_set, i.kind) AS n),
          '7/result=3 plan/objective=3 plan/result=5 transparency/dimension=4 '
          'transparency/indicator=13 transparency/part=3',
          '4 dimensions with 13 indicators and 3 named parts, 3 objectives with 5 KPIs, 3 parts of 7');
SELECT is((SELECT sum(weight) FROM register.score_item WHERE rule_set = 'plan'), 100::numeric,
          'the weights of the plan are 100');
SELECT is((SELECT sum(weight) FROM register.score_item WHERE rule_set = '7'), 5::numeric,
          'those of indicator 7 are 5');
SELECT is((SELECT count(*) FROM rules.item_named WHERE name_th IS NULL OR name_en IS NULL),
          0::bigint, 'everything has both names');

-- The source report: assessment year 2556, report of 2557

SELECT throws_ok($$SELECT tests.get('score_get', '2026-11-27', 'auditor', '{"fy": "2556"}')$$,
                 'ZG404', NULL, 'a year before the register, of which nothing is recorded, has no scores');
SELECT is(tests.assess('secretary', (
    SELECT jsonb_agg(jsonb_build_object('code', i.code, 'assessment_fy', 2556, 'report_fy', 2557,
                                        'level', CASE i.code WHEN '3.2' THEN 4 ELSE 5 END)
                     || CASE i.code WHEN '3.2' THEN '{"reason": "ไม่ได้ระบุเหตุผลในประกาศ"}'::jsonb
                                    ELSE '{}' END)
    FROM register.score_item AS i WHERE i.kind = 'indicator'), 'รายงานต้นฉบับ') -> 'scores',
    '13', 'the secretary records thirteen scores at once');
SELECT is(tests.assess('secretary',
    '[{"code": "7.1", "assessment_fy": 2557, "report_fy": 2557, "result": "97.7500"},
      {"code": "7.2", "assessment_fy": 2557, "report_fy": 2557, "result": "5.0000"},
      {"code": "7.3", "assessment_fy": 2557, "report_fy": 2557, "result": "82.7470"},
      {"action": 6, "report_fy": 2557, "name": "กล่องและช่องทางรับเรื่องร้องเรียน",
       "from": "2014-05", "to": "2014-09"}]') - '{recorded_at,recorded_by}'::text[],
    '{"scores": 3, "actions": 1}', 'results of indicator 7 and an activity of the action plan');
SELECT is((SELECT string_agg(i ->> 'printed', ' ' ORDER BY (i ->> 'code'))
           FROM jsonb_array_elements(tests.set_of(2556, 'transparency') -> 'items') AS i
           WHERE i ->> 'kind' = 'indicator'), '5 5 5 5 5 5 5 5 5 4 5 5 5', 'the thirteen scores');
SELECT is(tests.set_of(2556, 'transparency') ->> 'printed', '4.9', 'overall 4.9');
SELECT is(left(tests.set_of(2556, 'transparency') ->> 'score', 8), '4.923076',
          'which is 64 / 13: the parts of 3.2 are no rows of the mean');
SELECT is((SELECT count(*) FROM jsonb_array_elements(tests.set_of(2556, 'transparency') -> 'items')
           AS i WHERE i ->> 'kind' = 'part' AND i ? 'score'), 0::bigint, 'they have no score at all');
SELECT is(tests.item_of(2557, '7', r.code) ->> 'printed', r.score, r.code || ' scores ' || r.score)
FROM (VALUES ('7.1', '5.0000'), ('7.2', '5.0000'), ('7.3', '4.5494')) AS r (code, score);
SELECT is(tests.item_of(2557, '7', r.code) ->> 'weighted', r.weighted,
          r.code || ' weighs ' || r.weighted)
FROM (VALUES ('7.1', '0.0750'), ('7.2', '0.0750'), ('7.3', '0.0910')) AS r (code, weighted);
SELECT is(tests.set_of(2557, '7') ->> 'printed', '4.8198', 'indicator 7 is 4.8198');
SELECT is(tests.set_of(2557, '7') ->> 'score', '4.81976', 'from unrounded parts');
SELECT is(tests.set_of(2557, 'plan') -> 'score', 'null', 'no result of the plan, no total');
SELECT is(tests.item_of(2557, 'plan', 'kpi1') ? 'result', false,
          'nor a KPI 1 in a year that the register does not have');
SELECT is(tests.set_of(2557, 'transparency') -> 'score', 'null',
          'the scores of 2556 are not those of 2557');
SELECT is((SELECT count(*) FROM rules.assessed(2557, true, NULL) AS a WHERE a.score IS NOT NULL),
          16::bigint, 'but the report of 2557 has them');

-- The plan by weight

SELECT is(tests.assess('secretary', (
    SELECT jsonb_agg(jsonb_build_object('code', v.code, 'assessment_fy', 2570, 'report_fy', 2570,
                                        'result', v.result))
    FROM (VALUES ('kpi2', '82.5'), ('kpi3', '100'), ('kpi4', '75'), ('kpi5', '1')) AS v (code, result)))
    -> 'scores', '4', 'the results of the plan but for KPI 1');
SELECT is((SELECT string_agg(i ->> 'code' || '=' || (i ->> 'score'), ' ' ORDER BY i ->> 'code')
           FROM jsonb_array_elements(tests.set_of(2570, 'plan') -> 'items') AS i WHERE i ? 'score'),
          'kpi1=5 kpi2=4.5 kpi3=5 kpi4=2.5 kpi5=1',
          'KPI 1 is counted here; a scale with level 5 only gives 1 when it is not met');
SELECT is(tests.set_of(2570, 'plan') ->> 'printed', '4.0250',
          '(25 × 5 + 25 × 4.5 + 25 × 5 + 10 × 2.5 + 15 × 1) / 100 = 4.0250');
SELECT tests.submit('2026-11-20 10:00', 'TH-50', '2026-11-20');
SELECT is(tests.set_of(2570, 'plan') ->> 'printed', '3.7750', 'a complaint takes a level of KPI 1, 0.25 here');

-- Scores of several years in one report

CREATE FUNCTION tests.figures(year integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('fy', year, 'kpi1', '{"confirmed": true}'::jsonb, 'assessed', jsonb_agg(to_jsonb(a) ORDER BY a.ord))
    FROM rules.assessed(year, true, 0) AS a
$$;
SELECT is(tests.assess('secretary', (
    SELECT jsonb_agg(jsonb_build_object('code', i.code, 'assessment_fy', 2571, 'report_fy', 2572, 'level', 4, 'reason', 'x',
                                        'difference', 'x'))
    FROM register.score_item AS i WHERE i.kind = 'indicator')) -> 'scores', '13', 'the scores of a year');
SELECT is((SELECT t.th || ' of ' || t.fy FROM rules.total_printed(tests.figures(2572), 'transparency') AS t), '4.0 of 2571',
          'are those of that year in the report of the next');
SELECT is(tests.assess('secretary', '[{"code": "1.2", "assessment_fy": 2572, "report_fy": 2572, "level": 5}]') -> 'scores', '1',
          'one of the next year among them');
SELECT is(rules.report_transparency_table(tests.figures(2572)) #>> '{total,2,en}', 'not computed, the scores being of several years',
          'leaves no overall score, for no committee gave it');
SELECT is((SELECT jsonb_agg(r -> 2 ORDER BY r ->> 0) FROM jsonb_array_elements(
               rules.report_transparency_table(tests.figures(2572))::jsonb -> 'rows') AS r WHERE r ->> 0 IN ('1.1', '1.2')),
          '[{"th": "4 (พ.ศ. 2571)", "en": "4 (of 2571)"}, "5"]', 'and each that is not of the newest year says so');
SELECT is(tests.assess('secretary', (
    SELECT jsonb_agg(jsonb_build_object('code', 'kpi' || n, 'assessment_fy', 2571, 'report_fy', 2572, 'result', '1'))
    FROM generate_series(2, 5) AS n)) -> 'scores', '4', 'nor do results of a year');
SELECT is((SELECT t.en FROM rules.total_printed(tests.figures(2572), 'plan') AS t), 'not computed, the scores being of several years',
          'make a total with KPI 1 of the next');

-- What is refused, each beside what is allowed

SELECT throws_ok(format('SELECT tests.assess(%L, %L)', r.actor,
                        jsonb_build_array('{"code": "1.1", "assessment_fy": 2570, "report_fy": 2570,
                                            "level": 5}'::jsonb || r.change::jsonb)),
                 r.code, r.message, r.promise)
FROM (VALUES
    ('head', '{}', 'ZG403', NULL, 'the head of the legal group gives no scores'),
    ('admin', '{}', 'ZG403', NULL, 'nor does an administrator'),
    ('secretary', '{"code": "kpi1", "level": null, "result": "0"}', 'ZG422',
     '/items/0/code is counted by the register and cannot be recorded', 'KPI 1 cannot be typed'),
    ('secretary', '{"code": "3.2.1"}', 'ZG422', '/items/0/code is nothing that is scored in that year',
     'a part of 3.2 has no score'),
    ('secretary', '{"code": "D1"}', 'ZG422', NULL, 'nor has a dimension'),
    ('secretary', '{"code": "9.9"}', 'ZG422', NULL, 'nor what nobody knows'),
    ('secretary', '{"level": 6}', 'ZG422', '/items/0/level must be a whole number from 1 to 5', 'a level is 1 to 5'),
    ('secretary', '{"level": 4.5}', 'ZG422', NULL, 'and whole'),
    ('secretary', '{"level": 4}', 'ZG422', '/items/0/reason is missing: a level below 5 has one',
        'below 5 it has a reason'),
    ('secretary', '{"result": "5"}', 'ZG422', NULL, 'an indicator has no result'),
    ('secretary', '{"name": "ชื่ออื่น"}', 'ZG422', '/items/0/name is not what the rule set calls it',
        'its name, when given, is the rule set''s'),
    ('secretary', '{"code": "7.1"}', 'ZG422', NULL, 'a KPI has no level'),
    ('secretary', '{"code": "7.1", "result": "100.5"}', 'ZG422', NULL, 'percent end at 100'),
    ('secretary', '{"code": "7.1", "result": 97.75}', 'ZG422', NULL,
        'a result is a text, so that no digit changes on the way'),
    ('secretary', '{"code": "kpi5", "result": "0.5"}', 'ZG422', NULL, 'people are counted whole'),
    ('secretary', '{"assessment_fy": 2571}', 'ZG422', NULL, 'nothing is assessed after its report'),
    ('secretary', '{"report_fy": 1999}', 'ZG422', NULL, 'years are Buddhist'),
    ('secretary', '{"activities": [{"text": "x", "new": "yes"}]}', 'ZG422',
        '/items/0/activities/0/new must be true or false', 'new or not new'),
    ('secretary', '{"note": "x"}', 'ZG422', NULL, 'nothing else'),
    ('secretary', '{"code": "4.1", "level": 5}', 'ZG422',
        '/items/0/difference is missing: by the evidence here the level is 0',
     'a score of 4.1 other than the level by the evidence here takes a reason')
) AS r (actor, change, code, message, promise);
SELECT throws_ok($$SELECT tests.assess('secretary',
    '[{"code": "1.1", "assessment_fy": 2570, "report_fy": 2570, "level": 5},
                                                      {"code": "1.1", "assessment_fy": 2570, "report_fy": 2570, "level": 5}]')$$,
                 'ZG422', '/items names something twice', 'one request says a thing once');
SELECT throws_ok(format('SELECT tests.assess(''secretary'', %L)', jsonb_build_array(
    '{"action": 6, "report_fy": 2557, "name": "ก", "from": "2014-05", "to": "2014-09"}'::jsonb || r.change::jsonb)),
                 'ZG422', r.message, r.promise)
FROM (VALUES ('{"from": "พ.ค. 2557"}', '/items/0/from must be a month, YYYY-MM', 'an activity begins in a month'),
             ('{"to": "2014-13"}', '/items/0/to must be a month, YYYY-MM', 'and ends in one'),
             ('{"to": "2014-04"}', '/items/0/to lies before from', 'not before')) AS r (change, message, promise);
SELECT is(tests.assess('secretary', '[{"code": "4.1", "assessment_fy": 2570, "report_fy": 2570, "level": 5,
                                      "difference": "กรรมการเห็นหลักฐานที่ยังไม่ได้บันทึก"}]') -> 'scores', '1',
          'with the reason it is the score of record');
SELECT is(tests.item_of(2570, 'transparency', '4.1') -> 'level', '5', 'and is given as such');
SELECT is(tests.item_of(2570, 'transparency', '4.1') -> 'system_level', '0', 'the other one beside it');
SELECT is(tests.indicator('2026-11-27', 2570, '4.1') -> 'level', '0', 'which it does not change');

-- A correction replaces, and everything stays readable.

SELECT tests.assess('secretary', '[{"code": "1.1", "assessment_fy": 2570, "report_fy": 2570, "level": 5}]');
SELECT tests.assess('secretary', '[{"code": "1.1", "assessment_fy": 2570, "report_fy": 2570, "level": 3, "reason": "แก้ไข"}]');
SELECT is(tests.item_of(2570, 'transparency', '1.1') -> 'level', '3', 'the newest counts');
SELECT is((SELECT string_agg((i ->> 'level') || ' ' || (i ->> 'replaced'), ', ')
           FROM jsonb_array_elements(tests.get('assessment_list', '2026-11-27', 'committee',
                '{"fy": "2570", "code": "1.1"}') -> 'items') AS i), '3 false, 5 true', 'the earlier one is listed');
SELECT throws_ok($$SELECT tests.get('assessment_list', '2026-11-27', 'TH-50')$$, 'ZG403', NULL,
    'an officer reads no scores');
SELECT throws_ok($$SELECT tests.get('assessment_list', '2026-11-27', 'committee', '{"code": "1.9"}')$$, 'ZG422',
    'code is nothing that is scored', 'what is no indicator has no empty list of scores');
SELECT throws_ok('DELETE FROM register.assessment', '23001', NULL, 'scores stay');

SELECT * FROM finish();
ROLLBACK;
