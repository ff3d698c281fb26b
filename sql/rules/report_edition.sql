-- The year and edition that a request about a report means. 404 for a year that has not begun and
-- for one of which nothing is known; the analysis is the one edition of a year that the register
-- does not have, and the score summary is made by a submission only.
CREATE OR REPLACE FUNCTION rules.report_edition(now timestamptz, params jsonb,
                                                OUT fy integer, OUT edition text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ours boolean;
BEGIN
    SELECT y.fy, y.known INTO fy, ours
    FROM (SELECT f.fy, true AS known FROM register.fiscal_year AS f
          WHERE f.opens <= rules.bangkok_day(now)
          UNION ALL
          SELECT a.report_fy, false FROM register.assessment AS a
          WHERE a.report_fy NOT IN (SELECT f.fy FROM register.fiscal_year AS f)) AS y
    WHERE y.fy::text = params ->> 'fy'
    LIMIT 1;
    IF fy IS NULL THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
    edition := coalesce(params ->> 'edition', CASE WHEN ours THEN 'complaints' ELSE 'analysis' END);
    IF edition NOT IN ('complaints', 'analysis', 'scores') THEN
        RAISE EXCEPTION 'edition must be complaints, analysis or scores' USING ERRCODE = 'ZG422';
    ELSIF NOT ours AND edition <> 'analysis' THEN
        RAISE EXCEPTION 'there is nothing here that you may see' USING ERRCODE = 'ZG404';
    END IF;
END;
$$;
COMMENT ON FUNCTION rules.report_edition(timestamptz, jsonb) IS
    'The year and edition that a request about a report means';
