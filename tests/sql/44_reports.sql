-- The year's report: drafts, issuing, handing over, errata, and what the public is told.
BEGIN;
SELECT plan(143);
\ir year.inc.sql

CREATE FUNCTION tests.posted(called text, at timestamptz, actor text, params jsonb, body jsonb)
RETURNS jsonb LANGUAGE sql AS $$
    SELECT content FROM tests.call(called, at, actor, params,
                                   jsonb_build_object('event_id', gen_random_uuid()) || body)
$$;
CREATE FUNCTION tests.report(at timestamptz, params jsonb DEFAULT '{"fy": "2570"}') RETURNS jsonb
LANGUAGE sql AS $$ SELECT tests.get('report_get', at, 'director', params) $$;
CREATE FUNCTION tests.tables_of(document jsonb) RETURNS SETOF jsonb LANGUAGE sql AS $$
    SELECT b FROM jsonb_array_elements(document -> 'sections') AS s,
                  jsonb_array_elements(s -> 'blocks') AS b WHERE b ->> 'kind' = 'table'
$$;
CREATE FUNCTION tests.table_of(document jsonb, key text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT t FROM tests.tables_of(document) AS t WHERE t ->> 'key' = table_of.key
$$;
CREATE FUNCTION tests.issue(at timestamptz, body jsonb DEFAULT '{}', actor text DEFAULT 'reporter')
RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.posted('report_issue', at, actor, '{"fy": "2570"}', body)
$$;

-- Drafts

SELECT is(tests.report('2026-10-02') ->> 'status', 'draft', 'a year that runs has drafts');
SELECT is(tests.report('2026-10-02') #> '{document,sections,0,blocks,0,text}', jsonb_build_object(
    'th', 'ไม่มีเรื่องร้องเรียนในปีงบประมาณ พ.ศ. 2570 (ณ วันที่ 2 ตุลาคม 2569 ยังไม่มีเดือนใดถึงกำหนดยืนยันยอด)',
    'en', 'There were no complaints in fiscal year 2570 (as of 2026-10-02; no month is due for confirmation yet)'),
    'a year without a complaint says so in words, and that nobody had to confirm it yet');
SELECT is(tests.report('2026-11-06') #>> '{document,sections,0,blocks,0,text,en}',
    'There were no complaints in fiscal year 2570 (as of 2026-11-06; no month is due for confirmation yet)',
    'up to the day on which the first month is due');
