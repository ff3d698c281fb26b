-- The scores of a fiscal year that has begun.
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
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
    status := 200;
    content := rules.score(now, year);
END;
$$;
COMMENT ON FUNCTION rules.score_get(timestamptz, text, jsonb, jsonb) IS
    'The scores of a fiscal year that has begun';
