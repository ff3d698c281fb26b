-- The machine: in every state and on every route, each kind of event by each role, against a list
-- written by hand from the design; and every refusal with its reason.
BEGIN;
SELECT no_plan();

INSERT INTO register.principal (name, name_th, name_en, unit, roles) VALUES
    ('head-2', 'ก', 'a', 'LEGAL', 'head'), ('investigator-2', 'ข', 'b', 'LEGAL', 'investigator'),
    ('alt-triager', 'ค', 'c', 'ALT', 'triager'), ('alt-head-2', 'จ', 'e', 'ALT', 'head'),
    ('alt-investigator', 'ง', 'd', 'ALT', 'investigator');
CREATE FUNCTION pg_temp.at(hours integer) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT '2026-11-10 09:00+07'::timestamptz + make_interval(hours => hours)
$$;
CREATE TABLE pg_temp.step (n integer, ord serial, actor text, kind text, more jsonb);
CREATE FUNCTION pg_temp.go(n integer, VARIADIC steps text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    step text;
    answer text;
BEGIN
    FOREACH step IN ARRAY steps LOOP
        answer := tests.act(pg_temp.at(n), split_part(step, ' ', 1), n, split_part(step, ' ', 2),
                            coalesce(nullif(substr(step, length(split_part(step, ' ', 1))
                                            + length(split_part(step, ' ', 2)) + 3), ''),
                                                '{}')::jsonb);
        IF answer NOT LIKE '200 %' THEN
            RAISE EXCEPTION '% %: %', n, step, answer;
        END IF;
    END LOOP;
    RETURN answer;
END;
$$;

-- A case in each state: 1 to 9 of the legal group, 11 to 19 of the alternate, 21 to 29 outside
SELECT tests.submit('2026-11-10 09:00+07', jsonb_build_object('id', n, 'actor', 'TH-50') || CASE
           WHEN n < 10 THEN '{}'::jsonb WHEN n < 20 THEN '{"accused_role": "legal_head"}'
           ELSE '{"accused_role": "director"}' END)
FROM unnest(ARRAY[1,2,3,4,5,6,7,8,9, 11,12,13,14,15,16,17,18,19, 21,22,26,27,28,29]) AS n
\g /dev/null
CREATE FUNCTION pg_temp.reach(n integer, intake text, triager text, investigator text, head text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state CONSTANT integer := n % 10;
    outside CONSTANT boolean := n > 20;
    screen CONSTANT text := triager || ' screen {"in_remit": true, "class": "C1", "conflict": false,
        "particulars": true, "next_step": "accept"}';
    assign CONSTANT text := format('%s assign {"investigator": "%s"}', head, investigator);
BEGIN
    IF state = 1 THEN RETURN 'RECEIVED'; END IF;
    PERFORM pg_temp.go(n, intake || ' register', screen);
    IF state = 3 THEN PERFORM pg_temp.go(n, triager || ' ask {"text": "ขอรายละเอียด"}'); END IF;
    IF state IN (4, 5, 7, 8, 9) AND NOT outside THEN PERFORM pg_temp.go(n, assign); END IF;
    IF state IN (5, 7, 8, 9) AND NOT outside THEN
        PERFORM pg_temp.go(n, investigator || ' find {"finding": "ผลการตรวจสอบ"}');
    END IF;
    IF state = 6 OR outside AND state > 2 THEN
        PERFORM pg_temp.go(n, head || ' refer {"agency": "nacc", "letter_no": "ลับ 1/2570",
                                               "letter_date": "2026-11-10"}',
                              intake || ' reply {"letter_no": "ปช 1", "letter_date": "2026-11-10",
                                                 "result": true}');
    END IF;
    IF state IN (7, 8, 9) THEN
        PERFORM pg_temp.go(n, CASE WHEN outside THEN triager ELSE investigator END
                              || ' propose {"outcome": "unfounded", "reason": "ไม่มีมูล"}');
    END IF;
    IF state IN (8, 9) THEN
        PERFORM pg_temp.go(n, head || ' close {"order_no": "1/2570", "order_date": "2026-11-10",
                                               "signatory": "director"}');
    END IF;
    IF state = 9 THEN PERFORM pg_temp.go(n, head || ' reopen {"reason": "มีพยานหลักฐานใหม่"}'); END IF;
    RETURN (SELECT f.state FROM register.complaint AS f WHERE f.id = tests.id(n));