SELECT is((SELECT jsonb_agg(b -> 'key') FROM jsonb_array_elements(tests.report('2026-10-02') #> '{document,sections}') AS s,
                  jsonb_array_elements(s -> 'blocks') AS b
           WHERE b ->> 'kind' = 'chart' OR b ->> 'kind' = 'table' AND b -> 'rows' = '[]'), NULL,
          'and has no chart and no table of nothing');
SELECT is(tests.report('2026-11-19') #>> ('{document,sections,0,blocks,0,text,' || r.lang || '}')::text[], r.printed,
          'and that nobody has confirmed it, once that was due')
FROM (VALUES ('th', 'ไม่มีเรื่องร้องเรียนในปีงบประมาณ พ.ศ. 2570 (ยังไม่ยืนยัน: 84 จาก 84 หน่วยงาน)'),
             ('en', 'There were no complaints in fiscal year 2570 (not confirmed: 84 of 84 units)')) AS r (lang, printed);
SELECT is(tests.report('2026-11-19', '{"fy": "2560"}') #>> '{document,sections,0,blocks,0,text,en}',
          'The register began on 2026-11-19: it counted nothing of this time.', 'a year before the register was not counted');
SELECT throws_ok($$SELECT tests.report('2026-10-02', '{"fy": "2571"}')$$, 'ZG404', NULL,
    'one that has not begun has none');
SELECT throws_ok($$SELECT tests.report('2026-10-02', '{"fy": "2557"}')$$, 'ZG404', NULL,
    'nor one of which nothing is known');
SELECT throws_ok($$SELECT tests.report('2026-10-02', '{"fy": "2570", "edition": "short"}')$$, 'ZG422', NULL,
    'there are two editions');
SELECT throws_ok($$SELECT tests.report('2026-10-02', '{"fy": "2570", "edition": "scores"}')$$, 'ZG404', NULL,
    'the score summary comes with the submission');
SELECT throws_ok(format('SELECT tests.get(''report_get'', ''2026-10-02'', %L, ''{"fy": "2570"}'')', r.actor), r.code, NULL, r.promise)
FROM (VALUES ('TH-50', 'ZG403', 'an officer reads no report'), ('admin', 'ZG403', 'nor does an administrator'),
             ('secretary', 'ZG403', 'nor the secretary'), ('legal', 'ZG403',
                 'nor intake')) AS r (actor, code, promise);
SELECT is((tests.get('report_get', '2026-10-02', r.actor, '{"fy": "2570"}') ->> 'fy'), '2570', r.actor || ' does')
FROM (VALUES ('director'), ('head'), ('auditor'), ('reporter')) AS r (actor);

-- Issuing

SELECT tests.submit('2026-11-20 10:00', 'TH-50', '2026-11-20');
CREATE FUNCTION tests.deadlines(at timestamptz) RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.table_of(tests.report(at) -> 'document', 'deadlines') -> 'rows'
$$;
CREATE FUNCTION tests.overdue(at timestamptz, lang text DEFAULT 'en') RETURNS text LANGUAGE sql AS $$
    SELECT b #>> ARRAY['text', lang] FROM jsonb_array_elements(tests.report(at) #> '{document,sections,0,blocks}') AS b
    WHERE b #>> '{text,en}' LIKE 'Overdue:%'
$$;
SELECT is(tests.deadlines('2026-11-20 10:01'),
          '[[{"th": "ลงรับเรื่อง", "en": "Registered"}, 0, 0, 1, 0, 0],
            [{"th": "แจ้งผู้ร้องครั้งแรก", "en": "First answer to the complainant"}, 0, 0, 1, 0, 0],
            [{"th": "ผลการพิจารณา", "en": "Result"}, 0, 0, 1, 0, 0]]', 'deadlines run from the acceptance, swept or not');
CREATE TEMPORARY TABLE unswept AS SELECT tests.deadlines('2026-12-06') AS d;
SELECT rules.sweep('2026-12-06') \g /dev/null
SELECT is(tests.deadlines('2026-12-06'), d, 'and a sweep changes nothing in them') FROM unswept;
SELECT is(tests.overdue('2026-11-20 10:01'), 'Overdue: no case has been open for over 90 days; no deadline is past its day.',
          'the first page says that nothing is overdue');
SELECT is(tests.overdue('2026-12-06'), 'Overdue: no case has been open for over 90 days; '
          'deadlines past their day: Registered 1, First answer to the complainant 1.', 'and what is');
SELECT is(tests.overdue('2026-12-06', 'th'), 'สิ่งที่ค้าง: ไม่มีเรื่องคงค้างเกิน 90 วัน และ'
          'มีกำหนดเวลาที่เลยแล้ว: ลงรับเรื่อง 1 แจ้งผู้ร้องครั้งแรก 1', 'in Thai too');
SELECT is((SELECT b #>> '{text,en}' FROM jsonb_array_elements(tests.report('2026-12-06') #> '{document,sections}') AS s,
                  jsonb_array_elements(s -> 'blocks') AS b WHERE b #>> '{text,en}' LIKE 'Of %'),
          'Of 1 (brought forward + received + reopened): closed 0 (0.00 percent), in progress 1 (100.00 percent).',
          'a share says of what it is one');
SELECT is((SELECT b #>> '{title,th}' FROM jsonb_array_elements(tests.report('2026-12-06') #> '{document,sections}') AS s,
                  jsonb_array_elements(s -> 'blocks') AS b WHERE b ->> 'key' = 'chart_unit'),
          'หน่วยงานที่รับเรื่องมากที่สุด 1 แห่ง', 'a chart says how many bars it has');
SELECT throws_ok($$SELECT tests.issue('2027-10-31 23:59')$$, 'ZG409', 'the closing day of the year is not past',
    'not on the closing day');
SELECT throws_ok($$SELECT tests.issue('2027-11-01', '{}', 'head')$$, 'ZG403', NULL, 'only the reporter issues');
SELECT throws_ok($$SELECT tests.issue('2027-11-01')$$, 'ZG409',
    '/acknowledge must name what is missing: missing_evidence, silent_units',
                 'what is missing must be acknowledged');
SELECT throws_ok($$SELECT tests.issue('2027-11-01', '{"acknowledge": ["silent_units"]}')$$, 'ZG409', NULL,
    'all of it');
SELECT is(tests.confirm_all('2026-10-01', '2027-09-01'), 1008::bigint, 'all months are confirmed');
SELECT throws_ok($$SELECT tests.issue('2027-11-01', '{"acknowledge": ["silent_units", "missing_evidence"]}')$$,
    'ZG422',
                 '/acknowledge names what is not missing', 'and nothing else');
CREATE FUNCTION tests.changed(at timestamptz, year integer) RETURNS text LANGUAGE sql AS $$
    SELECT b #>> '{text,en}' FROM jsonb_array_elements(tests.report(at, jsonb_build_object('fy', year::text))
               #> '{document,sections,0,blocks}') AS b WHERE b #>> '{text,en}' LIKE 'What changed:%'
$$;
SELECT is(tests.changed('2027-11-01', 2570), 'What changed: 1 received; there is no year to compare with.',
          'nothing is compared with a year of which nobody confirmed that there was none');
SELECT is(tests.changed('2027-11-01', 2571), 'What changed: 0 received, 1 fewer than the year before (1), 100.00 percent.',
          'but with one that received some');
CREATE FUNCTION tests.unconfirmed(at timestamptz, year integer) RETURNS bigint LANGUAGE sql AS $$
    SELECT (length(d) - length(replace(d, 'The level of KPI 1 is unconfirmed', ''))) / length('The level of KPI 1 is unconfirmed')
    FROM (SELECT tests.report(at, jsonb_build_object('fy', year::text, 'edition', 'analysis'))::text) AS r (d)
$$;
SELECT is(tests.unconfirmed('2027-11-01', 2570), 0::bigint, 'what is confirmed goes without a note');
SELECT is(tests.unconfirmed('2027-11-10', 2571), 2::bigint, 'what is not is noted at the plan and in the conclusion');
SELECT is(rules.score_sheet('2027-11-10', rules.report_figures('2027-11-10', 2571), NULL) #>> '{sections,0,blocks,1,note,en}',
          'The level of KPI 1 is unconfirmed, and so is the total of the plan, which it is part of.', 'and in the score summary');
SELECT is(tests.table_of(tests.report('2028-01-20', '{"fy": "2571"}') -> 'document', 'silent') #> '{rows,0,2}',
          '{"th": "ต.ค. พ.ย. ธ.ค.", "en": "Oct Nov Dec"}', 'silent units are named with their months');
SELECT is(tests.confirm_all('2027-10-01', '2028-09-01'), 1008::bigint, 'the next year confirms that there was none');
SELECT is(tests.changed('2028-11-01', 2572), 'What changed: 0 received, as many as the year before.', 'with which one may compare');
CREATE TEMPORARY TABLE draft AS SELECT tests.report('2027-11-01') -> 'document' AS d;
SELECT is(tests.issue('2027-11-01', '{"acknowledge": ["missing_evidence"]}') ->> 'edition', 'complaints', 'issued');
SELECT is((SELECT substr(r.leaves, length(r.leaves) - 47, 8) || substr(r.leaves, length(r.leaves) - 31)
           FROM register.leaf_run AS r ORDER BY r.first DESC LIMIT 1),
          '\x01050000000317d5'::bytea || (SELECT sha256 FROM register.report_issue),
          'a leaf of September 2027 commits to the hash of the document');
SELECT is(tests.report('2027-11-02') ->> 'status', 'issued', 'from then on it is the report of the year');
SELECT is((SELECT s ->> 'key' FROM jsonb_array_elements(tests.report('2027-11-02') #> '{document,sections}')
               WITH ORDINALITY AS s (s, o) WHERE o = 2), 'acknowledged', 'what was acknowledged is printed in it');
SELECT is(tests.report('2027-11-02') #>> '{issue,sha256}',
          (SELECT encode(sha256(convert_to(document, 'UTF8')), 'hex') FROM register.report_issue),
              'under the hash of its text');
SELECT matches((SELECT content::text FROM rules.report_get('2027-11-02', 'director', '{"fy": "2570"}', NULL)),
               '"document" : {"fy" : 2570', 'the document');
SELECT ok(strpos((SELECT content::text FROM rules.report_get('2027-11-02', 'director', '{"fy": "2570"}', NULL)),
                 (SELECT document FROM register.report_issue)) > 0,
                     'is answered byte for byte, so that anyone can hash it');
SELECT is((SELECT jsonb_agg(r -> 1) FROM jsonb_array_elements(tests.table_of(tests.report('2027-11-02') -> 'document', 'log')
                  -> 'rows') AS r),
          jsonb_build_array(n, '{"th": "ยังไม่มี", "en": "none yet"}'::jsonb, 'griev audit 2570 --size ' || n),
          'it prints how much of the log it counted, and how to recount')
FROM (SELECT tests.report('2027-11-02') #>> '{issue,log_size}') AS i (n);
-- A function that only reads sees the snapshot of whoever called it; one that may write sees a newer one.
SELECT is((SELECT array_agg(r.proname || ' calls ' || w.proname)
           FROM pg_proc AS r JOIN pg_proc AS w ON w.pronamespace = r.pronamespace AND w.provolatile = 'v'
           WHERE r.pronamespace = 'rules'::regnamespace AND r.provolatile <> 'v'
             AND r.prosrc ~ ('\mrules\.' || w.proname || '\(')), NULL,
          'counts and log size are of one snapshot: nothing that reads calls what writes');
SELECT is((SELECT provolatile FROM pg_proc WHERE oid = 'rules.report_document'::regproc), 's', 'nor does a report');
SELECT throws_ok($$SELECT tests.issue('2027-11-02', '{"acknowledge": ["missing_evidence"]}')$$, 'ZG409', NULL,
    'it is issued once');
SELECT is((tests.issue('2027-11-02', '{"edition": "analysis", "acknowledge": ["missing_evidence"]}') ->> 'edition'), 'analysis',
          'the analysis by itself');
SELECT throws_ok($$SELECT tests.issue('2027-11-02', '{"edition": "scores"}')$$, 'ZG422', NULL,
    'the score summary is not issued');
UPDATE register.complaint SET class = 'C0';
SELECT is(tests.report('2027-11-03') #> '{document,sections,0}', (SELECT d #> '{sections,0}' FROM draft),
          'what happens later changes nothing in it');
SELECT isnt(tests.report('2027-11-03', '{"fy": "2570", "draft": "yes"}') #> '{document,sections,0}',
            (SELECT d #> '{sections,0}' FROM draft),
            'a draft of today is there when it is asked for');
SELECT throws_ok('UPDATE register.report_issue SET document = ''{}''', '23001', NULL, 'an issued report stays');

SELECT is(tests.report('2027-11-03') #> '{issue,checkpoint}', 'null', 'no checkpoint is published yet');
INSERT INTO register.log_publication (size, checkpoint, published_at, position)
SELECT s.size, E'x.example/log\n' || s.size || E'\nroot\n\n— sig', '2027-11-07', s.size
FROM (VALUES ((tests.report('2027-11-03') #>> '{issue,log_size}')::bigint - 1),
    ((tests.report('2027-11-03') #>> '{issue,log_size}')::bigint + 3), (100000)) AS s (size);
SELECT is((tests.report('2027-11-08') #>> '{issue,checkpoint,size}')::bigint,
          (tests.report('2027-11-03') #>> '{issue,log_size}')::bigint + 3, 'the first that has all that was counted');
SELECT is((tests.report('2027-11-08') #> '{issue,checkpoint}') - '{size,published_at}'::text[],
          '{"origin": "x.example/log", "root": "root"}', 'with origin and root');
SELECT is((SELECT jsonb_agg(r -> 1) FROM jsonb_array_elements(tests.table_of(
               tests.report('2027-11-08', '{"fy": "2570", "draft": "yes"}') -> 'document', 'log') -> 'rows') AS r) - -1 - 0,
          '["x.example/log", "100000", "root"]', 'a report prints the newest checkpoint there was when it was made');

-- Errata

SELECT throws_ok($$SELECT tests.posted('report_erratum', '2027-11-03', 'head', '{"fy": "2570"}',
    '{"text": "x"}')$$, 'ZG403', NULL, 'only the reporter adds errata');
SELECT is(tests.posted('report_erratum', '2027-11-03', 'reporter', '{"fy": "2570"}',
    '{"text": "ตารางที่ 3 แก้เป็น 5"}') ->> 'text', 'ตารางที่ 3 แก้เป็น 5', 'he does');
SELECT is(tests.report('2027-11-03') #>> '{errata,0,text}', 'ตารางที่ 3 แก้เป็น 5', 'and they stand behind the report');
SELECT throws_ok($$SELECT tests.posted('report_erratum', '2027-11-03', 'reporter', '{"fy": "2571"}',
    '{"text": "x"}')$$, 'ZG409', NULL, 'a draft has none');

-- Handing over

CREATE FUNCTION tests.hand_over(at timestamptz, change jsonb DEFAULT '{}', actor text DEFAULT 'reporter') RETURNS jsonb
LANGUAGE sql AS $$
    SELECT tests.posted('report_submit', at, actor, '{"fy": "2570"}', jsonb_strip_nulls(jsonb_build_object(
        'memo_no', 'ทก 0501/123', 'memo_date', '2027-11-04', 'acknowledged_on', '2027-11-05',
        'document_sha256', repeat('ab', 32)) || change))
$$;
SELECT is(tests.level('2027-11-05', 2570, '4.2', 5) -> 'met', 'false', 'before it 4.2 has no level 5');
SELECT throws_ok(format('SELECT tests.hand_over(''2027-11-06'', %L, %L)', r.change, r.actor), r.code, r.message, r.promise)
FROM (VALUES ('{}', 'head', 'ZG403', NULL, 'only the reporter records it'),
             ('{"memo_no": null}', 'reporter', 'ZG422', '/memo_no is missing', 'it has a memo'),
             ('{"memo_date": null}', 'reporter', 'ZG422', '/memo_date is missing', 'with a date'),
             ('{"document_sha256": null}', 'reporter', 'ZG422', '/document_sha256 is missing', 'and the scan'),
             ('{"document_sha256": "AB"}', 'reporter', 'ZG422', NULL, 'by its hash'),
             ('{"document_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}', 'reporter',
                 'ZG422', '/document_sha256 is that of an empty file', 'of a file that has something in it'),
             ('{"memo_no": " "}', 'reporter', 'ZG422', '/memo_no must say something', 'a number that can be read'),
             ('{"memo_date": "2027-10-31"}', 'reporter', 'ZG422',
                 '/memo_date lies before the report was issued', 'nothing is handed over before it is issued'),
             ('{"acknowledged_on": "2027-11-03"}', 'reporter', 'ZG422',
                 '/acknowledged_on lies before /memo_date', 'nor acknowledged before the memo'),
             ('{"acknowledged_on": "2027-11-07"}', 'reporter', 'ZG422', '/acknowledged_on lies in the future',
                 'nor tomorrow'))
     AS r (change, actor, code, message, promise);
SELECT is(tests.hand_over('2027-11-06') ->> 'memo_no', 'ทก 0501/123', 'handed over');
SELECT throws_ok($$SELECT tests.hand_over('2027-11-06')$$, 'ZG409', 'the report was submitted already', 'once');
SELECT is(tests.level('2027-11-06', 2570, '4.2', 5) -> 'met', 'true', '4.2 has what its level 5 asks');
SELECT is(tests.level('2027-11-06', 2570, '4.2', 5) #>> '{found,0,text_en}',
          'submitted to the director, memo ทก 0501/123 of 2027-11-04, acknowledged on 2027-11-05',
              'with memo and days');
SELECT is(tests.report('2027-11-06') ->> 'status', 'submitted', 'the report says so');
SELECT is(tests.report('2027-11-06', '{"fy": "2570", "edition": "scores"}') #>> '{document,title,th}',
    'แบบสรุปคะแนน', 'and the score summary is made');
SELECT is((SELECT jsonb_agg(t -> 'key') FROM tests.tables_of(
              tests.report('2027-11-06', '{"fy": "2570", "edition": "scores"}') -> 'document') AS t),
    '["sheet", "transparency", "plan", "agreement", "levels_4_1", "levels_4_2"]', 'with every score');
SELECT is((SELECT r #>> '{1,en}' FROM jsonb_array_elements(tests.table_of(tests.report('2027-11-06', '{"fy": "2570", "edition": "scores"}')
                   -> 'document', 'sheet') -> 'rows') AS r WHERE r #>> '{0,en}' = 'KPI 1'), '4',
          'KPI 1 as it was issued, although its complaint has another class since');
SELECT is(tests.table_of(tests.report('2027-11-06', '{"fy": "2570", "edition": "scores"}') -> 'document', 'levels_4_2') #>> '{rows,4,2,en}',
    'Met', 'and 4.2 with the submission that it follows');
SELECT is((SELECT substr(r.leaves, length(r.leaves) - 47, 8) || substr(r.leaves, length(r.leaves) - 31)
           FROM register.leaf_run AS r ORDER BY r.first DESC LIMIT 1 OFFSET 1),
          '\x01050000000317d5'::bytea || (SELECT sha256 FROM register.report_issue WHERE edition = 'scores'),
          'a leaf commits to its hash, too');
SELECT is(tests.report('2027-11-06', '{"fy": "2570", "edition": "analysis"}') ->> 'status', 'issued',
    'the analysis is not handed over with it');

-- Where the committee's score is not the level by the evidence here

CREATE FUNCTION tests.standing(assessed jsonb) RETURNS jsonb LANGUAGE sql AS $$
    SELECT '{"fy": 2570, "kpi1": {"confirmed": true}, "levels": [{"indicator": "4.1", "level": 1, "met": true, "counted": true,
             "name_th": "ก", "name_en": "a", "ours": false, "text_th": "ก", "text_en": "a", "found": [], "missing": []}]}'::jsonb
           || jsonb_build_object('assessed', jsonb_build_array('{"code": "4.1", "assessment_fy": 2570}' || assessed))
$$;
SELECT is((SELECT jsonb_agg(b #>> '{text,en}') FROM jsonb_array_elements(rules.report_section_evidence(tests.standing(r.assessed))::jsonb
                  -> 'blocks') WITH ORDINALITY AS b (b, o) WHERE b ->> 'kind' = 'text' AND o > 1), r.printed::jsonb, r.promise)
FROM (VALUES ('{}'::jsonb, NULL, 'without a score nothing differs'),
             ('{"level": 1, "difference": "x"}', NULL, 'a reason is not printed once the level is the score'),
             ('{"level": 2, "difference": "x"}', '["Why they differ: x"]', 'where they differ it is'),
             ('{"level": 2}', '["They differ, and no reason is recorded."]', 'as is that there is none'),
             ('{"level": 2, "assessment_fy": 2569, "system_level": 2}',
                 '["The committee''s score of 2569 is 2, when the evidence here gave 2; '
                 'it is not compared with the level of fiscal year 2570."]',
                 'the score of another year stands beside the evidence of then'),
             ('{"level": 2, "assessment_fy": 2569, "system_level": 3, "difference": "x"}',
                 '["The committee''s score of 2569 is 2, when the evidence here gave 3; '
                 'it is not compared with the level of fiscal year 2570.", "Why they differ: x"]', 'and is compared with that'))
     AS r (assessed, printed, promise);
SELECT is(rules.report_lacks(tests.standing('{"level": 2}')), '{unexplained_difference}', 'it must be acknowledged');
SELECT is(rules.report_lacks(tests.standing('{"level": 2, "difference": "x"}')), '{}', 'which a reason need not');
SELECT is(rules.report_lacks(tests.standing('{}') || '{"differing": [{}]}'), '{differing_months}',
          'as must a confirmed number that is not the register''s');

-- What the public is told

CREATE FUNCTION tests.statistics(at timestamptz, params jsonb DEFAULT '{"fy": "2570"}') RETURNS jsonb LANGUAGE sql AS $$
    SELECT r.content::jsonb FROM rules.statistics_get(at, params) AS r
$$;
UPDATE register.complaint SET class = 'C1';
SELECT throws_ok($$SELECT tests.statistics('2026-10-31 23:59')$$, 'ZG404', NULL, 'nothing of a month that runs');
SELECT is(tests.table_of(tests.statistics('2026-11-30') -> 'document', 'statistics') -> 'rows',
    '[["2026-10", 0, 0, 0, 0, 0, 0]]', 'a month without any prints 0');
SELECT is(tests.statistics('2026-11-30') #>> '{document,sections,0,blocks,0,text,th}', 'ไม่มีเรื่องร้องเรียน',
    'a period without any says so');
SELECT is(tests.table_of(tests.statistics('2026-12-01') -> 'document', 'statistics') -> 'rows' -> 1,
    '["2026-11", 1, 0, 0, 1, 0, 1]', 'C1, in progress');
UPDATE register.complaint SET class = 'C0';
SELECT is(tests.table_of(tests.statistics('2026-12-01') -> 'document', 'statistics') -> 'total' -> 4, '0',
    'what is no corruption matter is not among them');
UPDATE register.complaint SET class = 'C1';

CREATE FUNCTION tests.public_line(at timestamptz, month integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.table_of(tests.statistics(at) -> 'document', 'statistics') -> 'rows' -> (month - 1)
$$;
SELECT tests.submit('2026-12-03', 'TH-50', '2026-11-30');
SELECT is(tests.public_line('2026-12-31 23:59', 2), '["2026-11", 1, 0, 0, 1, 0, 1]',
    'it does not move with what comes in during a month');
SELECT is(tests.public_line('2027-01-01', 2), '["2026-11", 2, 0, 0, 2, 0, 2]', 'which is there in the next');
CREATE FUNCTION tests.reclassify(at timestamptz, was text, becomes text) RETURNS bigint LANGUAGE sql AS $$
    UPDATE register.complaint SET class = becomes WHERE accepted_at = '2026-12-03';
    SELECT rules.append(at, p, 'class_changed', complaint => c.id,
                        fields => jsonb_build_object('from', was, 'class', becomes))
    FROM register.complaint AS c, register.principal AS p
    WHERE c.accepted_at = '2026-12-03' AND p.name = 'head'
$$;
SELECT tests.reclassify('2027-02-10', 'C1', 'C2');
SELECT is(tests.public_line('2027-02-28', 2), '["2026-11", 2, 0, 0, 2, 0, 2]',
    'nor with the class that it is given during a month');
SELECT is(tests.public_line('2027-03-01', 2), '["2026-11", 1, 1, 0, 2, 0, 2]', 'which it has in the next');
SELECT tests.reclassify('2027-03-10', 'C2', 'C0');
SELECT is(tests.public_line('2027-03-31', 2), '["2026-11", 1, 1, 0, 2, 0, 2]',
    'nor when that shows it to be no corruption matter');
SELECT is(tests.public_line('2027-04-01', 2), '["2026-11", 1, 0, 0, 1, 0, 1]', 'which takes it out of the next');
WITH closed AS (
    UPDATE register.complaint SET state = 'CLOSED' WHERE accepted_at < '2026-12-03'
    RETURNING id
) SELECT rules.append('2027-04-10', p, 'close', complaint => c.id, from_state => 'TRIAGE', to_state => 'CLOSED')
  FROM closed AS c, register.principal AS p WHERE p.name = 'head';
SELECT is(tests.public_line('2027-04-30', 2), '["2026-11", 1, 0, 0, 1, 0, 1]', 'what is closed meanwhile is still open');
SELECT is(tests.public_line('2027-05-01', 2), '["2026-11", 1, 0, 0, 1, 1, 0]', 'and done in the next');
SELECT tests.submit('2027-10-10', 'TH-50', '2027-09-20');
SELECT is(tests.public_line('2027-10-31', 12) -> 4, '0', 'of September what is entered in October');
SELECT is(tests.public_line('2027-11-01', 12) -> 4, '1', 'is told in November');

SELECT throws_ok($$SELECT tests.statistics('2027-04-01', '{"fy": "2570", "months": "1-6"}')$$, 'ZG404', NULL,
    'nothing is published yet');
SELECT throws_ok(format('SELECT tests.posted(''statistics_publish'', %L, %L, ''{"fy": "2570"}'', %L)', r.at, r.actor,
                        jsonb_build_object('months', '1-6', 'approved_by', 'ผู้อำนวยการ', 'approved_on',
                            '2027-03-31') || r.change::jsonb), r.code, r.message, r.promise)
FROM (VALUES ('2027-04-01', 'head', '{}', 'ZG403', NULL, 'only the reporter publishes'),
             ('2027-03-31', 'reporter', '{}', 'ZG422', '/months have not all ended', 'no month that runs'),
             ('2027-04-01', 'reporter', '{"months": "6-1"}', 'ZG422', NULL, 'months go forward'),
             ('2027-04-01', 'reporter', '{}', 'ZG422', '/approved_on lies before the end of /months',
                 'nobody approves a table that is not complete'),
             ('2027-04-01', 'reporter', '{"approved_on": "2027-04-02"}', 'ZG422', NULL,
                 'approved by then')) AS r (at, actor, change, code, message, promise);
SELECT is(tests.posted('statistics_publish', '2027-04-01', 'reporter', '{"fy": "2570"}',
                       '{"months": "1-6", "approved_by": "ผู้อำนวยการ", "approved_on": "2027-04-01"}') ->> 'months', '1-6', 'published');
SELECT is(tests.statistics('2027-05-01', '{"fy": "2570", "months": "1-6"}') ->> 'status', 'published',
    'anyone reads it');
SELECT is(jsonb_array_length(tests.table_of(tests.statistics('2027-05-01',
    '{"fy": "2570", "months": "1-6"}') -> 'document', 'statistics') -> 'rows'), 6, 'six months');
SELECT is(tests.statistics('2027-05-01', '{"fy": "2570", "months": "1-6"}') #>> '{document,as_of}',
    '2027-03-31', 'as of their last day');
SELECT is((SELECT p.sha256 FROM register.publication AS p), sha256(convert_to(r.content ->> 'document', 'UTF8')),
    'under the hash of what is read')
FROM rules.statistics_get('2027-05-01', '{"fy": "2570", "months": "1-6"}') AS r;
SELECT is((SELECT substr(r.leaves, length(r.leaves) - 47) FROM register.leaf_run AS r ORDER BY r.first DESC LIMIT 1),
          (SELECT rules.leaf(9, 0, 0, -1, p.sha256) FROM register.publication AS p), 'to which its leaf commits');
SELECT is(tests.statistics('2027-05-01', '{"fy": "2570", "months": "1-6"}') #> '{document,approval}',
    '{"approved_by": "ผู้อำนวยการ", "approved_on": "2027-04-01"}', 'which says who approved it, and when');
CREATE FUNCTION tests.published_again(months text, who text, day date) RETURNS jsonb LANGUAGE sql AS $$
    SELECT tests.posted('statistics_publish', '2027-04-05', 'reporter', '{"fy": "2570"}', jsonb_build_object(
        'months', months, 'approved_by', who, 'approved_on', day))
$$;
SELECT is(tests.published_again('1-6', 'รองผู้อำนวยการ', '2027-04-03') ->> 'approved_on', '2027-04-03', 'one approved later replaces it');
SELECT throws_ok($$SELECT tests.published_again('1-6', 'ผู้อำนวยการ', '2027-04-02')$$, 'ZG409',
    '/approved_on: what ผู้อำนวยการ approved on 2027-04-02 does not replace what รองผู้อำนวยการ approved on 2027-04-03',
    'one approved earlier does not');
SELECT is(tests.published_again('1-6', 'ผู้อำนวยการ', '2027-04-03') ->> 'approved_by', 'ผู้อำนวยการ', 'one of the same day does');
SELECT is(tests.published_again('1-5', 'ผู้อำนวยการ', '2027-04-02') ->> 'months', '1-5', 'and one of other months stands beside it');
SELECT is(tests.statistics('2027-05-01', '{"fy": "2570", "months": "1-6"}') #>> '{document,approval,approved_by}',
    'ผู้อำนวยการ', 'the last one is read');

SELECT is((SELECT jsonb_agg(b #>> '{text,en}') FROM jsonb_array_elements(
               tests.statistics('2028-12-01', '{"fy": "2572"}') #> '{document,sections,0,blocks}') AS b WHERE b ->> 'style' <> 'note'),
          '["No complaints (not confirmed: 84 of 84 units)"]', 'that there were none is not said for units that were silent');
SELECT tests.submit('2028-10-10', 'TH-50', '2028-10-10'),
       tests.submit('2028-10-11', 'TH-90', '2028-10-11', '{"accused_role": "legal_head"}');
SELECT is(tests.statistics('2028-12-01', '{"fy": "2572"}') #>> '{document,sections,0,blocks,0,text,en}',
          'Not confirmed: 84 of 84 units', 'nor is a number complete without them');
SELECT is((SELECT jsonb_agg(b #>> '{text,en}') FROM jsonb_array_elements(
               tests.statistics('2027-05-01', '{"fy": "2568"}') #> '{document,sections,0,blocks}') AS b),
          '["The register began on 2026-11-20: it counted nothing of this time."]', 'of a year before the register there is no table');

-- Confirmed numbers that are not the register's

SELECT tests.confirm('2028-11-02', 'head-' || r.unit, r.unit, '2028-10', r.count)
FROM (VALUES ('TH-50', 0), ('TH-90', 1), ('TH-92', 2), ('TH-93', 0)) AS r (unit, count);
SELECT tests.confirm('2028-12-02', 'head-TH-50', 'TH-50', '2028-11'), tests.submit('2028-12-05', 'TH-50', '2028-11-30');
SELECT is((SELECT jsonb_agg(r - 1) FROM jsonb_array_elements(tests.table_of(
               tests.report('2028-12-10', '{"fy": "2572"}') -> 'document', 'differing') -> 'rows') AS r),
          '[["TH-50", "2028-10", 0, 1, 0, 1], ["TH-92", "2028-10", 2, 0, 0, -2], ["TH-50", "2028-11", 0, 1, 1, 1]]',
          'too few, too many, and what came since are told; a case hidden from somebody may be counted or not');
SELECT is((SELECT b #>> '{text,en}' FROM jsonb_array_elements(
               tests.report('2028-12-10', '{"fy": "2572"}') #> '{document,sections,0,blocks}') AS b
           WHERE b #>> '{text,en}' LIKE '% confirmed numbers %'), '3 confirmed numbers are not the register''s.',
          'and how many they are on the first page');

-- The committee's evidence

SELECT is((tests.get('evidence_pack', '2027-11-06', 'committee',
    '{"criterion": "4.2", "fy": "2570"}') #>> '{document,title,en}'), 'Evidence for indicator 4.2',
        'an evidence pack');
SELECT is(tests.get('evidence_pack', '2027-11-06', 'committee', '{"criterion": "4.1", "fy": "2570"}')
    #>> '{document,sections,2,blocks,0,text,en}', 'None counted in the year.', 'that says so when it is empty');
SELECT throws_ok($$SELECT tests.get('evidence_pack', '2027-11-06', 'committee', '{"criterion": "4.1", "fy": "2572"}')$$, 'ZG404', NULL,
    'of a year that has not begun there is none, as it has no scores');
INSERT INTO register.evidence (id, kind, criterion, unit, officer, order_no, order_date, url, audience, document_sha256,
                               valid_from, expires_on, recorded_at, recorded_by)
VALUES (gen_random_uuid(), 'designation', '4.1', 'TH-90', 'TH-50', '2/2570', '2026-10-05', NULL, NULL, repeat('ab', 32),
        '2026-10-05', NULL, '2026-10-05', 'head'),
       (gen_random_uuid(), 'designation', '4.1', 'TH-50', NULL, '1/2570', '2026-10-05', NULL, NULL, NULL,
        '2026-10-05', NULL, '2026-10-05', 'head'),
       (gen_random_uuid(), 'designation', '4.1', 'TH-50', NULL, '9/2569', '2025-10-05', NULL, NULL, NULL,
        '2025-10-05', '2026-09-30', '2025-10-05', 'head'),
       (gen_random_uuid(), 'publication', '4.1', NULL, NULL, NULL, NULL, 'https://x.example/a', 'external', repeat('cd', 32),
        '2026-10-05', NULL, '2026-10-05', 'head');
SELECT is((SELECT count(*) FROM jsonb_array_elements(tests.table_of(tests.get('evidence_pack', '2027-11-06', 'committee',
              '{"criterion": "4.1", "fy": "2570"}') -> 'document', 'missing') -> 'rows') AS r WHERE r ->> 0 = '3'), 74::bigint,
          'every office without an officer is named');
CREATE TEMPORARY TABLE pack AS
SELECT tests.get('evidence_pack', '2027-11-06', 'committee', '{"criterion": "4.1", "fy": "2570"}') -> 'document' AS d;
SELECT is((SELECT jsonb_agg(jsonb_build_array(r #>> '{0}', r #>> '{1,en}', r #>> '{3}', r #>> '{4}'))
           FROM jsonb_array_elements(tests.table_of(d, 'pieces_designation') -> 'rows') AS r),
          '[["1", "Chiang Mai Provincial Statistical Office", "1/2570", "2026-10-05"],
            ["2", "Songkhla Provincial Statistical Office", "2/2570", "2026-10-05"]]',
          'unit, officer, order and date of what counted in the year') FROM pack;
SELECT is(tests.table_of(d, 'documents_designation') -> 'rows', jsonb_build_array(jsonb_build_array(2, NULL, repeat('ab', 32))),
          'the hashes of its documents') FROM pack;
SELECT is(tests.table_of(d, 'pieces_publication') #>> '{rows,0,1,en}', 'outside', 'published inside or outside') FROM pack;
SELECT is(tests.table_of(d, 'documents_publication') -> 'rows',
          jsonb_build_array(jsonb_build_array(1, 'https://x.example/a', repeat('cd', 32))), 'and where') FROM pack;
SELECT throws_ok($$SELECT tests.get('evidence_pack', '2027-11-06', 'committee',
    '{"criterion": "1.1", "fy": "2570"}')$$, 'ZG404', NULL, 'of what is judged by evidence');
SELECT throws_ok($$SELECT tests.get('evidence_pack', '2027-11-06', 'TH-50',
    '{"criterion": "4.2", "fy": "2570"}')$$, 'ZG403', NULL, 'not for officers');

SELECT * FROM finish();
ROLLBACK;
