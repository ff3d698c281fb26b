-- The scores of a fiscal year that has begun. Of a year before the register's there is what
-- people recorded of it.
CREATE OR REPLACE FUNCTION rules.score_get(now timestamptz, actor text, params jsonb, body jsonb,
                                           OUT status integer, OUT version bigint,
                                           OUT content json)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    year integer;
BEGIN
    PERFORM rules.caller(actor, 'score_get');
    SELECT y.fy INTO year
    FROM register.fiscal_year AS y
    WHERE y.fy::text = params ->> 'fy' AND y.opens <= rules.bangkok_day(now);
    IF year IS NULL THEN
        SELECT a.assessment_fy INTO year
        FROM register.assessment AS a
        WHERE a.assessment_fy::text = params ->> 'fy'
          AND NOT EXISTS (SELECT FROM register.fiscal_year AS y WHERE y.fy = a.assessment_fy)
        LIMIT 1;
        status := 200;
        content := json_build_object('fy', year, 'as_of', now,
                                     'assessments', rules.assessed_json(year, NULL));
    ELSE
        status := 200;
        content := rules.score(now, year);
    END IF;
    IF year IS NULL THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.score_get(timestamptz, text, jsonb, jsonb) IS
    'The scores of a fiscal year that has begun';
