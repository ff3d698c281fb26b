-- Schema report: the same numbers as GET /v1/scores/{fy}, for whoever may read views and no more.
BEGIN;
SELECT plan(32);
\ir year.inc.sql

-- The views look at the present: this year's numbers, whatever year that is.
CREATE TEMPORARY TABLE here AS
SELECT now() AS at, y.fy, y.opens FROM register.fiscal_year AS y
WHERE rules.bangkok_day(now()) BETWEEN y.opens AND y.closes;
SELECT tests.submit(h.at, c.officer, rules.bangkok_day(h.at), c.fields)
FROM here AS h, (VALUES ('TH-50', '{"class": "C1"}'::jsonb),
                        ('TH-50', '{"class": "C2", "process": "other", "identity": "named"}'),
                        ('TH-90', '{"class": "CI", "identity": "letter"}')) AS c (officer, fields);
SELECT tests.confirm(h.at, u.head, u.code, to_char(h.opens - interval '1 month', 'YYYY-MM'))
FROM here AS h, register.unit AS u WHERE u.kind = 'provincial' AND u.code < 'TH-50';
SELECT tests.post('evidence_add', h.at, 'head', jsonb_build_object(
           'kind', 'working_group', 'criterion', '4.2', 'order_no', '1/2569',
           'order_date', h.opens, 'valid_from', h.opens)) FROM here AS h;

SELECT tests.post('assessment_add', h.at, 'secretary', jsonb_build_object('items', jsonb_build_array(
           jsonb_build_object('code', '7.3', 'assessment_fy', h.fy, 'report_fy', h.fy, 'result', '82.7470'))))
FROM here AS h;
SELECT rules.sweep(h.at) FROM here AS h \g /dev/null
UPDATE register.clock AS k SET paused_days = 2, paused_on = rules.bangkok_day(h.at) - 1
FROM here AS h, register.complaint AS c WHERE c.id = k.complaint AND k.kind = 'result' AND c.class = 'C1';
CREATE TEMPORARY TABLE figures AS SELECT rules.report_figures(h.at, h.fy) AS f FROM here AS h;
CREATE TEMPORARY TABLE score AS
SELECT tests.get('score_get', h.at, 'auditor', jsonb_build_object('fy', h.fy::text)) AS s FROM here AS h;
CREATE TEMPORARY TABLE before AS
SELECT tests.get('score_get', h.at, 'auditor', jsonb_build_object('fy', (h.fy - 1)::text)) AS s
FROM here AS h;
GRANT SELECT ON here, score, before, figures TO grievd_report;
GRANT USAGE ON SCHEMA tests TO grievd_report;
SET LOCAL ROLE grievd_report;

SELECT is((SELECT jsonb_build_object(
               'rule_set', k.rule_set, 'name_th', k.name_th, 'name_en', k.name_en,
               'value', k.value, 'level', k.level, 'confirmed', k.confirmed,
               'text_th', k.text_th, 'text_en', k.text_en,
               'received', k.received, 'distinct', k.distinct_received,
               'by_class', jsonb_build_object('C1', k.c1, 'C2', k.c2, 'CX', k.cx, 'C0', k.c0,
                                              'CT', k.ct, 'CI', k.ci, 'CV', k.cv),
               'late', k.late, 'anonymous_share', k.anonymous_share::text,
               'pending_months', k.pending_months)
           FROM report.kpi1 AS k JOIN here AS h ON h.fy = k.fy),
          (SELECT (s -> 'kpi1') - '{silent,variants}'::text[] FROM score), 'kpi1');
SELECT is((SELECT jsonb_agg(jsonb_build_object('code', v.variant, 'name_th', v.name_th,
                                               'name_en', v.name_en, 'value', v.value,
                                               'level', v.level))
           FROM report.kpi1_variant AS v JOIN here AS h ON h.fy = v.fy),
          (SELECT s #> '{kpi1,variants}' FROM score), 'kpi1_variant');
SELECT is((SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'unit', u.unit, 'name_th', u.name_th, 'name_en', u.name_en,
                      'months', (SELECT jsonb_agg(to_char(m, 'YYYY-MM')) FROM unnest(u.months) AS m))),
                  '[]')
           FROM report.silent_unit AS u JOIN here AS h ON u.fy = h.fy - r.back),
          (SELECT s #> '{kpi1,silent}' FROM (SELECT * FROM score WHERE r.back = 0
                                             UNION ALL SELECT * FROM before WHERE r.back = 1) AS x),
          r.promise)