END;
$$;
SELECT is(string_agg(pg_temp.reach(n, i[1], i[2], i[3], i[4]), ' ' ORDER BY n), states, promise)
FROM (VALUES
    (ARRAY[1,2,3,4,5,6,7,8,9], ARRAY['legal', 'triager', 'investigator', 'head'],
     'RECEIVED TRIAGE WAITING_COMPLAINANT INVESTIGATING FINDING_REVIEW WAITING_AGENCY '
     'CLOSURE_PROPOSED CLOSED REOPENED', 'the legal group takes cases through every state'),
    (ARRAY[11,12,13,14,15,16,17,18,19],
     ARRAY['alt-intake', 'alt-triager', 'alt-investigator', 'alt-head'],
     'RECEIVED TRIAGE WAITING_COMPLAINANT INVESTIGATING FINDING_REVIEW WAITING_AGENCY '
     'CLOSURE_PROPOSED CLOSED REOPENED', 'and so does the alternate'),
    (ARRAY[21,22,26,27,28,29], ARRAY['alt-intake', 'alt-triager', 'alt-investigator', 'alt-head'],
     'RECEIVED TRIAGE WAITING_AGENCY CLOSURE_PROPOSED CLOSED REOPENED',
     'what goes outside is only registered, referred and ended by the result')
) AS t (cases, i, states, promise), unnest(cases) AS n
GROUP BY states, promise, i;

-- What each role may do in each state, on the inside routes: kind>TARGET, ~ staying, ? proposing.
CREATE TABLE pg_temp.may (state text, role text, kinds text);
INSERT INTO pg_temp.may VALUES
    ('RECEIVED', 'intake', 'register>TRIAGE note~ withdraw~ accuse~ interest~'),
    ('RECEIVED', 'triager', 'register>TRIAGE note~ withdraw~ accuse~ interest~'),
    ('RECEIVED', 'head', 'register>TRIAGE note~ accuse~ interest~'),
    ('TRIAGE', 'intake', 'reply~ note~ withdraw~ accuse~ interest~'),
    ('TRIAGE', 'triager',
        'screen~ ask>WAITING_COMPLAINANT propose>CLOSURE_PROPOSED reply~ note~ class_changed~ '
        'class_out? link? split~ withdraw~ accuse~ interest~'),
    ('TRIAGE', 'head',
        'screen~ assign>INVESTIGATING refer>WAITING_AGENCY class_changed~ reply~ note~ split~ accuse~ '
        'interest~'),
    ('WAITING_COMPLAINANT', 'intake', 'answer>TRIAGE note~ withdraw~ accuse~ interest~'),
    ('WAITING_COMPLAINANT', 'triager',
        'answer>TRIAGE time_out>TRIAGE note~ class_changed~ class_out? link? withdraw~ accuse~ '
        'interest~'),
    ('WAITING_COMPLAINANT', 'head', 'note~ class_changed~ accuse~ interest~'),
    ('INVESTIGATING', 'intake', 'reply~ note~ withdraw~ accuse~ interest~'),
    ('INVESTIGATING', 'triager',
        'reply~ note~ class_changed~ class_out? link? split~ withdraw~ accuse~ interest~'),
    ('INVESTIGATING', 'investigator',
        'ask>WAITING_COMPLAINANT find>FINDING_REVIEW reply~ note~ class_changed~ class_out? link? '
        'accuse~ interest~'),
    ('INVESTIGATING', 'head', 'assign~ reply~ note~ class_changed~ split~ accuse~ interest~'),
    ('FINDING_REVIEW', 'intake', 'reply~ note~ withdraw~ accuse~ interest~'),
    ('FINDING_REVIEW', 'triager',
        'propose>CLOSURE_PROPOSED reply~ note~ class_changed~ class_out? link? withdraw~ accuse~ '
        'interest~'),
    ('FINDING_REVIEW', 'investigator',
        'propose>CLOSURE_PROPOSED reply~ note~ class_changed~ class_out? link? accuse~ interest~'),
    ('FINDING_REVIEW', 'head',
        'assign~ refer>WAITING_AGENCY return>INVESTIGATING reply~ note~ class_changed~ accuse~ interest~'),
    ('WAITING_AGENCY', 'intake', 'reply~ note~ withdraw~ accuse~ interest~'),
    ('WAITING_AGENCY', 'triager',
        'reply~ propose>CLOSURE_PROPOSED note~ class_changed~ class_out? link? withdraw~ accuse~ '
        'interest~'),
    ('WAITING_AGENCY', 'head',
        'reply~ assign>INVESTIGATING note~ class_changed~ accuse~ interest~'),
    ('CLOSURE_PROPOSED', 'intake', 'reply~ note~ withdraw~ accuse~ interest~'),
    ('CLOSURE_PROPOSED', 'triager',
        'reply~ note~ class_changed~ class_out? link? withdraw~ accuse~ interest~'),
    ('CLOSURE_PROPOSED', 'investigator',
        'reply~ note~ class_changed~ class_out? link? accuse~ interest~'),
    ('CLOSURE_PROPOSED', 'head',
        'close>CLOSED return>INVESTIGATING assign~ reply~ note~ class_changed~ accuse~ interest~'),
    ('CLOSURE_PROPOSED', 'director', 'close>CLOSED return>INVESTIGATING interest>TRIAGE'),
    ('CLOSED', 'intake', 'reply~ note~ accuse~ interest~'),
    ('CLOSED', 'triager', 'reply~ note~ accuse~ interest~'),
    ('CLOSED', 'investigator', 'reply~ note~ accuse~ interest~'),
    ('CLOSED', 'head', 'reopen>REOPENED reply~ note~ accuse~ interest~'),
    ('CLOSED', 'director', 'reopen>REOPENED interest~'),
    ('REOPENED', 'intake', 'resume>TRIAGE note~ withdraw~ accuse~ interest~'),
    ('REOPENED', 'triager',
        'resume>TRIAGE note~ class_changed~ class_out? link? withdraw~ accuse~ interest~'),
    ('REOPENED', 'investigator', 'note~ class_changed~ class_out? link? accuse~ interest~'),
    ('REOPENED', 'head', 'resume>TRIAGE note~ class_changed~ accuse~ interest~'),
    ('REOPENED', 'director', 'interest>TRIAGE');

