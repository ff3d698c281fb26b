-- Scales: exact, straight lines between thresholds, the ends hold.
BEGIN;
SELECT plan(33);

SELECT is(rules.scale_score(r.thresholds::numeric[], r.value), r.score, r.promise)
FROM (VALUES
    ('{4,3,2,1,0}',      0,       5,       'KPI 1: no complaint is level 5'),
    ('{4,3,2,1,0}',      1,       4,       'KPI 1: one is 4'),
    ('{4,3,2,1,0}',      2,       3,       'KPI 1: two are 3'),
    ('{4,3,2,1,0}',      3,       2,       'KPI 1: three are 2'),
    ('{4,3,2,1,0}',      4,       1,       'KPI 1: four are 1'),
    ('{4,3,2,1,0}',      5,       1,       'KPI 1: five stay at 1'),
    ('{4,3,2,1,0}',      100000,  1,       'KPI 1: beyond the end stays at the end'),
    ('{65,70,75,80,85}', 82.7470, 4.5494,  'indicator 7.3: 82.7470 is 4 + 2.7470 / 5'),
    ('{65,70,75,80,85}', 64.99,   1,       'a rising scale clamps below'),
    ('{65,70,75,80,85}', 65,      1,       'a value on the first threshold scores 1'),
    ('{65,70,75,80,85}', 67.5,    1.5,     'halfway between two levels'),
    ('{65,70,75,80,85}', 85,      5,       'a value on the last threshold scores 5'),
    ('{65,70,75,80,85}', 85.0001, 5,       'a rising scale clamps above'),
    ('{50,60,70,80,90}', 97.7500, 5,       'indicator 7.1: 97.75 % is 5'),
    ('{1,2,3,4,5}',      5,       5,       'indicator 7.2: level 5 is 5'),
    ('{60,70,80,90,100}', 99.99,  4.999,   'percent, unrounded'),
    ('{60,70,80,90,100}', 60.001, 1.0001,  'small steps are not lost'),
    ('{4,3,2,1,0}',      0.5,     4.5,     'a falling scale moves in straight lines too'),
    ('{10,7,5,2,1}',     6,       2.5,     'a falling scale of uneven steps'),
    ('{NULL,NULL,NULL,NULL,0}', 0, 5,      'a scale with only level 5 scores 5 when met'),
    ('{NULL,NULL,NULL,NULL,0}', 1, 1,      'a scale with only level 5 scores 1 when not'),
    ('{NULL,NULL,NULL,NULL,100}', 99.9, 1, 'a scale with only level 5 has no lines'),
    ('{60,NULL,80,NULL,100}', 70, 2,       'a line spans levels that are not defined')
) AS r (thresholds, value, score, promise);

SELECT is(rules.scale_score('{0,3}', 1), 1 + 1::numeric / 3, 'a third is not rounded');
SELECT is(rules.scale_score('{4,3,2,1,0}', NULL), NULL, 'no value has no score');
SELECT throws_ok($$SELECT rules.scale_score('{}', 1)$$, 'P0001', NULL, 'no threshold is no scale');
SELECT throws_ok($$SELECT rules.scale_score('{1,2,3,4,5,6}', 1)$$, 'P0001', NULL,
                 'six thresholds are refused');
SELECT throws_ok($$SELECT rules.scale_score('{1,2,2,3,4}', 1)$$, 'P0001', NULL,
                 'a level place is refused');
SELECT throws_ok($$SELECT rules.scale_score('{1,3,2,4,5}', 1)$$, 'P0001', NULL,
                 'a scale that turns is refused');
SELECT is((1.50 * rules.scale_score('{50,60,70,80,90}', 97.7500)
           + 1.50 * rules.scale_score('{1,2,3,4,5}', 5)
           + 2.00 * rules.scale_score('{65,70,75,80,85}', 82.7470)) / 5,
          4.81976, 'indicator 7 from unrounded parts is 4.81976');

SELECT is((SELECT count(*) FROM register.rule_set AS r
           WHERE EXISTS (SELECT FROM register.scale AS s
                         WHERE s.code = r.code AND s.version = r.version)
             AND rules.scale_score(rules.scale_of(r.code, r.version), 1) IS NULL),
          0::bigint, 'every scale of the register can be scored by');
SELECT is(rules.thai_digits('5 (2570)'), '๕ (๒๕๗๐)', 'Thai digits');
SELECT is(rules.thai_date('2027-10-03'), '3 ตุลาคม 2570', 'a Thai day has the Buddhist year');

SELECT * FROM finish();
ROLLBACK;