FROM (VALUES (0, 'silent_unit, this year'), (1, 'silent_unit, the year before')) AS r (back, promise);
SELECT is((SELECT count(*) FROM report.unit_month AS m JOIN here AS h ON m.fy = h.fy - 1
           WHERE m.silent),
          (SELECT sum(jsonb_array_length(u -> 'months')) FROM before,
                  jsonb_array_elements(s #> '{kpi1,silent}') AS u)::bigint, 'unit_month');
SELECT is((SELECT jsonb_object_agg(c.class, c.received)
           FROM report.received_by_class AS c JOIN here AS h ON h.fy = c.fy),
          (SELECT s #> '{kpi1,by_class}' FROM score), 'received_by_class');
SELECT is((SELECT sum(m.received) FROM report.received_by_month AS m JOIN here AS h ON h.fy = m.fy),
          (SELECT (s #> '{kpi1,received}')::numeric FROM score), 'received_by_month');
SELECT is((SELECT m.received FROM report.received_by_month AS m JOIN here AS h ON h.fy = m.fy
           ORDER BY m.month DESC LIMIT 1), 3::bigint, 'this month is the last of it');
SELECT is((SELECT count(*) FROM report.received_by_month AS m JOIN here AS h ON m.fy = h.fy - 1
           WHERE m.received = 0), 12::bigint, 'months without complaints are there, as 0');
SELECT is((SELECT jsonb_object_agg(i.indicator, i.level)
           FROM report.indicator AS i JOIN here AS h ON h.fy = i.fy),
          (SELECT jsonb_object_agg(i ->> 'indicator', i -> 'level')
           FROM score, jsonb_array_elements(s -> 'indicators') AS i), 'indicator');
SELECT is((SELECT jsonb_object_agg(l.indicator || '/' || l.level, l.met)
           FROM report.indicator_level AS l JOIN here AS h ON h.fy = l.fy),
          (SELECT jsonb_object_agg((i ->> 'indicator') || '/' || (l ->> 'level'), l -> 'met')
           FROM score, jsonb_array_elements(s -> 'indicators') AS i,
                jsonb_array_elements(i -> 'levels') AS l), 'indicator_level');
SELECT is((SELECT count(*) FROM report.indicator_finding AS f JOIN here AS h ON h.fy = f.fy
           WHERE NOT f.present),
          (SELECT sum(jsonb_array_length(l -> 'missing'))
           FROM score, jsonb_array_elements(s -> 'indicators') AS i,
                jsonb_array_elements(i -> 'levels') AS l)::bigint, 'indicator_finding');
SELECT is((SELECT count(*) FROM report.kpi1 AS k JOIN here AS h ON k.fy > h.fy), 0::bigint,
          'no year that has not begun');

SELECT is((SELECT to_jsonb(l) - '{fy,dimension,key}'::text[] FROM report.year_line AS l JOIN here AS h ON h.fy = l.fy
           WHERE l.dimension = 'all'), (SELECT f -> 'all' FROM figures), 'year_line');
SELECT is((SELECT jsonb_object_agg(l.key, l.received) FROM report.year_line AS l JOIN here AS h ON h.fy = l.fy
           WHERE l.dimension = 'class'),
          '{"C1": 1, "C2": 1, "CX": 1}', 'year_line, by class');
SELECT is((SELECT jsonb_agg(to_jsonb(m) - 'fy' ORDER BY m.month) FROM report.year_month AS m JOIN here AS h ON h.fy = m.fy),
          (SELECT f -> 'months' FROM figures), 'year_month');
SELECT is((SELECT jsonb_agg(to_jsonb(k) - '{fy,name_th,name_en,paused_days}'::text[] ORDER BY k.kind)
           FROM report.year_clock AS k JOIN here AS h ON h.fy = k.fy),
          (SELECT jsonb_agg(k ORDER BY k ->> 'kind') FROM figures, jsonb_array_elements(f -> 'clocks') AS k), 'year_clock');
SELECT is((SELECT string_agg(k.kind || ' ' || k.paused_days, ', ') FROM report.year_clock AS k JOIN here AS h ON h.fy = k.fy
           WHERE k.paused_days > 0), 'result 3', 'with the days that it stood still');
SELECT is((SELECT string_agg(a.code || '=' || a.score, ' ' ORDER BY a.code)
           FROM report.assessment AS a JOIN here AS h ON h.fy = a.report_fy),
          '7.3=4.5494 kpi1=2', 'assessment');

-- Nothing but the views.

SELECT throws_ok(r.query, '42501', NULL, r.promise)
FROM (VALUES ('SELECT FROM register.complaint', 'no complaint'),
             ('SELECT FROM register.content', 'no text'),
             ('SELECT FROM register.month_return', 'no count of an office'),
             ('SELECT FROM rules.kpi1(now(), 2570)', 'no function by its name'),
             ('SELECT api.score_get(''auditor'', ''{}'', NULL)', 'nothing of the daemon''s'))
     AS r (query, promise);
RESET ROLE;

SET LOCAL ROLE grievd;
SELECT throws_ok(r.query, '42501', NULL, r.promise)
FROM (VALUES ('SELECT FROM report.kpi1', 'the daemon reads no views'),
             ('SELECT rules.score(now(), 2570)', 'it cannot pass a time of its own'),
             ('SELECT FROM register.evidence', 'nor read evidence by itself'),
             ('INSERT INTO register.month_return DEFAULT VALUES', 'nor confirm a month by itself'))
     AS r (query, promise);
SELECT is((SELECT status FROM api.score_get('auditor',
               (SELECT jsonb_build_object('fy', extract(year FROM now() + interval '3 months 7 hours')
                                                + 543)), NULL)),
          200, 'but it may ask for the scores of the present');
RESET ROLE;

SELECT is((SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_class AS c
           WHERE c.relnamespace = 'report'::regnamespace AND c.relkind = 'v'
             AND obj_description(c.oid, 'pg_class') IS NULL), NULL, 'every view has its comment');
SELECT is((SELECT string_agg(c.relname || '.' || a.attname, ' ' ORDER BY c.relname, a.attnum)
           FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
           WHERE c.relnamespace = 'report'::regnamespace AND c.relkind = 'v'
             AND col_description(c.oid, a.attnum) IS NULL), NULL, 'and so has every column');
SELECT is((SELECT count(*) FROM information_schema.columns AS c
           WHERE c.table_schema = 'report' AND c.column_name = 'unit'
             AND c.table_name NOT IN ('unit_month', 'silent_unit', 'indicator_finding')), 0::bigint,
          'no view counts complaints by unit: a small cell could tell of a hidden case');

SELECT * FROM finish();
ROLLBACK;
