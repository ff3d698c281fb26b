-- One item of POST /v1/assessments that is a score or a result. `pointer` leads to it.
--
-- What the register counts itself (KPI 1) cannot be recorded. The committee's score of 4.1 and 4.2
-- stands beside the level by the evidence here; where they differ, it takes a reason.
CREATE OR REPLACE FUNCTION rules.assessment_store(now timestamptz, me register.principal,
                                                  item jsonb, pointer text, document text)
RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    piece   register.assessment;
    known   rules.item_named;
    each    jsonb;
    ordinal bigint;
BEGIN
    PERFORM rules.only_members(item, 'code', 'name', 'assessment_fy', 'report_fy', 'level',
                               'result', 'reason', 'corrective', 'evidence', 'activities',
                               'difference');
    piece.report_fy := rules.integer_member(item, 'report_fy', 2550, 2700, pointer);
    piece.assessment_fy := rules.integer_member(item, 'assessment_fy', 2550, piece.report_fy,
                                                pointer);
    SELECT i.* INTO known
    FROM rules.item_named AS i
    CROSS JOIN LATERAL rules.rule_in_force(i.rule_set, piece.assessment_fy) AS r
    WHERE i.code = rules.text_member(item, 'code', true, pointer) AND i.version = r.version;
    IF known.code IS NULL OR known.kind NOT IN ('indicator', 'result') THEN
        RAISE EXCEPTION '%code is nothing that is scored in that year', pointer
            USING ERRCODE = 'ZG422';
    ELSIF known.code = 'kpi1' THEN
        RAISE EXCEPTION '%code is counted by the register and cannot be recorded', pointer
            USING ERRCODE = 'ZG422';
    ELSIF rules.text_member(item, 'name', false, pointer) <> known.name_th THEN
        RAISE EXCEPTION '%name is not what the rule set calls it', pointer USING ERRCODE = 'ZG422';
    END IF;
    piece.rule_set := known.rule_set;
    piece.version := known.version;
    piece.code := known.code;
    piece.reason := rules.paragraph_member(item, 'reason', false, pointer);
    piece.corrective := rules.paragraph_member(item, 'corrective', false, pointer);
    piece.evidence := rules.paragraph_member(item, 'evidence', false, pointer);
    piece.difference := rules.paragraph_member(item, 'difference', false, pointer);

    IF known.kind = 'indicator' THEN
        piece.level := rules.integer_member(item, 'level', 1, 5, pointer);
        IF item ? 'result' THEN
            RAISE EXCEPTION '%result is of a KPI; an indicator has a level', pointer
                USING ERRCODE = 'ZG422';
        ELSIF piece.level < 5 AND piece.reason IS NULL THEN
            RAISE EXCEPTION '%reason is missing: a level below 5 has one', pointer
                USING ERRCODE = 'ZG422';
        END IF;
    ELSE
        piece.result := rules.decimal_member(item, 'result', pointer);
        IF item ? 'level' THEN
            RAISE EXCEPTION '%level is of an indicator; a KPI has a result', pointer
                USING ERRCODE = 'ZG422';
        ELSIF known.unit = 'percent' AND piece.result > 100
              OR known.unit = 'level' AND piece.result NOT BETWEEN 1 AND 5
              OR known.unit = 'count' AND piece.result <> trunc(piece.result) THEN
            RAISE EXCEPTION '%result is no such number in its unit', pointer
                USING ERRCODE = 'ZG422';
        END IF;
    END IF;

    -- Only where the register has evidence of its own about that year
    IF EXISTS (SELECT FROM register.fiscal_year AS y WHERE y.fy = piece.assessment_fy) THEN
        SELECT count(*) FILTER (WHERE l.counted) INTO piece.system_level
        FROM rules.indicator_level(now, piece.assessment_fy) AS l
        WHERE l.indicator = piece.code
        HAVING count(*) > 0;
    END IF;
    IF piece.system_level <> piece.level AND piece.difference IS NULL THEN
        RAISE EXCEPTION '%difference is missing: by the evidence here the level is %', pointer,
            piece.system_level USING ERRCODE = 'ZG422';
    END IF;

    piece.activities := coalesce(item -> 'activities', '[]');
    IF jsonb_typeof(piece.activities) <> 'array' OR jsonb_array_length(piece.activities) > 50 THEN
        RAISE EXCEPTION '%activities must be an array of at most 50', pointer
            USING ERRCODE = 'ZG422';
    END IF;
    FOR each, ordinal IN
        SELECT a.value, a.ordinality - 1
        FROM jsonb_array_elements(piece.activities) WITH ORDINALITY AS a
    LOOP
        PERFORM rules.only_members(each, 'text', 'new'),
                rules.text_member(each, 'text', true, format('%sactivities/%s/', pointer, ordinal));
        IF jsonb_typeof(coalesce(each -> 'new', 'false')) <> 'boolean' THEN
            RAISE EXCEPTION '%activities/%/new must be true or false', pointer, ordinal
                USING ERRCODE = 'ZG422';
        END IF;
    END LOOP;

    INSERT INTO register.assessment (
        rule_set, version, code, assessment_fy, report_fy, level, result, reason, corrective,
        evidence, activities, system_level, difference, source, recorded_at, recorded_by)
    VALUES (piece.rule_set, piece.version, piece.code, piece.assessment_fy, piece.report_fy,
            piece.level, piece.result, piece.reason, piece.corrective, piece.evidence,
            piece.activities, piece.system_level, piece.difference, document, now, me.name);
END;
$$;
COMMENT ON FUNCTION rules.assessment_store(timestamptz, register.principal, jsonb, text, text) IS
    'Store a score or a result';
