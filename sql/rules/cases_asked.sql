-- Refuse to list cases by a state, class, subject, unit or fiscal year that there is none of: an empty
-- list would say that there are no cases. Names of people are not looked up: they are for those to
-- know who may list them.
CREATE OR REPLACE FUNCTION rules.cases_asked(params jsonb) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    known record;
BEGIN
    FOR known IN
        SELECT l.name, string_agg(l.code, ', ' ORDER BY l.ord, l.code) AS codes
        FROM (SELECT 'state' AS name, s.code, s.ord FROM register.state AS s
              UNION ALL
              SELECT t.kind, t.code, t.ord FROM register.taxonomy AS t
              WHERE t.kind IN ('class', 'subject')) AS l
        WHERE params ? l.name
        GROUP BY l.name
        HAVING NOT bool_or(l.code = params ->> l.name)
        ORDER BY l.name
    LOOP
        RAISE EXCEPTION '% must be one of: %', known.name, known.codes USING ERRCODE = 'ZG422';
    END LOOP;
    IF params ? 'unit' AND rules.named_unknown(ARRAY[params ->> 'unit'], false, true) THEN
        RAISE EXCEPTION 'unit is none of the list of units' USING ERRCODE = 'ZG422';
    END IF;
    IF params ? 'fy' THEN
        PERFORM rules.year_asked(NULL, params);
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.cases_asked(jsonb) IS
    'Refuse to list cases by what there is none of';