-- Good particulars for each kind; class_out is a class that no longer counts.
CREATE TABLE pg_temp.told (kind text, more jsonb);
INSERT INTO pg_temp.told VALUES
    ('register', '{}'), ('resume', '{}'), ('time_out', '{}'),
    ('screen',
        '{"in_remit": true, "class": "C1", "conflict": false, "particulars": true, "next_step": '
        '"accept"}'),
    ('assign', '{"investigator": "investigator-2"}'), ('ask', '{"text": "ก"}'), ('answer',
        '{"text": "ก"}'),
    ('find', '{"finding": "ก"}'), ('refer',
        '{"agency": "pacc", "letter_no": "1", "letter_date": "2026-11-10"}'),
    ('reply', '{"letter_no": "2", "letter_date": "2026-11-10", "result": false}'),
    ('transfer', '{"to_agency": "กรมที่ดิน", "letter_no": "3", "letter_date": "2026-11-10"}'),
    ('propose', '{"outcome": "insufficient", "reason": "ก"}'), ('return', '{"reason": "ก"}'),
    ('close', '{"order_no": "9/2570", "order_date": "2026-11-10", "signatory": "director"}'),
    ('reopen', '{"reason": "ก"}'), ('note', '{"text": "ก", "audience": "internal"}'),
    ('class_changed', '{"class": "C1", "reason": "ก"}'), ('class_out',
        '{"class": "C0", "reason": "ก"}'),
    ('link', '{"original": "00000000-0000-4000-8000-000000000008", "reason": "ก"}'),
    ('unlink', '{"reason": "ก"}'), ('split', '{"subjects": ["bribery", "leak"]}'),
    ('withdraw', '{"reason": "ก"}'), ('accuse', '{"accused_unit": "TH-90", "reason": "ก"}'),
        ('interest', '{"reason": "ก"}');

-- Try one, and undo it: kind>TARGET, kind~, kind?, or the SQLSTATE
CREATE FUNCTION pg_temp.try(who text, n integer, what text, fields jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    before text := (SELECT f.state FROM register.complaint AS f WHERE f.id = tests.id(n));
    answer text;
BEGIN
    BEGIN
        answer := tests.act('2026-11-30 09:00+07', who, n,
                            CASE what WHEN 'class_out' THEN 'class_changed' ELSE what END, fields);
        RAISE EXCEPTION USING ERRCODE = 'XX999', MESSAGE = answer;
    EXCEPTION WHEN SQLSTATE 'XX999' THEN
        RETURN CASE WHEN answer = '200 ' || before THEN what || '~'
                    WHEN answer LIKE '200 %' THEN what || '>' || substr(answer, 5)
                    WHEN answer LIKE '202 %' THEN what || '?' ELSE left(answer, 5) END;
    END;
END;
$$;
CREATE FUNCTION pg_temp.tried(cases integer[], people jsonb)
RETURNS TABLE (state text, role text, kinds text, errors text) LANGUAGE sql AS $$
    SELECT f.state, p.key,
           coalesce(string_agg(t.got, ' ' ORDER BY t.got) FILTER (WHERE t.got NOT LIKE 'ZG%'), ''),
           string_agg(DISTINCT t.got, ' ' ORDER BY t.got) FILTER (WHERE t.got LIKE 'ZG%')
    FROM unnest(cases) AS n
    JOIN register.complaint AS f ON f.id = tests.id(n)
    CROSS JOIN jsonb_each_text(people) AS p
    CROSS JOIN LATERAL (
        SELECT pg_temp.try(p.value, n, k.kind, replace(k.more::text, 'investigator-2',
                           CASE WHEN n > 10 THEN 'alt-investigator' ELSE 'investigator-2' END)::jsonb)
               AS got
        FROM pg_temp.told AS k) AS t
    GROUP BY f.state, p.key
$$;
CREATE FUNCTION pg_temp.expected(cases integer[], people jsonb)
RETURNS TABLE (state text, role text, kinds text) LANGUAGE sql AS $$
    SELECT f.state, p.key,
           coalesce((SELECT string_agg(x, ' ' ORDER BY x)
                     FROM pg_temp.may AS y, string_to_table(y.kinds, ' ') AS x
                     WHERE y.state = f.state AND y.role = p.key
                       AND (p.key <> 'investigator' OR f.investigator = p.value)), '')
    FROM unnest(cases) AS n JOIN register.complaint AS f ON f.id = tests.id(n)
    CROSS JOIN jsonb_each_text(people) AS p
$$;
CREATE TABLE pg_temp.seen AS
SELECT * FROM pg_temp.tried(ARRAY[1,2,3,4,5,6,7,8,9],
    '{"intake": "legal", "triager": "triager", "investigator": "investigator", "head": "head-2",
      "director": "director", "officer": "TH-50", "unit_head": "TH-50-head", "auditor": "auditor",
      "admin": "admin", "reporter": "reporter", "secretary": "secretary", "committee": "committee",
      "custodian": "custodian-1"}');
SELECT is(s.kinds, coalesce(e.kinds, ''), format('%s by the %s of the legal group', s.state,
    s.role))
FROM pg_temp.seen AS s
LEFT JOIN pg_temp.expected(ARRAY[1,2,3,4,5,6,7,8,9],
    '{"intake": "legal", "triager": "triager", "investigator": "investigator", "head": "head-2",
      "director": "director"}') AS e ON e.state = s.state AND e.role = s.role
ORDER BY s.state, s.role;
CREATE FUNCTION pg_temp.plain(kinds text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(DISTINCT x, ' ' ORDER BY x)
    FROM string_to_table(kinds, ' ') AS k CROSS JOIN LATERAL regexp_replace(replace(k, 'class_out', 'class_changed'),
                                                                            '[~?>].*', '') AS x
$$;
SELECT is(array_to_string(rules.case_moves('2026-11-30 09:00+07', c.complaint, c.acts_as, c.viewer), ' '),
          pg_temp.plain(s.kinds), format('which is what the %s is told that he can do in %s', s.role, s.state))
FROM (VALUES ('intake', 'legal'), ('triager', 'triager'), ('investigator', 'investigator'), ('head', 'head-2'),
             ('director', 'director')) AS w (role, name)
JOIN rules.case_seen AS c ON c.viewer = w.name AND c.id = ANY (ARRAY(SELECT tests.id(n) FROM generate_series(1, 9) AS n))
JOIN pg_temp.seen AS s ON s.role = w.role AND s.state = c.state;
SELECT is_empty($$ SELECT * FROM pg_temp.seen WHERE errors ~ '(ZG4(22|28|12)|[^Z ]{5})' $$,
                'what is refused is refused for role or state, never by accident');
SELECT is_empty($$
    SELECT * FROM pg_temp.tried(ARRAY[11,12,13,14,15,16,17,18,19, 21,22,26,27,28,29],
        '{"intake": "legal", "triager": "triager", "investigator": "investigator", "head": "head"}')
    WHERE kinds <> '' OR errors <> 'ZG404'
$$, 'the legal group does nothing, in any state, about what is routed past it');
SELECT is(s.kinds, replace(e.kinds, ' link?', ''), format('%s by the %s of the alternate',
    s.state, s.role))
FROM pg_temp.tried(ARRAY[11,12,13,14,15,16,17,18,19],
    '{"intake": "alt-intake", "triager": "alt-triager", "investigator": "alt-investigator",
      "head": "alt-head"}') AS s
JOIN pg_temp.expected(ARRAY[11,12,13,14,15,16,17,18,19],
    '{"intake": "alt-intake", "triager": "alt-triager", "investigator": "alt-investigator",
      "head": "alt-head"}') AS e ON e.state = s.state AND e.role = s.role
ORDER BY s.state, s.role;
SELECT is(string_agg(x, ' ' ORDER BY x), moves, format('%s by the %s outside', s.state, s.role))
FROM (VALUES
    ('TRIAGE', 'head', 'refer>WAITING_AGENCY'), ('TRIAGE', 'triager', NULL),
    ('WAITING_AGENCY', 'triager', 'propose>CLOSURE_PROPOSED'), ('WAITING_AGENCY', 'head', NULL),
    ('CLOSURE_PROPOSED', 'head', 'close>CLOSED return>TRIAGE'), ('CLOSURE_PROPOSED', 'triager',
        NULL),
    ('CLOSED', 'head', 'reopen>REOPENED')) AS t (state, role, moves)
JOIN pg_temp.tried(ARRAY[21,22,26,27,28,29], '{"triager": "alt-triager", "head": "alt-head"}') AS s
     ON s.state = t.state AND s.role = t.role
LEFT JOIN string_to_table(s.kinds, ' ') AS x ON x LIKE '%>%'
GROUP BY s.state, s.role, moves;
SELECT is((SELECT count(*)::integer FROM rules.case_seen WHERE viewer = 'director'
           AND id IN (tests.id(27), tests.id(28), tests.id(29))), 0,
          'the director sees none of what goes outside');

SELECT is_empty($$ SELECT m.kind FROM register.move AS m
                   WHERE NOT EXISTS (SELECT FROM register.event_leaf AS l WHERE l.kind = m.kind)
                      OR NOT EXISTS (SELECT FROM register.taxonomy AS t
                                     WHERE t.kind = 'event' AND t.code = m.kind) $$,
                'every kind has its leaf, or none, and a name');
SELECT is_empty($$ SELECT c FROM register.move AS m, unnest(m.selects || m.conditions) AS c
                   WHERE NOT EXISTS (SELECT FROM register.condition AS k WHERE k.code = c)
                   UNION ALL
                   SELECT f FROM register.move AS m, unnest(m.required) AS f
                   WHERE NOT EXISTS (SELECT FROM register.event_field AS e
                                     WHERE e.kind = m.kind AND e.field = f) $$,
                'every condition has its sentence, and what is required can be told');

SELECT * FROM finish();
ROLLBACK;
